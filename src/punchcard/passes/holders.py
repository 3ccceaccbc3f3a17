"""Whom an operator means: by what stands on a card, also one that was replaced, or by the member's id."""

from uuid import UUID

from msgspec import Struct

from punchcard import members
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound


class Meant(Struct, frozen=True):
    """The member, and whether the card that was named still counts."""

    member_id: UUID
    by_id: bool
    counts: bool


async def meant(db: Connection, who: str) -> Meant:
    """NotFound where nobody has this id or ever had this card, CardMistyped for a slip."""
    try:
        member_id = UUID(who)
    except ValueError:
        holder = await members.holder_of_code(db, members.scanned(who))
        if holder is None:
            raise NotFound from None
        return Meant(holder.member_id, False, holder.counts)
    return Meant((await members.member(db, member_id)).id, True, True)
