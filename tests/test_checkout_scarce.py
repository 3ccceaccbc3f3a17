"""What a till gives of a budget, and of a draw."""

from typing import Any

import pytest

from punchcard import rulebooks
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
    return (await town.ask("POST", "/till/quotes", {"card": person.card, "lines": [line(1000)]}, town.till_key)).json()


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


async def test_whom_a_segment_names_that_nobody_knows_goes_without(town, maya):
    await promise(town, Term("friends", {"en": "Friends"}, since=NOON, award=Fixed(7), scarce=True, segment="friends"))

    assert given((await town.sell(maya, line(1000))).json(), "friends") == 0
