"""When a phone had a message, and when it was tapped; the first instant stays."""

from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, maybe, value


class Opened(Struct, frozen=True):
    """A message that was tapped: what it told of, and whether that was news to us."""

    kind: str
    subject: str
    is_first: bool


async def received(db: Connection, member_id: UUID, message_id: str, at: Instant) -> Instant | None:
    """Since when a phone has the message; None for one that was not sent to this member."""
    found: Instant | None = await value(
        db,
        """
        update message set received_at = coalesce(received_at, $3)
         where member_id = $1 and id = $2 and sent_at is not null returning received_at
        """,
        member_id,
        message_id,
        at,
    )
    return found


async def opened(db: Connection, member_id: UUID, message_id: str, at: Instant) -> Opened | None:
    """The same of a message that was tapped: then it had come."""
    return await maybe(
        db,
        Opened,
        """
        with before as (
            select id, opened_at from message where member_id = $1 and id = $2 and sent_at is not null for update)
        update message set opened_at = coalesce(message.opened_at, $3), received_at = coalesce(received_at, $3)
          from before where message.member_id = $1 and message.id = before.id
        returning kind, subject, before.opened_at is null as is_first
        """,
        member_id,
        message_id,
        at,
    )


async def is_notice(db: Connection, notice_id: str) -> bool:
    """Whether there is such a notice: it went to everybody, and who has it is not counted."""
    return bool(await value(db, "select exists (select from notice where id = $1)", notice_id))
