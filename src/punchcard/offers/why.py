"""Why a member has an offer, in their language: what it was chosen by, and how to hear no more of such."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from punchcard import programme, segments
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound
from punchcard.segments import Expression

from . import operations

CHOSEN_BY = {"personalisation": "by-what-you-did", "location": "by-where-you-were"}


class Why(Struct, frozen=True, kw_only=True):
    """Why this offer is yours. `is_personal`: it was chosen by what is known of you."""

    offer: str
    is_personal: bool
    because: list[str]
    switch_off: str


async def why(db: Connection, member_id: UUID, offer_id: str, language: str, at: Instant) -> Why:
    """Refuses an offer that the member was never given."""
    if await operations.given_to(db, member_id, offer_id) is None:
        raise NotFound(offer=offer_id)
    offer = await operations.the(db, offer_id)
    purposes = purposes_of(offer.audience)
    is_personal = bool(purposes) or offer.trigger is not None
    told = await segments.told(db, member_id, offer.audience, language, at)
    keys = [] if told else [CHOSEN_BY[each] for each in ("personalisation", "location") if each in purposes]
    if offer.trigger is not None:
        keys.append(f"you-{offer.trigger.on}")
    if not told and not keys:
        keys = ["for-everybody"]
    return Why(
        offer=offer_id,
        is_personal=is_personal,
        because=[*told, *(locale.say(f"offers_why.{key}", language) for key in keys)],
        switch_off=locale.say(f"offers_why.{'switch-off-personal' if is_personal else 'switch-off'}", language),
    )


def purposes_of(expression: Expression) -> set[str]:
    """What members agreed to that the conditions look at."""
    return {purpose for each in programme.conditions(expression) or [] for purpose in each.needs}


@get("/me/offers/{offer_id:str}/why")
async def explain_offer(
    offer_id: FromPath[str],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
) -> Why:
    """Why you have this offer, and how to hear no more of such."""
    async with database.reading() as db:
        return await why(db, member_id, offer_id, language, at)


routes = [explain_offer]
