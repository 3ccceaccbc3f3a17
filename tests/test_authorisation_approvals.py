"""A till asks, the member answers in the app, and a yes lets one spending pass."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from punchcard import authorisation, members
from punchcard.authorisation import Shown, Spending, approvals
from punchcard.checkout.tenders import needed_for
from punchcard.foundation.clock import MINUTE
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import new_id
from punchcard.programme import Currency, Program, Rulebook
from punchcard.programme.coins import Payment
from tests.town import NOON, Person, Town


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com")


async def ask(
    town: Town, person: Person, worth: int = 80_00, id: UUID | None = None, partner: str = "nola", **more: Any
) -> Any:
    body = {"card": person.card, "worth": worth, **more}
    return await town.ask("PUT", f"/till/approvals/{id or uuid4()}", body, town.till_keys[partner])


async def answer(person: Person, id: str, approve: bool = True) -> Any:
    return await person.ask("PUT", f"/me/approvals/{id}", {"approve": approve})


async def approved(town: Town, person: Person, worth: int = 80_00) -> str:
    asked = (await ask(town, person, worth)).json()
    assert (await answer(person, asked["id"])).json()["state"] == "approved"
    return str(asked["id"])


async def state(town: Town, id: str, partner: str = "nola") -> Any:
    found = await town.ask("GET", f"/till/approvals/{id}", key=town.till_keys[partner])
    return found.json()["state"] if found.is_success else found.status_code


async def till_of(town: Town, partner: str = "nola") -> tuple[str, str]:
    async with town.outside.world.database.reading() as db:
        row = await db.fetchrow("select id, shop_id from till where shop_id = $1", f"{partner}-1")
    assert row
    return row["id"], row["shop_id"]


async def spending(town: Town, person: Person, approval: str, worth: int = 80_00, partner: str = "nola") -> Spending:
    till_id, shop_id = await till_of(town, partner)
    shown = Shown(members.scanned(person.card))
    return Spending(
        person.member_id, shown, str(new_id()), shop_id, till_id, worth, town.clock.now(), approval=approval
    )


async def permit(town: Town, asked: Spending) -> str:
    try:
        await authorisation.permit(town.outside.world.database, asked)
    except Refused as refused:
        return refused.code
    return ""


async def test_a_till_asks_the_member_says_yes_and_more_than_the_floor_is_spent(town, maya):
    asked = await ask(town, maya)
    assert (asked.status_code, asked.json()["state"], asked.json()["until"]) == (200, "waiting", "2026-11-18T10:01:00Z")
    id = asked.json()["id"]
    assert await maya.get("/me/approvals") == [
        {
            "id": id,
            "shop": "Nola Coffee",
            "till": "Till 1",
            "partner_id": "nola",
            "worth": {"amount": 80_00, "currency": "ILS"},
            "points": 80_00,
            "asked_at": "2026-11-18T10:00:00Z",
            "until": "2026-11-18T10:01:00Z",
        }
    ]

    assert (await answer(maya, id)).json()["state"] == "approved"

    assert await maya.get("/me/approvals") == [] and await state(town, id) == "approved"
    sale = await spending(town, maya, id)
    assert [await permit(town, sale), await permit(town, sale)] == ["", ""]
    assert await state(town, id) == "used"


async def test_the_app_shows_the_whole_bill(town, maya):
    await ask(town, maya, total=142_00)

    (found,) = await maya.get("/me/approvals")

    assert found["total"] == {"amount": 142_00, "currency": "ILS"}


@pytest.mark.parametrize(
    "value, discount_percent, worth, points",
    [(1, 0, 80_05, 80_05), (10, 0, 80_05, 801), (1, 10, 80_00, 72_00), (4, 25, 1_01, 19), (0, 0, 80_00, 0)],
)
def test_the_points_that_a_worth_comes_to_are_those_that_a_till_takes(
    value: int, discount_percent: int, worth: int, points: int
):
    paying = Currency(value=value, payment=Payment(discount_percent=discount_percent))

    assert approvals.points_for(worth, Program(Rulebook(currencies=(paying,)))) == points
    if value:
        assert needed_for(worth, paying) == points


async def test_a_bill_is_no_less_than_what_is_to_be_spent_of_it_and_stays_the_same(town, maya):
    id = uuid4()
    less = await ask(town, maya, 80_00, total=79_99)
    asked = [await ask(town, maya, 80_00, id, total=total) for total in (80_00, 80_00, 80_01)]
    without = await ask(town, maya, 80_00, id)

    assert (less.status_code, less.json()["facts"]["pointer"]) == (400, "/total")
    assert [each.status_code for each in (*asked, without)] == [200, 200, 422, 422]


@pytest.mark.parametrize(
    "seconds, answered, expected",
    [(59, True, "approved"), (60, True, "approval-over"), (59, False, "declined"), (600, False, "approval-over")],
)
async def test_there_is_a_minute_to_answer(town, maya, seconds: int, answered: bool, expected: str):
    id = (await ask(town, maya)).json()["id"]
    town.clock.at += seconds

    said = (await answer(maya, id, answered)).json()

    assert expected in (said.get("state"), said.get("type", "").removeprefix("urn:punchcard:"))
    assert await state(town, id) == (expected if seconds < 60 else "over")


async def test_the_first_answer_counts_and_the_same_again_is_harmless(town, maya):
    id = await approved(town, maya)

    assert (await answer(maya, id)).json()["state"] == "approved"
    assert (await answer(maya, id, False)).status_code == 409
    assert await state(town, id) == "approved"


@pytest.mark.parametrize(
    "seconds, worth, partner, expected",
    [
        (299, 80_00, "nola", ""),
        (300, 80_00, "nola", "approval-over"),
        (0, 80_01, "nola", "approval-too-small"),
        (0, 1_00, "nola", ""),
        (0, 80_00, "miro", "approval-unknown"),
    ],
)
async def test_a_yes_is_good_at_its_till_for_its_worth_within_five_minutes(
    town, maya, seconds: int, worth: int, partner: str, expected: str
):
    id = await approved(town, maya)
    town.clock.at += seconds

    assert await permit(town, await spending(town, maya, id, worth, partner)) == expected


async def test_a_yes_is_good_once(town, maya):
    id = await approved(town, maya)
    first, second = await spending(town, maya, id), await spending(town, maya, id)

    assert [await permit(town, each) for each in (first, second, first)] == ["", "approval-used", ""]
    town.clock.at += 10 * MINUTE
    assert await permit(town, replace(first, at=town.clock.now())) == "", "the answer was lost, and the till asks again"
    assert await permit(town, replace(first, worth=80_01)) == "approval-too-small"


async def test_no_answer_and_a_no_let_nothing_pass(town, maya):
    id = (await ask(town, maya)).json()["id"]
    sale = await spending(town, maya, id)

    assert await permit(town, sale) == "approval-waiting"
    await answer(maya, id, False)
    assert await permit(town, sale) == "approval-declined"
    for unknown in (str(uuid4()), "yes"):
        assert await permit(town, replace(sale, approval=unknown)) == "approval-unknown"


async def test_a_yes_is_of_one_member(town, maya):
    noam = await town.join("noam@example.com", "Noam")
    id = await approved(town, maya)

    assert await permit(town, await spending(town, noam, id)) == "approval-unknown"
    assert (await answer(noam, id)).status_code == 404
    assert await noam.get("/me/approvals") == []


async def test_a_yes_makes_no_code_good_again(town, maya):
    code = Shown(members.scanned(maya.card), "rotating", NOON // 30)
    first, second = [
        replace(await spending(town, maya, approval), shown=code) for approval in ("", await approved(town, maya))
    ]

    assert [await permit(town, each) for each in (first, second)] == ["", "code-used"]


async def test_a_yes_lifts_the_pace_and_the_limit_of_the_day_and_neither_lock_nor_switch(town, maya):
    for _ in range(4):
        assert await permit(town, await spending(town, maya, "", 1_00)) == ""
    assert await permit(town, await spending(town, maya, "", 1_00)) == "too-fast"
    id = await approved(town, maya, 900_00)
    sale = await spending(town, maya, id, 900_00)
    await maya.ask("PUT", "/me/spend-lock")
    assert await permit(town, sale) == "spend-locked"
    await maya.ask("DELETE", "/me/spend-lock")

    assert await permit(town, sale) == ""


async def test_a_till_that_asks_twice_asks_once_and_nobody_else_under_its_id(town, maya):
    noam, id = await town.join("noam@example.com", "Noam"), uuid4()
    first = await ask(town, maya, id=id)

    assert (await ask(town, maya, id=id)).json() == first.json()
    assert len(await maya.get("/me/approvals")) == 1
    others = [await ask(town, maya, 1, id), await ask(town, noam, id=id), await ask(town, maya, id=id, partner="miro")]
    assert {each.status_code for each in others} == {422}
    assert await state(town, str(id), "miro") == 404


async def test_a_till_waits_for_one_answer_at_a_time(town, maya):
    id = (await ask(town, maya)).json()["id"]

    second = await ask(town, maya)

    assert (second.status_code, second.json()["type"]) == (409, "urn:punchcard:approval-open")
    assert second.json()["facts"] == {"approval": id}
    assert (await ask(town, maya, partner="miro")).status_code == 200
    town.clock.at += 60
    assert (await ask(town, maya)).status_code == 200


async def test_nobody_is_asked_without_end(town, maya):
    answers = []
    for _ in range(7):
        answers.append((await ask(town, maya)).status_code)
        town.clock.at += 60

    assert answers == [200] * 5 + [429] * 2


async def test_nobody_is_asked_in_vain(town, maya):
    await maya.ask("PUT", "/me/spend-lock")
    assert (await ask(town, maya)).json()["type"] == "urn:punchcard:spend-locked"
    await maya.ask("DELETE", "/me/spend-lock")
    await town.ask("PUT", "/console/spending", {"allowed": False}, town.operator_key)
    assert (await ask(town, maya)).json()["type"] == "urn:punchcard:spending-off"

    stranger = replace(maya, card=members.cards.new_code())
    assert (await ask(town, stranger)).json()["type"] == "urn:punchcard:holder-unknown"
    assert await maya.get("/me/approvals") == []


async def test_what_was_asked_is_forgotten_after_a_day(town, maya):
    id = await approved(town, maya)

    await authorisation.sweep(town.outside.world.database, NOON + 25 * 60 * MINUTE)

    assert await state(town, id) == 404
