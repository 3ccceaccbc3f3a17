"""A card is scanned: whose it is, what their basket is as a sale, and what must let it pass."""

from collections.abc import Sequence

from msgspec import Struct

from punchcard import authorisation, granting, journal, members, offers, rulebooks, staff
from punchcard.authorisation import Shown, Spending
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.together import Together
from punchcard.members import Scanned
from punchcard.offers import Mine
from punchcard.programme import VOUCHER, Line, Program, Reward, Sale, Standing

from .doors import covered
from .model import Basket, Counter
from .offered import granted
from .refusals import CardClosed, CardGivenUp, CardReplaced, CardUnknown
from .tenders import Pays, pays, spends, worth_of_tender

SHOP = "shop"
MONEY = Pays()
Scan = tuple[bytes, Instant, Instant]
"""The code that was shown, when it was, and when was sold what it was shown for."""
Found = tuple[Scanned, Mine, tuple[str, ...], int, Program]
"""Whose card it is, the offers that are theirs, the terms on which the door decides, the birthday, if a promise asks for it,
and what is promised."""


class Ready(Struct, frozen=True):
    """Whose card was shown and how, the basket as a sale, what pays for it, and the terms on which the door decides."""

    member: Scanned
    shown: Shown
    sale: Sale
    pays: Pays
    terms: tuple[str, ...]
    basket: Basket
    mine: Mine = offers.NOTHING
    """The offers that are the member's."""


async def at_the_till(counter: Counter, id: str, basket: Basket, shown_now: bool = False) -> Ready:
    """Read what was scanned, whose it is, and what is bought and paid with; refuse a cashier who may not serve them.

    `shown_now`: a code is of now by our clock, whatever the till's says. What was sold before the card was replaced or given
    up was sold all the same."""
    database, till, at = counter.database, counter.till, counter.at
    sold_at = at if spends(basket) and not counter.offline else journal.happened(basket.at, at)
    shown_at = at if shown_now else sold_at
    shown = authorisation.shown(counter.secrets, basket.card, till, shown_at)
    found = await scans.get(database, (shown.code_hash, shown_at, sold_at))
    if found is None:
        raise await unknown(database, shown)
    member, mine, terms, birthday, program = found
    if member.state == "frozen":
        raise CardClosed
    paid = await paid_with(counter, basket, shown) if basket.tenders or basket.currency else MONEY
    grants = await granted(counter, member.id, basket, mine, program, sold_at) if basket.offers else mine.grants
    sale = sale_of(counter, id, basket, sold_at, grants, birthday, paid)
    await staff.may_serve(database, till, basket.cashier, member.id, sold_at, counter.offline)
    if mine.less and not shown_now:
        terms = tuple(term for term in terms if term in grants or term not in mine.less)
    return Ready(member, shown, sale, paid, terms, basket, mine)


async def unknown(database: Database, shown: Shown) -> Refused:
    """Why nobody has the card that was shown: it never was one, the member has another now, or left."""
    async with database.reading() as db:
        holder = await members.holder_of_code(db, shown.code_hash)
        left = holder and await members.left_at(db, holder.member_id)
    if left is not None and holder:
        return CardGivenUp()
    return CardReplaced() if holder else CardUnknown()


def sale_of(
    counter: Counter, id: str, basket: Basket, at: Instant, grants: dict[str, int], birthday: int, paid: Pays
) -> Sale:
    """The basket as a fact."""
    till, vouchers = counter.till, (*map(str, basket.vouchers), *paid.by_voucher)
    return Sale(
        id=id,
        at=at,
        lines=tuple(Line(line.sku, line.category, line.brand, line.quantity, line.amount) for line in basket.lines),
        tenders=paid.tenders,
        grants=grants,
        vouchers=tuple(dict.fromkeys(vouchers)),
        holds=tuple(dict.fromkeys((*map(str, basket.holds or ()), *paid.keeps))),
        shop=till.shop_id,
        till=till.id,
        partner=till.partner_id,
        cashier=basket.cashier,
        receipt=journal.number_of(basket.receipt_number),
        channel=basket.channel or SHOP,
        birthday=birthday,
    )


async def look(db: Connection, wanted: Sequence[Scan]) -> dict[Scan, Found]:
    """Whose cards were scanned, and which offers and scarce terms count for their sales at these instants."""
    known = await members.by_cards_then(db, [scan[:2] for scan in wanted])
    each = [(scan, known[scan[:2]]) for scan in wanted if scan[:2] in known]
    asked = [(member.id, at) for (_, _, at), member in each]
    theirs, program = await offers.at_the_till(db, asked), await rulebooks.program(db)
    terms = await granting.decided_here(db, asked, program=program, offered=[mine.classes for mine in theirs])
    birthdays = await granting.birthdays(db, asked, program=program)
    return {
        scan: (member, mine, here, birthday, program)
        for (scan, member), mine, here, birthday in zip(each, theirs, terms, birthdays, strict=True)
    }


scans = Together(look)


async def paid_with(counter: Counter, basket: Basket, shown: Shown) -> Pays:
    taken_at = journal.happened(basket.at, counter.at)
    async with counter.database.reading() as db:
        return pays(counter, basket, shown, taken_at, await rulebooks.program(db))


async def permitted(counter: Counter, ready: Ready) -> None:
    """Whoever showed the card may spend what the sale spends. Nobody is asked about what the card does not cover anyway."""
    sale = ready.sale
    if sale.vouchers or sale.holds or any(tender.points for tender in sale.tenders):
        before, program = await look_at(counter, ready)
        covered(sale, before, program, ready.pays)
        worth = worth_spent(ready, before, program)
        await authorisation.permit(counter.database, spending_of(counter, ready, worth))


async def look_at(counter: Counter, ready: Ready) -> tuple[Standing, Program]:
    """Where the member stands as nobody holds them, and what is promised."""
    async with counter.database.reading() as db:
        return await journal.standing(db, ready.member.id, counter.at), await rulebooks.program(db)


def spending_of(counter: Counter, ready: Ready, worth: int) -> Spending:
    sale, till = ready.sale, counter.till
    return Spending(
        member_id=ready.member.id,
        shown=ready.shown,
        fact_id=sale.id,
        shop_id=till.shop_id,
        till_id=till.id,
        worth=worth,
        at=sale.at,
        holds=(*(tender.hold for tender in sale.tenders if tender.hold), *sale.holds),
        approval=ready.basket.approval or "",
    )


def worth_spent(ready: Ready, before: Standing, program: Program) -> int:
    """All that the sale spends of ours, in minor units; a reward that is no tender counts for what it takes off or cost."""
    sale = ready.sale
    spent = (tender for tender in sale.tenders if tender.points or tender.kind == VOUCHER)
    worth = sum(worth_of_tender(tender, program) for tender in spent)
    return worth + sum(worth_of(id, before, program) for id in sale.vouchers if id not in ready.pays.by_voucher)


def worth_of(id: str, standing: Standing, program: Program) -> int:
    """What a reward is worth, in minor units; 0 of one that is not there."""
    voucher = standing.vouchers.get(id)
    if voucher is None:
        return 0
    reward, currency = program.promise(voucher.reward), program.currency(voucher.currency)
    off = reward.amount if isinstance(reward, Reward) else 0
    return off or voucher.points * (currency.value if currency else 0)
