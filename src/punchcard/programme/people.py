"""Named groups of members: what the rulebook says of whom it means. Whoever knows the members evaluates it.

A condition inherits from what it needs: `Plain` nothing, `Personal` and `Located` the member's consent to it. What a member
did, said or is expected to do is personal, where they are is located; without the consent a condition chooses nobody."""

from typing import Annotated

from msgspec import Meta, Struct

from .coins import Text
from .doings import (
    COUNTED_VISITS_MAX,
    Amount,
    BornBetween,
    Bought,
    BoughtBrand,
    BoughtBy,
    BoughtCategory,
    ChallengeAtLeast,
    Channel,
    Count,
    Days,
    Did,
    DidWithOffer,
    Doing,
    Generation,
    GenerationIn,
    HomeShopIn,
    HomeShopWithin,
    Located,
    Name,
    Names,
    NearWithin,
    NotVisitedWithin,
    Personal,
    Plain,
    Purpose,
    ScoreAtLeast,
    ScoreBelow,
    SpentAtLeast,
    TraitIn,
    VisitedWithin,
    VisitsAtLeast,
)

CONDITIONS_MAX, DEPTH_MAX = 32, 8


class All(Plain, frozen=True, tag="all"):
    """Every one of these; of none, everybody."""

    of: Annotated[tuple["Expression", ...], Meta(max_length=CONDITIONS_MAX)] = ()
    """The conditions."""


class Any(Plain, frozen=True, tag="any"):
    """At least one of these; of none, nobody."""

    of: Annotated[tuple["Expression", ...], Meta(max_length=CONDITIONS_MAX)] = ()
    """The conditions."""


class Not(Plain, frozen=True, tag="not"):
    """Whoever is not in it; whoever did not agree to what it looks at is in neither."""

    of: "Expression"
    """The condition."""


class TierIn(Plain, frozen=True, tag="tier-in"):
    """Holds one of these tiers."""

    tiers: Names
    """By the ids of the rulebook's first ladder."""


class SpeaksAny(Plain, frozen=True, tag="speaks-any"):
    """Reads one of these languages."""

    languages: Names
    """By their codes: en, he, ar, ru."""


class ConsentsTo(Plain, frozen=True, tag="consents-to"):
    """Agreed to this use of their data."""

    purpose: Purpose
    """Which use."""


class JoinedWithin(Plain, frozen=True, tag="joined-within"):
    """Joined in the last so many days."""

    days: Days
    """Of 24 hours."""


class PointsAtLeast(Plain, frozen=True, tag="points-at-least"):
    """Has so many points to spend."""

    points: Amount
    """Of the main currency."""


class PointsBelow(Plain, frozen=True, tag="points-below"):
    """Has fewer points to spend."""

    points: Count
    """Of the main currency; this many are too many."""


class BalanceAtLeast(Plain, frozen=True, tag="balance-at-least"):
    """Has so much of a currency to spend."""

    currency: Name
    """By its id."""
    points: Count
    """Or stamps, or minor units: whatever the currency counts."""


class ExpiringWithin(Plain, frozen=True, tag="expiring-within"):
    """Loses so many points in the next days, unless they are spent."""

    days: Days
    """Of 24 hours from now."""
    points: Count = 1
    """Of the main currency, all together, at least."""


Condition = (
    TierIn
    | SpeaksAny
    | ConsentsTo
    | JoinedWithin
    | PointsAtLeast
    | PointsBelow
    | BalanceAtLeast
    | ExpiringWithin
    | Doing
)
Expression = All | Any | Not | Condition


class Segment(Struct, frozen=True):
    """A group of members by its name."""

    id: str
    who: Expression
    name: Text = {}
    watch: bool = False
    """Entering and leaving it is news."""


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


__all__ = [
    "CONDITIONS_MAX",
    "COUNTED_VISITS_MAX",
    "DEPTH_MAX",
    "All",
    "Any",
    "BalanceAtLeast",
    "BornBetween",
    "Bought",
    "BoughtBrand",
    "BoughtBy",
    "BoughtCategory",
    "ChallengeAtLeast",
    "Channel",
    "Condition",
    "ConsentsTo",
    "Did",
    "DidWithOffer",
    "Doing",
    "ExpiringWithin",
    "Expression",
    "Generation",
    "GenerationIn",
    "HomeShopIn",
    "HomeShopWithin",
    "JoinedWithin",
    "Located",
    "NearWithin",
    "Not",
    "NotVisitedWithin",
    "Personal",
    "Plain",
    "PointsAtLeast",
    "PointsBelow",
    "ScoreAtLeast",
    "ScoreBelow",
    "Segment",
    "SpeaksAny",
    "SpentAtLeast",
    "TierIn",
    "TraitIn",
    "VisitedWithin",
    "VisitsAtLeast",
    "conditions",
]
