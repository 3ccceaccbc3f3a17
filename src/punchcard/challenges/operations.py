"""Where a member stands in the challenges that are open now."""

from uuid import UUID

from punchcard import journal, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection

from .model import Challenge, standing_in


async def progress(db: Connection, member_id: UUID, at: Instant) -> list[Challenge]:
    """The open challenges; what is nearest to its end comes first, what is completed last."""
    standing = await journal.standing(db, member_id, at)
    program = await rulebooks.program(db)
    found = [standing_in(challenge, standing, program, at) for challenge in program.challenges(at)]
    return sorted(found, key=lambda each: (each.completed, -each.done / each.target, each.id))
