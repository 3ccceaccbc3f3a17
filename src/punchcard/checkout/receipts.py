"""What a till is told of a ruling, in the member's language: the receipt."""

from collections import Counter

from msgspec import UNSET

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.journal import completed, gained_from, reasons_of, tier_reached, tier_shown
from punchcard.programme import (
    ADJUSTED,
    ISSUED,
    REDEEMED,
    SHORTFALL,
    Off,
    Program,
    Ruling,
    Sale,
    Term,
    VoucherUsed,
    balance,
    pending,
)

from .answers import LineDiscount, Receipt, TakenOffer
from .model import Basket


def receipt_of(
    ruling: Ruling,
    program: Program,
    deal: str,
    shop: str,
    at: Instant,
    language: str,
    sale: Sale | None = None,
    basket: Basket | None = None,
    reason: str = "",
) -> Receipt:
    """What the sale or return did; the balance is where the member stands after all."""
    return Receipt(
        id=ruling.of,
        sale=deal,
        at=moment(at),
        shop=shop,
        earned=gained_from(ISSUED, ruling, program) + gained_from(ADJUSTED, ruling, program),
        spent=-gained_from(REDEEMED, ruling, program),
        balance=balance(ruling.standing, program.main),
        pending=pending(ruling.standing, program.main),
        tier=tier_shown(ruling.standing, program, language),
        tier_reached=tier_reached(ruling, program, at, language),
        challenges_completed=completed(ruling, program, language),
        vouchers_used=[news.claim for news in ruling.news if isinstance(news, VoucherUsed)],
        reasons=reasons_of(ruling, program, language),
        paid=paid_with_others(ruling, program) or UNSET,
        discounts=(discounts(basket) if basket else []) or UNSET,
        offers=(taken_offers(ruling, program, language) if basket and basket.offers else []) or UNSET,
        shortfall=sum(tender.amount for tender in sale.tenders if tender.kind == SHORTFALL) if sale else 0,
        reason=reason,
    )


def paid_with_others(ruling: Ruling, program: Program) -> dict[str, int]:
    """What paid, by currency, of those that the card does not show."""
    paid: Counter[str] = Counter()
    for entry in ruling.entries:
        if entry.of == ruling.of and entry.currency != program.main:
            paid[entry.currency] += entry.points * ((entry.account == REDEEMED) - (entry.counter == REDEEMED))
    return {currency: points for currency, points in sorted(paid.items()) if points}


def taken_offers(ruling: Ruling, program: Program, language: str) -> list[TakenOffer]:
    """The offers that lowered the price, as the journal has it."""
    found = []
    for id, amount in sorted(ruling.levels.items()):
        term = program.promise(id)
        if isinstance(term, Term) and isinstance(term.award, Off) and amount:
            found.append(TakenOffer(id, locale.of(term.name, language) or id, amount))
    return found


def discounts(basket: Basket) -> list[LineDiscount]:
    return [LineDiscount(i, line.discount) for i, line in enumerate(basket.lines) if line.discount]
