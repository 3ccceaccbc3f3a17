"""How fast a batch goes in: ten thousand sales that a till made without a network, from its request to the last result."""

import asyncio
import random
import time
from pathlib import Path
from uuid import uuid4

import httpx

from punchcard.demo.stage import raised
from punchcard.foundation.clock import HOUR, moment
from tests.bench.figures import Figure, told
from tests.bench.selling import basket, peopled

COMMAND = "make bench ONLY=batch"
ROOT = Path("build/bench").absolute()
ITEMS = 10_000
LOOK_SECONDS = 0.25


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    return asyncio.run(measured())


async def measured() -> list[Figure]:
    async with raised(ROOT, port=0) as stage:
        key, cards = await peopled(stage)
        items = queue(cards, stage.clock.now())
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4())}
        async with httpx.AsyncClient(base_url=stage.url, headers=headers, timeout=60) as till:
            began = time.perf_counter()
            answer = await till.post("/till/batches", content=b'{"items":[' + b",".join(items) + b"]}")
            assert answer.status_code == 202, answer.text
            accepted = time.perf_counter()
            progress = await finished(till, answer.headers["Location"])
            seconds = time.perf_counter() - accepted
    assert progress["outcomes"] == {"done": ITEMS}, progress["outcomes"]
    return [
        told(f"a batch of {ITEMS:,} sales: accepted in", accepted - began, "s", COMMAND),
        told("sales of a batch, one worker", ITEMS / seconds, "a second", COMMAND),
    ]


def queue(cards: list[str], now: int) -> list[bytes]:
    """What the till did in the last hours, as JSON."""
    chance = random.Random(5)
    return [
        b'{"kind":"sale","id":"%s","at":"%s",%s'
        % (
            str(uuid4()).encode(),
            moment(now - HOUR - ITEMS + n).isoformat().encode(),
            basket(chance.choice(cards), chance)[1:],
        )
        for n in range(ITEMS)
    ]


async def finished(till: httpx.AsyncClient, address: str) -> dict[str, object]:
    while True:
        progress: dict[str, object] = (await till.get(f"{address}?after={ITEMS}")).json()
        if progress["state"] == "finished":
            return progress
        await asyncio.sleep(LOOK_SECONDS)
