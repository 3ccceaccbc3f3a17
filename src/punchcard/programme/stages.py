"""Seasons that begin with a change of tier: what each counted, so that a return can take a climb back."""

from msgspec.structs import replace

from .facts import Instant
from .program import Stairs
from .rungs import Climb, Rung


def without(stairs: Stairs, rung: Rung, sold_at: Instant, amount: int, at: Instant) -> Rung:
    """The rung if a sale at that instant had counted so much less. A sale counted before whatever it climbed to.

    A climb that no longer holds never was: what counted after it counts for the season before, if that is still open."""
    if sold_at < rung.since:
        return rung
    stages: list[Climb] = [*rung.climbs, (rung.base, rung.qualified, rung.until, at)]
    index = next((n for n, stage in enumerate(rung.climbs) if sold_at <= stage[3]), len(rung.climbs))
    base, qualified, until, climbed_at = stages[index]
    if until <= at:
        return rung
    kept, stage = list(rung.climbs[:index]), (base, max(0, qualified - amount), until, climbed_at)
    for _, more, until, climbed_at in stages[index + 1 :]:
        reached = stairs.reached(stage[1])
        if reached > stage[0]:
            kept.append(stage)
            stage = (reached, more, until, climbed_at)
        else:
            stage = (stage[0], stage[1] + more, stage[2], climbed_at)
    return replace(rung, base=stage[0], qualified=stage[1], until=stage[2], climbs=tuple(kept))
