"""What a member's card at Google says and what it waits for, for whoever is asked about it."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, maybe


class Line(Struct, frozen=True):
    """The card at Google, as Google last took it from us."""

    object_id: str
    class_id: str
    sent: dict[str, Any]
    """Empty when nobody knows what stands there: the next refresh sends everything."""
    sent_at: Instant
    held: bool
    """Somebody has it in a wallet, as far as we heard."""
    due_at: Instant | None
    """When the change that waits is tried; None when none waits."""
    error: str | None


async def support_line(db: Connection, member_id: UUID) -> Line | None:
    """The member's card at Google; None when it was never asked for."""
    return await maybe(
        db,
        Line,
        """
        select object_id, class_id, case when in_doubt then '{}' else sent end as sent, sent_at, held, due_at, error
          from google_object
          left join outbox on outbox.member_id = google_object.member_id and reaction = 'passes.google' and key = ''
         where google_object.member_id = $1
        """,
        member_id,
    )
