"""What a member has, and one tap: an offer is taken, or left again."""

from uuid import UUID

from litestar import delete, get, put
from litestar.di import NamedDependency

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database

from . import activating, benefits_shown
from .benefits_shown import OfferView
from .desk_routes import OfferId


@get("/me/offers")
async def list_offers(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> list[OfferView]:
    """What you can use now, the best for you first; what is used up, paused or sold out says so, and so does, for a day, what
    has ended."""
    async with database.reading() as db:
        return await benefits_shown.listed(db, member_id, language, at)


@put("/me/offers/{offer_id:str}/activation", status_code=204)
async def take_offer(
    offer_id: OfferId,
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> None:
    """Take an offer: from now on it applies at the till. Asking twice is no harm; what is over, used or sold out is refused."""
    async with database.transaction() as db:
        await activating.take(db, member_id, offer_id, at)


@delete("/me/offers/{offer_id:str}/activation")
async def leave_offer(
    offer_id: OfferId,
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> None:
    """Leave an offer that you have not used yet."""
    async with database.transaction() as db:
        await activating.leave(db, member_id, offer_id, at)


routes = [list_offers, take_offer, leave_offer]
