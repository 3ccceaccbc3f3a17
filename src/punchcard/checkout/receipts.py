"""What a till is told of a ruling: receipts and quotes, in the member's language."""

from collections.abc import Sequence

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.money import Money
from punchcard.journal import Trial, completed, gained_from, reasons_of, tier_reached, tier_shown
from punchcard.programme import (
    ADJUSTED,
    ISSUED,
    REDEEMED,
    Program,
    Reward,
    Ruling,
    Standing,
    VoucherUsed,
    balance,
    pending,
)

from .model import AppliedOffer, Quote, Receipt, Scanned, UsableVoucher


def receipt_of(ruling: Ruling, program: Program, sale: str, shop: str, at: Instant, language: str) -> Receipt:
    """What the sale or return did; the balance is where the member stands after all."""
    return Receipt(
        id=ruling.of,
        sale=sale,
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
    )


def quote_of(trial: Trial, grants: Sequence[str], name: str, partner: str, shop: str, language: str) -> Quote:
    """What the basket would do."""
    before, ruling, program = trial.before, trial.ruling, trial.program
    reasons = reasons_of(ruling, program, language)
    points = balance(before, program.main)
    return Quote(
        member=Scanned(name.split(maxsplit=1)[0] if name.strip() else "", tier_shown(before, program, language)),
        earns=gained_from(ISSUED, ruling, program),
        spends=-gained_from(REDEEMED, ruling, program),
        balance=points,
        balance_after=balance(ruling.standing, program.main),
        worth=Money(points * program.rulebook.point_value, program.rulebook.currency),
        vouchers=usable(before, program, partner, shop, language),
        offers=[AppliedOffer(why.term, why.name, why.points) for why in reasons if why.term in grants and why.points],
        reasons=reasons,
    )


def usable(standing: Standing, program: Program, partner: str, shop: str, language: str) -> list[UsableVoucher]:
    """The claimed rewards that may be used up in this shop."""
    found = []
    for id, voucher in standing.vouchers.items():
        reward = program.promise(voucher.reward)
        if isinstance(reward, Reward) and reward.places.match(partner, shop):
            name, until = locale.of(reward.name, language) or reward.id, voucher.until
            lapses = moment(until) if until else None
            found.append(UsableVoucher(id, reward.id, name, reward.kind, reward.amount, lapses))
    return found
