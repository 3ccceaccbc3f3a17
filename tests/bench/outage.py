"""Firebase is away while messages come at a steady rate and tills sell: how often each message is tried meanwhile, how soon
the backlog is gone once Firebase is back, and whether tills notice.

At a fifteenth of the time by default, probes and all; PUNCHCARD_OUTAGE_SECONDS=600 plays the whole ten minutes."""

import asyncio
import os
import random
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

from msgspec import Struct

from punchcard.demo.stage import Stage, raised
from punchcard.foundation import database as databases
from punchcard.foundation import outbox
from punchcard.foundation.database import Database
from punchcard.foundation.ids import digest
from punchcard.foundation.outbox import Due
from tests.bench.figures import Figure, percentile, told, under
from tests.bench.selling import basket, begun, peopled
from tests.bench.till_client import TillClient

COMMAND = "make bench ONLY=outage"
ROOT = Path("build/bench").absolute()
SECONDS = float(os.environ.get("PUNCHCARD_OUTAGE_SECONDS", "40"))
PROBE_SECONDS = 30.0 * SECONDS / 600
MEMBERS, BUYERS, SALES_A_SECOND, TILLS = 6000, 200, 40, 8
DRAIN_SECONDS_MAX = 300.0


class Silent:
    """A phone that nobody looks at."""

    def receive(self, message: dict[str, Any], at: int) -> None: ...


class Away(Struct, frozen=True):
    """What the outage came to."""

    requests: int
    """That reached Firebase while it was away."""
    most: int
    """Of one message."""
    drained_seconds: float
    till_seconds: list[float]


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    os.environ["PUNCHCARD_PUSH_PROBE_SECONDS"] = str(PROBE_SECONDS)
    try:
        return asyncio.run(measured())
    finally:
        os.environ.pop("PUNCHCARD_PUSH_PROBE_SECONDS")


async def measured() -> list[Figure]:
    async with raised(ROOT, port=0) as stage:
        key, cards = await peopled(stage, number=MEMBERS)
        database = await databases.connect(str(stage.config.database_url), connections_max=2)
        try:
            await with_phones(stage, database)
            await begun(stage.config.port, key, cards[:BUYERS])
            await calm(database)
            own_seconds = await at_once(stage, database)
            normal = await steadily(stage, database, key, cards[:BUYERS], "normal")
            await calm(database)
            away = await through_the_outage(stage, database, key, cards[:BUYERS])
            async with database.reading() as db:
                dead = await db.fetchval("select count(*) from outbox_dead")
        finally:
            await database.close()
    name = f"Firebase away for {SECONDS:.0f} s, {MEMBERS:,} messages"
    return [
        under(f"{name}: attempts a message", away.requests / MEMBERS, "requests", 1.0, COMMAND),
        told(f"{name}: attempts of one message, most", away.most, "requests", COMMAND),
        told(f"{name}: the backlog's own time", own_seconds, "seconds", COMMAND),
        told(f"{name}: drained after", away.drained_seconds, "seconds", COMMAND),
        under(f"{name}: drained ÷ the backlog's own time", away.drained_seconds / own_seconds, "times", 2, COMMAND),
        under(f"{name}: laid aside as dead", dead, "messages", 1, COMMAND),
        told(f"{SALES_A_SECOND} sales a second, Firebase well: p99", percentile(normal, 99) * 1000, "ms", COMMAND),
        told(f"{SALES_A_SECOND} sales a second, away: p99", percentile(away.till_seconds, 99) * 1000, "ms", COMMAND),
        under(
            f"{SALES_A_SECOND} sales a second: p99 away ÷ well",
            percentile(away.till_seconds, 99) / percentile(normal, 99),
            "times",
            1.2,
            COMMAND,
        ),
        told(
            f"{SALES_A_SECOND} sales a second: p50 away ÷ well",
            statistics.median(away.till_seconds) / statistics.median(normal),
            "times",
            COMMAND,
        ),
    ]


async def with_phones(stage: Stage, database: Database) -> None:
    """Everybody has the app on one phone, and no quiet hours."""
    async with database.transaction() as db:
        await db.execute("update member set quiet_from = 0, quiet_until = 0")
        rows = await db.fetch("select member_id from member")
        addresses = [f"fid-{row['member_id']}" for row in rows]
        await db.execute(
            """
            insert into phone (member_id, installation, address_kind, address, platform, language, zone, seen_at)
            select member, 'app', 'fid', address, 'android', 'en', '', now()
              from unnest($1::uuid[], $2::text[]) as app (member, address)
            """,
            [row["member_id"] for row in rows],
            addresses,
        )
        await db.execute(
            """
            insert into push_address (address_hash, member_id, installation)
            select hash, member, 'app' from unnest($1::bytea[], $2::uuid[]) as app (hash, member)
            """,
            [digest(each) for each in addresses],
            [row["member_id"] for row in rows],
        )
    for each in addresses:
        stage.google.fcm.register(each, Silent())


async def due(stage: Stage, database: Database, about: str, after: int = 0, number: int = MEMBERS) -> None:
    """A message falls due to so many members, those after the first `after`."""
    async with database.transaction() as db:
        rows = await db.fetch("select member_id from phone order by member_id offset $1 limit $2", after, number)
        dues = [
            (row["member_id"], Due("push.announce", f"tier:bud:{about}", payload={"kind": "tier", "subject": "bud"}))
            for row in rows
        ]
        await outbox.put_many(db, dues, stage.clock.now())


async def calm(database: Database) -> float:
    """Until nothing waits; how many seconds that took."""
    began = time.perf_counter()
    while time.perf_counter() - began < DRAIN_SECONDS_MAX:
        async with database.reading() as db:
            if not await db.fetchval("select exists (select from outbox where reaction = 'push.announce')"):
                break
        await asyncio.sleep(0.05)
    return time.perf_counter() - began


async def at_once(stage: Stage, database: Database) -> float:
    """The backlog's own time: all its messages at once, with Firebase well."""
    await due(stage, database, "at-once")
    return await calm(database)


async def steadily(stage: Stage, database: Database, key: str, cards: list[str], about: str) -> list[float]:
    """Messages and sales at their steady rates for as long as the outage; the seconds of each sale."""
    seconds: list[float] = []
    began, chance, numbers = time.perf_counter(), random.Random(4), iter(range(int(SALES_A_SECOND * SECONDS)))

    async def till() -> None:
        async with TillClient("127.0.0.1", stage.config.port, key) as client:
            for number in numbers:
                begins = began + number / SALES_A_SECOND
                await asyncio.sleep(max(0.0, begins - time.perf_counter()))
                status, _ = await client.send("PUT", f"/till/sales/{uuid4()}", basket(chance.choice(cards), chance))
                assert status == 200, status
                seconds.append(time.perf_counter() - begins)

    async def messages() -> None:
        batches = int(SECONDS * 2)
        for number in range(batches):
            first, last = MEMBERS * number // batches, MEMBERS * (number + 1) // batches
            await asyncio.sleep(max(0.0, began + SECONDS * number / batches - time.perf_counter()))
            await due(stage, database, about, first, last - first)

    await asyncio.gather(messages(), *(till() for _ in range(TILLS)))
    return seconds


async def through_the_outage(stage: Stage, database: Database, key: str, cards: list[str]) -> Away:
    await stage.google.door.go_away("503")
    first = len(stage.google.fcm.requests)
    seconds = await steadily(stage, database, key, cards, "away")
    asked = stage.google.fcm.requests[first:]
    await stage.google.door.come_back()
    tried = Counter(each["body"]["message"]["fid"] for each in asked)
    return Away(len(asked), max(tried.values(), default=0), await calm(database), seconds)
