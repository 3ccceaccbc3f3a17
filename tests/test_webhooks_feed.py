"""The journal as others read it: facts in order of arrival, and what each one moved, to the point."""

from uuid import UUID

import pytest

from punchcard import journal
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Database
from punchcard.foundation.ids import new_id
from punchcard.journal import Change

from .journal_world import NOON, RULEBOOK, install_news, of_member, promise, sale, spend

EVERYTHING = 2**62
FIRST = UUID(int=0)


@pytest.fixture
async def shop(pool: Database) -> Database:
    """A database with a point a shekel, ten more for each of the first purchase; points live for 30 days."""
    install_news()
    async with pool.transaction() as db:
        await promise(db, RULEBOOK)
    return pool


async def test_facts_come_in_order_of_arrival_with_what_each_moved(shop: Database):
    maya, noam = new_id(), new_id()
    for fact in (sale("b", NOON), sale("a", NOON - DAY), spend("c", NOON + 60, 50)):
        await journal.submit(shop, maya, of_member(fact, maya), NOON + 60)
    await journal.submit(shop, noam, of_member(sale("d", NOON), noam), NOON + 60)

    async with shop.transaction() as db:
        found = await journal.happened_after(db, maya, 0, EVERYTHING, 10)
        second = await journal.happened_after(db, maya, 1, 2, 10)
        first = await journal.happened_after(db, maya, 0, EVERYTHING, 1)

    assert [(each.seq, each.fact.id[-1]) for each in found] == [(1, "b"), (2, "a"), (3, "c")]
    assert [each.changes for each in found] == [
        [Change("points", 110, 0, 0, 110)],
        [Change("points", 10, 0, 0, 120)],
        [Change("points", 0, 50, 0, 70)],
    ]
    assert (first, second) == (found[:1], found[1:2])


async def test_what_time_did_is_no_facts_doing_but_shows_in_the_balance(shop: Database):
    maya = new_id()
    await journal.submit(shop, maya, of_member(sale("a", NOON), maya), NOON)
    await journal.tick(shop, maya, NOON + 40 * DAY)
    await journal.submit(shop, maya, of_member(sale("b", NOON + 41 * DAY), maya), NOON + 41 * DAY)
    await journal.submit(shop, maya, of_member(sale("c", NOON + 99 * DAY), maya), NOON + 99 * DAY)

    async with shop.transaction() as db:
        found = await journal.happened_after(db, maya, 0, EVERYTHING, 10)

    assert [each.changes for each in found] == [
        [Change("points", 110, 0, 0, 110)],
        [Change("points", 10, 0, 0, 10)],
        [Change("points", 10, 0, 0, 10)],
    ]


async def test_who_had_facts_within_some_time_is_found_by_when_they_were_written(shop: Database):
    maya, noam = sorted((new_id(), new_id()))
    for member_id, letters in ((maya, "ab"), (noam, "c")):
        for letter in letters:
            await journal.submit(shop, member_id, of_member(sale(letter, NOON), member_id), NOON)

    async with shop.transaction() as db:
        now = await db.fetchval("select now()")
        everybody = await journal.spans(db, now - 60, now + 60, FIRST, 10)
        behind = await journal.spans(db, now - 60, now + 60, maya, 10)
        nobody = await journal.spans(db, now + 60, now + 120, FIRST, 10)
        before = await journal.arrived_before(db, [maya, noam], now + 60)

    assert [(each.member_id, each.first, each.last) for each in everybody] == [(maya, 1, 2), (noam, 1, 1)]
    assert [each.member_id for each in behind] == [noam] and nobody == []
    assert before == {maya: 2, noam: 1}
