"""Tiers on several ladders: climbed within a season, kept, lost, given by hand.

What a member reaches holds at once; only the end of a season, a return, or (where a ladder follows the balance) points
that leave can take it. A placement stands beside all that: beneath it the ladder moves on, unseen.
"""

from collections.abc import Mapping
from datetime import timedelta

from msgspec.structs import replace

from . import stages
from .calendar import months_on
from .coins import (
    NEVER,
)
from .facts import Instant, Placement, Return
from .news import TierAtRisk, TierLost, TierReached
from .program import Program, Stairs
from .rungs import Rung
from .standing import Deal, Ruling, Standing

DAY = 86400
NOWHERE = Rung()


def tier_of(standing: Standing, program: Program, ladder: int = 0) -> int:
    """The index of the member's tier in `program.tiers(standing.at, ladder)`, as of the standing's time."""
    stairs = program.era(standing.at).stairs[ladder]
    return held_on(stairs, standing.rungs.get(stairs.id, NOWHERE), standing)


def tiers_of(standing: Standing, program: Program) -> tuple[int, ...]:
    """The member's tier on each ladder."""
    rungs = standing.rungs
    return tuple([held_on(each, rungs.get(each.id, NOWHERE), standing) for each in program.era(standing.at).stairs])


def held_on(stairs: Stairs, rung: Rung, standing: Standing) -> int:
    """A tier that was given hides what was climbed to, unless it is a floor; a grace hides what was lost."""
    tier = climbed_on(stairs, rung, standing)
    if rung.kept > tier:
        tier = rung.kept
    if rung.placed:
        given = stairs.index[rung.placed]
        return max(given, tier) if rung.floor else given
    return tier


def climbed_on(stairs: Stairs, rung: Rung, standing: Standing) -> int:
    """What the ladder itself says: the tier carried into the season, or a higher one that was reached in it."""
    if stairs.by_balance:
        return stairs.reached(possessions(standing, stairs))
    reached = stairs.reached(rung.qualified)
    return reached if reached > rung.base else rung.base


def possessions(standing: Standing, stairs: Stairs) -> int:
    """What the member holds of the ladder's currencies: what is set aside counts, what is owed or pends does not."""
    wanted = stairs.currencies
    points = sum([lot.points for lot in standing.lots if not lot.starts and lot.currency in wanted])
    if standing.holds:
        points += sum(held.points for held in standing.holds.values() if held.currency in wanted)
    if standing.owed:
        points -= sum(owed for currency, owed in standing.owed.items() if currency in wanted)
    return points


def qualify(
    standing: Standing, program: Program, points: Mapping[str, int], spent: int, visits: int
) -> dict[str, Instant]:
    """Count what was earned (by currency), spent (minor units) and visited, on every ladder.

    Says when the seasons end, by ladder, in which it counted: a later return must be of the same."""
    counted: dict[str, Instant] = {}
    for stairs in program.era(standing.at).stairs:
        amount = counts_for(stairs, points, spent, visits)
        if amount > 0:
            rung = standing.rungs.get(stairs.id, NOWHERE)
            if not rung.until:
                rung = begin(standing, program, stairs, rung)
            counted[stairs.id] = rung.until
            rung = replace(rung, qualified=rung.qualified + amount)
            put(standing, stairs, climb(standing, program, stairs, rung) if stairs.by_change else rung)
    return counted


def counts_for(stairs: Stairs, points: Mapping[str, int], spent: int, visits: int) -> int:
    match stairs.counts:
        case "points":
            return sum([points.get(currency, 0) for currency in stairs.currencies])
        case "spend":
            return spent
        case "visits":
            return visits
    return 0


def disqualify(
    standing: Standing, program: Program, deal: Deal, points: Mapping[str, int], spent: int, visits: int
) -> None:
    """Count what came back no more, on the ladders whose season of the sale is still open. A return never lifts."""
    then = {stairs.id: stairs for stairs in program.era(deal.fact.at).stairs}
    for stairs in program.era(standing.at).stairs:
        amount, rung = counts_for(stairs, points, spent, visits), standing.rungs.get(stairs.id)
        if amount <= 0 or rung is None or stairs.id not in deal.seasons or not stairs.counts_like(then[stairs.id]):
            continue
        if stairs.by_change:
            rung = stages.without(stairs, rung, deal.fact.at, amount, standing.at)
            put(standing, stairs, climb(standing, program, stairs, rung))
        elif deal.seasons[stairs.id] == rung.until:
            put(standing, stairs, replace(rung, qualified=max(0, rung.qualified - amount)))


def put(standing: Standing, stairs: Stairs, rung: Rung) -> None:
    """A rung that says nothing is not kept, nor a season whose end could change nothing."""
    if not rung.base and not rung.qualified:
        rung = Rung(0, 0, 0, rung.kept, rung.kept_until, rung.placed, rung.placed_until, rung.floor)
        if rung == NOWHERE:
            standing.rungs.pop(stairs.id, None)
            return
    standing.rungs[stairs.id] = rung


def begin(standing: Standing, program: Program, stairs: Stairs, rung: Rung) -> Rung:
    """The season begins that this instant falls into."""
    until, warn = season_end(standing, program, stairs), stairs.ladder.warn_days * DAY
    warns = until - warn if warn and standing.at < until - warn else 0
    since = standing.at if stairs.by_change else 0
    return replace(rung, until=until, since=rung.since or since, warns=warns)


def climb(standing: Standing, program: Program, stairs: Stairs, rung: Rung) -> Rung:
    """Where a season begins with a change of tier, one begins when the next tier is reached; the last one is remembered,
    because what it counted may come back."""
    reached = stairs.reached(rung.qualified)
    if reached <= rung.base:
        return rung
    before = (rung.base, rung.qualified, rung.until, standing.at)
    rung = replace(rung, base=reached, qualified=0, climbs=(*rung.climbs, before))
    return begin(standing, program, stairs, rung)


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
    """By hand, outside the automatic moves; an empty tier, or an end that has gone by, lets them be seen again."""
    standing = ruling.standing
    for stairs in program.era(standing.at).stairs:
        if stairs.id != fact.ladder or (fact.tier and fact.tier not in stairs.index):
            continue
        rung = replace(standing.rungs.get(stairs.id, NOWHERE), placed="", placed_until=0, floor=False)
        if fact.tier and (not fact.until or fact.until > fact.at):
            rung = replace(rung, placed=fact.tier, placed_until=fact.until, floor=fact.floor)
        put(standing, stairs, rung)


def tell(ruling: Ruling, program: Program, before: tuple[int, ...], because: object = None) -> None:
    """What became of each ladder, compared with what was. `because` is the fact, or nothing where time did it."""
    after = tiers_of(ruling.standing, program)
    if after != before:
        fact = ruling.of if isinstance(because, Return) else ""
        for stairs, was, now in zip(program.era(ruling.standing.at).stairs, before, after, strict=True):
            tell_one(ruling, program, stairs, was, now, fact)


def tell_one(ruling: Ruling, program: Program, stairs: Stairs, was: int, now: int, fact: str = "") -> None:
    if now == was:
        return
    ruling.moved = True
    tier = stairs.tiers[now].id
    if now < was:
        ruling.news.append(TierLost(tier, fact))
        return
    standing = ruling.standing
    season = program.period_end(standing.at, "year") if stairs.by_change else season_end(standing, program, stairs)
    ruling.news.append(TierReached(tier, season))


def soonest(standing: Standing) -> Instant:
    """When time alone next changes a rung."""
    at = NEVER
    for rung in standing.rungs.values():
        for until in (rung.until, rung.kept_until, rung.placed_until, rung.warns):
            if until and until < at:
                at = until
    return at


def pass_seasons(ruling: Ruling, program: Program) -> None:
    """End the seasons, graces and placements whose time has come, and warn of what is to come."""
    standing, at = ruling.standing, ruling.standing.at
    for stairs in program.era(at).stairs:
        rung = standing.rungs.get(stairs.id)
        if rung is None:
            continue
        if rung.kept_until and rung.kept_until <= at:
            rung = replace(rung, kept=0, kept_until=0)
        if rung.placed_until and rung.placed_until <= at:
            rung = replace(rung, placed="", placed_until=0, floor=False)
        if rung.warns and rung.warns <= at:
            rung = replace(rung, warns=0)
            warn(ruling, stairs, rung)
        if rung.until and rung.until <= at:
            rung = end_season(standing, program, stairs, rung)
        put(standing, stairs, rung)


def warn(ruling: Ruling, stairs: Stairs, rung: Rung) -> None:
    """A season ends soon. A grace neither shields from its end nor is at its mercy."""
    now = replace(rung, kept=0)
    then = replace(now, base=carried(stairs, rung), qualified=0)
    held = held_on(stairs, now, ruling.standing)
    if held_on(stairs, then, ruling.standing) < held:
        ruling.news.append(TierAtRisk(stairs.tiers[held].id, rung.until))


def end_season(standing: Standing, program: Program, stairs: Stairs, rung: Rung) -> Rung:
    """Keep the tier that was earned again, else fall as the ladder says; then count from nothing.

    Where a grace still holds a higher tier than the one lost now, it goes on, and there is no second one."""
    held, base, days = climbed_on(stairs, rung, standing), carried(stairs, rung), stairs.ladder.grace_days
    if base < held and days and rung.kept <= held:
        until = program.calendar.midnight(program.day(standing.at) + timedelta(days))
        rung = replace(rung, kept=held, kept_until=until)
    base = base if base > stairs.entry else 0
    rung = replace(rung, base=base, qualified=0, until=0, since=0, climbs=(), warns=0)
    return begin(standing, program, stairs, rung) if base else rung


def carried(stairs: Stairs, rung: Rung) -> int:
    """The tier with which the next season would begin if this one ended now."""
    reached = stairs.reached(rung.qualified)
    held = max(reached, rung.base)
    earned = reached if stairs.ladder.keeps == "next" else stairs.entry
    match stairs.ladder.downgrade:
        case "step":
            return max(earned, stairs.below(held))
        case "earned":
            return earned
        case "never":
            return held
