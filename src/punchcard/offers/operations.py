"""Publish an offer, tell its audience when it opens and when it ends, and say what a member can use."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from punchcard import partners, rulebooks, segments
from punchcard.foundation import news, outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound, OtherBody
from punchcard.foundation.outbox import Done, Settled, Task
from punchcard.foundation.outside import World

from . import sql
from .model import (
    CEILING_POINTS,
    NoSuchPartner,
    Offer,
    OfferEnded,
    OfferOpened,
    OpenOffer,
    Published,
    Reach,
    check_texts,
    check_window,
    held_out,
    term_of,
)

CHUNK_MEMBERS = 1000

Some = Callable[[Connection, Instant, int], Awaitable[int | None]]
"""Does a part of the work, and says of how many members; None when nothing is left."""


async def publish(db: Connection, draft: Offer, at: Instant) -> Published:
    """Promise an offer: its term joins the rulebook, and it opens by itself. The same again changes nothing."""
    if known := await sql.offer(db, draft.id):
        return same(known, draft)
    check_texts(draft.name, draft.text, *([draft.short] if draft.short else []))
    check_window(draft, at)
    if draft.partner_id not in {partner.id for partner in await partners.partners(db)}:
        raise NoSuchPartner(partner=draft.partner_id)
    await segments.check(db, draft.audience, at)
    if not await sql.add(db, draft, at):
        known = await sql.offer(db, draft.id)
        assert known is not None
        return same(known, draft)
    program = await rulebooks.program(db)
    coin = program.era(draft.since).coin(program.main)
    await rulebooks.publish_term(db, term_of(draft, coin), at)
    return Published(draft, repeated=False)


def same(known: Offer, draft: Offer) -> Published:
    if known != draft:
        raise OtherBody(id=draft.id)
    return Published(known, repeated=True)


async def open_due(database: Database, at: Instant, chunk: int = CHUNK_MEMBERS) -> int:
    """Tell the audience of every offer that has begun; a transaction looks at so many members. Says how many were told."""
    return await through(database, open_some, at, chunk)


async def open_some(db: Connection, at: Instant, chunk: int) -> int | None:
    """The next members of one offer that has begun; None when every offer is told."""
    if (mine := await sql.to_open(db, at)) is None:
        return None
    offer = await the(db, mine.offer_id)
    page = await segments.page(db, offer.audience, at, mine.through, chunk)
    told = await expose_members(db, offer, page.members, at)
    await sql.opened_through(db, offer.id, page.through, at if page.is_last else None)
    return told


async def expose(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Whoever joins or changes while an offer is open comes into its audience; nobody falls out again."""
    for task in tasks:
        async with world.database.transaction() as db:
            await expose_member(db, task.member_id, at)
    return [Done(task) for task in tasks]


async def expose_member(db: Connection, member_id: UUID, at: Instant) -> int:
    """Put a member into the audience of every open offer that is meant for them. Says how many were told of."""
    if not (unseen := await sql.open_unseen(db, member_id, at)):
        return 0
    profile = await segments.profile(db, member_id, at)
    meant = [offer for offer in unseen if profile and segments.holds(offer.audience, profile, at)]
    return sum([await expose_members(db, offer, [member_id], at) for offer in meant])


async def expose_members(db: Connection, offer: Offer, members: Sequence[UUID], at: Instant) -> int:
    come = await sql.expose(db, offer.id, members, [held_out(member_id, offer) for member_id in members], at)
    dues = news.follows([OfferOpened(offer.id)])
    hear = sorted(each.member_id for each in come if not each.held_out)
    await outbox.put_many(db, [(member_id, due) for member_id in hear for due in dues], at)
    return len(hear)


async def close_due(database: Database, at: Instant, chunk: int = CHUNK_MEMBERS) -> int:
    """Let what is over vanish from the cards of all who had it. Says from how many."""
    return await through(database, close_some, at, chunk)


async def close_some(db: Connection, at: Instant, chunk: int) -> int | None:
    """The next members of one offer that is over; None when none is left on any card."""
    if (mine := await sql.to_close(db, at)) is None:
        return None
    members = await sql.exposed_after(db, mine.offer_id, mine.through, chunk)
    dues = news.follows([OfferEnded(mine.offer_id)])
    await outbox.put_many(db, [(member_id, due) for member_id in members for due in dues], at)
    through = members[-1] if members else mine.through
    await sql.closed_through(db, mine.offer_id, through, at if len(members) < chunk else None)
    return len(members)


async def through(database: Database, some: Some, at: Instant, chunk: int) -> int:
    """Go on until none is left, a transaction for each part: a kill in between repeats one part at most."""
    done = 0
    while True:
        async with database.transaction() as db:
            more = await some(db, at, chunk)
        if more is None:
            return done
        done += more


async def stop(db: Connection, offer_id: str, at: Instant) -> None:
    """End an offer before its time, at once and for everybody. What was earned stays."""
    offer = await the(db, offer_id)
    if at < offer.until and await sql.stop(db, offer_id, at):
        await rulebooks.end_term(db, offer_id, at)


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


async def grants(db: Connection, wanted: Sequence[tuple[UUID, Instant]]) -> list[dict[str, int]]:
    """What the door writes into each of these members' sales: for every offer that is theirs, a ceiling in points."""
    found: list[dict[str, int]] = [{} for _ in wanted]
    if wanted:
        for place, offer_id in await sql.granted(db, wanted):
            found[place][offer_id] = CEILING_POINTS
    return found


async def reach(db: Connection, offer_id: str) -> Reach:
    """How an offer is doing."""
    return await sql.reach(db, offer_id)


async def the(db: Connection, offer_id: str) -> Offer:
    """The offer of this id; refuses where there is none."""
    if (offer := await sql.offer(db, offer_id)) is None:
        raise NotFound(offer=offer_id)
    return offer
