"""The processes: the demo, the API, the worker."""

import argparse
import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from punchcard.foundation import settings

from .ground import migrated, standing_database

DEMO = """\
Starts PostgreSQL, stand-ins for Apple and Google, the API and a worker. Needs no account anywhere.

After the story it stays up and shows its addresses and keys: the member's app, the till, the API to try, Maya's card. Join in
the app with any e-mail address: the one-time code is printed here as it comes. Sign in at the till with the key that is
printed, scan the app's code or type its number, and sell.

    punchcard demo                   open the three pages in the browser, where there is a screen
    punchcard demo --no-open         print the addresses alone
    punchcard demo --host 0.0.0.0    let a phone in the same network in: prints the app's address as a code to scan.
                                     Everybody in that network can reach the demo then.
    punchcard demo --once            the story and its exit code, for a machine"""

DEMO_ARGUMENTS: Sequence[tuple[str, dict[str, Any]]] = (
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
    (
        "--open",
        {
            "action": argparse.BooleanOptionalAction,
            "help": "open app, till and API page in the browser (default: where there are a terminal and a screen)",
        },
    ),
    (
        "--host",
        {
            "default": "127.0.0.1",
            "metavar": "ADDRESS",
            "help": "where the API listens (default 127.0.0.1; 0.0.0.0: on every address of this machine)",
        },
    ),
)


def play_demo(words: argparse.Namespace) -> int:
    from punchcard.demo import staying, story

    wishes = staying.Wishes(words.once, words.out, words.households, words.host, words.open)
    return story.play(wishes, settings.read(os.environ).data_dir)


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
