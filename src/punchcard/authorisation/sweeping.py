"""What need not be remembered any longer: codes after an hour, approvals after a day, the trail after eight.

A hold lives for a week at most, and the sale that captures it looks for its trace."""

from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.database import Connection, Database

from . import sql

STEPS_SECONDS = HOUR
APPROVALS_SECONDS = DAY
TRAIL_SECONDS = 8 * DAY


async def sweep(database: Database, at: Instant) -> int:
    """Forget it; says how many rows. The clock calls this, so it opens its own transaction."""
    async with database.transaction() as db:
        return await swept(db, at)


async def swept(db: Connection, at: Instant) -> int:
    gone = await sql.drop_steps(db, at - STEPS_SECONDS)
    gone += await sql.drop_guesses(db, at - STEPS_SECONDS)
    gone += await sql.drop_approvals(db, at - APPROVALS_SECONDS)
    gone += await sql.drop_approval_owners(db, at - APPROVALS_SECONDS)
    return gone + await sql.drop_trail(db, at - TRAIL_SECONDS)
