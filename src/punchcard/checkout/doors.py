"""What the till's door refuses, by the standing that it finds: under the member's lock, so that nothing is spent twice."""

import collections

from punchcard.escrow import SET_ASIDE_FOR
from punchcard.partners import Till
from punchcard.programme import (
    Deal,
    Program,
    Return,
    Reward,
    Sale,
    Standing,
    balance,
    held_vouchers,
)
from punchcard.programme import Held as Aside

from .refusals import (
    HoldElsewhere,
    HoldLess,
    NoSuchHold,
    NoSuchVoucher,
    NotEnoughPoints,
    PaysOtherwise,
    ReturnTooMuch,
    SaleUnknown,
    VoucherElsewhere,
    VoucherHeld,
    VoucherWorthLess,
)
from .tenders import Pays


def covered(sale: Sale, before: Standing, program: Program, pays: Pays) -> None:
    """Refuse what the card does not hold: points, money, what was set aside, vouchers."""
    for tender in sale.tenders:
        if tender.hold:
            aside = held_here(sale, before, tender.hold, tender.hold in pays.by_token)
            if aside.currency != tender.currency:
                raise NoSuchHold(hold=tender.hold)
            if tender.points > aside.points:
                raise HoldLess(hold=tender.hold, left=aside.points)
    for currency, wanted in from_the_card(sale).items():
        held = balance(before, currency)
        if wanted > held:
            raise NotEnoughPoints(balance=held, wanted=wanted, currency=currency)
    for currency in {tender.currency: None for tender in sale.tenders if tender.points}:
        pays_so(sale, currency, program)
    if sale.vouchers or sale.holds:
        usable(sale, before, program, pays)


def from_the_card(sale: Sale) -> collections.Counter[str]:
    """How much of each currency of ours the sale spends that was not set aside before."""
    needed: collections.Counter[str] = collections.Counter()
    for tender in sale.tenders:
        if tender.points and not tender.hold:
            needed[tender.currency] += tender.points
    return needed


def held_here(sale: Sale, before: Standing, hold: str, by_token: bool = False) -> Aside:
    """What is set aside under this id for this partner's shops; of a spend token's hold only to whom the token was shown."""
    aside = before.holds.get(hold)
    if aside is None:
        raise NoSuchHold(hold=hold)
    if aside.purpose not in ("", f"{SET_ASIDE_FOR}{sale.partner}" if by_token else sale.partner):
        raise HoldElsewhere(hold=hold)
    return aside


def pays_so(sale: Sale, currency: str, program: Program) -> None:
    """Refuse what the currency's own rules do not let pay: its share of the basket, and of what comes from the card at
    once, clean multiples and the least amount."""
    known = program.currency(currency)
    assert known is not None, "the tender was read by it"
    rules, points = known.payment, from_the_card(sale)[currency]
    due = sum(line.amount for line in sale.lines)
    amount = sum(tender.amount for tender in sale.tenders if tender.points and tender.currency == currency)
    if amount * 100 > due * rules.share_percent:
        raise PaysOtherwise(currency=currency, why="share-of-basket", most=due * rules.share_percent // 100)
    if points % max(1, rules.multiple):
        raise PaysOtherwise(currency=currency, why="clean-multiples", multiple=rules.multiple)
    if 0 < points < rules.minimum:
        raise PaysOtherwise(currency=currency, why="below-least", least=rules.minimum)


def usable(sale: Sale, before: Standing, program: Program, pays: Pays) -> None:
    """Refuse rewards that are not there, are for other shops, are set aside for another sale, or take less off."""
    by_tender = {tender.hold for tender in sale.tenders}
    for hold in sale.holds:
        if hold not in by_tender and not held_here(sale, before, hold).voucher:
            raise NoSuchHold(hold=hold)
    aside = held_vouchers(before) if before.holds else {}
    for id in sale.vouchers:
        if id not in before.vouchers:
            raise NoSuchVoucher(voucher=id)
        reward = program.promise(before.vouchers[id].reward)
        if isinstance(reward, Reward) and not reward.places.match(sale.partner, sale.shop):
            raise VoucherElsewhere(voucher=id)
        if id in aside and aside[id] not in sale.holds:
            raise VoucherHeld(voucher=id)
        worth = reward.amount if isinstance(reward, Reward) else 0
        if pays.by_voucher.get(id, 0) > worth:
            raise VoucherWorthLess(voucher=id, worth=worth)


def returnable(back: Return, deal: Deal | None, till: Till) -> None:
    """Refuse what this partner never sold, and more than is left of it."""
    if deal is None or not isinstance(deal.fact, Sale) or deal.fact.partner != till.partner_id:
        raise SaleUnknown(sale=back.deal)
    lines = deal.fact.lines
    for line, quantity in back.quantities.items():
        left = lines[line].quantity - deal.returned.get(line, 0) if line < len(lines) else 0
        if quantity > left:
            raise ReturnTooMuch(line=line, left=left)
    paid = paid_by(deal)
    for currency, points in back.refunds.items():
        if points > paid[currency]:
            raise ReturnTooMuch(points=points, left=paid[currency])


def paid_by(deal: Deal) -> collections.Counter[str]:
    """How much of our currencies has paid for the sale and not come back."""
    paid = collections.Counter(deal.credit)
    for lot in deal.draws:
        paid[lot.currency] += lot.points
    return paid


def left_of(deal: Deal) -> dict[int, int]:
    """How many units of which line have not come back."""
    assert isinstance(deal.fact, Sale)
    units = {i: line.quantity - deal.returned.get(i, 0) for i, line in enumerate(deal.fact.lines)}
    return {line: quantity for line, quantity in units.items() if quantity > 0}


def worth_of(deal: Deal, back: Return) -> int:
    """What comes back was sold for, in minor units: what the lines came to before, less what they come to after."""
    assert isinstance(deal.fact, Sale)
    worth = 0
    for i, quantity in back.quantities.items():
        if i < len(deal.fact.lines):
            line, left = deal.fact.lines[i], deal.fact.lines[i].quantity - deal.returned.get(i, 0)
            worth += line.amount * left // line.quantity - line.amount * (left - quantity) // line.quantity
    return worth
