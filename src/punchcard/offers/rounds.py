"""Tell the audience of an offer when it opens and when it ends, and let whoever changes meanwhile come in."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from punchcard import segments
from punchcard.foundation import news, outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Done, Settled, Task
from punchcard.foundation.outside import World

from . import sql
from .model import Offer, OfferEnded, OfferOpened, held_out
from .operations import the

CHUNK_MEMBERS = 1000

Some = Callable[[Connection, Instant, int], Awaitable[int | None]]
"""Does a part of the work, and says of how many members; None when nothing is left."""


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
