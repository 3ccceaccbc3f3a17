"""From the merchant's tables to promises."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.programme import (
    NEVER,
    SELLER,
    Cap,
    Challenge,
    Coin,
    Currency,
    Expiry,
    Fixed,
    Frame,
    Goods,
    Hours,
    Ladder,
    PerAmount,
    PerUnit,
    Places,
    Promise,
    Reward,
    Term,
    Tier,
    Times,
)

from .file import (
    WEEKDAYS,
    ChallengeTable,
    EarnTable,
    File,
    FixedTable,
    GoodsTable,
    HoursTable,
    Life,
    PerAmountTable,
    PerUnitTable,
    PointsTable,
    PromiseTable,
    RewardTable,
    TimesTable,
)
from .model import Head

YEARS = range(2000, 2200)


class Draft(Struct, frozen=True):
    """What a file promises. `since` of a promise is the one it declares, 0 where it declares none."""

    head: Head
    frame: Frame
    promises: tuple[Promise, ...]


class BadMoment(ValueError):
    """No date, and no date with a time."""


def read(file: File) -> Draft:
    programme, points = file.programme, file.points
    zone = programme.zone
    head = Head(
        programme.name, zone, WEEKDAYS.index(programme.week_starts), programme.currency, (Currency(value=points.value),)
    )  # fmt: skip
    tiers = tuple(Tier(tier.id, tier.name, tier.threshold) for tier in file.tier)
    house = points.funder if points.funder != SELLER else "house"
    given = Coin("points", house, 0, expiry(points.expiry))
    frame = Frame(0, (Ladder(tiers, programme.season),), {"points": given}, points.grace_days)
    promises: list[Promise] = [term(table, points, zone) for table in file.earn]
    promises += [challenge(table, points, zone) for table in file.challenge]
    promises += [reward(table, zone) for table in file.reward]
    return Draft(head, frame, tuple(promises))


def term(table: EarnTable, points: PointsTable, zone: str) -> Term:
    return Term(
        table.id,
        table.name,
        begins(table.since, zone),
        ends(table.until, zone),
        award=award(table.award),
        on=table.on,
        goods=goods(table.goods),
        places=places(table),
        hours=hours(table.hours),
        tiers=frozenset(table.tiers),
        first_purchase=table.first_purchase,
        minimum=table.minimum,
        group=table.group,
        priority=table.priority,
        caps=(Cap(table.cap.limit, table.cap.every, table.cap.of),) if table.cap else (),
        qualifying=table.qualifying,
        coin=coin(table, points),
    )


def challenge(table: ChallengeTable, points: PointsTable, zone: str) -> Challenge:
    return Challenge(
        table.id,
        table.name,
        begins(table.since, zone),
        ends(table.until, zone),
        kind=table.kind,
        target=table.target,
        reward=table.reward,
        every=table.every,
        on=table.on,
        goods=goods(table.goods),
        places=places(table),
        minimum=table.minimum,
        on_return=table.on_return,
        coin=coin(table, points),
    )


def reward(table: RewardTable, zone: str) -> Reward:
    return Reward(
        table.id,
        table.name,
        begins(table.since, zone),
        ends(table.until, zone),
        points=table.points,
        kind=table.kind,
        amount=table.amount,
        goods=goods(table.goods),
        places=places(table),
        voucher_days=table.voucher_days,
        text=table.text,
        art=table.art,
    )


def award(table: PerAmountTable | PerUnitTable | FixedTable | TimesTable) -> PerAmount | PerUnit | Fixed | Times:
    match table:
        case PerAmountTable():
            return PerAmount(table.points, table.per, table.rounding)
        case PerUnitTable():
            return PerUnit(table.points)
        case FixedTable():
            return Fixed(table.points)
        case TimesTable():
            return Times(table.percent)


def coin(table: EarnTable | ChallengeTable, points: PointsTable) -> Coin:
    """The promise's own terms for its points, else those of all points."""
    pending_days = points.pending_days if table.pending_days is None else table.pending_days
    return Coin("points", table.funder or points.funder, pending_days, expiry(table.expiry or points.expiry))


def expiry(life: Life | None) -> Expiry | None:
    return Expiry(life.days, life.months, "day" if life.rolling else life.round, life.rolling) if life else None


def goods(table: GoodsTable) -> Goods:
    return Goods(frozenset(table.skus), frozenset(table.categories), frozenset(table.brands))


def places(table: PromiseTable) -> Places:
    return Places(frozenset(table.partners), frozenset(table.shops))


def hours(table: HoursTable) -> Hours:
    weekdays = frozenset(map(WEEKDAYS.index, table.weekdays)) or frozenset(range(7))
    return Hours(weekdays, quarters(table.since), quarters(table.until))


def quarters(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 4 + int(minute) // 15


def begins(declared: object, zone: str) -> Instant:
    return 0 if declared is None else instant(declared, zone, 0)


def ends(declared: object, zone: str) -> Instant:
    """The last day is included."""
    return NEVER if declared is None else instant(declared, zone, 1)


def instant(declared: object, zone: str, days_on: int) -> Instant:
    if isinstance(declared, date) and declared.year not in YEARS:
        raise BadMoment(f"the year {declared.year} is not one of {YEARS[0]} to {YEARS[-1]}")
    match declared:
        case datetime():
            local = declared if declared.tzinfo else declared.replace(tzinfo=ZoneInfo(zone))
            return int(local.timestamp())
        case date():
            day = declared + timedelta(days_on)
            return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())
    raise BadMoment("write a date, 2026-12-31, or a date with a time, 2026-12-31T17:00:00")
