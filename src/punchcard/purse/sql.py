"""How gift cards are kept. They are written once; whether one was redeemed, the journals say."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, maybe, value

from .model import GiftCard


async def hold_batch(db: Connection, batch: UUID) -> None:
    """Nobody else issues this batch until the transaction ends."""
    await value(db, "select pg_advisory_xact_lock(hashtextextended($1::text, 7))", str(batch))


async def is_issued(db: Connection, batch: UUID) -> bool:
    """Whether there are gift cards of this batch."""
    return bool(await value(db, "select exists (select from gift_card where batch = $1)", batch))


async def issue(
    db: Connection,
    code_hashes: Sequence[bytes],
    batch: UUID,
    amount: int,
    currency: str,
    until: Instant | None,
    at: Instant,
) -> None:
    """Gift cards with these codes."""
    await execute(
        db,
        """
        insert into gift_card (code_hash, batch, amount, currency, until, issued_at)
        select code_hash, $2, $3, $4, $5, $6 from unnest($1::bytea[]) as code_hash
        """,
        code_hashes,
        batch,
        amount,
        currency,
        until,
        at,
    )


async def gift_card(db: Connection, code_hash: bytes) -> GiftCard | None:
    """The gift card with this code."""
    return await maybe(db, GiftCard, "select amount, currency, until from gift_card where code_hash = $1", code_hash)
