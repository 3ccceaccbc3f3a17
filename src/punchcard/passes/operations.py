"""Reads everything that a member's card shows, in one place for both wallets."""

from uuid import UUID

from punchcard import challenges, journal, members, offers
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection

from .model import Face


async def face(db: Connection, member_id: UUID, at: Instant) -> Face:
    """What the member's card shows at this instant. Six small reads by the member's own key; nothing is written."""
    raise AssertionError
