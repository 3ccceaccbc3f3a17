"""A till that was offline for a day, for a month and longer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from punchcard import journal
from punchcard.foundation.clock import DAY, moment
from punchcard.foundation.errors import OtherBody
from punchcard.foundation.ids import new_id
from punchcard.journal import submit_in_time
from punchcard.programme import Activity, Coin, Currency, PerUnit, Return, Term
from tests.journal_world import NOON, RULEBOOK, install_news, promise, sale
from tests.town import Person, Town, line

WINDOW = 30 * DAY
STAMP = Term("stamp", award=PerUnit(1), coin=Coin("stamp"), qualifying=False)
BOOK = replace(RULEBOOK, terms=(*RULEBOOK.terms, STAMP), currencies=(Currency(value=1), Currency("stamp", "stamps")))


@pytest.fixture
async def world(db, house):
    install_news()
    await promise(db, BOOK)
    return house


async def lines(db, member_id) -> list[tuple[str, str, int]]:
    found = await journal.statement(db, member_id)
    return [(each.id, each.kind, each.points) for each in reversed(found)]


async def test_what_is_a_month_late_stands_in_its_place_and_what_is_later_is_an_adjustment_of_the_same_points(
    world, db
):
    """Ten shekels on the first visit ever give 10 points and 100 of welcome; later ones only 10."""
    member_id, now = new_id(), NOON + 99 * DAY
    await journal.submit(world, member_id, sale("known", now - 60), now)

    for id, ago in (("in-time", WINDOW), ("late", WINDOW + 1)):
        await submit_in_time(world, member_id, sale(id, now - ago), now, WINDOW)

    assert await lines(db, member_id) == [
        ("in-time", "sale", 110), ("known", "sale", 10), ("late/stamp", "adjustment", 0),
        ("late", "adjustment", 110),
    ]  # fmt: skip
    body = await db.fetchval("select body from fact where id = 'late'")
    assert (body["reason"], body["note"]) == ("late", moment(now - WINDOW - 1).isoformat())
    assert await db.fetchval("select sum(points) from entry where currency = 'stamp'") == 3
    assert (await journal.audit(world)).findings == []


async def test_asked_by_name_a_fact_of_any_age_stands_in_its_place(world, db):
    member_id = new_id()

    await journal.submit(world, member_id, sale("old", NOON - 999 * DAY), NOON)

    assert (await lines(db, member_id))[0] == ("old", "sale", 110)


async def test_a_late_fact_that_is_told_again_is_settled_once(world, db):
    member_id = new_id()
    old = sale("old", NOON - 99 * DAY)

    answers = [await submit_in_time(world, member_id, old, NOON + n, WINDOW) for n in range(3)]

    assert [each.repeated for each in answers] == [False, True, True]
    assert [id for id, *_ in await lines(db, member_id)] == ["old/stamp", "old"]
    with pytest.raises(OtherBody):
        await submit_in_time(world, member_id, replace(old, shop="miro-1"), NOON, WINDOW)


async def test_what_was_written_in_time_is_known_when_it_is_told_again_long_after(world, db):
    member_id, first = new_id(), sale("s", NOON - DAY)
    await submit_in_time(world, member_id, first, NOON, WINDOW)

    again = await submit_in_time(world, member_id, first, NOON + 99 * DAY, WINDOW)

    assert again.repeated
    assert [kind for _, kind, _ in await lines(db, member_id)] == ["sale"]


@pytest.mark.parametrize(
    "late", [Activity(id="x", at=NOON - 99 * DAY, kind="review"), replace(sale("x", NOON - 99 * DAY), lines=())]
)
async def test_what_would_have_given_nothing_is_known_and_gives_nothing(world, db, late):
    member_id = new_id()

    await submit_in_time(world, member_id, late, NOON, WINDOW)

    assert ("x", "adjustment", 0) in await lines(db, member_id)


async def test_a_return_that_is_told_late_takes_effect_today_and_once(world, db):
    member_id = new_id()
    await journal.submit(world, member_id, sale("s", NOON - 99 * DAY), NOON - 99 * DAY)
    back = Return(id="back", at=NOON - 98 * DAY, deal="s", quantities={0: 1})

    await submit_in_time(world, member_id, back, NOON, WINDOW)

    assert await db.fetchval("select at from fact where id = 'back'") == NOON
    assert (await journal.standing(db, member_id, NOON)).visits == 0


async def test_a_till_that_comes_back_after_two_months_gets_a_receipt_with_the_points(town: Town):
    maya: Person = await town.join("maya@example.com")
    at = town.clock.now()
    id, when = new_id(), moment(at + 60).isoformat()
    town.clock.at = at + 61 * DAY
    body: dict[str, Any] = {"id": id, "at": when}

    answer = await town.sell(maya, line(40_00), **body)
    again = await town.sell(maya, line(40_00), **body)

    assert answer.status_code == 200 and answer.content == again.content
    assert answer.json()["earned"] == answer.json()["balance"] > 0
    async with town.outside.world.database.reading() as db:
        assert (await journal.statement(db, maya.member_id))[0].kind == "adjustment"
    assert datetime.fromisoformat(answer.json()["at"]) == datetime.fromtimestamp(town.clock.at, UTC)
