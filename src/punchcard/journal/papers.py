"""Printed receipts that no journal holds yet: baskets without a card."""

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute

from .model import Printed, ReceiptTaken


async def print_guest(db: Connection, printed: Printed, id: str, at: Instant) -> None:
    """The receipt of a basket without a card takes its number for ever; raises ReceiptTaken where another one bears it."""
    if not await insert(db, printed, id, at):
        raise ReceiptTaken


async def insert(db: Connection, printed: Printed, id: str, at: Instant) -> bool:
    """Keep the receipt of a basket without a card; False where another one bears its number."""
    return bool(
        await execute(
            db,
            """
            insert into till_receipt as r (shop_id, till_id, day, number, kind, cashier, amount, fact_id, earned, spent, at)
            values ($1, $2, $3::text::date, $4, 'guest', $5, $6, $7, 0, 0, $8)
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
        )
    )
