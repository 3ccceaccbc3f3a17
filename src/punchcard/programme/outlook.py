"""What comes next on a ladder, if nothing more happens: so that nobody loses a tier unawares."""

from msgspec import Struct

from .coins import (
    NEVER,
)
from .facts import Instant
from .program import Program, Stairs
from .rungs import Rung
from .standing import Standing
from .tiers import NOWHERE, carried, climbed_on, held_on, possessions


class Outlook(Struct, frozen=True):
    """Where a member stands on a ladder and what comes next. Amounts are in what the ladder counts."""

    tier: int
    until: Instant
    """Until when the tier is kept at least; 0 where nothing could take it by then or ever."""
    projected: int
    """The tier after that, if nothing more comes."""
    following: int | None
    """The next tier that can be climbed to."""
    missing: int
    to_stay: int
    """What is still needed before `until` to keep the tier; 0 where it is safe, or where nothing more would help."""


def outlook(standing: Standing, program: Program, ladder: int = 0) -> Outlook:
    """What the member has, will have, and what it takes, as of the standing's time and by the rules of its frame."""
    stairs = program.era(standing.at).stairs[ladder]
    rung = standing.rungs.get(stairs.id, NOWHERE)
    tier, climbed = held_on(stairs, rung, standing), climbed_on(stairs, rung, standing)
    counted = possessions(standing, stairs) if stairs.by_balance else rung.qualified
    if rung.placed and not rung.floor:
        if not rung.placed_until:
            return Outlook(tier, 0, tier, None, 0, 0)
        return Outlook(tier, rung.placed_until, max(climbed, rung.kept), None, 0, 0)
    following = next((place for place in stairs.places if place > tier), None)
    missing = 0 if following is None else max(0, stairs.tiers[following].threshold - counted)
    until, projected, to_stay = after(stairs, rung, standing, tier, climbed)
    return Outlook(tier, until, projected, following, missing, to_stay)


def after(stairs: Stairs, rung: Rung, standing: Standing, tier: int, climbed: int) -> tuple[Instant, int, int]:
    """Until when the tier is kept, what follows it, and what it takes to keep it."""
    if tier > climbed:
        return without_help(stairs, rung, tier, climbed)
    if stairs.by_balance:
        return by_expiry(stairs, standing, tier)
    if tier == stairs.entry or rung.until in (0, NEVER) or stairs.ladder.downgrade == "never":
        return 0, tier, 0
    projected = carried(stairs, rung)
    helps = stairs.ladder.keeps == "next"
    return rung.until, projected, to_hold(stairs, tier, rung.qualified) if projected < tier and helps else 0


def without_help(stairs: Stairs, rung: Rung, tier: int, climbed: int) -> tuple[Instant, int, int]:
    """A floor that was given, or a grace: below it stands what was climbed to."""
    given = stairs.index[rung.placed] if rung.placed else stairs.entry
    if given == tier:
        below = max(climbed, rung.kept)
        return rung.placed_until, below if rung.placed_until else tier, 0
    return rung.kept_until, max(climbed, given), to_hold(stairs, tier, rung.qualified)


def by_expiry(stairs: Stairs, standing: Standing, tier: int) -> tuple[Instant, int, int]:
    """When points that expire take the tier, those that begin until then counted in."""
    points, wanted = possessions(standing, stairs), stairs.currencies
    moves = [(lot.starts, lot.points) for lot in standing.lots if lot.starts and lot.currency in wanted]
    moves += [(lot.expires, -lot.points) for lot in standing.lots if lot.currency in wanted]
    for at in sorted({at for at, _ in moves if at < NEVER}):
        points += sum(change for when, change in moves if when == at)
        if (left := stairs.reached(points)) < tier:
            return at, left, to_hold(stairs, tier, points)
    return 0, tier, 0


def to_hold(stairs: Stairs, tier: int, counted: int) -> int:
    return max(0, stairs.tiers[tier].threshold - counted)
