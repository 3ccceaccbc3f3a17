"""A back-test of the grocer's whole year under two rulebooks of 40 terms and 12 challenges: CPU of all its processes, and how
much memory each of them takes. The facts lie in PostgreSQL as the journal keeps them; reading and decoding them counts."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from punchcard import journal
from punchcard.foundation import database as databases
from punchcard.foundation import migrate
from punchcard.foundation.database import Connection
from punchcard.foundation.embedded import postgres
from punchcard.foundation.ids import new_id
from punchcard.insights.backtest import cores
from punchcard.insights.comparing import Window
from punchcard.insights.hands import Work, counted
from punchcard.insights.report import report
from punchcard.programme import NEVER, PerAmount, Program, Rulebook, Sale
from punchcard.rulebooks import Pair
from tests.bench.figures import Figure, children, told, under
from tests.journey_rulebooks import points
from tests.journey_year import year

COMMAND = "make bench ONLY=backtest"
ROOT = Path("build/bench").absolute()
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
NOTHING = bytes(32)


class Seen(Struct, frozen=True):
    """What the back-test's own first process saw."""

    facts: int
    members: int
    gained: int
    cpu_seconds: float
    """Of it and of those that it started."""
    processes: int
    megabytes: float
    """The most that one of them held at any time."""


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    with postgres(ROOT / "postgres", *FAST) as dsn:
        return asyncio.run(measured(dsn))


async def measured(server: str) -> list[Figure]:
    dsn = await filled(server)
    postmaster = await parent_of_backends(dsn)
    found = {}
    for processes in dict.fromkeys((1, cores())):
        before = family_seconds(postmaster)
        said = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "tests.bench.backtest", dsn, str(processes)], capture_output=True
        )
        assert said.returncode == 0, said.stderr.decode()
        found[processes] = msgspec.json.decode(said.stdout, type=Seen), family_seconds(postmaster) - before
    made = []
    for processes, (seen, of_postgres) in found.items():
        which = f"back-test of {seen.facts:,} baskets, {processes} process{'es' if processes > 1 else ''}"
        made += [
            under(f"{which}: CPU", seen.cpu_seconds, "seconds", 30, COMMAND),
            under(f"{which}: most memory of one process", seen.megabytes, "MB", 150, COMMAND),
            told(f"{which}: CPU of PostgreSQL", of_postgres, "seconds", COMMAND),
        ]
    return made


async def filled(server: str) -> str:
    """A database in which the year stands."""
    connection = await asyncpg.connect(server)
    await connection.execute("drop database if exists backtest with (force)")
    await connection.execute("create database backtest")
    await connection.close()
    dsn = server.replace("/postgres?", "/backtest?")
    await migrate.migrate(dsn)
    database = await databases.connect(dsn, connections_max=1)
    async with database.transaction() as db:
        await copied(db)
    async with database.reading() as db:
        await db.execute("analyze")
    await database.close()
    return dsn


async def copied(db: Connection) -> None:
    """Facts and the length of each journal, past the journal's door: a back-test reads no more."""
    households: list[tuple[Any, ...]] = []

    def facts() -> Iterator[tuple[Any, ...]]:
        for household, sales in year():
            last = sales[-1]
            households.append((UUID(int=household), last.at, last.id, len(sales), last.at, NEVER, b"", b""))
            for seq, sale in enumerate(sales, 1):
                yield UUID(int=household), sale.id, sale.at, seq, body(sale), NOTHING, b"", 0, NOTHING

    columns = ["member_id", "id", "at", "seq", "body", "asked", "receipt", "after_entry", "hash"]
    await db.copy_records_to_table("fact", records=facts(), columns=columns, timeout=600)
    columns = ["member_id", "at", "fact_id", "facts", "ticked_at", "next_change_at", "state", "habits"]
    await db.copy_records_to_table("standing", records=households, columns=columns)


def body(sale: Sale) -> Raw:
    return Raw(msgspec.json.encode(sale))


async def parent_of_backends(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    postmaster = int(fields_of(await connection.fetchval("select pg_backend_pid()"))[1])
    await connection.close()
    return postmaster


def family_seconds(pid: int) -> float:
    """CPU of a process and of all that it started, and these did, gone or still there, in seconds."""
    return sum(sum(map(int, fields_of(each)[11:15])) for each in family(pid)) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process, its children, and theirs."""
    found = [pid]
    for child in children(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # gone meanwhile
            found += family(child)
    return found


def fields_of(pid: int) -> list[str]:
    """What /proc says of it; zeros of one that is gone, which its parent counts by now."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["0"] * 50


def doubled(rulebook: Rulebook) -> Rulebook:
    """The draft: the same with the first rate doubled."""
    base, *others = rulebook.terms
    return replace(rulebook, terms=(replace(base, award=PerAmount(2, 100)), *others))


def most_megabytes(pid: int) -> float:
    """The most that a process has ever held."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


async def run(dsn: str, processes: int) -> Seen:
    """The back-test itself, in a process of its own that does nothing else."""
    pair = Pair(1, points(), doubled(points()))
    me, highest = os.getpid(), 0.0

    def look(done: int, total: int) -> None:
        nonlocal highest
        highest = max(highest, *map(most_megabytes, family(me)))

    database = await databases.connect(dsn, connections_max=2)
    async with database.reading() as db:
        extent = await journal.extent(db)
    window = Window(0, extent.last_at)
    tally = await counted(database, Work(pair, window), None, extent, processes, look)
    found = report(new_id(), NOTHING, 0, 1, window, False, tally, Program(pair.published), Program(pair.draft))
    await database.close()
    gained = found.currencies[0].points["issued"].difference
    return Seen(found.facts, found.members, gained, family_seconds(me), processes, max(highest, most_megabytes(me)))


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(run(sys.argv[1], int(sys.argv[2])))))
