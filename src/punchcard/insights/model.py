"""What is asked of a back-test, and what it reports."""

from datetime import date
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant

from .comparing import Suspicion
from .tally import Change


class Sample(Struct, frozen=True):
    """Some of the members, always the same ones: so many of them, or such a share."""

    count: int = 0
    percent: float = 0

    @classmethod
    def read(cls, written: str) -> "Sample":
        """`500`, or `10%`. ValueError for anything else."""
        percent = float(written[:-1]) if written.endswith("%") else 0.0
        count = 0 if percent else int(written)
        if not (count > 0 or 0 < percent <= 100):
            raise ValueError(written)
        return cls(count, percent)


class Asked(Struct, frozen=True):
    """Which part of history counts: local days, the last one included; and whose."""

    since: date | None = None
    until: date | None = None
    sample: Sample | None = None


class Both(Struct, frozen=True):
    """One figure under the published programme and under the draft."""

    published: int
    draft: int
    difference: int
    percent: float | None
    """The difference of the published figure; none where that is zero."""


def both(published: int, draft: int) -> Both:
    percent = round(100 * (draft - published) / abs(published), 1) if published else None
    return Both(published, draft, draft - published, percent)


class OfCurrency(Struct, frozen=True):
    """What moved in one currency within the period, and what stands at its end."""

    currency: str
    points: dict[str, Both]
    """issued, redeemed, expired and so on; outstanding: held by members at the end; owed: their debts."""
    money: dict[str, Both]
    """The same in minor units, where the currency is worth anything at a till."""


class OfOne(Struct, frozen=True):
    """What was issued, less what returns took back, by one funder or one promise."""

    id: str
    currency: str
    issued: Both
    worth: Both
    """In minor units."""


class Shift(Struct, frozen=True):
    """How members fare in one currency under the draft, beside the published programme."""

    currency: str
    more: int
    less: int
    same: int
    p10: int
    p50: int
    p90: int


class Move(Struct, frozen=True):
    """How many members end on which tier of a ladder."""

    ladder: str
    published: str
    draft: str
    members: int


class Completions(Struct, frozen=True):
    """How often a challenge was completed, less what returns withdrew."""

    challenge: str
    times: Both


class Pattern(Struct, frozen=True):
    """How often something suspicious was seen, and the worst of it under the draft."""

    pattern: str
    seen: Both
    examples: list[Suspicion]


class Report(Struct, frozen=True, kw_only=True):
    """A draft beside what is published, over the same history."""

    id: UUID
    digest: str
    """SHA-256 of the file, in hexadecimal digits."""
    at: Instant
    beside: int
    """The edition it is compared with; 0 where nothing was published."""
    zone: str
    currency: str
    """Of the money: ISO 4217."""
    since: Instant
    until: Instant
    sampled: bool
    members: int
    facts: int
    sales: int
    spent: int
    """Minor units."""
    currencies: list[OfCurrency]
    funders: list[OfOne]
    promises: list[OfOne]
    shifts: list[Shift]
    moves: list[Move]
    completions: list[Completions]
    gainers: list[Change]
    losers: list[Change]
    patterns: list[Pattern]
    ungranted: list[str]
    """Promises that only a grant lets give, and that history has no grant for: they gave nothing here."""

    @property
    def differs(self) -> bool:
        """Whether anything at all is different under the draft."""
        figures = [figure for each in self.currencies for figure in (*each.points.values(), *each.money.values())]
        figures += [figure for each in (*self.funders, *self.promises) for figure in (each.issued, each.worth)]
        figures += [each.times for each in self.completions] + [each.seen for each in self.patterns]
        return (
            any(figure.difference for figure in figures)
            or any(shift.more or shift.less for shift in self.shifts)
            or any(move.published != move.draft for move in self.moves)
        )
