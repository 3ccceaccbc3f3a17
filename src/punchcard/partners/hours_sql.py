"""The opening hours of shops in PostgreSQL."""

import msgspec

from punchcard.foundation.database import Connection, execute

from .hours import Hours


async def all_hours(db: Connection) -> dict[str, Hours]:
    """The hours of every shop that said them."""
    rows = await db.fetch("select shop_id, week, closed from shop_hours")
    return {row["shop_id"]: msgspec.convert({"week": row["week"], "closed": row["closed"]}, Hours) for row in rows}


async def keep_hours(db: Connection, shop_id: str, hours: Hours) -> None:
    """From now on it is open like this."""
    await execute(
        db,
        """
        insert into shop_hours (shop_id, week, closed) values ($1, $2, $3)
            on conflict (shop_id) do update set week = excluded.week, closed = excluded.closed
        """,
        shop_id,
        hours.week,
        hours.closed,
    )


async def forget_hours(db: Connection, shop_id: str) -> None:
    """It never said."""
    await execute(db, "delete from shop_hours where shop_id = $1", shop_id)
