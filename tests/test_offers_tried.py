"""What members, tills and operators try at offers, and what comes of it."""

from typing import Any
from uuid import uuid4

import pytest

from punchcard import budgets, offers
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.ids import new_id
from punchcard.offers import Discount
from punchcard.offers.model import Budget, Limits, Trigger
from tests.test_offers_benefits_till import COFFEE, QUARTER, code_of, lowered, publish, sell, settle, uses
from tests.test_offers_desk import desk, draft
from tests.test_offers_desk_life import at_the, published
from tests.test_offers_flash import fire, save
from tests.town import Person, Town

pytestmark = pytest.mark.anyio

EVERYBODY = {"type": "consents-to", "purpose": "marketing"}


@pytest.fixture
async def maya(town: Town) -> Person:
    person = await town.join("maya@example.com", "Maya Almog")
    await town.follow()
    return person


async def test_the_same_sale_in_another_order_is_the_same_sale(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER)
    await publish(town, "shekel", Discount(amount=1_00))
    sale, body = new_id(), {"card": maya.card, "cashier": "Dana", "lines": [lowered(COFFEE, 5_75)]}

    taken = {"quarter": 4_75, "shekel": 1_00}
    first, again = [
        await town.ask("PUT", f"/till/sales/{sale}", body | {"offers": said}, town.till_key)
        for said in (taken, dict(reversed(taken.items())))
    ]

    assert first.status_code == again.status_code == 200, again.text
    assert first.content == again.content and again.headers["Idempotent-Replayed"] == "true"


async def test_a_void_frees_the_use_and_asking_for_the_sale_again_takes_none(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, limits=Limits(uses=1), budget=Budget(units=1))
    sale, body = (
        new_id(),
        {"card": maya.card, "cashier": "Dana", "lines": [lowered(COFFEE, 5_00)], "offers": {"quarter": 5_00}},
    )

    first = await town.ask("PUT", f"/till/sales/{sale}", body, town.till_key)
    await town.ask("PUT", f"/till/sales/{sale}/void", {"cashier": "Dana", "reason": "wrong"}, town.till_key)
    await settle(town)
    again = await town.ask("PUT", f"/till/sales/{sale}", body, town.till_key)
    other = await sell(town, maya, 5_00)
    third = await sell(town, maya, 5_00)
    await settle(town)

    assert first.content == again.content and other.status_code == 200
    assert await code_of(third) in ("offer-used-up", "offer-sold-out")
    assert await uses(town) == [("quarter", 5_00)]


async def test_of_sales_at_once_none_goes_beyond_the_money(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, budget=Budget(cents=7_00))

    first = await sell(town, maya, 5_00)
    second = await sell(town, maya, 5_00)
    rest = await sell(town, maya, 2_00)
    await settle(town)
    async with town.outside.world.database.reading() as db:
        spent = await budgets.spent(db, ["quarter/cents"])

    assert [each.status_code for each in (first, second, rest)] == [200, 409, 200], second.text
    assert spent == {"quarter/cents": 7_00}


async def test_a_window_of_ones_own_counts_nothing_from_before_it(town: Town, maya: Person) -> None:
    until = town.clock.at + DAY
    trigger = Trigger(on="entered", segment="lapsed", lasts_seconds=HOUR)
    await publish(town, "quarter", QUARTER, until=until, trigger=trigger)
    town.clock.at += HOUR
    async with town.outside.world.database.transaction() as db:
        await db.execute(
            "insert into exposure (member_id, offer_id, held_out, opened_at, until) values ($1, 'quarter', false, $2, $3)",
            maya.member_id,
            town.clock.at,
            town.clock.at + HOUR,
        )

        before, since = await offers.at_the_till(
            db, [(maya.member_id, town.clock.at - 1), (maya.member_id, town.clock.at)]
        )

    assert not before.less and set(since.less) == {"quarter"}


async def test_a_member_sees_the_best_for_them_first_and_what_they_cannot_use_last(town: Town, maya: Person) -> None:
    at = town.clock.at
    await publish(town, "later", QUARTER, until=at + 3 * HOUR)
    await publish(town, "sooner", QUARTER, until=at + HOUR)
    await publish(town, "once", QUARTER, until=at + HOUR // 2, limits=Limits(uses=1))
    await sell(town, maya, 5_00, offer="once")
    await settle(town)
    async with town.outside.world.database.transaction() as db:
        found = [each for each in await offers.open_for(db, maya.member_id, at) if each.id != "once"]
        order = [each.offer.id for each in await offers.ranked(db, maya.member_id, found, at)]

    seen = await maya.get("/me/offers")
    best = await maya.get("/me/offers/best")

    assert [each["id"] for each in seen] == [*order, "once"] and seen[-1]["state"] == "used"
    assert best["offer"]["id"] == order[0]


async def test_what_is_used_up_is_not_the_best(town: Town, maya: Person) -> None:
    await publish(town, "once", QUARTER, limits=Limits(uses=1))
    await sell(town, maya, 5_00, offer="once")
    await settle(town)

    assert await maya.get("/me/offers/best") == {"offer": None}


@pytest.mark.parametrize(
    "change",
    [
        {"benefit": {"type": "reward", "reward": "no-such"}},
        {"conditions": {"shops": ["nowhere"]}},
        {"conditions": {"hours": {"since": 40, "until": 40}}},
        {"trigger": {"on": "entered", "segment": "nobody", "lasts_seconds": 3600}},
        {"benefit": {"type": "reward", "reward": "espresso"}, "budget": {"cents": 1}},
    ],
    ids=str,
)
async def test_one_step_refuses_every_mistake_that_a_check_would_find(town: Town, change: dict[str, Any]) -> None:
    answer = await desk(town, "PUT", draft(town, **change))

    assert await code_of(answer) == "not-right", answer.text
    assert (await desk(town, "GET")).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"benefit": {"type": "per-unit", "points": 100_000}, "budget": {"units": 1}},
        {"benefit": {"type": "free-item", "units": 100}, "budget": {"units": 1_000_000}},
    ],
    ids=str,
)
async def test_a_budget_in_units_is_no_bound_where_a_use_may_cost_anything(
    town: Town, maya: Person, change: dict[str, Any]
) -> None:
    for _ in range(3):
        await town.sell(maya, COFFEE)
    await town.follow()
    body = draft(town, audience=EVERYBODY, **change)

    await at_the(town, "draft", body=body)
    seen = (await at_the(town, "draft", "GET")).json()

    assert seen["worth_cents"] > 0, seen


async def test_a_flash_is_fired_though_somebody_took_its_name(town: Town) -> None:
    await save(town)
    squat = await desk(town, "PUT", draft(town, benefit={"type": "fixed", "points": 1}), id="rolls-1")

    fired = await fire(town, {"units": 2})

    assert squat.status_code == 201, squat.text
    assert fired.status_code == 201 and fired.json()["offer_id"] == "rolls-2", fired.text


async def test_a_flash_with_a_mistake_is_not_kept(town: Town) -> None:
    answer = await save(town, conditions={"shops": ["nowhere"]})

    assert await code_of(answer) == "not-right", answer.text


async def test_a_till_of_another_partner_fires_nothing(town: Town) -> None:
    await save(town)
    headers = {"Authorization": f"Bearer {town.till_keys['miro']}", "Idempotency-Key": str(uuid4())}

    answer = await town.client.request("POST", "/till/flashes/rolls", json={"units": 1}, headers=headers)

    assert answer.status_code == 403, answer.text


async def test_why_an_offer_stopped_itself_stands_at_the_desk(town: Town, maya: Person) -> None:
    await published(town, audience=EVERYBODY)
    async with town.outside.world.database.transaction() as db:
        await offers.stop_itself(db, "coffee-x2", {"en": "It does harm."}, town.clock.at)

    seen = (await desk(town, "GET")).json()
    drafted = (await at_the(town, "draft", "GET")).json()

    assert (seen["state"], seen["history"][-1]["because"]) == ("stopped", {"en": "It does harm."})
    assert seen["history"] == drafted["history"] and seen["history"][0]["because"] is None
