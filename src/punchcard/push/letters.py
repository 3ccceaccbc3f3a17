"""A letter for every spending, beside the message on the phone: whoever stole the phone does not read the mail."""

import asyncio
import logging
from collections.abc import Sequence

from punchcard import members, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.outbox import Again, Done, Settled, Task
from punchcard.foundation.outside import Outcome, World

from . import texts
from .deciding import not_yet

log = logging.getLogger(__name__)
AT_ONCE = 4


async def write(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Tell members by mail what was spent with their cards, once it is written. Without an address there is no letter."""
    narrow = asyncio.Semaphore(AT_ONCE)
    return await asyncio.gather(*(write_one(world, task, at, narrow) for task in tasks))


async def write_one(world: World, task: Task, at: Instant, narrow: asyncio.Semaphore) -> Settled:
    async with narrow:
        async with world.database.reading() as db:
            if unwritten := await not_yet(db, task, task.key, at):
                return unwritten
            address = await members.email_of(db, task.member_id)
            if not address:
                return Done(task)
            language = (await members.member(db, task.member_id)).language
            told = await texts.of_spending(db, await rulebooks.program(db), task.member_id, task.key, language)
        if told is None:
            return Done(task)
        answer = await world.sender.send(address, told.title, f"{told.title}\n\n{told.body}")
    if answer.outcome in (Outcome.LATER, Outcome.MISCONFIGURED):
        return Again(task, f"{answer.outcome.value} {answer.status} {answer.reason}")
    if answer.outcome is not Outcome.SENT:
        log.warning("a letter was not delivered: %s %s %s", answer.outcome.value, answer.status, answer.reason)
    return Done(task)
