"""What a journal shows of itself: the card, the lines of the statement, and what a fact moved."""

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.locale import Text
from punchcard.foundation.money import Money
from punchcard.programme import Program, Reason, Ruling


class Expiring(Struct, frozen=True):
    """The points that expire first."""

    points: int
    at: Instant


class CardView(Struct, frozen=True, kw_only=True):
    """What a card says of a standing: now, and what comes next."""

    version: int
    points: int
    unit: Text
    """What the card's currency is called; empty where it is simply points."""
    worth: Money
    """What the points are worth at a till."""
    pending: int
    """Earned, not begun yet."""
    owed: int
    visits: int
    tier: str
    tier_name: Text
    tier_until: Instant | None
    """Until when the tier is kept at least; None for the first, which nobody loses."""
    projected_tier: str
    """The tier after that, if nothing more comes; the same where it is safe."""
    projected_tier_name: Text
    to_stay: int
    """How much is still needed until then to keep the tier; 0 where it is safe, or nothing would help."""
    next_tier: str | None
    next_tier_name: Text
    missing: int
    """How many points are missing to the next tier in this season; 0 at the highest."""
    next_threshold: int = 0
    """What the next tier asks for in all; 0 at the highest."""
    next_change_at: Instant
    """Nothing changes by time alone before it."""
    expiring: Expiring | None


class Line(Struct, frozen=True, kw_only=True):
    """One line of the statement: a fact, or what time did at an instant, as it counts now."""

    id: str
    """The fact's id; empty where time moved the points."""
    at: Instant
    kind: str
    """sale, return, activity, spend, unspend, adjustment; or time."""
    points: int
    """What the member's points to spend gained (below zero: lost)."""
    pending: int
    """What was earned and begins later."""
    shop: str = ""
    amount: int | None = None
    """What a sale came to, in minor units."""
    reasons: tuple[Reason, ...] = ()


def gained_from(account: str, ruling: Ruling, program: Program) -> int:
    """How much of what a card shows the member gained from this account of the programme, by this very fact."""
    points = 0
    for entry in ruling.entries:
        if entry.of == ruling.of and entry.currency == program.main:
            points += entry.points * ((entry.counter == account) - (entry.account == account))
    return points
