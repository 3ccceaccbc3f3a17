"""Batches and their items in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value

from .model import Batch, Kept, Outcome, Settled, State


async def hold_key(db: Connection, till_id: str, key: UUID) -> bool:
    """Nobody else brings this batch until the transaction ends; False while somebody does."""
    return bool(await value(db, "select pg_try_advisory_xact_lock(hashtextextended($1, 23))", f"{till_id} {key}"))


async def insert_batch(db: Connection, batch: Batch, key: UUID) -> None:
    """Keep a batch."""
    await execute(
        db,
        """
        insert into offline_batch (batch_id, till_id, key, asked, language, brought_at, total)
        values ($1, $2, $3, $4, $5, $6, $7)
        """,
        batch.batch_id,
        batch.till_id,
        key,
        batch.asked,
        batch.language,
        batch.brought_at,
        batch.total,
    )


async def insert_items(
    db: Connection,
    batch_id: UUID,
    ranks: Sequence[int],
    ats: Sequence[Instant],
    fact_ids: Sequence[UUID],
    kinds: Sequence[str],
    bodies: Sequence[bytes],
) -> None:
    """Keep its items, numbered from 1 as the till put them."""
    await execute(
        db,
        """
        insert into offline_item (batch_id, number, rank, at, fact_id, kind, body)
        select $1, number, rank, at, fact_id, kind, body
          from unnest($2::smallint[], $3::timestamptz[], $4::uuid[], $5::text[], $6::bytea[])
               with ordinality as item(rank, at, fact_id, kind, body, number)
        """,
        batch_id,
        ranks,
        ats,
        fact_ids,
        kinds,
        bodies,
    )


async def batch(db: Connection, batch_id: UUID) -> Batch | None:
    """The batch with this id."""
    return await maybe(
        db,
        Batch,
        """
        select batch_id, till_id, asked, language, brought_at, total, state, alarm from offline_batch where batch_id = $1
        """,
        batch_id,
    )


async def batch_by_key(db: Connection, till_id: str, key: UUID) -> Batch | None:
    """What this till brought under this key."""
    return await maybe(
        db,
        Batch,
        """
        select batch_id, till_id, asked, language, brought_at, total, state, alarm
          from offline_batch where till_id = $1 and key = $2
        """,
        till_id,
        key,
    )


async def batches(db: Connection, state: State | None, alarm: bool | None, before: Instant, limit: int) -> list[Batch]:
    """Batches in this state (None: any), the newest first."""
    return await many(
        db,
        Batch,
        """
        select batch_id, till_id, asked, language, brought_at, total, state, alarm from offline_batch
         where ($1::text is null or state = $1) and ($2::bool is null or alarm = $2) and brought_at < $3
         order by brought_at desc, batch_id desc limit $4
        """,
        state,
        alarm,
        before,
        limit,
    )


async def open_items(db: Connection, batch_id: UUID, outcome: Outcome, limit: int) -> list[Kept]:
    """What is to be worked on next: sales before what brings goods back, as they happened."""
    return await many(
        db,
        Kept,
        """
        select number, kind, body from offline_item
         where batch_id = $1 and outcome = $2 and outcome in ('waiting', 'parked') order by rank, at, number limit $3
        """,
        batch_id,
        outcome,
        limit,
    )


async def settle(db: Connection, batch_id: UUID, settled: Sequence[Settled]) -> None:
    """Write down what became of items; of those that need no more work the body is dropped."""
    await execute(
        db,
        """
        update offline_item as item
           set outcome = now.outcome, answer = now.answer,
               body = case when now.outcome in ('waiting', 'parked') then body else '' end
          from unnest($2::int[], $3::text[], $4::bytea[]) as now(number, outcome, answer)
         where batch_id = $1 and item.number = now.number and item.outcome in ('waiting', 'parked')
        """,
        batch_id,
        [each.number for each in settled],
        [each.outcome for each in settled],
        [each.answer for each in settled],
    )


async def set_state(db: Connection, batch_id: UUID, state: State, alarm: bool) -> None:
    """Say what is left to do, and whether something was given up; an alarm stays."""
    await execute(
        db,
        "update offline_batch set state = $2, alarm = alarm or $3 where batch_id = $1",
        batch_id,
        state,
        alarm,
    )


async def outcomes(db: Connection, batch_id: UUID) -> dict[str, int]:
    """How many items came to what."""
    rows = await db.fetch(
        "select outcome, count(*) as items from offline_item where batch_id = $1 group by 1 order by 1", batch_id
    )
    return {row["outcome"]: row["items"] for row in rows}


async def page(db: Connection, batch_id: UUID, after: int, limit: int) -> list[dict[str, Any]]:
    """Items in the order in which the till put them, from a number on."""
    rows = await db.fetch(
        """
        select number, fact_id as id, kind, outcome, answer from offline_item
         where batch_id = $1 and number > $2 order by number limit $3
        """,
        batch_id,
        after,
        limit,
    )
    return [dict(row) for row in rows]


async def forget(db: Connection, before: Instant) -> int:
    """Throw away batches that were finished and are older, unless somebody should look at them."""
    return await execute(
        db, "delete from offline_batch where state = 'finished' and not alarm and brought_at < $1", before
    )
