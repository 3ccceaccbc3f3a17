"""Tills that remember the id of every sale, and ask again with the same id until the answer is definite."""

import asyncio
import random
from contextlib import suppress
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from punchcard.demo.people import line
from punchcard.demo.stage import Stage
from punchcard.foundation.database import Database
from tests.bench.till_client import TillClient

ANSWER_SECONDS_MAX = 15
ASK_AGAIN_SECONDS = 0.05
DOWN = (OSError, EOFError, TimeoutError)


class Tried(Struct):
    """A sale: what was asked, and the receipt once there is one. `asks` counts how often it was asked for."""

    id: UUID
    body: bytes
    receipt: bytes = b""
    asks: int = 0


class Till:
    """One till, one sale after the other; a sale stays in hand until it has its receipt."""

    def __init__(self, stage: Stage, key: str, cards: list[str], chance: random.Random):
        self.stage, self.key, self.cards, self.chance = stage, key, cards, chance
        self.sales: list[Tried] = []
        self.client: TillClient | None = None
        self.closing = False
        self.refused: list[tuple[int, bytes]] = []

    async def work(self) -> None:
        while not self.closing:
            sale = Tried(uuid4(), self.basket())
            self.sales.append(sale)
            while not await self.ask(sale):
                pass
        if self.client:
            await self.client.__aexit__(None, None, None)

    def basket(self) -> bytes:
        lines = [line("oranges", "produce", self.chance.randrange(5_00, 60_00), 3), line("loaf", "bakery", 24_00)]
        return msgspec.json.encode({"card": self.chance.choice(self.cards), "cashier": "Dana", "lines": lines})

    async def ask(self, sale: Tried) -> bool:
        """Whether there is a definite answer now: 503 is none, nor is a broken line."""
        sale.asks += 1
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                if self.client is None:
                    self.client = await TillClient("127.0.0.1", self.stage.config.port, self.key).__aenter__()
                status, answer = await self.client.send("PUT", f"/till/sales/{sale.id}", sale.body)
        except DOWN:
            await self.hang_up()
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            return False
        if status == 200:
            sale.receipt = answer
        elif status != 503:
            self.refused.append((status, answer))
        else:
            await asyncio.sleep(ASK_AGAIN_SECONDS)
        return status != 503

    async def hang_up(self) -> None:
        if self.client:
            with suppress(OSError):
                await self.client.__aexit__(None, None, None)
        self.client = None


class Load:
    """So many tills at work."""

    def __init__(self, stage: Stage, key: str, cards: list[str], chance: random.Random, tills: int):
        self.tills = [Till(stage, key, cards, random.Random(chance.random())) for _ in range(tills)]

    async def __aenter__(self) -> "Load":
        self.working = [asyncio.create_task(till.work()) for till in self.tills]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Every till finishes what it has in hand."""
        for till in self.tills:
            till.closing = True
        await asyncio.gather(*self.working)

    @property
    def sales(self) -> list[Tried]:
        return [sale for till in self.tills for sale in till.sales]

    @property
    def acknowledged(self) -> list[Tried]:
        return [sale for sale in self.sales if sale.receipt]


async def lost(database: Database, acknowledged: list[Tried]) -> int:
    """How many of these sales, each with a receipt, no fact stands for."""
    async with database.reading() as db:
        rows = await db.fetch("select id from fact where id = any($1::text[])", [str(sale.id) for sale in acknowledged])
    return len({str(sale.id) for sale in acknowledged} - {row["id"] for row in rows})


async def applied_once(database: Database, load: Load) -> None:
    """Every sale was answered, and stands in the journals once."""
    refused = [till.refused for till in load.tills if till.refused]
    assert not refused, refused
    assert all(sale.receipt for sale in load.sales)
    async with database.reading() as db:
        facts = await db.fetchval("select count(*) from fact")
        ids = await db.fetchval("select count(distinct id) from fact")
        amount = await db.fetchval("select coalesce(sum(spend_cents), 0) from profile")
    spent = sum(sum(each["amount"] for each in msgspec.json.decode(sale.body)["lines"]) for sale in load.sales)
    assert (facts, ids, amount) == (len(load.sales), len(load.sales), spent)


async def same_receipts(stage: Stage, key: str, sales: list[Tried]) -> None:
    """Whoever asks again gets the same bytes."""
    async with TillClient("127.0.0.1", stage.config.port, key) as client:
        for sale in sales:
            assert await client.send("PUT", f"/till/sales/{sale.id}", sale.body) == (200, sale.receipt)
