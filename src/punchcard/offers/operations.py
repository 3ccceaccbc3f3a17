"""Publish an offer, stop it, and say what a member can use."""

from collections.abc import Sequence
from uuid import UUID

from punchcard import partners, rulebooks, segments
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound, OtherBody

from . import sql
from .model import (
    NoSuchPartner,
    Offer,
    OpenOffer,
    Published,
    Reach,
    check_texts,
    check_window,
)
from .terms import term_of
from .uses import at_the_till


async def publish(db: Connection, draft: Offer, at: Instant) -> Published:
    """Promise an offer: its term joins the rulebook, and it opens by itself. The same again changes nothing."""
    if known := await sql.offer(db, draft.id):
        return same(known, draft)
    await check(db, draft, at)
    if not await sql.add(db, draft, at):
        known = await sql.offer(db, draft.id)
        assert known is not None
        return same(known, draft)
    program = await rulebooks.program(db)
    coin = program.era(draft.since).coin(program.main)
    await rulebooks.publish_term(db, term_of(draft, coin), at)
    return Published(draft, repeated=False)


async def check(db: Connection, draft: Offer, at: Instant) -> None:
    """Refuse what nobody could promise."""
    check_texts(draft.name, draft.text, *([draft.short] if draft.short else []))
    check_window(draft, at)
    if draft.partner_id not in {partner.id for partner in await partners.partners(db)}:
        raise NoSuchPartner(partner=draft.partner_id)
    await segments.check(db, draft.audience, at)


def same(known: Offer, draft: Offer) -> Published:
    if known != draft:
        raise OtherBody(id=draft.id)
    return Published(known, repeated=True)


async def stop(db: Connection, offer_id: str, at: Instant) -> bool:
    """End an offer before its time, at once and for everybody. What was earned stays. False when it was over."""
    offer = await the(db, offer_id)
    if at >= offer.until or not await sql.stop(db, offer_id, at):
        return False
    await rulebooks.end_term(db, offer_id, at)
    return True


async def open_for(db: Connection, member_id: UUID, at: Instant) -> list[OpenOffer]:
    """What a member can use now, the one that ends first first."""
    return (await open_for_each(db, [(member_id, at)]))[0]


async def open_for_each(db: Connection, wanted: Sequence[tuple[UUID, Instant]]) -> list[list[OpenOffer]]:
    """The same of each of these members at their instants."""
    found: list[list[OpenOffer]] = [[] for _ in wanted]
    for place, offer in await sql.open_for(db, wanted):
        found[place].append(offer)
    return found


async def given_to(db: Connection, member_id: UUID, offer_id: str) -> OpenOffer | None:
    """The offer, if this member has it; it may be over by now."""
    return await sql.given_to(db, member_id, offer_id)


async def givers(db: Connection, offer_ids: Sequence[str]) -> dict[str, str]:
    """Which partner each of these offers is of."""
    return await sql.givers(db, offer_ids) if offer_ids else {}


async def grants(db: Connection, wanted: Sequence[tuple[UUID, Instant]]) -> list[dict[str, int]]:
    """What the door writes into each of these members' sales: for every offer of points that is theirs, a ceiling."""
    return [mine.grants for mine in await at_the_till(db, wanted)]


async def reach(db: Connection, offer_id: str) -> Reach:
    """How an offer is doing."""
    return await sql.reach(db, offer_id)


async def the(db: Connection, offer_id: str) -> Offer:
    """The offer of this id; refuses where there is none."""
    if (offer := await sql.offer(db, offer_id)) is None:
        raise NotFound(offer=offer_id)
    return offer
