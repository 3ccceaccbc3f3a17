"""Passes over HTTP: phones that fetch the newest pass, each on a connection of its own, from an API with both cores."""

import asyncio
import random
import time
from pathlib import Path

from msgspec import Struct

from punchcard.demo.stage import Stage, raised
from punchcard.foundation import database as databases
from punchcard.passes import apple
from tests.bench.figures import Figure, percentile, told, under
from tests.bench.selling import begun, peopled, serving

COMMAND = "make bench ONLY=passes"
ROOT = Path("build/bench-passes").absolute()
MEMBERS, PHONES, SECONDS, ROUNDS = 200, 8, 4, 3
PROCESSES = 2


class Ask(Struct, frozen=True):
    """What a phone knows of its pass."""

    pass_type: str
    serial: str
    token: str


class Fetched(Struct):
    """Seconds of each answer, its bytes, and the statuses that were not 200."""

    seconds: list[float]
    sizes: list[int]
    wrong: list[int]


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    return asyncio.run(measured())


async def measured() -> list[Figure]:
    async with raised(ROOT, port=0) as stage:
        stage.stop("serve")
        serving(stage, "serve", {"PUNCHCARD_API_PROCESSES": str(PROCESSES)})
        await stage.ready()
        asks = await given(stage)
        await fetching(stage, asks, 1.0)
        rates, fetched = [], Fetched([], [], [])
        for _ in range(ROUNDS):
            before = len(fetched.seconds)
            began = time.perf_counter()
            found = await fetching(stage, asks, SECONDS)
            fetched.seconds += found.seconds
            fetched.sizes += found.sizes
            fetched.wrong += found.wrong
            rates.append((len(fetched.seconds) - before) / (time.perf_counter() - began))
    return [
        told("passes over HTTP, both cores", sorted(rates)[len(rates) // 2], "a second", COMMAND),
        told("a pass over HTTP, p50", percentile(fetched.seconds, 50) * 1000, "ms", COMMAND),
        told("a pass over HTTP, p99", percentile(fetched.seconds, 99) * 1000, "ms", COMMAND),
        told("its size", sum(fetched.sizes) / len(fetched.sizes) / 1000, "kB", COMMAND),
        under("passes over HTTP that went wrong", len(fetched.wrong), "passes", 1, COMMAND),
    ]


async def given(stage: Stage) -> list[Ask]:
    """Members with a sale each, and the pass that each was given."""
    key, cards = await peopled(stage, number=MEMBERS)
    await begun(stage.config.port, key, cards)
    database = await databases.connect(str(stage.config.database_url), connections_max=2)
    pass_type = apple.press(stage.config).signer.pass_type
    try:
        asks = []
        for card in cards:
            async with database.transaction() as db:
                member_id = await db.fetchval("select member_id from member where card_code = $1", card)
                sheet = await apple.give(db, stage.config, member_id, stage.clock.now())
            asks.append(Ask(pass_type, str(sheet.serial), sheet.token))
        return asks
    finally:
        await database.close()


async def fetching(stage: Stage, asks: list[Ask], seconds: float) -> Fetched:
    """As many passes as so many phones can fetch, each waiting for its answer."""
    found, chance = Fetched([], [], []), random.Random()
    end = time.perf_counter() + seconds

    async def phone() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.config.port, limit=1 << 20)
        while time.perf_counter() < end:
            asked = time.perf_counter()
            status, size = await fetch(reader, writer, chance.choice(asks))
            found.seconds.append(time.perf_counter() - asked)
            found.sizes.append(size)
            if status != 200:
                found.wrong.append(status)
        writer.close()

    await asyncio.gather(*(phone() for _ in range(PHONES)))
    return found


async def fetch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ask: Ask) -> tuple[int, int]:
    """The status and the size of the answer."""
    writer.write(
        f"GET /wallet/v1/passes/{ask.pass_type}/{ask.serial} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: ApplePass {ask.token}\r\n\r\n".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    start = head.index(b"content-length:") + 15
    return int(head[9:12]), len(await reader.readexactly(int(head[start : head.index(b"\r\n", start)])))
