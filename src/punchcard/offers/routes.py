"""What a member can use now, and the operator's desk for offers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.segments import Expression

from . import operations
from .model import Benefit, Channel, Goods, Name, Offer, Reach, Sentence, Short, Title

Language = Literal["en", "he", "ar", "ru"]
Moment = Annotated[datetime, Meta(tz=True)]
OfferId = Annotated[
    str,
    PathParameter(pattern=r"^[a-z0-9][a-z0-9-]{1,47}(?![\s\S])", description="A short name, for example coffee-x2."),
]
State = Literal["scheduled", "open", "ended", "stopped"]


class OfferView(Struct, frozen=True):
    """An offer as a member reads it. It applies by itself at the till."""

    id: str
    partner_id: str
    title: str
    text: str
    art: str
    since: datetime
    until: datetime


class Draft(Struct, frozen=True, forbid_unknown_fields=True):
    """An offer to publish. Its texts are in all four languages; `short` is for the front of a card, where the name is too
    long; `hold_out` is the percent that goes without."""

    partner_id: Name
    name: dict[Language, Title]
    text: dict[Language, Sentence]
    since: Moment
    until: Moment
    audience: Expression
    benefit: Benefit
    short: dict[Language, Short] = {}
    art: Annotated[str, Meta(max_length=64)] = ""
    goods: Goods = Goods()
    channels: Annotated[tuple[Channel, ...], Meta(min_length=1, max_length=3)] = ("push", "pass", "app")
    hold_out: Annotated[int, Meta(ge=0, le=50)] = 0


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
    """What you can use now, what ends first first."""
    async with database.reading() as db:
        found = await operations.open_for(db, member_id, at)
    return [
        OfferView(
            id=offer.id,
            partner_id=offer.partner_id,
            title=locale.of(offer.name, language),
            text=locale.of(offer.text, language),
            art=offer.art,
            since=moment(offer.since),
            until=moment(offer.until),
        )
        for offer in found
        if "app" in offer.channels
    ]


@put("/console/offers/{offer_id:str}", responses={201: ResponseSpec(OfferState, description="Published just now.")})
async def publish_offer(
    offer_id: OfferId,
    data: JSONBody[Draft],
    database: NamedDependency[Database],
    at: NamedDependency[Instant],
) -> Response[OfferState]:
    """Publish an offer: 201; the same again: 200; something else under its id: 422."""
    async with database.transaction() as db:
        published = await operations.publish(db, drafted(offer_id, data), at)
        seen = viewed(published.offer, await operations.reach(db, offer_id), at)
    return Response(seen, status_code=200 if published.repeated else 201)


@get("/console/offers/{offer_id:str}")
async def show_offer(
    offer_id: OfferId, database: NamedDependency[Database], at: NamedDependency[Instant]
) -> OfferState:
    """How an offer is doing."""
    async with database.transaction() as db:
        offer = await operations.the(db, offer_id)
        return viewed(offer, await operations.reach(db, offer_id), at)


@delete("/console/offers/{offer_id:str}")
async def stop_offer(offer_id: OfferId, database: NamedDependency[Database], at: NamedDependency[Instant]) -> None:
    """End an offer now, for everybody. Asking twice is no harm."""
    async with database.transaction() as db:
        await operations.stop(db, offer_id, at)


def drafted(offer_id: str, draft: Draft) -> Offer:
    return Offer(
        id=offer_id,
        partner_id=draft.partner_id,
        name=dict(draft.name.items()),
        short=dict(draft.short.items()),
        text=dict(draft.text.items()),
        art=draft.art,
        since=int(draft.since.timestamp()),
        until=int(draft.until.timestamp()),
        audience=draft.audience,
        benefit=draft.benefit,
        goods=draft.goods,
        channels=tuple(dict.fromkeys(draft.channels)),
        hold_out=draft.hold_out,
    )


def viewed(offer: Offer, reach: Reach, at: Instant) -> OfferState:
    return OfferState(
        id=offer.id,
        state=state_of(offer, reach, at),
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


def state_of(offer: Offer, reach: Reach, at: Instant) -> State:
    if reach.stopped_at is not None and reach.stopped_at <= at:
        return "stopped"
    if at < offer.since:
        return "scheduled"
    return "open" if at < offer.until else "ended"


routes = [list_offers, publish_offer, show_offer, stop_offer]
