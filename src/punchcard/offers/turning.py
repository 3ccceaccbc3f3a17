"""An offer is paused, goes on, sells out or has something again: everybody who has it sees it on their card, a page at a time.

What app, till and card say when they are asked is true at once; what lies on phones is told within a second."""

from uuid import UUID

from msgspec import Struct

from punchcard.foundation import news
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database

from . import desk_sql, rounds_sql
from .desk_model import Turn
from .rounds_model import NOBODY

PAGE_MEMBERS = 5000


class OfferPaused(Struct, frozen=True):
    """An offer counts for nothing for a while, for its audience among the members after one and up to another."""

    offer: str
    after: UUID
    through: UUID


class OfferResumed(Struct, frozen=True):
    """It counts again, for the same."""

    offer: str
    after: UUID
    through: UUID


class OfferSoldOut(Struct, frozen=True):
    """Nothing is left of it, for the same."""

    offer: str
    after: UUID
    through: UUID


class OfferBack(Struct, frozen=True):
    """Something is left again, because a sale came back; for the same."""

    offer: str
    after: UUID
    through: UUID


News = type[OfferPaused] | type[OfferResumed] | type[OfferSoldOut] | type[OfferBack]
NEWS: dict[Turn, News] = {
    "paused": OfferPaused,
    "resumed": OfferResumed,
    "sold-out": OfferSoldOut,
    "open-again": OfferBack,
}


async def turn_due(database: Database, at: Instant) -> int:
    """Notice what sold out or has something again, and tell everybody what turned. Says how many were told."""
    async with database.transaction() as db:
        await take_stock(db, at)
    done = 0
    while True:
        async with database.transaction() as db:
            more = await turn_some(db, at)
        if more is None:
            return done
        done += more


async def take_stock(db: Connection, at: Instant) -> None:
    for offer_id, sold_out in await desk_sql.stock_moved(db, at):
        turn: Turn = "sold-out" if sold_out else "open-again"
        await desk_sql.sold_out(db, offer_id, at if sold_out else None)
        await desk_sql.turn(db, offer_id, turn)
        await desk_sql.note(db, offer_id, turn, None, None, at)


async def turn_some(db: Connection, at: Instant) -> int | None:
    """The next page of one offer's audience; None when everybody is told of everything."""
    if (mine := await desk_sql.to_turn(db)) is None:
        return None
    offer_id, turn, through = mine
    after = through or NOBODY
    page = await rounds_sql.audience(db, offer_id, after, PAGE_MEMBERS)
    if page.first and page.last:
        await news.tell(db, page.first, [NEWS[turn](offer_id, after, page.last)], at)
    await desk_sql.turned_through(db, offer_id, page.last or through, turn if page.members == PAGE_MEMBERS else None)
    return page.members
