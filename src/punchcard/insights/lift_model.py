"""What is measured of an offer, and what is said of it."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant

from .lift import Verdict

Measure = Literal["visits", "spend", "margin"]
MEASURES: tuple[Measure, ...] = ("visits", "spend", "margin")


class Subject(Struct, frozen=True, kw_only=True):
    """An offer as it is measured."""

    id: str
    name: dict[str, str]
    since: Instant
    until: Instant
    """Its end, or when it was stopped before."""
    stopped_at: Instant | None
    margin_percent: int
    stop_when: frozenset[Literal["harm", "no-lift"]]
    is_money: bool
    """What a use is worth is minor units, and no points."""
    hold_out: int

    @property
    def deciding(self) -> Measure:
        """What counts in the end: the margin, where it is known what goods leave."""
        return "margin" if self.margin_percent else "spend"


class Page(Struct, frozen=True):
    """Members of an audience that were looked at, how many of them had anything new, and the last one."""

    looked_at: int
    changed: int
    last: UUID | None


class Day(Struct, frozen=True, kw_only=True):
    """What a local day adds for an arm. `squares` is how much the sum of the squares of the members' totals grew."""

    held_out: bool
    day: date
    members: int = 0
    users: int = 0
    uses: int = 0
    cost_cents: int = 0
    visits: int = 0
    visits_squares: float = 0.0
    spend_cents: int = 0
    spend_squares: float = 0.0
    margin_hundredths: float = 0.0
    margin_squares: float = 0.0


class Stopped(Struct, frozen=True, kw_only=True):
    """On what grounds an offer stopped itself: the interval of the deciding measure, in minor units a member."""

    verdict: Verdict
    measure: Measure
    difference: float
    lower: float
    upper: float
    treated: int
    held_out: int


class Measured(Struct, frozen=True):
    measured_at: Instant | None = None
    stopped_at: Instant | None = None
    because: Stopped | None = None


class Funnel(Struct, frozen=True):
    """Members: who was given it, was told, got the message, opened it, took it with one tap, used it."""

    given: int
    sent: int
    received: int
    opened: int
    activated: int
    used: int


class OfArm(Struct, frozen=True):
    """An arm in one measure: its members, their sum, and what one comes to."""

    members: int
    total: float
    per_member: float


class Effect(Struct, frozen=True, kw_only=True):
    """One measure of both arms: visits in times, spend and margin in minor units. The interval holds at every look at once
    with 95 %; none while it is too early."""

    measure: Measure
    treated: OfArm
    held_out: OfArm
    difference: float | None
    """Per member."""
    lower: float | None
    upper: float | None
    verdict: Verdict
    days_until_enough: int | None
    """A guess; 0 where the interval has left zero, none where that is not in sight."""


class Lift(Struct, frozen=True, kw_only=True):
    """What an offer brought: those who have it beside those who are held out, over the same days from each one's exposure.
    Money is in minor units of `currency`."""

    offer: str
    name: str
    currency: str
    since: datetime
    until: datetime
    measured_until: datetime
    """Visits count up to here: some days beyond the end, so that what was only bought earlier is no lift."""
    measured_at: datetime | None
    days: int
    """Of local days with anything to count."""
    deciding: Measure
    effects: list[Effect]
    says: str
    """The deciding measure in a sentence."""
    funnel: Funnel
    uses: int
    redemption_percent: float
    """Of those who were given it, how many used it."""
    cost_cents: int
    """What the uses gave, in money; a reward counts nothing."""
    stopped_at: datetime | None
    stopped_because: str
    """Empty unless it stopped itself."""
