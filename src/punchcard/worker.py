"""The worker: does what follows from news, and keeps the clock. Any number run; killed at any moment they lose nothing.

Each owns some of the 64 buckets of members by leases in the database. One round looks for due rows, hands each reaction
its own batch, and never waits for a slow one: while a reaction is busy its further rows stay where they are."""

import asyncio
import contextlib
import logging
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence

from punchcard import schedule
from punchcard.foundation import collector, metrics, news, outbox, settings
from punchcard.foundation.clock import Clock
from punchcard.foundation.database import Database
from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import Again, Dead, Done, Settled, Task
from punchcard.foundation.outside import World
from punchcard.reactions import HANDLERS, REACTIONS, world_of

log = logging.getLogger(__name__)

ROUND_SECONDS = 0.05
"""Between two looks, whatever the first found: what comes meanwhile is done together."""
BUSY_ROUND_SECONDS = 0.15
BUSY_ROUND_TASKS = 100
"""When so many came in a round, the next may wait for more: a round costs the same for one row and for hundreds."""
ROUND_TASKS_MAX = 400
LEASE_ROUND_SECONDS = 1.5
HANDLER_SECONDS_MAX = 60.0
TROUBLE_PAUSE_SECONDS = 1.0


class Worker:
    """One worker over what it stands on; whoever opened these closes them."""

    def __init__(self, database: Database, clock: Clock, world: World):
        self.id = new_id()
        self.database, self.clock, self.world = database, clock, world
        self.buckets: list[int] = []
        self.busy: dict[str, asyncio.Task[None]] = {}
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`; then finish what is in hand and give the buckets back."""
        rounds = [asyncio.create_task(each) for each in (self.keep_leases(), self.keep_time(), self.keep_working())]
        await self.stopping.wait()
        for each in rounds:
            await each
        await asyncio.gather(*self.busy.values())
        async with self.database.transaction() as db:
            await outbox.release(db, self.id)

    def stop(self) -> None:
        self.stopping.set()

    async def keep_leases(self) -> None:
        while not self.stopping.is_set():
            async with self.through_trouble("leases"), self.database.transaction() as db:
                alive = await outbox.seen(db, self.id)
                self.buckets = await outbox.lease(db, self.id, outbox.share_of(alive))
            await self.pause(LEASE_ROUND_SECONDS)

    async def keep_time(self) -> None:
        while not self.stopping.is_set():
            async with self.through_trouble("schedule"):
                await schedule.run_due(self.database, self.clock)
            await self.pause(schedule.ROUND_SECONDS)

    async def keep_working(self) -> None:
        while not self.stopping.is_set():
            found = 0
            async with self.through_trouble("round"):
                found = await self.round()
            if found < ROUND_TASKS_MAX:
                await self.pause(ROUND_SECONDS if found < BUSY_ROUND_TASKS else BUSY_ROUND_SECONDS)

    async def round(self) -> int:
        """Hand every reaction that is not busy its due rows. Says how many there were."""
        if not self.buckets:
            return 0
        async with self.database.reading() as db:
            tasks = await outbox.due(db, self.buckets, self.clock.now(), list(self.busy), ROUND_TASKS_MAX)
        batches: dict[str, list[Task]] = defaultdict(list)
        for task in tasks:
            batches[task.reaction].append(task)
        for reaction, batch in batches.items():
            self.busy[reaction] = asyncio.create_task(self.react(reaction, batch))
        if batches:
            await asyncio.sleep(0)
        return len(tasks)

    async def react(self, reaction: str, batch: Sequence[Task]) -> None:
        try:
            async with self.through_trouble(reaction):
                at = self.clock.now()
                await self.settle(await attempt(self.world, reaction, batch, at), at)
        finally:
            del self.busy[reaction]

    async def settle(self, settled: Sequence[Settled], at: int) -> None:
        """Write down what became of the tasks; where all is done, that is one statement."""
        if all(isinstance(each, Done) for each in settled):
            async with self.database.reading() as db:
                await outbox.finish(db, [each.task for each in settled])
        else:
            async with self.database.transaction() as db:
                await outbox.settle(db, settled, at)

    @contextlib.asynccontextmanager
    async def through_trouble(self, what: str) -> AsyncIterator[None]:
        """A database that is away for a moment must not end the worker: say so, wait, go on."""
        try:
            yield
        except Exception:
            log.exception("%s: trouble, trying again", what)
            await self.pause(TROUBLE_PAUSE_SECONDS)

    async def pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)


async def attempt(world: World, reaction: str, batch: Sequence[Task], at: int) -> list[Settled]:
    """Run the handler (what stands after a slash says about what); whatever it does not answer for is tried again."""
    handler = HANDLERS.get(reaction.partition("/")[0])
    if handler is None:
        return [Dead(task, f"nobody handles {reaction}") for task in batch]
    try:
        async with asyncio.timeout(HANDLER_SECONDS_MAX):
            settled = await handler(world, batch, at)
    except TimeoutError:
        return [Again(task, f"took over {HANDLER_SECONDS_MAX:.0f} seconds") for task in batch]
    except Exception as error:
        log.exception("%s failed for %d members", reaction, len(batch))
        if len(batch) > 1:
            return [each for task in batch for each in await attempt(world, reaction, [task], at)]
        return [Again(task, repr(error)) for task in batch]
    answered = {(each.task.member_id, each.task.key) for each in settled}
    forgotten = [Again(task, "not answered for") for task in batch if (task.member_id, task.key) not in answered]
    return [*settled, *forgotten]


async def work() -> None:
    """What `punchcard work` runs: one worker, until it is told to stop."""
    news.install(REACTIONS)
    config = settings.load()
    database = Database(str(config.database_url), connections_max=8)
    await database.open()
    world = world_of(config, database)
    worker = Worker(database, Clock(config.clock_file), world)
    collector.rest()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, worker.stop)
    try:
        async with metrics.flushing(database):
            await worker.run()
    finally:
        await world.close()
        await database.close()
