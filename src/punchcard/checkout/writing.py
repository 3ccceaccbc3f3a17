"""A sale or a return goes into the member's journal, with its receipt and the number that was printed."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import json

from punchcard import budgets, journal, members, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused, Running
from punchcard.journal import Door, Printed, Recorded
from punchcard.partners import Till
from punchcard.programme import Deal, Program, Return, Ruling, Sale, Standing

from .doors import returnable, worth_of
from .model import Basket, BroughtBack, Counter, Voided
from .receipts import receipt_of
from .scanning import Ready

TRIES = 5
Made = Callable[[Deal | None, str], Return]
"""The return, by what has become of the sale, and the currency that the card shows."""


class DealMoved(Exception):
    """Something of the sale came back between the look and the door."""


async def write(counter: Counter, ready: Ready, sale: Sale, wanted: bytes, door: Door | None) -> Recorded:
    """The sale, if the door lets it in; what was set aside of budgets for it is free again if not."""
    language, basket = ready.member.language, ready.basket

    def receipt(before: Standing, ruling: Ruling, program: Program) -> bytes:
        return json.encode(receipt_of(ruling, program, sale.id, sale.shop, before.at, language, sale, basket))

    try:
        return await journal.submit_in_time(
            counter.database,
            ready.member.id,
            sale,
            counter.at,
            counter.late_seconds,
            door=door,
            receipt=receipt,
            asked=wanted,
            printed=printed(counter.till, sale, sum(line.amount for line in sale.lines)),
        )
    except Running:
        raise
    except Refused:
        await budgets.give_up(counter.database, sale.id, ready.terms)
        raise


async def bring_back(
    counter: Counter, member_id: UUID, sale_id: str, made: Made, wanted: bytes, reason: str = ""
) -> Recorded:
    """What comes back of a sale, by what has become of it until now."""
    async with counter.database.reading() as db:
        language = (await members.member(db, member_id)).language
        main = (await rulebooks.program(db)).main
    for _ in range(TRIES):
        async with counter.database.reading() as db:
            seen = await journal.deal(db, member_id, sale_id)
        fact = made(seen, main)
        try:
            return await submit_back(counter, member_id, fact, seen, language, wanted, reason)
        except DealMoved:
            continue
    raise Running(id=fact.id)


async def submit_back(
    counter: Counter, member_id: UUID, fact: Return, seen: Deal | None, language: str, wanted: bytes, reason: str
) -> Recorded:
    def deal_door(deal: Deal | None) -> None:
        returnable(fact, deal, counter.till)
        if deal is not None and seen is not None and deal.returned != seen.returned:
            raise DealMoved

    def receipt(before: Standing, ruling: Ruling, program: Program) -> bytes:
        return json.encode(receipt_of(ruling, program, fact.deal, fact.shop, before.at, language, reason=reason))

    return await journal.submit_in_time(
        counter.database,
        member_id,
        fact,
        counter.at,
        counter.late_seconds,
        deal_door=deal_door,
        receipt=receipt,
        asked=wanted,
        printed=printed(counter.till, fact, -worth_of(seen, fact) if seen else 0),
    )


def back_to(
    counter: Counter,
    id: str,
    sale_id: str,
    happened_at: Instant,
    sold_at: Instant,
    quantities: dict[int, int],
    refunds: dict[str, int],
    back: BroughtBack | Voided,
) -> Return:
    """What comes back to this till, after it was sold whatever the till's clock says."""
    till = counter.till
    return Return(
        id=id,
        at=min(max(happened_at, sold_at + 1), counter.at),
        deal=sale_id,
        quantities=quantities,
        refunds=refunds,
        shop=till.shop_id,
        till=till.id,
        partner=till.partner_id,
        cashier=back.cashier,
        receipt=journal.number_of(back.receipt_number) if isinstance(back, BroughtBack) else "",
    )


def printed(till: Till, fact: Sale | Return, amount: int) -> Printed:
    """What the receipt is known by: its number on the shop's day; where the till gave none, the fact's own id."""
    kind = "sale" if isinstance(fact, Sale) else "return"
    return Printed(till.shop_id, till.id, day_of(till, fact.at), fact.receipt or fact.id, kind, fact.cashier, amount)


def day_of(till: Till, at: Instant) -> str:
    """The day that it is in the shop: YYYY-MM-DD."""
    return datetime.fromtimestamp(at, ZoneInfo(till.zone)).date().isoformat()


def asked(till: Till, sale: str, request: Basket | BroughtBack | Voided) -> bytes:
    """What makes two requests the same: the till, the sale and everything in the body, in whatever order it was written."""
    return json.encode((till.id, sale, request), order="deterministic")
