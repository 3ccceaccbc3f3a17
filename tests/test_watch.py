"""Watched segments: who enters or leaves one is told of exactly once, whoever finds it out."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from punchcard import journal, segments
from punchcard.foundation import news
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Due
from punchcard.programme import Adjustment, Expression
from punchcard.reactions import REACTIONS
from punchcard.segments import NotVisitedWithin, PointsAtLeast, Profile, SegmentEntered, SegmentLeft, VisitedWithin
from punchcard.segments import watch_sql as sql
from punchcard.segments.watch_sql import Made
from tests.almond import NOW, publish, settle
from tests.test_portrait import sale

pytestmark = pytest.mark.anyio

RICH = PointsAtLeast(100)
ROUNDS = 6
AGREES = Profile(tier="bud", consents=frozenset({"personalisation"}))


def listen() -> None:
    """Every entering and leaving is a row of its own, whose version says how often it was told."""
    news.install(
        {
            **REACTIONS,
            SegmentEntered: lambda told: [Due("test.entered", told.segment)],
            SegmentLeft: lambda told: [Due("test.left", told.segment)],
        }
    )


async def heard(db: Connection, member_id: UUID) -> dict[str, int]:
    rows = await db.fetch(
        "select reaction, key, version from outbox where member_id = $1 and reaction like 'test.%'", member_id
    )
    return {f"{row['reaction'][5:]} {row['key']}": row["version"] for row in rows}


async def watch(db: Connection, id: str, who: Expression) -> None:
    await sql.make(db, Made(id, who, {"en": id}, True), NOW)


async def gains(database: Database, member_id: UUID, points: int, id: str, at: int = NOW) -> None:
    await journal.submit(database, member_id, Adjustment(id=id, at=at, points=points, reason="goodwill"), at)


@pytest.fixture
async def almond(db: Connection) -> Connection:
    listen()
    await publish(db)
    return db


async def test_who_reaches_a_watched_segment_enters_it_and_leaves_it_again(almond, house):
    maya = await settle(almond, AGREES)
    await watch(almond, "rich", RICH)
    await segments.sweep(house, NOW)

    await gains(house, maya, 150, "a")
    await segments.refresh(almond, [maya], NOW)
    entered = await heard(almond, maya)
    await gains(house, maya, 10, "b")
    await segments.refresh(almond, [maya], NOW)
    await gains(house, maya, -100, "c")
    await segments.refresh(almond, [maya], NOW)

    assert entered == {"entered rich": 1}
    assert await heard(almond, maya) == {"entered rich": 1, "left rich": 1}


async def test_who_was_in_it_before_it_was_watched_did_not_enter_it(almond, house):
    maya = await settle(almond, AGREES)
    await gains(house, maya, 150, "a")
    await segments.refresh(almond, [maya], NOW)
    await watch(almond, "rich", RICH)

    moved = await segments.sweep(house, NOW)

    assert moved == 1 and await heard(almond, maya) == {}
    assert await sql.memberships(almond, [maya]) == {(maya, "rich")}


async def test_time_alone_moves_members_and_the_walk_finds_them(almond, house):
    maya = await settle(almond, AGREES)
    await watch(almond, "away", NotVisitedWithin(30))
    await watch(almond, "here", VisitedWithin(30))
    await journal.submit(house, maya, sale("a", NOW, ("coffee", "", 1000)), NOW)
    await segments.refresh(almond, [maya], NOW)
    await segments.sweep(house, NOW)
    soon = await segments.sweep(house, NOW + 30 * DAY)

    moved = await segments.sweep(house, NOW + 30 * DAY + HOUR)

    assert (soon, moved) == (0, 1)
    assert await heard(almond, maya) == {"entered away": 1, "left here": 1}


async def test_another_expression_is_another_segment_and_moves_nobody_aloud(almond, house):
    maya = await settle(almond, AGREES)
    await gains(house, maya, 150, "a")
    await segments.refresh(almond, [maya], NOW)
    await watch(almond, "rich", RICH)
    await segments.sweep(house, NOW)
    await watch(almond, "rich", PointsAtLeast(1000))

    await segments.sweep(house, NOW + 1)

    assert await heard(almond, maya) == {}
    assert await sql.memberships(almond, [maya]) == set()


async def test_what_is_watched_no_more_is_forgotten(almond, house):
    maya = await settle(almond, AGREES)
    await gains(house, maya, 150, "a")
    await segments.refresh(almond, [maya], NOW)
    await watch(almond, "rich", RICH)
    await segments.sweep(house, NOW)
    await sql.unmake(almond, "rich")

    await segments.sweep(house, NOW + 1)

    assert await sql.memberships(almond, [maya]) == set() and await sql.walks(almond) == []
    assert await heard(almond, maya) == {}


async def test_nobody_is_in_a_segment_that_looks_at_what_they_did_not_agree_to(almond, house):
    maya = await settle(almond, Profile(tier="bud"))
    await watch(almond, "here", VisitedWithin(30))
    await segments.sweep(house, NOW)
    await journal.submit(house, maya, sale("a", NOW, ("coffee", "", 1000)), NOW)

    await segments.refresh(almond, [maya], NOW)

    assert await heard(almond, maya) == {}


async def test_a_walk_of_many_pages_sees_everybody(almond, house, monkeypatch):
    monkeypatch.setattr(segments.refresh_walks, "FIRST_PAGE_MEMBERS", 2)
    monkeypatch.setattr(segments.refresh_walks, "PAGES_A_ROUND", 2)
    people = [await settle(almond, AGREES) for _ in range(7)]
    for place, member_id in enumerate(people):
        await gains(house, member_id, 150, f"a{place}")
    await segments.refresh(almond, people, NOW)
    await watch(almond, "rich", RICH)

    moved = [await segments.sweep(house, NOW) for _ in range(3)]

    assert moved == [4, 3, 0]
    assert len(await sql.memberships(almond, people)) == 7


async def test_refreshes_and_a_walk_that_meet_tell_once(pool: Database) -> None:
    listen()
    async with pool.transaction() as db:
        await publish(db)
        people = [await settle(db, AGREES) for _ in range(20)]
        await watch(db, "rich", RICH)
    await segments.sweep(pool, NOW)

    for round_ in range(ROUNDS):
        await asyncio.gather(
            come_and_go(pool, people, round_),
            *(refreshed(pool, people, place) for place in range(3)),
            segments.sweep(pool, NOW + round_ * HOUR),
        )
    await refreshed(pool, people, 0)

    async with pool.transaction() as db:
        told = [await heard(db, member_id) for member_id in people]
        inside = await sql.memberships(db, people)
    assert inside == {(member_id, "rich") for member_id in people}
    for each in told:
        assert each["entered rich"] == each.get("left rich", 0) + 1 <= ROUNDS


async def test_two_who_draw_a_portrait_wait_for_each_other(pool: Database) -> None:
    async with pool.transaction() as db:
        await publish(db)
        member_id = await settle(db, AGREES)
        await segments.refresh(db, [member_id], NOW)

    async with pool.transaction() as first:
        await segments.refresh(first, [member_id], NOW)

        with pytest.raises(asyncpg.LockNotAvailableError):
            async with pool.transaction() as second:
                await second.execute("set local lock_timeout = '50ms'")
                await segments.refresh(second, [member_id], NOW)


async def come_and_go(pool: Database, people: list[UUID], round_: int) -> None:
    """Everybody leaves the segment, but in the first round, and enters it."""
    for place, member_id in enumerate(people):
        if round_:
            await gains(pool, member_id, -150, f"left{round_}-{place}")
        await gains(pool, member_id, 150, f"came{round_}-{place}")


async def refreshed(pool: Database, people: list[UUID], start: int) -> None:
    """Again and again, a few at a time, each task in another order."""
    turned = people[start * 7 :] + people[: start * 7]
    for place in range(0, 2 * len(turned), 5):
        async with pool.transaction() as db:
            await segments.refresh(db, (turned * 2)[place : place + 5], NOW)


class SlowToWrite:
    """A transaction that waits before it writes portraits."""

    def __init__(self, db: Connection):
        self.db, self.reads, self.may_write = db, asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.db, name)

    async def executemany(self, *statement: Any) -> None:
        self.reads.set()
        await self.may_write.wait()
        await self.db.executemany(*statement)


async def test_who_saw_less_does_not_write_last(pool: Database) -> None:
    listen()
    async with pool.transaction() as db:
        await publish(db)
        maya = await settle(db, AGREES)
        await watch(db, "rich", RICH)
    await segments.sweep(pool, NOW)
    await gains(pool, maya, 150, "came")

    async with pool.transaction() as db:
        slow = SlowToWrite(db)
        first = asyncio.create_task(segments.refresh(slow, [maya], NOW))  # type: ignore[arg-type]  # it stands for one
        await slow.reads.wait()
        await gains(pool, maya, -150, "left")
        second = asyncio.create_task(refreshed(pool, [maya], 0))
        await asyncio.wait([second], timeout=0.3)
        slow.may_write.set()
        await first
    await second

    async with pool.transaction() as db:
        assert await sql.memberships(db, [maya]) == set()
        assert await db.fetchval("select points from portrait where member_id = $1", maya) == 0
        assert await heard(db, maya) == {"entered rich": 1, "left rich": 1}
