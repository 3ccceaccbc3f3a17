"""Load money, issue and redeem gift cards, set aside and set free."""

import math
from uuid import UUID

import msgspec

from punchcard import journal, members, rulebooks
from punchcard.foundation import limits
from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound, OtherBody, TooMany
from punchcard.journal import Recorded
from punchcard.partners import Till
from punchcard.programme import Hold, Load, Program, Release, Ruling, Standing, balance

from . import sql
from .model import (
    BatchIssued,
    GiftCardOver,
    GiftCardUnknown,
    GiftCardUsed,
    Held,
    Loaded,
    NoSuchCard,
    NotEnough,
    NotMoney,
    hashed,
    new_code,
)

GUESSES_BURST, GUESSES_AN_HOUR = 10, 10


async def load(
    database: Database, till: Till, load_id: UUID, card: str, amount: int, currency: str, at: Instant
) -> Recorded:
    """Money is put on the card at a till. Asking twice loads once, and answers the same bytes: `Loaded` as JSON."""
    async with database.reading() as db:
        refuse_other_than_money(await rulebooks.program(db), currency)
        member_id = await holder(db, card)
    fact = Load(id=str(load_id), at=at, points=amount, currency=currency, source=f"till:{till.partner_id}")
    asked = msgspec.json.encode(("load", till.id, members.scanned(card).hex(), amount, currency))
    return await journal.submit(database, member_id, fact, at, receipt=receipt_of_load(fact), asked=asked)


async def issue(
    db: Connection, batch: UUID, count: int, amount: int, currency: str, days: int, at: Instant
) -> list[str]:
    """Gift cards of so much each, to be redeemed within `days` (0: whenever). Their codes are told this once."""
    refuse_other_than_money(await rulebooks.program(db), currency)
    codes = [new_code() for _ in range(count)]
    until = at + days * DAY if days else None
    await sql.hold_batch(db, batch)
    if await sql.is_issued(db, batch):
        raise BatchIssued(batch=str(batch))
    await sql.issue(db, [hashed(code) for code in codes], batch, amount, currency, until, at)
    return codes


async def redeem(database: Database, member_id: UUID, code: str, at: Instant) -> Recorded:
    """A gift card's money comes onto the member's card. Its fact is named after the code: no second journal can hold it.

    A wrong code counts as a guess; after ten the member waits."""
    code_hash = hashed(code)
    async with database.transaction() as db:
        wait = await limits.take(db, f"gift:{member_id}", GUESSES_BURST, GUESSES_AN_HOUR / HOUR)
        found = await sql.gift_card(db, code_hash)
    if wait:
        raise TooMany(retry_after_seconds=math.ceil(wait))
    if found is None:
        raise GiftCardUnknown
    id = f"gift/{code_hash.hex()[:40]}"
    fact = Load(id=id, at=at, points=found.amount, currency=found.currency, source="gift-card")

    def door(_before: Standing, _ruling: Ruling, _program: Program) -> None:
        if found.until is not None and at >= found.until:
            raise GiftCardOver

    try:
        return await journal.submit(
            database, member_id, fact, at, door=door, receipt=receipt_of_load(fact), asked=code_hash
        )
    except OtherBody:
        raise GiftCardUsed from None


async def hold(
    database: Database, till: Till, hold_id: UUID, card: str, points: int, currency: str, minutes: int, at: Instant
) -> Recorded:
    """Set so much aside for a sale to come. Asking twice holds once, and answers the same bytes: `Held` as JSON."""
    async with database.reading() as db:
        member_id = await holder(db, card)
    until = at + minutes * MINUTE
    fact = Hold(id=str(hold_id), at=at, points=points, until=until, currency=currency, purpose=till.partner_id)
    asked = msgspec.json.encode(("hold", till.id, members.scanned(card).hex(), points, currency, minutes))

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        if (there := balance(before, currency)) < points:
            raise NotEnough(balance=there, wanted=points)

    def receipt(_before: Standing, ruling: Ruling, _program: Program) -> bytes:
        left = balance(ruling.standing, currency)
        return msgspec.json.encode(Held(id=fact.id, points=points, currency=currency, until=until, balance=left))

    return await journal.submit(database, member_id, fact, at, door=door, receipt=receipt, asked=asked)


async def release(database: Database, till: Till, hold_id: UUID, at: Instant) -> None:
    """Set free what one's own partner holds; what was captured, set free or has lapsed needs nothing."""
    async with database.reading() as db:
        whose = await journal.whose(db, str(hold_id))
        if whose is None:
            raise NotFound(hold=str(hold_id))
        held = (await journal.standing(db, whose.member_id, at)).holds.get(str(hold_id))
    if held is None:
        return
    if held.purpose != till.partner_id:
        raise NotFound(hold=str(hold_id))
    fact = Release(id=f"{hold_id}/free", at=at, deal=str(hold_id))
    await journal.submit(database, whose.member_id, fact, at)


async def holder(db: Connection, card: str) -> UUID:
    """Whose card this is, if it is in use."""
    code = members.scanned(card)
    found = (await members.by_cards(db, [code])).get(code)
    if found is None or found.state != "active":
        raise NoSuchCard
    return found.id


def refuse_other_than_money(program: Program, currency: str) -> None:
    known = program.currency(currency)
    if known is None or known.kind != "money":
        raise NotMoney(currency=currency)


def receipt_of_load(fact: Load) -> journal.Receipt:
    def receipt(_before: Standing, ruling: Ruling, _program: Program) -> bytes:
        there = balance(ruling.standing, fact.currency)
        return msgspec.json.encode(Loaded(id=fact.id, amount=fact.points, currency=fact.currency, balance=there))

    return receipt
