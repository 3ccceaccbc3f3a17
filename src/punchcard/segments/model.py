"""A named group of members as one expression, evaluated for one member; and why there can be no such group."""

from collections.abc import Iterable
from math import cos, radians
from uuid import UUID

from msgspec import Struct

from punchcard import programme
from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.errors import Refused
from punchcard.programme import CONDITIONS_MAX, DEPTH_MAX, Condition, Expression, people

from .portrait import Bought, Profile

GENERATIONS: dict[people.Generation, range] = {
    "silent": range(1928, 1946),
    "boomer": range(1946, 1965),
    "x": range(1965, 1981),
    "millennial": range(1981, 1997),
    "z": range(1997, 2013),
    "alpha": range(2013, 2029),
}
"""The years in which they were born."""
DEEDS: dict[people.Did, tuple[people.Did, ...]] = {
    "opened": ("opened", "activated", "used"),
    "activated": ("activated", "used"),
    "used": ("used",),
}
"""Whoever went further also went so far."""
DEGREE, HALF_TURN = 10_000, 1_800_000
"""Places are whole numbers of 1e-4 degrees."""
METRES_A_DEGREE = 111_320


class Page(Struct, frozen=True):
    """The members of a group among some: up to which member was looked, and whether that was the last one."""

    members: list[UUID]
    through: UUID | None
    is_last: bool


class Reach(Struct, frozen=True):
    """About how many members are in a group: nineteen times of twenty it is off by at most `error`. Counted, that is 0."""

    members: int
    error: int
    looked_at: int


class TooIntricate(Refused):
    """This group has too many conditions."""

    status = 400
    words = "segments"


class NoSuchTier(Refused):
    """The rulebook has no such tier."""

    status = 400
    words = "segments"


class NoSuchCurrency(Refused):
    """The rulebook has no such currency."""

    status = 400
    words = "segments"


class NoSuchChallenge(Refused):
    """The rulebook has no such challenge."""

    status = 400
    words = "segments"


class NoSuchShop(Refused):
    """There is no such shop."""

    status = 400
    words = "segments"


class NoSuchPlace(Refused):
    """Nobody said where this shop is."""

    status = 400
    words = "segments"


def purposes(expression: Expression) -> frozenset[str]:
    """What members must have agreed to before the expression may look at them at all."""
    match expression:
        case people.All(of) | people.Any(of):
            return expression.needs.union(*map(purposes, of))
        case people.Not(of):
            return purposes(of)
    return expression.needs


def conditions(expression: Expression) -> list[Condition]:
    """Every condition in the order of reading; refuses what is too deep or too long to reason about."""
    found = programme.conditions(expression)
    if found is None:
        raise TooIntricate(conditions_max=CONDITIONS_MAX, depth_max=DEPTH_MAX)
    return found


def holds(expression: Expression, profile: Profile, at: Instant) -> bool:
    """Whether this member is in the group at that instant. Without consent to what it looks at: no. What it says of shops'
    places is written out before (`placed`)."""
    return purposes(expression) <= profile.consents and true_of(expression, profile, at)


def true_of(expression: Expression, profile: Profile, at: Instant) -> bool:
    match expression:
        case people.All(of):
            return all(true_of(part, profile, at) for part in of)
        case people.Any(of):
            return any(true_of(part, profile, at) for part in of)
        case people.Not(of):
            return not true_of(of, profile, at)
        case people.TierIn(tiers):
            return profile.tier in tiers
        case people.SpeaksAny(languages):
            return profile.language in languages
        case people.ConsentsTo(purpose):
            return purpose in profile.consents
        case people.JoinedWithin(days):
            return profile.joined_at >= at - days * DAY
        case people.PointsAtLeast(points):
            return profile.points >= points
        case people.PointsBelow(points):
            return profile.points < points
        case people.BalanceAtLeast(currency, points):
            return profile.balances.get(currency, 0) >= points
        case people.ExpiringWithin(days, points):
            return sum(lot for end, lot in profile.expiring if at < end <= at + days * DAY) >= points
    return did(expression, profile, at)


def did(asked: people.Doing, profile: Profile, at: Instant) -> bool:
    match asked:
        case people.VisitedWithin(days):
            return visited_since(profile, at - days * DAY)
        case people.NotVisitedWithin(days):
            return not visited_since(profile, at - days * DAY)
        case people.VisitsAtLeast(times, 0):
            return profile.visits >= times
        case people.VisitsAtLeast(times, days):
            return len(profile.recent) >= times and profile.recent[times - 1][0] >= at - days * DAY
        case people.SpentAtLeast(cents, 0):
            return profile.spend_cents >= cents
        case people.SpentAtLeast(cents, days):
            return sum(spent for when, spent in profile.recent if when >= at - days * DAY) >= cents
        case people.BoughtCategory():
            return bool(bought(asked, profile.categories, at))
        case people.BoughtBrand():
            return bool(bought(asked, profile.brands, at))
        case people.BoughtBy(channels):
            return not channels.isdisjoint(profile.channels)
        case people.HomeShopIn(shops):
            return profile.home_shop in shops
        case people.ChallengeAtLeast(challenge, percent):
            return profile.challenges.get(challenge, 0) >= percent
        case people.DidWithOffer(offer, deed):
            return profile.offers.get(offer) in DEEDS[deed]
    return known(asked, profile, at)


def known(
    asked: people.GenerationIn
    | people.BornBetween
    | people.TraitIn
    | people.ScoreAtLeast
    | people.ScoreBelow
    | people.HomeShopWithin
    | people.NearWithin,
    profile: Profile,
    at: Instant,
) -> bool:
    match asked:
        case people.GenerationIn(generations):
            return any(profile.born_year in GENERATIONS[each] for each in generations)
        case people.BornBetween(first, last):
            return profile.born_year is not None and first <= profile.born_year <= last
        case people.TraitIn(trait, values):
            return profile.traits.get(trait) in values
        case people.ScoreAtLeast(name, value):
            return name in profile.scores and profile.scores[name] >= value
        case people.ScoreBelow(name, value):
            return name in profile.scores and profile.scores[name] < value
        case people.NearWithin():
            return is_near(asked, profile, at)
        case people.HomeShopWithin():
            raise AssertionError("which shops are near is written out before: `placed`")


def visited_since(profile: Profile, since: Instant) -> bool:
    return profile.last_visit_at is not None and profile.last_visit_at >= since


def bought(asked: people.Bought, had: dict[str, Bought], at: Instant) -> list[str]:
    """The names of which all that is asked is true."""
    since = at - asked.days * DAY if asked.days else 0
    found = ((name, had[name]) for name in asked.names if name in had)
    return [
        name
        for name, (last, cents, times) in found
        if last >= since and (not asked.cents or cents >= asked.cents) and times >= asked.times
    ]


def years(generations: Iterable[people.Generation]) -> list[int]:
    """In which they were born."""
    return sorted(year for each in generations for year in GENERATIONS[each])


class Circle(Struct, frozen=True):
    """A point in 1e-4 degrees, and a distance in thousandths of that at the equator; there a degree of longitude is
    `narrow` thousandths of what it is at this latitude. Whole numbers, so that PostgreSQL reckons the very same."""

    latitude: int
    longitude: int
    narrow: int
    squared: int


def circle(asked: people.NearWithin) -> Circle | None:
    """None where the shop's place is not known."""
    if asked.latitude is None or asked.longitude is None:
        return None
    across = asked.metres * 1000 * DEGREE // METRES_A_DEGREE
    return Circle(
        round(asked.latitude * DEGREE),
        round(asked.longitude * DEGREE),
        round(cos(radians(asked.latitude)) * 1000),
        across * across,
    )


def is_near(asked: people.NearWithin, profile: Profile, at: Instant) -> bool:
    ring = circle(asked)
    if ring is None or profile.place is None or profile.place[2] < at - asked.hours * HOUR:
        return False
    up = (profile.place[0] - ring.latitude) * 1000
    along = ((profile.place[1] - ring.longitude + 3 * HALF_TURN) % (2 * HALF_TURN) - HALF_TURN) * ring.narrow
    return up * up + along * along <= ring.squared
