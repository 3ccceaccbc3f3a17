"""From the merchant's tables to terms, challenges and rewards."""

from msgspec import Struct

from punchcard.programme import (
    Award,
    Budget,
    Cap,
    Challenge,
    Coin,
    Expiry,
    Extend,
    Fixed,
    Goods,
    Hours,
    PerAmount,
    PerUnit,
    Places,
    Rate,
    Reward,
    Step,
    Term,
    Tiered,
    Times,
)

from .moments import begins, ends
from .table import WEEKDAYS
from .tables_parts import (
    AwardTable,
    ExtendTable,
    FixedTable,
    GoodsTable,
    HoursTable,
    OtherGoodsTable,
    PerAmountTable,
    PerUnitTable,
    TieredTable,
    TimesTable,
    Where,
)
from .tables_promises import ChallengeTable, EarnTable, PaidTable, PromiseTable, RewardTable
from .tables_whole import CurrencyTable, Life


class Purse(Struct, frozen=True):
    """The currencies by id, the one that a card shows, and the zone in which dates are meant."""

    currencies: dict[str, CurrencyTable]
    main: str
    zone: str


def term(table: EarnTable, purse: Purse) -> Term:
    return Term(
        table.id,
        table.name,
        begins(table.since, purse.zone),
        ends(table.until, purse.zone),
        award=award(table.award, purse),
        on=table.on,
        goods=goods(table.goods),
        places=places(table),
        hours=hours(table.hours),
        channels=frozenset(table.channels),
        tenders=frozenset(table.tenders),
        tiers=frozenset(table.tiers),
        first_purchase=table.first_purchase,
        birthday=table.birthday,
        where=where(table.where),
        minimum=table.minimum,
        basket_minimum=table.basket_minimum,
        units_minimum=table.units_minimum or 0,
        requires=frozenset(table.requires),
        group=table.group,
        priority=table.priority,
        caps=tuple(Cap(each.limit, each.every, each.of) for each in (table.cap, *table.caps) if each),
        scarce=bool(table.segment or table.budget or table.draw_percent),
        segment=table.segment or "",
        budget=Budget(table.budget.limit, table.budget.every) if table.budget else None,
        draw_percent=table.draw_percent,
        hold_out_percent=table.hold_out_percent,
        qualifying=table.qualifying,
        coin=coin(table, purse),
    )


def challenge(table: ChallengeTable, purse: Purse) -> Challenge:
    return Challenge(
        table.id,
        table.name,
        begins(table.since, purse.zone),
        ends(table.until, purse.zone),
        kind=table.kind,
        target=table.target or parts(table),
        reward=table.reward,
        steps=tuple(Step(each.at, each.reward) for each in table.steps),
        every=table.every or "ever",
        window_days=table.window_days,
        recurs=table.recurs,
        most=table.most,
        opt_in=table.opt_in,
        on=table.on,
        goods=goods(table.goods),
        places=places(table),
        where=where(table.where),
        minimum=table.minimum,
        unit=table.unit or "week",
        freezes=table.freezes,
        rests=frozenset(map(WEEKDAYS.index, table.rests)),
        by=table.by or "category",
        items=tuple(map(goods, table.items)),
        keys=tuple(table.keys),
        answers=table.answers,
        after=table.after or "",
        on_return=table.on_return,
        coin=coin(table, purse),
        text=table.text,
        icon=table.icon,
        badge=table.badge,
    )


def parts(table: ChallengeTable) -> int:
    """How many items, keys or answers there are."""
    return len(table.items) + len(table.keys) + len(table.answers)


def reward(table: RewardTable, purse: Purse) -> Reward:
    return Reward(
        table.id,
        table.name,
        begins(table.since, purse.zone),
        ends(table.until, purse.zone),
        points=table.points,
        currency=table.currency or purse.main,
        kind=table.kind,
        amount=table.amount,
        goods=goods(table.goods),
        places=places(table),
        tiers=frozenset(table.tiers),
        stock=table.stock,
        voucher_days=table.voucher_days,
        text=table.text,
        art=table.art,
    )


def award(table: AwardTable, purse: Purse) -> Award:
    match table:
        case PerAmountTable():
            return PerAmount(table.points, table.per, table.rounding)
        case PerUnitTable():
            return PerUnit(table.points)
        case FixedTable():
            return Fixed(table.points)
        case TimesTable():
            return Times(table.percent)
        case TieredTable():
            rates = tuple(Rate(each.since, each.points) for each in table.rates)
            return Tiered(rates, table.per, table.marginal, table.rounding)
        case ExtendTable():
            return Extend(table.days, table.months, table.currency or purse.main)


def coin(table: PaidTable, purse: Purse) -> Coin:
    """The promise's own terms for its points, else those of the currency."""
    usual = purse.currencies[table.currency or purse.main]
    return Coin(
        usual.id,
        table.funder or usual.funder,
        usual.pending_days if table.pending_days is None else table.pending_days,
        expiry(table.expiry or usual.expiry),
        table.pending_round or usual.pending_round,
        usual.awaits if table.awaits is None else table.awaits,
        usual.awaits_days if table.awaits_days is None else table.awaits_days,
    )


def expiry(life: Life | None) -> Expiry | None:
    if life is None:
        return None
    return Expiry(life.days, life.months, "day" if life.rolling else life.round or "month", life.rolling, life.down)


def goods(table: GoodsTable) -> Goods:
    apart = table.apart_from
    return Goods(*chosen(table), Goods(*chosen(apart)) if apart else None)


def chosen(table: OtherGoodsTable) -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    return frozenset(table.skus), frozenset(table.categories), frozenset(table.brands), frozenset(table.labels)


def places(table: PromiseTable) -> Places:
    return Places(frozenset(table.partners), frozenset(table.shops))


def hours(table: HoursTable) -> Hours:
    weekdays = frozenset(map(WEEKDAYS.index, table.weekdays)) or frozenset(range(7))
    return Hours(weekdays, quarters(table.since), quarters(table.until))


def quarters(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 4 + int(minute) // 15


def where(table: Where) -> dict[str, frozenset[str | int | bool]]:
    return {field: frozenset(said(values)) for field, values in table.items()}


def said(values: str | int | bool | list[str | int | bool]) -> list[str | int | bool]:
    """One value may be written without brackets."""
    return values if isinstance(values, list) else [values]
