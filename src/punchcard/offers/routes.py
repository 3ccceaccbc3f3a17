"""What a member can use now, and the operator's desk for offers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody
from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.settings import Settings
from punchcard.partners import Operator
from punchcard.segments import Expression

from . import best_routes, desk, desk_routes, drafts, operations
from .desk_routes import OfferId
from .drafts import Draft
from .model import Benefit, Offer, OpenOffer, State

Usable = Literal["open", "paused", "sold-out"]


class OfferView(Struct, frozen=True):
    """An offer as a member reads it. It applies by itself at the till, where it need not be taken with a tap first, while it
    is open. `personal`: its window is the member's own."""

    id: str
    partner_id: str
    title: str
    text: str
    art: str
    since: datetime
    until: datetime
    state: Usable
    personal: bool
    activation: bool
    activated_at: datetime | None


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


@get("/me/offers")
async def list_offers(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> list[OfferView]:
    """What you can use now, what ends first first; what is paused or sold out says so."""
    async with database.reading() as db:
        found = await operations.open_for(db, member_id, at)
    return [
        OfferView(
            id=offer.id,
            partner_id=offer.partner_id,
            title=locale.of(offer.name, language),
            text=locale.of(offer.text, language),
            art=offer.pictures.get(language) or offer.art,
            since=moment(offer.since),
            until=moment(offer.until),
            state=usable(offer, at),
            personal=offer.personal,
            activation=offer.activation,
            activated_at=moment(offer.activated_at) if offer.activated_at is not None else None,
        )
        for offer in found
        if "app" in offer.channels
    ]


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


def usable(offer: OpenOffer, at: Instant) -> Usable:
    if offer.paused_at is not None and offer.paused_at <= at:
        return "paused"
    return "sold-out" if offer.sold_out_at is not None and offer.sold_out_at <= at else "open"


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
    )


routes = [*best_routes.routes, list_offers, publish_offer, show_offer, stop_offer, *desk_routes.routes]
