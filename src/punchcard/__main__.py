"""The commands. `punchcard --help` lists them, `punchcard COMMAND --help` explains one."""

import argparse
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from punchcard.commands import (
    add_operator,
    audit_all,
    check_file,
    migrate,
    play_demo,
    publish_file,
    serve,
    work,
)
from punchcard.foundation.settings import BadSettings

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
