"""A changed design on its way to every card: watch it, begin, pause, go on, stop."""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .ground import migrated, opened, standing_database

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from punchcard.foundation.clock import Clock, Instant
    from punchcard.foundation.database import Database
    from punchcard.foundation.settings import Settings
    from punchcard.passes import Run

WATCH_SECONDS = 1.0
SHOWN_MAX = 6


def redesign_cards(words: argparse.Namespace) -> int:
    """`punchcard pass redesign [start|pause|resume|stop] [--wallet WALLET]`."""
    with standing_database() as config:
        asyncio.run(migrated(config))
        return asyncio.run(done(config, words.what, words.wallet))


async def done(config: "Settings", what: str, wallet: str | None) -> int:
    """Do it, then show how it stands; in a terminal stay until what is open is over."""
    from rich.console import Console

    from punchcard.foundation.clock import Clock

    console, clock = Console(highlight=False), Clock(config.clock_file)
    async with opened(config) as (database, at):
        if what != "show":
            await turned(config, database, what, wallet, at)
        if console.is_terminal and what in ("show", "start", "resume"):
            await watched(console, config, database, clock)
        for line in [told(run, config, clock.now()) for run in await shown(database)] or ["no re-design yet"]:
            console.print(line, soft_wrap=True)
    return 0


async def turned(config: "Settings", database: "Database", what: str, wallet: str | None, at: "Instant") -> None:
    from punchcard.passes import redesign

    async with database.transaction() as db:
        if what == "start":
            wallets = [each for each in redesign.set_up(config) if wallet in (None, each)]
            await redesign.start(db, config, wallets, at)
            return
        for run in await redesign.runs(db):
            if run.is_open and wallet in (None, run.wallet):
                await redesign.turned(db, run.id, redesign.STATE_AFTER[what], at)


async def shown(database: "Database") -> "Sequence[Run]":
    from punchcard.passes import redesign

    async with database.reading() as db:
        return await redesign.runs(db, SHOWN_MAX)


def told(run: "Run", config: "Settings", at: "Instant") -> str:
    """One line about a run: `google 4f2a…: running, 12,000 of 300,000 (skipped 28,000), 17.9 a second, through at …`."""
    return f"{run.wallet} {run.design_hash.hex()[:8]}: {run.state}, {progress(run)}{expected(run, config, at)}"


def progress(run: "Run") -> str:
    return f"{run.done:,} of {run.held:,} held cards done, {run.skipped:,} that nobody holds passed over"


def expected(run: "Run", config: "Settings", at: "Instant") -> str:
    from punchcard.passes import redesign

    usual = redesign.usual_rate(config, run.wallet)
    ends_at = run.ends_at(at, usual)
    if ends_at is None:
        return ""
    when = datetime.fromtimestamp(ends_at).astimezone()
    return f", {run.per_second or usual:,.1f} a second, through at {when:%Y-%m-%d %H:%M}"


async def watched(console: "Console", config: "Settings", database: "Database", clock: "Clock") -> None:
    """A bar for each run that is open, until none is."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    runs = [run for run in await shown(database) if run.is_open]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[when]}"))
    with Progress(*columns, console=console, transient=True) as bars:
        rows: dict[Any, TaskID] = {}
        while runs:
            for run in runs:
                draw(bars, rows, run, run.state + expected(run, config, clock.now()))
            await asyncio.sleep(WATCH_SECONDS)
            runs = [run for run in await shown(database) if run.is_open]


def draw(bars: "Progress", rows: "dict[Any, TaskID]", run: "Run", when: str) -> None:
    if run.id not in rows:
        rows[run.id] = bars.add_task(run.wallet, total=run.held, when=when)
    bars.update(rows[run.id], completed=min(run.done, run.held), when=when)


MORE = """\
Runs begin by themselves a minute or two after the designs folder changed. Without a word: shows how far they are and when
they will be through, until they are. `start` begins one even if nothing changed; `pause`, `resume` and `stop` are about
those that are open. What was already handed on (400 cards at most) still goes out. Interrupting this stops nothing."""

REDESIGN_COMMANDS = (
    (
        "pass redesign",
        redesign_cards,
        "A changed design on its way to every card: how far it is, and its brakes.",
        MORE,
    ),
)

REDESIGN_ARGUMENTS: dict[str, Sequence[tuple[str, dict[str, Any]]]] = {
    "pass redesign": (
        ("what", {"nargs": "?", "choices": ["show", "start", "pause", "resume", "stop"], "default": "show"}),
        ("--wallet", {"choices": ["apple", "google"], "help": "this wallet alone"}),
    ),
}
