"""The rows of a day, from where the rooms keep them."""

from datetime import date

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, many

from .rows import Claim, Credit, Rung, Tried


async def rung(db: Connection, day: date) -> list[Rung]:
    """Every receipt that was printed on the shops' day, till by till: the receipts are kept in that order."""
    return await many(
        db,
        Rung,
        """
        select r.shop_id as shop, r.till_id as till, r.number, r.fact_id as fact, r.kind, r.cashier,
               r.member_id as member, r.earned
          from till join till_receipt r on r.shop_id = till.shop_id and r.till_id = till.id and r.day = $1
         order by r.at, r.fact_id
        """,
        day,
    )


async def tried(db: Connection, day: date) -> list[Tried]:
    """Cashiers' own cards that were refused on the shops' day."""
    return await many(
        db,
        Tried,
        """
        select shop_id as shop, till_id as till, cashier, member_id as member, times
          from staff_refusal where day = $1 and why = 'own-card' order by shop_id, cashier, member_id
        """,
        day,
    )


async def claims(db: Connection, since: Instant, today: Instant, until: Instant) -> list[Claim]:
    """Receipts without a card that members claimed since then, marked where it was in the day that begins at `today`."""
    return await many(
        db,
        Claim,
        """
        select shop_id as shop, till_id as till, number, id::text as fact, cashier, claimed_by as member, day::text,
               claimed_at >= $2 as today
          from guest_basket
         where claimed_at >= $1 and claimed_at < $3 and voided_at is null order by claimed_at, id
        """,
        since,
        today,
        until,
    )


async def credits(db: Connection, since: Instant, today: Instant, until: Instant) -> list[Credit]:
    """Points that operators gave by hand since then, marked where it was in the day that begins at `today`."""
    return await many(
        db,
        Credit,
        """
        select author::text as operator, member_id as member, points, id::text, asked_at >= $2 as today
          from staff_adjustment
         where points > 0 and state = 'written' and asked_at >= $1 and asked_at < $3 order by asked_at, id
        """,
        since,
        today,
        until,
    )
