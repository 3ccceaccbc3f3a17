"""What must follow does: levels coalesce, a change during the work is worked again, buckets have one owner, nothing is lost."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from punchcard import worker
from punchcard.foundation import limits, outbox
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import BUCKETS, bucket_of, new_id
from punchcard.foundation.outbox import ATTEMPTS_MAX, Again, Dead, Done, Due, NotBefore, Settled, Task
from punchcard.foundation.outside import World

NOW = 1_795_000_000
CARD = Due("passes.apple")


async def waiting(db: Connection, at: int = NOW) -> list[Task]:
    return await outbox.due(db, range(BUCKETS), at)


async def test_many_changes_of_a_level_are_one_row(db: Connection) -> None:
    member_id = new_id()
    for _ in range(10):
        await outbox.put(db, member_id, [CARD], NOW)

    (task,) = await waiting(db)

    assert (task.member_id, task.version) == (member_id, 10)


async def test_edges_with_other_keys_are_rows_of_their_own(db: Connection) -> None:
    await outbox.put(db, new_id(), [Due("push.announce", key) for key in ("offer:a", "offer:b")], NOW)

    assert [task.key for task in await waiting(db)] == ["offer:a", "offer:b"]


async def test_what_is_done_is_gone(db: Connection) -> None:
    await outbox.put(db, new_id(), [CARD], NOW)

    await outbox.settle(db, [Done(task) for task in await waiting(db)], NOW)

    assert await waiting(db) == []


async def test_a_change_that_comes_during_the_work_is_worked_again(db: Connection) -> None:
    member_id = new_id()
    await outbox.put(db, member_id, [CARD], NOW)
    (task,) = await waiting(db)
    await outbox.put(db, member_id, [CARD], NOW)

    await outbox.settle(db, [Done(task)], NOW)

    assert [task.version for task in await waiting(db)] == [2]


async def test_a_finish_that_ignored_the_version_would_lose_that_change(db: Connection) -> None:
    """The mutant of the test above."""
    member_id = new_id()
    await outbox.put(db, member_id, [CARD], NOW)
    (task,) = await waiting(db)
    await outbox.put(db, member_id, [CARD], NOW)

    await db.execute("delete from outbox where member_id = $1 and reaction = $2", task.member_id, task.reaction)

    assert await waiting(db) == []


async def test_what_fails_comes_again_later_and_each_time_later(db: Connection) -> None:
    await outbox.put(db, new_id(), [CARD], NOW)
    (task,) = await waiting(db)

    await outbox.settle(db, [Again(task, "503", after_seconds=7)], NOW)

    assert await waiting(db, NOW + 6) == []
    assert [task.attempts for task in await waiting(db, NOW + 7)] == [1]
    assert [outbox.backoff_seconds(attempts) >= 2**attempts // 2 for attempts in range(8)] == [True] * 8


async def test_what_fails_for_good_is_laid_aside_with_its_error(db: Connection) -> None:
    await outbox.put(db, new_id(), [CARD, Due("passes.google")], NOW)
    one, other = await waiting(db)

    await outbox.settle(db, [Dead(one, "no such address"), NotBefore(other, NOW + 60)], NOW)

    assert [(each.reaction, each.waiting, each.dead) for each in await outbox.depths(db)] == [
        ("passes.apple", 0, 1),
        ("passes.google", 1, 0),
    ]


async def test_twelve_failures_are_the_last(db: Connection) -> None:
    await outbox.put(db, new_id(), [CARD], NOW)
    for _ in range(ATTEMPTS_MAX):
        await outbox.settle(db, [Again(task, "503", after_seconds=0) for task in await waiting(db)], NOW)

    assert await waiting(db) == []
    assert await db.fetchval("select attempts from outbox_dead") == ATTEMPTS_MAX


async def test_a_slow_reaction_stops_no_other(db: Connection) -> None:
    await outbox.put(db, new_id(), [CARD, Due("passes.google")], NOW)

    found = await outbox.due(db, range(BUCKETS), NOW, busy=["passes.google"])

    assert [task.reaction for task in found] == ["passes.apple"]


async def test_a_bucket_has_one_owner_and_workers_share_them(pool: Database) -> None:
    workers = [new_id() for _ in range(3)]
    owned: dict[UUID, list[int]] = {}
    for _ in range(3):  # a worker that comes later gets its share as the others let go of what is over
        for each in workers:
            async with pool.transaction() as db:
                alive = await outbox.seen(db, each)
                owned[each] = await outbox.lease(db, each, outbox.share_of(alive))

    assert sorted(bucket for buckets in owned.values() for bucket in buckets) == list(range(BUCKETS))
    assert max(map(len, owned.values())) <= outbox.share_of(3)


async def test_who_signs_off_leaves_its_buckets_at_once(pool: Database) -> None:
    first, second = new_id(), new_id()
    async with pool.transaction() as db:
        await outbox.lease(db, first, BUCKETS)
    async with pool.transaction() as db:
        taken = await outbox.lease(db, second, BUCKETS)
        await outbox.release(db, first)
        after = await outbox.lease(db, second, BUCKETS)

    assert (taken, len(after)) == ([], BUCKETS)


@pytest.mark.parametrize("answer", ["nothing", "raises"])
async def test_what_a_handler_does_not_answer_for_is_tried_again(
    house: Database, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    async def handler(_: World, tasks: Sequence[Task], at: int) -> list[Settled]:
        if answer == "raises":
            raise ValueError("a bug")
        return []

    monkeypatch.setattr(worker, "HANDLERS", {"x": handler})
    tasks = [Task(new_id(), "x", "", 1, 0, None) for _ in range(3)]

    settled = await worker.attempt(None, "x", tasks, NOW)  # type: ignore[arg-type]  # this handler looks at no world

    assert [type(each) for each in settled] == [Again] * 3


async def test_one_bad_row_does_not_hold_the_others_up(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Task(new_id(), "x", "bad", 1, 0, None)
    good = [Task(new_id(), "x", f"good-{n}", 1, 0, None) for n in range(4)]

    async def handler(_: World, tasks: Sequence[Task], at: int) -> list[Settled]:
        assert bad not in tasks, "this row breaks the handler"
        return [Done(task) for task in tasks]

    monkeypatch.setattr(worker, "HANDLERS", {"x": handler})

    settled = await worker.attempt(None, "x", [*good, bad], NOW)  # type: ignore[arg-type]  # as above

    assert [each for each in settled if isinstance(each, Done)] == [Done(task) for task in good]


async def test_nobody_handles_is_dead(house: Database) -> None:
    task = Task(new_id(), "unheard.of", "", 1, 0, None)

    assert await worker.attempt(None, "unheard.of", [task], NOW) == [Dead(task, "nobody handles unheard.of")]  # type: ignore[arg-type]


def test_members_spread_over_the_buckets() -> None:
    counts = [0] * BUCKETS
    for _ in range(6400):
        counts[bucket_of(new_id())] += 1

    assert min(counts) > 50


async def test_all_processes_share_a_rate(pool: Database) -> None:
    async def one_call() -> float:
        async with pool.transaction() as db:
            return await limits.take(db, "google", burst=5, per_second=0.01)

    waits = await asyncio.gather(*(one_call() for _ in range(12)))

    assert sorted(wait > 0 for wait in waits) == [False] * 5 + [True] * 7
