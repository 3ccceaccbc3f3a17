"""An offer has begun for a page of members: what becomes of it for each of them."""

from collections.abc import Sequence
from uuid import UUID

from punchcard import offers
from punchcard.foundation import pages
from punchcard.foundation.clock import Instant
from punchcard.foundation.outbox import Done, Due, Settled, Task
from punchcard.foundation.outside import World

REACTION = "push.campaign"
PAGE_MEMBERS_MAX = 10_000


def page(offer_id: str, after: UUID, through: UUID) -> Due:
    """What must follow for the members after one and up to another."""
    return Due(
        REACTION,
        f"{offer_id}:{after.hex}:{through.hex}",
        payload={"offer": offer_id, "after": str(after), "through": str(through)},
    )


def announced(offer_id: str) -> Due:
    """What must follow for each member who is to hear of it."""
    return Due("push.announce", f"offer:{offer_id}", payload={"kind": "offer", "subject": offer_id})


async def decide(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Decide these pages, one after the other."""
    return [await decide_page(world, task, at) for task in tasks]


async def decide_page(world: World, task: Task, at: Instant) -> Settled:
    asked = task.payload or {}
    offer_id, after, through = asked["offer"], UUID(asked["after"]), UUID(asked["through"])
    async with world.database.transaction() as db:
        members = await offers.told(db, offer_id, after, through, PAGE_MEMBERS_MAX)
        await pages.put_once(db, announced(offer_id), members, [at] * len(members))
    return Done(task)
