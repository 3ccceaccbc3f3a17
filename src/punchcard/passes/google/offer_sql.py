"""Which offers stand at Google."""

from collections.abc import Sequence

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, value


async def states(db: Connection, offer_ids: Sequence[str]) -> dict[str, str]:
    """How each of them stands there; without those that were never made."""
    rows = await db.fetch("select offer_id, state from google_offer where offer_id = any($1::text[])", offer_ids)
    return {row["offer_id"]: row["state"] for row in rows}


async def made(db: Connection, offer_id: str, state: str, at: Instant) -> str:
    """It stands there, or was refused. Answers how it stands: who came second changes nothing."""
    known: str = await value(
        db,
        """
        insert into google_offer (offer_id, state, written_at) values ($1, $2, $3)
            on conflict (offer_id) do update set state = google_offer.state
        returning state
        """,
        offer_id,
        state,
        at,
    )
    return known


async def expired(db: Connection, offer_id: str) -> None:
    """Google has heard that it is over."""
    await execute(db, "update google_offer set state = 'expired' where offer_id = $1", offer_id)


async def lost(db: Connection, offer_ids: Sequence[str]) -> None:
    """Google does not have them after all."""
    await execute(db, "delete from google_offer where offer_id = any($1::text[])", offer_ids)
