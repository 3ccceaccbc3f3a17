"""What is still to be done after a member left: points come back from holds and households, late sales arrive, and each time
what is there is given up; what was said within the second in which a sign-in still counted is forgotten."""

import logging
from collections.abc import Sequence
from uuid import UUID

from punchcard import households, journal, members, passes
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import Done, Due, NotBefore, Settled, Task
from punchcard.foundation.outside import World
from punchcard.programme import Activation, Adjustment, Program, Ruling, Standing, balance, next_change_at

from .forgetting import forget

SETTLE = Due("privacy.settle")
LEFT = "left"
"""Why points are taken, as everybody reads it in the statement."""
SOON_SECONDS = 5
"""A sign-in that was ended still counts for a second, and what a household sends along needs a moment to arrive."""
LOOKED_AFTER_SECONDS = 40 * DAY
"""Longer than a sale may come late. Phones that did not fetch their void pass by then are told of it no more."""
TRIES = 3

log = logging.getLogger("punchcard.privacy")


class PointsMoved(Exception):
    """Something moved the points in between; look again."""


async def settle(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """The reaction `privacy.settle`: forget again, give up what is there, and come back when something may be."""
    return [await settled(world.database, task, at) for task in tasks]


async def settled(database: Database, task: Task, at: Instant) -> Settled:
    async with database.reading() as db:
        left_at = await members.left_at(db, task.member_id)
    if left_at is None:
        return Done(task)
    await households.leave(database, task.member_id, at)
    async with database.transaction() as db:
        await forget(db, task.member_id, at)
    await give_up(database, task.member_id, at)
    if at < left_at + SOON_SECONDS:
        return NotBefore(task, left_at + SOON_SECONDS)
    async with database.transaction() as db:
        now = await journal.standing(db, task.member_id, at)
        if at >= left_at + LOOKED_AFTER_SECONDS and not comes_back(now):
            await passes.apple.forget_phones(db, task.member_id)
            return Done(task)
    return NotBefore(task, max(at + 1, min(next_change_at(now), at + DAY)))


def comes_back(standing: Standing) -> bool:
    """Whether time alone may still bring points back. A reward that waits for ever brings none."""
    return bool(standing.holds or standing.lots or any(each.until for each in standing.vouchers.values()))


async def give_up(database: Database, member_id: UUID, at: Instant) -> None:
    """Give up the points that the member can spend and those that wait for something they will not do any more, so that
    nobody owes them. What is set aside, or begins later, is given up when it comes."""
    for _ in range(TRIES):
        async with database.reading() as db:
            now = await journal.standing(db, member_id, at)
        try:
            for of in sorted({each.of for each in now.awaited if each.points}):
                fact = Activation(id=f"{LEFT}/{member_id}/{of}", at=at, deal=of, cancel=True)
                await journal.submit(database, member_id, fact, at)
            for currency in sorted({lot.currency for lot in now.lots}):
                if points := balance(now, currency):
                    await take(database, member_id, currency, points, at)
        except PointsMoved:
            continue
        except Refused as refusal:
            log.warning("points of member %s, who left, stay: %s", member_id, refusal)
        return


async def take(database: Database, member_id: UUID, currency: str, points: int, at: Instant) -> None:
    """Take exactly these points, if they are all that is there."""

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        if balance(before, currency) != points:
            raise PointsMoved

    fact = Adjustment(id=str(new_id()), at=at, points=-points, reason=LEFT, currency=currency)
    await journal.submit(database, member_id, fact, at, door=door)
