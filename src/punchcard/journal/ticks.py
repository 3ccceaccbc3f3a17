"""What time alone does: points expire, vouchers lapse, seasons end. The worker posts it; a tick is no fact."""

from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.news import follows
from punchcard.programme import advance, holdings

from . import habits as ways
from . import keeping, levels, sql
from .deciding import changes_at, ticked
from .ledger import seal
from .model import Moved, Posting, Row
from .rules import compiled

BATCH = 500


async def due_members(db: Connection, at: Instant, limit: int = BATCH) -> list[UUID]:
    """Whose standing time has changed by then, the longest due first."""
    return await sql.due_members(db, at, limit)


async def tick_due(database: Database, at: Instant) -> int:
    """Post for everybody what time has done until `at`; says for how many."""
    done = 0
    while True:
        async with database.reading() as db:
            due = await due_members(db, at)
        moved = sum([await tick(database, member_id, at) for member_id in due])
        done += moved
        if len(due) < BATCH or not moved:
            return done


async def tick(database: Database, member_id: UUID, to: Instant) -> bool:
    """Post what time has done to this member until `to`, and tell its news. False if that was done before."""
    async with database.transaction() as db:
        held = await sql.hold(db, member_id, "", "")
        if held is None or held.ticked_at >= to:
            return False
        program = await compiled(db, held.rulebook)
        posted = ticked(held, program).standing
        ruling = advance(posted, to, program)
        moved = [Moved("", entry) for entry in ruling.entries]
        before, after = holdings(posted), holdings(ruling.standing)
        entries = seal(moved, member_id, held.entries, held.head, before, after)
        row = Row(
            at=held.at,
            fact_id=held.fact_id,
            facts=held.facts,
            entries=held.entries + len(entries),
            head=entries[-1].hash if entries else held.head,
            ticked_at=to,
            next_change_at=changes_at(ruling.standing, program),
            rulebook=held.rulebook,
            state=held.state,
            habits=held.habits,
        )
        profile = ways.profile_of(ruling.standing, ways.decode(held.habits), program)
        dues = [*follows(ruling.news), *levels.lapsed(ruling.news, program)]
        await keeping.write(db, [(member_id, Posting(row, profile, entries, dues, to))])
        return True
