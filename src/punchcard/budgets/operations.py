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
from .pots import of

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
        got = {term: await granted(db, fact_id, term, wanted[term], at) for term in sorted(wanted)}
        for pot in none_by_itself(got):
            await sql.put_back(db, fact_id, pot)
            got[pot] = 0
        return got


def none_by_itself(got: Mapping[str, int]) -> list[str]:
    """What was taken of one pot of a term while another pot of the same term had nothing left."""
    empty = {of(pot) for pot, points in got.items() if not points}
    return sorted(pot for pot, points in got.items() if points and of(pot) in empty)


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


async def used_up(db: Connection, pots: Sequence[str]) -> set[str]:
    """Of which of these nothing is left now."""
    return await sql.used_up(db, pots)


async def spent(db: Connection, pots: Sequence[str]) -> dict[str, int]:
    """How much of each of these is reserved or used."""
    return await sql.spent(db, pots)


async def give_up(database: Database, fact_id: str, terms: Sequence[str]) -> None:
    """Set free what was reserved for a fact that was refused; if it stands after all, nothing."""
    if not terms:
        return
    async with database.reading() as db:
        reserved = await sql.reserved_for(db, fact_id)
    for pot in reserved:
        if of(pot) in terms:
            async with database.transaction() as db:
                await sql.free(db, fact_id, pot)


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
