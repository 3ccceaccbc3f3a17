"""Tiers on several ladders: climbed within a season, kept, lost, given by hand."""

from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from .calendar import months_on
from .coins import (
    NEVER,
)
from .facts import Instant, Placement
from .news import TierLost, TierReached
from .program import Program, Stairs
from .standing import Ruling, Rung, Standing

NOWHERE = Rung()


class Outlook(Struct, frozen=True):
    """Where a member stands on a ladder and what comes next. Amounts are in what the ladder counts."""

    tier: int
    until: Instant
    """When the season ends; 0 where nothing would change."""
    projected: int
    """The tier after the season, if nothing more comes."""
    following: int | None
    """The next tier that can be climbed to."""
    missing: int
    to_stay: int
    """What is still needed to keep the tier after the season."""


def tier_of(standing: Standing, program: Program, ladder: int = 0) -> int:
    """The index of the member's tier in `program.ladders(standing.at)[ladder].tiers`, as of the standing's time."""
    stairs = program.era(standing.at).stairs[ladder]
    return held_on(stairs, standing.rungs.get(stairs.id, NOWHERE), standing)


def tiers_of(standing: Standing, program: Program) -> tuple[int, ...]:
    """The member's tier on each ladder."""
    rungs = standing.rungs
    return tuple(held_on(stairs, rungs.get(stairs.id, NOWHERE), standing) for stairs in program.era(standing.at).stairs)


def held_on(stairs: Stairs, rung: Rung, standing: Standing) -> int:
    """Reached tiers are held until the season ends, and the one carried into it is a floor."""
    climbed = climbed_on(stairs, rung, standing)
    if rung.kept_until and rung.kept > climbed:
        climbed = min(rung.kept, stairs.top)
    if rung.placed and (place := stairs.index.get(rung.placed)) is not None:
        return max(place, climbed) if rung.floor else place
    return climbed


def climbed_on(stairs: Stairs, rung: Rung, standing: Standing) -> int:
    if stairs.by_balance:
        wanted = stairs.ladder.currencies
        return stairs.reached(sum(lot.points for lot in standing.lots if not lot.starts and lot.currency in wanted))
    return max(min(rung.base, stairs.top), stairs.reached(rung.qualified))


def qualify(standing: Standing, program: Program, points: dict[str, int], spent: int, visits: int) -> None:
    """Count what was earned (by currency), spent (minor units) and visited, on every ladder."""
    for stairs in program.era(standing.at).stairs:
        match stairs.counts:
            case "points":
                amount = sum(points.get(currency, 0) for currency in stairs.currencies)
            case "spend":
                amount = spent
            case "visits":
                amount = visits
            case _:
                continue
        if amount:
            add(standing, program, stairs, amount)


def add(standing: Standing, program: Program, stairs: Stairs, amount: int) -> None:
    rung = standing.rungs.get(stairs.id, NOWHERE)
    qualified = rung.qualified + amount
    until = (rung.until or season_end(standing, program, stairs)) if qualified or rung.base else 0
    put(standing, stairs, Rung(
        rung.base, qualified, until, rung.kept, rung.kept_until, rung.placed, rung.placed_until, rung.floor
    ))  # fmt: skip


def put(standing: Standing, stairs: Stairs, rung: Rung) -> None:
    if rung == NOWHERE:
        standing.rungs.pop(stairs.id, None)
    else:
        standing.rungs[stairs.id] = rung


def seasons(standing: Standing, program: Program) -> tuple[Instant, ...]:
    """When the season of each ladder ends that is counted in just now: a later return must be of the same one."""
    rungs = standing.rungs
    return tuple(rungs.get(stairs.id, NOWHERE).until for stairs in program.era(standing.at).stairs)


def disqualify(
    standing: Standing, program: Program, of: tuple[Instant, ...], points: dict[str, int], spent: int, visits: int
) -> None:
    """Count what came back, on the ladders whose season of the sale is still open."""
    for stairs, season in zip(program.era(standing.at).stairs, of, strict=False):
        amount = {"spend": spent, "visits": visits}.get(stairs.counts, 0)
        if stairs.counts == "points":
            amount = sum(points.get(currency, 0) for currency in stairs.currencies)
        if amount and season and season == standing.rungs.get(stairs.id, NOWHERE).until:
            add(standing, program, stairs, -amount)


def season_end(standing: Standing, program: Program, stairs: Stairs) -> Instant:
    """When the season ends that this instant falls into."""
    today = program.day(standing.at)
    match stairs.ladder.every:
        case "anniversary":
            joined = program.day(standing.joined or standing.at)
            years = today.year - joined.year
            year = years + (today >= months_on(joined, 12 * years))
            return program.calendar.midnight(months_on(joined, 12 * year))
        case "change":
            return program.calendar.midnight(months_on(today, 12))
        case period:
            return program.calendar.until(today, period)


def place(ruling: Ruling, fact: Placement, program: Program) -> None:
    """By hand, outside the automatic moves; an empty tier lets them move again."""
    standing = ruling.standing
    for stairs in program.era(standing.at).stairs:
        if fact.tier in stairs.index or (not fact.tier and fact.ladder == stairs.id):
            rung = standing.rungs.get(stairs.id, NOWHERE)
            until = max(fact.until, fact.at + 1) if fact.until and fact.tier else 0
            floor = fact.floor and bool(fact.tier)
            put(standing, stairs, replace(rung, placed=fact.tier, placed_until=until, floor=floor))


def tell(ruling: Ruling, program: Program, before: tuple[int, ...]) -> None:
    """What became of each ladder, compared with what was; where a season begins with a change, it begins."""
    standing = ruling.standing
    for stairs, was in zip(program.era(standing.at).stairs, before, strict=True):
        rung = standing.rungs.get(stairs.id, NOWHERE)
        now = held_on(stairs, rung, standing)
        if now == was:
            continue
        if stairs.ladder.every == "change" and not rung.placed and now > was:
            until = season_end(standing, program, stairs)
            rung = Rung(now, 0, until, 0, 0, rung.placed, rung.placed_until, rung.floor)
            put(standing, stairs, rung)
        tell_one(ruling, stairs, was, now)


def tell_one(ruling: Ruling, stairs: Stairs, was: int, now: int) -> None:
    if now != was:
        tier = stairs.tiers[now].id
        season = ruling.standing.rungs.get(stairs.id, NOWHERE).until
        ruling.news.append(TierReached(tier, season) if now > was else TierLost(tier))
        ruling.moved = True


def soonest(standing: Standing) -> Instant:
    """When time alone next changes a rung."""
    at = NEVER
    for rung in standing.rungs.values():
        for until in (rung.until, rung.kept_until, rung.placed_until):
            if until and until < at:
                at = until
    return at


def pass_seasons(ruling: Ruling, program: Program) -> None:
    """End the seasons, graces and placements whose time has come."""
    standing, at = ruling.standing, ruling.standing.at
    for stairs in program.era(at).stairs:
        rung = standing.rungs.get(stairs.id)
        if rung is None:
            continue
        if rung.kept_until and rung.kept_until <= at:
            rung = replace(rung, kept=0, kept_until=0)
        if rung.placed_until and rung.placed_until <= at:
            rung = replace(rung, placed="", placed_until=0, floor=False)
        put(standing, stairs, rung)
        if rung.until and rung.until <= at:
            end_season(standing, program, stairs, rung)


def end_season(standing: Standing, program: Program, stairs: Stairs, rung: Rung) -> None:
    """Keep the tier that was earned again, else fall as the ladder says; then count from nothing."""
    ladder = stairs.ladder
    held = climbed_on(stairs, rung, standing)
    earned = stairs.reached(rung.qualified) if ladder.keeps == "next" else 0
    match ladder.downgrade:
        case "step":
            base = max(earned, held - 1, 0)
        case "earned":
            base = earned
        case "never":
            base = held
    kept, kept_until = rung.kept, rung.kept_until
    if base < held and ladder.grace_days:
        kept, kept_until = held, program.calendar.midnight(program.day(standing.at) + timedelta(ladder.grace_days))
    until = season_end(standing, program, stairs) if base else 0
    put(standing, stairs, Rung(base, 0, until, kept, kept_until, rung.placed, rung.placed_until, rung.floor))


def turn(ruling: Ruling, program: Program) -> None:
    """Another frame begins: the tier is carried over under its name, and may be reached or lost by new thresholds."""
    standing = ruling.standing
    old, new = program.era(standing.at - 1), program.era(standing.at)
    before = {
        stairs.id: (stairs, held_on(stairs, standing.rungs.get(stairs.id, NOWHERE), standing)) for stairs in old.stairs
    }
    for id in [id for id in standing.rungs if id not in {stairs.id for stairs in new.stairs}]:
        del standing.rungs[id]
    for stairs in new.stairs:
        if stairs.id not in before:
            continue
        was, held = before[stairs.id]
        if rung := standing.rungs.get(stairs.id):
            base = stairs.place(was.tiers[min(rung.base, was.top)])
            kept = stairs.place(was.tiers[min(rung.kept, was.top)])
            put(standing, stairs, replace(rung, base=base, kept=kept))
        now = held_on(stairs, standing.rungs.get(stairs.id, NOWHERE), standing)
        tell_one(ruling, stairs, stairs.place(was.tiers[held]), now)


def outlook(standing: Standing, program: Program, ladder: int = 0) -> Outlook:
    """What the member has, will have, and what it takes, as of the standing's time."""
    stairs = program.era(standing.at).stairs[ladder]
    rung = standing.rungs.get(stairs.id, NOWHERE)
    tier = held_on(stairs, rung, standing)
    following = next((place for place in stairs.places if place > tier), None)
    missing = max(0, stairs.tiers[following].threshold - rung.qualified) if following is not None else 0
    after = standing.copy()
    if rung.until:
        after.at = rung.until
        end_season(after, program, stairs, rung)
    projected = held_on(stairs, after.rungs.get(stairs.id, NOWHERE), after)
    to_stay = max(0, stairs.tiers[tier].threshold - rung.qualified) if projected < tier else 0
    return Outlook(tier, rung.until if tier else 0, projected, following, missing, to_stay)
