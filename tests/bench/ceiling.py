"""What this PostgreSQL can do with the statements of one sale and no program in between: the yardstick for sales.

The tables are copies of the real ones, with their indexes, constraints and storage; the members are as many, with their own
rows; and what is written is what a sale of this very run has written: fact, owner, printed receipt, entries, deal, profile,
two outbox rows, standing, and a checkpoint every eighth time."""

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Any

import asyncpg

from punchcard.foundation import embedded

SCRIPT = Path(__file__).with_name("ceiling.sql")
TABLES = ("standing", "fact", "fact_owner", "till_receipt", "entry", "deal", "checkpoint", "profile", "outbox")
OPENED = """
drop schema if exists ceiling cascade;
create schema ceiling;
create function ceiling.member(n int) returns uuid language sql immutable
  return ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid;
"""
FILLED = """
insert into ceiling.standing (member_id, version, at, fact_id, facts, entries, head, ticked_at, next_change_at, rulebook,
                              state, habits)
select ceiling.member(row_number() over ()::int), version, at, fact_id, facts, entries, head, ticked_at, next_change_at,
       rulebook, state, habits from standing;
insert into ceiling.profile (member_id, tier, points, visits, last_visit_at, home_shop, spend_cents)
select ceiling.member(row_number() over ()::int), tier, points, visits, last_visit_at, home_shop, spend_cents from profile;
analyze ceiling.standing;
analyze ceiling.profile;
"""
TYPICAL = """
select f.body::text, f.asked, f.receipt, f.hash, f.reasons::text, f.told::text, d.body as deal, s.state, s.habits,
       r.shop_id, r.till_id, r.day::text, r.cashier, r.amount, r.earned, r.spent, f.member_id, f.id,
       (select count(*) from entry e where e.member_id = f.member_id and e.step = f.id) as count
  from fact f join deal d on d.member_id = f.member_id and d.fact_id = f.id
  join till_receipt r on r.fact_id = f.id join standing s on s.member_id = f.member_id
 order by abs((select count(*) from entry e where e.member_id = f.member_id and e.step = f.id)
              - (select count(*)::float / (select count(*) from fact) from entry)), f.seq desc
 limit 1
"""
MOVED = """
select number, account, counter, currency, lot, funder, term, edition, points, account_balance, counter_balance, hash
  from entry where member_id = $1 and step = $2 order by number
"""


async def transactions_per_second(dsn: str, root: Path, clients: int, seconds: int) -> float:
    """pgbench over a schema of its own, which is dropped afterwards. `root` is where the embedded server lives; sales must
    have been made before, for they are what is copied."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(OPENED)
        for table in TABLES:
            await copied(connection, table)
        await connection.execute(FILLED)
        members = await connection.fetchval("select count(*) from ceiling.standing")
        script = await written(connection)
        return await asyncio.to_thread(pgbench, dsn, embedded.home(root), script, members, clients, seconds)
    finally:
        await connection.execute("drop schema if exists ceiling cascade")
        await connection.close()


async def copied(connection: "asyncpg.Connection[Any]", table: str) -> None:
    """An empty table like the real one, kept in the same way."""
    await connection.execute(f"create table ceiling.{table} (like public.{table} including all)")
    options = await connection.fetchval(
        "select reloptions from pg_class where oid = $1::text::regclass", f"public.{table}"
    )
    if options:
        await connection.execute(f"alter table ceiling.{table} set ({', '.join(options)})")


async def written(connection: "asyncpg.Connection[Any]") -> str:
    """The script, with the values of a typical sale of this run."""
    sale = dict(await connection.fetchrow(TYPICAL) or {})
    entries = await connection.fetch(MOVED, sale["member_id"], sale["id"])
    first = entries[0]["number"]
    rows = []
    for number, *fields in entries:
        kinds = ("text", "text", "text", "timestamptz", "text", "text", "int", "bigint", "bigint", "bigint", "bytea")
        cells = [f"{literal(value)}::{kind}" for value, kind in zip(fields, kinds, strict=True)]
        rows.append(f"({number - first + 1}, {', '.join(cells)})")
    values = {name: literal(value) for name, value in sale.items()} | {"moved": ", ".join(rows)}
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], SCRIPT.read_text())


def literal(value: Any) -> str:
    """As SQL writes it; a colon would be a variable of pgbench's."""
    match value:
        case None:
            return "null"
        case int():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'"
    return "E'" + str(value).replace("\\", "\\\\").replace("'", "\\'").replace(":", "\\x3a") + "'"


def pgbench(dsn: str, root: Path, text: str, members: int, clients: int, seconds: int) -> float:
    owner = embedded.unprivileged()
    script = root / "ceiling.sql"
    script.write_text(text)
    script.chmod(0o644)
    program = embedded.binaries(owner, root) / "pgbench"
    words = [program, "-n", "-M", "prepared", "-f", script, "-D", f"members={members}"]
    words += ["-c", clients, "-j", 2, "-T", seconds, dsn]
    said = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, cwd="/", **embedded.account(owner)
    )
    found = re.search(r"^tps = ([\d.]+)", said.stdout, re.MULTILINE)
    assert found and re.search(r"^number of failed transactions: 0 ", said.stdout, re.MULTILINE), (
        said.stdout + said.stderr
    )
    return float(found[1])
