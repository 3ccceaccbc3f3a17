"""The people: joining with a one-time code, staying signed in, the code on the card, profile and consents."""

from .cards import LENGTH as CARD_LENGTH
from .cards import check_of, grouped
from .cards import read as read_card
from .codes import send as send_code
from .model import Arrival, CardMistyped, Joined, Member, ProfileChanged, Purpose, Scanned
from .operations import (
    birthdays,
    by_cards,
    by_ids,
    code_of,
    email_of,
    forget_codes,
    join,
    member,
    member_of,
    request_code,
    scanned,
    session_lives,
    sign_out_everywhere,
)
from .routes import routes

__all__ = [
    "CARD_LENGTH",
    "Arrival",
    "CardMistyped",
    "Joined",
    "Member",
    "ProfileChanged",
    "Purpose",
    "Scanned",
    "birthdays",
    "by_cards",
    "by_ids",
    "check_of",
    "code_of",
    "email_of",
    "forget_codes",
    "grouped",
    "join",
    "member",
    "member_of",
    "read_card",
    "request_code",
    "routes",
    "scanned",
    "send_code",
    "session_lives",
    "sign_out_everywhere",
]
