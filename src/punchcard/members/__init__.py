"""The people: joining with a one-time code, staying signed in, the code on the card, profile and consents."""

from .cards import grouped
from .codes import send as send_code
from .model import Card, CardMistyped, Joined, Member, ProfileChanged, Purpose
from .operations import (
    card_by_code,
    code_of,
    forget_codes,
    join,
    member,
    request_code,
    session_lives,
    sign_out_everywhere,
)
from .routes import routes

__all__ = [
    "Card",
    "CardMistyped",
    "Joined",
    "Member",
    "ProfileChanged",
    "Purpose",
    "card_by_code",
    "code_of",
    "forget_codes",
    "grouped",
    "join",
    "member",
    "request_code",
    "routes",
    "send_code",
    "session_lives",
    "sign_out_everywhere",
]
