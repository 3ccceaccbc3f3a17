"""What this PostgreSQL can do with the statements of one sale and no program in between: the yardstick for sales."""

import asyncio
import re
import subprocess
from pathlib import Path

import asyncpg

from punchcard.foundation import embedded

SCRIPT = Path(__file__).with_name("ceiling.sql")
TABLES = """
drop schema if exists ceiling cascade;
create schema ceiling;
set search_path to ceiling;
create table standing (member_id uuid primary key, version bigint not null, points bigint not null, state bytea not null)
  with (fillfactor = 70);
create table fact (member_id uuid, seq bigint, id uuid not null, at timestamptz not null, body jsonb not null,
  primary key (member_id, seq), unique (member_id, id));
create table entry (member_id uuid, seq bigint, account text not null, counter text not null, amount bigint not null,
  balance bigint not null, expires_at timestamptz, primary key (member_id, seq));
create table outbox (member_id uuid, reaction text, key text, bucket smallint not null, version bigint not null default 1,
  due_at timestamptz not null default now(), primary key (member_id, reaction, key));
insert into standing
select ('00000000-0000-0000-0000-' || lpad(to_hex(g), 12, '0'))::uuid, 0, 0, decode(repeat('ab', 1200), 'hex')
  from generate_series(1, 100000) g;
analyze standing;
"""


async def transactions_per_second(dsn: str, root: Path, clients: int, seconds: int) -> float:
    """pgbench over a schema of its own, which is dropped afterwards. `root` is where the embedded server lives."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(TABLES)
        return await asyncio.to_thread(pgbench, dsn, embedded.home(root), clients, seconds)
    finally:
        await connection.execute("drop schema if exists ceiling cascade")
        await connection.close()


def pgbench(dsn: str, root: Path, clients: int, seconds: int) -> float:
    owner = embedded.unprivileged()
    script = root / "ceiling.sql"
    script.write_text(SCRIPT.read_text())
    script.chmod(0o644)
    program = embedded.binaries(owner, root) / "pgbench"
    words = [program, "-n", "-M", "prepared", "-f", script, "-c", clients, "-j", 2, "-T", seconds, dsn]
    said = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, cwd="/", **embedded.account(owner)
    )
    found = re.search(r"^tps = ([\d.]+)", said.stdout, re.MULTILINE)
    assert found, said.stdout + said.stderr
    return float(found[1])
