"""Open a partner, its shops and tills; give out keys, know them again, and take them back."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation import locale, tokens, zones
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound
from punchcard.foundation.ids import digest, new_id

from . import hours_sql, products_sql, sql
from .catalogue import catalogue, renewed
from .hours import Hours
from .hours import check as check_hours
from .model import IdTaken, NoSuchOperator, Operator, Partner, PlaceHalf, Role, Shop, Till, TillState
from .products import Product, SkuTwice, TillProduct


async def add_partner(db: Connection, partner: Partner) -> Partner:
    """Take a merchant in. Asking twice with the same facts takes it in once."""
    if await sql.insert_partner(db, partner):
        await renewed(db)
    elif await sql.partner(db, partner.id) != partner:
        raise IdTaken(id=partner.id)
    return partner


async def change_partner(db: Connection, partner: Partner) -> Partner:
    """Give it another name or colour."""
    if not await sql.update_partner(db, partner):
        raise NotFound
    await renewed(db)
    return partner


async def add_shop(db: Connection, shop: Shop) -> Shop:
    """Open a shop of a partner. Asking twice with the same facts opens it once."""
    zones.check(shop.zone)
    refuse_half_a_place(shop.latitude, shop.longitude)
    if await sql.partner(db, shop.partner_id) is None:
        raise NotFound
    if await sql.insert_shop(db, shop):
        await renewed(db)
    elif await sql.shop(db, shop.id) != shop:
        raise IdTaken(id=shop.id)
    return shop


async def change_shop(
    db: Connection, shop_id: str, name: str, floor_limit: int, latitude: float | None, longitude: float | None
) -> Shop:
    """Give it another name, floor limit (minor units) or place. Its zone stays: past days were reckoned by it."""
    refuse_half_a_place(latitude, longitude)
    changed = await sql.update_shop(db, shop_id, name, floor_limit, latitude, longitude)
    if changed is None:
        raise NotFound
    await renewed(db)
    return changed


async def set_hours(db: Connection, shop_id: str, hours: Hours) -> Hours:
    """Say when a shop is open."""
    check_hours(hours)
    if await sql.shop(db, shop_id) is None:
        raise NotFound
    await hours_sql.keep_hours(db, shop_id, hours)
    await renewed(db)
    return hours


async def drop_hours(db: Connection, shop_id: str) -> None:
    """Say nothing of a shop's hours any more. Asking twice is no harm."""
    await hours_sql.forget_hours(db, shop_id)
    await renewed(db)


async def hours(db: Connection, shop_id: str) -> Hours:
    """When a shop is open; NotFound for one that never said."""
    if found := (await catalogue(db)).hours.get(shop_id):
        return found
    raise NotFound


async def set_products(db: Connection, partner_id: str, products: Sequence[Product]) -> list[Product]:
    """From now on these are the buttons of the partner's tills, in this order. Asking twice is no harm."""
    if not await sql.hold_partner(db, partner_id):
        raise NotFound
    seen: set[str] = set()
    for each in products:
        if each.sku in seen:
            raise SkuTwice(sku=each.sku)
        seen.add(each.sku)
    await products_sql.replace(db, partner_id, products)
    return list(products)


async def products(db: Connection, partner_id: str) -> list[Product]:
    """The buttons of a partner's tills, in their order."""
    if await sql.partner(db, partner_id) is None:
        raise NotFound
    return await products_sql.products(db, partner_id)


async def buttons(db: Connection, till: Till, language: str) -> list[TillProduct]:
    """What this till shows, named in this language."""
    return [
        TillProduct(each.sku, locale.of(each.name, language), each.category, each.brand, each.amount, each.art)
        for each in await products_sql.products(db, till.partner_id)
    ]


def refuse_half_a_place(latitude: float | None, longitude: float | None) -> None:
    if (latitude is None) != (longitude is None):
        raise PlaceHalf


async def add_till(db: Connection, shop_id: str, name: str) -> tuple[Till, str]:
    """Set up a till; its key is answered here and never again."""
    shop = await sql.shop(db, shop_id)
    if shop is None:
        raise NotFound
    till, key = Till(str(new_id()), shop.id, shop.partner_id, shop.zone, name), tokens.new_key(tokens.TILL)
    await sql.insert_till(db, till, digest(key))
    return till, key


async def new_till_key(db: Connection, till_id: str) -> tuple[Till, str]:
    """Give the till another key; the old one ends within a second."""
    till, key = await sql.till(db, till_id), tokens.new_key(tokens.TILL)
    if till is None:
        raise NotFound
    await sql.set_till_key(db, till_id, digest(key))
    return till, key


async def revoke_till_key(db: Connection, till_id: str) -> None:
    """Let the till in no more; its key ends within a second."""
    if not await sql.set_till_key(db, till_id, None):
        raise NotFound


async def add_operator(db: Connection, name: str, role: Role = "staff") -> tuple[Operator, str]:
    """Let somebody run the programme; the key is answered here and never again."""
    operator, key = Operator(new_id(), name, role), tokens.new_key(tokens.OPERATOR)
    await sql.insert_operator(db, operator, digest(key))
    return operator, key


async def revoke_operator_key(db: Connection, operator_id: UUID) -> None:
    """Let this operator in no more; the key ends within a second."""
    if not await sql.drop_operator_key(db, operator_id):
        raise NotFound


async def till_by_key(db: Connection, key: str) -> Till | None:
    """The till that holds this key."""
    return await sql.till_by_key(db, digest(key))


async def operator_by_key(db: Connection, key: str) -> Operator | None:
    """The operator who holds this key."""
    return await sql.operator_by_key(db, digest(key))


async def partners(db: Connection) -> list[Partner]:
    """Every partner."""
    return await sql.all_partners(db)


async def shops(db: Connection) -> list[Shop]:
    """Every shop of every partner."""
    return await sql.all_shops(db)


async def till(db: Connection, till_id: str) -> Till:
    """The till with this id."""
    found = await sql.till(db, till_id)
    if found is None:
        raise NotFound
    return found


async def tills(db: Connection, shop_id: str) -> list[TillState]:
    """The tills of a shop, and which of them hold a key."""
    if await sql.shop(db, shop_id) is None:
        raise NotFound
    return await sql.tills_of(db, shop_id)


async def operators(db: Connection) -> list[Operator]:
    """Everybody who runs the programme now."""
    return await sql.all_operators(db)


async def operator_named(db: Connection, name: str) -> Operator:
    """The operator of this name who was made first and holds a key. Refused if there is none."""
    for operator in await sql.all_operators(db):
        if operator.name == name:
            return operator
    raise NoSuchOperator(name=name)
