"""Where faults are made: the demo's stage with every write on disk, and the means to kill what runs on it.

Each check is a function that raises AssertionError; it is asked of the house, and of a house with a known bug (a mutant)
that it must not let pass. PUNCHCARD_ROUNDS says how often, PUNCHCARD_SEED makes a run again."""

import asyncio
import ctypes
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from punchcard.demo import town
from punchcard.demo.stage import Stage, raised
from punchcard.foundation import database as databases
from punchcard.foundation import embedded, news
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Database
from punchcard.members import operations as members
from punchcard.members.model import Arrival
from punchcard.reactions import REACTIONS
from tests.bench.figures import children
from tests.mutants.copies import Mutant, lived_in

ROOT = Path("build/chaos").absolute()
ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER
GONE_SECONDS_MAX = 10
ARRIVAL = Arrival("Somebody", "en", town.ZONE, {"marketing": True}, "chaos")


def rounds(by_default: int) -> int:
    return int(os.environ.get("PUNCHCARD_ROUNDS") or by_default)


def chance() -> random.Random:
    """Chance that can be had again: the seed is printed."""
    seed = int(os.environ.get("PUNCHCARD_SEED") or random.SystemRandom().randrange(10**6))
    print(f"\nPUNCHCARD_SEED={seed}", flush=True)
    return random.Random(seed)


@asynccontextmanager
async def ground(mutant: Mutant | None = None, workers: int = 1) -> AsyncIterator[tuple[Stage, town.Town, Database]]:
    """The stage, the keys of its merchants, and our own look at its database."""
    adopt_orphans()
    ROOT.mkdir(parents=True, exist_ok=True)
    with lived_in(mutant):
        async with raised(ROOT, port=0, workers=workers) as stage:
            news.install(REACTIONS)
            database = await databases.connect(str(stage.config.database_url), connections_max=2)
            try:
                yield stage, await town.settle(database, stage.clock.now() - DAY), database
            finally:
                await database.close()


def adopt_orphans() -> None:
    """Whatever loses its parent becomes our child, so that we can bury it: a dead postmaster that nobody buries looks
    alive to the next one."""
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1)


async def cards(stage: Stage, database: Database, how_many: int) -> list[str]:
    """Members straight into the tables: nobody waits for one-time codes. Answers the codes of their cards."""
    async with database.transaction() as db:
        for number in range(how_many):
            await members.member_of(db, f"chaos-{number}@example.com", ARRIVAL, stage.clock.now())
        return [row["card_code"] for row in await db.fetch("select card_code from member order by 1")]


def kill_api(stage: Stage) -> None:
    """The server and all its processes, at once."""
    parent = stage.processes["serve"].pid
    end([parent, *children(parent)])
    stage.processes.pop("serve").wait()


class Postmaster:
    """The stage's PostgreSQL, killed and started again over the same data."""

    def __init__(self) -> None:
        self.root = embedded.home(ROOT / "postgres")
        self.owner = embedded.unprivileged()

    def kill(self) -> None:
        found = self.processes()
        assert found, "PostgreSQL is not where we look for it"
        end(found)

    def start(self) -> None:
        programs = embedded.binaries(self.owner, self.root)
        embedded.start(programs, self.owner, self.root, embedded.short(self.root), ())

    def processes(self) -> list[int]:
        """All whose working directory is the data directory, the postmaster first."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (process / "cwd").readlink() == self.root / "data":
                    found.append(int(process.name))
        return sorted(found)


def end(pids: list[int]) -> None:
    """kill -9, and wait until they are gone. The first one first: it could start others anew."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + GONE_SECONDS_MAX
    for pid in pids:
        while Path(f"/proc/{pid}").exists():
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            assert time.monotonic() < deadline, f"process {pid} does not go"
            time.sleep(0.005)


async def audit(stage: Stage) -> None:
    """`punchcard audit` finds nothing. Run as the command that it is, and by the real house whatever runs on the stage."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | dict(stage.variables)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "punchcard", "audit", env=variables, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


async def until(what: str, seconds: float, holds) -> float:
    """Wait until it holds; says how long that took."""
    began = time.monotonic()
    while not await holds():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds:g} seconds"
        await asyncio.sleep(0.05)
    return time.monotonic() - began
