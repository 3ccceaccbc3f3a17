"""Who stands at the tills, what is given or taken by hand, and why either may be refused."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.errors import Refused

PRINTED = r"^[^\x00-\x1f\x7f-\x9f]*(?![\s\S])"
POINTS_MAX = 1_000_000_000
LAPSES_SECONDS = 7 * DAY

Cashier = Annotated[str, Meta(min_length=1, max_length=64, pattern=PRINTED)]
Reason = Literal["goodwill", "missing-receipt", "correction", "fraud", "other"]
State = Literal["waiting", "approved", "written", "rejected", "lapsed"]
Why = Literal["own-card", "unknown"]


class Employee(Struct, frozen=True, kw_only=True):
    """Who stands at a partner's tills. `cashier`: as the tills name them; `member`: whose loyalty card is theirs."""

    cashier: str
    name: str
    member: UUID | None = None
    since: datetime


class Roster(Struct, frozen=True):
    """A partner's list as the tills need it: whose card is whose. Empty: any name is taken."""

    cards: dict[str, UUID | None]
    holders: frozenset[UUID]

    def names_of(self, member_id: UUID) -> list[str]:
        """The names under which this member stands at the tills."""
        return [cashier for cashier, holder in self.cards.items() if holder == member_id]


class Wish(Struct, frozen=True, forbid_unknown_fields=True):
    """Points to give (above zero) or to take by hand, and why."""

    points: Annotated[int, Meta(ge=-POINTS_MAX, le=POINTS_MAX)]
    reason: Reason
    note: Annotated[str, Meta(min_length=10, max_length=500, pattern=PRINTED)]
    """What happened, for whoever reads it a year later."""
    currency: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    """Which of ours; left out: what the card shows."""


class ByHand(Struct, frozen=True, kw_only=True):
    """Points that were asked for by hand, as the operators' register keeps it."""

    id: UUID
    member_id: UUID
    points: int
    currency: str
    reason: Reason
    note: str
    asked: bytes
    author: UUID
    asked_at: Instant
    alone: bool
    state: State
    decider: UUID | None = None
    decided_at: Instant | None = None

    @property
    def until(self) -> Instant:
        """When it lapses, if nobody has decided."""
        return self.asked_at + LAPSES_SECONDS


class Adjusted(Struct, frozen=True, kw_only=True):
    """What became of it: `written` with what the card holds now; `waiting` for a second person, or `rejected` by one."""

    id: str
    state: State
    points: int
    currency: str
    reason: str
    until: datetime | None = None
    """When it lapses, if it waits."""
    balance: int | None = None


class AdjustmentView(Struct, frozen=True, kw_only=True):
    """An adjustment as the operators see it."""

    id: UUID
    member: UUID
    points: int
    currency: str
    reason: Reason
    note: str
    author: UUID
    at: datetime
    until: datetime
    """When it lapses, while it waits."""
    state: State
    decider: UUID | None


def view(kept: ByHand) -> AdjustmentView:
    """The register's row as the console shows it."""
    return AdjustmentView(
        id=kept.id,
        member=kept.member_id,
        points=kept.points,
        currency=kept.currency,
        reason=kept.reason,
        note=kept.note,
        author=kept.author,
        at=moment(kept.asked_at),
        until=moment(kept.until),
        state=kept.state,
        decider=kept.decider,
    )


class CashierUnknown(Refused):
    """The partner's list does not know this cashier."""

    words = "staff"


class OwnCard(Refused):
    """Nobody rings up their own card."""

    words = "staff"


class NoSuchCard(Refused):
    """Nobody has this card."""

    status = 404
    words = "staff"


class NothingToAdjust(Refused):
    """Zero points are no adjustment."""

    status = 400
    words = "staff"


class NotThatMany(Refused):
    """The card does not hold that many points to take."""

    words = "staff"


class SecondPersonNeeded(Refused):
    """Another person must decide this."""

    status = 403
    words = "staff"


class AdjustmentLapsed(Refused):
    """Nobody decided this in time."""

    words = "staff"


class NoSuchDay(Refused):
    """There is no report of this day."""

    status = 404
    words = "staff"
