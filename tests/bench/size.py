"""What a sale costs in a big house: p50 with ten million entries and a million members, beside an empty one, in turns.

The million are rows of plausible size without a history of their own; those who are sold to are real in both houses."""

import asyncio
import shutil
import statistics
from pathlib import Path

import asyncpg

from punchcard.demo.stage import Stage, free, raised
from punchcard.foundation import embedded, migrate
from tests.bench.figures import Figure, percentile, told, under
from tests.bench.selling import begun, peopled, serving, tills

COMMAND = "make bench ONLY=size"
ROOT = Path("build/bench").absolute()
MEMBERS, ENTRIES_A_MEMBER, SOLD_TO = 1_000_000, 10, 500
ROUNDS, ROUND_SECONDS, CLIENTS = 7, 3, 1
POSTGRES = (
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=8GB",
    "maintenance_work_mem=1GB",
    "shared_buffers=1GB",
)
TABLES = {
    "member": "(member_id, language, zone, card_code, joined_at) select m(g), 'en', 'Asia/Jerusalem', 'big' || g, now()",
    "person": "(member_id, name, email) select m(g), 'Somebody', 'big-' || g || '@example.com'",
    "contact": "select sha256(('contact' || g)::bytea), m(g)",
    "card_code": "select sha256(('card' || g)::bytea), m(g)",
    "standing": "(member_id, version, at, fact_id, facts, entries, head, ticked_at, next_change_at, rulebook, state, habits)"
    " select m(g), 4, now() - interval '1 day', 'big' || g, 4, 10, sha256('h'), now(), now() + interval '30 days', 1,"
    " decode(repeat(md5(g::text), 24), 'hex'), decode(md5(g::text), 'hex')",
    "profile": "select m(g), 1, g % 5000, 4, now() - g % 90 * interval '1 day', 'nola-1', g % 100000, now()",
    "fact": "(member_id, id, at, seq, body, asked, receipt, after_entry, hash)"
    " select m(g), 'big' || g, now() - interval '1 day', 4, '{}', sha256('a'), decode(repeat(md5(g::text), 12), 'hex'), 7,"
    " sha256('h')",
    "fact_owner": "select 'big' || g, m(g)",
    "till_receipt": "select 'nola-1', 'nola-1-a', current_date - (g % 90)::int, 'big' || g, 'big' || g, m(g), 'sale', 'Dana',"
    " 5000, 50, 0, now() - interval '1 day'",
    "entry": "(member_id, number, fact_id, step, at, account, counter, currency, lot, funder, term, points, account_balance, hash)"
    " select m(g), n, 'big' || g || n / 3, 'big' || g || n / 3, now() - (11 - n) * interval '1 day', 'member', 'issued',"
    " 'points', now() + interval '1 year', 'nola', 'base', 10, 10 * n, sha256('h')"
    f" from generate_series(1, {MEMBERS}) g, generate_series(1, {ENTRIES_A_MEMBER}) n",
}


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    try:
        return asyncio.run(measured())
    finally:
        shutil.rmtree(embedded.home(ROOT / "size"), ignore_errors=True)  # ten gigabytes


async def measured() -> list[Figure]:
    async with raised(ROOT / "size", *POSTGRES, port=0, workers=0) as stage:
        dsn, port = await filled(str(stage.config.database_url)), free(0)
        serving(stage, "serve-big", {"PUNCHCARD_DATABASE_URL": dsn, "PUNCHCARD_PORT": str(port)})
        small = stage.config.port, *await peopled(stage, number=SOLD_TO)
        big = port, *await peopled(stage, dsn, number=SOLD_TO)
        await answers(stage, port)
        for house in (small, big):
            await begun(*house)
        found: dict[int, list[float]] = {small[0]: [], big[0]: []}
        for _ in range(ROUNDS):
            for house in (small, big):
                load = await tills(*house, ROUND_SECONDS, CLIENTS)
                assert not load.errors, load.errors
                found[house[0]].append(percentile(load.seconds, 50) * 1000)
        size = await gigabytes(dsn)
    ratio = statistics.median(large / little for little, large in zip(found[small[0]], found[big[0]], strict=True))
    return [
        under(f"p50 of a sale, {MEMBERS:,} members ÷ none but those sold to", ratio, "ratio", 1.2, COMMAND),
        told("p50 of a sale in the big house", statistics.median(found[big[0]]), "ms", COMMAND),
        told("p50 of a sale in the empty house", statistics.median(found[small[0]]), "ms", COMMAND),
        told("the big house", size, "GB", COMMAND),
    ]


async def answers(stage: Stage, port: int) -> None:
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise AssertionError(stage.log_of("serve-big"))


async def filled(dsn: str) -> str:
    """A database in which a million members stand: rows first, then their indexes, and no log of either."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("create database big")
    await connection.close()
    big = dsn.replace("/demo?", "/big?")
    await migrate.migrate(big)
    await asyncio.gather(*(fill(big, table) for table in reversed(TABLES)))
    connection = await asyncpg.connect(big, command_timeout=600)
    await connection.execute("vacuum analyze")
    await connection.execute("checkpoint")
    await connection.close()
    return big


async def fill(dsn: str, table: str) -> None:
    connection = await asyncpg.connect(dsn, command_timeout=600)
    rows = TABLES[table]
    rows += "" if " from generate_series" in rows else f" from generate_series(1, {MEMBERS}) g"
    await connection.execute(
        "create function pg_temp.m(g bigint) returns uuid language sql immutable"
        " return ('00000000-0000-4000-8000-' || lpad(to_hex(g), 12, '0'))::uuid"
    )
    indexes = await connection.fetch(
        "select indexdef, indexname, (select c.conname from pg_constraint c where c.conindid = format('%I', indexname)::regclass"
        " limit 1) as kept from pg_indexes where schemaname = 'public' and tablename = $1",
        table,
    )
    async with connection.transaction():
        await connection.execute(f"truncate {table}")
        for each in indexes:
            if not each["kept"]:
                await connection.execute(f"drop index {each['indexname']}")
        keys = await connection.fetch(
            "select conname, pg_get_constraintdef(oid) as definition from pg_constraint"
            " where conrelid = $1::text::regclass and contype in ('p', 'u')",
            table,
        )
        for key in keys:
            await connection.execute(f"alter table {table} drop constraint {key['conname']}")
        await connection.execute(f"insert into {table} {rows.replace(' m(', ' pg_temp.m(')}")
        for key in keys:
            await connection.execute(f"alter table {table} add constraint {key['conname']} {key['definition']}")
        for each in indexes:
            if not each["kept"]:
                await connection.execute(each["indexdef"])
    await connection.close()


async def gigabytes(dsn: str) -> float:
    connection = await asyncpg.connect(dsn)
    try:
        return float(await connection.fetchval("select pg_database_size(current_database())")) / 1e9
    finally:
        await connection.close()
