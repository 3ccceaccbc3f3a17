"""A reward that an offer gives: a claim for no points, made once."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from msgspec import Struct, convert
from msgspec.structs import replace

from punchcard import budgets, journal, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import NotFound, Refused, Running
from punchcard.foundation.outbox import Done, Settled, Task
from punchcard.foundation.outside import World

from .model import RewardEnded, SoldOut, spend_on
from .operations import reward_of, take_one

GIVE = "rewards.give"
"""The reaction that gives it; its payload is a `Gift`."""


class Gift(Struct, frozen=True):
    """Which reward, and the offer that gives it."""

    offer: str
    reward: str


def claim_of(member_id: UUID, offer: str) -> UUID:
    """The id of the claim: the same however often the gift is tried."""
    return uuid5(member_id, offer)


async def give(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Give each of these members their reward. Trying it again gives nothing more; where nothing is left there is none."""
    for task in tasks:
        gift = convert(task.payload, Gift)
        try:
            await give_one(world.database, task.member_id, gift, at)
        except (SoldOut, RewardEnded, NotFound):
            continue
    return [Done(task) for task in tasks]


async def give_one(database: Database, member_id: UUID, gift: Gift, at: Instant) -> None:
    async with database.reading() as db:
        reward = reward_of(await rulebooks.program(db), gift.reward, at)
    if at >= reward.end:
        raise RewardEnded(reward=reward.id)
    asked = b"gift " + gift.offer.encode()
    fact = replace(spend_on(reward, claim_of(member_id, gift.offer), at), points=0)
    if reward.stock:
        await take_one(database, reward, fact, asked, at)
    try:
        await journal.submit(database, member_id, fact, at, asked=asked)
    except Running:
        raise
    except Refused:
        await budgets.give_up(database, fact.id, [reward.id] if reward.stock else [])
        raise
