"""The console's desk for cards: what a member's card shows right now, and a leaked one made void and given anew."""

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings

from . import support, voiding
from .support import CardNow
from .voiding import Voided

Who = Annotated[str, Meta(max_length=64)]
"""What stands on a card, or a member's id."""


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why the card is made void, for those who ask later."""

    because: Annotated[str, Meta(min_length=3, max_length=200)]


@get("/console/members/{card:str}/passes")
async def show_passes(
    card: FromPath[Who], database: NamedDependency[Database], at: NamedDependency[Instant]
) -> CardNow:
    """What a member's card shows right now: what it should say, and what every wallet and device has."""
    async with database.transaction() as db:
        return await support.card_now(db, card, at)


@post("/console/members/{card:str}/passes/void", status_code=200)
async def void_passes(
    card: FromPath[Who],
    data: JSONBody[Reason],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Voided:
    """Make a leaked card void and give it anew: another code and another pass, the same member and balance. Asking again does
    nothing more."""
    async with database.transaction() as db:
        return await voiding.void(db, settings, card, data.because, at)


routes = [show_passes, void_passes]
