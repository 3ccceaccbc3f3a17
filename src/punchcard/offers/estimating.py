"""How many an offer may reach and what it may cost, from what its audience bought lately."""

from collections.abc import Sequence

from msgspec import Struct

from punchcard import partners, rulebooks, segments
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.programme import PerAmount, Program, Reward
from punchcard.segments import Expression, Profile

from .benefits import Discount, Early, FreeItem, Gift
from .model import Fixed, Goods, Offer, PerUnit, Times

LOOKED_AT = 2000
"""So many members at most say what a member of the audience buys."""
LATELY_SECONDS = 90 * DAY
SHOPS_MOST = 50
ALL_PARTS = 10_000


class Estimate(Struct, frozen=True, kw_only=True):
    """About how many are in the audience now, hear of it in each channel and call each shop theirs, and what they may use
    until it ends, in minor units. `error`: nineteen times of twenty the reach is off by at most so many."""

    reach: int
    error: int
    by_channel: dict[str, int]
    by_shop: dict[str, int]
    cost_cents: int
    looked_at: int


class Worth(Struct, frozen=True):
    """What one use costs, in minor units: so much for each, and so many parts in ten thousand of what is spent."""

    each: int
    parts: int = 0


async def estimate(db: Connection, offer: Offer, at: Instant) -> Estimate:
    """Reach in all, in each channel and by home shop, and the expected cost."""
    found = await segments.estimate(db, offer.audience, at)
    willing = await segments.estimate(db, both(offer.audience, segments.ConsentsTo("marketing")), at)
    shops = [each for each in await partners.shops(db) if each.partner_id == offer.partner_id][:SHOPS_MOST]
    told = 100 - offer.hold_out
    by_shop = {
        shop.id: (
            await segments.estimate(db, both(offer.audience, segments.HomeShopIn(frozenset({shop.id}))), at)
        ).members
        for shop in shops
    }
    cost, looked_at = await expected_cost(db, offer, found.members, at)
    heard = {"app": found.members, "pass": found.members, "push": willing.members}
    return Estimate(
        reach=found.members,
        error=found.error,
        by_channel={channel: heard[channel] * told // 100 for channel in offer.channels},
        by_shop=by_shop,
        cost_cents=cost,
        looked_at=looked_at,
    )


def both(one: Expression, other: Expression) -> Expression:
    return segments.All((one, other))


async def worth_of(db: Connection, offer: Offer, at: Instant) -> int:
    """What it may cost at most, in minor units: the least of its budgets, or what its audience is expected to use where its
    budgets say nothing of money."""
    program = await rulebooks.program(db)
    if bounds := bounds_of(offer, program):
        return min(bounds)
    reach = await segments.estimate(db, offer.audience, at)
    return (await expected_cost(db, offer, reach.members, at))[0]


def bounds_of(offer: Offer, program: Program) -> list[int]:
    """What each of its budgets comes to, in minor units, as far as that is known."""
    budget, point = offer.budget, value_of(program)
    units = min((each for each in (budget.units, sum(budget.shop_units.values())) if each), default=0)
    worth, found = use_of(offer, program), list[int]()
    if isinstance(offer.benefit, Gift | Early):
        return found
    if budget.cents:
        found.append(budget.cents)
    if budget.points and point and isinstance(offer.benefit, Times | Fixed | PerUnit):
        found.append(budget.points * point)
    if units and not worth.parts and not isinstance(offer.benefit, PerUnit):
        found.append(units * worth.each)
    if units and isinstance(offer.benefit, Discount) and offer.benefit.most:
        found.append(units * offer.benefit.most)
    return found


async def expected_cost(db: Connection, offer: Offer, reach: int, at: Instant) -> tuple[int, int]:
    """What the audience would use if it goes on buying as in the last 90 days, and of how many members that is known."""
    page = await segments.page(db, offer.audience, at, None, LOOKED_AT)
    profiles = await segments.profiles(db, [(member_id, at) for member_id in page.members])
    if not profiles:
        return 0, 0
    program = await rulebooks.program(db)
    worth, share = use_of(offer, program), (offer.until - offer.since) / LATELY_SECONDS
    costs = [cost_of(offer, profile, worth, share, at) for profile in profiles.values()]
    expected = sum(costs) / len(costs) * reach * (100 - offer.hold_out) / 100
    return min([round(expected), *bounds_of(offer, program)]), len(costs)


def cost_of(offer: Offer, profile: Profile, worth: Worth, share: float, at: Instant) -> float:
    """What this member would use of it, by the visits and the spending of the last 90 days; a reward is given to everybody."""
    if isinstance(offer.benefit, Gift):
        return worth.each
    lately = [cents for seen_at, cents in profile.recent if seen_at > at - LATELY_SECONDS]
    if not lately:
        return 0.0
    visits = len(lately) * share
    if offer.limits.uses:
        visits = min(visits, offer.limits.uses)
    spent = visits * sum(lately) / len(lately) * bought_share(offer.goods, profile)
    off = spent * worth.parts / ALL_PARTS
    if isinstance(offer.benefit, Discount) and offer.benefit.most:
        off = min(off, visits * offer.benefit.most)
    return visits * worth.each + off


def bought_share(goods: Goods, profile: Profile) -> float:
    """How much of what this member spends goes into these goods, as far as their categories and brands are known."""
    if not goods.categories and not goods.brands:
        return 1.0
    known = [*(profile.categories.get(each) for each in goods.categories)]
    known += [profile.brands.get(each) for each in goods.brands]
    cents = sum(each[1] for each in known if each)
    return min(1.0, cents / profile.spend_cents) if profile.spend_cents > 0 else 0.0


def use_of(offer: Offer, program: Program) -> Worth:
    """What one use costs. No price of a free piece is known: it is less than is spent on the goods."""
    point = value_of(program)
    match offer.benefit:
        case Times(percent):
            return Worth(0, earned_parts(program, offer.since) * (percent - 100) // 100)
        case Fixed(points) | PerUnit(points):
            return Worth(points * point)
        case Discount(percent=percent, amount=amount):
            return Worth(amount, percent * 100)
        case Gift(reward=id) | Early(reward=id):
            reward = program.promise(id)
            if isinstance(offer.benefit, Gift) and isinstance(reward, Reward):
                return Worth(reward.amount or reward.points * point)
            return Worth(0)
        case FreeItem():
            return Worth(0, ALL_PARTS)


def earned_parts(program: Program, at: Instant) -> int:
    """What points for spending are worth, in ten-thousandths of what was spent."""
    awards: Sequence[PerAmount] = [
        term.award
        for term in program.rulebook.terms
        if isinstance(term.award, PerAmount) and term.holds(at) and term.on == "sale" and not term.scarce
    ]
    return max((award.points * value_of(program) * 10_000 // award.per for award in awards), default=0)


def value_of(program: Program) -> int:
    """What a point of the card is worth, in minor units."""
    currency = program.currency(program.main)
    return currency.value if currency else 0
