"""Who may serve whom."""

from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.partners import Till


async def may_serve(database: Database, till: Till, cashier: str, member_id: UUID, at: Instant) -> None:
    """Refuse a cashier whom the partner's list does not know, and one whose own card this is. Asked for every sale: what
    the list says is remembered for a second."""
