"""Offers that a member sets off by entering or leaving a segment: theirs for a while, once."""

from collections.abc import Sequence

from msgspec import Struct, convert

from punchcard import segments
from punchcard.foundation import news, outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import Done, Due, Settled, Task
from punchcard.foundation.outside import World

from . import rounds, triggers_sql
from .model import Offer, Trigger

LAPSE = "offers.lapse"


class Crossing(Struct, frozen=True):
    """A member entered or left a segment, as the outbox carries it."""

    on: str
    segment: str


class OfferLapsed(Struct, frozen=True):
    """A member's own window of an offer is over."""

    offer: str


async def cross(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Give whoever entered or left a segment the offers that wait for it."""
    for task in tasks:
        crossing = convert(task.payload, Crossing)
        async with world.database.transaction() as db:
            for offer in await triggers_sql.waiting_for(db, crossing.on, crossing.segment, at):
                await give(db, offer, task, at)
    return [Done(task) for task in tasks]


async def give(db: Connection, offer: Offer, task: Task, at: Instant) -> None:
    """Open it for the member alone, if they are in its audience and never had it."""
    assert isinstance(offer.trigger, Trigger)
    profile = await segments.profile(db, task.member_id, at)
    if profile is None or not segments.holds(await segments.placed(db, offer.audience), profile, at):
        return
    until = min(offer.until, at + offer.trigger.lasts_seconds)
    if await rounds.expose_to(db, offer, task.member_id, until, at):
        await outbox.put(db, task.member_id, [Due(LAPSE, offer.id, until)], at)


async def lapse(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Let what is over for one member vanish from their card."""
    for task in tasks:
        async with world.database.transaction() as db:
            await news.tell(db, task.member_id, [OfferLapsed(task.key)], at)
    return [Done(task) for task in tasks]
