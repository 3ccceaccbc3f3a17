"""How far members have come in each challenge, over HTTP."""

from typing import Any

import pytest

from punchcard import rulebooks
from punchcard.demo import town as almond
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


DARED = """
[[challenge]]
id = "dared"
name = { en = "Three if you dare", he = "שלושה", ar = "ثلاثة", ru = "Трижды" }
kind = "count"
target = 3
reward = 30
every = "month"
opt_in = true
steps = [{ at = 1, reward = 5 }]
"""


@pytest.fixture
async def dare(town: Town) -> str:
    """Almond also dares its members."""
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish(db, almond.PROGRAMME.read_text() + DARED, town.clock.at)
    return "/me/challenges/dared"


async def dared(person: Person) -> dict[str, Any]:
    [found] = [each for each in await person.get("/me/challenges") if each["id"] == "dared"]
    return dict(found)


async def test_whoever_takes_a_challenge_on_is_counted_from_then_on(town, maya, dare):
    await town.sell(maya, COFFEE)
    before = await dared(maya)
    town.clock.at += 1
    taken = await maya.ask("PUT", dare)
    await town.sell(maya, COFFEE)

    after = await dared(maya)

    assert taken.status_code == 200 and taken.json()["joined"]
    assert (before["opt_in"], before["joined"], before["open"], before["done"]) == (True, False, False, 0)
    assert (after["joined"], after["open"], after["done"]) == (True, True, 1)
    assert after["steps"] == [{"at": 1, "reward": 5, "reached": True}]


async def test_taking_it_on_twice_is_no_harm(town, maya, dare):
    await maya.ask("PUT", dare)
    await town.sell(maya, COFFEE)
    town.clock.at += 60

    again = await maya.ask("PUT", dare)

    assert (again.status_code, again.json()["done"]) == (200, 1)


async def test_whoever_gives_it_up_begins_anew(town, maya, dare):
    await maya.ask("PUT", dare)
    await town.sell(maya, COFFEE)
    town.clock.at += 60
    gone = [await maya.ask("DELETE", dare), await maya.ask("DELETE", dare)]
    left = await dared(maya)
    town.clock.at += 60

    again = (await maya.ask("PUT", dare)).json()

    assert [answer.status_code for answer in gone] == [204, 204]
    assert (left["joined"], left["done"]) == (False, 0)
    assert (again["joined"], again["done"]) == (True, 0)


@pytest.mark.parametrize(
    ("path", "status", "code"), [("nothing", 404, "no-such-challenge"), ("five-visits", 409, "not-open")]
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_only_what_asks_for_it_can_be_taken_on(maya, method, path, status, code):
    answer = await maya.ask(method, f"/me/challenges/{path}", language="he")

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:punchcard:{code}")
    assert not answer.json()["detail"].isascii()
