"""A member's claims, as the journal has them."""

from uuid import UUID

from punchcard.foundation.database import Connection, many, maybe

from .model import Kept


async def claims(db: Connection, member_id: UUID, limit: int) -> list[Kept]:
    """What the member claimed, the newest first, and what became of it by later facts."""
    return await many(
        db,
        Kept,
        """
        with used as (
            select claim, max(at) as used_at
              from fact, jsonb_array_elements_text(body -> 'vouchers') as claim
             where member_id = $1 and body ->> 'type' = 'Sale' and body ? 'vouchers'
             group by claim),
        handed_back as (
            select body ->> 'deal' as claim from fact where member_id = $1 and body ->> 'type' = 'Unspend')
        select id, body ->> 'reward' as reward, (body ->> 'points')::bigint as points, at as claimed_at,
               coalesce((body ->> 'until')::bigint, 0) as until, used_at,
               exists (select from handed_back where handed_back.claim = id) as handed_back
          from fact left join used on used.claim = id
         where member_id = $1 and body ->> 'type' = 'Spend'
         order by at desc, id limit $2
        """,
        member_id,
        limit,
    )


async def claim(db: Connection, member_id: UUID, id: str) -> Kept | None:
    """One claim of the member's, and what became of it by later facts."""
    return await maybe(
        db,
        Kept,
        """
        select id, body ->> 'reward' as reward, (body ->> 'points')::bigint as points, at as claimed_at,
               coalesce((body ->> 'until')::bigint, 0) as until,
               (select max(at) from fact as sale
                 where sale.member_id = $1 and sale.body ->> 'type' = 'Sale' and sale.body -> 'vouchers' ? $2) as used_at,
               exists (select from fact as back
                 where back.member_id = $1 and back.body ->> 'type' = 'Unspend' and back.body ->> 'deal' = $2) as handed_back
          from fact where member_id = $1 and id = $2 and body ->> 'type' = 'Spend'
        """,
        member_id,
        id,
    )
