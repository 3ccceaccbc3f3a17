"""What is told of an activity and what is answered, and why it may be refused."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation.errors import Refused
from punchcard.journal import Titled, Why

VALUE_MAX, TEXT_MAX, FIELDS_MAX = 1_000_000_000, 1000, 32
PRINTED = r"^[^\x00-\x1f\x7f-\x9f]*(?![\s\S])"

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=PRINTED)]
Said = Annotated[str, Meta(max_length=TEXT_MAX)] | Annotated[int, Meta(ge=-VALUE_MAX, le=VALUE_MAX)] | bool


class Told(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody did, in the words of the programme's [[activity]]."""

    kind: Name
    value: Annotated[int, Meta(ge=0, le=VALUE_MAX)] = 1
    """How much of it: minutes, kilograms."""
    data: Annotated[dict[Name, Said], Meta(max_length=FIELDS_MAX)] = {}
    """What it says of itself."""
    sale: UUID | None = None
    """The purchase that it is about, where points of it wait for this activity; empty: all that wait for it."""
    at: Annotated[datetime, Meta(tz=True)] | None = None
    """When it happened, by the clock of who tells it; never later than ours. Empty: now."""


class ToldAtTheTill(Told, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A card was scanned, and this was done."""

    card: Name


class Receipt(Struct, frozen=True, kw_only=True):
    """What an activity did. It is kept, and answered byte for byte to whoever asks again."""

    id: str
    kind: str
    at: datetime
    earned: int
    """Points earned, the ones that begin later included."""
    balance: int
    """What the card holds now."""
    pending: int
    """What begins later."""
    tier: Titled
    tier_reached: Titled | None
    challenges_completed: list[Titled]
    reasons: list[Why]
    """Every promise that had a say, whether it applied or not, in the member's language."""


class CardUnknown(Refused):
    """Nobody has this card."""

    status = 404
    words = "activities"


class CardClosed(Refused):
    """This card is not in use."""

    words = "activities"


class TillsOnly(Refused):
    """This activity is told by a till, not by members."""

    words = "activities"
