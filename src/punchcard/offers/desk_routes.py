"""The operator's desk: an offer from the first draft to its end."""

from typing import Annotated, Literal

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings
from punchcard.partners import Operator

from . import checking, desk, preview
from .checking import Examined
from .desk_model import OnTheDesk, Row
from .drafts import Language, Sketch

OfferId = Annotated[
    str,
    PathParameter(pattern=r"^[a-z0-9][a-z0-9-]{1,47}(?![\s\S])", description="A short name, for example coffee-x2."),
]
WAITS = ResponseSpec(OnTheDesk, description="It waits for a second operator.")


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """Which version of the draft the operator has before their eyes."""

    version: Annotated[int, Meta(ge=1, le=1_000_000)]


@get("/console/offers")
async def list_offers(database: NamedDependency[Database], at: NamedDependency[Instant]) -> list[Row]:
    """Every offer: drafts first, then what was published, the newest first."""
    async with database.reading() as db:
        return await desk.listed(db, at)


@put("/console/offers/{offer_id:str}/draft")
async def save_draft(
    offer_id: OfferId,
    data: JSONBody[Sketch],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> OnTheDesk:
    """Keep what is written so far, as often as you like; each change is a version, and an approval goes with the version."""
    async with database.transaction() as db:
        await desk.save(db, offer_id, data, operator, at)
        return await desk.on_the_desk(db, offer_id, settings.offer_approval_cents, at)


@get("/console/offers/{offer_id:str}/draft")
async def show_draft(
    offer_id: OfferId,
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> OnTheDesk:
    """The newest version, what it may cost, and who did what."""
    async with database.reading() as db:
        return await desk.on_the_desk(db, offer_id, settings.offer_approval_cents, at)


@get("/console/offers/{offer_id:str}/check")
async def check_draft(
    offer_id: OfferId,
    database: NamedDependency[Database],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
) -> Examined:
    """Every mistake with a pointer and a sentence, what else to know, whom it may reach and what it may cost."""
    async with database.reading() as db:
        kept = await desk.newest(db, offer_id)
        return await checking.examine(db, offer_id, kept.version, kept.body, at, language)


@get("/console/offers/{offer_id:str}/preview.svg", media_type="image/svg+xml")
async def show_preview(
    offer_id: OfferId,
    database: NamedDependency[Database],
    at: NamedDependency[Instant],
    shown_in: Annotated[Language, QueryParameter(name="language")] = "en",
    on: FromQuery[Literal["push", "app", "card"]] = "push",
) -> str:
    """How a phone will show it: the notification, the offer in the app, or the card, in a member's language."""
    async with database.reading() as db:
        return await preview.picture(db, offer_id, shown_in, on, at)


@put("/console/offers/{offer_id:str}/approval")
async def approve_offer(
    offer_id: OfferId,
    data: JSONBody[Seen],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> OnTheDesk:
    """Let exactly this version be published, as another operator than its author."""
    async with database.transaction() as db:
        await desk.approve(db, offer_id, data.version, operator, at)
        return await desk.on_the_desk(db, offer_id, settings.offer_approval_cents, at)


@put("/console/offers/{offer_id:str}/publication", responses={202: WAITS})
async def publish_draft(
    offer_id: OfferId,
    data: JSONBody[Seen],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Response[OnTheDesk]:
    """Publish this version. 202 where it may cost so much that a second operator must approve it first."""
    alone = settings.offer_approval_cents
    async with database.transaction() as db:
        published = await desk.publish(db, offer_id, data.version, operator, alone, at)
        seen = await desk.on_the_desk(db, offer_id, alone, at)
    return Response(seen, status_code=200 if published else 202)


@put("/console/offers/{offer_id:str}/pause", status_code=204)
async def pause_offer(
    offer_id: OfferId,
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> None:
    """Grant and send nothing of it from now on; app, till and cards say that it is paused."""
    async with database.transaction() as db:
        await desk.pause(db, offer_id, operator, at)


@delete("/console/offers/{offer_id:str}/pause")
async def resume_offer(
    offer_id: OfferId,
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> None:
    """Go on with it."""
    async with database.transaction() as db:
        await desk.resume(db, offer_id, operator, at)


routes = [
    list_offers,
    save_draft,
    show_draft,
    check_draft,
    show_preview,
    approve_offer,
    publish_draft,
    pause_offer,
    resume_offer,
]
