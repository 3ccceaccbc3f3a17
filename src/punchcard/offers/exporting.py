"""Every offer that a member was ever given, for their copy of what is kept about them."""

from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, many
from punchcard.foundation.locale import Text

EXPORTED_MOST = 10_000


class Seen(Struct, frozen=True):
    """An offer in a member's hands: since when, whether they took and how often they used it. Whoever was held out was
    neither told nor given anything, so that the others can be compared."""

    offer: str
    name: Text
    held_out: bool
    given_at: Instant
    until: Instant
    taken_at: Instant | None
    used: int


async def seen(db: Connection, member_id: UUID) -> list[Seen]:
    """What this member was given, the newest first; of very many the newest ten thousand."""
    return await many(
        db,
        Seen,
        """
        select exposure.offer_id as offer, name, held_out, opened_at as given_at,
               least(offer.until, exposure.until) as until, activated_at as taken_at,
               (select count(*) from offer_use
                 where offer_use.member_id = exposure.member_id and offer_use.offer_id = exposure.offer_id) as used
          from exposure join offer on offer.id = exposure.offer_id
         where exposure.member_id = $1 order by opened_at desc, exposure.offer_id limit $2
        """,
        member_id,
        EXPORTED_MOST,
    )
