"""The operator's desk for offers, and all other addresses of them."""

from datetime import datetime

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody
from msgspec import Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.settings import Settings
from punchcard.partners import Operator
from punchcard.segments import Expression

from . import activating_routes, best_routes, desk, desk_routes, drafts, flash_routes, operations, why
from .desk_model import Done
from .desk_routes import OfferId
from .drafts import Draft
from .model import Benefit, Offer, State


class OfferState(Struct, frozen=True):
    """An offer as the console sees it: how many members have it, and how many of its audience go without to compare."""

    id: str
    state: State
    partner_id: str
    name: dict[str, str]
    short: dict[str, str]
    text: dict[str, str]
    since: datetime
    until: datetime
    audience: Expression
    benefit: Benefit
    hold_out: int
    reach: int
    held_out: int
    opened_at: datetime | None
    stopped_at: datetime | None
    history: list[Done]


@put("/console/offers/{offer_id:str}", responses={201: ResponseSpec(OfferState, description="Published just now.")})
async def publish_offer(
    offer_id: OfferId,
    data: JSONBody[Draft],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Response[OfferState]:
    """Publish an offer in one step: 201; the same again: 200; something else under its id: 422. One that may cost more than
    an operator may promise alone goes by way of a draft: 409."""
    async with database.transaction() as db:
        offer = drafts.offer_of(offer_id, data)
        published = await desk.publish_at_once(db, offer, operator, settings.offer_approval_cents, at)
        seen = await viewed(db, published.offer, at)
    return Response(seen, status_code=200 if published.repeated else 201)


@get("/console/offers/{offer_id:str}")
async def show_offer(
    offer_id: OfferId, database: NamedDependency[Database], at: NamedDependency[Instant]
) -> OfferState:
    """How an offer is doing."""
    async with database.transaction() as db:
        return await viewed(db, await operations.the(db, offer_id), at)


@delete("/console/offers/{offer_id:str}")
async def stop_offer(
    offer_id: OfferId,
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> None:
    """End an offer now, for everybody. Asking twice is no harm."""
    async with database.transaction() as db:
        await desk.stop(db, offer_id, operator, at)


async def viewed(db: Connection, offer: Offer, at: Instant) -> OfferState:
    reach = await operations.reach(db, offer.id)
    return OfferState(
        id=offer.id,
        state=await desk.state(db, offer.id, at),
        partner_id=offer.partner_id,
        name=offer.name,
        short=offer.short,
        text=offer.text,
        since=moment(offer.since),
        until=moment(offer.until),
        audience=offer.audience,
        benefit=offer.benefit,
        hold_out=offer.hold_out,
        reach=reach.exposed,
        held_out=reach.held_out,
        opened_at=moment(reach.opened_at) if reach.opened_at is not None else None,
        stopped_at=moment(reach.stopped_at) if reach.stopped_at is not None else None,
        history=await desk.history(db, offer.id),
    )


routes = [
    *best_routes.routes,
    *activating_routes.routes,
    publish_offer,
    show_offer,
    stop_offer,
    *desk_routes.routes,
    *flash_routes.routes,
    *why.routes,
]
