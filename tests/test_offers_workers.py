"""Several workers open one offer, or one opens it again: each member is told once."""

import asyncio

import pytest
from msgspec.structs import replace

from punchcard import offers
from punchcard.foundation import news
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import new_id
from punchcard.offers import rounds_sql, sql
from punchcard.reactions import REACTIONS
from punchcard.segments import ConsentsTo
from tests.almond import NOW, settle
from tests.test_offers import COFFEE, NADIA, OPENS, equip, pages

pytestmark = pytest.mark.anyio


async def test_four_workers_tell_each_member_once(pool: Database) -> None:
    news.install(REACTIONS)
    mine = f"race-{new_id().hex[-12:]}"
    async with pool.transaction() as db:
        people = [await settle(db, NADIA) for _ in range(40)]
        await equip(db, people)
        await sql.add(db, replace(COFFEE, id=mine, audience=ConsentsTo("marketing")), NOW)

    told = await asyncio.gather(*(offers.open_due(pool, OPENS, chunk=7) for _ in range(4)))
    await asyncio.gather(*(pages(pool, OPENS) for _ in range(4)))

    async with pool.transaction() as db:
        versions = await db.fetch(
            "select version from outbox where member_id = any($1::uuid[]) and reaction = 'push.announce'", people
        )
        await db.execute("delete from offer_round where offer_id = $1", mine)
        await db.execute("delete from offer where id = $1", mine)
        for each in people:
            await db.execute("delete from outbox where member_id = $1", each)
            await db.execute("delete from exposure where member_id = $1", each)
            await db.execute("delete from profile where member_id = $1", each)
            await db.execute("delete from member where member_id = $1", each)
    assert sum(told) == 40
    assert [row["version"] for row in versions] == [1] * 40


async def test_who_was_told_is_remembered_apart_from_how_far_the_telling_came(db: Connection, house: Database) -> None:
    news.install(REACTIONS)
    people = [await settle(db, NADIA) for _ in range(3)]
    await equip(db, people)
    await sql.add(db, replace(COFFEE, audience=ConsentsTo("marketing")), NOW)
    first = await offers.open_due(house, OPENS)

    await rounds_sql.opened_through(db, COFFEE.id, None, None)  # as if the worker had never come so far
    again = await offers.open_due(house, OPENS)
    await pages(house, OPENS)

    versions = await db.fetch(
        "select version from outbox where member_id = any($1::uuid[]) and reaction = 'push.announce'", people
    )
    assert (first, again) == (3, 0)
    assert {row["version"] for row in versions} == {1}
