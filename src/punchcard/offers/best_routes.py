"""The one offer to show a member next, and why."""

from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database

from . import best_next, operations, uses
from .best_model import Why
from .model import OpenOffer

USABLE: frozenset[uses.UseState] = frozenset({"open", "needs-activation"})


class BestOffer(Struct, frozen=True):
    """An offer to show first, and why in the member's language."""

    id: str
    title: str
    text: str
    art: str
    until: datetime
    why: str
    because: Why


class Best(Struct, frozen=True):
    """None where there is nothing to use now."""

    offer: BestOffer | None


@get("/me/offers/best")
async def show_best(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> Best:
    """The offer to show you first, the same all day, and why it is this one."""
    async with database.reading() as db:
        found = [each for each in await operations.open_for(db, member_id, at) if "app" in each.channels]
        states = await uses.states_for(db, [(member_id, each.id) for each in found], at)
        usable = [each for each in found if states[member_id, each.id] in USABLE]
        order = await best_next.ranked(db, member_id, usable, at)
    return Best(shown(order[0], language) if order else None)


def shown(ranked: best_next.Ranked[OpenOffer], language: str) -> BestOffer:
    offer = ranked.offer
    return BestOffer(
        id=offer.id,
        title=locale.of(offer.name, language),
        text=locale.of(offer.text, language),
        art=offer.pictures.get(language) or offer.art,
        until=moment(offer.until),
        why=locale.say(f"best.{ranked.why}", language),
        because=ranked.why,
    )


routes = [show_best]
