"""How it is kept which callbacks were heard, and who holds a card."""

from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, value


async def is_ours(db: Connection, member_id: UUID, object_id: str, class_id: str) -> bool:
    """The member's card at Google is this object, and the class is one that we wrote."""
    return bool(
        await value(
            db,
            """
            select exists (select from google_object where member_id = $1 and object_id = $2)
               and exists (select from google_class where id = $3)
            """,
            member_id,
            object_id,
            class_id,
        )
    )


async def is_first(db: Connection, nonce_hash: bytes, until: Instant) -> bool:
    """This callback was not heard before."""
    rows = await execute(
        db,
        "insert into google_callback (nonce_hash, until) values ($1, $2) on conflict do nothing",
        nonce_hash,
        until,
    )
    return rows == 1


async def told(db: Connection, member_id: UUID, is_held: bool, until: Instant) -> bool:
    """Somebody holds the card now, or nobody; False when a newer callback has said already how it is.

    A card that was deleted is looked at soon: it may still be on another phone."""
    rows = await execute(
        db,
        """
        update google_object
           set held = $2, told_until = $3, looked_at = case when $2 then looked_at else '-infinity' end
         where member_id = $1 and told_until <= $3
        """,
        member_id,
        is_held,
        until,
    )
    return rows == 1


async def forget(db: Connection, at: Instant) -> int:
    """Forget the callbacks whose messages have expired: they would be refused for that."""
    return await execute(db, "delete from google_callback where until < $1", at)
