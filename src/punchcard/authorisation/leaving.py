"""What is over when a member leaves: they answer no till any more, and nothing of theirs is locked."""

from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute

from . import sql


async def forget(db: Connection, member_id: UUID, at: Instant) -> None:
    """The member left: whoever waits for their answer hears no, and what they locked is no lock any more."""
    await sql.hold(db, member_id)
    await decline_all(db, member_id, at)
    await sql.unlock(db, member_id)


async def decline_all(db: Connection, member_id: UUID, at: Instant) -> None:
    await execute(
        db,
        "update approval set approved = false, answered_at = $2 where member_id = $1 and answered_at is null",
        member_id,
        at,
    )
