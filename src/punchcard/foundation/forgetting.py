"""What waits for somebody who left is waited for no more."""

from collections.abc import Sequence
from uuid import UUID

from .database import Connection, execute


async def withdraw(db: Connection, keys: Sequence[UUID], reactions: Sequence[str]) -> None:
    """Let these reactions follow no more for these keys of the outbox, nor lie aside for an operator."""
    await execute(
        db, "delete from outbox where member_id = any($1::uuid[]) and reaction = any($2::text[])", keys, reactions
    )
    await execute(
        db, "delete from outbox_dead where member_id = any($1::uuid[]) and reaction = any($2::text[])", keys, reactions
    )
