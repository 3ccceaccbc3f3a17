"""A programme as a merchant writes it: one TOML file, a table a promise. `docs/rulebook.toml` uses every key there is."""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from punchcard.programme import Ladder

from .lines import Path
from .table import Table
from .tables_promises import ChallengeTable, EarnTable, PaidTable, PromiseTable, RewardTable
from .tables_whole import (
    ActivityTable,
    CurrencyTable,
    GroupTable,
    LadderTable,
    LimitTable,
    PointsTable,
    ProgrammeTable,
    SegmentTable,
    TierTable,
)

TABLES: dict[str, tuple[type[Table], bool]] = {
    "programme": (ProgrammeTable, False),
    "points": (PointsTable, False),
    "currency": (CurrencyTable, True),
    "tier": (TierTable, True),
    "ladder": (LadderTable, True),
    "activity": (ActivityTable, True),
    "segment": (SegmentTable, True),
    "group": (GroupTable, True),
    "limit": (LimitTable, True),
    "earn": (EarnTable, True),
    "challenge": (ChallengeTable, True),
    "reward": (RewardTable, True),
}
"""The tables of a file, and whether there may be several."""


class File(Table, frozen=True, kw_only=True):
    """One programme."""

    programme: ProgrammeTable
    points: PointsTable | None = None
    currency: Annotated[list[CurrencyTable], Meta(max_length=50)] = []
    tier: Annotated[list[TierTable], Meta(max_length=20)] = []
    ladder: Annotated[list[LadderTable], Meta(max_length=10)] = []
    activity: Annotated[list[ActivityTable], Meta(max_length=200)] = []
    segment: Annotated[list[SegmentTable], Meta(max_length=200)] = []
    group: Annotated[list[GroupTable], Meta(max_length=200)] = []
    limit: Annotated[list[LimitTable], Meta(max_length=200)] = []
    earn: Annotated[list[EarnTable], Meta(max_length=1000)] = []
    challenge: Annotated[list[ChallengeTable], Meta(max_length=500)] = []
    reward: Annotated[list[RewardTable], Meta(max_length=500)] = []


class Stand(Struct, frozen=True):
    """A ladder as it is meant, and where its tiers stand in the file."""

    ladder: LadderTable
    path: Path
    tiers: Path


def currencies(file: File) -> list[tuple[Path, CurrencyTable]]:
    """All of them, the one that a card shows first: [points], unless only [[currency]] is written."""
    found: list[tuple[Path, CurrencyTable]] = [(("currency", i), each) for i, each in enumerate(file.currency)]
    if file.points or not found:
        found.insert(0, (("points",), file.points or PointsTable()))
    return [(path, replace(each, value=worth(each))) for path, each in found]


def worth(currency: CurrencyTable) -> int:
    """In minor units."""
    if currency.value is not None:
        return currency.value
    simple = isinstance(currency, PointsTable) and currency.kind == "points"
    return 1 if simple or currency.kind in ("cashback", "money") else 0


def main_currency(file: File) -> str:
    """The one that a card shows."""
    return currencies(file)[0][1].id


def ladders(file: File) -> list[Stand]:
    """[[ladder]], or the one that [[tier]] alone makes."""
    if file.ladder:
        return [Stand(each, ("ladder", i), ("ladder", i, "tier")) for i, each in enumerate(file.ladder)]
    whole, plain = file.programme, Ladder()
    ladder = LadderTable(
        id=plain.id,
        name={},
        season=whole.season or "year",
        counts=whole.counts or "points",
        downgrade=whole.downgrade or "step",
        keeps=whole.keeps or "next",
        grace_days=whole.grace_days or 0,
        warn_days=whole.warn_days or 0,
        tier=file.tier,
    )
    return [Stand(ladder, ("programme",), ("tier",))]


def counted(ladder: LadderTable, file: File) -> list[str]:
    """The currencies that count as points for a ladder."""
    known = [each for _, each in currencies(file)]
    status = [each.id for each in known if each.kind == "status"]
    return ladder.currencies or status or [known[0].id]


def promises(file: File) -> Iterator[tuple[Path, PromiseTable]]:
    for name, tables in (("earn", file.earn), ("challenge", file.challenge), ("reward", file.reward)):
        for index, table in enumerate(tables):
            yield (name, index), table


def paid(file: File) -> Iterator[tuple[Path, PaidTable]]:
    """The promises that pay."""
    for path, table in promises(file):
        if isinstance(table, PaidTable):
            yield path, table
