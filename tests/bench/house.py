"""The whole house on this machine: sales over HTTP against what PostgreSQL could do, commit to phone, memory."""

import asyncio
import random
import time
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
from tests.bench.figures import (
    Figure,
    at_least,
    children,
    cpu_seconds,
    percentile,
    proportional_megabytes,
    resident_megabytes,
    told,
    under,
)
from tests.bench.till_client import TillClient

COMMAND = "make bench ONLY=house"
ROOT = Path("build/bench").absolute()
MEMBERS, CLIENTS = 1000, 16
SALES_SECONDS, CEILING_SECONDS = 12.0, 6
PHONES, SALES_A_PHONE = 4, 40
"""A phone that asked more often would be told to wait: the web service allows sixty at once, then one a second."""
ARRIVAL = Arrival("Somebody", "en", town.ZONE, {"marketing": True}, "bench")


class Load(Struct):
    """What the tills saw: seconds of each sale, and the statuses of those that went wrong."""

    seconds: list[float]
    errors: list[int]
    elapsed: float = 0.0
    all_sales: int = 0
    """Those of the warming up included."""

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
        api = stage.processes["serve"].pid
        spent = sum(map(cpu_seconds, children(api)))
        load = await sales(stage, keys.till_keys["nola"], cards)
        spent = sum(map(cpu_seconds, children(api))) - spent
        after = await pure(stage)
        phone = await to_the_phone(stage, keys.till_keys["nola"])
        memory = sum(map(proportional_megabytes, [api, *children(api)]))
        worker = resident_megabytes(stage.processes["work-1"].pid)
    yardstick = (before + after) / 2
    return [
        at_least("sales ÷ pgbench", load.rate / yardstick, "ratio", 0.2, COMMAND),
        told("sales", load.rate, "a second", COMMAND),
        told("pgbench, the statements of one sale", yardstick, "a second", COMMAND),
        told("sale, p50", percentile(load.seconds, 50) * 1000, "ms", COMMAND),
        told("sale, p99", percentile(load.seconds, 99) * 1000, "ms", COMMAND),
        told("CPU of the API for a sale", spent / load.all_sales * 1000, "ms", COMMAND),
        under("sales that went wrong", len(load.errors), "sales", 1, COMMAND),
        told("commit to the pass on the iPhone, p50", percentile(phone, 50) * 1000, "ms", COMMAND),
        under("commit to the pass on the iPhone, p99", percentile(phone, 99) * 1000, "ms", 500, COMMAND),
        under("memory of the API and its server, shared pages once", memory, "MB", 120, COMMAND),
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
    first = await tills(stage, key, cards, seconds=2.0)  # whatever is slow the first time
    load = await tills(stage, key, cards, SALES_SECONDS)
    load.all_sales = len(first.seconds) + len(load.seconds)
    return load


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
    return msgspec.json.encode({"card": card, "cashier": "Dana", "lines": lines})


async def to_the_phone(stage: Stage, key: str) -> list[float]:
    """Seconds from the till holding the receipt to the iPhone holding the new pass, one sale after the other."""
    till = TillApp(stage.url, key)
    holders = [await holder(stage, number) for number in range(PHONES)]
    seconds = []
    for _ in range(SALES_A_PHONE):
        for card, iphone in holders:
            versions = iphone.versions
            await till.sell(card, [line("flat-white", "coffee", 18_00)])
            committed = time.perf_counter()
            held = await iphone.next_version(versions)
            seconds.append(held.held_at - committed)
    await till.close()
    for _, iphone in holders:
        await iphone.close()
    return seconds


async def holder(stage: Stage, number: int) -> tuple[str, IPhone]:
    """A member with the card on an iPhone, and the code on it."""
    app = MemberApp(stage.url)
    await app.join(f"holder-{number}@example.com", "Maya", "en", town.ZONE, stage.mailbox)
    iphone = IPhone(stage.apns, stage.authority.root, http_allowed=True)
    await iphone.add((await app.get("/me/wallets"))["apple"])
    card = (await app.get("/me/card"))["code"]
    await app.close()
    return str(card), iphone
