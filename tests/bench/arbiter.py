"""An offer for a million members: exposed, decided and put where the workers find it, half of them dropped by rules.

The members are rows made by SQL, of 40 zones. Of ten, three did not agree to marketing, one muted the topic, one has had as
many messages as they want this week; the rest have a phone, some wait for the end of their quiet hours. What is measured is
what the workers do: the clock's rounds, then the pages, two at a time as two workers would. No message is sent."""

import asyncio
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg
from msgspec import Struct
from msgspec.structs import replace

from punchcard import offers, passes
from punchcard.foundation import database as databases
from punchcard.foundation import embedded, migrate, news, outbox
from punchcard.foundation.clock import HOUR
from punchcard.foundation.database import Database
from punchcard.foundation.outbox import Done, Task
from punchcard.foundation.settings import Settings
from punchcard.offers import rounds, sql
from punchcard.push import campaign
from punchcard.reactions import REACTIONS
from punchcard.segments import SpeaksAny
from tests.almond import NOW, open_shops, publish
from tests.bench.figures import Figure, at_least, resident_megabytes, told, under
from tests.doubles import Outside
from tests.test_offers import COFFEE

COMMAND = "make bench ONLY=arbiter"
ROOT = Path("build/bench").absolute() / "arbiter"
MEMBERS, WORKERS = 1_000_000, 2
GOAL_A_SECOND, GROWTH_MEGABYTES_MAX = 20_000, 40
POSTGRES = ("fsync=off", "synchronous_commit=off", "shared_buffers=1GB", "max_wal_size=8GB")
ZONES = "array(select name from pg_timezone_names where name ~ '^(Asia|Europe|America|Africa|Australia)/' order by name limit 400)"
NAME = "('00000000-0000-4000-8000-' || lpad(to_hex(g), 12, '0'))::uuid"
ROWS = (
    f"""
    insert into member (member_id, language, zone, card_code, joined_at, consents, muted, quiet_from, quiet_until)
    select {NAME}, 'en', ({ZONES})[1 + g % 40 * 10], 'big' || g, now(),
           jsonb_build_object('marketing', g % 10 > 2, 'personalisation', g % 2 = 0),
           case when g % 10 = 3 then array['offers'] else '{{}}' end, 1320, 480
      from generate_series(1, {MEMBERS}) g
    """,
    f"""
    insert into portrait (member_id, joined_at, language, zone, visits, consents, hours)
    select {NAME}, now(), 'en', 'UTC', 12, case when g % 2 = 0 then 3 else 1 end,
           array_fill(0::smallint, array[(g % 12 + 6)::int]) || 9::smallint || array_fill(1::smallint, array[(17 - g % 12)::int])
      from generate_series(1, {MEMBERS}) g
    """,
    f"""
    insert into phone (member_id, installation, address_kind, address, platform, language, zone, seen_at)
    select {NAME}, 'i', 'fid', 'fid-' || g, 'android', 'en', '', now() from generate_series(1, {MEMBERS}) g
     where g % 10 <> 9
    """,
    f"""
    insert into message (member_id, id, kind, subject, title, body, decided_at, state, sent_at, channel)
    select {NAME}, 'offer:before-' || n, 'offer', 'before-' || n, 'Before', 'Before', to_timestamp({NOW} - n * 100000), 'sent',
           to_timestamp({NOW} - n * 100000), 'push'
      from generate_series(1, {MEMBERS}) g, generate_series(1, 3) n where n = 1 or g % 10 = 4
    """,
)


class Told(Struct, frozen=True):
    """What an offer took, and how much memory it held at a tenth of the pages and at their end."""

    exposing_seconds: float
    deciding_seconds: float
    early_megabytes: float
    late_megabytes: float
    sends: int
    kept: int


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    try:
        with embedded.postgres(ROOT, *POSTGRES) as dsn:
            now, likely = asyncio.run(measured(dsn))
    finally:
        shutil.rmtree(embedded.home(ROOT), ignore_errors=True)
    both = now.exposing_seconds + now.deciding_seconds
    return [
        at_least("arbiter: decide and enqueue", MEMBERS / now.deciding_seconds, "members/s", GOAL_A_SECOND, COMMAND),
        at_least("arbiter: expose, decide and enqueue", MEMBERS / both, "members/s", GOAL_A_SECOND, COMMAND),
        told("arbiter: expose alone", MEMBERS / now.exposing_seconds, "members/s", COMMAND),
        told("arbiter: decide, each in their likely hour", MEMBERS / likely.deciding_seconds, "members/s", COMMAND),
        under(
            "arbiter: memory that grows after a tenth",
            now.late_megabytes - now.early_megabytes,
            "MB",
            GROWTH_MEGABYTES_MAX,
            COMMAND,
        ),
        told("arbiter: memory of the process", now.late_megabytes, "MB", COMMAND),
        told("arbiter: members who go on to a send", now.sends, "members", COMMAND),
        told("arbiter: messages dropped, held or in the inbox", now.kept, "messages", COMMAND),
    ]


async def measured(dsn: str) -> tuple[Told, Told]:
    news.install(REACTIONS)
    await migrate.migrate(dsn)
    await fill(dsn)
    database = await databases.connect(dsn)
    try:
        async with database.transaction() as db:
            await publish(db)
            await open_shops(db)
        now = await tell(database, replace(COFFEE, until=NOW + 100 * HOUR, audience=everybody()))
        later = replace(COFFEE, id="coffee-likely", send="likely-hour", until=NOW + 100 * HOUR, audience=everybody())
        return now, await tell(database, later)
    finally:
        await database.close()


def everybody() -> SpeaksAny:
    return SpeaksAny(frozenset({"en", "he", "ar", "ru"}))


async def fill(dsn: str) -> None:
    connection = await asyncpg.connect(dsn, command_timeout=600)
    for rows in ROWS:
        await connection.execute(rows)
    await connection.execute("vacuum analyze")
    await connection.execute("checkpoint")
    await connection.close()


async def tell(database: Database, offer: offers.Offer) -> Told:
    """The offer begins: the clock exposes its audience, the workers decide its pages."""
    at = offer.since
    async with database.transaction() as db:
        await sql.add(db, offer, NOW)
    began = time.perf_counter()
    exposed = await rounds.open_due(database, at)
    exposing = time.perf_counter() - began
    assert exposed == MEMBERS, exposed
    async with database.transaction() as db:
        rows = await db.fetch("select * from outbox where reaction = $1 order by member_id", campaign.REACTION)
    tasks = [Task(row["member_id"], row["reaction"], row["key"], 1, 0, row["payload"]) for row in rows]
    memory: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(*(work(database, tasks[place::WORKERS], at, memory) for place in range(WORKERS)))
    deciding = time.perf_counter() - began
    async with database.transaction() as db:
        sends = await db.fetchval("select count(*) from outbox where key = $1", f"offer:{offer.id}")
        kept = await db.fetchval("select count(*) from message where id = $1", f"offer:{offer.id}")
        assert not await db.fetchval("select count(*) from outbox where reaction = $1", campaign.REACTION)
    return Told(exposing, deciding, memory[len(memory) // 10], memory[-1], sends, kept)


async def work(database: Database, tasks: Sequence[Task], at: int, memory: list[float]) -> None:
    """What one worker does with its pages."""
    world = Outside(database, Settings()).world
    for task in tasks:
        settled = await campaign.decide(world, [task], at, cards=passes.rings_left)
        assert isinstance(settled[0], Done), settled
        async with database.reading() as db:
            await outbox.finish(db, [task])
        memory.append(resident_megabytes(os.getpid()))
