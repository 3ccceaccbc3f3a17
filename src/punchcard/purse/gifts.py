"""Gift cards: issued in batches, redeemed once.

A code follows from the settings' secret, its batch and its number, so that a batch that is asked for again is answered the
same codes, and none is kept."""

import hashlib
import math
from uuid import UUID

import msgspec

from punchcard import journal, rulebooks
from punchcard.foundation import limits, tokens
from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import OtherBody, Refused, Running, TooMany
from punchcard.journal import Recorded
from punchcard.partners import Operator
from punchcard.programme import Load, Program, Ruling, Standing

from . import sql
from .loads import receipt_of_load, refuse_other_than_money
from .model import BatchIssued, GiftCardOver, GiftCardUnknown, GiftCardUsed, Issued, code_of, hashed

PURPOSE = "gift-cards"
GUESSES_BURST, GUESSES_AN_HOUR = 10, 10


async def issue(
    db: Connection,
    secrets: tuple[str, ...],
    operator: Operator,
    batch: UUID,
    count: int,
    amount: int,
    currency: str,
    days: int,
    at: Instant,
) -> tuple[Issued, bool]:
    """Gift cards of so much each, to be redeemed within `days` (0: whenever), and whether they were issued before."""
    asked = hashlib.sha256(msgspec.json.encode((operator.id, count, amount, currency, days))).digest()
    if not await sql.hold_batch(db, batch):
        raise Running(batch=str(batch))
    known = await sql.batch(db, batch)
    if known == asked:
        return await as_before(db, secrets, batch, count), True
    if known is not None:
        raise OtherBody(batch=str(batch))
    if await sql.is_issued(db, batch):
        raise BatchIssued(batch=str(batch))
    refuse_other_than_money(await rulebooks.program(db), currency)
    _, key = tokens.signing(secrets, PURPOSE)
    issued = issued_by(key, batch, count)
    until = at + days * DAY if days else None
    await sql.keep_batch(db, batch, asked, at)
    await sql.issue(db, [hashed(code) for code in issued.codes], batch, amount, currency, until, at)
    return issued, False


async def as_before(db: Connection, secrets: tuple[str, ...], batch: UUID, count: int) -> Issued:
    """The codes that this batch was issued with, while one of our secrets still leads to them."""
    for key in tokens.keys(secrets, PURPOSE).values():
        issued = issued_by(key, batch, count)
        if await sql.gift_card(db, hashed(issued.codes[0])):
            return issued
    raise BatchIssued(batch=str(batch))


def issued_by(key: bytes, batch: UUID, count: int) -> Issued:
    return Issued(batch, [code_of(key, batch, number) for number in range(count)])


async def redeem(database: Database, member_id: UUID, key: UUID, code: str, at: Instant) -> Recorded:
    """A gift card's money comes onto the member's card. Its fact is named after the code: no second journal can hold it.

    The same key answers the same bytes, and is for this code and member alone; another key is told that the card was
    used. A wrong code counts as a guess; after ten the member waits."""
    code_hash = hashed(code)
    id = f"gift/{code_hash.hex()[:40]}"
    asked = b"gift " + member_id.bytes + key.bytes + code_hash
    if known := await as_redeemed(database, id, asked):
        return known
    async with database.transaction() as db:
        wait = await limits.take(db, f"gift:{member_id}", GUESSES_BURST, GUESSES_AN_HOUR / HOUR)
        found = None if wait else await sql.gift_card(db, code_hash)
        free = found is None or await is_free(db, key, member_id, code_hash, at)
    if wait:
        raise TooMany(retry_after_seconds=math.ceil(wait))
    if not free:
        raise OtherBody
    if found is None:
        raise GiftCardUnknown
    fact = Load(id=id, at=at, points=found.amount, currency=found.currency, source="gift-card")

    def door(_before: Standing, _ruling: Ruling, _program: Program) -> None:
        if found.until is not None and at >= found.until:
            raise GiftCardOver

    try:
        return await journal.submit(
            database, member_id, fact, at, door=door, receipt=receipt_of_load(fact), asked=asked
        )
    except Running:
        raise
    except Refused as refused:
        async with database.transaction() as db:
            await sql.drop_key(db, key, member_id, code_hash)
        raise GiftCardUsed if isinstance(refused, OtherBody) else refused from None


async def as_redeemed(database: Database, id: str, asked: bytes) -> Recorded | None:
    """What was answered when the card was redeemed so; nothing where it was otherwise."""
    try:
        async with database.reading() as db:
            return await journal.remembered(db, id, asked)
    except OtherBody:
        return None


async def is_free(db: Connection, key: UUID, member_id: UUID, code_hash: bytes, at: Instant) -> bool:
    """Let this key stand for this card and member; False where it stands for something else."""
    if await journal.whose(db, str(key)):
        return False
    await sql.keep_key(db, key, member_id, code_hash, at)
    return await sql.is_for(db, key, member_id, code_hash)
