"""kill -9 of the worker, twice, while it goes through what a till did without a network: everything has one result and
stands once."""

import asyncio
import random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from punchcard.demo.people import line
from punchcard.foundation.clock import HOUR, moment
from punchcard.foundation.database import Database
from tests.chaos.ground import audit, cards, chance, ground, rounds, until
from tests.mutants.copies import Mutant

CARDS, SALES, RETURNS, VOIDS, REPEATS = 100, 1700, 150, 50, 100
ITEMS = SALES + RETURNS + VOIDS + REPEATS
DONE_SECONDS_MAX = 240.0

SETTLED_BEFORE_DONE = Mutant(
    "an item of a batch is settled before it is done",
    "offline/working.py",
    """            settled = await together(counter, batch, items)
            await keep(counter.database, batch, settled)
""",
    """            settled = [Settled(each.number, "done", b"{}") for each in items]
            await keep(counter.database, batch, settled)
            await asyncio.sleep(0.3)
            await together(counter, batch, items)
""",
)


async def test_every_item_has_one_result_however_often_the_worker_is_killed() -> None:
    await brought(rounds(2), chance())


async def test_a_worker_that_forgets_what_it_had_in_hand_is_found() -> None:
    with pytest.raises(AssertionError, match="items are missing"):
        await brought(2, chance(), SETTLED_BEFORE_DONE)


async def brought(kills: int, random: random.Random, mutant: Mutant | None = None) -> None:
    """Bring a batch, kill the worker so often on the way, and look at what stands in the end."""
    async with ground(mutant) as (stage, keys, database):
        items = queue(await cards(stage, database, CARDS), stage.clock.now(), random)
        headers = {"Authorization": f"Bearer {keys.till_keys['nola']}", "Idempotency-Key": str(uuid4())}
        async with httpx.AsyncClient(base_url=stage.url, headers=headers, timeout=60) as till:
            answer = await till.post("/till/batches", json={"items": items})
            assert answer.status_code == 202, answer.text
            address = answer.headers["Location"]
            for kill in range(1, kills + 1):
                wanted = ITEMS * kill // (kills + 2)
                await until(f"{wanted} are done", DONE_SECONDS_MAX, lambda least=wanted: done(till, address, least))
                await asyncio.sleep(random.uniform(0.0, 0.5))
                stage.kill("work-1")
                stage.start("work-1")
                print(f"kill {kill} after {await so_far(till, address)} of {ITEMS}", flush=True)
            seconds = await until("all is done", DONE_SECONDS_MAX, lambda: done(till, address, ITEMS))
            results = await every(till, address)
        print(f"{outcomes(results)}, {seconds:.1f} s after the last kill")
        await stands_once(database, items, results)
        await audit(stage)


def queue(codes: list[str], now: int, random: random.Random) -> list[dict[str, Any]]:
    """Sales, what came back of some, and some twice; in no order."""
    sales = [
        {
            "kind": "sale", "id": str(uuid4()), "at": moment(now - HOUR - 2 * n).isoformat(), "card": random.choice(codes),
            "cashier": "Dana", "lines": [line("oranges", "produce", random.randrange(1_00, 90_00))],
        }
        for n in range(SALES)
    ]  # fmt: skip
    about = random.sample(sales, RETURNS + VOIDS)
    at = {"at": moment(now - HOUR // 2).isoformat(), "cashier": "Dana"}
    back: list[dict[str, Any]] = [
        {"kind": "return", "id": str(uuid4()), "sale": of["id"], "quantities": [{"line": 0, "quantity": 1}], **at}
        for of in about[:RETURNS]
    ]
    back += [
        {"kind": "void", "id": str(uuid4()), "sale": of["id"], "reason": "rung up twice", **at}
        for of in about[RETURNS:]
    ]
    items = [*sales, *back, *random.sample([*sales, *back], REPEATS)]
    random.shuffle(items)
    return items


async def so_far(till: httpx.AsyncClient, address: str) -> int:
    return int((await till.get(f"{address}?after={ITEMS}")).json()["done"])


async def done(till: httpx.AsyncClient, address: str, least: int) -> bool:
    return await so_far(till, address) >= least


async def every(till: httpx.AsyncClient, address: str) -> list[Any]:
    """All results, page by page."""
    found: list[Any] = []
    after: int | None = 0
    while after is not None:
        page = (await till.get(f"{address}?after={after}")).json()
        found += page["results"]
        after = page["next"]
    return found


def outcomes(results: list[Any]) -> dict[str, int]:
    return {
        kind: sum(each["outcome"] == kind for each in results) for kind in sorted({each["outcome"] for each in results})
    }


async def stands_once(database: Database, items: list[dict[str, Any]], results: list[Any]) -> None:
    """One result an item, in its place; and in the journals each sale, return and void once."""
    assert [(each["number"], each["id"]) for each in results] == [(n, each["id"]) for n, each in enumerate(items, 1)]
    wanted = {f"{each['sale']}/void" if each["kind"] == "void" else each["id"] for each in items}
    async with database.reading() as db:
        rows = await db.fetch("select id, count(*) as times from fact where id = any($1) group by id", list(wanted))
    assert {row["times"] for row in rows} == {1}
    assert len(rows) == len(wanted), f"{len(wanted) - len(rows)} items are missing"
    assert set(outcomes(results)) == {"done", "replayed"}
    receipts: dict[UUID, Any] = {}
    for each in results:
        assert receipts.setdefault(each["id"], each["receipt"]) == each["receipt"], "a repeat has another receipt"
