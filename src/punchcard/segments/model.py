"""A named group of members as one expression, evaluated for one member; and why there can be no such group."""

from uuid import UUID

from msgspec import Struct

from punchcard import programme
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.errors import Refused
from punchcard.members import Purpose
from punchcard.programme import (
    CONDITIONS_MAX,
    DEPTH_MAX,
    All,
    Any,
    Condition,
    ConsentsTo,
    Expression,
    HomeShopIn,
    Not,
    NotVisitedWithin,
    PointsAtLeast,
    SpeaksAny,
    TierIn,
    VisitedWithin,
)

from .portrait import Profile

BOXES_MAX = 64
PERSONALISATION: Purpose = "personalisation"
"""The purpose a member must consent to before what they did (visits, shops) may choose them."""


class Page(Struct, frozen=True):
    """The members of a group among some: up to which member was looked, and whether that was the last one."""

    members: list[UUID]
    through: UUID | None
    is_last: bool


class TooIntricate(Refused):
    """This group has too many conditions."""

    status = 400
    words = "segments"


class NoSuchTier(Refused):
    """The rulebook has no such tier."""

    status = 400
    words = "segments"


def purposes(expression: Expression) -> frozenset[str]:
    """What members must have agreed to before the expression may look at them at all."""
    match expression:
        case All(of) | Any(of):
            return frozenset[str]().union(*map(purposes, of))
        case Not(of):
            return purposes(of)
        case VisitedWithin() | NotVisitedWithin() | HomeShopIn():
            return frozenset({PERSONALISATION})
    return frozenset()


def conditions(expression: Expression) -> list[Condition]:
    """Every condition in the order of reading; refuses what is too deep or too long to reason about."""
    found = programme.conditions(expression)
    if found is None:
        raise TooIntricate(conditions_max=CONDITIONS_MAX, depth_max=DEPTH_MAX)
    return found


def holds(expression: Expression, profile: Profile, at: Instant) -> bool:
    """Whether this member is in the group at that instant. Without consent to what it looks at: no."""
    return purposes(expression) <= profile.consents and true_of(expression, profile, at)


def true_of(expression: Expression, profile: Profile, at: Instant) -> bool:
    match expression:
        case All(of):
            return all(true_of(part, profile, at) for part in of)
        case Any(of):
            return any(true_of(part, profile, at) for part in of)
        case Not(of):
            return not true_of(of, profile, at)
        case TierIn(tiers):
            return profile.tier in tiers
        case VisitedWithin(days):
            return visited_since(profile, at - days * DAY)
        case NotVisitedWithin(days):
            return not visited_since(profile, at - days * DAY)
        case ConsentsTo(purpose):
            return purpose in profile.consents
        case SpeaksAny(languages):
            return profile.language in languages
        case HomeShopIn(shops):
            return profile.home_shop in shops
        case PointsAtLeast(points):
            return profile.points >= points


def visited_since(profile: Profile, since: Instant) -> bool:
    return profile.last_visit_at is not None and profile.last_visit_at >= since
