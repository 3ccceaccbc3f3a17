"""What everybody with the app is told, whoever they are: one message to a topic a language, sent once.

Only for the app itself: a topic asks nobody for consent, knows no quiet hours and no cap, and is in no hurry. Offers go to
members one by one."""

import logging
from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation import locale, outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import OtherBody
from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import Again, Dead, Done, Due, NotBefore, Settled, Task
from punchcard.foundation.outside import Answer, Outcome, World

from . import delivery, fcm_message, notices_sql
from .model import Message
from .notices_model import Body, NoticeTooLong, NoticeWindow, Telling, Title

log = logging.getLogger(__name__)

REACTION = "push.notice"
PREFIX = "notice:"
TOPIC = "notices"
WINDOW_SECONDS_MAX = 28 * 86400
TEXT_BYTES_MAX = 600
"""A title and its body together: they stand in a message twice, and a topic takes 2048 bytes."""
SHOWN_MAX = 20


async def publish(
    db: Connection, notice_id: str, title: Title, body: Body, since: Instant, until: Instant, by: UUID, at: Instant
) -> tuple[Telling, bool]:
    """Tell everybody with the app, from `since` on. The same again is no second time; True: it is new.

    Raises NoticeTooLong, NoticeWindow, or OtherBody."""
    titles = {each: str(getattr(title, each)) for each in locale.LANGUAGES}
    bodies = {each: str(getattr(body, each)) for each in locale.LANGUAGES}
    check_size(titles, bodies)
    if before := await notices_sql.the(db, notice_id):
        if (before.title, before.body, before.since, before.until) != (titles, bodies, since, until):
            raise OtherBody(id=notice_id)
        return before, False
    if not since < until <= since + WINDOW_SECONDS_MAX or until <= at:
        raise NoticeWindow(since=since, until=until)
    made = Telling(notice_id, titles, bodies, since, until, new_id(), by)
    if not await notices_sql.keep(db, made):
        return await publish(db, notice_id, title, body, since, until, by, at)
    dues = [Due(REACTION, each, max(at, since), {"notice": notice_id}) for each in locale.LANGUAGES]
    await outbox.put(db, made.row, dues, at)
    return made, True


def check_size(titles: dict[str, str], bodies: dict[str, str]) -> None:
    for language in locale.LANGUAGES:
        size = len(titles[language].encode()) + len(bodies[language].encode())
        if size > TEXT_BYTES_MAX:
            raise NoticeTooLong(language=language, bytes=size, most=TEXT_BYTES_MAX)


async def send(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Send each language's message to its topic."""
    return [await send_one(world, task, at) for task in tasks]


async def send_one(world: World, task: Task, at: Instant) -> Settled:
    async with world.database.reading() as db:
        told = await notices_sql.the(db, (task.payload or {})["notice"])
    if told is None or task.key in told.sent or told.until <= at:
        return Done(task)
    body = written(told, task.key, at)
    flow = delivery.to_firebase(world)
    answer = flow.judged(await flow.ask(lambda: world.fcm.send(body)))
    if answer.outcome is Outcome.SENT:
        async with world.database.transaction() as db:
            await notices_sql.mark(db, told.id, {task.key: at})
    return settled(task, answer, at)


def written(told: Telling, language: str, at: Instant) -> bytes:
    """The message. Told twice, it is shown once: both have one name."""
    text = fcm_message.Text(
        title=told.title[language],
        body=told.body[language],
        collapse=PREFIX + told.id,
        data=(("message", PREFIX + told.id), ("kind", "notice"), ("subject", told.id)),
        channel="account",
        language=language,
    )
    return fcm_message.message(text, "topic", f"{TOPIC}-{language}", at, told.until - at)


def settled(task: Task, answer: Answer, at: Instant) -> Settled:
    match answer.outcome:
        case Outcome.SENT:
            return Done(task)
        case Outcome.PUT_OFF:
            return NotBefore(task, at + (answer.after_seconds or 1))
        case Outcome.LATER | Outcome.MISCONFIGURED:
            return Again(task, answer.reason or answer.outcome.value, delivery.wait_seconds(task, answer))
    log.error("a notice was refused: %s", answer.reason)
    return Dead(task, answer.reason)


async def shown(db: Connection, language: str, at: Instant) -> list[Message]:
    """The notices of now, as they stand in everybody's inbox."""
    return [
        Message(
            id=PREFIX + each.id,
            kind="notice",
            subject=each.id,
            title=locale.of(each.title, language),
            body=locale.of(each.body, language),
            decided_at=each.since,
            state="inbox",
            ends_at=each.until,
        )
        for each in await notices_sql.current(db, at, SHOWN_MAX)
    ]
