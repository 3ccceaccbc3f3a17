"""What each room forgets of a member who left."""

from uuid import UUID

from punchcard import authorisation, households, journal, members, passes, push, segments, staff
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection


async def forget(db: Connection, member_id: UUID, at: Instant) -> None:
    """Let every room forget the member; the same again forgets what came in between. The journal is held first, as a sale
    does, so that neither waits for the other in a circle."""
    await journal.redact(db, member_id, at)
    await members.erase(db, member_id, at)
    await push.forget_member(db, member_id)
    await passes.apple.retire(db, member_id, at)
    await passes.google.retire(db, member_id, at)
    await segments.forget(db, member_id)
    await authorisation.forget(db, member_id, at)
    await staff.forget_member(db, member_id)
    await households.forget(db, member_id)
