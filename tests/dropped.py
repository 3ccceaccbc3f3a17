"""Almond in a database of a test's own, and files of sales that the commands move in and compare."""

import argparse
import asyncio
import csv
import io
import time
from pathlib import Path
from typing import Any

import pytest

from punchcard import connectors, members
from punchcard.checkout import Counter
from punchcard.commands import importing
from punchcard.connectors import REQUIRED
from punchcard.demo import town as almond
from punchcard.foundation import news, tables
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Database
from punchcard.members import Arrival
from punchcard.partners import Till
from punchcard.reactions import REACTIONS

BEGAN = 1_790_000_000
"""Long before any sale of these tests: the programme is published then."""
SECRETS = ("5f0c" * 16 + "town",)
HEADER = ",".join(REQUIRED)


class House:
    """Almond in a database of the test's own, a member's card, and files that are moved in by the command."""

    def __init__(self, pool: Database, folder: Path, card: str):
        self.pool, self.folder, self.card = pool, folder, card

    async def moved(self, text: str | bytes, **more: Any) -> int:
        """The exit code of `punchcard import sales`."""
        file = self.folder / "sales.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        words = Words(data_set="sales", file=file, partner=None, rejects=None) | more
        return await asyncio.to_thread(importing.import_data, words)

    async def stopped(self, text: str, after: int) -> None:
        """Import until so many receipts have been told of, then be cancelled."""
        told, enough = 0, asyncio.Event()

        def tell(receipts: int) -> None:
            nonlocal told
            told += receipts
            if told >= after:
                enough.set()

        async def moving() -> None:
            known = await connectors.places(self.pool, None)
            table = tables.Table(io.StringIO(text), "sales.csv", REQUIRED, connectors.OPTIONAL)
            with connectors.Spool(self.folder / f"spool-{after}") as spool:
                connectors.spooled(table, spool, known, lambda _: None)
                spool.seal()
                await connectors.sold(self.pool, table, spool, known, self.counter, tell)

        running = asyncio.create_task(moving())
        await enough.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    def counter(self, till: Till) -> Counter:
        return Counter(self.pool, till, int(time.time()), 3000 * DAY, SECRETS)

    def rejects(self) -> list[dict[str, str]]:
        file = self.folder / "sales.rejects.csv"
        return list(csv.DictReader(io.StringIO(file.read_text(errors="surrogateescape")))) if file.exists() else []

    async def receipts(self) -> list[tuple[str, str, int]]:
        async with self.pool.reading() as db:
            rows = await db.fetch("select number, kind, amount from till_receipt order by number, day, till_id")
        return [tuple(row) for row in rows]


class Words(argparse.Namespace):
    """The words of a command, with some of them said otherwise."""

    def __or__(self, more: dict[str, Any]) -> "Words":
        return Words(**vars(self) | more)


def row(receipt: str, card: str = "", sku: str = "flat-white", amount: str = "18.00", **more: str) -> str:
    cells = {
        "shop": "nola-1",
        "till": "Till 1",
        "receipt": receipt,
        "at": "2026-10-18T09:00:00Z",
        "card": card,
        "cashier": "Dana",
        "sku": sku,
        "category": "coffee",
        "brand": "",
        "quantity": "1",
        "amount": amount,
    } | more
    return ",".join(cells[name] for name in REQUIRED)


def file(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


async def settled(pool: Database, folder: Path, environment: pytest.MonkeyPatch) -> House:
    """The house, with the settings that the commands read."""
    news.install(REACTIONS)
    await almond.settle(pool, BEGAN)
    async with pool.transaction() as db:
        arrival = Arrival("Maya", "en", almond.ZONE, {}, "test")
        member_id, _ = await members.member_of(db, "maya@example.com", arrival, BEGAN)
        card = await members.code_of(db, member_id)
    environment.setenv("PUNCHCARD_DATABASE_URL", pool.dsn)
    environment.setenv("PUNCHCARD_DEMO", "true")
    environment.setenv("PUNCHCARD_SECRET", SECRETS[0])
    environment.setenv("PUNCHCARD_LATE_DAYS", "3000")
    return House(pool, folder, card)
