"""What hung on a card that was made void: sales that happened before, what it was asked and lent for, and the links on it."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from punchcard import checkout, passes
from punchcard.checkout.refusals import CardReplaced
from punchcard.foundation.clock import HOUR, MINUTE, moment
from punchcard.foundation.ids import new_id
from tests.counters import COFFEE, counter_of, give, held, quoted, stands, whole
from tests.town import Person, Town

from .test_passes_void import voided

pytestmark = pytest.mark.anyio


@pytest.fixture
async def maya(town: Town) -> Person:
    """A member with 500 points since two hours ago."""
    person = await town.join("maya@example.com")
    await give(town, person, 500, ago_seconds=2 * HOUR)
    return person


async def sold(town: Town, card: str, at: datetime, offline: bool = True, points: int = 0) -> Any:
    """A coffee that was sold then, told now."""
    tenders = (checkout.PaidWith("points", points), checkout.PaidWith("cash", 18_00 - points)) if points else ()
    lines = (checkout.BasketLine("flat-white", "coffee", 1, 18_00),)
    basket = checkout.Basket(card=card, cashier="Dana", lines=lines, at=at, tenders=tenders)
    return await checkout.sell(await counter_of(town, offline=offline), new_id(), basket)


@pytest.mark.parametrize("offline", [True, False], ids=["brought in a batch", "told late"])
async def test_what_was_sold_before_the_card_was_replaced_was_sold_all_the_same(
    town: Town, maya: Person, offline: bool
):
    await voided(town, maya.card)
    before = await stands(town, maya)

    await sold(town, maya.card, moment(town.clock.now() - MINUTE), offline)

    assert await stands(town, maya) > before
    await whole(town)


async def test_points_that_paid_before_are_paid(town: Town, maya: Person):
    await voided(town, maya.card)

    await sold(town, maya.card, moment(town.clock.now() - MINUTE), points=4_00)

    assert await stands(town, maya) < 500
    await whole(town)


@pytest.mark.parametrize("offline", [True, False])
@pytest.mark.parametrize("late_seconds", [0, MINUTE])
async def test_what_was_sold_by_the_old_card_after_that_was_not(
    town: Town, maya: Person, offline: bool, late_seconds: int
):
    """From the very second on."""
    await voided(town, maya.card)
    replaced_at = town.clock.now()
    town.clock.at += 2 * HOUR

    with pytest.raises(CardReplaced):
        await sold(town, maya.card, moment(replaced_at + late_seconds), offline)


async def test_a_till_that_says_it_is_still_yesterday_quotes_nothing_by_the_old_card(town: Town, maya: Person):
    await voided(town, maya.card)

    answer = await quoted(town, maya, COFFEE, at=moment(town.clock.now() - HOUR).isoformat())

    assert answer.status_code == 409 and "card-replaced" in answer.text


async def test_a_till_with_a_network_spends_no_points_by_it_whatever_its_clock_says(town: Town, maya: Person):
    await voided(town, maya.card)

    with pytest.raises(CardReplaced):
        await sold(town, maya.card, moment(town.clock.now() - HOUR), offline=False, points=4_00)


async def test_a_yes_to_what_the_old_card_asked_pays_nothing_by_it(town: Town, maya: Person):
    await give(town, maya, 100_000)
    approval = str(uuid4())
    asked = await town.ask("PUT", f"/till/approvals/{approval}", {"card": maya.card, "worth": 80_00}, town.till_key)
    assert asked.is_success, asked.text
    await voided(town, maya.card)
    yes = await maya.ask("PUT", f"/me/approvals/{approval}", {"approve": True})

    body = {
        "card": maya.card,
        "cashier": "Dana",
        "lines": [COFFEE],
        "tenders": [{"kind": "points", "amount": 18_00}],
        "approval": approval,
    }
    answer = await town.ask("PUT", f"/till/sales/{new_id()}", body, town.till_key)
    asked_again = await town.ask("PUT", f"/till/approvals/{uuid4()}", {"card": maya.card, "worth": 1_00}, town.till_key)

    assert yes.is_success
    assert answer.status_code == 409 and "card-replaced" in answer.text
    assert asked_again.status_code in (404, 409)


async def test_what_the_old_card_set_aside_pays_for_its_member_alone(town: Town, maya: Person):
    hold = await held(town, maya, points=400, currency="points")
    old = maya.card
    await voided(town, old)
    maya.card = (await maya.get("/me/card"))["code"]

    def basket(card: str) -> dict[str, Any]:
        pays = [{"kind": "points", "amount": 4_00, "hold": hold}, {"kind": "cash", "amount": 14_00}]
        return {"card": card, "cashier": "Dana", "lines": [COFFEE], "tenders": pays, "holds": [hold]}

    by_old = await town.ask("PUT", f"/till/sales/{new_id()}", basket(old), town.till_key)
    by_new = await town.ask("PUT", f"/till/sales/{new_id()}", basket(maya.card), town.till_key)

    assert by_old.status_code == 409 and "card-replaced" in by_old.text
    assert by_new.is_success, by_new.text
    await whole(town)


async def test_the_link_on_the_old_card_to_why_ends_and_the_new_ones_tells(town: Town, maya: Person):
    async def link() -> str:
        async with town.outside.world.database.reading() as db:
            return (await passes.face(db, maya.member_id, town.clock.now(), town.outside.world.settings)).why_url

    old = await link()
    assert (await town.client.get(old)).status_code == 200
    await voided(town, maya.card)

    assert (await town.client.get(old)).status_code == 404
    assert (await town.client.get(await link())).status_code == 200
