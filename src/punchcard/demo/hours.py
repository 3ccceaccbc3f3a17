"""How the story lets hours pass. What is on its way arrives first: who hears a message signed before the hours and looks at a
clock after them takes it for an old one that somebody sends again."""

import asyncio
import time

from punchcard.foundation import outbox
from punchcard.foundation.clock import Clock, Instant
from punchcard.foundation.database import Database
from punchcard.foundation.ids import BUCKETS

ARRIVES_SECONDS_MAX = 10
LOOK_SECONDS = 0.01


async def pass_until(database: Database, clock: Clock, at: Instant) -> None:
    """Move the clock on to `at`, once the workers have done all that was due. What waits for later does not hold it up, and
    nothing does for longer than ten seconds."""
    began = time.monotonic()
    while time.monotonic() - began < ARRIVES_SECONDS_MAX:
        if not await is_busy(database, clock):
            break
        await asyncio.sleep(LOOK_SECONDS)
    clock.run_ahead(max(0, at - clock.now()))


async def is_busy(database: Database, clock: Clock) -> bool:
    """Whether something that is due has not been done: its row goes when the answer is there."""
    async with database.reading() as db:
        return bool(await outbox.due(db, range(BUCKETS), clock.now(), limit=1))
