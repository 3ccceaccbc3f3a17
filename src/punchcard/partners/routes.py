"""The console's desk for partners, shops, tills and operators. Everybody there may look; owners change."""

from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from punchcard.foundation.database import Database
from punchcard.foundation.zones import Zone

from . import operations
from .model import (
    FLOOR_LIMIT,
    Chroma,
    FloorLimit,
    Hue,
    Label,
    Latitude,
    Longitude,
    Names,
    Operator,
    OwnersOnly,
    Partner,
    Role,
    Shop,
    Slug,
    Till,
    TillState,
)


class NewPartner(Struct, frozen=True, forbid_unknown_fields=True):
    """A merchant to take in."""

    id: Slug
    name: Names
    hue: Hue
    chroma: Chroma


class PartnerFace(Struct, frozen=True, forbid_unknown_fields=True):
    """How a merchant shows itself."""

    name: Names
    hue: Hue
    chroma: Chroma


class NewShop(Struct, frozen=True, forbid_unknown_fields=True):
    """A shop to open."""

    id: Slug
    name: Label
    zone: Zone
    floor_limit: FloorLimit = FLOOR_LIMIT
    latitude: Latitude | None = None
    longitude: Longitude | None = None


class ShopTerms(Struct, frozen=True, forbid_unknown_fields=True):
    """What may change of a shop; a place that is left out is forgotten."""

    name: Label
    floor_limit: FloorLimit
    latitude: Latitude | None = None
    longitude: Longitude | None = None


class NewTill(Struct, frozen=True, forbid_unknown_fields=True):
    """A till to set up."""

    name: Label


class NewOperator(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who shall run the programme."""

    name: Label
    role: Role = "staff"


class KeyedTill(Struct, frozen=True):
    """A till and its key, which is shown this once."""

    till: Till
    key: str


class KeyedOperator(Struct, frozen=True):
    """An operator and the key, which is shown this once."""

    operator: Operator
    key: str


@get("/console/partners")
async def list_partners(database: NamedDependency[Database]) -> list[Partner]:
    """Every partner."""
    async with database.reading() as db:
        return await operations.partners(db)


@post("/console/partners")
async def add_partner(
    data: JSONBody[NewPartner], database: NamedDependency[Database], operator: NamedDependency[Operator]
) -> Partner:
    """Take a merchant in."""
    owners_only(operator)
    async with database.transaction() as db:
        return await operations.add_partner(db, Partner(data.id, data.name, data.hue, data.chroma))


@put("/console/partners/{partner_id:str}")
async def change_partner(
    partner_id: FromPath[str],
    data: JSONBody[PartnerFace],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
) -> Partner:
    """Give a merchant another name or colour."""
    owners_only(operator)
    async with database.transaction() as db:
        return await operations.change_partner(db, Partner(partner_id, data.name, data.hue, data.chroma))


@get("/console/partners/{partner_id:str}/shops")
async def list_shops(partner_id: FromPath[str], database: NamedDependency[Database]) -> list[Shop]:
    """The shops of a partner."""
    async with database.reading() as db:
        return [shop for shop in await operations.shops(db) if shop.partner_id == partner_id]


@post("/console/partners/{partner_id:str}/shops")
async def add_shop(
    partner_id: FromPath[str],
    data: JSONBody[NewShop],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
) -> Shop:
    """Open a shop."""
    owners_only(operator)
    async with database.transaction() as db:
        return await operations.add_shop(
            db, Shop(data.id, partner_id, data.name, data.zone, data.floor_limit, data.latitude, data.longitude)
        )


@put("/console/shops/{shop_id:str}")
async def change_shop(
    shop_id: FromPath[str],
    data: JSONBody[ShopTerms],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
) -> Shop:
    """Give a shop another name, floor limit or place."""
    owners_only(operator)
    async with database.transaction() as db:
        return await operations.change_shop(db, shop_id, data.name, data.floor_limit, data.latitude, data.longitude)


@get("/console/shops/{shop_id:str}/tills")
async def list_tills(shop_id: FromPath[str], database: NamedDependency[Database]) -> list[TillState]:
    """The tills of a shop, and which of them hold a key."""
    async with database.transaction() as db:
        return await operations.tills(db, shop_id)


@post("/console/shops/{shop_id:str}/tills")
async def add_till(
    shop_id: FromPath[str],
    data: JSONBody[NewTill],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
) -> KeyedTill:
    """Set up a till. Its key is in this answer and in no other."""
    owners_only(operator)
    async with database.transaction() as db:
        return KeyedTill(*await operations.add_till(db, shop_id, data.name))


@put("/console/tills/{till_id:str}/key")
async def renew_till_key(
    till_id: FromPath[str], database: NamedDependency[Database], operator: NamedDependency[Operator]
) -> KeyedTill:
    """Give a till another key; the old one ends within a second."""
    owners_only(operator)
    async with database.transaction() as db:
        return KeyedTill(*await operations.new_till_key(db, till_id))


@delete("/console/tills/{till_id:str}/key")
async def revoke_till_key(
    till_id: FromPath[str], database: NamedDependency[Database], operator: NamedDependency[Operator]
) -> None:
    """Take a till's key back; it ends within a second."""
    owners_only(operator)
    async with database.transaction() as db:
        await operations.revoke_till_key(db, till_id)


@get("/console/operators")
async def list_operators(database: NamedDependency[Database]) -> list[Operator]:
    """Everybody who runs the programme now."""
    async with database.reading() as db:
        return await operations.operators(db)


@post("/console/operators")
async def add_operator(
    data: JSONBody[NewOperator], database: NamedDependency[Database], operator: NamedDependency[Operator]
) -> KeyedOperator:
    """Let somebody run the programme. The key is in this answer and in no other."""
    owners_only(operator)
    async with database.transaction() as db:
        return KeyedOperator(*await operations.add_operator(db, data.name, data.role))


@delete("/console/operators/{operator_id:uuid}/key")
async def revoke_operator_key(
    operator_id: FromPath[UUID], database: NamedDependency[Database], operator: NamedDependency[Operator]
) -> None:
    """Take an operator's key back; it ends within a second."""
    owners_only(operator)
    async with database.transaction() as db:
        await operations.revoke_operator_key(db, operator_id)


def owners_only(operator: Operator) -> None:
    """Refuse everybody else."""
    if operator.role != "owner":
        raise OwnersOnly


routes = [
    list_partners,
    add_partner,
    change_partner,
    list_shops,
    add_shop,
    change_shop,
    list_tills,
    add_till,
    renew_till_key,
    revoke_till_key,
    list_operators,
    add_operator,
    revoke_operator_key,
]
