"""Which offer to show a member next: Thompson sampling, whose guess begins with what people alike did with all offers.

Of an offer that `used` of `shown` members of a kind used, the chance is Beta distributed: it begins with the mean that the
offer's own rate and the kind's own rate suggest, each drawn towards the programme's, as if a few uses (`USES`) had been
seen, and goes on with what was seen. A chance is drawn, multiplied by what a use is worth, and the highest comes first: what
is known to be good comes often, what is unknown sometimes. (Thompson, "On the likelihood that one unknown probability exceeds
another", Biometrika 25, 1933.)"""

import hashlib
from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import DAY, Instant

PROGRAMME_SHOWN, PROGRAMME_USED = 20, 1
"""Before anything is known, a programme is as if so many had been shown an offer and so many had used it."""
USES = 2
"""What was believed before weighs as much as so many uses that were seen: uses are rare, and a count of members would weigh
nothing where one in a hundred uses anything."""
SEEN_MIN = 30
"""Fewer members of a kind say too little."""
OFTEN = 1.2
"""So much above the programme's rate is often."""
LEAST_SHARE = 0.01
"""Of what a member spends a visit: what a use is worth at least."""
LOWEST, HIGHEST = 0.001, 0.95

Why = Literal["often", "trying", "usual", "ends-first"]


class Seen(Struct, frozen=True):
    """Of how many members it is known, and how many of them used it."""

    shown: int = 0
    used: int = 0

    def __add__(self, other: "Seen") -> "Seen":
        return Seen(self.shown + other.shown, self.used + other.used)


class Known(Struct, frozen=True):
    """What was seen when the day began: of all, of each offer, of the member's kind, and of each offer with that kind."""

    programme: Seen = Seen()
    kind: Seen = Seen()
    offers: Mapping[str, Seen] = {}
    arms: Mapping[str, Seen] = {}


class Chance(Struct, frozen=True):
    """A Beta distribution of the chance that a member of a kind uses an offer."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)


def rate(seen: Seen, before: float, weight: float) -> float:
    """The share who used it, drawn towards what was believed before as if of so many."""
    return (seen.used + weight * before) / (seen.shown + weight)


def chance(offer_id: str, known: Known) -> Chance:
    """What is believed of an offer for this kind of member: programme, then offer and kind, then both together."""
    programme = overall(known)
    offer = rate(known.offers.get(offer_id, Seen()), programme, USES / programme)
    kind = rate(known.kind, programme, USES / programme)
    before = min(HIGHEST, max(LOWEST, offer * kind / programme))
    arm = known.arms.get(offer_id, Seen())
    return Chance(USES + arm.used, USES / before - USES + arm.shown - arm.used)


def overall(known: Known) -> float:
    return rate(known.programme, PROGRAMME_USED / PROGRAMME_SHOWN, PROGRAMME_SHOWN)


def drawn(member_id: UUID, offer_id: str, at: Instant, chance: Chance) -> float:
    """A chance out of the distribution: the same for this member and offer all day (UTC)."""
    digest = hashlib.sha256(b"%b %d %b" % (member_id.bytes, at // DAY, offer_id.encode())).digest()
    return Random(digest).betavariate(chance.a, chance.b)


def value(visit_cents: float, margin_percent: int, cost_cents: float) -> float:
    """What a use leaves the house, in minor units: the margin of a visit less what the offer gives; never nothing."""
    return max(visit_cents * margin_percent / 100 - cost_cents, visit_cents * LEAST_SHARE, 1.0)


def order(member_id: UUID, offers: Sequence[str], values: Mapping[str, float], known: Known, at: Instant) -> list[str]:
    """The best first, as far as it was drawn today."""

    def score(offer_id: str) -> float:
        return drawn(member_id, offer_id, at, chance(offer_id, known)) * values.get(offer_id, 1.0)

    return sorted(offers, key=lambda offer_id: (-score(offer_id), offer_id))


def why(offer_id: str, known: Known) -> Why:
    """Why it is shown, as far as one can say it truthfully."""
    if known.arms.get(offer_id, Seen()).shown < SEEN_MIN:
        return "trying"
    return "often" if chance(offer_id, known).mean >= OFTEN * overall(known) else "usual"
