"""Which of many members hold a card, and where."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.database import Connection, value


async def at_apple(db: Connection, members: Sequence[UUID]) -> list[UUID]:
    """Those among these members of whom a phone or watch holds a pass, in order."""
    found: list[UUID] = await value(
        db,
        """
        select coalesce(array_agg(member_id order by member_id), '{}') from unnest($1::uuid[]) as each (member_id)
         where exists (select from apple_registration where apple_registration.member_id = each.member_id)
        """,
        members,
    )
    return found


async def at_google(db: Connection, members: Sequence[UUID], everybody: bool) -> list[UUID]:
    """Those among these members whose card at Google is held, in order; `everybody`: we cannot know whose is."""
    found: list[UUID] = await value(
        db,
        """
        select coalesce(array_agg(member_id order by member_id), '{}') from unnest($1::uuid[]) as each (member_id)
         where exists (select from google_object where google_object.member_id = each.member_id and (held or $2))
        """,
        members,
        everybody,
    )
    return found
