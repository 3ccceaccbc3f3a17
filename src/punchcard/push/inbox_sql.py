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
          from message where member_id = $1 and (state in ('sent', 'inbox') or sent_at is not null)
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


async def versions(db: Connection, member_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """A number for each of these members that grows with every message that comes into the inbox or is read there."""
    rows = await db.fetch(
        """
        select member_id, count(*) + count(read_at) as version from message
         where member_id = any($1::uuid[]) and (state in ('sent', 'inbox') or sent_at is not null) group by member_id
        """,
        member_ids,
    )
    return {row["member_id"]: row["version"] for row in rows}
