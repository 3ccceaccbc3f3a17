"""What pays for a basket: money, our currencies, rewards, what was set aside."""

import collections

from msgspec import Struct
from msgspec.structs import replace

from punchcard import escrow
from punchcard.authorisation import Shown
from punchcard.escrow import TokenNotGood
from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Malformed
from punchcard.journal import NotSpendable
from punchcard.programme import SHORTFALL, VOUCHER, Currency, Program, Tender

from .model import Basket, Counter, PaidWith
from .refusals import PointsWorthLess, TendersShort, TokenOfAnother, TokenWorthLess, WrongCurrency

POINTS = "points"
"""The kind of tender that means what the card shows, whatever it is called."""


class Pays(Struct, frozen=True):
    """What pays for a basket, as its sale bears it."""

    tenders: tuple[Tender, ...] = ()
    keeps: tuple[str, ...] = ()
    """The holds that go on with what is left of them."""
    by_voucher: dict[str, int] = {}
    """How much each reward takes off, in minor units."""
    by_token: frozenset[str] = frozenset()
    """The holds that a spend token stands for."""


def spends(basket: Basket) -> bool:
    """Points and vouchers are spent when we say so, not when a till's clock does."""
    return bool(basket.vouchers or basket.holds) or any(
        tender.currency or tender.kind in (POINTS, VOUCHER) or tender.token for tender in basket.tenders
    )


def ours(tender: PaidWith, program: Program) -> str:
    """Which of our currencies pays, if one does."""
    return tender.currency or (program.main if tender.kind == POINTS else "")


def pays(counter: Counter, basket: Basket, shown: Shown, at: Instant, program: Program) -> Pays:
    """What was paid with. Points are worth what the programme says, and what is paid covers the basket."""
    if basket.currency not in (None, program.rulebook.currency):
        raise WrongCurrency(currency=program.rulebook.currency)
    tenders = tuple(
        tender_of(counter, tender, f"/tenders/{i}", shown, at, program) for i, tender in enumerate(basket.tenders)
    )
    holds = [tender.hold for tender in tenders if tender.hold]
    if len(set(holds)) < len(holds):
        raise Malformed(pointer="/tenders", why="a hold pays once")
    due, paid = sum(line.amount for line in basket.lines), sum(tender.amount for tender in tenders)
    no_cash = sum(tender.amount for tender in tenders if tender.points or tender.kind in (VOUCHER, SHORTFALL))
    if tenders and (paid < due or no_cash > due):
        raise TendersShort(due=due, paid=paid)
    kept = [tender.hold for asked, tender in zip(basket.tenders, tenders, strict=True) if asked.keep and tender.hold]
    rewards: collections.Counter[str] = collections.Counter()
    for tender in basket.tenders:
        if tender.kind == VOUCHER:
            rewards[str(tender.voucher)] += tender.amount
    shown_by_token = {
        tender.hold for asked, tender in zip(basket.tenders, tenders, strict=True) if asked.token and tender.hold
    }
    return Pays(tenders, tuple(kept), dict(rewards), frozenset(shown_by_token))


def tender_of(counter: Counter, asked: PaidWith, pointer: str, shown: Shown, at: Instant, program: Program) -> Tender:
    currency = ours(asked, program)
    if asked.kind == SHORTFALL:
        raise Malformed(pointer=f"{pointer}/kind", why="is ours to say")
    if (asked.kind == VOUCHER) != bool(asked.voucher):
        raise Malformed(pointer=f"{pointer}/voucher", why="of the kind `voucher`, and of no other")
    if asked.token:
        return by_token(counter, asked, asked.token, shown, at, program)
    if asked.keep and not asked.hold:
        raise Malformed(pointer=f"{pointer}/keep", why="only what is held can be kept")
    if currency and not asked.voucher:
        return of_ours(asked, currency, asked.hold, program)
    if asked.points or asked.hold or asked.currency:
        raise Malformed(pointer=f"{pointer}/points", why="only of a currency of ours")
    return Tender(asked.kind, asked.amount, 0, program.main)


def by_token(counter: Counter, asked: PaidWith, token: str, shown: Shown, at: Instant, program: Program) -> Tender:
    """What stands behind a spend token pays, as many points as the amount needs, whatever the till reckoned; what it took
    without a network for a bad one is the shop's loss."""
    try:
        escrowed = escrow.opened(counter.secrets, token, counter.till.shop_id, at)
        if escrowed.card != shown.code_hash:
            raise TokenOfAnother
        if asked.amount > escrowed.worth:
            raise TokenWorthLess(worth=escrowed.worth)
    except (TokenNotGood, TokenOfAnother, TokenWorthLess):
        if not counter.offline:
            raise
        return Tender(SHORTFALL, asked.amount, 0, program.main)
    return of_ours(replace(asked, points=0), escrowed.currency, escrowed.hold, program)


def of_ours(asked: PaidWith, currency: str, hold: str, program: Program) -> Tender:
    """One of our currencies pays, less by its discount; so many of it as the till says, or as are needed."""
    known = program.currency(currency)
    if known is None or not known.value:
        raise NotSpendable(currency=currency)
    needed = needed_for(asked.amount, known)
    points = asked.points or needed
    if points < needed:
        raise PointsWorthLess(points=points, worth=points * known.value * 100 // paid_percent(known))
    return Tender(asked.kind, asked.amount, points, currency, hold)


def needed_for(amount: int, currency: Currency) -> int:
    """So many pay so much, less by the currency's discount."""
    return -(-amount * paid_percent(currency) // (100 * currency.value))


def paid_percent(currency: Currency) -> int:
    return 100 - min(currency.payment.discount_percent, 99)


def worth_of_tender(tender: Tender, program: Program) -> int:
    """What it takes from the card, in minor units: what it pays, and what more of ours goes than that needs."""
    known = program.currency(tender.currency)
    if known is None or not known.value or not tender.points:
        return tender.amount
    return tender.amount + max(0, tender.points - needed_for(tender.amount, known)) * known.value
