"""A new frame begins: what becomes of the tiers of the one before."""

from msgspec.structs import replace

from .coins import (
    NEVER,
)
from .program import Program, Stairs
from .rungs import Rung
from .standing import Ruling
from .tiers import NOWHERE, begin, climb, climbed_on, held_on, put, tell_one


def turn(ruling: Ruling, program: Program) -> None:
    """Another frame begins: a tier is carried over under its id, and may be reached or lost by new thresholds.

    A ladder is known by its id; one that is gone takes its tiers along."""
    standing = ruling.standing
    before = {stairs.id: stairs for stairs in program.era(standing.at - 1).stairs}
    after = program.era(standing.at).stairs
    for id in sorted(standing.rungs.keys() - {stairs.id for stairs in after}):
        rung = standing.rungs.pop(id)
        ruling.moved = ruling.moved or held_on(before[id], rung, standing) != before[id].entry
    for stairs in after:
        was = before.get(stairs.id)
        if was is None:
            tell_one(ruling, program, stairs, stairs.entry, held_on(stairs, NOWHERE, standing))
        elif was.ladder != stairs.ladder:
            carry(ruling, program, was, stairs)


def carry(ruling: Ruling, program: Program, was: Stairs, stairs: Stairs) -> None:
    standing = ruling.standing
    old = standing.rungs.get(stairs.id, NOWHERE)
    held, climbed = held_on(was, old, standing), climbed_on(was, old, standing)
    rung = replace(
        old, base=moved(old.base, was, stairs), kept=moved(old.kept, was, stairs), since=0, climbs=(),
        placed=placed_anew(old, was, stairs),
    )  # fmt: skip
    if old.kept and not rung.kept:
        rung = replace(rung, kept_until=0)
    if old.placed and not rung.placed:
        rung = replace(rung, placed_until=0, floor=False)
    if stairs.by_balance:
        rung = replace(rung, base=0, qualified=0)
    elif not stairs.counts_like(was) or stairs.by_change != was.by_change:
        rung = replace(rung, base=moved(climbed, was, stairs), qualified=0, until=0)
    if rung.base or rung.qualified:
        if rung.until in (0, NEVER):
            rung = begin(standing, program, stairs, rung)
        if stairs.by_change:
            rung = climb(standing, program, stairs, replace(rung, since=standing.at))
    put(standing, stairs, rung)
    say_carried(ruling, program, was, stairs, held)


def say_carried(ruling: Ruling, program: Program, was: Stairs, stairs: Stairs, held: int) -> None:
    """The same tier in another place is no news; another name for it is none either, but cards show it."""
    now = held_on(stairs, ruling.standing.rungs.get(stairs.id, NOWHERE), ruling.standing)
    old = was.tiers[held].id
    if stairs.tiers[now].id == old:
        return
    place = moved(held, was, stairs)
    if old not in stairs.index and now == place:
        place = max(now, held)
    ruling.moved = True
    tell_one(ruling, program, stairs, place, now)


def moved(tier: int, was: Stairs, stairs: Stairs) -> int:
    """Where a tier of the earlier frame stands now; nobody has earned the entry, so it stays the entry."""
    return stairs.place(was.tiers[tier]) if tier > was.entry else 0


def placed_anew(rung: Rung, was: Stairs, stairs: Stairs) -> str:
    """What was given stays given; if it is gone, so is an invitation, and another tier is given where it stood."""
    if not rung.placed or rung.placed in stairs.index:
        return rung.placed
    gone = was.tiers[was.index[rung.placed]]
    return "" if gone.invited else stairs.tiers[stairs.place(gone)].id
