"""Many hands: batches of members go to a process for each core, what these add up comes back."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from heapq import nsmallest
from multiprocessing import get_context
from uuid import UUID

from msgspec import Struct

from punchcard import journal
from punchcard.foundation import collector
from punchcard.foundation import database as databases
from punchcard.foundation.database import Database
from punchcard.journal import Extent, Length
from punchcard.programme import Program
from punchcard.rulebooks import Pair

from .comparing import Window, compare, main_currency, values
from .model import Sample
from .tally import Tally

NOBODY = UUID(int=0)
FACTS_A_BATCH = 2000
AHEAD = 2
"""Batches for each process that are on their way, so that none stands idle."""
Progress = Callable[[int, int], None]
"""Is told how many members are done, and of how many."""


class Work(Struct, frozen=True):
    """What a process needs to know before it begins."""

    pair: Pair
    window: Window


class Desk:
    """Where members are compared: both programs compiled, and a database to read from."""

    def __init__(self, work: Work, database: Database):
        self.database, self.window = database, work.window
        self.published, self.draft = Program(work.pair.published), Program(work.pair.draft)
        self.worths = values(self.published), values(self.draft)

    async def compare(self, members: Sequence[UUID]) -> Tally:
        tally, main = Tally(), main_currency(self.draft)
        async with self.database.reading() as db:
            histories = await journal.histories(db, members, self.window.end)
        for each in histories:
            compared = compare(each.member_id, each.facts, self.published, self.draft, self.window)
            tally.add(compared, main, *self.worths)
        return tally


class Hands:
    """Processes of our own, each at its desk; or, where one is enough, none but this."""

    def __init__(self, database: Database, work: Work, processes: int):
        self.wanted = AHEAD * processes if processes > 1 else 1
        """Alone it reads and folds in turn: a read that waits for a fold runs out of time."""
        self.desk = Desk(work, database) if processes == 1 else None
        self.others = None
        if processes > 1:
            others = get_context("forkserver")
            others.set_forkserver_preload([__name__])
            self.others = ProcessPoolExecutor(processes, others, sit_down, (database.dsn, work))

    async def compare(self, members: Sequence[UUID]) -> tuple[int, Tally]:
        """How many members there were, and what they come to."""
        if self.desk:
            return len(members), await self.desk.compare(members)
        loop = asyncio.get_running_loop()
        return len(members), await loop.run_in_executor(self.others, compare_here, members)

    def leave(self) -> None:
        if self.others:
            self.others.shutdown(cancel_futures=True)


_here: list[tuple[asyncio.AbstractEventLoop, Desk]] = []
"""The desk of this process, and what it waits with."""


def sit_down(dsn: str, work: Work) -> None:
    """A process begins."""
    loop = asyncio.new_event_loop()
    database = loop.run_until_complete(databases.connect(dsn, connections_max=1))
    _here.append((loop, Desk(work, database)))
    collector.rest()


def compare_here(members: Sequence[UUID]) -> Tally:
    loop, desk = _here[0]
    return loop.run_until_complete(desk.compare(members))


async def counted(
    database: Database, work: Work, sample: Sample | None, extent: Extent, processes: int, progress: Progress | None
) -> Tally:
    """Compare all members, or the sample, and add up."""
    tally, done, expected = Tally(), 0, expect(sample, extent)
    waiting: set[asyncio.Task[tuple[int, Tally]]] = set()

    async def take() -> None:
        nonlocal done, waiting
        finished, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for each in finished:
            members, part = each.result()
            tally.merge(part)
            done += members
            if progress:
                progress(done, max(done, expected))

    hands = Hands(database, work, processes)
    try:
        async for batch in batches(database, sample):
            waiting.add(asyncio.create_task(hands.compare(batch)))
            while len(waiting) >= hands.wanted:
                await take()
        while waiting:
            await take()
    finally:
        hands.leave()
    return tally


async def batches(database: Database, sample: Sample | None) -> AsyncIterator[list[UUID]]:
    """The members to compare, as many at a time as have some two thousand facts between them."""
    batch, facts = list[UUID](), 0
    async for each in chosen(database, sample):
        batch.append(each.member_id)
        facts += each.facts
        if facts >= FACTS_A_BATCH:
            yield batch
            batch, facts = [], 0
    if batch:
        yield batch


async def chosen(database: Database, sample: Sample | None) -> AsyncIterator[Length]:
    if sample and sample.count:
        lowest: list[Length] = []
        async for page in pages(database):
            lowest = nsmallest(sample.count, [*lowest, *page], key=lambda each: ticket(each.member_id))
        for each in lowest:
            yield each
        return
    below = 2**64 * sample.percent / 100 if sample else None
    async for page in pages(database):
        for each in page:
            if below is None or ticket(each.member_id) < below:
                yield each


async def pages(database: Database) -> AsyncIterator[list[Length]]:
    last = NOBODY
    while True:
        async with database.reading() as db:
            page = await journal.lengths(db, last)
        if not page:
            return
        yield page
        last = page[-1].member_id


def ticket(member_id: UUID) -> int:
    """A number below 2^64 that is the member's for good: the lowest are the sample, and a larger one holds a smaller."""
    return int.from_bytes(hashlib.sha256(member_id.bytes).digest()[:8])


def expect(sample: Sample | None, extent: Extent) -> int:
    """How many members there will be, or about so many."""
    if sample is None:
        return extent.members
    return min(sample.count, extent.members) if sample.count else round(extent.members * sample.percent / 100)
