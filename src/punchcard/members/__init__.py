"""The people: joining with a one-time code, staying signed in, the code on the card, profile and consents."""

from .cards import LENGTH as CARD_LENGTH
from .cards import check_of, grouped
from .cards import read as read_card
from .codes import send as send_code
from .devices import SignIn, signed_in
from .leaving import Contacts, MemberLeft, contacts_of, erase, left_at
from .model import (
    Arrival,
    CardHolder,
    CardMistyped,
    CardReplaced,
    Joined,
    Member,
    ProfileChanged,
    Purpose,
    Scanned,
    Shown,
)
from .operations import (
    birthdays,
    by_cards,
    by_cards_then,
    by_ids,
    code_of,
    email_of,
    forget_codes,
    hold,
    holder_of_code,
    join,
    last_replaced,
    member,
    member_of,
    replace_card,
    request_code,
    scanned,
    session_lives,
    shown,
    sign_out_everywhere,
)
from .places import LastPlace, LocationNotAllowed, PlaceChanged, last_places
from .places import forget_old as forget_places
from .routes import routes
from .traits import said

__all__ = [
    "CARD_LENGTH",
    "Arrival",
    "CardHolder",
    "CardMistyped",
    "CardReplaced",
    "Contacts",
    "Joined",
    "LastPlace",
    "LocationNotAllowed",
    "Member",
    "MemberLeft",
    "PlaceChanged",
    "ProfileChanged",
    "Purpose",
    "Scanned",
    "Shown",
    "SignIn",
    "birthdays",
    "by_cards",
    "by_cards_then",
    "by_ids",
    "check_of",
    "code_of",
    "contacts_of",
    "email_of",
    "erase",
    "forget_codes",
    "forget_places",
    "grouped",
    "hold",
    "holder_of_code",
    "join",
    "last_places",
    "last_replaced",
    "left_at",
    "member",
    "member_of",
    "read_card",
    "replace_card",
    "request_code",
    "routes",
    "said",
    "scanned",
    "send_code",
    "session_lives",
    "shown",
    "sign_out_everywhere",
    "signed_in",
]
