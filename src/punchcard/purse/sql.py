"""How gift cards are kept. They are written once; whether one was redeemed, the journals say."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, maybe, value

from .model import GiftCard


async def hold_batch(db: Connection, batch: UUID) -> bool:
    """Nobody else issues this batch until the transaction ends; False where somebody is at it."""
    return bool(await value(db, "select pg_try_advisory_xact_lock(hashtextextended($1::text, 7))", str(batch)))


async def batch(db: Connection, batch: UUID) -> bytes | None:
    """SHA-256 of what was asked when this batch was issued."""
    found = await value(db, "select asked from gift_batch where batch = $1", batch)
    return bytes(found) if isinstance(found, bytes) else None


async def keep_batch(db: Connection, batch: UUID, asked: bytes, at: Instant) -> None:
    """The batch is issued."""
    await execute(db, "insert into gift_batch (batch, asked, issued_at) values ($1, $2, $3)", batch, asked, at)


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


async def keep_key(db: Connection, key: UUID, member_id: UUID, code_hash: bytes, at: Instant) -> None:
    """Let the key stand for this card and member, unless it stands for something."""
    await execute(
        db,
        """
        insert into gift_key (key, member_id, code_hash, asked_at) values ($1, $2, $3, $4)
            on conflict (key) do nothing
        """,
        key,
        member_id,
        code_hash,
        at,
    )


async def is_for(db: Connection, key: UUID, member_id: UUID, code_hash: bytes) -> bool:
    """Whether the key stands for this card and member."""
    return bool(
        await value(
            db,
            "select exists (select from gift_key where key = $1 and member_id = $2 and code_hash = $3)",
            key,
            member_id,
            code_hash,
        )
    )


async def drop_key(db: Connection, key: UUID, member_id: UUID, code_hash: bytes) -> None:
    """What was asked under the key was refused: it stands for nothing."""
    await execute(
        db,
        "delete from gift_key where key = $1 and member_id = $2 and code_hash = $3",
        key,
        member_id,
        code_hash,
    )
