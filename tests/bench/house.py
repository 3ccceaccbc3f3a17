"""The whole house on this machine: sales over HTTP against what PostgreSQL could do, commit to phone, memory."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import msgspec
from msgspec import Struct

from punchcard.demo import town
from punchcard.demo.people import MemberApp, TillApp, line
from punchcard.demo.stage import Stage, raised
from punchcard.foundation import database as databases
from punchcard.foundation import news
from punchcard.foundation.clock import DAY
from punchcard.members import operations as members
from punchcard.members.model import Arrival
from punchcard.reactions import REACTIONS
from punchcard.sandbox.iphone import IPhone
from tests.bench import ceiling
from tests.bench.figures import Figure, at_least, children, percentile, resident_megabytes, told, under
from tests.bench.till_client import TillClient

COMMAND = "make bench ONLY=house"
ROOT = Path("build/bench").absolute()
MEMBERS, CLIENTS = 1000, 16
SALES_SECONDS, CEILING_SECONDS, PHONE_SALES = 12.0, 6, 150
ARRIVAL = Arrival("Somebody", "en", town.ZONE, {"marketing": True}, "bench")


class Load(Struct):
    """What the tills saw: seconds of each sale, and the statuses of those that went wrong."""

    seconds: list[float]
    errors: list[int]
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.elapsed


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    return asyncio.run(measured())


async def measured() -> list[Figure]:
    async with raised(ROOT, port=0) as stage:
        keys, cards = await peopled(stage)
        before = await pure(stage)
        load = await sales(stage, keys.till_keys["nola"], cards)
        after = await pure(stage)
        phone = await to_the_phone(stage, keys.till_keys["nola"])
        api = stage.processes["serve"].pid
        memory = sum(map(resident_megabytes, [api, *children(api)]))
        worker = resident_megabytes(stage.processes["work-1"].pid)
    yardstick = (before + after) / 2
    return [
        at_least("sales ÷ pgbench", load.rate / yardstick, "ratio", 0.2, COMMAND),
        told("sales", load.rate, "a second", COMMAND),
        told("pgbench, the statements of one sale", yardstick, "a second", COMMAND),
        told("sale, p50", percentile(load.seconds, 50) * 1000, "ms", COMMAND),
        told("sale, p99", percentile(load.seconds, 99) * 1000, "ms", COMMAND),
        under("sales that went wrong", len(load.errors), "sales", 1, COMMAND),
        told("commit to the pass on the iPhone, p50", percentile(phone, 50) * 1000, "ms", COMMAND),
        under("commit to the pass on the iPhone, p99", percentile(phone, 99) * 1000, "ms", 500, COMMAND),
        under("memory of the API, its server included", memory, "MB", 120, COMMAND),
        under("memory of the worker", worker, "MB", 120, COMMAND),
    ]


async def peopled(stage: Stage) -> tuple[town.Town, list[str]]:
    """The merchants, and members straight into the tables: nobody waits for a thousand one-time codes."""
    news.install(REACTIONS)
    database = await databases.connect(str(stage.config.database_url), connections_max=2)
    try:
        at = stage.clock.now()
        keys = await town.settle(database, at - DAY)
        async with database.transaction() as db:
            for number in range(MEMBERS):
                await members.member_of(db, f"bench-{number}@example.com", ARRIVAL, at)
            rows = await db.fetch("select card_code from member")
        return keys, [row["card_code"] for row in rows]
    finally:
        await database.close()


async def pure(stage: Stage) -> float:
    return await ceiling.transactions_per_second(
        str(stage.config.database_url), ROOT / "postgres", CLIENTS, CEILING_SECONDS
    )


async def sales(stage: Stage, key: str, cards: list[str]) -> Load:
    """As many sales as so many tills can make, each waiting for its receipt."""
    await tills(stage, key, cards, seconds=2.0)  # whatever is slow the first time
    return await tills(stage, key, cards, SALES_SECONDS)


async def tills(stage: Stage, key: str, cards: list[str], seconds: float) -> Load:
    load, chance = Load([], []), random.Random(7)
    began = time.perf_counter()

    async def till() -> None:
        async with TillClient("127.0.0.1", stage.config.port, key) as client:
            while time.perf_counter() - began < seconds:
                asked = time.perf_counter()
                status, _ = await client.send("PUT", f"/till/sales/{uuid4()}", basket(chance.choice(cards), chance))
                load.seconds.append(time.perf_counter() - asked)
                if status != 200:
                    load.errors.append(status)

    await asyncio.gather(*(till() for _ in range(CLIENTS)))
    load.elapsed = time.perf_counter() - began
    return load


def basket(card: str, chance: random.Random) -> bytes:
    lines = [
        line("flat-white", "coffee", 18_00),
        line("oranges", "produce", chance.randrange(5_00, 60_00), 3),
        line("loaf", "bakery", 24_00),
    ]
    return msgspec.json.encode({"card": card, "lines": lines})


async def to_the_phone(stage: Stage, key: str) -> list[float]:
    """Seconds from the till holding the receipt to the iPhone holding the new pass, one sale after the other."""
    maya, till = MemberApp(stage.url), TillApp(stage.url, key)
    await maya.join("maya@example.com", "Maya", "en", town.ZONE, stage.mailbox)
    iphone = IPhone(stage.apns, stage.authority.root, http_allowed=True)
    await iphone.add((await maya.get("/me/wallets"))["apple"])
    card = (await maya.get("/me/card"))["code"]
    await settled(lambda: iphone.versions > 0)
    seconds = []
    for _ in range(PHONE_SALES):
        versions = iphone.versions
        await till.sell(card, [line("flat-white", "coffee", 18_00)])
        committed = time.perf_counter()
        held = await iphone.next_version(versions)
        seconds.append(held.held_at - committed)
    for each in (maya, till, iphone):
        await each.close()
    return seconds


async def settled(is_true: Callable[[], bool]) -> None:
    for _ in range(200):
        if is_true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing settled")
