"""Work through what tills brought. An item is named by its own id, so whoever does it again, after a crash or beside
another worker, does nothing twice."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import TypeVar

import asyncpg
from msgspec import Struct, json

from punchcard import checkout, partners
from punchcard.checkout import Basket, BroughtBack, Counter, SaleUnknown, Voided
from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Busy, Problem, Refused, Running, TooMany
from punchcard.foundation.outbox import Done, NotBefore, Task
from punchcard.foundation.outbox import Settled as TaskSettled
from punchcard.foundation.outside import World
from punchcard.journal import Recorded

from . import sql
from .model import Batch, Item, Kept, ReturnItem, SaleItem, Settled, VoidItem

log = logging.getLogger(__name__)

AT_ONCE = 32
"""So many items at a time: they are written together where they are of different members."""
TURN_SECONDS = 15.0
"""Then others have their turn."""
BREATH_SECONDS = 1
"""How soon a batch comes again whose turn was over."""
AGAIN_SECONDS = MINUTE
"""How often what is parked is tried."""
PATIENCE_SECONDS = 72 * HOUR
"""How long a return waits for its sale."""
LATER = (SaleUnknown, Busy, TooMany)
AWAY = (ConnectionError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError)
BROKEN = Problem("urn:punchcard:broken", "Something broke on our side", 500, "Something broke on our side.")
ITEM: json.Decoder[Item] = json.Decoder(Item)
T = TypeVar("T", bound=Struct)


async def work(world: World, tasks: Sequence[Task], at: Instant) -> list[TaskSettled]:
    """Go on with these batches, each for its share of a turn; one that is not finished comes again."""
    return [await turn(world, task, at, TURN_SECONDS / len(tasks)) for task in tasks]


async def turn(world: World, task: Task, at: Instant, seconds: float) -> TaskSettled:
    """Work through what waits; when nothing does, look once at what is parked. A database that is away is no failure of
    the batch, however often."""
    try:
        async with world.database.reading() as db:
            batch = await sql.batch(db, task.member_id)
            till = await partners.till(db, batch.till_id) if batch else None
        if batch is None or till is None:
            return Done(task)
        late_seconds, claim_seconds = world.settings.late_days * DAY, world.settings.claim_days * DAY
        secrets = world.settings.secrets
        counter = Counter(world.database, till, at, late_seconds, secrets, claim_seconds, offline=True)
        ends = time.monotonic() + seconds
        while items := await waiting(counter.database, batch):
            settled = await together(counter, batch, items)
            await keep(counter.database, batch, settled)
            if time.monotonic() >= ends or all(each.outcome == "waiting" for each in settled):
                return NotBefore(task, at + BREATH_SECONDS)
        return await look_at_parked(counter, batch, task)
    except AWAY:
        log.exception("a till's batch waits for the database")
        return NotBefore(task, at + BREATH_SECONDS)


async def look_at_parked(counter: Counter, batch: Batch, task: Task) -> TaskSettled:
    """Look once at everything that is parked, and come back in a minute if some of it still is."""
    async with counter.database.reading() as db:
        left = await sql.open_items(db, batch.batch_id, "parked", batch.total)
    over, found = counter.at >= batch.brought_at + PATIENCE_SECONDS, []
    for start in range(0, len(left), AT_ONCE):
        settled = await together(counter, batch, left[start : start + AT_ONCE])
        found += settled
        await keep(counter.database, batch, [given_up(each) for each in settled] if over else settled)
    waits = any(each.outcome in ("waiting", "parked") for each in found)
    async with counter.database.transaction() as db:
        await sql.set_state(db, batch.batch_id, "parked" if waits and not over else "finished", alarm=waits and over)
    return NotBefore(task, counter.at + AGAIN_SECONDS) if waits and not over else Done(task)


def given_up(settled: Settled) -> Settled:
    """After three days nobody waits any longer."""
    return settled if settled.outcome in ("done", "replayed") else Settled(settled.number, "refused", settled.answer)


async def waiting(database: Database, batch: Batch) -> list[Kept]:
    async with database.reading() as db:
        return await sql.open_items(db, batch.batch_id, "waiting", AT_ONCE)


async def keep(database: Database, batch: Batch, settled: Sequence[Settled]) -> None:
    async with database.transaction() as db:
        await sql.settle(db, batch.batch_id, settled)


async def together(counter: Counter, batch: Batch, items: Sequence[Kept]) -> list[Settled]:
    """At once, but one after the other where they are about the same card or sale: as they happened."""
    lines: dict[object, list[tuple[int, Item]]] = {}
    for each in items:
        item = ITEM.decode(each.body)
        lines.setdefault(item.card if isinstance(item, SaleItem) else item.sale, []).append((each.number, item))
    done = await asyncio.gather(*(in_turn(counter, batch.language, line) for line in lines.values()))
    return [settled for line in done for settled in line]


async def in_turn(counter: Counter, language: str, line: Sequence[tuple[int, Item]]) -> list[Settled]:
    return [await settle(counter, language, number, item) for number, item in line]


async def settle(counter: Counter, language: str, number: int, item: Item) -> Settled:
    """Do what the till says has happened, and say what became of it. What only a bug could break waits like a return."""
    try:
        recorded = await told(counter, item)
    except (Running, *AWAY):
        return Settled(number, "waiting")
    except LATER as error:
        return Settled(number, "parked", json.encode(error.problem(language)))
    except Refused as error:
        return Settled(number, "refused", json.encode(error.problem(language)))
    except Exception:
        log.exception("an item of a till's batch broke")
        return Settled(number, "parked", json.encode(BROKEN))
    return Settled(number, "replayed" if recorded.repeated else "done", recorded.receipt)


async def told(counter: Counter, item: Item) -> Recorded:
    """The same operation, with the same body, as if the till had asked for it alone."""
    match item:
        case SaleItem():
            return await checkout.sell(counter, item.id, plain(item, Basket))
        case ReturnItem():
            return await checkout.take_back(counter, item.sale, item.id, plain(item, BroughtBack))
        case VoidItem():
            return await checkout.void(counter, item.sale, plain(item, Voided))


def plain(item: Item, kind: type[T]) -> T:
    """The body of the online request, so that a till that asked before is known again."""
    return kind(**{name: getattr(item, name) for name in kind.__struct_fields__})
