"""The reaction `passes.apple`: say that passes changed, then wake the phones that hold them, each once.

The outbox key says which: empty for the card, a ticket's subject, `*` for all of the member's passes; `again:<serial>` (and
`:<device hash>`) wakes phones for a pass that did not change. Nothing that Apple's side is to blame for counts as a try:
however long it is away, no row dies, and each is looked at again within seconds of its return."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.outbox import Dead, Done, NotBefore, Settled, Task
from punchcard.foundation.outside import Answer, Outcome, World

from . import operations, outages, versions_sql
from .breaker import breaker_of
from .outages import Outage, outage_of
from .phones import AGAIN, EVERY, Phone
from .printing import is_set_up, press

log = logging.getLogger("punchcard.passes.apple")

MISCONFIGURED_WAIT_SECONDS = 60
HELD_BACK = Answer(Outcome.LATER, reason=outages.AWAY)


async def refresh(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Stamp the members' passes as changed and wake each phone that holds one once; it then asks us for the newest.

    Who never asked for an Apple pass costs one look, together. A phone whose address died is forgotten."""
    if not is_set_up(world.settings):
        return [Done(task) for task in tasks]
    phones = await stale(world, tasks, at)
    if not phones:
        return [Done(task) for task in tasks]
    outage = outage_of(world.apns)
    answers = await woken(world, outage, {phone.push_token for phone in phones})
    await note(world, [phone for phone in phones if answers[phone.push_token] is not HELD_BACK], answers, at)
    reached: dict[UUID, list[Phone]] = {}
    for phone in phones:
        reached.setdefault(phone.member_id, []).append(phone)
    return [
        settled(
            task,
            [answers[phone.push_token] for phone in reached.get(task.member_id, ()) if meant(task, phone)],
            outage,
            at,
        )
        for task in tasks
    ]


async def stale(world: World, tasks: Sequence[Task], at: Instant) -> list[Phone]:
    """The phones that must be woken: of passes that changed, which get a new tag now, and of those named to be woken again."""
    news = [task for task in tasks if not task.key.startswith(AGAIN)]
    again = [task for task in tasks if task.key.startswith(AGAIN)]
    phones: list[Phone] = []
    async with world.database.reading() as db:
        if news:
            phones += await versions_sql.stamp(db, [task.member_id for task in news], [task.key for task in news], at)
        if again:
            serials = [UUID(task.key.split(":")[1]) for task in again]
            found = await versions_sql.phones_of(db, [task.member_id for task in again], serials)
            phones += [phone for phone in found if any(meant(task, phone) for task in again)]
    return phones


def meant(task: Task, phone: Phone) -> bool:
    """Whether the task is about this phone."""
    if task.member_id != phone.member_id:
        return False
    if task.key.startswith(AGAIN):
        return f"{AGAIN}{phone.serial}:{phone.device_hash.hex()}".startswith(task.key)
    return task.key in (EVERY, phone.subject)


async def woken(world: World, outage: Outage, push_tokens: set[str]) -> dict[str, Answer]:
    """One push a phone, however many of its passes changed. While Apple is away one phone is tried for all."""
    breaker, tokens = breaker_of(world.apns), sorted(push_tokens)
    held = breaker.held(tokens)
    tokens = [token for token in tokens if token not in held]
    asked = outage.let_through(tokens)
    answers = outage.judged(await pushed(world, asked))
    if len(asked) < len(tokens) and not outage.is_on:
        asked = tokens
        answers |= outage.judged(await pushed(world, [token for token in tokens if token not in answers]))
    return dict.fromkeys(set(tokens).difference(asked), HELD_BACK) | held | breaker.judged(answers)


async def pushed(world: World, tokens: Sequence[str]) -> dict[str, Answer]:
    pass_type = press(world.settings).signer.pass_type
    answers = await asyncio.gather(*(world.apns.wake(token, pass_type) for token in tokens))
    return dict(zip(tokens, answers, strict=True))


async def note(world: World, phones: Sequence[Phone], answers: Mapping[str, Answer], at: Instant) -> None:
    """Keep what Apple said of each phone; drop those whose address is dead, unless they registered again since it died."""
    dead = [phone for phone in phones if answers[phone.push_token].outcome is Outcome.GONE]
    outcomes = [answers[phone.push_token].outcome.value for phone in phones]
    async with world.database.reading() as db:
        await versions_sql.pushed(db, phones, outcomes, at)
    if dead:
        async with world.database.transaction() as db:
            for phone in dead:
                until = answers[phone.push_token].gone_since or at
                named = phone.member_id, phone.serial, phone.device_hash
                await operations.forget(db, *named, until, phone.push_token)


def settled(task: Task, answers: Iterable[Answer], outage: Outage, at: Instant) -> Settled:
    """What became of one task: the worst of what its phones' pushes came to."""
    for answer in answers:
        why = f"{answer.status} {answer.reason}"
        match answer.outcome:
            case Outcome.MISCONFIGURED:
                log.error("APNs refuses our certificate or topic: %s", why)
                return NotBefore(task, at + (answer.after_seconds or MISCONFIGURED_WAIT_SECONDS))
            case Outcome.LATER:
                return NotBefore(task, at + (answer.after_seconds or outage.wait_seconds()))
            case Outcome.REFUSED:
                return Dead(task, why)
    return Done(task)
