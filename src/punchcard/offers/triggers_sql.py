"""Which offers wait for somebody to enter or leave a segment."""

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, many

from .model import Offer


async def waiting_for(db: Connection, on: str, segment: str, at: Instant) -> list[Offer]:
    """Open offers that this sets off."""
    return await many(
        db,
        Offer,
        """
        select offer.* from offer join offer_round on offer_id = id
         where trigger ->> 'on' = $1 and trigger ->> 'segment' = $2 and since <= $3
           and least(until, stopped_at) > $3 and paused_at is null
         order by id
        """,
        on,
        segment,
        at,
    )
