"""Tell the audience of an offer when it opens and when it ends, a page of members at a time, and let whoever changes
meanwhile come in.

A page is one insert and one row of news on its first member, in the transaction that says how far the round came: killed
at any moment, a worker repeats one page at most, and whoever stands in the audience already is not told again."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from msgspec.structs import replace

from punchcard import rulebooks, segments
from punchcard.foundation import news
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Done, Settled, Task
from punchcard.foundation.outside import World

from . import activating, rounds_sql, sql, uses_sql
from .benefits import Gift
from .model import Offer, OfferOpened, held_out
from .operations import the
from .rounds_model import NOBODY, Audience, Leaf, OfferEnded, OfferTold
from .telling import Telling, tellings
from .uses import state_of

CHUNK_MEMBERS = 5000

Some = Callable[[Connection, Instant, int], Awaitable[int | None]]
"""Does a part of the work, and says of how many members; None when nothing is left."""


async def open_due(database: Database, at: Instant, chunk: int = CHUNK_MEMBERS) -> int:
    """Tell the audience of every offer that has begun; a transaction looks at so many members. Says how many were told."""
    return await through(database, open_some, at, chunk)


async def open_some(db: Connection, at: Instant, chunk: int) -> int | None:
    """The next members of one offer that has begun; None when every offer is told."""
    if (mine := await rounds_sql.to_open(db, at)) is None:
        return None
    offer = await the(db, mine.offer_id)
    page = await segments.page(db, offer.audience, at, mine.through, chunk)
    come = await come_in(db, offer, page.members, None, at)
    await tell(db, come, OfferTold, offer.id, mine.through or NOBODY, page.through, at)
    await rounds_sql.opened_through(db, offer.id, page.through, at if page.is_last else None)
    return come.members


async def close_due(database: Database, at: Instant, chunk: int = CHUNK_MEMBERS) -> int:
    """Let what is over vanish from the cards of all who had it. Says from how many."""
    return await through(database, close_some, at, chunk)


async def close_some(db: Connection, at: Instant, chunk: int) -> int | None:
    """The next members of one offer that is over; None when none is left on any card."""
    if (mine := await rounds_sql.to_close(db, at)) is None:
        return None
    after = mine.through or NOBODY
    leaf = await rounds_sql.audience(db, mine.offer_id, after, chunk)
    await tell(db, leaf, OfferEnded, mine.offer_id, after, leaf.last, at)
    await rounds_sql.closed_through(db, mine.offer_id, leaf.last or mine.through, at if leaf.members < chunk else None)
    return leaf.members


async def tell(
    db: Connection,
    leaf: Leaf,
    news_of: type[OfferTold] | type[OfferEnded],
    offer_id: str,
    after: UUID,
    last: UUID | None,
    at: Instant,
) -> None:
    """One row of news for the whole page, with its first member; none where nobody is on it."""
    if leaf.first and last:
        await news.tell(db, leaf.first, [news_of(offer_id, after, last)], at)


async def through(database: Database, some: Some, at: Instant, chunk: int) -> int:
    """Go on until none is left, a transaction for each part: a kill in between repeats one part at most."""
    done = 0
    while True:
        async with database.transaction() as db:
            more = await some(db, at, chunk)
        if more is None:
            return done
        done += more


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
    await segments.refresh(db, [member_id], at)
    profile = await segments.profile(db, member_id, at)
    meant = [
        offer for offer in unseen if profile and segments.holds(await segments.placed(db, offer.audience), profile, at)
    ]
    return sum([await expose_to(db, offer, member_id, None, at) for offer in meant])


async def expose_to(db: Connection, offer: Offer, member_id: UUID, until: Instant | None, at: Instant) -> int:
    """Put one member into the audience of an offer, until an end of their own if there is one. 0 when they were in it."""
    come = await come_in(db, offer, [member_id], until, at)
    if come.members:
        await news.tell(db, member_id, [OfferOpened(offer.id)], at)
    return come.members


async def come_in(db: Connection, offer: Offer, members: Sequence[UUID], until: Instant | None, at: Instant) -> Leaf:
    """Those of these members who were not in the audience and are to hear of it."""
    if not members:
        return Leaf(0, None, None)
    apart = [held_out(member_id, offer) for member_id in members] if offer.hold_out else [False] * len(members)
    come = await rounds_sql.expose(db, offer.id, members, apart, until, at)
    if come.members and isinstance(offer.benefit, Gift) and not offer.activation:
        await activating.give(db, offer, offer.benefit, members, at)
    return come


async def told(db: Connection, offer_id: str, after: UUID, through: UUID, limit: int) -> list[UUID]:
    """The next so many members who have the offer, in order, after one and up to another."""
    return await rounds_sql.told(db, offer_id, after, through, limit)


async def audience(
    db: Connection, offer_id: str, after: UUID, through: UUID, limit: int, at: Instant
) -> Audience | None:
    """The same, with what may be told to them at this instant; None where there is nobody."""
    if not (members := await told(db, offer_id, after, through, limit)):
        return None
    own = await rounds_sql.apart(db, offer_id, members)
    plain = next((each for each in members if each not in own), members[0])
    (_, given), *_ = await uses_sql.given(db, [(plain, offer_id)])
    state = state_of(replace(given, used_at=[]), at, await rulebooks.program(db))
    apart = await tellings(db, [(member_id, offer_id) for member_id in own], at)
    common = Telling(await the(db, offer_id), given.until, state, False)
    return Audience(members, common, {member_id: each for (member_id, _), each in apart.items()})
