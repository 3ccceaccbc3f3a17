"""Named groups of members: what the rulebook says of whom it means. Whoever knows the members evaluates it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from .coins import Text

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Names = Annotated[frozenset[Name], Meta(min_length=1, max_length=32)]
Days = Annotated[int, Meta(ge=1, le=3660)]

CONDITIONS_MAX, DEPTH_MAX = 32, 8


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
    """Holds one of these tiers, by the ids of the rulebook's first ladder."""

    tiers: Names


class VisitedWithin(Struct, frozen=True, tag="visited-within", forbid_unknown_fields=True):
    """Was here in the last so many days of 24 hours."""

    days: Days


class NotVisitedWithin(Struct, frozen=True, tag="not-visited-within", forbid_unknown_fields=True):
    """Was not here in the last so many days, or never."""

    days: Days


class ConsentsTo(Struct, frozen=True, tag="consents-to", forbid_unknown_fields=True):
    """Agreed to this use of their data."""

    purpose: Literal["marketing", "personalisation", "location"]


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


class Segment(Struct, frozen=True):
    """A group of members by its name."""

    id: str
    who: Expression
    name: Text = {}


def conditions(expression: Expression, depth: int = 1) -> list[Condition] | None:
    """Every condition in the order of reading; None where they are too deep or too many to reason about."""
    if depth > DEPTH_MAX:
        return None
    match expression:
        case All(of) | Any(of):
            parts = of
        case Not(of):
            parts = (of,)
        case _:
            return [expression]
    found: list[Condition] = []
    for part in parts:
        inner = conditions(part, depth + 1)
        if inner is None:
            return None
        found += inner
    return found if len(found) <= CONDITIONS_MAX else None
