"""A member takes an offer with one tap, or thinks better of it; and a reward that an offer gives is sent on its way."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from punchcard import segments
from punchcard.foundation import news, outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound, Refused

from . import activating_sql as sql
from .benefits import Gift
from .model import Offer
from .sql import offer as published
from .uses import UseState, states_for


class OfferTaken(Struct, frozen=True):
    """A member took an offer, or gave it back."""

    offer: str


class GiftGiven(Struct, frozen=True):
    """An offer gives a member a reward for nothing."""

    offer: str
    reward: str


class TakenTooLate(Refused):
    """This offer is over."""

    words = "offers"


class TakenPaused(Refused):
    """This offer does not count just now."""

    words = "offers"


class NothingToTake(Refused):
    """Nothing is left of this offer."""

    words = "offers"


class TakenAndUsed(Refused):
    """This offer was already used."""

    words = "offers"


REFUSALS: dict[UseState, type[Refused]] = {
    "ended": TakenTooLate,
    "paused": TakenPaused,
    "sold-out": NothingToTake,
    "used": TakenAndUsed,
}


async def take(db: Connection, member_id: UUID, offer_id: str, at: Instant) -> None:
    """From now on the offer counts at the till. Taking it twice takes it once; whoever was never given it, or goes without
    so that others can be compared, is told that there is none."""
    if await sql.is_taken(db, member_id, offer_id):
        return
    state = (await states_for(db, [(member_id, offer_id)], at))[member_id, offer_id]
    if state in ("not-given", "held-out"):
        raise NotFound(offer=offer_id)
    if state in REFUSALS:
        raise REFUSALS[state](offer=offer_id)
    if not await sql.take(db, member_id, offer_id, at):
        return
    await segments.note(db, [(member_id, "offer", offer_id, "activated")])
    await news.tell(db, member_id, [OfferTaken(offer_id)], at)
    offer = await published(db, offer_id)
    if offer and isinstance(offer.benefit, Gift):
        await give(db, offer, offer.benefit, [member_id], at)


async def leave(db: Connection, member_id: UUID, offer_id: str, at: Instant) -> None:
    """The offer counts no more until it is taken again. What was used stays used; leaving it twice is no harm."""
    state = (await states_for(db, [(member_id, offer_id)], at))[member_id, offer_id]
    if state in ("not-given", "held-out"):
        raise NotFound(offer=offer_id)
    if await sql.was_used(db, member_id, offer_id):
        raise TakenAndUsed(offer=offer_id)
    if await sql.leave(db, member_id, offer_id):
        await news.tell(db, member_id, [OfferTaken(offer_id)], at)


async def early_for(db: Connection, member_id: UUID, at: Instant) -> frozenset[str]:
    """The rewards that this member's offers let them have before they begin."""
    return await sql.early(db, member_id, at)


async def give(db: Connection, offer: Offer, gift: Gift, members: Sequence[UUID], at: Instant) -> None:
    """The reward goes to those of these members who have the offer and did not get it yet."""
    given = await sql.give(db, offer.id, members, at)
    dues = news.follows([GiftGiven(offer.id, gift.reward)])
    await outbox.put_many(db, [(member_id, due) for member_id in given for due in dues], at)
