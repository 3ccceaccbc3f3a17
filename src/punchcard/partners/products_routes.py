"""What a till's buttons sell: owners keep the list, everybody at the desk may look, a till shows it."""

from typing import Annotated

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from punchcard.foundation.database import Database

from . import operations
from .model import Operator, Till
from .products import PRODUCTS_MAX, Product, TillProduct
from .routes import owners_only


class Shelf(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole list, in the order of the buttons."""

    products: Annotated[tuple[Product, ...], Meta(max_length=PRODUCTS_MAX)]


@get("/console/partners/{partner_id:str}/products")
async def list_products(partner_id: FromPath[str], database: NamedDependency[Database]) -> list[Product]:
    """The buttons of a partner's tills."""
    async with database.reading() as db:
        return await operations.products(db, partner_id)


@put("/console/partners/{partner_id:str}/products")
async def replace_products(
    partner_id: FromPath[str],
    data: JSONBody[Shelf],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
) -> list[Product]:
    """Let the partner's tills show these buttons and no others. A till sells anything else, too."""
    owners_only(operator)
    async with database.transaction() as db:
        return await operations.set_products(db, partner_id, data.products)


@get("/till/products")
async def show_products(
    database: NamedDependency[Database], till: NamedDependency[Till], language: NamedDependency[str]
) -> list[TillProduct]:
    """What my buttons sell, named in the caller's language; the amount is that of a piece, in minor units."""
    async with database.reading() as db:
        return await operations.buttons(db, till, language)


routes = [list_products, replace_products, show_products]
