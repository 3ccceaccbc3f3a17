"""A re-design of a million cards: what it takes to walk them, and when it says that Google will have them.

No calls are made. The rows are SQL's; 30 % of the cards are held. Each step is what a worker does once a second; between
two steps what was handed on is taken away, as if Google had taken it."""

import asyncio
import shutil
import time
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from punchcard.foundation import database as databases
from punchcard.foundation import embedded, migrate
from punchcard.foundation.clock import HOUR
from punchcard.foundation.database import Database
from punchcard.foundation.outbox import Task
from punchcard.foundation.outside import NotSetUp, World
from punchcard.foundation.sender import FileSender
from punchcard.foundation.settings import Settings
from punchcard.passes import Run, redesign
from tests.bench.figures import Figure, told, under

COMMAND = "make bench ONLY=redesign"
ROOT = Path("build/bench").absolute() / "redesign"
CARDS, HELD_PERCENT, BEGAN = 1_000_000, 30, 1_763_805_600
WALK_SECONDS_MAX = 300.0
"""A walk of its own, without a call: far less than the hours for which Google's rate lets it last."""


class Walked(Struct, frozen=True):
    beginning_seconds: float
    seconds: float
    steps: int
    slowest_seconds: float
    run: Run
    first: Run


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    try:
        with embedded.postgres(ROOT, "fsync=off", "synchronous_commit=off") as dsn:
            walked = asyncio.run(measured(dsn))
    finally:
        shutil.rmtree(embedded.home(ROOT), ignore_errors=True)
    first, run = walked.first, walked.run
    assert run.state == "finished" and run.done == run.held and run.done + run.skipped == CARDS, run
    hours = ((first.ends_at(BEGAN, 18.0) or 0) - BEGAN) / HOUR
    return [
        under("redesign: walk 1,000,000 cards, no calls", walked.seconds, "s", WALK_SECONDS_MAX, COMMAND),
        told("redesign: cards walked a second", CARDS / walked.seconds, "cards/s", COMMAND),
        told("redesign: steps", walked.steps, "steps", COMMAND),
        under("redesign: slowest step", 1000 * walked.slowest_seconds, "ms", 1000, COMMAND),
        told("redesign: beginning (count who holds one)", 1000 * walked.beginning_seconds, "ms", COMMAND),
        told("redesign: expected end at 18/s, 30 % held", hours, "hours", COMMAND),
    ]


async def measured(dsn: str) -> Walked:
    await migrate.migrate(dsn)
    database = await databases.connect(dsn)
    try:
        await fill(database)
        return await walk(database)
    finally:
        await database.close()


async def fill(database: Database) -> None:
    async with database.pool.acquire() as db:
        await db.execute(
            """
            insert into google_object (member_id, object_id, class_id, sent, held, sent_at)
            select gen_random_uuid(), '3388.' || md5(n::text), '3388.tier-bud',
                   jsonb_build_object('loyaltyPoints', n, 'textModulesData', repeat(md5(n::text), 30)), n % 100 < $1, now()
              from generate_series(1, $2::int) as n
            """,
            HELD_PERCENT,
            CARDS,
            timeout=600,
        )
        await db.execute("vacuum analyze google_object", timeout=600)


async def walk(database: Database) -> Walked:
    away, sender = NotSetUp("the world"), FileSender(ROOT / "letters")
    settings = Settings(demo=True, public_url="https://cards.example", google_issuer_id="3388")
    world = World(database, settings, away, away, away, sender)
    began = time.perf_counter()
    async with database.transaction() as db:
        (first,) = await redesign.start(db, settings, ["google"], BEGAN)
    beginning, at, slowest, steps = time.perf_counter() - began, BEGAN, 0.0, 0
    run, began = first, time.perf_counter()
    while run.is_open:
        at, steps, step_began = at + 1, steps + 1, time.perf_counter()
        await redesign.work(world, [Task(run.id, redesign.REACTION, "", 1, 0, None)], at)
        slowest = max(slowest, time.perf_counter() - step_began)
        async with database.transaction() as db:
            await db.execute("delete from outbox where reaction = 'passes.google/bulk'")
            (run,) = await redesign.runs(db, 1)
    return Walked(beginning, time.perf_counter() - began, steps, slowest, run, replace(first, per_second=0.0))
