"""The whole house on this machine: sales over HTTP against what PostgreSQL could do, commit to phone, memory."""

import asyncio
import statistics
import time
from pathlib import Path

from msgspec import Struct

from punchcard.demo import town
from punchcard.demo.people import MemberApp, TillApp, line
from punchcard.demo.stage import Stage, raised
from punchcard.sandbox.iphone import IPhone
from tests.bench import ceiling
from tests.bench.backtest import family_seconds, parent_of_backends
from tests.bench.figures import (
    Figure,
    at_least,
    children,
    percentile,
    proportional_megabytes,
    resident_megabytes,
    told,
    under,
)
from tests.bench.selling import ALONE, CLIENTS, Load, begun, peopled, serving, tills

COMMAND = "make bench ONLY=house"
ROOT = Path("build/bench").absolute()
ROUNDS, ROUND_SECONDS = 3, 5
PHONES, SALES_A_PHONE = 4, 40
"""A phone that asked more often would be told to wait: the web service allows sixty at once, then one a second."""


class Turns(Struct, frozen=True):
    """What sales and pgbench came to, taking turns, so that a busy machine is as busy to each."""

    sold: Load
    rates: list[float]
    yardsticks: list[float]
    cpu_ms: dict[str, float]
    """Of each process for a sale."""
    yardsticks_cpu_ms: list[float]
    """Of PostgreSQL for a transaction of pgbench's."""

    @property
    def ratio(self) -> float:
        return statistics.median(sales / most for sales, most in zip(self.rates, self.yardsticks, strict=True))


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    return asyncio.run(measured())


async def measured() -> list[Figure]:
    async with raised(ROOT, port=0) as stage:
        key, cards = await peopled(stage)
        await begun(stage.config.port, key, cards)
        turns = await taken(stage, key, cards)
        phone = await to_the_phone(stage, key)
        api = stage.processes["serve"].pid
        memory = sum(map(proportional_megabytes, [api, *children(api)]))
        worker = resident_megabytes(stage.processes["work-1"].pid)
        stage.stop("serve")
        serving(stage, "serve", {}, ALONE)
        await stage.ready()
        alone = await taken(stage, key, cards)
    load, cpu = turns.sold, turns.cpu_ms
    yardstick_cpu = statistics.median(turns.yardsticks_cpu_ms)
    return [
        at_least("sales ÷ pgbench", turns.ratio, "ratio", 0.4, COMMAND),
        told("sales ÷ pgbench by CPU, of all processes", yardstick_cpu / sum(cpu.values()), "ratio", COMMAND),
        told("CPU of PostgreSQL for pgbench's rows of one sale", yardstick_cpu, "ms", COMMAND),
        told("sales ÷ pgbench, a transaction each", alone.ratio, "ratio", COMMAND),
        told("sales", statistics.median(turns.rates), "a second", COMMAND),
        told("sales, a transaction each", statistics.median(alone.rates), "a second", COMMAND),
        told("pgbench, the rows of one sale", statistics.median(turns.yardsticks), "a second", COMMAND),
        told("sale, p50", percentile(load.seconds, 50) * 1000, "ms", COMMAND),
        told("sale, p99", percentile(load.seconds, 99) * 1000, "ms", COMMAND),
        *(told(f"CPU of {name} for a sale", value, "ms", COMMAND) for name, value in cpu.items()),
        told("CPU of all for a sale, a transaction each", sum(alone.cpu_ms.values()), "ms", COMMAND),
        under("sales that went wrong", len(load.errors) + len(alone.sold.errors), "sales", 1, COMMAND),
        told("commit to the pass on the iPhone, p50", percentile(phone, 50) * 1000, "ms", COMMAND),
        under("commit to the pass on the iPhone, p99", percentile(phone, 99) * 1000, "ms", 500, COMMAND),
        under("memory of the API and its server, shared pages once", memory, "MB", 120, COMMAND),
        under("memory of the worker", worker, "MB", 120, COMMAND),
    ]


async def taken(stage: Stage, key: str, cards: list[str]) -> Turns:
    """Sales and pgbench in turns, after a second in which whatever is slow the first time is slow."""
    dsn = str(stage.config.database_url)
    pids = {
        "the API": stage.processes["serve"].pid,
        "PostgreSQL": await parent_of_backends(dsn),
        "the worker": stage.processes["work-1"].pid,
    }
    turns = Turns(Load([], []), [], [], dict.fromkeys(pids, 0.0), [])
    await tills(stage.config.port, key, cards, 1.0)
    for _ in range(ROUNDS):
        idle = family_seconds(pids["PostgreSQL"])
        most = await ceiling.transactions_per_second(dsn, ROOT / "postgres", CLIENTS, ROUND_SECONDS)
        turns.yardsticks.append(most)
        turns.yardsticks_cpu_ms.append((family_seconds(pids["PostgreSQL"]) - idle) / (most * ROUND_SECONDS) * 1000)
        before = {name: family_seconds(pid) for name, pid in pids.items()}
        load = await tills(stage.config.port, key, cards, ROUND_SECONDS)
        for name, pid in pids.items():
            turns.cpu_ms[name] += (family_seconds(pid) - before[name]) / len(load.seconds) * 1000 / ROUNDS
        turns.rates.append(load.rate)
        turns.sold.seconds.extend(load.seconds)
        turns.sold.errors.extend(load.errors)
    return turns


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
