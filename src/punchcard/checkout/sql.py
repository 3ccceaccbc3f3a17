"""How baskets without a card are kept, until somebody claims them."""

from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, maybe


class GuestBasket(Struct, frozen=True):
    """A basket without a card. `asked` is the SHA-256 of what the till asked, `body` its basket as JSON."""

    id: UUID
    partner_id: str
    shop_id: str
    till_id: str
    day: str
    number: str
    total: int
    cashier: str
    at: Instant
    body: bytes
    asked: bytes
    answer: bytes
    claim_id: UUID | None = None
    claimed_by: UUID | None = None
    claimed_at: Instant | None = None
    void_asked: bytes | None = None
    void_answer: bytes | None = None
    voided_at: Instant | None = None


async def keep(db: Connection, basket: GuestBasket) -> bool:
    """Keep it; False where one of this id is kept already."""
    return bool(
        await execute(
            db,
            """
            insert into guest_basket (id, partner_id, shop_id, till_id, day, number, total, cashier, at, body, asked, answer)
            values ($1, $2, $3, $4, $5::text::date, $6, $7, $8, $9, $10, $11, $12)
                on conflict (id) do nothing
            """,
            basket.id,
            basket.partner_id,
            basket.shop_id,
            basket.till_id,
            basket.day,
            basket.number,
            basket.total,
            basket.cashier,
            basket.at,
            basket.body,
            basket.asked,
            basket.answer,
        )
    )


async def basket(db: Connection, id: UUID) -> GuestBasket | None:
    """The basket of this id, held until the transaction ends."""
    return await maybe(
        db,
        GuestBasket,
        """
        select id, partner_id, shop_id, till_id, day::text as day, number, total, cashier, at, body, asked, answer,
               claim_id, claimed_by, claimed_at, void_asked, void_answer, voided_at
          from guest_basket where id = $1 for update
        """,
        id,
    )


async def printed(
    db: Connection, shop_id: str, day: str, number: str, total: int, since: Instant, member_id: UUID
) -> GuestBasket | None:
    """The basket with this on its receipt that this member has claimed, or may claim: none since then, none void."""
    return await maybe(
        db,
        GuestBasket,
        """
        select id, partner_id, shop_id, till_id, day::text as day, number, total, cashier, at, body, asked, answer,
               claim_id, claimed_by, claimed_at, void_asked, void_answer, voided_at
          from guest_basket
         where shop_id = $1 and day::text = $2 and number = $3 and total = $4
           and (claimed_by = $6 or (claimed_by is null and at >= $5 and voided_at is null))
         order by claimed_by nulls last, at, id limit 1
        """,
        shop_id,
        day,
        number,
        total,
        since,
        member_id,
    )


async def claimed_as(db: Connection, claim_id: UUID, member_id: UUID) -> UUID | None:
    """Which basket the member has claimed under this id."""
    found = await db.fetchval(
        "select id from guest_basket where claim_id = $1 and claimed_by = $2", claim_id, member_id
    )
    return UUID(str(found)) if found else None


async def claim(db: Connection, id: UUID, claim_id: UUID, member_id: UUID, at: Instant) -> bool:
    """It is this member's now, or was before; False where another has it, or it is void."""
    return bool(
        await execute(
            db,
            """
            update guest_basket
               set claim_id = coalesce(claim_id, $2), claimed_by = $3, claimed_at = coalesce(claimed_at, $4)
             where id = $1 and voided_at is null and (claimed_by is null or claimed_by = $3)
            """,
            id,
            claim_id,
            member_id,
            at,
        )
    )


async def void(db: Connection, id: UUID, asked: bytes, answer: bytes, at: Instant) -> None:
    """Nobody claims it any more."""
    await execute(
        db,
        "update guest_basket set void_asked = $2, void_answer = $3, voided_at = $4 where id = $1",
        id,
        asked,
        answer,
        at,
    )
