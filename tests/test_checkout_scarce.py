"""What a till gives of a budget, and of a draw."""

from typing import Any

import pytest

from punchcard import rulebooks
from punchcard.demo import town as almond
from punchcard.foundation.clock import DAY
from punchcard.foundation.ids import new_id
from punchcard.programme import Budget, Fixed, Term
from tests.town import NOON, Person, Town, line

BUDGETED = Term(
    "first-come", {"en": "First come"}, since=NOON, award=Fixed(50), scarce=True, budget=Budget(120), qualifying=False
)


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com")


async def promise(town: Town, term: Term) -> None:
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish_term(db, term, NOON)


def given(answer: Any, term: str = "first-come") -> int:
    return sum(why["points"] for why in answer["reasons"] if why["term"] == term)


async def quoted(town: Town, person: Person) -> Any:
    return (
        await town.ask(
            "POST", "/till/quotes", {"card": person.card, "cashier": "Dana", "lines": [line(1000)]}, town.till_key
        )
    ).json()


async def test_a_budget_gives_until_it_is_used_up_and_the_quote_knows(town, maya):
    await promise(town, BUDGETED)
    promised, got = [], []

    for _ in range(4):
        promised.append(given(await quoted(town, maya)))
        got.append(given((await town.sell(maya, line(1000))).json()))

    assert promised == got == [50, 50, 20, 0]


async def test_the_same_sale_again_takes_nothing_more_of_the_budget(town, maya):
    await promise(town, BUDGETED)
    id = new_id()
    first = await town.sell(maya, line(1000), id=id)

    again = await town.sell(maya, line(1000), id=id)

    assert again.content == first.content and again.headers["Idempotent-Replayed"] == "true"
    assert given(await quoted(town, maya)) == 50, "70 are left"
    assert [given((await town.sell(maya, line(1000))).json()) for _ in range(2)] == [50, 20]


async def test_a_sale_that_is_refused_leaves_the_budget_as_it_was(town, maya):
    await promise(town, BUDGETED)

    answer = await town.sell(maya, line(1000), tenders=[{"kind": "points", "amount": 1000}])

    assert answer.status_code == 409
    assert [given((await town.sell(maya, line(1000))).json()) for _ in range(3)] == [50, 50, 20]


async def test_what_comes_back_is_free_for_others(town, maya):
    await promise(town, BUDGETED)
    ids = [new_id() for _ in range(3)]
    for id in ids:
        await town.sell(maya, line(1000), id=id)
    back = {"quantities": [{"line": 0, "quantity": 1}]}

    await town.ask("PUT", f"/till/sales/{ids[0]}/returns/{new_id()}", back, town.till_key)
    await town.follow()

    assert given(await quoted(town, maya)) == 50


@pytest.mark.parametrize("percent, expected", [(100, {7}), (1, {0, 7})])
async def test_a_draw_is_decided_at_the_till_and_never_promised(town, maya, percent, expected):
    await promise(town, Term("lucky", {"en": "Lucky"}, since=NOON, award=Fixed(7), scarce=True, draw_percent=percent))

    assert given(await quoted(town, maya), "lucky") == 0
    got = {given((await town.sell(maya, line(1000))).json(), "lucky") for _ in range(3)}

    assert got <= expected


COME_BACK = """
[[segment]]
id = "lapsed"
name = { en = "Not seen for a month", he = "לא ביקרו חודש", ar = "لم يأتوا منذ شهر", ru = "Не были месяц" }
who = { type = "not-visited-within", days = 30 }

[[earn]]
id = "come-back"
name = { en = "Welcome back", he = "טוב שחזרת", ar = "أهلًا بعودتك", ru = "С возвращением" }
award = { kind = "fixed", points = 70 }
segment = "lapsed"
"""


async def in_a_programme_with(town: Town, text: str) -> None:
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish(db, almond.PROGRAMME.read_text() + text, NOON)


async def test_whoever_is_in_a_segment_gets_its_offer_at_the_till_and_an_active_member_is_told_why_not(town, maya):
    daniel = await town.join("daniel@example.com", "Daniel")
    await in_a_programme_with(town, COME_BACK)
    for person in (maya, daniel):
        assert given((await town.sell(person, line(1000))).json(), "come-back") == 70, "nobody has been here yet"
    town.clock.at += 20 * DAY
    await town.sell(daniel, line(1000))
    town.clock.at += 20 * DAY

    promised = [given(await quoted(town, each), "come-back") for each in (maya, daniel)]
    receipts = [(await town.sell(each, line(1000))).json() for each in (maya, daniel)]

    assert promised == [given(each, "come-back") for each in receipts] == [70, 0]
    (why,) = [each for each in receipts[1]["reasons"] if each["term"] == "come-back"]
    assert why["verdict"] == "not-granted"


async def test_who_never_agreed_to_personal_offers_is_in_no_segment_of_visits(town, maya):
    await in_a_programme_with(town, COME_BACK)
    preferences = await maya.get("/me/preferences")
    changed = {**preferences, "consents": {**preferences["consents"], "personalisation": False}}
    assert (await maya.ask("PUT", "/me/preferences", changed)).status_code == 200

    assert given((await town.sell(maya, line(1000))).json(), "come-back") == 0


async def test_the_same_sale_again_gives_what_a_segment_gave_though_the_member_has_been_here_since(town, maya):
    await in_a_programme_with(town, COME_BACK)
    id = new_id()
    first = await town.sell(maya, line(1000), id=id)

    again = await town.sell(maya, line(1000), id=id)

    assert given(first.json(), "come-back") == 70 and again.content == first.content


async def test_a_segment_with_a_budget_gives_its_members_until_it_is_used_up(town, maya):
    await in_a_programme_with(town, COME_BACK + "budget = { limit = 100 }\n")
    others = [await town.join(f"{n}@example.com") for n in range(2)]

    got = [given((await town.sell(each, line(1000))).json(), "come-back") for each in (maya, *others, maya)]

    assert got == [70, 30, 0, 0]


async def test_a_quote_promises_no_draw_even_of_a_budget(town, maya):
    lucky = Term("lucky", award=Fixed(7), since=NOON, scarce=True, draw_percent=99, budget=Budget(100))
    await promise(town, lucky)

    assert given(await quoted(town, maya), "lucky") == 0


async def test_whom_a_segment_names_that_nobody_knows_goes_without(town, maya):
    await promise(town, Term("friends", {"en": "Friends"}, since=NOON, award=Fixed(7), scarce=True, segment="friends"))

    assert given((await town.sell(maya, line(1000))).json(), "friends") == 0
