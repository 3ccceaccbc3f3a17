"""How far the daily walk of reminders has come."""

from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, maybe


class Walk(Struct, frozen=True):
    """Members up to `through` were seen today."""

    through: UUID | None


async def walk(db: Connection, at: Instant) -> Walk | None:
    """Today's walk, this transaction's alone; it begins anew each day by UTC. None when it rests."""
    return await maybe(
        db,
        Walk,
        """
        insert into reminder_walk (day) values (($1::timestamptz at time zone 'UTC')::date)
            on conflict (id) do update
           set day = excluded.day, rests = false,
               through = case when reminder_walk.day = excluded.day then reminder_walk.through end
         where reminder_walk.day < excluded.day or not reminder_walk.rests
        returning through
        """,
        at,
    )


async def walked(db: Connection, through: UUID | None, rests: bool) -> None:
    """Everybody up to this member was seen; `rests` when that is everybody."""
    await execute(db, "update reminder_walk set through = $1, rests = $2", through, rests)
