"""The commands. `punchcard --help` lists them, `punchcard COMMAND --help` explains one."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from punchcard.foundation import settings
from punchcard.foundation.settings import BadSettings, Settings

if TYPE_CHECKING:
    from punchcard.foundation.database import Database

DESCRIPTION = """\
Punchcard: the backend of a smartphone loyalty app.

Try it:        punchcard demo
Run it:        punchcard serve   (the HTTP API)   and   punchcard work   (wallets, push, the clock)
Write a programme, then:  punchcard check almond.toml   and   punchcard publish almond.toml

Settings come from the environment (PUNCHCARD_…, see the README).
Without DATABASE_URL a PostgreSQL of our own is started.
"""


def main() -> NoReturn:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    words = parser().parse_args()
    try:
        code = words.run(words)
    except BadSettings as error:
        print(f"punchcard: {error}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser("punchcard", description=DESCRIPTION, formatter_class=argparse.RawTextHelpFormatter)
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, run, what, more in COMMANDS:
        each = commands.add_parser(
            name, help=what, description=f"{what}\n\n{more}", formatter_class=argparse.RawTextHelpFormatter
        )
        each.set_defaults(run=run)
        for flag, about in ARGUMENTS.get(name, ()):
            each.add_argument(flag, **about)
    return made


def play_demo(words: argparse.Namespace) -> int:
    from punchcard.demo import story

    folder = settings.read(os.environ).data_dir
    return story.play(words.once, words.out, words.households, folder)


def serve(_: argparse.Namespace) -> int:
    from granian import Granian
    from granian.constants import Interfaces, Loops

    with standing_database() as config:
        asyncio.run(migrated(config))
        Granian(
            "punchcard.api:app",
            address=config.host,
            port=config.port,
            interface=Interfaces.ASGI,
            loop=Loops.uvloop,
            factory=True,
            workers=config.api_processes,
            workers_kill_timeout=2,
            respawn_failed_workers=True,
        ).serve()
    return 0


def work(_: argparse.Namespace) -> int:
    import logging

    import uvloop

    from punchcard import worker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with standing_database() as config:
        asyncio.run(migrated(config))
        uvloop.run(worker.work())
    return 0


def migrate(_: argparse.Namespace) -> int:
    with standing_database() as config:
        applied = asyncio.run(migrated(config))
    print("\n".join(applied) if applied else "up to date")
    return 0


def check_file(words: argparse.Namespace) -> int:
    from punchcard import rulebooks

    findings = rulebooks.check(read(words.file))
    for each in findings:
        print(f"{words.file}:{each.line}: {'warning: ' if each.warning else ''}{each.reason}")
    wrong = sum(not each.warning for each in findings)
    print(f"{words.file}: {wrong} mistakes, {len(findings) - wrong} warnings" if findings else f"{words.file}: good")
    return 1 if wrong else 0


def publish_file(words: argparse.Namespace) -> int:
    from punchcard import rulebooks

    text = read(words.file)
    if check_file(words):
        return 1

    async def publish(config: Settings) -> str:
        async with opened(config) as (database, at):
            async with database.transaction() as db:
                edition = await rulebooks.publish(db, text, at)
        return f"edition {edition.number} holds from now on"

    with standing_database() as config:
        asyncio.run(migrated(config))
        print(asyncio.run(publish(config)))
    return 0


def audit_all(words: argparse.Namespace) -> int:
    from rich.progress import Progress

    from punchcard import journal

    async def audit(config: Settings) -> int:
        async with opened(config) as (database, _):
            with Progress(transient=True) as bar:
                line = bar.add_task("audit", total=None)
                report = await journal.audit(
                    database,
                    progress=lambda done, total: bar.update(line, completed=done, total=total),
                    keep_going=words.all,
                )
        print(f"{report.members} members, {report.facts} facts, {report.entries} entries")
        for finding in report.findings:
            print(f"member {finding.member_id}: {finding.invariant}: {finding.what}")
        print("every invariant holds" if not report.findings else "BROKEN")
        return 1 if report.findings else 0

    with standing_database() as config:
        return asyncio.run(audit(config))


def add_operator(words: argparse.Namespace) -> int:
    from punchcard import partners

    async def add(config: Settings) -> str:
        async with opened(config) as (database, _):
            async with database.transaction() as db:
                _operator, key = await partners.add_operator(db, words.name, "owner")
        return key

    with standing_database() as config:
        asyncio.run(migrated(config))
        print(asyncio.run(add(config)))
    return 0


def read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from None


@contextlib.contextmanager
def standing_database() -> Iterator[Settings]:
    """The settings, with a database that is there: theirs, or our own for as long as the command runs."""
    config = settings.load()
    if config.database_url:
        yield config
        return
    from punchcard.foundation.embedded import postgres

    with postgres(config.data_dir / "postgres") as dsn:
        os.environ["PUNCHCARD_DATABASE_URL"] = dsn
        yield settings.load()


@contextlib.asynccontextmanager
async def opened(config: Settings) -> "AsyncIterator[tuple[Database, int]]":
    from punchcard.foundation import database as databases
    from punchcard.foundation.clock import Clock

    database = await databases.connect(str(config.database_url), connections_max=4)
    try:
        yield database, Clock(config.clock_file).now()
    finally:
        await database.close()


async def migrated(config: Settings) -> list[str]:
    from punchcard.foundation import migrate

    return await migrate.migrate(str(config.database_url))


Command = tuple[str, Callable[[argparse.Namespace], int], str, str]

COMMANDS: tuple[Command, ...] = (
    (
        "demo",
        play_demo,
        "Play the story of one member from joining to a changed card, then stay up.",
        "Starts PostgreSQL, stand-ins for Apple and Google, the API and a worker. Needs no account anywhere.",
    ),
    (
        "serve",
        serve,
        "Answer HTTP: members, tills, wallets, operators.",
        "Applies new migrations first. Stops within two seconds of SIGTERM, open event streams included.",
    ),
    (
        "work",
        work,
        "Do what follows: refresh cards, send messages, let time pass.",
        "Run as many as you like, on as many machines; killed at any moment they lose nothing.",
    ),
    ("migrate", migrate, "Bring the database's schema up to date and say what was applied.", ""),
    (
        "check",
        check_file,
        "Read a programme and name every mistake with its line.",
        "Exits 0 when it can be published (warnings allowed), 1 otherwise.",
    ),
    (
        "publish",
        publish_file,
        "Publish a programme.",
        "Its promises hold from now on. What was published before never changes what it said of the past.",
    ),
    (
        "audit",
        audit_all,
        "Prove every member's ledger: sums, chains, replay.",
        "Exits 1 and names the first member that breaks an invariant.",
    ),
    ("operator", add_operator, "Make an operator and print the key, once.", "The key opens /console/…"),
)

ARGUMENTS: Mapping[str, Sequence[tuple[str, dict[str, Any]]]] = {
    "demo": (
        ("--once", {"action": "store_true", "help": "exit after the story: 0, or 1 with what failed"}),
        (
            "--out",
            {"type": Path, "metavar": "DIR", "help": "write the evidence here: passes, links, requests, journey.json"},
        ),
        (
            "--households",
            {
                "type": int,
                "default": 10,
                "metavar": "N",
                "help": "real households whose last eight weeks are played through the till (default 10; 0: none)",
            },
        ),
    ),
    "check": (("file", {"type": Path, "help": "a programme in TOML"}),),
    "publish": (("file", {"type": Path, "help": "a programme in TOML"}),),
    "audit": (("--all", {"action": "store_true", "help": "go on after the first member that breaks"}),),
    "operator": (("name", {"help": "who it is for, as it will stand in records"}),),
}


if __name__ == "__main__":
    main()
