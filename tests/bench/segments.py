"""Who is in a group of six conditions: a million portraits in one statement, and one member in Python.

The portraits are rows of plausible size made by SQL: up to 32 visits, a dozen categories and brands each. Warm, the median of
five; of the six, tier, points and consent decide for most members, so a second group is measured in which none decides early."""

import asyncio
import shutil
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from punchcard import segments
from punchcard.foundation import database as databases
from punchcard.foundation import embedded, migrate
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection, Database
from punchcard.programme import people
from tests.almond import NOW, publish
from tests.bench.figures import Figure, told, under

COMMAND = "make bench ONLY=segments"
ROOT = Path("build/bench").absolute() / "segments"
MEMBERS, KINDS, TIMES = 1_000_000, 5_000, 5
SIX = people.All(
    (
        people.BoughtCategory(frozenset({"category-1", "category-2"}), days=60, times=2),
        people.VisitedWithin(30),
        people.ConsentsTo("marketing"),
        people.TierIn(frozenset({"blossom", "orchard"})),
        people.PointsAtLeast(200),
        people.VisitsAtLeast(3, 90),
    )
)
NONE_DECIDES = people.All(
    (
        people.Any((people.TierIn(frozenset({"orchard"})), people.BoughtCategory(frozenset({"category-1"}), days=60))),
        people.Any((people.PointsAtLeast(4_000), people.SpentAtLeast(20_000, 60))),
        people.Not(people.All((people.VisitsAtLeast(8, 30), people.ExpiringWithin(60, 200)))),
    )
)
KIND = """
    create temporary table kind as
    select number, (select array_agg($1 - (n * 3 + number % 7) * 86400 - number order by n)
                      from generate_series(1, 3 + number % 30) as n) as recent_at,
           (select array_agg(500 + (n * number) % 9000 order by n) from generate_series(1, 3 + number % 30) as n) as recent_cents,
           (select jsonb_object_agg('category-' || (n * 7 + number) % 40,
                   jsonb_build_array($1 - (n * number) % 200 * 86400, 100 * (n * number % 500), 1 + n * number % 9))
              from generate_series(1, 12) as n) as categories,
           (select jsonb_object_agg('brand-' || (n * 11 + number) % 90,
                   jsonb_build_array($1 - (n * number) % 200 * 86400, 100 * (n * number % 500), 1 + n * number % 9))
              from generate_series(1, 12) as n) as brands
      from generate_series(1, $2::bigint) as number
"""
PORTRAITS = """
    insert into portrait (member_id, joined_at, last_visit_at, points, visits, spend_cents, seq, tier, consents, born_year,
           language, zone, home_shop, channels, recent_at, recent_cents, expiring_at, expiring_points, traits, balances,
           categories, brands, challenges, offers, scores)
    select ('00000000-0000-4000-8000-' || lpad(to_hex(g), 12, '0'))::uuid, to_timestamp($1 - g % 900 * 86400),
           to_timestamp(recent_at[1]), g % 5003, cardinality(recent_at) + g % 50, g % 100000, 60, g % 3, g % 8, 1950 + g % 60,
           (array['en', 'he', 'ar', 'ru'])[1 + g % 4], 'Asia/Jerusalem', (array['nola-1', 'miro-1', 'rayhan-1'])[1 + g % 3],
           array['shop'], recent_at, recent_cents, array[$1 + 30 * 86400, $1 + 90 * 86400], array[100 + g % 300, 50],
           '{"household": "4"}', jsonb_build_object('points', g % 5003), categories, brands,
           jsonb_build_object('own-cup', g % 101), '{"latte": "opened"}', jsonb_build_object('churn', (g % 100) / 100.0)
      from generate_series(1, $2::bigint) as g join kind on kind.number = 1 + g % $3::bigint
"""


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    try:
        with embedded.postgres(ROOT, "fsync=off", "synchronous_commit=off", "shared_buffers=1GB") as dsn:
            return asyncio.run(measured(dsn))
    finally:
        shutil.rmtree(embedded.home(ROOT), ignore_errors=True)


async def measured(dsn: str) -> list[Figure]:
    await migrate.migrate(dsn)
    database = await databases.connect(dsn)
    try:
        gigabytes = await filled(database)
        async with database.transaction() as db:
            return [
                *await of_everybody(db),
                told("segments: the million portraits", gigabytes, "GB", COMMAND),
                *of_one(),
            ]
    finally:
        await database.close()


async def filled(database: Database) -> float:
    async with database.pool.acquire() as db:
        await publish(db)
        await db.execute(KIND, NOW, KINDS, timeout=600)
        await db.execute(PORTRAITS, NOW, MEMBERS, KINDS, timeout=600)
        await db.execute("vacuum analyze portrait", timeout=600)
        return float(await db.fetchval("select pg_total_relation_size('portrait')")) / 1e9


async def of_everybody(db: Connection) -> list[Figure]:
    reached = await segments.reach(db, SIX, NOW)
    assert 0 < reached < MEMBERS / 2, reached
    counted = await median(lambda: segments.reach(db, SIX, NOW))
    named = await median(lambda: segments.matching(db, SIX, NOW))
    slow = await median(lambda: segments.reach(db, NONE_DECIDES, NOW))
    paged = await median(lambda: segments.page(db, SIX, NOW, None, 10_000))
    about = await median(lambda: segments.estimate(db, SIX, NOW, MEMBERS // 2))
    found = await segments.estimate(db, SIX, NOW, MEMBERS // 2)
    return [
        under("segments: reach of six conditions, 1,000,000 members", counted, "s", 2, COMMAND),
        under("segments: the same by name", named, "s", 2, COMMAND),
        under("segments: reach of six conditions, none decides early", slow, "s", 2, COMMAND),
        told("segments: a page of 10,000", 1000 * paged, "ms", COMMAND),
        told("segments: reach estimated from a sample of 5 %", 1000 * about, "ms", COMMAND),
        told("segments: members reached", reached, "members", COMMAND),
        told("segments: the estimate is off by", abs(found.members - reached), "members", COMMAND),
        told("segments: it says at most", found.error, "members", COMMAND),
    ]


async def median(asked: Callable[[], Awaitable[object]]) -> float:
    """Seconds, after one that warms."""
    await asked()
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await asked()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def of_one() -> list[Figure]:
    """A member in whom all six hold, so that all six are asked."""
    member = segments.Profile(
        tier="orchard",
        points=300,
        last_visit_at=NOW - DAY,
        consents=frozenset({"marketing", "personalisation"}),
        recent=tuple((NOW - n * DAY, 1_000) for n in range(1, 33)),
        categories={f"category-{n}": (NOW - n * DAY, 2_000, 3) for n in range(1, 49)},
    )
    assert segments.holds(SIX, member, NOW)
    took = []
    for _ in range(20):
        began = time.process_time()
        for _ in range(1_000):
            segments.holds(SIX, member, NOW)
        took.append((time.process_time() - began) * 1_000)
    return [under("segments: six conditions, one member in Python", statistics.median(took), "µs", 50, COMMAND)]
