"""A basket without a card: it is kept, and becomes the sale of whoever claims it by what is printed on the receipt."""

import hashlib
import math
from uuid import UUID

from msgspec import json
from msgspec.structs import replace

from punchcard import granting, journal, members, offers, partners, rulebooks, staff
from punchcard.authorisation import Shown
from punchcard.foundation import limits
from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Malformed, OtherBody, Refused, Running, TooMany
from punchcard.foundation.settings import Settings
from punchcard.journal import Printed, Recorded, gained_from
from punchcard.members import Scanned
from punchcard.partners import Till
from punchcard.programme import ISSUED, Sale, Standing, adjudicate

from . import sql
from .answers import GuestReceipt
from .model import Basket, Counter, ReceiptClaim, Voided
from .refusals import NoCardYet, ReceiptNotYours, SaleUnknown
from .scanning import MONEY, Ready, sale_of
from .sql import GuestBasket
from .tenders import pays, spends
from .writing import asked, day_of, write

NOBODY = Shown(b"")
GUESSES_BURST, GUESSES_AN_HOUR = 10, 5
CLAIMING_SECONDS = MINUTE
"""So long may a claim take that was begun, before a till may still make the basket void."""


async def keep(counter: Counter, sale_id: UUID, basket: Basket) -> Recorded:
    """Keep the basket of a guest. Asking twice keeps it once, and answers the same bytes: `GuestReceipt` as JSON."""
    till = counter.till
    if basket.offers:
        raise Malformed(pointer="/offers", why="without a card there is no offer to take")
    if spends(basket):
        raise Malformed(pointer="/card", why="nothing of ours is spent without one")
    number = journal.number_of(basket.receipt_number)
    if not number:
        raise Malformed(pointer="/receipt_number", why="a basket without a card is found by it")
    if not counter.offline:
        await staff.listed(counter.database, till, basket.cashier)
    wanted = hashlib.sha256(asked(till, str(sale_id), basket)).digest()
    at, total = journal.happened(basket.at, counter.at), sum(line.amount for line in basket.lines)
    async with counter.database.transaction() as db:
        program = await rulebooks.program(db)
        sale = sale_of(counter, str(sale_id), basket, at, {}, 0, pays(counter, basket, NOBODY, at, program))
        answer = GuestReceipt(
            id=sale.id,
            at=moment(at),
            shop=till.shop_id,
            day=day_of(till, at),
            number=number,
            total=total,
            would_earn=gained_from(ISSUED, adjudicate(Standing(), sale, program), program),
            claim_until=moment(at + counter.claim_seconds),
        )
        return await keep_once(db, counter, kept(counter, sale, basket, answer, wanted))


def kept(counter: Counter, sale: Sale, basket: Basket, answer: GuestReceipt, wanted: bytes) -> GuestBasket:
    till = counter.till
    return GuestBasket(
        id=UUID(sale.id),
        partner_id=till.partner_id,
        shop_id=till.shop_id,
        till_id=till.id,
        day=answer.day,
        number=answer.number,
        total=answer.total,
        cashier=basket.cashier,
        at=sale.at,
        body=json.encode(basket),
        asked=wanted,
        answer=json.encode(answer),
    )


async def keep_once(db: Connection, counter: Counter, basket: GuestBasket) -> Recorded:
    """The basket and its printed receipt, unless both are there."""
    id = str(basket.id)
    if not await sql.keep(db, basket):
        known = await sql.basket(db, basket.id)
        if known is None or known.asked != basket.asked:
            raise OtherBody(id=id)
        return Recorded(id, known.answer, repeated=True, ruling=None)
    till, amount = counter.till, basket.total
    printed = Printed(till.shop_id, till.id, basket.day, basket.number, "guest", basket.cashier, amount)
    await journal.print_guest(db, printed, id, basket.at)
    return Recorded(id, basket.answer, repeated=False, ruling=None)


async def claim(
    database: Database, config: Settings, member_id: UUID, claim_id: UUID, found: ReceiptClaim, at: Instant
) -> Recorded:
    """The basket with this on its receipt becomes the member's sale, at its own time. Asking twice claims once, and answers
    the same bytes. Whatever stands in the way is said in the same words, so that nobody learns of others' receipts."""
    basket = await guessed(database, member_id, claim_id, found, at - config.claim_days * DAY)
    async with database.reading() as db:
        till = await partners.till(db, basket.till_id)
    await staff.may_serve(database, till, basket.cashier, member_id, basket.at, True)
    async with database.transaction() as db:
        if mine := await sql.claim(db, basket.id, claim_id, member_id, at):
            await journal.hand_over(db, str(basket.id))
    if not mine:
        raise ReceiptNotYours
    counter = Counter(database, till, at, config.late_days * DAY, config.secrets)
    ready = await ready_for(counter, member_id, basket)
    sale = await granting.reserved(database, member_id, ready.sale, ready.terms, at)
    try:
        return await write(counter, ready, sale, json.encode(("claim", basket.id, member_id)), None)
    except OtherBody:
        raise ReceiptNotYours from None


async def guessed(
    database: Database, member_id: UUID, claim_id: UUID, found: ReceiptClaim, since: Instant
) -> GuestBasket:
    """The basket that is meant. Ten wrong guesses, then five an hour; right ones count for nothing."""
    key, per_second = f"receipt:{member_id}", GUESSES_AN_HOUR / HOUR
    async with database.transaction() as db:
        wait = await limits.take(db, key, GUESSES_BURST, per_second)
        basket = await sql.printed(
            db, found.shop, found.day, journal.number_of(found.number), found.total, since, member_id
        )
        before = await sql.claimed_as(db, claim_id, member_id)
        if basket and not wait:
            await limits.take(db, key, GUESSES_BURST, per_second, -1.0)
    if wait:
        raise TooMany(retry_after_seconds=math.ceil(wait))
    if before and (basket is None or basket.id != before):
        raise OtherBody(id=str(claim_id))
    if basket is None:
        raise ReceiptNotYours
    return basket


async def ready_for(counter: Counter, member_id: UUID, basket: GuestBasket) -> Ready:
    """The basket as this member's sale, as if their card had been shown."""
    asked_for, wanted = json.decode(basket.body, type=Basket), [(member_id, basket.at)]
    async with counter.database.reading() as db:
        member = await members.member(db, member_id)
        (grants,) = await offers.grants(db, wanted)
        (terms,) = await granting.decided_here(db, wanted, offered=[grants])
        (birthday,) = await granting.birthdays(db, wanted)
        program = await rulebooks.program(db)
    paid = pays(counter, asked_for, NOBODY, basket.at, program) if asked_for.tenders else MONEY
    sale = sale_of(counter, str(basket.id), asked_for, basket.at, grants, birthday, paid)
    scanned = Scanned(member.id, member.state, member.name, member.language)
    return Ready(scanned, NOBODY, sale, paid, terms, asked_for)


async def void(counter: Counter, sale_id: UUID, back: Voided, happened_at: Instant, wanted: bytes) -> Recorded:
    """Nobody claims the basket any more."""
    void_id, digest = f"{sale_id}/void", hashlib.sha256(wanted).digest()
    async with counter.database.transaction() as db:
        basket = await sql.basket(db, sale_id)
        if basket is None or basket.partner_id != counter.till.partner_id:
            raise SaleUnknown(sale=str(sale_id))
        if basket.void_answer is not None:
            if basket.void_asked != digest:
                raise OtherBody(id=void_id)
            return Recorded(void_id, basket.void_answer, repeated=True, ruling=None)
        if basket.claimed_at is not None and basket.claimed_at > counter.at - CLAIMING_SECONDS:
            raise Running(id=str(sale_id))
        answer = json.encode(replace(json.decode(basket.answer, type=GuestReceipt), voided=True))
        await sql.void(db, sale_id, digest, answer, happened_at)
        day, till = day_of(counter.till, happened_at), counter.till
        printed = Printed(till.shop_id, till.id, day, void_id, "return", back.cashier, -basket.total)
        await journal.print_guest(db, printed, void_id, happened_at)
        return Recorded(void_id, answer, repeated=False, ruling=None)


async def no_such_sale(db: Connection, till: Till, sale_id: UUID) -> Refused:
    """Why nothing of this sale can come back: it has no card yet, or is none of this partner's."""
    basket = await sql.basket(db, sale_id)
    if basket is not None and basket.partner_id == till.partner_id:
        return NoCardYet(sale=str(sale_id))
    return SaleUnknown(sale=str(sale_id))
