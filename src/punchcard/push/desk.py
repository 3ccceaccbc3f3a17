"""The console's desk for messages: what a member was told or was not, and what became of an offer's messages."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from punchcard import members
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound

from . import operations, sql
from .model import Tally
from .routes import MessageView, viewed

Who = Annotated[str, Meta(max_length=64)]
"""What stands on a card, or a member's id."""


@get("/console/members/{card:str}/messages")
async def show_messages(
    card: FromPath[Who], database: NamedDependency[Database], language: NamedDependency[str]
) -> list[MessageView]:
    """What a member was told, and what they were not, each with its reason; the newest first."""
    async with database.transaction() as db:
        member = await members.member(db, await whose(db, card))
        zone = await operations.zone_of(db, member)
        return [viewed(message, zone, language) for message in await operations.messages(db, member.id)]


@get("/console/offers/{offer_id:str}/messages")
async def count_messages(offer_id: FromPath[Who], database: NamedDependency[Database]) -> list[Tally]:
    """What became of an offer's messages: how many members by state, reason and way; most first."""
    async with database.reading() as db:
        return await sql.tallies(db, offer_id)


async def whose(db: Connection, card: str) -> UUID:
    """The member that this id is, or whose card this code is or was."""
    try:
        return UUID(card)
    except ValueError:
        holder = await members.holder_of_code(db, members.scanned(card))
    if holder is None:
        raise NotFound
    return holder.member_id


routes = [show_messages, count_messages]
