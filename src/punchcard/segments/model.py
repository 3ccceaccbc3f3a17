"""A named group of members as one expression: read from TOML or JSON, evaluated for one member or as SQL."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.errors import Refused
from punchcard.members import Purpose

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Names = Annotated[frozenset[Name], Meta(min_length=1, max_length=32)]
Days = Annotated[int, Meta(ge=1, le=3660)]

CONDITIONS_MAX, DEPTH_MAX, BOXES_MAX = 32, 8, 64
PERSONALISATION: Purpose = "personalisation"
"""The purpose a member must consent to before what they did (visits, shops) may choose them."""


class All(Struct, frozen=True, tag="all", forbid_unknown_fields=True):
    """Every one of these; of none, everybody."""

    of: Annotated[tuple["Expression", ...], Meta(max_length=CONDITIONS_MAX)] = ()


class Any(Struct, frozen=True, tag="any", forbid_unknown_fields=True):
    """At least one of these; of none, nobody."""

    of: Annotated[tuple["Expression", ...], Meta(max_length=CONDITIONS_MAX)] = ()


class Not(Struct, frozen=True, tag="not", forbid_unknown_fields=True):
    """Whoever is not in it."""

    of: "Expression"


class TierIn(Struct, frozen=True, tag="tier-in", forbid_unknown_fields=True):
    """Holds one of these tiers, by the ids of the rulebook's ladder."""

    tiers: Names


class VisitedWithin(Struct, frozen=True, tag="visited-within", forbid_unknown_fields=True):
    """Was here in the last so many days of 24 hours."""

    days: Days


class NotVisitedWithin(Struct, frozen=True, tag="not-visited-within", forbid_unknown_fields=True):
    """Was not here in the last so many days, or never."""

    days: Days


class ConsentsTo(Struct, frozen=True, tag="consents-to", forbid_unknown_fields=True):
    """Agreed to this use of their data."""

    purpose: Purpose


class SpeaksAny(Struct, frozen=True, tag="speaks-any", forbid_unknown_fields=True):
    """Reads one of these languages."""

    languages: Names


class HomeShopIn(Struct, frozen=True, tag="home-shop-in", forbid_unknown_fields=True):
    """Shops mostly at one of these."""

    shops: Names


class PointsAtLeast(Struct, frozen=True, tag="points-at-least", forbid_unknown_fields=True):
    """Has so many points to spend."""

    points: Annotated[int, Meta(ge=0, le=10**12)]


Condition = TierIn | VisitedWithin | NotVisitedWithin | ConsentsTo | SpeaksAny | HomeShopIn | PointsAtLeast
Expression = All | Any | Not | Condition


class Profile(Struct, frozen=True, kw_only=True):
    """What conditions may ask of a member. Whoever has no purchase yet is in the first tier with nothing."""

    tier: str
    points: int = 0
    last_visit_at: Instant | None = None
    home_shop: str | None = None
    language: str = "en"
    consents: frozenset[str] = frozenset()


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


def conditions(expression: Expression, depth: int = 1) -> list[Condition]:
    """Every condition in the order of reading; refuses what is too deep or too long to reason about."""
    if depth > DEPTH_MAX:
        raise TooIntricate(conditions_max=CONDITIONS_MAX, depth_max=DEPTH_MAX)
    match expression:
        case All(of) | Any(of):
            found = [condition for part in of for condition in conditions(part, depth + 1)]
        case Not(of):
            found = conditions(of, depth + 1)
        case _:
            found = [expression]
    if len(found) > CONDITIONS_MAX:
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
