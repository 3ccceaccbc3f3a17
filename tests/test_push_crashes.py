"""A worker that dies at any await, beside another one, while news changes under their hands: the house's own sending, over a
model of the outbox, in thousands of orders of events (detangle). Whatever the order, everybody ends with the newest news."""

import asyncio
import math
from collections import Counter
from uuid import UUID

import detangle
import pytest
from msgspec import json

from punchcard.foundation.circuit import Circuit
from punchcard.foundation.database import Database
from punchcard.foundation.outbox import Done, NotBefore, Settled, Task
from punchcard.foundation.outside import Answer, NotSetUp, Outcome, World
from punchcard.foundation.settings import Settings
from punchcard.push import delivery
from punchcard.push.flow import FLOWS, Flow
from punchcard.push.model import Delivery, Message, Phone
from tests.almond import NOW

MEMBERS, CRASHES, RUNS = 3, 3, 12
LEASE_SECONDS = 6.0
PHONES = {number: Phone("app", "fid", f"fid-{number}", "android", "en", "UTC", NOW) for number in range(MEMBERS)}


async def statement() -> None:
    """The way to the database."""
    await asyncio.sleep(detangle.uniform(0.0, 0.05))


class Outbox:
    """The rows by member, each with its version and what it tells; and whose turn it is. Each verb is one statement."""

    def __init__(self) -> None:
        self.rows = dict.fromkeys(range(MEMBERS), (1, "first"))
        self.newest = dict.fromkeys(range(MEMBERS), "first")
        self.owner, self.until = 0, 0.0

    async def lease(self, worker: int) -> bool:
        await statement()
        now = asyncio.get_running_loop().time()
        if self.owner == worker or self.until < now:
            self.owner, self.until = worker, now + LEASE_SECONDS
        return self.owner == worker

    async def due(self) -> dict[int, tuple[int, str]]:
        await statement()
        return dict(self.rows)

    async def change(self, number: int, news: str) -> None:
        await statement()
        version, _ = self.rows.get(number, (0, ""))
        self.rows[number], self.newest[number] = (version + 1, news), news

    async def finish(self, number: int, version: int) -> None:
        await statement()
        if self.rows.get(number, (0, ""))[0] == version:
            del self.rows[number]


class CheckThenAct(Outbox):
    """The mutant: whether the row changed is asked in one statement, and the row goes in the next."""

    async def finish(self, number: int, version: int) -> None:
        await statement()
        if self.rows.get(number, (0, ""))[0] == version:
            await statement()
            self.rows.pop(number, None)


class Phones:
    """Firebase, and what phones show: one message under each name."""

    def __init__(self) -> None:
        self.shown: dict[tuple[str, str], str] = {}
        self.accepted: Counter[tuple[str, str]] = Counter()
        self.away = detangle.flip()

    async def send(self, message: bytes) -> Answer:
        await asyncio.sleep(0.1)
        if self.away and detangle.flip():
            self.away = False
            return Answer(Outcome.LATER, 503, "UNAVAILABLE", 1)
        said = json.decode(message)["message"]
        where = said["fid"], said["android"]["notification"]["tag"]
        self.shown[where] = said["notification"]["title"]
        self.accepted[said["fid"], said["notification"]["title"]] += 1
        await asyncio.sleep(0.1)
        return Answer(Outcome.SENT, 200)

    async def close(self) -> None: ...


def world_of(phones: Phones) -> World:
    none = NotSetUp("the model")
    world = World(Database(""), Settings(), none, none, phones, none)
    clock = asyncio.get_running_loop().time
    flow = FLOWS[phones] = Flow(Circuit("FCM", 2, 100, now=clock), 1e6, now=clock)
    flow.look_after = math.inf
    return world


def given(number: int, version: int, news: str) -> Delivery:
    task = Task(UUID(int=number), "push.announce", "offer:x", version, 0, None)
    message = Message(id="offer:x", kind="offer", subject="x", title=news, body="b", decided_at=NOW, ends_at=NOW + 9999)
    return Delivery(task, message, (PHONES[number],), "en")


async def work(name: int, world: World, outbox: Outbox) -> None:
    """A worker's rounds: claim, send, conclude, finish."""
    while outbox.rows:
        if not await outbox.lease(name):
            await asyncio.sleep(1)
            continue
        batch = [given(number, *row) for number, row in (await outbox.due()).items()]
        answers = await delivery.send_all(world, batch, NOW)
        for each, its in zip(batch, answers, strict=True):
            settled, _ = delivery.concluded(each, its, NOW)
            await settle(outbox, settled)


async def settle(outbox: Outbox, settled: Settled) -> None:
    if isinstance(settled, Done):
        await outbox.finish(settled.task.member_id.int, settled.task.version)
    elif isinstance(settled, NotBefore):
        await asyncio.sleep(0.5)


async def life(outbox: Outbox) -> None:
    """Two workers, of which one dies now and then at some await and is begun anew; and news that comes meanwhile."""
    phones = Phones()
    world = world_of(phones)
    steady = asyncio.create_task(work(1, world, outbox))
    crashes = 0
    changes = asyncio.create_task(change(outbox))
    for _ in range(CRASHES):
        mortal = asyncio.create_task(work(2, world, outbox))
        await asyncio.sleep(detangle.uniform(0.0, 1.5))
        crashes += not mortal.done()
        mortal.cancel()
        await asyncio.gather(mortal, return_exceptions=True)
    await changes
    await asyncio.gather(steady, work(3, world, outbox))
    told = {number: phones.shown.get((f"fid-{number}", "offer:x")) for number in range(MEMBERS)}
    assert told == outbox.newest, "somebody does not have the newest news"
    assert {tag for _, tag in phones.shown} == {"offer:x"}
    repeats = sum(times - 1 for times in phones.accepted.values())
    assert repeats <= (crashes + 2) * MEMBERS, f"{repeats} repeats after {crashes} crashes"


async def change(outbox: Outbox) -> None:
    for number in range(4 * MEMBERS):
        await asyncio.sleep(detangle.uniform(0.0, 0.2))
        await outbox.change(number % MEMBERS, f"newer-{number}")


def test_in_no_order_of_events_does_anybody_miss_the_newest_news() -> None:
    stats = detangle.explore(lambda: life(Outbox()), runs=RUNS, seed=5, database=False)

    assert stats is not None


def test_the_model_notices_who_checks_first_and_acts_then() -> None:
    with pytest.raises(detangle.BugFound):
        detangle.explore(lambda: life(CheckThenAct()), runs=RUNS, seed=5, database=False, shrink=False)
