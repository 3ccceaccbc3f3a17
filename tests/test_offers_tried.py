"""What members, tills and operators try at offers, and what comes of it."""

from typing import Any

import pytest

from punchcard import budgets, checkout, offers, rulebooks
from punchcard.checkout import Basket, BasketLine
from punchcard.foundation.clock import DAY, HOUR, Instant, moment
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import new_id
from punchcard.offers import Discount, Early, Fixed, Gift, estimating
from punchcard.offers.drafts import Draft, offer_of
from punchcard.offers.model import Benefit, Budget, Conditions, Limits, Trigger
from punchcard.segments import ConsentsTo
from tests.counters import counter_of
from tests.test_offers_benefits_till import COFFEE, QUARTER, code_of, lowered, publish, quote, sell, settle, uses
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


async def test_why_an_offer_stopped_itself_stands_at_the_desk(town: Town, maya: Person) -> None:
    await published(town, audience=EVERYBODY)
    async with town.outside.world.database.transaction() as db:
        await offers.stop_itself(db, "coffee-x2", {"en": "It does harm."}, town.clock.at)

    seen = (await desk(town, "GET")).json()
    drafted = (await at_the(town, "draft", "GET")).json()

    assert (seen["state"], seen["history"][-1]["because"]) == ("stopped", {"en": "It does harm."})
    assert seen["history"] == drafted["history"] and seen["history"][0]["because"] is None


async def test_part_of_what_was_bought_cheaper_comes_back_and_the_use_stays(town: Town, maya: Person) -> None:
    conditions = Conditions(units_minimum=2)
    await publish(town, "quarter", QUARTER, limits=Limits(uses=1), conditions=conditions)
    sale, two = new_id(), COFFEE | {"quantity": 2}
    body = {"card": maya.card, "cashier": "Dana", "lines": [lowered(two, 5_00)], "offers": {"quarter": 5_00}}
    sold = await town.ask("PUT", f"/till/sales/{sale}", body, town.till_key)
    one = {"cashier": "Dana", "quantities": [{"line": 0, "quantity": 1}]}

    back = await town.ask("PUT", f"/till/sales/{sale}/returns/{new_id()}", one, town.till_key)
    await settle(town)
    again = await town.ask("PUT", f"/till/sales/{new_id()}", body, town.till_key)

    assert sold.status_code == back.status_code == 200, back.text
    assert await uses(town) == [("quarter", 5_00)], "one piece was kept for less"
    assert await code_of(again) == "offer-used-up"


@pytest.mark.parametrize("offers", [{"quarter": 5_00}, {"nobodys": 5_00}, {"quarter": 50_00}], ids=str)
async def test_what_lines_do_not_say_without_a_network_counts_nothing_and_is_no_loss_of_the_sale(
    town: Town, maya: Person, offers: dict[str, int]
) -> None:
    await publish(town, "quarter", QUARTER)
    basket = Basket(card=maya.card, cashier="Dana", lines=(BasketLine("espresso", "coffee", 1, 15_00),), offers=offers)

    sold = await checkout.sell(await counter_of(town, offline=True), new_id(), basket)
    await settle(town)

    assert sold.receipt and await uses(town) == []


async def test_without_a_network_an_offer_counts_as_far_as_it_gives_and_nobody_uses_anothers(
    town: Town, maya: Person
) -> None:
    await publish(town, "quarter", QUARTER, limits=Limits(uses=1))
    line = BasketLine("espresso", "coffee", 1, 10_00, discount=10_00)
    basket = Basket(card=maya.card, cashier="Dana", lines=(line,), offers={"quarter": 8_00, "nobodys": 2_00})
    counter = await counter_of(town, offline=True)

    for _ in range(2):
        await checkout.sell(counter, new_id(), basket)
    await settle(town)

    assert await uses(town) == [("quarter", 5_00)], "a quarter of what it cost, and once"


@pytest.mark.parametrize(
    ("occasion", "units"), [({"units": 1000}, 5), ({"units": 3}, 3), ({"units": 1000, "shop": "nola-1"}, 5)], ids=str
)
async def test_an_occasion_gives_no_more_than_was_approved(town: Town, occasion: dict[str, Any], units: int) -> None:
    budget = {"units": 5} if "shop" not in occasion else {"shop_units": {"nola-1": 5}}
    await save(town, units_most=0, budget=budget)

    fired = await fire(town, occasion)

    assert fired.json()["units"] == units, fired.text


async def test_a_gift_to_members_who_never_come_costs_what_it_is(town: Town, maya: Person) -> None:
    at = town.clock.at
    async with town.outside.world.database.reading() as db:
        reward = next(each for each in (await rulebooks.program(db)).rulebook.rewards if each.points)
        offer = offer_of("present", Draft(**texts(), benefit=Gift(reward.id), since=moment(at), until=moment(at + DAY)))

        worth = await estimating.worth_of(db, offer, at)

    assert worth > 0


def texts() -> dict[str, Any]:
    said = dict.fromkeys(("en", "he", "ar", "ru"), "A present")
    return {"partner_id": "nola", "name": said, "text": said, "audience": ConsentsTo("marketing")}


@pytest.mark.parametrize("benefit", [QUARTER, Fixed(50)], ids=str)
async def test_who_set_the_last_unit_aside_and_asks_again_gets_it(town: Town, maya: Person, benefit: Benefit) -> None:
    await publish(town, "quarter", benefit, budget=Budget(units=1))
    sale, off = new_id(), 5_00 if benefit == QUARTER else 0
    until = await end_of_budget(town)
    wanted = {"quarter/units": budgets.Wanted(1, 1, until)}
    await budgets.reserve(town.outside.world.database, str(sale), wanted, town.clock.at)
    named: dict[str, Any] = {"offers": {"quarter": off}} if off else {}

    other = await town.sell(maya, lowered(COFFEE, off), **named)
    again = await town.sell(maya, lowered(COFFEE, off), id=sale, **named)
    await settle(town)

    assert other.status_code == (409 if off else 200) and again.status_code == 200, again.text
    assert await uses(town) == [("quarter", off or 50)]
    assert "quarter" in [why["term"] for why in again.json()["reasons"] if why["verdict"] == "applied"]


async def end_of_budget(town: Town) -> Instant:
    async with town.outside.world.database.reading() as db:
        return (await rulebooks.program(db)).period_end(town.clock.at, "ever")


async def test_a_sale_costs_no_statement_more_for_offers_that_need_none(
    town: Town, maya: Person, db: Connection
) -> None:
    asked: list[str] = []
    await town.sell(maya, COFFEE)
    db.add_query_logger(lambda said: asked.append(said.query))
    took = []

    for more in ((), (("points", Fixed(50)),), (("less", QUARTER),)):
        for id, benefit in more:
            await publish(town, id, benefit)
        await town.sell(maya, COFFEE)
        asked.clear()
        await town.sell(maya, COFFEE)
        took.append(len(asked))

    assert took[0] > 0 and took == [took[0]] * 3, took


async def test_who_goes_without_gets_it_by_no_door(town: Town, maya: Person) -> None:
    at = town.clock.at
    for id, benefit in (
        ("less", QUARTER), ("points", Fixed(50)), ("present", Gift("any-coffee")), ("sooner", Early("any-coffee")),
    ):  # fmt: skip
        await publish(town, id, benefit, activation=id == "less")
    async with town.outside.world.database.transaction() as db:
        await db.execute("update exposure set held_out = true where member_id = $1", maya.member_id)
        await db.execute("delete from offer_use")
        early = await offers.early_for(db, maya.member_id, at)

    named = [await code_of(await sell(town, maya, 5_00, offer=id)) for id in ("less", "points")]
    doors = [
        (await maya.ask(method, f"/me/offers/{path}")).status_code
        for method, path in (("PUT", "less/activation"), ("DELETE", "less/activation"), ("GET", "points/why"))
    ]
    quoted, sold = await quote(town, maya, COFFEE), await town.sell(maya, COFFEE)

    assert named == ["offer-not-yours"] * 2 and doors == [404] * 3 and early == frozenset()
    assert quoted["offers"] == [] and "points" not in [
        why["term"] for why in sold.json()["reasons"] if why["verdict"] == "applied"
    ]
    assert await maya.get("/me/offers") == [] and await maya.get("/me/offers/best") == {"offer": None}
