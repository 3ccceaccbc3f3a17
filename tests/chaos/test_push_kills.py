"""kill -9 of one of four workers every half second while thousands of messages go out, and Firebase in a storm meanwhile:
every message is accepted at least once, repeats are no more than what the killed had in their hands, and bear the same name.

PUNCHCARD_ROUNDS is the number of kills (600 are five minutes), with five hundred messages for each three of them."""

import asyncio
import random
from collections import Counter

import pytest

from punchcard.demo.stage import Stage
from punchcard.foundation.database import Database
from punchcard.sandbox.fcm import Fault
from punchcard.worker import ROUND_TASKS_MAX
from tests.bench.outage import due, with_phones
from tests.chaos.ground import cards, chance, ground, rounds, until
from tests.chaos.test_workers import FINISHED_BEFORE_DONE
from tests.mutants.copies import Mutant

pytestmark = pytest.mark.anyio

WORKERS, KILL_SECONDS, CALM_SECONDS_MAX = 4, 0.5, 180.0
MEMBERS = 500
STORM = (
    Fault(503, "UNAVAILABLE"),
    Fault(503, "UNAVAILABLE", after_seconds=1),
    Fault(429, "QUOTA_EXCEEDED", after_seconds=1),
    Fault(500, "INTERNAL", is_delivered=True),
    Fault(goodbye=True),
    Fault(reset=2, is_delivered=True),
    Fault(reset=7),
    Fault(cut=True),
    Fault(seconds=2.0),
)


@pytest.mark.parametrize("stormy", [False, True], ids=["calm", "storm"])
async def test_every_message_is_accepted_however_often_workers_are_killed(stormy: bool) -> None:
    await sending(rounds(6), chance(), stormy)


async def test_a_worker_that_finishes_rows_before_it_sends_them_is_found() -> None:
    with pytest.raises(AssertionError, match="never accepted"):
        await sending(rounds(6), chance(), False, FINISHED_BEFORE_DONE)


async def sending(kills: int, random: random.Random, stormy: bool, mutant: Mutant | None = None) -> None:
    async with ground(mutant) as (stage, _, database):
        for number in range(2, WORKERS + 1):
            stage.start(f"work-{number}")
        await cards(stage, database, MEMBERS)
        await with_phones(stage, database)
        if stormy:
            stage.google.fcm.weather = lambda _: random.choice(STORM) if random.random() < 0.2 else None
        names = [f"tier:bud:{number}" for number in range(-(-kills // 3))]
        for kill in range(kills):
            if kill % 3 == 0:
                await due(stage, database, str(kill // 3), number=MEMBERS)
            await asyncio.sleep(KILL_SECONDS * random.uniform(0.5, 1.5))
            worker = f"work-{random.randint(1, WORKERS)}"
            stage.kill(worker)
            stage.start(worker)
        stage.google.fcm.weather = lambda _: None
        await until("nothing waits", CALM_SECONDS_MAX, lambda: nothing_waits(database))
        await judged(stage, database, names, kills, stormy)


async def nothing_waits(database: Database) -> bool:
    async with database.reading() as db:
        return not await db.fetchval("select exists (select from outbox where reaction = 'push.announce')")


async def judged(stage: Stage, database: Database, names: list[str], kills: int, stormy: bool) -> None:
    delivered = Counter((each.address, each.tag) for each in stage.google.fcm.heard if each.is_delivered)
    async with database.reading() as db:
        addresses = [row["address"] for row in await db.fetch("select address from phone")]
        dead = await db.fetchval("select count(*) from outbox_dead")
    wanted = {(address, name) for address in addresses for name in names}
    missed = wanted - set(delivered)
    assert not missed and not dead, f"{len(missed)} of {len(wanted)} messages were never accepted, {dead} laid aside"
    assert set(delivered) == wanted, "a repeat would stand beside the first one"
    faults = sum(1 for each in stage.google.fcm.heard if each.is_delivered and each.status != 200)
    repeats = sum(delivered.values()) - len(wanted)
    print(f"{len(wanted)} messages, {kills} kills, {repeats} repeats, of them {faults} delivered without saying so")
    assert repeats <= kills * ROUND_TASKS_MAX + (faults if stormy else 0)
