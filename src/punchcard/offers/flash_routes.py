"""Flash offers at the console and at the till."""

from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings
from punchcard.partners import Operator, Till

from . import flash, flash_sql
from .desk_routes import Seen
from .flash_model import Fired, Flash, FlashView, NotToFire, Occasion, Surplus

FlashId = Annotated[
    str,
    PathParameter(
        pattern=r"^[a-z0-9][a-z0-9-]{1,31}(?![\s\S])", description="A short name, for example surplus-bread."
    ),
]


@get("/console/flashes")
async def list_flashes(database: NamedDependency[Database], at: NamedDependency[Instant]) -> list[FlashView]:
    """Every flash offer."""
    async with database.reading() as db:
        return [await flash.view(db, kept, at) for kept in await flash_sql.flashes(db)]


@put("/console/flashes/{flash_id:str}")
async def save_flash(
    flash_id: FlashId,
    data: JSONBody[Flash],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> FlashView:
    """Keep an offer for its occasion; another body is another version."""
    async with database.transaction() as db:
        return await flash.view(db, await flash.save(db, flash_id, data, operator, at), at)


@put("/console/flashes/{flash_id:str}/approval")
async def approve_flash(
    flash_id: FlashId,
    data: JSONBody[Seen],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> FlashView:
    """Let this version be fired though it may cost more than one operator may promise, as another than its author."""
    async with database.transaction() as db:
        return await flash.view(db, await flash.approve(db, flash_id, data.version, operator, at), at)


@post("/console/flashes/{flash_id:str}/firings")
async def fire_flash(
    flash_id: FlashId,
    data: JSONBody[Occasion],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    idempotency_key: NamedDependency[UUID],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Fired:
    """Publish it now, for this occasion. The same key or event again answers the same offer."""
    async with database.transaction() as db:
        return await flash.fire(
            db,
            flash_id,
            idempotency_key,
            data,
            f"operator:{operator.id}",
            "operator",
            settings.offer_approval_cents,
            at,
        )


@post("/till/flashes/{flash_id:str}")
async def fire_surplus(
    flash_id: FlashId,
    data: JSONBody[Surplus],
    database: NamedDependency[Database],
    till: NamedDependency[Till],
    idempotency_key: NamedDependency[UUID],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Fired:
    """So many are left here: offer them to those whose shop this is, now."""
    async with database.transaction() as db:
        kept = await flash.the(db, flash_id)
        if kept.body.partner_id != till.partner_id:
            raise NotToFire
        occasion = Occasion(units=data.units, shop=till.shop_id)
        return await flash.fire(
            db, flash_id, idempotency_key, occasion, f"till:{till.id}", "till", settings.offer_approval_cents, at
        )


routes = [list_flashes, save_flash, approve_flash, fire_flash, fire_surplus]
