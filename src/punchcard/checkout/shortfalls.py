"""A till sold without a network. What may not be spent of it is the shop's loss: a balance never goes below zero by a till."""

from collections.abc import Callable

from msgspec.structs import replace

from punchcard import granting
from punchcard.foundation.errors import Refused
from punchcard.journal import Door, Recorded
from punchcard.programme import SHORTFALL, VOUCHER, Program, Ruling, Sale, Standing, Tender

from .doors import covered, from_the_card
from .model import Counter
from .refusals import (
    HoldElsewhere,
    HoldLess,
    NoSuchHold,
    NoSuchVoucher,
    NotEnoughPoints,
    PaysOtherwise,
    VoucherElsewhere,
    VoucherHeld,
    VoucherWorthLess,
)
from .scanning import Ready, look_at, permitted
from .tenders import Pays
from .writing import write

TRIES = 12
Uncovered = (
    HoldElsewhere,
    HoldLess,
    NoSuchHold,
    NoSuchVoucher,
    NotEnoughPoints,
    PaysOtherwise,
    VoucherElsewhere,
    VoucherHeld,
    VoucherWorthLess,
)


async def sell(counter: Counter, ready: Ready, wanted: bytes) -> Recorded:
    """The sale as it happened, at its own time, with as much spent as the card covers now and covered then. What was told
    too late to change those days spends nothing."""
    if ready.sale.at < counter.at - counter.late_seconds:
        ready = nothing_spent(ready)
    else:
        ready = await as_far_as_permitted(counter, await as_far_as_covered(counter, ready))
    for _ in range(TRIES):
        sale = await granting.reserved(counter.database, ready.member.id, ready.sale, ready.terms, counter.at)
        try:
            return await write(counter, ready, sale, wanted, door_of(sale, ready.pays))
        except Uncovered as refused:
            ready = less(ready, refused)
    ready = nothing_spent(ready)
    sale = await granting.reserved(counter.database, ready.member.id, ready.sale, ready.terms, counter.at)
    return await write(counter, ready, sale, wanted, None)


async def as_far_as_covered(counter: Counter, ready: Ready) -> Ready:
    """With what the card seems to cover, as nobody holds it."""
    before, program = await look_at(counter, ready)
    for _ in range(TRIES):
        try:
            covered(ready.sale, before, program, ready.pays)
        except Uncovered as refused:
            ready = less(ready, refused)
        else:
            return ready
    return nothing_spent(ready)


async def as_far_as_permitted(counter: Counter, ready: Ready) -> Ready:
    """With what whoever showed the card may spend; what was set aside before pays in any case."""
    try:
        await permitted(counter, ready)
    except Refused:
        return held_alone(ready)
    return ready


def door_of(sale: Sale, pays: Pays) -> Door:
    """Refuses what the card does not hold, and what would leave it owing more than it did."""
    owed: list[dict[str, int]] = []

    def door(before: Standing, ruling: Ruling, program: Program) -> None:
        owed.append(before.owed)
        covered(sale, before, program, pays)
        for currency, wanted in from_the_card(sale).items():
            more = ruling.standing.owed.get(currency, 0) - owed[0].get(currency, 0)
            if more > 0:
                raise NotEnoughPoints(balance=max(0, wanted - more), wanted=wanted, currency=currency)

    return door


def less(ready: Ready, refused: Refused) -> Ready:
    """The sale without what was refused."""
    facts, holds = refused.facts, ready.sale.holds
    match refused:
        case NotEnoughPoints():
            return capped(ready, facts["currency"], facts["balance"])
        case PaysOtherwise():
            return changed(ready, lambda each: 0 if each.currency == facts["currency"] else each.points)
        case HoldLess():
            return changed(ready, lambda each: facts["left"] if each.hold == facts["hold"] else each.points)
        case NoSuchHold() | HoldElsewhere():
            ready = replace(ready, sale=replace(ready.sale, holds=tuple(id for id in holds if id != facts["hold"])))
            return changed(ready, lambda each: 0 if each.hold == facts["hold"] else each.points)
        case VoucherWorthLess():
            return without_tenders_of(ready, facts["voucher"], facts["worth"])
    return without_voucher(ready, facts["voucher"])


def nothing_spent(ready: Ready) -> Ready:
    """All that was spent of ours is the shop's loss."""
    return changed(without_vouchers(ready), lambda each: 0)


def held_alone(ready: Ready) -> Ready:
    """What was set aside before pays, and nothing else of ours."""
    return changed(without_vouchers(ready), lambda each: each.points if each.hold else 0)


def capped(ready: Ready, currency: str, points: int) -> Ready:
    """No more than so many of a currency come from the card at once."""
    left = [points]

    def allowed(tender: Tender) -> int:
        if tender.hold or tender.currency != currency:
            return tender.points
        taken = min(tender.points, left[0])
        left[0] -= taken
        return taken

    return changed(ready, allowed)


def without_vouchers(ready: Ready) -> Ready:
    for id in ready.sale.vouchers:
        ready = without_voucher(ready, id)
    return replace(ready, sale=replace(ready.sale, holds=()))


def without_voucher(ready: Ready, voucher: str) -> Ready:
    """The reward was not there: what it took off is the shop's loss."""
    ready = without_tenders_of(ready, voucher, 0)
    vouchers = tuple(id for id in ready.sale.vouchers if id != voucher)
    return replace(ready, sale=replace(ready.sale, vouchers=vouchers))


def without_tenders_of(ready: Ready, voucher: str, worth: int) -> Ready:
    """A reward takes off no more than it is worth."""
    tenders, more, left = list(ready.sale.tenders), list[Tender](), worth
    for i, asked in enumerate(ready.basket.tenders):
        if asked.kind == VOUCHER and str(asked.voucher) == voucher and tenders[i].kind == VOUCHER:
            amount = tenders[i].amount
            tenders[i] = replace(tenders[i], amount=min(amount, left)) if left else lost(tenders[i], amount)
            more += [lost(tenders[i], amount - left)] if 0 < left < amount else []
            left = max(0, left - amount)
    by_voucher = {id: min(amount, worth) if id == voucher else amount for id, amount in ready.pays.by_voucher.items()}
    pays = replace(ready.pays, by_voucher=by_voucher)
    return replace(ready, pays=pays, sale=replace(ready.sale, tenders=(*tenders, *more)))


def changed(ready: Ready, allowed: Callable[[Tender], int]) -> Ready:
    """Each tender with no more points than are allowed; what they do not pay then is the shop's loss."""
    tenders, more = list[Tender](), list[Tender]()
    for tender in ready.sale.tenders:
        points = allowed(tender) if tender.points else tender.points
        if points >= tender.points:
            tenders.append(tender)
        elif points <= 0:
            tenders.append(lost(tender, tender.amount))
        else:
            amount = tender.amount * points // tender.points
            tenders.append(replace(tender, points=points, amount=amount))
            more.append(lost(tender, tender.amount - amount))
    return replace(ready, sale=replace(ready.sale, tenders=(*tenders, *more)))


def lost(tender: Tender, amount: int) -> Tender:
    return Tender(SHORTFALL, amount, 0, tender.currency)
