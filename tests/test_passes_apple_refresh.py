"""The card is stale: it is stamped and its phones are woken, each once; addresses that died are forgotten, others never."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard.foundation import database as databases
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import Dead, Done, NotBefore, Task
from punchcard.foundation.outside import Answer, Outcome
from punchcard.foundation.settings import Secret, Settings
from punchcard.passes.apple import refresh, sql, versions_sql
from punchcard.passes.apple.phones import Listed
from tests.counting import counted
from tests.doubles import Apns
from tests.town import Person, Town, line

from .test_passes_apple_service import TOKEN, Holder, added, holder, maya, sold

__all__ = ["holder", "maya"]  # fixtures

pytestmark = pytest.mark.anyio


def answered(town: Town, outcome: Outcome, status: int, reason: str = "", **more: int) -> None:
    town.outside.apns.answers[TOKEN] = Answer(outcome, status, reason, **more)


async def registered(db: Connection) -> set[str]:
    return {row["push_token"] for row in await db.fetch("select push_token from apple_registration")}


async def test_a_sale_wakes_each_phone_of_its_member_once_and_nobody_else(town: Town, holder: Holder, maya: Person):
    other = await added(town, await town.join("noor@example.com", "Noor"))
    await holder.register("phone", "aa" * 32)
    await holder.register("watch", "bb" * 32)
    await other.register("other", "cc" * 32)

    await sold(town, maya)

    assert sorted(town.outside.apns.woken) == [("aa" * 32, holder.type), ("bb" * 32, holder.type)]


async def test_members_without_a_pass_cost_one_statement_together(town: Town, db: Connection):
    tasks = [Task(new_id(), "passes.apple", "", 1, 0, None) for _ in range(5)]

    with counted(db) as ran:
        settled = await refresh(town.outside.world, tasks, town.clock.now())

    assert len(ran) == 1 and settled == [Done(task) for task in tasks]


async def test_a_phone_that_holds_two_passes_is_woken_once_for_both(town: Town, holder: Holder, maya: Person):
    noor = await town.join("noor@example.com", "Noor")
    other = await added(town, noor)
    for each in (holder, other):
        await each.register("phone", TOKEN)

    for person in (maya, noor):
        await town.sell(person, line(1000))
    await town.follow()

    assert len(town.outside.apns.woken) == 1
    assert sorted((await holder.changed("0", device="phone")).json()["serialNumbers"]) == sorted(
        [holder.serial, other.serial]
    )


async def test_ten_sales_before_the_worker_comes_are_one_push_and_one_tag(town: Town, holder: Holder, maya: Person, db):
    await holder.register()
    before = await db.fetchval("select tag from apple_tag")
    for _ in range(10):
        await town.sell(maya, line(1000))
    await town.follow()

    assert len(town.outside.apns.woken) == 1
    assert await db.fetchval("select tag from apple_tag") == before + 1


async def test_who_never_asked_for_a_pass_costs_neither_push_nor_tag(town: Town, maya: Person, db: Connection):
    before = await db.fetchval("select tag from apple_tag")
    await sold(town, maya)

    assert not town.outside.apns.woken
    assert await db.fetchval("select tag from apple_tag") == before


async def test_without_a_pass_certificate_the_reaction_is_done(town: Town, maya: Person):
    bare = replace(town.outside.world, settings=Settings(demo=True, secret=Secret("5f0c" * 16)))
    task = Task(maya.member_id, "passes.apple", "", 1, 0, None)

    assert await refresh(bare, [task], town.clock.now()) == [Done(task)]


@pytest.mark.parametrize("since, stays", [(-10, True), (0, False), (10, False)])
async def test_a_dead_token_is_forgotten_unless_its_phone_registered_since(town, holder, maya, db, since, stays):
    await holder.register()
    answered(town, Outcome.GONE, 410, "Unregistered", gone_since=town.clock.now() + since)
    await sold(town, maya)

    assert (TOKEN in await registered(db)) is stays
    assert bool(await db.fetchval("select count(*) from apple_device")) is stays


class Renewed(Apns):
    """The phone gets another push token while its old one is pushed, which Apple calls dead in the same second."""

    def __init__(self, town: Town, holder: Holder):
        super().__init__()
        self.town, self.holder = town, holder

    async def wake(self, push_token: str, pass_type: str) -> Answer:
        await self.holder.register("phone", "bb" * 32)
        return Answer(Outcome.GONE, 410, "Unregistered", gone_since=self.town.clock.now())


async def test_a_phone_with_a_new_address_is_not_forgotten_with_the_old_one(town, holder, maya, db):
    await holder.register("phone", TOKEN)
    world = replace(town.outside.world, apns=Renewed(town, holder))
    task = Task(maya.member_id, "passes.apple", "", 1, 0, None)

    settled = await refresh(world, [task], town.clock.now())

    assert settled == [Done(task)] and await registered(db) == {"bb" * 32}


async def test_a_bad_token_beside_good_ones_is_forgotten(town: Town, holder: Holder, maya: Person, db: Connection):
    await holder.register()
    await holder.register("watch", "bb" * 32)
    answered(town, Outcome.GONE, 400, "BadDeviceToken")
    await sold(town, maya)

    assert await registered(db) == {"bb" * 32}


async def attempted(town: Town, maya: Person) -> NotBefore | Dead | Done:
    """What became of the card's task in one round."""
    await town.sell(maya, line(1000))
    task = Task(maya.member_id, "passes.apple", "", 1, 0, None)
    (settled,) = await refresh(town.outside.world, [task], town.clock.now())
    assert isinstance(settled, NotBefore | Dead | Done)
    return settled


async def test_when_most_tokens_are_bad_the_fault_is_ours_and_nobody_is_forgotten(town, holder, maya, db, caplog):
    for number in range(6):
        token = f"{number:064x}"
        await holder.register(f"device-{number}", token)
        town.outside.apns.answers[token] = Answer(Outcome.GONE, 400, "BadDeviceToken")

    settled = await attempted(town, maya)

    assert isinstance(settled, NotBefore) and len(await registered(db)) == 6
    assert "wrong host or certificate" in caplog.text


@pytest.mark.parametrize(
    "outcome, status, reason, becomes",
    [
        (Outcome.SENT, 200, "", Done),
        (Outcome.LATER, 429, "TooManyRequests", NotBefore),
        (Outcome.LATER, 503, "ServiceUnavailable", NotBefore),
        (Outcome.MISCONFIGURED, 403, "BadCertificate", NotBefore),
        (Outcome.MISCONFIGURED, 400, "TopicDisallowed", NotBefore),
        (Outcome.REFUSED, 413, "PayloadTooLarge", Dead),
        (Outcome.GONE, 410, "Unregistered", Done),
    ],
)
async def test_what_becomes_of_a_push(town, holder, maya, db, outcome, status, reason, becomes):
    await holder.register()
    answered(town, outcome, status, reason)

    settled = await attempted(town, maya)

    assert type(settled) is becomes
    assert (TOKEN in await registered(db)) is (outcome is not Outcome.GONE)


async def test_apples_own_pause_is_kept(town: Town, holder: Holder, maya: Person):
    await holder.register()
    answered(town, Outcome.LATER, 429, "TooManyRequests", after_seconds=17)

    settled = await attempted(town, maya)

    assert isinstance(settled, NotBefore) and settled.until == town.clock.now() + 17


async def test_an_alarm_is_logged_when_apple_refuses_our_certificate(town, holder, maya, caplog):
    await holder.register()
    answered(town, Outcome.MISCONFIGURED, 403, "BadCertificate")
    await attempted(town, maya)

    assert "BadCertificate" in caplog.text


# Tags: a phone that saw a later one must never miss an earlier.

Stamp = Callable[[Connection, list[UUID], list[str], int], Awaitable[object]]


async def seen_between(pool: Database, stamp: Stamp) -> list[bool]:
    """Two workers stamp a pass each; the second is fast, the first slow. A phone asks after each commit, with the tag that
    it was told last. Which changes it hears of."""
    first, second = [await made_pass(pool) for _ in range(2)]
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with pool.transaction() as db:
            await stamp(db, [first], [""], 1_800_000_000)
            began.set()
            await go_on.wait()

    async def fast() -> None:
        async with pool.transaction() as db:
            await stamp(db, [second], [""], 1_800_000_000)

    slowly = asyncio.create_task(slow())
    await began.wait()
    fastly = asyncio.create_task(fast())
    await asyncio.wait([fastly], timeout=0.3)
    heard, known = set(), 0
    for _ in range(2):
        async with pool.reading() as db:
            for each in await passes_on(db):
                if each.tag > known:
                    heard.add(each.member_id)
                    known = each.tag
        go_on.set()
        await asyncio.gather(slowly, fastly)
    return [member_id in heard for member_id in (first, second)]


async def passes_on(db: Connection) -> list[Listed]:
    return await sql.passes_on(db, [b"phone"])


async def made_pass(pool: Database) -> UUID:
    member_id = new_id()
    async with pool.transaction() as db:
        await sql.issue(db, member_id, "", member_id, 1_700_000_000)
        await sql.register(db, member_id, member_id, b"phone", "f" * 64, 1_700_000_000)
    return member_id


async def out_of_order(db: Connection, members: list[UUID], _: list[str], at: int) -> None:
    """The mutant: a sequence gives tags to whoever asks, and they commit in any order."""
    tag = int(await databases.value(db, "select nextval('mutant_tag')"))
    await db.execute("update apple_pass set tag = $2 where member_id = any($1::uuid[])", members, tag)


async def test_no_phone_misses_a_change_however_two_workers_overlap(pool: Database):
    assert await seen_between(pool, versions_sql.stamp) == [True, True]


async def test_the_check_kills_a_mutant_that_takes_tags_from_a_sequence(pool: Database):
    async with pool.transaction() as db:
        await db.execute("create sequence if not exists mutant_tag start 1000000")
    try:
        assert await seen_between(pool, out_of_order) == [False, True]
    finally:
        async with pool.transaction() as db:
            await db.execute("drop sequence mutant_tag")


async def dates_given(db: Connection, stamp: Stamp) -> list[int]:
    """The dates of versions that come within one second, while clocks go back, and later."""
    member_id, dates = new_id(), [0]
    await sql.issue(db, member_id, "", new_id(), 1_800_000_000)
    for at in (1_800_000_000, 1_800_000_000, 1_700_000_000, 1_800_000_100):
        await stamp(db, [member_id], [""], at)
        copy = await sql.copy(db, member_id, "")
        assert copy
        dates.append(copy.last_modified - 1_800_000_000)
    return dates


async def by_the_clock(db: Connection, members: list[UUID], _: list[str], at: int) -> None:
    """The mutant: the date of a version is simply now."""
    await db.execute("update apple_pass set last_modified = $2 where member_id = any($1::uuid[])", members, at)


async def test_each_version_is_dated_a_second_later_at_least(db: Connection):
    assert await dates_given(db, versions_sql.stamp) == [0, 1, 2, 3, 100]


async def test_the_check_kills_a_mutant_that_dates_by_the_clock(db: Connection):
    dates = await dates_given(db, by_the_clock)

    assert dates != sorted(set(dates)), "two versions would look like one"
