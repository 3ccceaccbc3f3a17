"""Reserve, report, set free. Each grant is held before its budget, and terms go in their order, so that nobody waits in a
circle."""

from collections.abc import Mapping, Sequence

import msgspec

from punchcard.foundation.clock import MINUTE, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Done, Settled, Task
from punchcard.foundation.outside import World

from . import sql
from .model import Level, Wanted

LEVEL = "budgets.level"
"""The reaction by which a journal reports; its payload is a `Level`."""
RESERVED_SECONDS = 10 * MINUTE
SWEPT_AT_ONCE = 500


async def reserve(database: Database, fact_id: str, wanted: Mapping[str, Wanted], at: Instant) -> dict[str, int]:
    """Set aside for this fact what is wanted of each term, or what is left; in a short transaction of its own.

    The same fact asked again is granted the same. Answers a ceiling in points for each term; 0: nothing is left."""
    if not wanted:
        return {}
    async with database.transaction() as db:
        return {term: await granted(db, fact_id, term, wanted[term], at) for term in sorted(wanted)}


async def granted(db: Connection, fact_id: str, term: str, wanted: Wanted, at: Instant) -> int:
    if not await sql.open_grant(db, fact_id, term, wanted.until, at):
        return await sql.grant_of(db, fact_id, term)
    await sql.open_budget(db, term, wanted.until, wanted.limit)
    points = await sql.take(db, term, wanted.until, wanted.points, wanted.limit)
    await sql.keep_grant(db, fact_id, term, points)
    return points


async def left(db: Connection, wanted: Mapping[str, Wanted]) -> dict[str, int]:
    """What would be granted now; nothing is set aside."""
    terms = sorted(wanted)
    taken = await sql.taken(db, terms, [wanted[term].until for term in terms])
    return {term: max(0, min(wanted[term].points, wanted[term].limit - taken.get(term, 0))) for term in terms}


async def give_up(database: Database, fact_id: str, terms: Sequence[str]) -> None:
    """Set free what was reserved for a fact that was refused; if it stands after all, nothing."""
    for term in sorted(terms):
        async with database.transaction() as db:
            await sql.free(db, fact_id, term)


async def settle(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Hear how much of a grant is used: what is over is free again, what a replay uses anew is taken again.

    It is a level: hearing it twice changes nothing, and the newest one counts."""
    for task in tasks:
        level = msgspec.convert(task.payload, Level)
        async with world.database.transaction() as db:
            if await sql.mend_grant(db, level.fact, level.term, level.until, at):
                await sql.open_budget(db, level.term, level.until, level.points)
            await sql.report(db, level.fact, level.term, level.points)
    return [Done(task) for task in tasks]


async def sweep(database: Database, at: Instant) -> int:
    """Set free what was reserved ten minutes before `at` for facts that never came; says how many reservations."""
    freed = 0
    while True:
        async with database.reading() as db:
            found = await sql.unheard_of(db, at - RESERVED_SECONDS, SWEPT_AT_ONCE)
        for each in found:
            async with database.transaction() as db:
                freed += await sql.free(db, each.fact_id, each.term)
        if len(found) < SWEPT_AT_ONCE:
            return freed
