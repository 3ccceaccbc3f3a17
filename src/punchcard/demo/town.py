"""The merchants of the story: partners, shops, tills, an operator, and the programme they promise."""

import tomllib
from pathlib import Path

from msgspec import Struct, convert

from punchcard import partners, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.partners import Partner, Product, Shop

PROGRAMME = Path(__file__).with_name("almond.toml")
PRODUCTS = Path(__file__).with_name("products.toml")
ZONE = "Asia/Jerusalem"

PARTNERS = (
    Partner("nola", {"en": "Nola Coffee", "he": "קפה נולה", "ar": "مقهى نولا", "ru": "Кофейня «Нола»"}, 48, 0.095),
    Partner(
        "rayhan",
        {"en": "Rayhan Grocery", "he": "מכולת ריחאן", "ar": "بقالة ريحان", "ru": "Бакалея «Рейхан»"},
        132,
        0.105,
    ),
    Partner("miro", {"en": "Miro Bakery", "he": "מאפיית מירו", "ar": "مخبز ميرو", "ru": "Пекарня «Миро»"}, 288, 0.11),
)


class Town(Struct, frozen=True):
    """The keys of whoever works here: one till a shop, and the operator."""

    operator_key: str
    till_keys: dict[str, str]
    """By partner: nola, rayhan, miro."""


async def settle(database: Database, at: Instant) -> Town:
    """Take the merchants in, set up their tills and publish the programme."""
    async with database.transaction() as db:
        till_keys, products = {}, shelves()
        for partner in PARTNERS:
            await partners.add_partner(db, partner)
            shop = Shop(f"{partner.id}-1", partner.id, partner.name["en"], ZONE)
            await partners.add_shop(db, shop)
            _, till_keys[partner.id] = await partners.add_till(db, shop.id, "Till 1")
            await partners.set_products(db, partner.id, products[partner.id])
        _, operator_key = await partners.add_operator(db, "Dana, programme manager", "owner")
        await rulebooks.publish(db, PROGRAMME.read_text(), at)
    return Town(operator_key, till_keys)


def shelves() -> dict[str, list[Product]]:
    """What each of them sells most."""
    return convert(tomllib.loads(PRODUCTS.read_text()), dict[str, list[Product]])
