"""The life of an offer at the desk: versions, who did what, and why something may not be done."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct, field

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused

from .drafts import Sketch
from .model import Budget, State

Did = Literal["saved", "asked", "approved", "published", "paused", "resumed", "stopped", "sold-out", "open-again"]
Turn = Literal["paused", "resumed", "sold-out", "open-again"]
"""What an audience is told of an offer that it has."""


class Version(Struct, frozen=True, kw_only=True):
    """A draft as it was saved, and who let exactly this one be published."""

    offer_id: str
    version: int
    body: Sketch
    author: UUID
    saved_at: Instant
    approver: UUID | None
    approved_at: Instant | None


class Act(Struct, frozen=True, kw_only=True):
    """What was done with an offer; without an operator the house did it."""

    did: Did
    operator: UUID | None
    version: int | None
    because: dict[str, str] | None
    at: Instant


class Done(Struct, frozen=True, kw_only=True):
    """What was done with an offer, as the console shows it."""

    did: Did
    operator: UUID | None
    version: int | None
    because: dict[str, str] | None
    """Why the house did it, by language."""
    at: datetime


class OnTheDesk(Struct, frozen=True, kw_only=True):
    """A draft as the console shows it."""

    id: str
    version: int
    state: State
    draft: Sketch
    author: UUID
    saved_at: datetime
    worth_cents: int
    """What it may cost: its budget, or else what its audience is expected to use; minor units."""
    needs_approval: bool
    approved_by: UUID | None
    history: list[Done]


class Row(Struct, frozen=True, kw_only=True):
    """An offer in the console's list, drafts without a reach."""

    id: str
    state: State
    name: dict[str, str]
    partner_id: str
    since: datetime | None
    until: datetime | None
    version: int | None
    reach: int = 0
    held_out: int = 0
    uses: int = 0
    given: int = 0
    """Points, or minor units where it lowers the price."""
    spent: dict[str, int] = {}
    """What is reserved or used of each pot of its budget: points, cents, units, and units of each shop."""
    budget: Budget = field(default_factory=Budget)


class Counted(Struct, frozen=True, kw_only=True):
    """What became of an offer; `worth` in points, or in minor units where it lowers the price."""

    reach: int
    held_out: int
    uses: int
    worth: int


class Standing(Struct, frozen=True, kw_only=True):
    """How far a published offer has come."""

    offer_id: str
    since: Instant
    until: Instant
    stopped_at: Instant | None
    paused_at: Instant | None
    sold_out: bool


class VersionMoved(Refused):
    """Somebody saved another version meanwhile."""

    words = "offers"


class SecondOperatorNeeded(Refused):
    """Another operator than the author decides."""

    status = 403
    words = "offers"


class ApprovalNeeded(Refused):
    """An offer of this budget needs a second operator."""

    words = "offers"


class NotRight(Refused):
    """The draft cannot be published as it is."""

    words = "offers"


class AlreadyPublished(Refused):
    """What is published never changes."""

    words = "offers"


class OfferOver(Refused):
    """The offer is over."""

    words = "offers"
