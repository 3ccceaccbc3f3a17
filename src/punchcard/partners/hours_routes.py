"""The console's desk for opening hours. Everybody there may look; owners change."""

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from punchcard.foundation.database import Database

from . import operations
from .hours import Hours
from .model import Operator
from .routes import owners_only


@get("/console/shops/{shop_id:str}/hours")
async def show_hours(shop_id: FromPath[str], database: NamedDependency[Database]) -> Hours:
    """When a shop is open; 404 for one that never said."""
    async with database.reading() as db:
        return await operations.hours(db, shop_id)


@put("/console/shops/{shop_id:str}/hours")
async def change_hours(
    shop_id: FromPath[str],
    data: JSONBody[Hours],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
) -> Hours:
    """Say when a shop is open, by its own clock; nobody is told of an offer that ends while all its shops are shut."""
    owners_only(operator)
    async with database.transaction() as db:
        return await operations.set_hours(db, shop_id, data)


@delete("/console/shops/{shop_id:str}/hours")
async def drop_hours(
    shop_id: FromPath[str], database: NamedDependency[Database], operator: NamedDependency[Operator]
) -> None:
    """Say nothing of its hours any more: it counts as open."""
    owners_only(operator)
    async with database.transaction() as db:
        await operations.drop_hours(db, shop_id)


routes = [show_hours, change_hours, drop_hours]
