"""Hand messages to the providers, phone by phone and all at once, and write down what came of them.

A message is repeated alone, never with others, and never past its end; under the same name, so that a phone that had it
already shows it once."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import ATTEMPTS_MAX, Again, Dead, Done, NotBefore, Settled, Task, backoff_seconds
from punchcard.foundation.outside import Answer, Outcome, World

from . import by_browser, delivery_sql, fcm_message, sql
from .flow import Flow, flow_of, flow_to_host, flows_to_hosts, share
from .model import URGENT, AddressKind, Delivery, Message, Phone, Reason, State

SERVICE_TTL_SECONDS = DAY
"""News of a tier or a challenge is worth showing for a day."""
NOT_NOW = (Outcome.LATER, Outcome.MISCONFIGURED, Outcome.PUT_OFF)
OVER = Answer(Outcome.PUT_OFF, reason="over", after_seconds=1)
STAGGER = 0.25
"""Who is told to wait so long waits up to this part longer, so that not all come back at once."""

Sender = Callable[[World, Delivery, Phone, Instant], Awaitable[Answer]]


async def by_firebase(world: World, delivery: Delivery, phone: Phone, at: Instant) -> Answer:
    """One attempt through Firebase. The message dies with what it tells of, in Firebase's queue too."""
    ends_at = delivery.message.ends_at
    text = text_of(delivery.message, delivery.language)
    ttl_seconds = ends_at - at if ends_at else SERVICE_TTL_SECONDS
    kind: fcm_message.Target = "token" if phone.address_kind == "token" else "fid"
    try:
        body = fcm_message.message(text, kind, phone.address, at, ttl_seconds)
    except ValueError as error:
        return Answer(Outcome.REFUSED, reason=f"not written: {error}")
    return await world.fcm.send(body)


def text_of(message: Message, language: str) -> fcm_message.Text:
    return fcm_message.Text(
        title=message.title,
        body=message.body,
        collapse=message.id,
        data=(("message", message.id), ("kind", message.kind), ("subject", message.subject)),
        urgent=message.kind in URGENT,
        channel="offers" if message.kind == "offer" else "account",
        language=language,
    )


SENDERS: Mapping[AddressKind, Sender] = {"fid": by_firebase, "token": by_firebase, by_browser.WEB: by_browser.send}


def flow_to(world: World, phone: Phone) -> Flow:
    """How fast messages may go to this phone: by Firebase, or by its browser's own push service."""
    if phone.address_kind != by_browser.WEB:
        return to_firebase(world)
    host, name = by_browser.service_of(world.settings, phone)
    return flow_to_host(world, world.web, host, name, world.settings.push_ramp_per_second)


def to_firebase(world: World) -> Flow:
    return flow_of(world, world.fcm, "FCM", world.settings.fcm_per_second)


def still_away(world: World, tasks: Sequence[Task], at: Instant) -> list[NotBefore]:
    """Those of the tasks that were decided and put off before, while their provider is away and nobody is to be asked now:
    they need not be decided anew."""
    found: dict[tuple[UUID, str], NotBefore] = {}
    for flow in (to_firebase(world), *flows_to_hosts(world.web)):
        found |= {(each.task.member_id, each.task.key): each for each in flow.still_away(tasks, at)}
    return list(found.values())


async def send_all(world: World, deliveries: Sequence[Delivery], at: Instant) -> list[list[Answer]]:
    """One attempt on each phone of each message, all at once; the answers in the same order. Who could not be asked now was
    put off."""
    flows = [[flow_to(world, phone) for phone in each.phones] for each in deliveries]
    await share(world, {flow for each in flows for flow in each})
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def one(delivery: Delivery, phone: Phone, flow: Flow) -> Answer:
        async def attempt() -> Answer:
            now = at + int(loop.time() - began)
            if delivery.message.ends_at and delivery.message.ends_at <= now:
                return OVER
            return await SENDERS[phone.address_kind](world, delivery, phone, now)

        return await flow.ask(attempt)

    async def every(delivery: Delivery, mine: Sequence[Flow]) -> list[Answer]:
        return await asyncio.gather(
            *(one(delivery, phone, flow) for phone, flow in zip(delivery.phones, mine, strict=True))
        )

    answers = await asyncio.gather(*map(every, deliveries, flows))
    return [judged(*each) for each in zip(deliveries, flows, answers, strict=True)]


def judged(delivery: Delivery, flows: Sequence[Flow], answers: Sequence[Answer]) -> list[Answer]:
    """The answers, now that all are there. Who waits for one provider alone, and was put off there, is remembered."""
    found = [flow.judged(answer) for flow, answer in zip(flows, answers, strict=True)]
    waiting = [(flow, answer) for flow, answer in zip(flows, found, strict=True) if answer.outcome in NOT_NOW]
    if waiting and all(flow is waiting[0][0] and answer.outcome is Outcome.PUT_OFF for flow, answer in waiting):
        waiting[0][0].remember(delivery.task.member_id, delivery.task.key)
    return found


async def conclude_all(db: Connection, sent: Sequence[tuple[Delivery, Sequence[Answer]]], at: Instant) -> list[Settled]:
    """A message is sent once one phone has it; the phones that could not be reached wait, dead addresses are forgotten."""
    gone = [
        (delivery.task.member_id, phone)
        for delivery, answers in sent
        for phone, answer in zip(delivery.phones, answers, strict=True)
        if answer.outcome is Outcome.GONE and phone.seen_at <= at
    ]
    await delivery_sql.forget_gone(db, gone)
    found = [concluded(delivery, answers, at) for delivery, answers in sent]
    await sql.keep_messages(
        db, [(settled.task.member_id, message) for settled, message in found if message is not None]
    )
    return [settled for settled, _ in found]


def concluded(delivery: Delivery, answers: Sequence[Answer], at: Instant) -> tuple[Settled, Message]:
    """How the task is settled, and what is written down of the message."""
    task, message = delivery.task, delivery.message
    outcomes = {answer.outcome for answer in answers}
    if Outcome.SENT in outcomes and message.sent_at is None:
        message = replace(message, sent_at=at, channel=message.channel or "push")
    waiting = [
        (phone, answer) for phone, answer in zip(delivery.phones, answers, strict=True) if answer.outcome in NOT_NOW
    ]
    if waiting:
        return again(task, message, waiting, at)
    if Outcome.REFUSED in outcomes:
        why = next(answer.reason for answer in answers if answer.outcome is Outcome.REFUSED)
        return Dead(task, why), become(message, "failed", "refused")
    return Done(task), become(message, "inbox", "no-phone")


def again(
    task: Task, message: Message, waiting: Sequence[tuple[Phone, Answer]], at: Instant
) -> tuple[Settled, Message]:
    """Try these phones again: after a real answer that is a try, of which there are so many; who was put off was not tried."""
    tried = [answer for _, answer in waiting if answer.outcome is not Outcome.PUT_OFF]
    answer = tried[0] if tried else waiting[0][1]
    wait = wait_seconds(task, answer)
    installations = [phone.installation for phone, _ in waiting]
    if message.ends_at and at + wait >= message.ends_at:
        return Done(task), become(message, "dropped", "ended")
    if not tried:
        return NotBefore(task, at + wait), become(message, "held", "provider", at + wait, installations)
    if task.attempts + 1 >= ATTEMPTS_MAX:
        message = become(message, "failed", "unreachable")
    else:
        message = become(message, "held", "provider", waiting=installations)
    return Again(task, answer.reason or answer.outcome.value, wait), message


def wait_seconds(task: Task, answer: Answer) -> int:
    """What they asked for, and a little more; else longer each time."""
    if answer.outcome is Outcome.PUT_OFF:
        return answer.after_seconds or 1
    if answer.after_seconds is None:
        return backoff_seconds(task.attempts)
    return max(1, round(answer.after_seconds * random.uniform(1, 1 + STAGGER)))


def become(
    message: Message, state: State, reason: Reason, until: Instant | None = None, waiting: Sequence[str] = ()
) -> Message:
    """The message with what became of it. One that a phone has is sent, whatever becomes of other phones."""
    if message.sent_at is not None:
        return replace(message, state="sent", reason="", waiting=list(waiting))
    return replace(message, state=state, reason=reason, until=until)
