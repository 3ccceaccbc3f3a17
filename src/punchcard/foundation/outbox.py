"""What must follow from news: written in the transaction that makes it true, done by a worker, at least once.

A row is a level (`key` empty: a card is stale) or an edge (`key` names one event). A change that comes while the row is
being worked on raises its version, so that the version-checked finish leaves it and it is done again with the newer state."""

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from .clock import Instant
from .database import Connection, execute, many, value
from .ids import BUCKETS, bucket_of

LEASE_SECONDS = 6
ATTEMPTS_MAX = 12
BACKOFF_SECONDS_MAX = 300


class Due(Struct, frozen=True):
    """Something that must follow: which reaction, about what (`key`), when, and what it needs to know (JSON)."""

    reaction: str
    key: str = ""
    due_at: Instant = 0
    """0 is at once."""
    payload: dict[str, Any] | None = None


class Task(Struct, frozen=True):
    """A due row in a worker's hands."""

    member_id: UUID
    reaction: str
    key: str
    version: int
    attempts: int
    payload: dict[str, Any] | None


class Depth(Struct, frozen=True):
    """How much waits for one reaction, and how much was laid aside."""

    reaction: str
    waiting: int
    oldest_due_at: Instant | None
    dead: int


async def put(db: Connection, member_id: UUID, dues: Sequence[Due], at: Instant) -> None:
    """Let these follow for the member. A repeat of the same reaction and key is one row with a higher version."""
    if dues:
        await put_many(db, [(member_id, due) for due in dues], at)


async def put_many(db: Connection, rows: Sequence[tuple[UUID, Due]], at: Instant) -> None:
    """The same for many members in one statement; a row is named once (member, reaction, key)."""
    await execute(
        db,
        """
        insert into outbox (member_id, reaction, key, bucket, due_at, payload)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::timestamptz[], $6::jsonb[])
            on conflict (member_id, reaction, key) do update
           set version = outbox.version + 1, due_at = least(outbox.due_at, excluded.due_at),
               payload = excluded.payload, attempts = 0
        """,
        [member_id for member_id, _ in rows],
        [due.reaction for _, due in rows],
        [due.key for _, due in rows],
        [bucket_of(member_id) for member_id, _ in rows],
        [due.due_at or at for _, due in rows],
        [due.payload for _, due in rows],
    )


async def seen(db: Connection, worker: UUID) -> int:
    """Say that this worker is alive; answers how many are."""
    await execute(db, "delete from worker where seen_until < now() and id <> $1", worker)
    await execute(
        db,
        """
        insert into worker (id, seen_until) values ($1, now() + make_interval(secs => $2))
            on conflict (id) do update set seen_until = excluded.seen_until
        """,
        worker,
        float(LEASE_SECONDS),
    )
    return await alive(db)


async def alive(db: Connection) -> int:
    """How many workers are."""
    return int(await value(db, "select count(*) from worker where seen_until >= now()"))


async def lease(db: Connection, worker: UUID, share: int) -> list[int]:
    """Keep the buckets this worker owns, up to `share`; leave what is over; take free and lapsed ones. Says which are its own."""
    await execute(
        db,
        """
        update bucket_lease set owner = null, until = '-infinity'
         where owner = $1 and bucket not in
               (select bucket from bucket_lease where owner = $1 order by bucket limit $2)
        """,
        worker,
        share,
    )
    rows = await db.fetch(
        """
        update bucket_lease set owner = $1, until = now() + make_interval(secs => $3)
         where bucket in (
               select bucket from bucket_lease
                where owner = $1 or until < now()
                order by (owner = $1) is true desc, bucket limit $2 for update)
        returning bucket
        """,
        worker,
        share,
        float(LEASE_SECONDS),
    )
    return sorted(row["bucket"] for row in rows)


async def release(db: Connection, worker: UUID) -> None:
    """Give all buckets back and sign off, so that others need not wait for the lease to lapse."""
    await execute(db, "update bucket_lease set owner = null, until = '-infinity' where owner = $1", worker)
    await execute(db, "delete from worker where id = $1", worker)


async def due(
    db: Connection, buckets: Sequence[int], at: Instant, busy: Sequence[str] = (), limit: int = 400
) -> list[Task]:
    """What is due in these buckets, the oldest first; reactions that are `busy` wait, so that a slow one stops no other."""
    return await many(
        db,
        Task,
        """
        select member_id, reaction, key, version, attempts, payload from outbox
         where bucket = any($1::smallint[]) and due_at <= $2 and reaction <> all($3::text[]) order by due_at limit $4
        """,
        buckets,
        at,
        busy,
        limit,
    )


async def depths(db: Connection) -> list[Depth]:
    """How much waits for each reaction, since when the oldest has been due, and how many rows are dead."""
    return await many(
        db,
        Depth,
        """
        select coalesce(waiting.reaction, dead.reaction) as reaction, coalesce(waiting.rows, 0) as waiting,
               waiting.oldest_due_at, coalesce(dead.rows, 0) as dead
          from (select reaction, count(*) as rows, min(due_at) as oldest_due_at from outbox group by 1) waiting
          full join (select reaction, count(*) as rows from outbox_dead group by 1) dead using (reaction)
         order by 1
        """,
    )


async def finish(db: Connection, tasks: Sequence[Task]) -> None:
    """Done, unless something changed meanwhile: then the row stays due and is done again with the newer state.

    Each row is looked up and locked by its key: a plan that joins would read the whole queue with all that was swept from it."""
    await execute(
        db,
        """
        delete from outbox where ctid = any(array(
            select found.ctid
              from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[]) as done (member_id, reaction, key, version)
             cross join lateral (
                   select ctid from outbox
                    where outbox.member_id = done.member_id and outbox.reaction = done.reaction
                      and outbox.key = done.key and outbox.version = done.version for update) as found))
        """,
        [task.member_id for task in tasks],
        [task.reaction for task in tasks],
        [task.key for task in tasks],
        [task.version for task in tasks],
    )


async def retry(db: Connection, task: Task, error: str, at: Instant, after_seconds: int | None = None) -> None:
    """Try again later (with jitter, longer each time), or lay it aside as dead after twelve tries."""
    if task.attempts + 1 >= ATTEMPTS_MAX:
        await bury(db, task, error)
        return
    wait = after_seconds if after_seconds is not None else backoff_seconds(task.attempts)
    await execute(
        db,
        """
        update outbox set attempts = attempts + 1, error = $5, due_at = $6
         where member_id = $1 and reaction = $2 and key = $3 and version = $4
        """,
        task.member_id,
        task.reaction,
        task.key,
        task.version,
        error[:500],
        at + wait,
    )


async def postpone(db: Connection, waits: Sequence["NotBefore"]) -> None:
    """Not now: look at them again at their time. This is no failure and counts no try."""
    if waits:
        await execute(
            db,
            """
            update outbox set due_at = wait.until
              from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
                   as wait (member_id, reaction, key, version, until)
             cross join lateral (
                   select ctid from outbox
                    where outbox.member_id = wait.member_id and outbox.reaction = wait.reaction
                      and outbox.key = wait.key and outbox.version = wait.version for update) as found
             where outbox.ctid = found.ctid
            """,
            [each.task.member_id for each in waits],
            [each.task.reaction for each in waits],
            [each.task.key for each in waits],
            [each.task.version for each in waits],
            [each.until for each in waits],
        )


async def bury(db: Connection, task: Task, error: str) -> None:
    """Lay a row aside for an operator; the others go on."""
    await execute(
        db,
        """
        with gone as (
            delete from outbox where member_id = $1 and reaction = $2 and key = $3 and version = $4 returning payload, attempts)
        insert into outbox_dead (member_id, reaction, key, payload, error, attempts)
        select $1, $2, $3, payload, $5, attempts + 1 from gone
            on conflict (member_id, reaction, key) do update
           set payload = excluded.payload, error = excluded.error, attempts = excluded.attempts, died_at = now()
        """,
        task.member_id,
        task.reaction,
        task.key,
        task.version,
        error[:500],
    )


def backoff_seconds(attempts: int) -> int:
    return int(min(2**attempts, BACKOFF_SECONDS_MAX) * random.uniform(0.5, 1.5)) or 1


def share_of(workers: int) -> int:
    """How many buckets one of so many workers should own."""
    return -(-BUCKETS // max(1, workers))


class Done(Struct, frozen=True):
    """It has followed."""

    task: Task


class Again(Struct, frozen=True):
    """It failed; try again (backing off, or after the seconds they asked for)."""

    task: Task
    error: str
    after_seconds: int | None = None


class NotBefore(Struct, frozen=True):
    """Not now (quiet hours): look again at this instant."""

    task: Task
    until: Instant


class Dead(Struct, frozen=True):
    """It can never follow; an operator should see why."""

    task: Task
    error: str


Settled = Done | Again | NotBefore | Dead


async def settle(db: Connection, settled: Sequence[Settled], at: Instant) -> None:
    """Write down what became of the tasks."""
    await finish(db, [each.task for each in settled if isinstance(each, Done)])
    await postpone(db, [each for each in settled if isinstance(each, NotBefore)])
    for each in settled:
        match each:
            case Again(task, error, after_seconds):
                await retry(db, task, error, at, after_seconds)
            case Dead(task, error):
                await bury(db, task, error)
