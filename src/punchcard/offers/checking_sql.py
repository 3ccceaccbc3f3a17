"""What a draft is compared with."""

from punchcard.foundation.database import Connection, many

from .model import Offer


async def at_the_same_time(db: Connection, offer: Offer) -> list[Offer]:
    """Other offers of the partner that hold at some moment of this one's window."""
    return await many(
        db,
        Offer,
        """
        select offer.* from offer join offer_round on offer_id = id
         where partner_id = $2 and id <> $1 and since < $4 and least(until, stopped_at) > $3 order by id limit 50
        """,
        offer.id,
        offer.partner_id,
        offer.since,
        offer.until,
    )
