"""A birthday present is given on the day, to whoever said when it is; and nobody has a birthday a week."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from punchcard import rulebooks
from punchcard.demo import town as almond
from punchcard.foundation.clock import DAY, moment
from punchcard.foundation.ids import new_id
from tests.town import NOON, Person, Town, line

PRESENTS = """
[[activity]]
id = "visit"
name = { en = "A visit" }
by = "anybody"

[[earn]]
id = "cake"
name = { en = "A present on your birthday" }
award = { kind = "fixed", points = 200 }
birthday = "day"

[[earn]]
id = "candle"
name = { en = "A candle on your birthday" }
award = { kind = "fixed", points = 7 }
on = "visit"
birthday = "day"
until = 2027-06-30
"""
TODAY, TOMORROW = "11-18", "11-19"


@pytest.fixture
async def maya(town: Town) -> Person:
    await promise(town, PRESENTS)
    return await town.join("maya@example.com")


async def promise(town: Town, more: str) -> None:
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish(db, almond.PROGRAMME.read_text() + more, NOON)


async def says(person: Person, birthday: str | None) -> Any:
    profile = {"name": "Maya", "language": "en", "zone": almond.ZONE}
    return await person.ask("PUT", "/me/profile", profile | ({"birthday": birthday} if birthday else {}))


async def present(town: Town, person: Person) -> int:
    """What the sale of now gives because of the birthday; the quote before it said the same."""
    basket = {"card": person.card, "cashier": "Dana", "lines": [line(450)]}
    quoted = await town.ask("POST", "/till/quotes", basket, town.till_key)
    sold = await town.sell(person, line(450))
    assert quoted.json()["earns"] == sold.json()["earned"], quoted.text + sold.text
    return sum(each["points"] for each in sold.json()["reasons"] if each["term"] == "cake")


async def birthdays_in_the_journal(town: Town) -> list[int]:
    async with town.outside.world.database.reading() as db:
        rows = await db.fetch("select body from fact order by seq")
    return [row["body"].get("birthday", 0) for row in rows]


async def test_a_present_is_given_on_the_birthday_and_not_on_the_day_after(town, maya):
    said = await says(maya, TODAY)
    on_the_day = await present(town, maya)
    town.clock.at += DAY
    after = await present(town, maya)

    assert (said.status_code, said.json()["birthday"]) == (200, TODAY)
    assert (on_the_day, after) == (200, 0)


async def test_who_did_not_say_when_is_given_nothing(town, maya):
    assert await present(town, maya) == 0


async def test_an_activity_gives_on_the_birthday_too(town, maya):
    await says(maya, TODAY)

    told = await maya.ask("PUT", f"/me/activities/{new_id()}", {"kind": "visit"})

    assert told.json()["earned"] == 7, told.text


async def test_no_journal_knows_a_birthday_that_no_promise_asks_for(town):
    maya = await town.join("maya@example.com")
    await says(maya, TODAY)
    before = await present(town, maya)
    await promise(town, PRESENTS)
    after = await present(town, maya)

    assert (before, after) == (0, 200)
    assert await birthdays_in_the_journal(town) == [0, 1118]


async def test_a_promise_on_another_occasion_or_one_that_is_over_asks_for_nothing(town):
    await promise(town, PRESENTS.replace('"cake"\n', '"cake"\nuntil = 2026-11-30\n'))
    maya = await town.join("maya@example.com")
    await says(maya, TODAY)
    town.clock.at = int(datetime(2026, 12, 2, 12, tzinfo=ZoneInfo(almond.ZONE)).timestamp())

    assert await present(town, maya) == 0
    assert await birthdays_in_the_journal(town) == [0]


async def test_a_birthday_is_changed_once_a_year_also_by_taking_it_back(town, maya):
    await says(maya, TODAY)
    other, same, gone, again = [await says(maya, each) for each in (TOMORROW, TODAY, None, TOMORROW)]

    assert (other.status_code, other.json()["type"]) == (409, "urn:punchcard:birthday-settled")
    assert other.json()["detail"] == "A birthday can be changed once a year. Please try again later."
    assert other.json()["facts"]["again_at"] == moment(NOON + 365 * DAY).isoformat().replace("+00:00", "Z")
    assert (same.status_code, same.json()["birthday"]) == (200, TODAY)
    assert (gone.status_code, gone.json()["birthday"]) == (200, None)
    assert again.status_code == 409
    town.clock.at += 365 * DAY
    maya = await town.join("maya@example.com")
    assert (await says(maya, TOMORROW)).json()["birthday"] == TOMORROW


async def test_what_was_refused_changed_neither_name_nor_birthday(town, maya):
    await says(maya, TODAY)
    new = {"name": "Maja", "language": "ru", "zone": "UTC", "birthday": TOMORROW}

    refused = await maya.ask("PUT", "/me/profile", new)

    profile = await maya.get("/me/profile")
    assert refused.status_code == 409
    assert (profile["name"], profile["language"], profile["birthday"]) == ("Maya", "en", TODAY)
