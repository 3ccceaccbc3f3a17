"""What is known of the cards at Google without asking, and what looking there said."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, one, value
from punchcard.foundation.outbox import Task


class Waits(Struct, frozen=True):
    """How many cards that somebody holds are not as they should be at Google, and since how many seconds the oldest."""

    cards: int
    oldest_seconds: float


async def waits(db: Connection, reaction: str) -> Waits:
    return await one(
        db,
        Waits,
        """
        select count(*) as cards,
               coalesce(extract(epoch from clock_timestamp() - min(outbox.created_at)), 0)::float8 as oldest_seconds
          from outbox join google_object using (member_id) where reaction = $1 and held
        """,
        reaction,
    )


async def ages(db: Connection, tasks: Sequence[Task]) -> dict[UUID, float]:
    """Since how many seconds something must follow for each of these members: from the first change that still waits."""
    rows = await db.fetch(
        """
        select member_id, extract(epoch from clock_timestamp() - created_at)::float8 as seconds
          from outbox where member_id = any($1::uuid[]) and reaction = $2 and key = ''
        """,
        [task.member_id for task in tasks],
        tasks[0].reaction,
    )
    return {row["member_id"]: row["seconds"] for row in rows}


async def is_looking(db: Connection) -> bool:
    """Some cards wait to be looked at."""
    return bool(await value(db, "select exists (select from outbox where reaction = 'passes.google_look')"))


async def unseen(db: Connection, linked_before: Instant, limit: int) -> list[UUID]:
    """Whose link was given out before that, and not looked at since: they may hold the card."""
    rows = await db.fetch(
        """
        select member_id from google_object
         where linked_at > looked_at and linked_at < $1 order by linked_at limit $2
        """,
        linked_before,
        limit,
    )
    return [row["member_id"] for row in rows]


async def longest_unseen(db: Connection, looked_before: Instant, sent_before: Instant, limit: int) -> list[UUID]:
    """Whose card was not looked at for the longest."""
    rows = await db.fetch(
        """
        select member_id from google_object
         where looked_at < $1 and sent_at < $2 order by looked_at limit $3
        """,
        looked_before,
        sent_before,
        limit,
    )
    return [row["member_id"] for row in rows]


class Known(Struct, frozen=True):
    """A card at Google as we think that it is."""

    member_id: UUID
    object_id: str
    sent: dict[str, Any]
    sent_version: int
    held: bool
    told_until: Instant
    in_doubt: bool


async def known(db: Connection, members: Sequence[UUID]) -> list[Known]:
    return await many(
        db,
        Known,
        """
        select member_id, object_id, sent, sent_version, held,
               greatest(told_until, 'epoch'::timestamptz) as told_until, in_doubt
          from google_object where member_id = any($1::uuid[])
        """,
        members,
    )


async def looked(db: Connection, before: Known, is_held: bool, is_lost: bool, at: Instant) -> bool:
    """What was seen there; `is_lost`: our words are not. False when something came between, which knows better."""
    rows = await execute(
        db,
        """
        update google_object
           set held = $5, looked_at = $7, sent = case when $6 then '{}' else sent end,
               sent_version = sent_version + case when $6 then 1 else 0 end
         where member_id = $1 and object_id = $2 and sent_version = $3
           and greatest(told_until, 'epoch'::timestamptz) = $4
        """,
        before.member_id,
        before.object_id,
        before.sent_version,
        before.told_until,
        is_held,
        is_lost,
        at,
    )
    return rows == 1
