"""What is sent, and why it may be refused."""

from datetime import datetime

from msgspec import Struct

from punchcard.foundation.errors import Refused
from punchcard.programme import Lot


class Sent(Struct, frozen=True, kw_only=True):
    """Points that left."""

    id: str
    points: int
    currency: str
    at: datetime
    balance: int
    """What is left."""


class Parcel(Struct, frozen=True):
    """What is on its way, as the outbox carries it."""

    fact: str
    to: str
    lots: tuple[Lot, ...]
    pooled: bool = False


class NotEnoughPoints(Refused):
    """There are not enough points to send."""

    words = "transfers"


class NoSuchCard(Refused):
    """Nobody can receive with this card."""

    status = 404
    words = "transfers"
