"""kill -9 of the API and of PostgreSQL in the middle of sales: no acknowledged sale is lost, none is applied twice."""

import asyncio
import random
import time

import pytest

from punchcard.demo.stage import Stage
from punchcard.foundation.database import Database
from tests.chaos.ground import Postmaster, audit, cards, chance, ground, kill_api, rounds, until
from tests.chaos.tills import Load, applied_once, lost, same_receipts
from tests.mutants.copies import Mutant

TILLS, MEMBERS = 8, 40
READY_SECONDS_MAX = 20.0
RECEIPTS_ASKED_AGAIN = 300

ACKNOWLEDGED_BEFORE_THE_COMMIT = Mutant(
    "a sale is acknowledged before it is committed",
    "checkout/express.py",
    "    recorded = await operations.sell(counter, sale_id, basket)\n    return recorded.receipt, recorded.repeated\n",
    """    import asyncio

    async def later():
        await asyncio.sleep(0.05)
        await operations.sell(counter, sale_id, basket)

    served.later = asyncio.create_task(later())
    return b"{}", False
""",
)


async def test_no_sale_is_lost_or_doubled_when_the_api_is_killed() -> None:
    await killed(api_once, rounds(3), chance())


async def test_no_sale_is_lost_or_doubled_when_postgresql_is_killed() -> None:
    await killed(postgres_once, rounds(3), chance())


@pytest.mark.parametrize("kill", ["api_once", "postgres_once"])
async def test_a_house_that_acknowledges_before_it_commits_is_found(kill: str) -> None:
    with pytest.raises(AssertionError, match="acknowledged sales are lost"):
        await killed(globals()[kill], rounds(3), chance(), ACKNOWLEDGED_BEFORE_THE_COMMIT)


async def killed(once, times: int, random: random.Random, mutant: Mutant | None = None) -> None:
    async with ground(mutant) as (stage, keys, database):
        people = await cards(stage, database, MEMBERS)
        async with Load(stage, keys.till_keys["nola"], people, random, TILLS) as load:
            try:
                for round in range(times):
                    await asyncio.sleep(random.uniform(0.4, 1.5))
                    seconds = await once(stage, database, load)
                    known = load.acknowledged
                    print(f"round {round + 1}: {len(known)} acknowledged, ready after {seconds:.2f} s", flush=True)
            except AssertionError:
                await stage_up(stage)
                raise
        asked_again = sum(sale.asks > 1 for sale in load.sales)
        print(f"{len(load.sales)} sales, {asked_again} of them asked for more than once, 0 lost")
        await applied_once(database, load)
        sample = random.sample(load.sales, min(RECEIPTS_ASKED_AGAIN, len(load.sales)))
        await same_receipts(stage, keys.till_keys["nola"], sample)
        await audit(stage)


async def api_once(stage: Stage, database: Database, load: Load) -> float:
    """Kill it, look what is left of the sales that had their receipt, start it again."""
    await asyncio.to_thread(kill_api, stage)
    known = load.acknowledged
    await nobody_works(database)
    missing = await lost(database, known)
    assert not missing, f"{missing} acknowledged sales are lost"
    began = time.monotonic()
    await stage_up(stage)
    return time.monotonic() - began


async def stage_up(stage: Stage) -> None:
    if "serve" not in stage.processes:
        stage.start("serve")
    await stage.ready()


async def nobody_works(database: Database) -> None:
    """What a dead process left open is rolled back by PostgreSQL as soon as it sees the closed line."""

    async def idle() -> bool:
        async with database.reading() as db:
            return not await db.fetchval(
                """
                select count(*) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid() and query like '%fact%'
                   and state <> 'idle'
                """
            )

    await until("the killed API's transactions end", READY_SECONDS_MAX, idle)


async def postgres_once(stage: Stage, database: Database, load: Load) -> float:
    postmaster = Postmaster()
    await asyncio.to_thread(postmaster.kill)  # the tills go on meanwhile: what they are told now counts
    known = load.acknowledged
    began = time.monotonic()
    await asyncio.to_thread(postmaster.start)
    await database.pool.expire_connections()
    missing = await lost(database, known)
    assert not missing, f"{missing} acknowledged sales are lost"
    count = len(load.acknowledged)

    async def selling() -> bool:
        return len(load.acknowledged) > count

    await until("the tills sell again", READY_SECONDS_MAX, selling)
    return time.monotonic() - began
