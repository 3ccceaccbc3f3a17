"""The offer as the rulebook knows it."""

from msgspec.structs import replace

from punchcard import programme
from punchcard.programme import Term

from .benefits import Discount, Early, FreeItem, Gift
from .model import Benefit, Budget, Fixed, Limits, Offer, PerUnit, Times, shops_of


def term_of(offer: Offer, coin: programme.Coin) -> Term:
    """The offer as the rulebook knows it: under the same id, scarce, so that only whom the door grants it has it.
    `coin` says how the points live; the partner pays for them. What lowers the price is weighed by the door, as it is
    sold: what and how many the basket must come to, and which of a class go together; so what comes back in part stays used."""
    asked, award = offer.conditions, award_of(offer.benefit)
    is_off = isinstance(award, programme.Off)
    return Term(
        id=offer.id,
        name=offer.name,
        since=offer.since,
        until=offer.until,
        award=award,
        goods=programme.Goods(offer.goods.skus, offer.goods.categories, offer.goods.brands),
        places=programme.Places(frozenset({offer.partner_id}), shops_of(offer)),
        hours=programme.Hours(asked.hours.weekdays, asked.hours.since, asked.hours.until),
        channels=asked.sale_channels,
        basket_minimum=0 if is_off else asked.basket_minimum,
        units_minimum=0 if is_off else asked.units_minimum,
        group="" if is_off else offer.stacking,
        priority=offer.priority,
        caps=caps_of(offer.limits),
        budget=budget_of(offer.budget),
        scarce=True,
        offered=True,
        coin=replace(coin, funder=offer.partner_id),
    )


def caps_of(limits: Limits) -> tuple[programme.Cap, ...]:
    every: tuple[tuple[int, programme.Period], ...] = (
        (limits.uses, "ever"),
        (limits.uses_a_day, "day"),
        (limits.uses_a_week, "week"),
    )
    return tuple(programme.Cap(limit, period, "uses") for limit, period in every if limit)


def budget_of(budget: Budget) -> programme.Budget | None:
    if budget == Budget():
        return None
    return programme.Budget(budget.points, "ever", budget.cents, budget.units, dict(budget.shop_units))


def award_of(benefit: Benefit) -> programme.Award:
    """What the fold gives: points, or the minor units that the door wrote into the sale. Of a reward it knows nothing."""
    match benefit:
        case Times(percent):
            return programme.Times(percent)
        case Fixed(points):
            return programme.Fixed(points)
        case PerUnit(points):
            return programme.PerUnit(points)
        case Discount() | FreeItem() | Gift() | Early():
            return programme.Off()
