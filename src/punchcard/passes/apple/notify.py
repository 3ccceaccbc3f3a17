"""The reaction `passes.apple`: say that passes changed, then wake the phones that hold them, each once."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.outbox import Again, Dead, Done, Settled, Task
from punchcard.foundation.outside import Answer, Outcome, World

from . import operations, sql
from .breaker import breaker_of
from .model import Phone
from .printing import is_set_up, press

log = logging.getLogger("punchcard.passes.apple")

MISCONFIGURED_WAIT_SECONDS = 60


async def refresh(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Stamp the members' passes as changed and wake each phone that holds one once; it then asks us for the newest.

    Who never asked for an Apple pass costs one look. A phone whose address died is forgotten."""
    if not is_set_up(world.settings):
        return [Done(task) for task in tasks]
    stale = await stamped(world, [task.member_id for task in tasks], at)
    if not stale:
        return [Done(task) for task in tasks]
    phones = await holding(world, stale)
    answers = await woken(world, {phone.push_token for phone in phones})
    await forget_dead(world, phones, answers, at)
    reached: dict[UUID, list[Answer]] = {}
    for phone in phones:
        reached.setdefault(phone.member_id, []).append(answers[phone.push_token])
    return [settled(task, reached.get(task.member_id, [])) for task in tasks]


async def stamped(world: World, members: Sequence[UUID], at: Instant) -> list[UUID]:
    """Give the passes of these members a new tag, in a short transaction that no other worker's tag can overtake."""
    async with world.database.reading() as db:
        stale = sorted(await sql.issued_to(db, members))
    if stale:
        async with world.database.transaction() as db:
            await sql.stamp(db, stale, await sql.next_tag(db), at)
    return stale


async def holding(world: World, members: Sequence[UUID]) -> list[Phone]:
    async with world.database.reading() as db:
        return await sql.phones(db, members)


async def woken(world: World, push_tokens: set[str]) -> dict[str, Answer]:
    """One push a phone, however many of its passes changed; none while it is our own mistake that nobody is reached."""
    pass_type = press(world.settings).signer.pass_type
    breaker = breaker_of(world.apns)
    held = breaker.held(push_tokens)
    tokens = sorted(push_tokens - held.keys())
    answers = await asyncio.gather(*(world.apns.wake(token, pass_type) for token in tokens))
    return held | breaker.judged(dict(zip(tokens, answers, strict=True)))


async def forget_dead(world: World, phones: Sequence[Phone], answers: Mapping[str, Answer], at: Instant) -> None:
    """Drop the registrations whose address is dead, unless the phone registered again since it died."""
    dead = [phone for phone in phones if answers[phone.push_token].outcome is Outcome.GONE]
    if dead:
        async with world.database.transaction() as db:
            for phone in dead:
                until = answers[phone.push_token].gone_since or at
                await operations.forget(db, phone.member_id, phone.device_hash, until)


def settled(task: Task, answers: Sequence[Answer]) -> Settled:
    """What became of one member's card: the worst of what its phones' pushes came to."""
    for answer in answers:
        why = f"{answer.status} {answer.reason}"
        match answer.outcome:
            case Outcome.MISCONFIGURED:
                log.error("APNs refuses our certificate or topic: %s", why)
                return Again(task, why, MISCONFIGURED_WAIT_SECONDS)
            case Outcome.LATER:
                return Again(task, why, answer.after_seconds)
            case Outcome.REFUSED:
                return Dead(task, why)
    return Done(task)
