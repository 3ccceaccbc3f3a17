"""Where a member was last, who lets it be known: kept for a day, roughly, and not a moment longer than they agree to it."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from punchcard.foundation import news, outbox
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection, Database, execute
from punchcard.foundation.errors import Refused

from . import operations, sql

KEPT_SECONDS = DAY
FORGOTTEN_AT_ONCE = 1000
DEGREE = 10_000
"""Places are kept in 1e-4 degrees: eleven metres, less towards the poles."""


class LastPlace(Struct, frozen=True):
    """Where a member was last, in degrees, and when."""

    latitude: float
    longitude: float
    at: Instant


class PlaceChanged(Struct, frozen=True):
    """A member is elsewhere, or where they are was forgotten."""


class LocationNotAllowed(Refused):
    """The member did not agree that their location be used."""

    words = "members"


async def be_at(db: Connection, member_id: UUID, latitude: float, longitude: float, at: Instant) -> None:
    """Remember that the member is here (in degrees); refuses without their consent."""
    await sql.hold(db, member_id)
    if not (await operations.member(db, member_id)).consents.get("location"):
        raise LocationNotAllowed
    await keep(db, member_id, round(latitude * DEGREE), round(longitude * DEGREE), at)
    await news.tell(db, member_id, [PlaceChanged()], at)


async def forget(db: Connection, member_id: UUID, at: Instant) -> None:
    """Forget where the member was, if anything is known of it."""
    if await sql.drop_place(db, member_id):
        await news.tell(db, member_id, [PlaceChanged()], at)


async def forget_old(database: Database, at: Instant) -> int:
    """Forget where members were a day ago; says of how many. The clock calls it, so it opens its own transactions."""
    done = 0
    while True:
        async with database.transaction() as db:
            gone = await drop_before(db, at - KEPT_SECONDS, FORGOTTEN_AT_ONCE)
            dues = news.follows([PlaceChanged()])
            await outbox.put_many(db, [(member_id, due) for member_id in sorted(gone) for due in dues], at)
        done += len(gone)
        if len(gone) < FORGOTTEN_AT_ONCE:
            return done


async def last_places(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, LastPlace]:
    """Where those of these members were last who let that be known."""
    rows = await db.fetch("select member_id, lat, lon, at from place where member_id = any($1::uuid[])", member_ids)
    return {row["member_id"]: LastPlace(row["lat"] / DEGREE, row["lon"] / DEGREE, row["at"]) for row in rows}


async def keep(db: Connection, member_id: UUID, lat: int, lon: int, at: Instant) -> None:
    await execute(
        db,
        """
        insert into place (member_id, at, lat, lon) values ($1, $2, $3, $4)
            on conflict (member_id) do update set at = excluded.at, lat = excluded.lat, lon = excluded.lon
        """,
        member_id,
        at,
        lat,
        lon,
    )


async def drop_before(db: Connection, at: Instant, limit: int) -> Sequence[UUID]:
    rows = await db.fetch(
        """
        delete from place where member_id in
               (select member_id from place where at < $1 order by at limit $2 for update skip locked)
        returning member_id
        """,
        at,
        limit,
    )
    return [row["member_id"] for row in rows]
