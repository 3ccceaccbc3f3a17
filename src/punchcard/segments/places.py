"""What an expression says of shops' places, written out: no member knows where shops are."""

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt

from msgspec.structs import replace

from punchcard import partners
from punchcard.foundation.database import Connection
from punchcard.partners import Shop
from punchcard.programme import Expression, people

from .model import conditions

EARTH_KM = 6371.0


async def placed(db: Connection, expression: Expression) -> Expression:
    """The expression as `holds` reads it: shops near another by their names, and where a shop is. Asks for shops only where
    the expression does."""
    if not any(isinstance(each, people.HomeShopWithin | people.NearWithin) for each in conditions(expression)):
        return expression
    return among({shop.id: shop for shop in (await partners.catalogue(db)).shops}, expression)


def among(shops: dict[str, Shop], expression: Expression) -> Expression:
    match expression:
        case people.All(of):
            return people.All(tuple(among(shops, part) for part in of))
        case people.Any(of):
            return people.Any(tuple(among(shops, part) for part in of))
        case people.Not(of):
            return people.Not(among(shops, of))
        case people.HomeShopWithin(shop, km):
            return people.HomeShopIn(frozenset({shop, *near(shops.get(shop), km, shops.values())}))
        case people.NearWithin(shop=str(shop)) if (there := shops.get(shop)) and there.latitude is not None:
            return replace(expression, shop=None, latitude=there.latitude, longitude=there.longitude)
    return expression


def near(shop: Shop | None, km: int, shops: Iterable[Shop]) -> list[str]:
    """The shops at most so far from this one; none where its place is not known."""
    if shop is None or shop.latitude is None or shop.longitude is None:
        return []
    return [
        each.id
        for each in shops
        if each.latitude is not None
        and each.longitude is not None
        and distance_km((shop.latitude, shop.longitude), (each.latitude, each.longitude)) <= km
    ]


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """As the crow flies (haversine), between latitudes and longitudes in degrees."""
    up, along = radians(there[0] - here[0]), radians(there[1] - here[1])
    half = sin(up / 2) ** 2 + cos(radians(here[0])) * cos(radians(there[0])) * sin(along / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))
