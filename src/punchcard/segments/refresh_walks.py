"""Walks past everybody, a page at a time: for whom time alone moved into or out of a watched segment, and for those who
have no portrait yet. Any worker goes on where another stopped."""

from uuid import UUID

from punchcard import rulebooks
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection, Database

from . import watch_sql as sql
from .everybody import page
from .refresh import refresh
from .watch import REST_SECONDS, Watched, about, watched

EVERYBODY = ""
"""The walk for those without a portrait."""
PAGE_MEMBERS, FIRST_PAGE_MEMBERS = 2000, 200
"""A page of a walk; of the first walk of a segment, on which everybody in it has to be written down."""
PAGES_A_ROUND = 20
FORGOTTEN_AT_ONCE = 5000


async def backfill(database: Database, at: Instant) -> int:
    """Draw those who have no portrait: of a database from before, or lost. Says how many; all over again a day later."""
    async with database.transaction() as db:
        await sql.begin_walk(db, EVERYBODY, b"", at, DAY)
    drawn = 0
    for _ in range(PAGES_A_ROUND):
        async with database.transaction() as db:
            if (found := await draw_some(db, at)) is None:
                break
        drawn += found
    return drawn


async def draw_some(db: Connection, at: Instant) -> int | None:
    if (walk := await sql.to_walk(db, EVERYBODY)) is None:
        return None
    found = await sql.absent(db, walk.through, FIRST_PAGE_MEMBERS)
    await refresh(db, found.members, at)
    await sql.walked(db, EVERYBODY, found.last, found.looked_at < FIRST_PAGE_MEMBERS)
    return len(found.members)


async def sweep(database: Database, at: Instant) -> int:
    """Find those whom time alone moved into or out of watched segments, and forget who was in what is watched no more. Says
    how many moved."""
    async with database.transaction() as db:
        all_watched = await watched(db, await rulebooks.program(db), at)
        for each in all_watched:
            await sql.begin_walk(db, each.id, about(each.who), at, REST_SECONDS)
        over = set(await sql.walks(db)) - {each.id for each in all_watched} - {EVERYBODY}
    for segment_id in sorted(over):
        await unwatch(database, segment_id)
    return sum([await walk(database, each, at) for each in all_watched])


async def unwatch(database: Database, segment_id: str) -> None:
    for _ in range(PAGES_A_ROUND):
        async with database.transaction() as db:
            if await sql.unwatch(db, segment_id, FORGOTTEN_AT_ONCE) < FORGOTTEN_AT_ONCE:
                return


async def walk(database: Database, segment: Watched, at: Instant) -> int:
    """Go on with the walk of one segment for some pages."""
    moved = 0
    for _ in range(PAGES_A_ROUND):
        async with database.transaction() as db:
            if (found := await walk_some(db, segment, at)) is None:
                break
        moved += found
    return moved


async def walk_some(db: Connection, segment: Watched, at: Instant) -> int | None:
    """The next page: who is in it by the statement and was not, or the other way round, is looked at again under the
    portrait's lock."""
    if (walk := await sql.to_walk(db, segment.id)) is None:
        return None
    found = await page(db, segment.who, at, walk.through, PAGE_MEMBERS if walk.is_known else FIRST_PAGE_MEMBERS)
    through = None if found.is_last else found.through
    moved: set[UUID] = set(found.members) ^ await sql.inside(db, segment.id, walk.through, through)
    await refresh(db, moved, at)
    await sql.walked(db, segment.id, found.through, found.is_last)
    return len(moved)
