"""A member leaves: every room forgets what is its own, in one transaction under the member's lock (`forgetting`).

What must happen elsewhere follows by the outbox: phones and Google hear that the card is void. Points that are left are
given up right after, in the journal, where everybody can see it (`settling`)."""

import logging
from uuid import UUID

from punchcard import households
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database

from . import settling
from .forgetting import forget

log = logging.getLogger("punchcard.privacy")


async def leave(database: Database, member_id: UUID, at: Instant) -> None:
    """Leave the programme for good. Asking twice is no harm. A household is left first, as anybody leaves one, with the
    refusals of that."""
    await households.leave(database, member_id, at)
    async with database.transaction() as db:
        await forget(db, member_id, at)
    await settling.give_up(database, member_id, at)
    log.info("member %s left", member_id)
