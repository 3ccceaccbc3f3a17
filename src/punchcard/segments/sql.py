"""How many have a portrait."""

from punchcard.foundation.database import Connection, value


async def about_how_many(db: Connection) -> int:
    """The members who have a portrait, as many as the planner believes; none where nobody has looked yet."""
    return int(
        await value(db, "select greatest(reltuples, 0)::bigint from pg_class where oid = 'public.portrait'::regclass")
    )
