"""What of a member's messages stands in the inbox, and what of it was read. What was dropped, or still waits, does not."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many

from .model import Message


async def shown(db: Connection, member_id: UUID, limit: int) -> list[Message]:
    """The newest messages of the inbox, the newest first."""
    return await many(
        db,
        Message,
        """
        select id, kind, subject, title, body, decided_at, state, reason, until, ends_at, sent_at, channel, received_at,
               opened_at, read_at, waiting
          from message
         where member_id = $1 and (state in ('sent', 'inbox') or sent_at is not null) and kind <> 'notice'
         order by coalesce(sent_at, decided_at) desc, id limit $2
        """,
        member_id,
        limit,
    )


async def read(db: Connection, member_id: UUID, message_ids: Sequence[str], at: Instant) -> int:
    """The member read these; the first time counts. Says how many were unread."""
    return await execute(
        db,
        "update message set read_at = $3 where member_id = $1 and id = any($2::text[]) and read_at is null",
        member_id,
        message_ids,
        at,
    )


async def read_notices(db: Connection, member_id: UUID, message_ids: Sequence[str], at: Instant) -> None:
    """The member read those of these that everybody is told: a mark of their own each, the first stays."""
    await execute(
        db,
        """
        insert into message (member_id, id, kind, subject, title, body, decided_at, state, reason, ends_at, read_at)
        select $1, 'notice:' || id, 'notice', id, '', '', since, 'inbox', 'channel', until, $3 from notice
         where 'notice:' || id = any($2::text[]) and since <= $3
            on conflict (member_id, id) do nothing
        """,
        member_id,
        message_ids,
        at,
    )


async def notices_read(db: Connection, member_id: UUID, message_ids: Sequence[str]) -> Mapping[str, Instant]:
    """When the member read those of these that they did."""
    rows = await db.fetch(
        """
        select id, read_at from message
         where member_id = $1 and id = any($2::text[]) and kind = 'notice' and read_at is not null
        """,
        member_id,
        message_ids,
    )
    return {row["id"]: row["read_at"] for row in rows}


async def versions(db: Connection, member_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """A number for each of these members that grows with every message that comes into the inbox or is read there,
    and with every notice that went out."""
    rows = await db.fetch(
        """
        with told as (select count(*) as times from notice where sent <> '{}'),
        mine as (
            select member_id, count(*) + count(read_at) as times from message
             where member_id = any($1::uuid[]) and (state in ('sent', 'inbox') or sent_at is not null)
             group by member_id)
        select listener.member_id, told.times + coalesce(mine.times, 0) as version
          from unnest($1::uuid[]) as listener (member_id) cross join told
          left join mine on mine.member_id = listener.member_id
        """,
        member_ids,
    )
    return {row["member_id"]: row["version"] for row in rows}
