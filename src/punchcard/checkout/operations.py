"""What happens at a till: a card is scanned, a basket is quoted, sold, and sometimes brought back."""

import collections
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct, json

from punchcard import budgets, granting, journal, members, offers, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Malformed, Refused
from punchcard.foundation.together import Together
from punchcard.journal import NotSpendable, Printed, Recorded
from punchcard.members import Scanned
from punchcard.partners import Till
from punchcard.programme import (
    Deal,
    Line,
    Program,
    Return,
    Reward,
    Ruling,
    Sale,
    Standing,
    Tender,
    balance,
)

from .model import (
    Basket,
    BroughtBack,
    CardClosed,
    CardUnknown,
    Counter,
    NoSuchHold,
    NoSuchVoucher,
    NotEnoughPoints,
    PaidWith,
    PointsWorthLess,
    Quote,
    ReturnTooMuch,
    SaleUnknown,
    TendersShort,
    VoucherElsewhere,
    WrongCurrency,
)
from .receipts import quote_of, receipt_of

POINTS = "points"
"""The kind of tender that means what the card shows, whatever it is called."""
NO_ID = "quote"
SHOP = "shop"
Found = tuple[Scanned, dict[str, int], tuple[str, ...], int]
"""Whose card it is, the ceilings in points of the offers that are theirs, the terms on which the door decides, and the
birthday, if a promise asks for it."""


async def quote(counter: Counter, basket: Basket) -> Quote:
    """What this basket would earn and could spend; refuses what the sale would refuse."""
    database, till, at = counter.database, counter.till, counter.at
    member, asked_for, terms = await at_the_till(counter, NO_ID, basket)
    sale = await granting.offered(database, member.id, asked_for, terms, at)
    async with database.reading() as db:
        trial = await journal.quote(db, member.id, sale, at)
    covered(sale, trial.before, trial.program)
    return quote_of(trial, tuple(sale.grants), member.name, till.partner_id, till.shop_id, member.language)


async def sell(counter: Counter, sale_id: UUID, basket: Basket) -> Recorded:
    """Write the sale into the member's journal. Asking twice with the same basket gives the same receipt, whatever has
    become of the card since."""
    database, till, at = counter.database, counter.till, counter.at
    wanted = asked(till, str(sale_id), basket)
    try:
        member, asked_for, terms = await at_the_till(counter, str(sale_id), basket)
        sale = await granting.reserved(database, member.id, asked_for, terms, at)
    except Refused:
        async with database.reading() as db:
            if known := await journal.remembered(db, str(sale_id), wanted):
                return known
        raise

    def door(before: Standing, _: Ruling, program: Program) -> None:
        covered(sale, before, program)

    def receipt(before: Standing, ruling: Ruling, program: Program) -> bytes:
        return json.encode(receipt_of(ruling, program, sale.id, till.shop_id, before.at, member.language))

    try:
        return await journal.submit_in_time(
            database,
            member.id,
            sale,
            at,
            counter.late_seconds,
            door=door,
            receipt=receipt,
            asked=wanted,
            printed=printed(till, sale),
        )
    except Refused:
        await budgets.give_up(database, sale.id, terms)
        raise


async def take_back(counter: Counter, sale_id: UUID, return_id: UUID, back: BroughtBack) -> Recorded:
    """Goods of a sale come back, to any till of the partner that sold them. Asking twice gives the same receipt."""
    database, till, at = counter.database, counter.till, counter.at
    quantities: collections.Counter[int] = collections.Counter()
    for each in back.quantities:
        quantities[each.line] += each.quantity
    if not quantities and not back.points:
        raise Malformed(pointer="/quantities", why="something must come back")
    async with database.reading() as db:
        sold = await journal.whose(db, str(sale_id))
        if sold is None:
            raise SaleUnknown(sale=str(sale_id))
        language = (await members.member(db, sold.member_id)).language
        main = (await rulebooks.program(db)).main
    fact = Return(
        id=str(return_id),
        at=min(max(journal.happened(back.at, at), sold.at + 1), at),
        deal=str(sale_id),
        quantities=dict(quantities),
        refunds={main: back.points} if back.points else {},
        shop=till.shop_id,
        till=till.id,
        partner=till.partner_id,
        cashier=back.cashier,
        receipt=back.receipt_number,
    )

    def deal_door(deal: Deal | None) -> None:
        returnable(fact, deal, till)

    def receipt(before: Standing, ruling: Ruling, program: Program) -> bytes:
        return json.encode(receipt_of(ruling, program, fact.deal, till.shop_id, before.at, language))

    wanted = asked(till, fact.deal, back)
    return await journal.submit_in_time(
        database,
        sold.member_id,
        fact,
        at,
        counter.late_seconds,
        deal_door=deal_door,
        receipt=receipt,
        asked=wanted,
        printed=printed(till, fact),
    )


def printed(till: Till, fact: Sale | Return) -> Printed:
    """What the receipt is known by: its number on the shop's day; where the till gave none, the fact's own id."""
    day = datetime.fromtimestamp(fact.at, ZoneInfo(till.zone)).date().isoformat()
    kind, amount = ("sale", sum(line.amount for line in fact.lines)) if isinstance(fact, Sale) else ("return", 0)
    return Printed(till.shop_id, till.id, day, fact.receipt or fact.id, kind, fact.cashier, amount)


async def at_the_till(counter: Counter, id: str, basket: Basket) -> tuple[Scanned, Sale, tuple[str, ...]]:
    """Whose card was scanned, the basket as a sale, and the terms on which the door decides."""
    database, till, at = counter.database, counter.till, counter.at
    sold_at = at if spends(basket) else journal.happened(basket.at, at)
    found = await scans.get(database, (members.scanned(basket.card), sold_at))
    if found is None:
        raise CardUnknown
    member, grants, terms, birthday = found
    if member.state != "active":
        raise CardClosed
    sale = Sale(
        id=id,
        at=sold_at,
        lines=tuple(Line(line.sku, line.category, line.brand, line.quantity, line.amount) for line in basket.lines),
        tenders=await paid(database, basket) if basket.tenders or basket.currency else (),
        grants=grants,
        vouchers=tuple(dict.fromkeys(map(str, basket.vouchers))),
        shop=till.shop_id,
        till=till.id,
        partner=till.partner_id,
        cashier=basket.cashier,
        receipt=basket.receipt_number,
        channel=basket.channel or SHOP,
        birthday=birthday,
    )
    return member, sale, terms


async def look(db: Connection, wanted: Sequence[tuple[bytes, Instant]]) -> dict[tuple[bytes, Instant], Found]:
    """Whose cards were scanned, and which offers and scarce terms count for their sales at these instants."""
    known = await members.by_cards(db, [code for code, _ in wanted])
    each = [(scan, known[scan[0]]) for scan in wanted if scan[0] in known]
    asked = [(member.id, at) for (_, at), member in each]
    grants, terms = await offers.grants(db, asked), await granting.decided_here(db, asked)
    birthdays = await granting.birthdays(db, asked)
    return {
        scan: (member, mine, here, birthday)
        for (scan, member), mine, here, birthday in zip(each, grants, terms, birthdays, strict=True)
    }


scans = Together(look)


async def paid(database: Database, basket: Basket) -> tuple[Tender, ...]:
    async with database.reading() as db:
        return tenders_of(basket, await rulebooks.program(db))


def spends(basket: Basket) -> bool:
    """Points and vouchers are spent when we say so, not when a till's clock does."""
    return bool(basket.vouchers) or any(tender.currency or tender.kind == POINTS for tender in basket.tenders)


def ours(tender: PaidWith, program: Program) -> str:
    """Which of our currencies pays, if one does."""
    return tender.currency or (program.main if tender.kind == POINTS else "")


def tenders_of(basket: Basket, program: Program) -> tuple[Tender, ...]:
    """What was paid with. Points are worth what the programme says, and what is paid covers the basket."""
    due = sum(line.amount for line in basket.lines)
    if basket.currency not in (None, program.rulebook.currency):
        raise WrongCurrency(currency=program.rulebook.currency)
    tenders = []
    for i, tender in enumerate(basket.tenders):
        points, currency = tender.points, ours(tender, program)
        if currency:
            value = value_of(currency, program)
            worth = -(-tender.amount // value)
            points = points or worth
            if points < worth:
                raise PointsWorthLess(points=points, worth=points * value)
        elif points or tender.hold:
            raise Malformed(pointer=f"/tenders/{i}/points", why="only of a currency of ours")
        tenders.append(Tender(tender.kind, tender.amount, points, currency or program.main, tender.hold))
    paid, by_points = sum(each.amount for each in tenders), sum(each.amount for each in tenders if each.points)
    if tenders and (paid < due or by_points > due):
        raise TendersShort(due=due, paid=paid)
    return tuple(tenders)


def value_of(currency: str, program: Program) -> int:
    """What one of it is worth, in minor units; refuses what cannot pay."""
    known = program.currency(currency)
    if known is None or not known.value:
        raise NotSpendable(currency=currency)
    return known.value


def covered(sale: Sale, before: Standing, program: Program) -> None:
    """Refuse what the card does not hold: points, money, what was set aside, vouchers."""
    needed: collections.Counter[str] = collections.Counter()
    for tender in sale.tenders:
        aside = before.holds.get(tender.hold)
        if tender.hold and (aside is None or aside.currency != tender.currency):
            raise NoSuchHold(hold=tender.hold)
        needed[tender.currency] += max(0, tender.points - (aside.points if aside else 0))
    for currency, wanted in needed.items():
        held = balance(before, currency)
        if wanted > held:
            raise NotEnoughPoints(balance=held, wanted=wanted)
    for id in sale.vouchers:
        if id not in before.vouchers:
            raise NoSuchVoucher(voucher=id)
        reward = program.promise(before.vouchers[id].reward)
        if isinstance(reward, Reward) and not reward.places.match(sale.partner, sale.shop):
            raise VoucherElsewhere(voucher=id)


def returnable(back: Return, deal: Deal | None, till: Till) -> None:
    """Refuse what this partner never sold, and more than is left of it."""
    if deal is None or not isinstance(deal.fact, Sale) or deal.fact.partner != till.partner_id:
        raise SaleUnknown(sale=back.deal)
    lines = deal.fact.lines
    for line, quantity in back.quantities.items():
        left = lines[line].quantity - deal.returned.get(line, 0) if line < len(lines) else 0
        if quantity > left:
            raise ReturnTooMuch(line=line, left=left)
    for currency, points in back.refunds.items():
        paid = sum(lot.points for lot in deal.draws if lot.currency == currency) + deal.credit.get(currency, 0)
        if points > paid:
            raise ReturnTooMuch(points=points, left=paid)


def asked(till: Till, sale: str, request: Struct) -> bytes:
    """What makes two requests the same: the till, the sale and everything in the body, however it was spelled."""
    return json.encode((till.id, sale, request))
