"""What became of an offer in a member's hands: whether it can be used now, and if not, why."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from punchcard import rulebooks, segments
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import Done, Settled, Task
from punchcard.foundation.outside import World
from punchcard.programme import Program

from . import uses_sql as sql
from .benefits_applied import Less
from .model import CEILING_POINTS, Limits
from .uses_sql import Given, Held

UseState = Literal[
    "open", "used", "limit", "sold-out", "paused", "ended", "not-given", "held-out", "needs-activation"
]  # fmt: skip
"""`used`: as often as it may be, ever; `limit`: for this day or week. An offer without a limit stays open, used or not."""


REWARDS = frozenset({"reward", "early-access"})
"""The benefits of which a sale knows nothing."""


class Level(Struct, frozen=True):
    """How much of an offer a fact of the journal uses now: points, or minor units; 0 when it came back."""

    fact: str
    term: str
    points: int
    at: Instant


class Mine(Struct, frozen=True):
    """What a door knows of a member's offers at an instant."""

    grants: dict[str, int]
    """A ceiling for each offer of points that counts."""
    less: dict[str, Less]
    """Those that lower the price and may be taken."""
    classes: dict[str, tuple[str, int]]
    """Of each that counts, its stacking class and priority."""
    closed: dict[str, UseState]
    """Those that wait to be taken in the app, or are sold out before they were. Whether anything is left of one that was
    taken, its budget says: the last of it may be set aside for the very sale that is asked for again."""


NOTHING = Mine({}, {}, {}, {})


async def at_the_till(db: Connection, wanted: Sequence[tuple[UUID, Instant]]) -> list[Mine]:
    """What the door knows of each of these members' offers at their instants, in one statement."""
    found = [NOTHING for _ in wanted]
    if wanted:
        for place, held in await sql.held(db, wanted):
            found[place] = with_one_more(found[place], held)
    return found


def with_one_more(mine: Mine, held: Held) -> Mine:
    if held.untaken:
        state: UseState = "sold-out" if held.sold_out else "needs-activation"
        return replace(mine, closed=mine.closed | {held.id: state})
    if held.kind in REWARDS:
        return mine
    classes = mine.classes | {held.id: (held.stacking, held.priority)}
    if held.less:
        return replace(mine, less=mine.less | {held.id: held.less}, classes=classes)
    return replace(mine, grants=mine.grants | {held.id: CEILING_POINTS}, classes=classes)


async def states_for(
    db: Connection, wanted: Sequence[tuple[UUID, str]], at: Instant
) -> dict[tuple[UUID, str], UseState]:
    """What each of these members can do with that offer at this instant, in one statement for all of them."""
    states: dict[tuple[UUID, str], UseState] = dict.fromkeys(wanted, "not-given")
    if wanted:
        asked, program = list(states), await rulebooks.program(db)
        for place, given in await sql.given(db, asked):
            states[asked[place]] = state_of(given, at, program)
    return states


def state_of(given: Given, at: Instant, program: Program) -> UseState:
    if given.held_out:
        return "held-out"
    if given.until <= at:
        return "ended"
    if given.paused_at is not None and given.paused_at <= at:
        return "paused"
    if given.kind == "reward" and given.used_at:
        return "used"
    if used := used_up(given.limits, given.used_at, at, program):
        return used
    if given.sold_out:
        return "sold-out"
    return "needs-activation" if given.activation and given.activated_at is None else "open"


def used_up(limits: Limits, used_at: Sequence[Instant], at: Instant, program: Program) -> Literal["", "used", "limit"]:
    """Whether a member has used an offer as often as they may: ever, or in this local day or week."""
    if limits.uses and len(used_at) >= limits.uses:
        return "used"
    day, week = program.period_end(at, "day"), program.period_end(at, "week")
    today = sum(program.period_end(each, "day") == day for each in used_at) if limits.uses_a_day else 0
    this_week = sum(program.period_end(each, "week") == week for each in used_at) if limits.uses_a_week else 0
    if (limits.uses_a_day and today >= limits.uses_a_day) or (limits.uses_a_week and this_week >= limits.uses_a_week):
        return "limit"
    return ""


async def settle(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Hear from the journal which fact uses which offer. It is a level: hearing it twice changes nothing, the newest counts."""
    for task in tasks:
        level = msgspec.convert(task.payload, Level)
        async with world.database.transaction() as db:
            if level.points:
                await sql.note(db, task.member_id, level.term, level.fact, level.at, level.points)
                await segments.note(db, [(task.member_id, "offer", level.term, "used")])
            else:
                await sql.forget(db, task.member_id, level.term, level.fact)
    return [Done(task) for task in tasks]
