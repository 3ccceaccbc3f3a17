"""How much of a currency may pay for a basket just now. Asked anew whenever the basket changes."""

from msgspec import Struct

from .program import Program
from .standing import Standing, balance

NOT_SPENDABLE, HELD_LESS, SHARE, MULTIPLE, MINIMUM = (
    "not-spendable", "held-less", "share-of-basket", "clean-multiples", "below-least",
)  # fmt: skip


class Spendable(Struct, frozen=True):
    """So many may be spent, and pay for so many minor units of the basket."""

    points: int
    worth: int
    why: str = ""
    """What held back the rest of what was asked for: a key of `words/programme.toml`; empty if nothing did."""


def spendable(
    standing: Standing, program: Program, currency: str, due_minor: int, requested: int | None = None
) -> Spendable:
    """What may pay of `due_minor`, as of the standing's time: what is asked for (without it, as much as may), no more than
    is there and than its share of the basket, in clean multiples, and from the least amount on.

    Who pays with it pays less by the currency's discount: its worth is what it takes off the basket."""
    known = program.currency(currency)
    value = 1 if known and known.kind == "money" else known.value if known else 0
    if known is None or known.kind == "status" or value <= 0:
        return Spendable(0, 0, NOT_SPENDABLE)
    rules, money = known.payment, known.kind == "money"
    paid_percent = 100 - min(rules.discount_percent, 99)
    due = max(0, due_minor)
    most = due * rules.share_percent // 100
    """Minor units."""
    asked = paying(due, value, paid_percent, money) if requested is None else max(0, requested)
    points, why = asked, ""
    for limit, reason in ((balance(standing, currency), HELD_LESS), (paying(most, value, paid_percent, money), SHARE)):
        if points > limit:
            points, why = limit, reason
    clean = points - points % max(1, rules.multiple)
    if clean < points:
        points, why = clean, MULTIPLE
    if 0 < points < rules.minimum:
        points, why = 0, MINIMUM
    return Spendable(points, min(most, points * value * 100 // paid_percent), why)


def paying(amount_minor: int, value: int, paid_percent: int, money: bool) -> int:
    """How many pay for so much. Money pays for all of it; of points none is spent in part."""
    needed = amount_minor * paid_percent
    return -(-needed // (100 * value)) if money else needed // (100 * value)
