"""Flash offers, and when they were fired."""

from uuid import UUID

import msgspec

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value

from .flash_model import Firing, Kept


async def hold(db: Connection, flash_id: str) -> Kept | None:
    """The flash offer of this id, held until the transaction ends."""
    return await maybe(db, Kept, "select * from offer_flash where id = $1 for update", flash_id)


async def flash(db: Connection, flash_id: str) -> Kept | None:
    """The flash offer of this id."""
    return await maybe(db, Kept, "select * from offer_flash where id = $1", flash_id)


async def flashes(db: Connection) -> list[Kept]:
    """Every flash offer."""
    return await many(db, Kept, "select * from offer_flash order by id limit 500")


async def save(db: Connection, flash_id: str, body: msgspec.Raw, author: UUID, at: Instant) -> None:
    """Keep it; what is another than before is a new version, which nobody approved."""
    await execute(
        db,
        """
        insert into offer_flash as known (id, version, body, author, saved_at) values ($1, 1, $2, $3, $4)
            on conflict (id) do update
           set version = known.version + 1, body = excluded.body, author = excluded.author, saved_at = excluded.saved_at,
               approver = null, approved_at = null
         where known.body <> excluded.body
        """,
        flash_id,
        body,
        author,
        at,
    )


async def approve(db: Connection, flash_id: str, approver: UUID, at: Instant) -> None:
    """A second operator lets this version be fired."""
    await execute(db, "update offer_flash set approver = $2, approved_at = $3 where id = $1", flash_id, approver, at)


async def fired(db: Connection, flash_id: str, key: UUID, event: str | None) -> Firing | None:
    """What this key, or this event, fired before."""
    return await maybe(
        db,
        Firing,
        "select * from offer_firing where flash_id = $1 and (key = $2 or event = $3) order by place limit 1",
        flash_id,
        key,
        event,
    )


async def fired_since(db: Connection, flash_id: str, since: Instant) -> int:
    """How often it was fired since then."""
    return int(
        await value(db, "select count(*) from offer_firing where flash_id = $1 and fired_at > $2", flash_id, since)
    )


async def last_place(db: Connection, flash_id: str) -> int:
    """How often it was ever fired."""
    return int(await value(db, "select coalesce(max(place), 0) from offer_firing where flash_id = $1", flash_id))


async def keep(db: Connection, firing: Firing) -> None:
    """Write down that it was fired."""
    await execute(
        db,
        """
        insert into offer_firing (flash_id, key, place, offer_id, event, body, fired_by, fired_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        firing.flash_id,
        firing.key,
        firing.place,
        firing.offer_id,
        firing.event,
        firing.body,
        firing.fired_by,
        firing.fired_at,
    )
