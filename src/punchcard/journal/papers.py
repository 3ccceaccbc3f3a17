"""Printed receipts: what stands behind a number, and those of baskets without a card, which no journal holds yet."""

import unicodedata
from datetime import date
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, value
from punchcard.foundation.errors import OtherBody

from .model import Printed, ReceiptTaken

NOBODY = UUID(int=0)
"""Whose journal an id is kept for that stands for a basket without a card."""


class Numbered(Struct, frozen=True):
    """A sale by the number on its receipt, and the till that printed it."""

    fact_id: str
    till_id: str


def number_of(printed: str) -> str:
    """A receipt's number as it is compared: without spaces and what cannot be seen, wide letters and small ones as capitals,
    so that one receipt does not come in twice by the way somebody wrote it."""
    wide = unicodedata.normalize("NFKC", printed).upper()
    return "".join(each for each in wide if each.isprintable() and not each.isspace())


async def print_guest(db: Connection, printed: Printed, id: str, at: Instant) -> None:
    """The receipt of a basket without a card, or of its void, takes its number and its id for ever; raises ReceiptTaken
    where another one bears the number, OtherBody where the id is another fact's."""
    if not await own(db, id):
        raise OtherBody(id=id)
    if not await insert(db, printed, id, at):
        raise ReceiptTaken


async def own(db: Connection, id: str) -> bool:
    """No journal takes a fact of this id; False where one has."""
    return bool(
        await execute(
            db,
            "insert into fact_owner (fact_id, member_id) values ($1, $2) on conflict (fact_id) do nothing",
            id,
            NOBODY,
        )
    )


async def hand_over(db: Connection, id: str) -> None:
    """The basket has found its member, in whose journal it may stand."""
    await execute(db, "delete from fact_owner where fact_id = $1 and member_id = $2", id, NOBODY)


async def insert(db: Connection, printed: Printed, id: str, at: Instant) -> bool:
    """Keep the receipt of a basket without a card; False where another one bears its number."""
    return bool(
        await execute(
            db,
            """
            insert into till_receipt as r (shop_id, till_id, day, number, kind, cashier, amount, fact_id, earned, spent, at)
            values ($1, $2, $3::text::date, $4, $9, $5, $6, $7, 0, 0, $8)
                on conflict (shop_id, till_id, day, number) do update set at = r.at where r.fact_id = excluded.fact_id
            """,
            printed.shop,
            printed.till,
            printed.day,
            printed.number,
            printed.cashier,
            printed.amount,
            id,
            at,
            printed.kind,
        )
    )


async def sales_numbered(db: Connection, shop_id: str, day: date, number: str) -> list[Numbered]:
    """The sales whose receipts bear this number, of every till of the shop that printed one on this day of its own."""
    return await many(
        db,
        Numbered,
        """
        select r.fact_id, r.till_id from till
          join till_receipt r on r.shop_id = till.shop_id and r.till_id = till.id and r.day = $2 and r.number = $3
         where till.shop_id = $1 and r.kind in ('sale', 'guest') order by r.at, r.till_id
        """,
        shop_id,
        day,
        number_of(number),
    )


async def answered(db: Connection, fact_id: str) -> bytes:
    """What was answered to whoever told this fact; empty where there is none."""
    found = await value(
        db,
        """
        select f.receipt from fact_owner o join fact f on f.member_id = o.member_id and f.id = o.fact_id
         where o.fact_id = $1
        """,
        fact_id,
    )
    return bytes(found or b"")
