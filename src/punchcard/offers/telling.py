"""An offer as one member may hear of it."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from punchcard import rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection

from . import sql, telling_sql, uses_sql
from .model import Offer, shops_of
from .uses import UseState, state_of


class Telling(Struct, frozen=True):
    """The offer, until when it is this member's, what they can do with it now, and whether they ever used it."""

    offer: Offer
    until: Instant
    state: UseState
    was_used: bool

    @property
    def shops(self) -> frozenset[str]:
        """Where it counts; no shop means all of the partner's."""
        return shops_of(self.offer)

    @property
    def is_for_shops(self) -> bool:
        """Whether one has to go to a shop for it: it says nothing of channels, or names shops alone."""
        return self.offer.conditions.sale_channels <= {"shop"}


async def tellings(db: Connection, wanted: Sequence[tuple[UUID, str]], at: Instant) -> dict[tuple[UUID, str], Telling]:
    """What each of these members could be told of that offer, without those who never were in its audience."""
    if not wanted:
        return {}
    asked, program = list(dict.fromkeys(wanted)), await rulebooks.program(db)
    known = {offer_id: await sql.offer(db, offer_id) for offer_id in {offer_id for _, offer_id in asked}}
    found = {}
    for place, given in await uses_sql.given(db, asked):
        if offer := known[asked[place][1]]:
            state = state_of(given, at, program)
            found[asked[place]] = Telling(offer, given.until, state, bool(given.used_at))
    return found


async def topics(db: Connection) -> set[str]:
    """Those of the offers that go on or are to begin."""
    return await telling_sql.topics(db)
