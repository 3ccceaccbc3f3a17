"""What a member tends to do, counted beside the standing for the segments: where they buy, when last, for how much."""

from msgspec import Struct, field, msgpack

from punchcard.foundation.clock import Instant
from punchcard.programme import AnyFact, Deal, Program, Sale, Standing, balance, tier_of

from .model import Profile


class Habits(Struct, array_like=True):
    """Counts over all facts so far. `spend_cents` is net of what came back, in minor units."""

    last_visit_at: Instant = 0
    spend_cents: int = 0
    shops: dict[str, int] = field(default_factory=dict)
    """How many sales in each shop."""

    def copy(self) -> "Habits":
        return Habits(self.last_visit_at, self.spend_cents, self.shops.copy())


encode = msgpack.Encoder().encode
decode = msgpack.Decoder(Habits).decode


def count(habits: Habits, fact: AnyFact, earlier: Deal | None, deal: Deal | None) -> None:
    """Count one fact in: `earlier` is the deal it was about, `deal` what that has become."""
    if isinstance(fact, Sale):
        habits.last_visit_at = max(habits.last_visit_at, fact.at)
        if fact.shop:
            habits.shops[fact.shop] = habits.shops.get(fact.shop, 0) + 1
    habits.spend_cents += kept_cents(deal) - kept_cents(earlier) if deal else 0


def kept_cents(deal: Deal | None) -> int:
    """What the goods that did not come back were sold for."""
    if deal is None or not isinstance(deal.fact, Sale):
        return 0
    left = ((line, line.quantity - deal.returned.get(i, 0)) for i, line in enumerate(deal.fact.lines))
    return sum(line.amount * rest // line.quantity if rest < line.quantity else line.amount for line, rest in left)


def profile_of(standing: Standing, habits: Habits, program: Program) -> Profile:
    """The member as segments see them."""
    return Profile(
        tier=tier_of(standing, program),
        points=balance(standing, program.main),
        visits=standing.visits,
        last_visit_at=habits.last_visit_at or None,
        home_shop=min(habits.shops, key=lambda shop: (-habits.shops[shop], shop), default=None),
        spend_cents=habits.spend_cents,
    )
