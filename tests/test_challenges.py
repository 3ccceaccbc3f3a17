"""How far members have come in each challenge, over HTTP."""

from typing import Any

import pytest

from punchcard.demo.people import line
from punchcard.foundation.clock import DAY
from tests.town import Person, Town

COFFEE = line("flat-white", "coffee", 18_00)


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com", "Maya")


async def five_visits(person: Person, language: str = "en") -> dict[str, Any]:
    [found] = [each for each in await person.get("/me/challenges", language) if each["target"] == 5]
    return dict(found)


async def test_each_visit_is_a_step_and_the_last_one_completes_it(town, maya):
    steps = [await five_visits(maya)]
    for _ in range(5):
        receipt = (await town.sell(maya, COFFEE)).json()
        steps.append(await five_visits(maya))

    assert [step["done"] for step in steps] == [0, 1, 2, 3, 4, 5]
    assert [step["completed"] for step in steps] == [False] * 5 + [True]
    assert [done["id"] for done in receipt["challenges_completed"]] == [steps[-1]["id"]]
    assert steps[0]["reward"] == 100 and steps[0]["until"].startswith("2026-11-30")


async def test_a_return_takes_its_step_back(town, maya):
    answer = await town.sell(maya, COFFEE)
    back = {"quantities": [{"line": 0, "quantity": 1}]}
    await town.ask("PUT", f"/till/sales/{answer.json()['id']}/returns/{maya.member_id}", back, town.till_key)

    assert (await five_visits(maya))["done"] == 0


async def test_a_new_month_begins_anew(town, maya):
    await town.sell(maya, COFFEE)
    town.clock.at += 30 * DAY
    maya = await town.join("maya@example.com")

    found = await five_visits(maya, "he")

    assert (found["done"], found["completed"]) == (0, False)
    assert found["name"] and not found["name"].isascii()
