"""Everybody, in SQL: an expression becomes a few boxes, and a member is in the group who is in any of them.

A box bounds each attribute once (a set, or a range), so that one fixed statement evaluates any expression."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from punchcard.foundation.clock import DAY, Instant
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

from .model import BOXES_MAX, TooIntricate, conditions, purposes

NONE: frozenset[str] = frozenset()


class Box(Struct, frozen=True, omit_defaults=True):
    """Bounds that all must hold. `_in` unset: any value; visits and points as `from` (included) and `below` (not included)."""

    tiers_in: frozenset[str] | None = None
    tiers_out: frozenset[str] = NONE
    languages_in: frozenset[str] | None = None
    languages_out: frozenset[str] = NONE
    shops_in: frozenset[str] | None = None
    shops_out: frozenset[str] = NONE
    consents_in: frozenset[str] = NONE
    consents_out: frozenset[str] = NONE
    visited_from: Instant | None = None
    """The last visit is not older."""
    visited_below: Instant | None = None
    """There was no visit, or the last one is older."""
    points_from: int | None = None
    points_below: int | None = None


def boxes(expression: Expression, at: Instant) -> list[Box]:
    """The boxes whose union is the group; none for a group of nobody."""
    conditions(expression)
    agreed = Box(consents_in=purposes(expression))
    return [box for each in spread(expression, at, True) if (box := both(each, agreed)) is not None]


def spread(expression: Expression, at: Instant, wanted: bool) -> list[Box]:
    match expression:
        case Not(of):
            return spread(of, at, not wanted)
        case All(of) | Any(of):
            parts = [spread(part, at, wanted) for part in of]
            return (
                product(parts)
                if isinstance(expression, All) is wanted
                else bounded(box for part in parts for box in part)
            )
    return [bound(expression, at) if wanted else unbound(expression, at)]


def product(parts: list[list[Box]]) -> list[Box]:
    found = [Box()]
    for part in parts:
        found = bounded(box for left in found for right in part if (box := both(left, right)) is not None)
    return found


def bounded(found: Iterable[Box]) -> list[Box]:
    kept: dict[Box, None] = {}
    for box in found:
        kept[box] = None
        if len(kept) > BOXES_MAX:
            raise TooIntricate(conditions_max=CONDITIONS_MAX, depth_max=DEPTH_MAX)
    return list(kept)


def bound(condition: Condition, at: Instant) -> Box:
    match condition:
        case TierIn(tiers):
            return Box(tiers_in=tiers)
        case SpeaksAny(languages):
            return Box(languages_in=languages)
        case HomeShopIn(shops):
            return Box(shops_in=shops)
        case ConsentsTo(purpose):
            return Box(consents_in=frozenset({purpose}))
        case VisitedWithin(days):
            return Box(visited_from=at - days * DAY)
        case NotVisitedWithin(days):
            return Box(visited_below=at - days * DAY)
        case PointsAtLeast(points):
            return Box(points_from=points)


def unbound(condition: Condition, at: Instant) -> Box:
    match condition:
        case TierIn(tiers):
            return Box(tiers_out=tiers)
        case SpeaksAny(languages):
            return Box(languages_out=languages)
        case HomeShopIn(shops):
            return Box(shops_out=shops)
        case ConsentsTo(purpose):
            return Box(consents_out=frozenset({purpose}))
        case VisitedWithin(days):
            return Box(visited_below=at - days * DAY)
        case NotVisitedWithin(days):
            return Box(visited_from=at - days * DAY)
        case PointsAtLeast(points):
            return Box(points_below=points)


def both(left: Box, right: Box) -> Box | None:
    """What lies in both boxes; None where nothing can."""
    box = replace(
        left,
        tiers_in=common(left.tiers_in, right.tiers_in),
        tiers_out=left.tiers_out | right.tiers_out,
        languages_in=common(left.languages_in, right.languages_in),
        languages_out=left.languages_out | right.languages_out,
        shops_in=common(left.shops_in, right.shops_in),
        shops_out=left.shops_out | right.shops_out,
        consents_in=left.consents_in | right.consents_in,
        consents_out=left.consents_out | right.consents_out,
        visited_from=later(left.visited_from, right.visited_from),
        visited_below=earlier(left.visited_below, right.visited_below),
        points_from=later(left.points_from, right.points_from),
        points_below=earlier(left.points_below, right.points_below),
    )
    return None if empty(box) else box


def empty(box: Box) -> bool:
    return (
        (box.tiers_in is not None and not box.tiers_in - box.tiers_out)
        or (box.languages_in is not None and not box.languages_in - box.languages_out)
        or (box.shops_in is not None and not box.shops_in - box.shops_out)
        or bool(box.consents_in & box.consents_out)
        or crossed(box.visited_from, box.visited_below)
        or crossed(box.points_from, box.points_below)
    )


def crossed(lowest: int | None, below: int | None) -> bool:
    return lowest is not None and below is not None and lowest >= below


def common(left: frozenset[str] | None, right: frozenset[str] | None) -> frozenset[str] | None:
    if left is None or right is None:
        return right if left is None else left
    return left & right


def later(left: int | None, right: int | None) -> int | None:
    return max((each for each in (left, right) if each is not None), default=None)


def earlier(left: int | None, right: int | None) -> int | None:
    return min((each for each in (left, right) if each is not None), default=None)
