"""Tills under load: members whose journals have begun, and as many sales or quotes as so many tills can ask for."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from uuid import uuid4

import msgspec
from msgspec import Struct

from punchcard.demo import town
from punchcard.demo.people import line
from punchcard.demo.stage import Stage
from punchcard.foundation import database as databases
from punchcard.foundation import news
from punchcard.foundation.clock import DAY
from punchcard.members import operations as members
from punchcard.members.model import Arrival
from punchcard.reactions import REACTIONS
from tests.bench.till_client import TillClient

MEMBERS, CLIENTS = 2000, 48
ARRIVAL = Arrival("Somebody", "en", town.ZONE, {"marketing": True}, "bench")
ALONE = "import punchcard.journal.writer as w; w.LANES, w.TOGETHER_MOST = 16, 1; from punchcard.__main__ import main; main()"
"""The API with a transaction for each sale, sixteen of them at once."""


class Load(Struct):
    """What the tills saw: seconds of each answer, and the statuses of those that went wrong."""

    seconds: list[float]
    errors: list[int]
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.elapsed


async def peopled(stage: Stage, dsn: str = "", number: int = MEMBERS) -> tuple[str, list[str]]:
    """A till's key, and the cards of members who come straight into the tables: nobody waits for one-time codes."""
    news.install(REACTIONS)
    database = await databases.connect(dsn or str(stage.config.database_url), connections_max=2)
    try:
        at = stage.clock.now()
        keys = await town.settle(database, at - DAY)
        async with database.transaction() as db:
            for each in range(number):
                await members.member_of(db, f"bench-{each}@example.com", ARRIVAL, at)
            rows = await db.fetch(
                "select card_code from member join person using (member_id) where email like 'bench-%'"
            )
        return keys.till_keys["nola"], [row["card_code"] for row in rows]
    finally:
        await database.close()


async def begun(port: int, key: str, cards: Sequence[str]) -> None:
    """Every card's first sale, which opens its journal and tells more than those after it."""
    waiting, chance = iter(cards), random.Random(3)

    async def till() -> None:
        async with TillClient("127.0.0.1", port, key) as client:
            for card in waiting:
                status, _ = await client.send("PUT", f"/till/sales/{uuid4()}", basket(card, chance))
                assert status == 200, status

    await asyncio.gather(*(till() for _ in range(CLIENTS)))


async def tills(
    port: int, key: str, cards: Sequence[str], seconds: float, clients: int = CLIENTS, quotes: bool = False
) -> Load:
    """As many sales (or quotes) as so many tills can ask for, each waiting for its answer."""
    load, chance = Load([], []), random.Random()
    began = time.perf_counter()

    async def till() -> None:
        async with TillClient("127.0.0.1", port, key) as client:
            while time.perf_counter() - began < seconds:
                asked = time.perf_counter()
                where = ("POST", "/till/quotes") if quotes else ("PUT", f"/till/sales/{uuid4()}")
                status, _ = await client.send(*where, basket(chance.choice(cards), chance))
                load.seconds.append(time.perf_counter() - asked)
                if status != 200:
                    load.errors.append(status)

    await asyncio.gather(*(till() for _ in range(clients)))
    load.elapsed = time.perf_counter() - began
    return load


def basket(card: str, chance: random.Random) -> bytes:
    lines = [
        line("flat-white", "coffee", 18_00),
        line("oranges", "produce", chance.randrange(5_00, 60_00), 3),
        line("loaf", "bakery", 24_00),
    ]
    return msgspec.json.encode({"card": card, "cashier": "Dana", "lines": lines})


def serving(stage: Stage, name: str, variables: Mapping[str, str], code: str = "") -> None:
    """One more API beside (or instead of) the stage's own; it ends with the stage."""
    words = ["-c", code, "serve"] if code else ["-m", "punchcard", "serve"]
    with (stage.folder / f"{name}.log").open("ab") as log:
        stage.processes[name] = subprocess.Popen(
            [sys.executable, *words],
            env={**os.environ, **stage.variables, **variables},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
