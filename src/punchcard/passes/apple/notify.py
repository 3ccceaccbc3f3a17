"""The reaction `passes.apple`: say that passes changed, then wake the phones that hold them, each once."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.outbox import Again, Dead, Done, Settled, Task
from punchcard.foundation.outside import Answer, Outcome, World

from . import operations, sql
from .model import Phone
from .printing import is_set_up, press

log = logging.getLogger("punchcard.passes.apple")

BAD_TOKEN = "BadDeviceToken"  # noqa: S105  # a reason of Apple's, no password
SUSPICIOUS_MIN = 5
"""From so many bad tokens on, half of a batch being bad is our mistake (host, certificate), not the phones'."""
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
    answers = suspected(answers)
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
    """One push a phone, however many of its passes changed."""
    pass_type = press(world.settings).signer.pass_type
    tokens = sorted(push_tokens)
    answers = await asyncio.gather(*(world.apns.wake(token, pass_type) for token in tokens))
    return dict(zip(tokens, answers, strict=True))


def suspected(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers; when too many say that the token is bad, as what they are: our misconfiguration. Nobody is forgotten."""
    bad = [token for token, answer in answers.items() if answer.reason == BAD_TOKEN]
    if len(bad) < SUSPICIOUS_MIN or 2 * len(bad) < len(answers):
        return dict(answers)
    log.error("%d of %d push tokens are bad: wrong host or certificate?", len(bad), len(answers))
    return {**answers, **{token: Answer(Outcome.MISCONFIGURED, answers[token].status, BAD_TOKEN) for token in bad}}


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
