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


async def one(person: Person, id: str, language: str = "en") -> dict[str, Any]:
    [found] = [each for each in await person.get("/me/challenges", language) if each["id"] == id]
    return dict(found)


def drawn(challenge: dict[str, Any]) -> list[str]:
    return [each["state"] for each in challenge["weeks"]]


async def test_a_challenge_says_what_to_do_next_and_what_waits_at_the_end(town, maya):
    await town.sell(maya, COFFEE)

    found = await one(maya, "five-visits")

    assert (found["text"], found["unit"], found["icon"]) == ("Five visits of ₪10 or more", "visits", "coffee-fill")
    assert found["next_step"] == "4 visits to go. There is time until 30 November."
    assert (found["prize"], found["badge"]) == ("100 points", "Five visits in a month")
    assert (found["weeks"], found["freezes_left"], found["partner_id"]) == ([], None, "")


async def test_what_is_done_says_when_it_begins_anew(town, maya):
    for _ in range(5):
        await town.sell(maya, COFFEE)

    assert (await five_visits(maya))["next_step"] == "Done. It begins anew on 1 December."


async def test_a_streak_is_drawn_week_by_week_and_says_by_when_a_visit_keeps_it_going(town, maya):
    weeks, said = [], []
    for visit in (False, True, True, False, True):  # a Wednesday each; weeks begin on Sunday
        if visit:
            await town.sell(maya, COFFEE)
        found = await one(maya, "weekly-table")
        weeks.append((drawn(found)[:5], found["in_a_row"], found["freezes_left"]))
        said.append(found["next_step"])
        town.clock.at += 7 * DAY if visit or weeks[1:] else 0
        await renew(maya)

    assert weeks == [
        (["now", "to-come", "to-come", "to-come", "to-come"], 0, 1),
        (["done", "to-come", "to-come", "to-come", "to-come"], 1, 1),
        (["done", "done", "to-come", "to-come", "to-come"], 2, 1),
        (["done", "done", "now", "to-come", "to-come"], 2, 1),
        (["done", "done", "kept", "done", "to-come"], 3, 0),
    ]
    assert said == [
        "One visit by 21 November begins it.",
        "This one is in. The next counts from 22 November on.",
        "This one is in. The next counts from 29 November on.",
        "One visit by 5 December keeps it going; without one, a freeze does.",
        "This one is in. The next counts from 13 December on.",
    ]
    kept = (await one(maya, "weekly-table", "ru"))["weeks"][2]
    assert kept == {"n": 3, "state": "kept", "why": "Неделя 3: пропущена, серию сохранила заморозка"}


async def test_a_streak_that_broke_begins_anew_whatever_the_longest_row_was(town, maya):
    await town.sell(maya, COFFEE)
    town.clock.at += 21 * DAY
    await renew(maya)

    found = await one(maya, "weekly-table", "he")

    assert (found["in_a_row"], found["done"], found["freezes_left"]) == (0, 1, 1)
    assert found["next_step"] == "ביקור אחד עד 12 דצמבר והרצף מתחיל."
    assert found["prize"] == "400 נקודות והתג ״כמו בבית״"


EVERYTHING = """
[[activity]]
id = "run"
name = { en = "A run", he = "ריצה", ar = "جري", ru = "Пробежка" }
[[activity.field]]
id = "route"
choices = ["park", "sea"]
[[activity.field]]
id = "answer"

[[currency]]
id = "beans"
name = { en = "Beans", he = "פולים", ar = "حبوب", ru = "Зёрна" }
kind = "status"
"""
KINDS = {
    "days": ('kind = "days"\ntarget = 3', "days", "3 days to go. There is time until 30 November."),
    "sum": ('kind = "sum"\ntarget = 15000', "money", "₪150.00 to go. There is time until 30 November."),
    "metres": ('kind = "sum"\ntarget = 1500\non = "run"', "value", "1,500 to go. There is time until 30 November."),
    "runs": ('kind = "count"\ntarget = 2\non = "run"', "times", "2 times to go. There is time until 30 November."),
    "shops": (
        'kind = "distinct"\nby = "shop"\ntarget = 1',
        "shops",
        "One more shop to go. There is time until 30 November.",
    ),
    "routes": (
        'kind = "distinct"\nby = "route"\ntarget = 2\non = "run"',
        "things",
        "2 things to go. There is time until 30 November.",
    ),
    "steps": (
        'kind = "sequence"\nitems = [{ categories = ["coffee"] }, { categories = ["bakery"] }]',
        "steps",
        "2 steps to go, in their order. There is time until 30 November.",
    ),
    "set": (
        'kind = "set"\nby = "partner"\nkeys = ["nola", "miro"]',
        "things",
        "2 things to go. There is time until 30 November.",
    ),
    "quiz": (
        'kind = "quiz"\non = "run"\nanswers = { answer = "42" }',
        "answers",
        "One right answer to go. There is time until 30 November.",
    ),
    "running": (
        'kind = "streak"\nunit = "day"\ntarget = 3\non = "run"',
        "days",
        "“A run” by 18 November begins it.",
    ),
    "late": (
        'kind = "streak"\ntarget = 4\npartners = ["miro"]',
        "weeks",
        "There is not enough time left. It begins anew on 1 December.",
    ),
    "later": (
        'kind = "count"\ntarget = 3\nafter = "five-visits"',
        "visits",
        "It opens once “Five visits in a month” is done.",
    ),
    "joined": ('kind = "count"\ntarget = 3\nopt_in = true', "visits", "Join, and what comes from then on counts."),
}


@pytest.fixture
async def everything(town: Town) -> None:
    """Almond with a challenge of every kind."""
    names = 'name = { en = "X", he = "X", ar = "X", ru = "X" }\nreward = 3\nevery = "month"\n'
    tables = [f'[[challenge]]\nid = "{id}"\n{names}{keys}\n' for id, (keys, *_) in KINDS.items()]
    text = almond.PROGRAMME.read_text().replace("[[tier]]", EVERYTHING + "\n[[tier]]", 1) + "\n" + "\n".join(tables)
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish(db, text, town.clock.at)


@pytest.mark.parametrize("language", ["en", "he", "ar", "ru"])
async def test_every_kind_of_challenge_says_its_next_step(town, maya, everything, language):
    town.clock.at += 1
    found = {each["id"]: each for each in await maya.get("/me/challenges", language)}

    assert set(KINDS) <= set(found)
    assert {id: found[id]["unit"] for id in KINDS} == {id: unit for id, (_, unit, _) in KINDS.items()}
    if language == "en":
        assert {id: found[id]["next_step"] for id in KINDS} == {id: said for id, (*_, said) in KINDS.items()}
    assert all(found[id]["next_step"] and found[id]["prize"] and found[id]["icon"] for id in KINDS)
    assert {id for id, each in found.items() if each["partner_id"]} == {"late"}


async def test_the_passport_shows_what_is_earned_and_what_is_to_come(town, maya):
    empty = await maya.get("/me/badges")
    for _ in range(5):
        await town.sell(maya, COFFEE)

    found = await maya.get("/me/badges", "he")

    assert [(each["name"], each["earned_at"], each["times"]) for each in empty] == [
        ("Five visits in a month", None, 0),
        ("Regular", None, 0),
        ("Round the counter", None, 0),
    ]
    assert [(each["id"], each["times"], bool(each["earned_at"])) for each in found] == [
        ("five-visits", 1, True),
        ("weekly-table", 0, False),
        ("round-the-counter", 0, False),
    ]
    assert found[1]["name"] == "כמו בבית"


async def test_a_badge_stays_when_its_month_is_over_and_counts_the_next_one(town, maya):
    for _ in range(2):
        for _ in range(5):
            await town.sell(maya, COFFEE)
        town.clock.at += 30 * DAY
        await renew(maya)

    [found] = [each for each in await maya.get("/me/badges") if each["id"] == "five-visits"]

    assert (found["times"], found["earned_at"][:10]) == (2, "2026-12-18")
    assert (await five_visits(maya))["done"] == 0


async def test_what_a_return_undoes_is_no_badge(town, maya):
    for _ in range(5):
        receipt = (await town.sell(maya, COFFEE)).json()
    back = {"quantities": [{"line": 0, "quantity": 1}]}
    await town.ask("PUT", f"/till/sales/{receipt['id']}/returns/{maya.member_id}", back, town.till_key)

    assert [each["times"] for each in await maya.get("/me/badges")] == [0, 0, 0]


async def test_a_badge_stays_when_the_challenge_is_no_longer_there(town, maya):
    for _ in range(5):
        await town.sell(maya, COFFEE)
    text = almond.PROGRAMME.read_text()
    start, end = text.index('[[challenge]]\nid = "five-visits"'), text.index('[[challenge]]\nid = "weekly-table"')
    town.clock.at += 1
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish(db, text[:start] + text[end:], town.clock.at)
    town.clock.at += 1

    assert [each["id"] for each in await maya.get("/me/badges")] == ["five-visits", "weekly-table", "round-the-counter"]
    assert "five-visits" not in [each["id"] for each in await maya.get("/me/challenges")]


async def renew(person: Person) -> None:
    pair = await person.town.ask("POST", "/join/tokens", {"refresh_token": person.refresh_token})
    assert pair.status_code == 201, pair.text
    person.token, person.refresh_token = pair.json()["access_token"], pair.json()["refresh_token"]
