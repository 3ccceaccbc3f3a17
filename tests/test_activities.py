"""What is no sale and earns: told by a kiosk, by a member, by an operator; once, whoever tells it how often."""

from typing import Any

import pytest

from punchcard import journal, rulebooks
from punchcard.demo import town as almond
from punchcard.foundation.clock import DAY, HOUR, moment
from punchcard.foundation.ids import new_id
from tests.town import NOON, Person, Town, line

PROGRAMME = """
[[activity]]
id = "workout"
name = { en = "A workout", he = "אימון", ar = "تمرين", ru = "Тренировка" }
value_most = 300
by = "anybody"

[[activity.field]]
id = "sport"
choices = ["running", "yoga"]
required = true

[[activity]]
id = "recycling"
name = { en = "Cups brought back", he = "כוסות שהוחזרו", ar = "أكواب مُعادة", ru = "Сданные стаканы" }

[[earn]]
id = "moving"
name = { en = "A point a minute", he = "נקודה לדקה", ar = "نقطة لكل دقيقة", ru = "Балл за минуту" }
award = { kind = "per-unit", points = 1 }
on = "workout"

[[earn]]
id = "cups"
name = { en = "Five points a cup", he = "חמש נקודות לכוס", ar = "خمس نقاط لكل كوب", ru = "Пять баллов за стакан" }
award = { kind = "per-unit", points = 5 }
on = "recycling"
partners = ["nola"]
budget = { limit = 60 }

[[challenge]]
id = "two-runs"
name = { en = "Two workouts", he = "שני אימונים", ar = "تمرينان", ru = "Две тренировки" }
kind = "count"
on = "workout"
target = 2
reward = 40
every = "month"
"""


@pytest.fixture
async def maya(town: Town) -> Person:
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish(db, almond.PROGRAMME.read_text() + PROGRAMME, NOON)
    return await town.join("maya@example.com")


def run(minutes: int = 30, **more: Any) -> dict[str, Any]:
    return {"kind": "workout", "value": minutes, "data": {"sport": "running"}, **more}


async def brought(town: Town, person: Person, cups: int, id: Any = None, **more: Any) -> Any:
    body = {"card": person.card, "kind": "recycling", "value": cups, **more}
    return await town.ask("PUT", f"/till/activities/{id or new_id()}", body, town.till_key)


def why(answer: Any, term: str) -> Any:
    return next(each for each in answer.json()["reasons"] if each["term"] == term)


async def test_a_member_tells_of_workouts_and_completes_a_challenge(town, maya):
    first = await maya.ask("PUT", f"/me/activities/{new_id()}", run())
    second = await maya.ask("PUT", f"/me/activities/{new_id()}", run(20))

    assert (first.status_code, first.json()["earned"], first.json()["challenges_completed"]) == (200, 30, [])
    receipt = second.json()
    assert (receipt["kind"], receipt["earned"], receipt["balance"]) == ("workout", 60, 90)
    assert receipt["challenges_completed"] == [{"id": "two-runs", "name": "Two workouts"}]
    assert why(second, "moving")["sentence"]
    assert [each["kind"] for each in (await maya.get("/me/activity"))["lines"]] == ["activity", "activity"]


async def test_an_activity_that_is_told_twice_counts_once_and_another_under_its_id_is_refused(town, maya):
    id = new_id()
    first = await maya.ask("PUT", f"/me/activities/{id}", run())

    again = await maya.ask("PUT", f"/me/activities/{id}", run())
    other = await maya.ask("PUT", f"/me/activities/{id}", run(31))

    assert again.content == first.content and again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert (await maya.get("/me/card"))["points"] == 30


async def test_a_kiosk_earns_on_the_terms_of_its_partner_in_the_members_language(town):
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish(db, almond.PROGRAMME.read_text() + PROGRAMME, NOON)
    daniel = await town.join("daniel@example.com", "Daniel", "ru")

    answer = await brought(town, daniel, 3)

    assert answer.json()["earned"] == 15 and why(answer, "cups")["name"] == "Пять баллов за стакан"
    elsewhere = {"card": daniel.card, "kind": "recycling"}
    there = await town.ask("PUT", f"/till/activities/{new_id()}", elsewhere, town.till_keys["miro"])
    assert there.json()["earned"] == 0


async def test_a_budget_of_an_activity_gives_until_it_is_used_up_and_the_same_again_takes_nothing(town, maya):
    id = new_id()

    got = [(await brought(town, maya, 8, id)).json()["earned"] for _ in range(2)]
    got += [(await brought(town, maya, 8)).json()["earned"] for _ in range(2)]

    assert got == [40, 40, 20, 0]


async def test_an_activity_that_is_refused_leaves_the_budget_as_it_was(town, maya):
    id = new_id()
    await town.sell(maya, line(1000), id=id)

    refused = [await brought(town, maya, 8, data={"colour": "red"}), await brought(town, maya, 8, id)]

    assert [each.json()["type"] for each in refused] == ["urn:punchcard:other-payload", "urn:punchcard:other-body"]
    assert (await brought(town, maya, 12)).json()["earned"] == 60


async def test_members_tell_only_what_the_rulebook_takes_their_word_for(town, maya):
    cups = await maya.ask("PUT", f"/me/activities/{new_id()}", {"kind": "recycling"}, "ru")
    dance = await maya.ask("PUT", f"/me/activities/{new_id()}", {"kind": "dance"})

    assert (cups.status_code, cups.json()["type"]) == (409, "urn:punchcard:tills-only")
    assert cups.json()["detail"] == "Об этом сообщает магазин. Покажите там карту."
    assert dance.json()["type"] == "urn:punchcard:unknown-activity"


async def test_where_the_rulebook_declares_no_activity_members_tell_of_none(town):
    daniel = await town.join("daniel@example.com", "Daniel")

    answer = await daniel.ask("PUT", f"/me/activities/{new_id()}", run())

    assert answer.json()["type"] == "urn:punchcard:tills-only"


async def test_an_operator_tells_what_a_member_did(town, maya):
    path = f"/console/members/{maya.member_id}/activities/{new_id()}"

    answers = [await town.ask("PUT", path, run(), town.operator_key) for _ in range(2)]

    assert [each.json()["earned"] for each in answers] == [30, 30]
    assert (await maya.get("/me/card"))["points"] == 30
    nobody = await town.ask("PUT", f"/console/members/{new_id()}/activities/{new_id()}", run(), town.operator_key)
    assert nobody.status_code == 404


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (run(301), "impossible-amount"),
        ({"kind": "workout"}, "other-payload"),
        ({**run(), "data": {"sport": "chess"}}, "other-payload"),
        (run(at="1999-01-01T00:00:00Z"), "malformed"),
    ],
)
async def test_what_cannot_have_happened_is_refused(town, maya, body, refusal):
    answer = await maya.ask("PUT", f"/me/activities/{new_id()}", body)

    assert answer.json()["type"] == f"urn:punchcard:{refusal}", answer.text


async def test_a_card_that_nobody_has_is_named(town, maya):
    body = {"card": (await town.join("daniel@example.com")).card, "kind": "recycling"}
    wrong = {**body, "card": "4000 0000 0000 0000"}

    answer = await town.ask("PUT", f"/till/activities/{new_id()}", wrong, town.till_key)

    assert answer.status_code in (400, 404), answer.text


async def test_what_is_told_late_stands_in_its_place_and_after_a_month_it_is_an_adjustment(town, maya):
    before = await maya.ask("PUT", f"/me/activities/{new_id()}", run(at=moment(NOON - HOUR).isoformat()))
    ahead = await maya.ask("PUT", f"/me/activities/{new_id()}", run(20, at=moment(NOON + DAY).isoformat()))
    town.clock.at += 40 * DAY

    long_ago = await brought(town, maya, 8, at=moment(NOON).isoformat())

    async with town.outside.world.database.reading() as db:
        last = (await journal.statement(db, maya.member_id))[0]
    assert before.json()["earned"] == 0, "it is declared from noon on"
    assert ahead.json()["at"] == moment(NOON).isoformat().replace("+00:00", "Z")
    assert (long_ago.json()["earned"], last.kind, last.points) == (40, "adjustment", 40)


async def test_a_review_of_a_sale_lets_its_points_begin(town):
    text = (
        PROGRAMME + '[[activity]]\nid = "review"\nname = { en = "R", he = "R", ar = "R", ru = "R" }\nby = "anybody"\n'
    )
    bonus = '[[earn]]\nid = "told"\nname = { en = "B", he = "B", ar = "B", ru = "B" }\nawaits = "review"\nawaits_days = 60\n'
    bonus += 'award = { kind = "fixed", points = 9 }\n'
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish(db, almond.PROGRAMME.read_text() + text + bonus, NOON)
    daniel, sale = await town.join("daniel@example.com", "Daniel"), new_id()
    sold = (await town.sell(daniel, line(1000), id=sale)).json()

    told = (await daniel.ask("PUT", f"/me/activities/{new_id()}", {"kind": "review", "sale": str(sale)})).json()

    assert (told["balance"] - sold["balance"], sold["pending"] - told["pending"]) == (9, 9)
