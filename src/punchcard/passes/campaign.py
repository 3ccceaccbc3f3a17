"""An offer began or ended for a page of members: the cards of those of them who hold one are made anew.

So many are handed on at a time, below everything that somebody waits for; the rest of the page comes a second later."""

from collections.abc import Sequence
from uuid import UUID

from punchcard import offers
from punchcard.foundation import outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import Done, Due, NotBefore, Settled, Task
from punchcard.foundation.outside import World
from punchcard.foundation.settings import Settings

from . import campaign_sql as sql
from . import redesign, redesign_sql
from .google.classes import hears_of_saves

REACTION = "passes.campaign"
CARDS: dict[str, Due] = {f"{REACTION}/apple": Due("passes.apple/bulk"), f"{REACTION}/google": Due("passes.google/bulk")}
"""What is handed on for a member, by the wallet whose pages these are: an outage of one keeps no card of the other."""
LOOKED_AT_ONCE = 5000
STEP_SECONDS = 1


def page(offer_id: str, after: UUID, through: UUID) -> list[Due]:
    """What must follow for the members after one and up to another: a page for each wallet."""
    return [page_of(reaction, offer_id, after, through) for reaction in CARDS]


def page_of(reaction: str, offer_id: str, after: UUID, through: UUID, due_at: Instant = 0) -> Due:
    return Due(
        reaction,
        f"{offer_id}:{after.hex}:{through.hex}",
        due_at,
        {"offer": offer_id, "after": str(after), "through": str(through)},
    )


async def refresh(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Hand on the cards of these pages, as far as there is room, in one transaction with how far each page came."""
    settled: list[Settled] = []
    async with world.database.transaction() as db:
        room = await room_now(db, world.settings, tasks[0].reaction)
        for task in tasks:
            if room <= 0:
                settled.append(NotBefore(task, at + STEP_SECONDS))
                continue
            room -= await step(db, world.settings, task, room, at)
            settled.append(Done(task))
    return settled


async def room_now(db: Connection, settings: Settings, reaction: str) -> int:
    """How many cards may be handed on now. At Google the shared rate paces; Apple's phones come to us."""
    most = redesign.AHEAD_MAX if reaction.endswith("google") else settings.redesign_pushes_per_second
    return most - await redesign_sql.waiting(db, CARDS[reaction].reaction)


async def step(db: Connection, settings: Settings, task: Task, room: int, at: Instant) -> int:
    """Hand on at most so many cards of a page; what is left of it is a page of its own. Says how many were handed on."""
    asked = task.payload or {}
    members = await offers.told(db, asked["offer"], UUID(asked["after"]), UUID(asked["through"]), LOOKED_AT_ONCE)
    holders = await holders_of(db, settings, task.reaction, members)
    some = holders[:room]
    await outbox.put_many(db, [(member_id, CARDS[task.reaction]) for member_id in some], at)
    if len(some) < len(holders) or len(members) == LOOKED_AT_ONCE:
        last = some[-1] if len(some) < len(holders) else members[-1]
        rest = page_of(task.reaction, asked["offer"], last, UUID(asked["through"]), at + STEP_SECONDS)
        await outbox.put(db, task.member_id, [rest], at)
    return len(some)


async def holders_of(db: Connection, settings: Settings, reaction: str, members: Sequence[UUID]) -> list[UUID]:
    if reaction.endswith("google"):
        return await sql.at_google(db, members, not hears_of_saves(settings))
    return await sql.at_apple(db, members)
