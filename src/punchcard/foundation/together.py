"""Questions that come while others are being asked are asked together; in an idle house nobody waits for company."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from .database import Connection, Database

K = TypeVar("K")
V = TypeVar("V")

LANES = 1
TOGETHER_MOST = 64


class Together(Generic[K, V]):
    """Asks the database for many keys in one go. A key must not be able to fail alone: all who ask would fail.

    Who `writes` does it in one transaction. What is in no hurry may rest between two times, so that more comes together; the
    first in an idle house never waits."""

    def __init__(
        self,
        ask: Callable[[Connection, Sequence[K]], Awaitable[Mapping[K, V]]],
        writes: bool = False,
        rest_seconds: float = 0.0,
    ) -> None:
        self.ask, self.writes, self.rest_seconds = ask, writes, rest_seconds
        self.lines: WeakKeyDictionary[Database, Line[K, V]] = WeakKeyDictionary()

    async def get(self, database: Database, key: K) -> V | None:
        """What is known of this key; None if nothing is."""
        line = self.lines.setdefault(database, Line())
        answer: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        line.waiting.append((key, answer))
        if line.lanes < LANES:
            line.lanes += 1
            task = asyncio.create_task(self.lane(database, line))
            line.running.add(task)
            task.add_done_callback(line.running.discard)
        return await answer

    async def lane(self, database: Database, line: "Line[K, V]") -> None:
        try:
            while line.waiting:
                taken = [line.waiting.popleft() for _ in range(min(len(line.waiting), TOGETHER_MOST))]
                await self.answered(database, [each for each in taken if not each[1].done()])
                if self.rest_seconds:
                    await asyncio.sleep(self.rest_seconds)
        finally:
            line.lanes -= 1

    async def answered(self, database: Database, taken: "Sequence[Waiting[K, V]]") -> None:
        try:
            async with database.transaction() if self.writes else database.reading() as db:
                found = await self.ask(db, [key for key, _ in taken])
        except Exception as error:
            for _, answer in taken:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for key, answer in taken:
                if not answer.done():
                    answer.set_result(found.get(key))
        finally:
            for _, answer in taken:
                answer.cancel()


Waiting = tuple[K, asyncio.Future[V | None]]


class Line(Generic[K, V]):
    """Who waits to ask one database."""

    def __init__(self) -> None:
        self.waiting: deque[Waiting[K, V]] = deque()
        self.lanes = 0
        self.running: set[asyncio.Task[None]] = set()
