"""Who does what to the cards at Google, and when: what changed now goes first, a re-design takes what is left.

Both ask `refresh`, which sends the newest of a card and nothing that Google has already. No card is in two hands at once:
of two calls that overtake each other on the way the older would stay."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from punchcard.foundation.clock import Instant
from punchcard.foundation.outbox import NotBefore, Settled, Task
from punchcard.foundation.outside import Answer, GoogleWallet, Outcome, World
from punchcard.passes.convergence import CONVERGENCE

from . import reconcile_sql
from .callbacks import member_of
from .client import unhurried
from .messages import RingsOf, silence
from .operations import REACTION, refresh

BULK = f"{REACTION}/bulk"
BULK_AT_ONCE = 8
BULK_SECONDS_MAX = 30.0
"""So long a batch of what can wait is worked on; what is left of it comes again."""
BULK_AGAIN_SECONDS = 2

in_hand: dict[str, set[UUID]] = {REACTION: set(), BULK: set()}
"""Whose cards this process is changing right now. A member's rows are all with one worker."""


async def converge(world: World, tasks: Sequence[Task], at: Instant, rings: RingsOf = silence) -> list[Settled]:
    """The reactions `passes.google` (something changed) and `passes.google/bulk` (it can wait)."""
    bring = in_bulk if tasks[0].reaction == BULK else at_once
    return await bring(world, tasks, at, rings)


async def at_once(world: World, tasks: Sequence[Task], at: Instant, rings: RingsOf) -> list[Settled]:
    """Bring these up to date now, and measure how long each was wrong. One that is being changed waits its moment."""
    mine = [task for task in tasks if task.member_id not in in_hand[BULK]]
    others = [NotBefore(task, at) for task in tasks if task.member_id in in_hand[BULK]]
    members = {task.member_id for task in mine}
    in_hand[REACTION] |= members
    try:
        return [*others, *(await measured(world, mine, at, rings) if mine else ())]
    finally:
        in_hand[REACTION] -= members


async def in_bulk(world: World, tasks: Sequence[Task], at: Instant, rings: RingsOf) -> list[Settled]:
    """A few at a time, until the rate has no room or it is somebody else's turn."""
    settled: list[Settled] = []
    ends, slowly = time.monotonic() + BULK_SECONDS_MAX, unhurried(world)
    for begin in range(0, len(tasks), BULK_AT_ONCE):
        few = tasks[begin : begin + BULK_AT_ONCE]
        if time.monotonic() > ends or any(isinstance(each, NotBefore) for each in settled[-BULK_AT_ONCE:]):
            left = tasks[begin:]
            return [*settled, *(NotBefore(task, at + again_seconds(world, n)) for n, task in enumerate(left))]
        settled += await in_my_hands(slowly, few, at, rings)
    return settled


async def in_my_hands(world: World, tasks: Sequence[Task], at: Instant, rings: RingsOf) -> list[Settled]:
    free = [task for task in tasks if task.member_id not in in_hand[REACTION]]
    members = {task.member_id for task in free}
    in_hand[BULK] |= members
    try:
        done = await refresh(world, free, at, rings=rings) if free else []
    finally:
        in_hand[BULK] -= members
    taken = [task for task in tasks if task.member_id not in members]
    return [*done, *(NotBefore(task, at + BULK_AGAIN_SECONDS) for task in taken)]


def again_seconds(world: World, place: int) -> int:
    return BULK_AGAIN_SECONDS + int(place / world.settings.google_calls_per_second)


async def measured(world: World, tasks: Sequence[Task], at: Instant, rings: RingsOf) -> list[Settled]:
    """Refresh, and note for each card that Google took how long it had been wrong."""
    async with world.database.reading() as db:
        ages = await reconcile_sql.ages(db, tasks)
    noting = Noting(world.google)
    settled = await refresh(replace(world, google=noting), tasks, at, rings=rings)
    for member_id, seconds in noting.took.items():
        if member_id in ages:
            CONVERGENCE.observe(ages[member_id] + seconds, wallet="google")
    return settled


class Noting:
    """A Wallet, and after how many seconds it took whose card."""

    def __init__(self, wallet: GoogleWallet):
        self.wallet, self.began = wallet, time.monotonic()
        self.took: dict[UUID, float] = {}

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        answer = await self.wallet.call(method, path, body)
        kind, _, object_id = path.partition("/")
        if kind == "loyaltyObject" and answer.outcome is Outcome.SENT and method in ("PATCH", "POST", "PUT"):
            member_id = member_of(object_id or str((body or {}).get("id")))
            if member_id:
                self.took[member_id] = time.monotonic() - self.began
        return answer

    async def close(self) -> None:
        await self.wallet.close()
