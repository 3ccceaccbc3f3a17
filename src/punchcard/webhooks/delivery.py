"""Tell endpoints what happened, each member's story in order. One message of a member is under way at a time, and the
next is sent only when it was accepted or laid aside; the cursor moves after the answer, so that a worker that dies between
sends again (at least once, under the same id).

An endpoint is a reaction of its own in the outbox, and a busy reaction stops no other. Within one, `LINES` members are
served at once; a hand takes `HAND_SECONDS`, and gives up sooner when nothing is accepted, so that an endpoint that is down
costs few requests, and members that it refuses do not keep the others waiting for long."""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from punchcard import journal
from punchcard.foundation import outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import Done, Due, NotBefore, Settled, Task
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.journal import Happened
from punchcard.programme import NEVER

from . import message, operations, posting, signing, sql
from .model import GIVEN_UP_AFTER, Cursor, Endpoint, State

LINES = 8
"""Members of one endpoint that are served at once, by one worker."""
HAND_SECONDS = 5.0
"""A hand begins no further message after this; one that is under way may take another ten."""
FAILURES_MAX = 5
"""So many refusals in a row end the hand."""
REST_SECONDS = 30
"""Then whoever was not tried waits so long."""
MEMBER_MESSAGES_MAX = 200
"""Of one member in a hand."""
READ = 20


async def tell(world: World, batch: Sequence[Task], at: Instant) -> list[Settled]:
    """Something happened to these members: it follows that each endpoint hears of it."""
    async with world.database.transaction() as db:
        listening = await sql.listening(db)
        members = dict.fromkeys(task.member_id for task in batch)
        rows = [(member_id, Due(operations.reaction(id))) for member_id in members for id in listening]
        if rows:
            await outbox.put_many(db, rows, at)
    return [Done(task) for task in batch]


async def send(world: World, batch: Sequence[Task], at: Instant) -> list[Settled]:
    """Tell the endpoint that this reaction names all that it has not heard of these members."""
    endpoint_id = UUID(batch[0].reaction.rpartition("/")[2])
    async with world.database.reading() as db:
        endpoint = await sql.endpoint(db, endpoint_id)
    if endpoint is None or endpoint.state != "on":
        return [Done(task) for task in batch]
    hand, lines = Hand(world, endpoint, at), asyncio.Semaphore(LINES)

    async def served(task: Task) -> Settled:
        async with lines:
            return await hand.serve(task)

    async with asyncio.TaskGroup() as group:
        serving = [group.create_task(served(task)) for task in batch]
    return [each.result() for each in serving]


class Ahead(Struct, frozen=True):
    """What was read of a member's facts: those that stand after `after`, at most up to `until`, and the tier."""

    after: int
    until: int
    facts: list[Happened]
    tier: str


class Hand:
    """What one turn at one endpoint knows of how it fares."""

    def __init__(self, world: World, endpoint: Endpoint, at: Instant):
        self.database, self.settings = world.database, world.settings
        self.endpoint, self.at = endpoint, at
        self.ends_at = time.monotonic() + HAND_SECONDS
        self.failures = 0
        self.ahead: dict[UUID, Ahead] = {}

    async def serve(self, task: Task) -> Settled:
        """Tell of one member, message by message, until all is told, something is refused or the hand is over."""
        for _ in range(MEMBER_MESSAGES_MAX):
            if self.endpoint.state != "on":
                return Done(task)
            if self.failures >= FAILURES_MAX:
                return NotBefore(task, self.at + REST_SECONDS)
            if time.monotonic() >= self.ends_at:
                break
            settled = await self.tell_next(task)
            if settled:
                return settled
        return NotBefore(task, self.at)

    async def tell_next(self, task: Task) -> Settled | None:
        """Send the next message. None: go on with the one after it."""
        member_id = task.member_id
        async with self.database.transaction() as db:
            cursor = await self.cursor_of(db, member_id)
            if cursor.due_at is not None and cursor.due_at > self.at:
                return NotBefore(task, cursor.due_at)
            ahead = await self.ahead_of(db, member_id, cursor)
            happened = next((each for each in ahead.facts if message.wants(self.endpoint, each.fact)), None)
            if happened is None:
                if not ahead.facts and cursor.again_until is None:
                    return Done(task)
                end = ahead.facts[-1].seq if ahead.facts else ahead.until
                await sql.move(db, member_id, self.endpoint.id, cursor, end)
                return None
        answer = await self.post(member_id, happened, ahead.tier)
        async with self.database.transaction() as db:
            return await self.conclude(db, task, cursor, happened, answer)

    async def cursor_of(self, db: Connection, member_id: UUID) -> Cursor:
        if known := await sql.cursor(db, member_id, self.endpoint.id):
            return known
        await operations.begin(db, self.endpoint, [member_id])
        known = await sql.cursor(db, member_id, self.endpoint.id)
        assert known is not None
        return known

    async def ahead_of(self, db: Connection, member_id: UUID, cursor: Cursor) -> Ahead:
        """What comes after the cursor, as far as it was read; read on where that is used up, or is something else by now."""
        until, known = cursor.again_until or NEVER, self.ahead.get(member_id)
        if known and known.until == until and known.after <= cursor.after:
            known = replace(known, facts=[each for each in known.facts if each.seq > cursor.after])
            if known.facts:
                return known
        facts = await journal.happened_after(db, member_id, cursor.after, until, READ)
        tier = await journal.tier_now(db, member_id, self.at)
        self.ahead[member_id] = Ahead(cursor.after, until, facts, tier)
        return self.ahead[member_id]

    async def post(self, member_id: UUID, happened: Happened, tier: str) -> Answer:
        endpoint, body = self.endpoint, message.body(member_id, happened, tier)
        secrets = signing.secrets_now(self.settings.secrets, endpoint, self.at)
        if not secrets:
            return Answer(Outcome.LATER, reason="secret-gone")
        id = signing.message_id(endpoint.id, member_id, happened.seq)
        headers = signing.headers(id, self.at, body, secrets)
        return await posting.post(endpoint.url, headers, body, self.settings, self.at)

    async def conclude(
        self, db: Connection, task: Task, cursor: Cursor, happened: Happened, answer: Answer
    ) -> Settled | None:
        """Write down what became of the message."""
        member_id, id = task.member_id, self.endpoint.id
        if answer.outcome is Outcome.SENT:
            await self.accepted(db)
            if cursor.again_after is not None:
                await sql.raise_dead(db, member_id, id, happened.seq)
            await sql.move(db, member_id, id, cursor, happened.seq)
            return None
        if answer.outcome is Outcome.GONE:
            await self.switch_off(db, "gone", answer.reason)
            return Done(task)
        dies = cursor.has_failed(self.at)
        await self.refused(db, answer.reason, dies)
        if dies:
            type = message.type_of(happened.fact)
            await sql.lay_aside(db, member_id, id, happened.seq, type, answer.reason, cursor, self.at)
            await sql.move(db, member_id, id, cursor, happened.seq)
            return None
        due_at = cursor.waits_until(self.at, answer.after_seconds)
        await sql.put_off(db, member_id, id, cursor, self.at, due_at)
        return NotBefore(task, due_at)

    async def accepted(self, db: Connection) -> None:
        self.failures = 0
        if self.endpoint.failing_since is not None:
            self.endpoint = replace(self.endpoint, failing_since=None)
            await sql.set_failing(db, self.endpoint.id, None, "")

    async def refused(self, db: Connection, reason: str, dies: bool) -> None:
        """Who has accepted nothing for three days is switched off, by another message than the one that dies of it."""
        self.failures += 1
        since = self.endpoint.failing_since
        if since is None:
            self.endpoint = replace(self.endpoint, failing_since=self.at)
            await sql.set_failing(db, self.endpoint.id, self.at, reason)
        elif self.at - since >= GIVEN_UP_AFTER and not dies:
            await self.switch_off(db, "failing", reason)

    async def switch_off(self, db: Connection, state: State, reason: str) -> None:
        """Unless its owner took it away meanwhile, or another worker's message was accepted."""
        self.endpoint = replace(self.endpoint, state=state)
        await sql.lock(db)
        now = await sql.endpoint(db, self.endpoint.id)
        if now is None or now.state != "on" or (state == "failing" and now.failing_since is None):
            return
        await operations.switch_off(db, self.endpoint.id, state, reason, self.at)
