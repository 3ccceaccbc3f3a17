"""The processes: the demo, the API, the worker."""

import argparse
import asyncio
import os

from punchcard.foundation import settings

from .ground import migrated, standing_database


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
