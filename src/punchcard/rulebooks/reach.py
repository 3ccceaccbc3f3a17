"""How much of a currency a member can have at once, if caps and limits bound it at all."""

from punchcard.programme import Period

from .checks_challenges import DAYS
from .file import File, currencies, main_currency
from .tables_parts import CapTable, FixedTable, TimesTable
from .tables_promises import ChallengeTable, EarnTable
from .tables_whole import Life

BEGUN = 2
"""A life that ends with a period may touch the ends of two more."""


def most_within_life(file: File, currency: str) -> int | None:
    """The sum of what every promise gives at most while the points of this currency live; None where nothing bounds it.

    On the high side: it is there to say that a reward is out of reach for certain. What is adjusted or transferred by
    hand is left out."""
    main = main_currency(file)
    earns = [table for table in file.earn if (table.currency or main) == currency]
    won = [table for table in file.challenge if (table.currency or main) == currency]
    if not earns and not won:
        return None
    usual = next((each.expiry for _, each in currencies(file) if each.id == currency), None)
    days = longest([table.expiry or usual for table in (*earns, *won)])
    parts = [most_of_earning(table, days) for table in earns if not isinstance(table.award, TimesTable)]
    times = [table for table in earns if isinstance(table.award, TimesTable)]
    base = None if None in parts else sum(part or 0 for part in parts)
    if base is not None:
        for table in times:
            base += base * (table.award.percent - 100) // 100 if isinstance(table.award, TimesTable) else 0
    for limit in file.limit:
        periods = periods_in(days, limit.every)
        if (limit.currency or main) == currency and not limit.earn and periods is not None:
            base = limit.limit * periods if base is None else min(base, limit.limit * periods)
    prizes = [most_of_challenge(table, days) for table in won]
    return None if base is None or None in prizes else base + sum(prize or 0 for prize in prizes)


def longest(lives: list[Life | None]) -> int | None:
    """In days; None where some live for ever or as long as the member comes."""
    days = 0
    for life in lives:
        if life is None or life.rolling:
            return None
        days = max(days, life.days + 31 * life.months + DAYS[life.round or "month"])
    return days


def periods_in(days: int | None, every: Period) -> int | None:
    """How many periods so many days can touch."""
    if every == "ever":
        return 1
    return None if days is None else days // (DAYS[every] - 3 * (DAYS[every] > 7)) + BEGUN


def most_of_earning(table: EarnTable, days: int | None) -> int | None:
    fixed = table.award.points if isinstance(table.award, FixedTable) else None
    found = [most_of_cap(cap, fixed, days) for cap in (table.cap, *table.caps) if cap]
    if table.first_purchase and fixed is not None:
        found.append(fixed)
    return min((each for each in found if each is not None), default=None)


def most_of_cap(cap: CapTable, fixed: int | None, days: int | None) -> int | None:
    if cap.every == "sale" or (cap.of == "uses" and fixed is None):
        return None
    periods = periods_in(days, cap.every)
    return None if periods is None else cap.limit * periods * (1 if cap.of == "points" else fixed or 0)


def most_of_challenge(table: ChallengeTable, days: int | None) -> int | None:
    paid = table.reward + sum(step.reward for step in table.steps)
    if not paid:
        return 0
    if table.recurs == "never":
        return paid
    if table.recurs == "completion" and not table.most:
        return None
    times = table.most if table.recurs == "completion" else 1
    if table.window_days:
        periods = None if days is None else days // table.window_days + BEGUN
    else:
        periods = periods_in(days, table.every or "ever")
    return None if periods is None else paid * times * periods
