"""Take in what a till did without a network, and say what became of it."""

import hashlib
from uuid import UUID, uuid5

from msgspec import json

from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound, OtherBody, Problem, Running
from punchcard.foundation.outbox import Due
from punchcard.partners import Till

from . import sql
from .model import KINDS, Accepted, Batch, BatchLine, Brought, Progress, Result, SaleItem, State

WORK = Due("offline.work")
NAMES = UUID("0b6c2c9e-5a3b-5d0e-9b47-6d1f3f0c7a11")
"""Under which till and key give the batch's id."""
PAGE = 500
SHOWN_MOST = 100
KEPT_SECONDS = 90 * DAY
FINISHED = ("done", "replayed", "refused")


async def bring(
    db: Connection, till: Till, key: UUID, brought: Brought, language: str, at: Instant
) -> tuple[Accepted, bool]:
    """Keep what a till brings and let it be worked through; and whether the same was brought before.

    Another body under the same key is refused; so is the same while it is just being kept."""
    if not await sql.hold_key(db, till.id, key):
        raise Running(id=key)
    asked = hashlib.sha256(json.encode(brought)).digest()
    batch_id = uuid5(NAMES, f"{till.id} {key}")
    accepted = Accepted(batch_id, f"/till/batches/{batch_id}", len(brought.items))
    if known := await sql.batch_by_key(db, till.id, key):
        if known.asked != asked:
            raise OtherBody(id=key)
        return accepted, True
    items = brought.items
    batch = Batch(batch_id, till.id, asked, language, at, len(items), "waiting", alarm=False)
    await sql.insert_batch(db, batch, key)
    await sql.insert_items(
        db,
        batch_id,
        [int(not isinstance(each, SaleItem)) for each in items],
        [int(each.at.timestamp()) for each in items],
        [each.id for each in items],
        [KINDS[type(each)] for each in items],
        [json.encode(each) for each in items],
    )
    await outbox.put(db, batch_id, [WORK], at)
    return accepted, False


async def progress(db: Connection, till: Till, batch_id: UUID, after: int) -> Progress:
    """How far a batch of this till is, and a page of what became of its items."""
    batch = await sql.batch(db, batch_id)
    if batch is None or batch.till_id != till.id:
        raise NotFound(batch=str(batch_id))
    outcomes = await sql.outcomes(db, batch_id)
    results = [result_of(**row) for row in await sql.page(db, batch_id, after, PAGE)]
    last = results[-1].number if results else batch.total
    return Progress(
        id=batch_id,
        state=batch.state,
        total=batch.total,
        done=sum(outcomes.get(each, 0) for each in FINISHED),
        outcomes=outcomes,
        results=results,
        next=last if last < batch.total else None,
    )


def result_of(number: int, id: UUID, kind: str, outcome: str, answer: bytes) -> Result:
    if outcome in ("done", "replayed"):
        return Result(number=number, id=id, kind=kind, outcome=outcome, receipt=json.decode(answer))  # type: ignore[arg-type]  # the schema checks it
    problem = json.decode(answer, type=Problem) if answer else None
    return Result(number=number, id=id, kind=kind, outcome=outcome, problem=problem)  # type: ignore[arg-type]  # the schema checks it


async def shown(db: Connection, state: State | None, alarm: bool | None, before: Instant) -> list[BatchLine]:
    """Batches of every till, the newest first."""
    return [
        BatchLine(
            id=each.batch_id,
            till=each.till_id,
            brought_at=moment(each.brought_at),
            state=each.state,
            alarm=each.alarm,
            total=each.total,
            outcomes=await sql.outcomes(db, each.batch_id),
        )
        for each in await sql.batches(db, state, alarm, before, SHOWN_MOST)
    ]


async def forget(database: Database, at: Instant) -> int:
    """Throw away what was finished long ago; the facts and their receipts stay in the journals. Says how many."""
    async with database.transaction() as db:
        return await sql.forget(db, at - KEPT_SECONDS)
