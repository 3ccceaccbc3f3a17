"""Hand a message to Firebase, phone by phone, and write down what came of it."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import digest
from punchcard.foundation.outbox import ATTEMPTS_MAX, Again, Dead, Done, Settled, Task
from punchcard.foundation.outside import Answer, Fcm, Outcome

from . import fcm, sql
from .model import Delivery, Message, Owner, Phone, Reason, State

SERVICE_TTL_SECONDS = DAY
"""News of a tier or a challenge is worth showing for a day."""


async def send(outside: Fcm, delivery: Delivery, at: Instant) -> list[Answer]:
    """One attempt on each phone. The message dies with what it tells of, in Firebase's queue too."""
    return await asyncio.gather(*(outside.send(written(delivery, phone, at)) for phone in delivery.phones))


def written(delivery: Delivery, phone: Phone, at: Instant) -> dict[str, object]:
    message = delivery.message
    return fcm.message(
        address_kind=phone.address_kind,
        address=phone.address,
        title=message.title,
        body=message.body,
        at=at,
        ttl_seconds=message.ends_at - at if message.ends_at else SERVICE_TTL_SECONDS,
        collapse=message.id,
        data={"message": message.id, "kind": message.kind, "subject": message.subject},
        channel="offers" if message.kind == "offer" else "account",
        language=delivery.language,
    )


async def conclude(db: Connection, delivery: Delivery, answers: Sequence[Answer], at: Instant) -> Settled:
    """It is sent once one phone has it; the phones that could not be reached wait, dead addresses are forgotten."""
    task, message = delivery.task, delivery.message
    by_outcome: dict[Outcome, list[tuple[Phone, Answer]]] = {outcome: [] for outcome in Outcome}
    for phone, answer in zip(delivery.phones, answers, strict=True):
        by_outcome[answer.outcome].append((phone, answer))
    for phone, _ in by_outcome[Outcome.GONE]:
        await sql.disown(db, digest(phone.address), Owner(task.member_id, phone.installation))
        await sql.forget_phone(db, task.member_id, phone.installation, phone.address)
    if by_outcome[Outcome.SENT] and message.sent_at is None:
        message = replace(message, sent_at=at)
    if waiting := [*by_outcome[Outcome.LATER], *by_outcome[Outcome.MISCONFIGURED]]:
        return await again(db, task, message, waiting)
    if by_outcome[Outcome.REFUSED]:
        await sql.keep_messages(db, [(task.member_id, become(message, "failed", "refused"))])
        return Dead(task, by_outcome[Outcome.REFUSED][0][1].reason)
    await sql.keep_messages(db, [(task.member_id, become(message, "inbox", "no-phone"))])
    return Done(task)


async def again(db: Connection, task: Task, message: Message, waiting: Sequence[tuple[Phone, Answer]]) -> Settled:
    """Try these phones again; after the last try the message stays in the inbox."""
    if task.attempts + 1 >= ATTEMPTS_MAX:
        message = become(message, "failed", "unreachable")
    else:
        message = become(message, "held", "provider", waiting=[phone.installation for phone, _ in waiting])
    await sql.keep_messages(db, [(task.member_id, message)])
    answer = waiting[0][1]
    return Again(task, answer.reason or answer.outcome.value, answer.after_seconds)


def become(
    message: Message, state: State, reason: Reason, until: Instant | None = None, waiting: Sequence[str] = ()
) -> Message:
    """The message with what became of it. One that a phone has is sent, whatever becomes of other phones."""
    if message.sent_at is not None:
        return replace(message, state="sent", reason="", waiting=list(waiting))
    return replace(message, state=state, reason=reason, until=until)
