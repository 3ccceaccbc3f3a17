"""What was promised to all together is never given twice, and what nobody uses is free again."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard import budgets, journal, rewards
from punchcard.budgets import Wanted
from punchcard.foundation.clock import DAY, MINUTE
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import BUCKETS, new_id
from punchcard.foundation.outbox import due, settle
from punchcard.foundation.settings import Settings
from punchcard.programme import NEVER, Adjustment, Budget, Fixed, PerAmount, Return, Reward, Term, balance
from tests.doubles import Outside
from tests.journal_world import MONTH, NOON, RULEBOOK, install_news, own_database, promise, sale

FIFTY = Term("fifty", award=Fixed(50), scarce=True, budget=Budget(2_480), qualifying=False, coin=MONTH)
TENTH = Term("tenth", award=PerAmount(1, 10), scarce=True, budget=Budget(500, "month"), qualifying=False, coin=MONTH)
MUG = Reward("mug", {"en": "A mug"}, points=10, stock=3, voucher_days=14)
BOOK = replace(RULEBOOK, terms=(RULEBOOK.terms[0], FIFTY, TENTH), rewards=(MUG,))
EVER = Wanted(50, 2_480, NEVER)


@pytest.fixture
async def world(db: Connection, house: Database) -> Database:
    install_news()
    await promise(db, BOOK)
    return house


@pytest.fixture(scope="module")
async def meeting(server: str) -> AsyncIterator[Database]:
    install_news()
    async with own_database(server, BOOK) as made:
        yield made


async def follow(database: Database) -> int:
    """Let the levels that the journal reported be heard; says how many."""
    async with database.transaction() as db:
        tasks = [task for task in await due(db, range(BUCKETS), NOON + 999 * DAY) if task.reaction == budgets.LEVEL]
    settled = await budgets.settle(Outside(database, Settings()).world, tasks, NOON)
    async with database.transaction() as db:
        await settle(db, settled, NOON)
    return len(tasks)


async def taken(database: Database, term: str) -> int:
    async with database.reading() as db:
        return int(await db.fetchval("select coalesce(sum(taken), 0) from budget where term = $1", term))


async def bought(world: Database, member_id: UUID, id: str, at: int = NOON, shekels: int = 10, **more: Any) -> int:
    """A sale as a till's door would write it: what its budgets grant stands in it. Says what the card holds then."""
    wanted = {"tenth": Wanted(shekels * 10, 500, budgets_end(at))}
    grants = await budgets.reserve(world, id, wanted, at)
    recorded = await journal.submit(world, member_id, sale(id, at, shekels, grants=grants, **more), max(at, NOON))
    return balance(recorded.ruling.standing) if recorded.ruling else 0


def budgets_end(at: int) -> int:
    return 1_796_083_200  # 1 December 2026


async def test_of_two_hundred_sales_at_once_no_more_are_granted_than_the_budget_holds(meeting):
    async def sell(n: int) -> int:
        granted = await budgets.reserve(meeting, f"b{n}", {"fifty": EVER}, NOON)
        await journal.submit(meeting, new_id(), sale(f"b{n}", NOON, grants=granted), NOON)
        return granted["fifty"]

    granted = await asyncio.gather(*map(sell, range(200)))

    assert sorted(granted, reverse=True) == [50] * 49 + [30] + [0] * 150
    assert await taken(meeting, "fifty") == 2_480
    await follow(meeting)
    assert await taken(meeting, "fifty") == 2_480
    async with meeting.reading() as db:
        assert await db.fetchval("select sum(points) from entry where term = 'fifty'") == 2_480


async def test_the_same_fact_at_once_is_granted_once(meeting):
    wanted = {"cakes": Wanted(3, 100, NEVER), "bread": Wanted(5, 100, NEVER)}

    granted = await asyncio.gather(*(budgets.reserve(meeting, "one", wanted, NOON) for _ in range(20)))

    assert granted == [{"bread": 5, "cakes": 3}] * 20
    assert (await taken(meeting, "bread"), await taken(meeting, "cakes")) == (5, 3)


async def test_what_a_return_gives_back_is_free_for_others(world, db):
    member_id = new_id()
    await bought(world, member_id, "a", shekels=30)
    await follow(world)
    assert await taken(world, "tenth") == 300

    await journal.submit(world, member_id, Return(id="back", at=NOON + 1, deal="a", quantities={0: 1}), NOON + 1)
    await follow(world)

    assert await taken(world, "tenth") == 0
    assert await bought(world, new_id(), "b", shekels=50) == 50 + 500


async def test_a_level_counts_once_however_often_it_is_heard(world, db):
    await bought(world, new_id(), "a", shekels=30)
    level = {"fact": "a", "term": "tenth", "points": 120, "until": budgets_end(NOON)}

    for _ in range(3):
        await budgets.settle(Outside(world, Settings()).world, [task(level)], NOON)

    assert await taken(world, "tenth") == 120


def task(level: dict[str, Any]) -> Any:
    from punchcard.foundation.outbox import Task

    return Task(new_id(), budgets.LEVEL, "a:tenth", 1, 0, level)


async def test_a_level_of_a_grant_that_was_swept_is_taken_all_the_same(world, db):
    level = {"fact": "a", "term": "tenth", "points": 120, "until": budgets_end(NOON)}

    for _ in range(2):
        await budgets.settle(Outside(world, Settings()).world, [task(level)], NOON)

    assert await taken(world, "tenth") == 120


async def test_a_late_fact_reports_the_levels_that_it_changes_and_no_others(db, house):
    install_news()
    first = Term(
        "first", award=PerAmount(1, 10), first_purchase=True, scarce=True, budget=Budget(900), qualifying=False
    )
    await promise(db, replace(BOOK, terms=(RULEBOOK.terms[0], first), challenges=()))
    member_id, grants = new_id(), {"first": 900}
    for n in range(1, 4):
        await journal.submit(house, member_id, sale(f"s{n}", NOON + n, grants=grants), NOON + n)
    await follow(house)
    assert await taken(house, "first") == 100

    await journal.submit(house, member_id, sale("s0", NOON, 20, grants=grants), NOON + 9)

    rows = await db.fetch("select key, payload from outbox where reaction = 'budgets.level' order by key")
    assert [(row["key"], row["payload"]["points"]) for row in rows] == [("s0:first", 200), ("s1:first", 0)]
    await follow(house)
    assert await taken(house, "first") == 200


async def test_what_was_reserved_for_a_fact_that_never_came_is_swept_after_ten_minutes(world, db):
    await budgets.reserve(world, "never", {"fifty": EVER}, NOON)
    await budgets.reserve(world, "came", {"fifty": EVER}, NOON)
    await journal.submit(world, new_id(), sale("came", NOON, grants={"fifty": 50}), NOON)

    swept = [await budgets.sweep(world, NOON + seconds) for seconds in (10 * MINUTE, 10 * MINUTE + 1, 99 * MINUTE)]

    assert swept == [0, 1, 0]
    assert await taken(world, "fifty") == 50


async def test_a_fact_that_stands_without_a_grant_reserves_nothing_when_it_is_asked_for_again(world, db):
    await journal.submit(world, new_id(), sale("bare", NOON), NOON)

    assert await budgets.reserve(world, "bare", {"fifty": EVER}, NOON) == {"fifty": 0}
    assert await taken(world, "fifty") == 0


async def test_a_quote_asks_what_is_left_and_takes_nothing(world, db):
    await budgets.reserve(world, "x", {"fifty": replace(EVER, points=2_460)}, NOON)

    assert await budgets.left(db, {"fifty": EVER, "tenth": Wanted(9, 500, NEVER)}) == {"fifty": 20, "tenth": 9}
    assert await taken(world, "fifty") == 2_460


async def claim(world: Database, member_id: UUID, claim_id: UUID) -> Any:
    return await rewards.claim(world, member_id, "mug", claim_id, NOON + 5)


async def test_of_a_reward_only_as_many_are_claimed_as_there_are_and_what_comes_back_is_there_again(world, db):
    member_id, ids = new_id(), [new_id() for _ in range(5)]
    gift = Adjustment(id="gift", at=NOON, points=100, reason="gift")
    await journal.submit(world, member_id, gift, NOON)
    for id in ids[:3]:
        await claim(world, member_id, id)
    with pytest.raises(rewards.SoldOut):
        await claim(world, member_id, ids[3])
    assert (await claim(world, member_id, ids[0])).repeated

    await rewards.cancel(world, member_id, ids[0], NOON + 6)
    await follow(world)

    assert await taken(world, "mug") == 2
    assert not (await claim(world, member_id, ids[3])).repeated
    await follow(world)
    await journal.tick(world, member_id, NOON + 40 * DAY)
    await follow(world)
    assert await taken(world, "mug") == 0, "nobody used them in time"


async def test_whoever_cannot_pay_keeps_no_piece_back(world, db):
    with pytest.raises(rewards.NotEnoughPoints):
        await claim(world, new_id(), new_id())

    assert await taken(world, "mug") == 0
