"""Look whether there can be such a group."""

from punchcard import partners, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.programme import Condition, Expression, Program, people

from .model import (
    NoSuchChallenge,
    NoSuchCurrency,
    NoSuchPlace,
    NoSuchShop,
    NoSuchTier,
    conditions,
)


async def check(db: Connection, expression: Expression, at: Instant) -> None:
    """Refuse a group that is too intricate, or that asks for what the programme does not have: a tier, a currency, a
    challenge, a shop, or the place of one. Offers and scores are not known here."""
    program = await rulebooks.program(db)
    shops = {shop.id: shop.latitude is not None for shop in (await partners.catalogue(db)).shops}
    for condition in conditions(expression):
        refuse_unknown_names(condition, program, at)
        refuse_unknown_shops(condition, shops)


def refuse_unknown_names(condition: Condition, program: Program, at: Instant) -> None:
    match condition:
        case people.TierIn(tiers) if unknown := sorted(tiers.difference(tier.id for tier in program.tiers(at))):
            raise NoSuchTier(tier=unknown[0])
        case people.BalanceAtLeast(currency) if currency not in program.currencies:
            raise NoSuchCurrency(currency=currency)
        case people.ChallengeAtLeast(challenge) if challenge not in {each.id for each in program.rulebook.challenges}:
            raise NoSuchChallenge(challenge=challenge)


def refuse_unknown_shops(condition: Condition, shops: dict[str, bool]) -> None:
    """`shops`: whether the place of each is known."""
    match condition:
        case people.HomeShopIn(named) if unknown := sorted(named.difference(shops)):
            raise NoSuchShop(shop=unknown[0])
        case people.HomeShopWithin(shop) | people.NearWithin(shop=str(shop)):
            if shop not in shops:
                raise NoSuchShop(shop=shop)
            if not shops[shop]:
                raise NoSuchPlace(shop=shop)
