"""What a member has of offers in the app: taken with one tap, counted down, told truthfully and at once; rewards given and
claimed early."""

from typing import Any

import pytest
from msgspec.structs import replace

from punchcard import offers, passes, rewards
from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY, HOUR, MINUTE
from punchcard.foundation.ids import BUCKETS, new_id
from punchcard.offers import Discount, Early, FreeItem, Gift
from punchcard.offers.model import Budget, Conditions, Limits
from punchcard.passes import texts
from tests.test_offers_benefits_till import BREAD, COFFEE, QUARTER, code_of, publish, quote, sell, settle
from tests.town import Person, Town


@pytest.fixture
async def maya(town: Town) -> Person:
    """A member who has just come; nothing waits to be done for her."""
    person = await town.join("maya@example.com", "Maya Almog")
    await town.follow()
    return person


async def tap(person: Person, offer: str = "quarter", method: str = "PUT") -> Any:
    return await person.ask(method, f"/me/offers/{offer}/activation")


async def seen(person: Person, language: str = "en") -> dict[str, Any]:
    (offer,) = await person.get("/me/offers", language)
    return dict(offer)


async def give_rewards(town: Town) -> None:
    world, at = town.outside.world, town.clock.at
    async with world.database.reading() as db:
        tasks = [task for task in await outbox.due(db, range(BUCKETS), at) if task.reaction == rewards.GIVE]
    await rewards.give(world, tasks, at)
    await rewards.give(world, tasks, at + 1)


async def test_an_offer_counts_once_it_was_taken(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, activation=True)

    before, refused = await quote(town, maya, COFFEE), await sell(town, maya, 5_00)
    listed = await seen(maya)
    taken, again = await tap(maya), await tap(maya)
    after = await quote(town, maya, COFFEE)
    sold = await sell(town, maya, 5_00)

    assert [(each["state"], each["detail"]) for each in before["offers"]] == [
        ("needs-activation", "This offer counts once it is activated in the app: Coffee: quarter (en).")
    ]
    assert await code_of(refused) == "offer-not-taken"
    assert (listed["state"], listed["activation"], listed["activated_at"]) == ("needs-activation", True, None)
    assert (taken.status_code, again.status_code) == (204, 204)
    assert after["offers"][0]["amount"] == 5_00
    assert sold.status_code == 200, sold.text
    assert (await seen(maya))["state"] == "open"


async def test_an_offer_is_left_while_it_is_not_used(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, activation=True)
    await tap(maya)

    left, again = await tap(maya, method="DELETE"), await tap(maya, method="DELETE")
    refused = await sell(town, maya, 5_00)
    await tap(maya)
    await sell(town, maya, 5_00)
    await settle(town)
    used = await tap(maya, method="DELETE")

    assert (left.status_code, again.status_code) == (204, 204)
    assert await code_of(refused) == "offer-not-taken"
    assert await code_of(used) == "taken-and-used"


async def test_nobody_takes_what_is_not_theirs_over_or_gone(town: Town, maya: Person) -> None:
    noam = await town.join("noam@example.com", "Noam")
    await town.follow()
    await publish(town, "quarter", QUARTER, activation=True, budget=Budget(units=1))
    async with town.outside.world.database.transaction() as db:
        await db.execute("update exposure set held_out = true where member_id = $1", noam.member_id)

    without, unknown = await tap(noam), await tap(maya, "nothing")
    async with town.outside.world.database.transaction() as db:
        await db.execute("insert into budget (term, until, ceiling, taken) values ('quarter/units', now(), 1, 1)")
    gone = await tap(maya)
    town.clock.at += DAY
    await renew(maya)
    over = await tap(maya)

    assert (without.status_code, unknown.status_code) == (404, 404)
    assert without.json()["type"] == unknown.json()["type"], "who goes without does not learn of it"
    assert await code_of(gone) == "nothing-to-take"
    assert await code_of(over) == "taken-too-late"


async def test_points_count_only_once_they_are_taken_too(town: Town, maya: Person) -> None:
    await publish(town, "more", offers.Fixed(500), activation=True)

    before = (await town.sell(maya, COFFEE)).json()["earned"]
    await tap(maya, "more")
    after = (await town.sell(maya, COFFEE)).json()["earned"]

    assert after - before >= 450


async def test_the_app_counts_down_and_says_what_is_left(town: Town, maya: Person) -> None:
    await publish(
        town, "quarter", Discount(percent=25, most=15_00), limits=Limits(uses=2), pictures={"ru": "coffee-ru"}
    )
    town.clock.at += 10 * MINUTE

    first = await seen(maya)
    russian = await seen(maya, "ru")
    await sell(town, maya, 5_00)
    second = await seen(maya)
    await sell(town, maya, 5_00)
    third = await seen(maya)

    assert (first["seconds_left"], first["state"], first["uses_left"]) == (DAY - 10 * MINUTE, "open", 2)
    assert (first["kind"], first["gives"]) == ("discount", "25% off, at most ₪15.00")
    assert (first["art"], russian["art"]) == ("coffee", "coffee-ru")
    assert russian["gives"].startswith("Скидка 25%")
    assert (second["state"], second["uses_left"]) == ("open", 1)
    assert (third["state"], third["uses_left"]) == ("used", 0), "at once, before any worker heard of it"


async def test_what_has_ended_says_so_for_a_day(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER)

    town.clock.at += DAY + HOUR
    await renew(maya)
    over = await maya.get("/me/offers")
    town.clock.at += DAY
    await renew(maya)
    gone = await maya.get("/me/offers")

    assert [(each["state"], each["seconds_left"]) for each in over] == [("ended", 0)]
    assert gone == []


async def renew(person: Person) -> None:
    pair = await person.town.ask("POST", "/join/tokens", {"refresh_token": person.refresh_token})
    assert pair.status_code == 201, pair.text
    person.token, person.refresh_token = pair.json()["access_token"], pair.json()["refresh_token"]


async def test_what_is_sold_out_says_so_at_once(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, budget=Budget(units=1))
    before = await seen(maya)

    await sell(town, maya, 5_00)
    after = await seen(maya)

    assert (before["state"], after["state"], after["sold_out"]) == ("open", "sold-out", True)
    assert (before["units"], after["units"]) == ({"left": 1, "all": 1}, {"left": 0, "all": 1})


@pytest.mark.parametrize(
    "budget, before, after",
    [
        (Budget(units=200), {"left": 200, "all": 200}, {"left": 199, "all": 200}),
        (Budget(shop_units={"nola-1": 3, "nola-2": 2}), {"left": 5, "all": 5}, {"left": 4, "all": 5}),
        (Budget(units=4, shop_units={"nola-1": 3, "nola-2": 2}), {"left": 4, "all": 4}, {"left": 3, "all": 4}),
        (Budget(cents=5_00), None, None),
        (Budget(units=9, cents=5_00), {"left": 9, "all": 9}, {"left": 0, "all": 9}),
        (Budget(), None, None),
    ],
)
async def test_what_all_members_share_is_counted_down(town: Town, maya: Person, budget: Budget, before, after) -> None:
    shops = (await town.ask("GET", "/console/partners/nola/shops", key=town.operator_key)).json()
    named = dict(zip(budget.shop_units, (shops[0]["id"], "elsewhere"), strict=False))
    shared = replace(budget, shop_units={named[shop]: units for shop, units in budget.shop_units.items()})
    await publish(town, "quarter", QUARTER, budget=shared)
    untouched = await seen(maya)

    sold = await sell(town, maya, 5_00)

    assert sold.status_code == 200, sold.text
    assert (untouched["units"], (await seen(maya))["units"]) == (before, after)


async def test_an_offer_says_whether_it_waits_for_a_tap_and_for_how_large_a_basket(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, activation=True, conditions=Conditions(basket_minimum=150_00))

    found = await seen(maya)

    assert (found["applies_by_itself"], found["basket_minimum"]) == (False, 150_00)


@pytest.mark.parametrize(
    "benefit, kind, gives",
    [
        (Discount(amount=5_00), "discount", "₪5.00 off"),
        (FreeItem(2), "free-item", "Free, the cheapest first: 2"),
        (offers.Times(200), "times", "200% of the usual points"),
        (offers.Fixed(30), "fixed", "Points more: 30"),
        (offers.PerUnit(5), "per-unit", "Points for each piece: 5"),
        (Early("any-coffee"), "early-access", "Before others: Any coffee"),
    ],
)
async def test_every_benefit_is_said_in_words(town: Town, maya: Person, benefit: Any, kind: str, gives: str) -> None:
    await publish(town, "it", benefit)

    offer = await seen(maya)

    assert (offer["kind"], offer["gives"]) == (kind, gives)


@pytest.mark.parametrize("activation", [False, True])
async def test_a_reward_is_given_once(town: Town, maya: Person, activation: bool) -> None:
    await publish(town, "present", Gift("any-coffee"), activation=activation)
    if activation:
        before = await seen(maya)
        assert before["state"] == "needs-activation"
        await tap(maya, "present")
    await give_rewards(town)

    claims = await maya.get("/me/claims")
    offered = await quote(town, maya, COFFEE)

    assert [(each["reward"], each["points"], each["state"]) for each in claims] == [("any-coffee", 0, "active")]
    assert [each["reward"] for each in offered["vouchers"]] == ["any-coffee"]
    assert (await seen(maya))["state"] == "used"
    back = await maya.ask("DELETE", f"/me/claims/{claims[0]['id']}")
    assert back.status_code == 204 and (await maya.get("/me/card"))["points"] == 0


async def test_who_has_the_offer_claims_a_reward_before_others(town: Town, maya: Person) -> None:
    noam = await town.join("noam@example.com", "Noam")
    await town.follow()
    await publish(town, "sooner", Early("any-coffee"))
    async with town.outside.world.database.transaction() as db:
        await db.execute("update exposure set held_out = true where member_id = $1", noam.member_id)
        await db.execute("update rulebook_promise set since = $1 where id = 'any-coffee'", town.clock.at + DAY)
        await db.execute("update rulebook_version set version = version + 1000")
    for person in (maya, noam):
        await town.sell(person, *[BREAD] * 40)

    mine, theirs = await maya.get("/me/rewards"), await noam.get("/me/rewards")
    claimed = await maya.ask("PUT", f"/me/claims/{new_id()}", {"reward": "any-coffee"})
    refused = await noam.ask("PUT", f"/me/claims/{new_id()}", {"reward": "any-coffee"})

    assert "any-coffee" in [each["id"] for each in mine]
    assert "any-coffee" not in [each["id"] for each in theirs]
    assert claimed.status_code == 201, claimed.text
    assert await code_of(refused) == "reward-ended"


async def test_the_card_says_what_to_do_and_what_is_gone(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, activation=True, budget=Budget(units=1))
    async with town.outside.world.database.reading() as db:
        waits = await passes.face(db, maya.member_id, town.clock.at)
    await tap(maya)
    async with town.outside.world.database.reading() as db:
        counts = await passes.face(db, maya.member_id, town.clock.at)
    await sell(town, maya, 5_00)
    async with town.outside.world.database.reading() as db:
        gone = await passes.face(db, maya.member_id, town.clock.at)

    said = []
    for face in (waits, counts, gone):
        assert face.offer is not None
        said.append((face.offer.state, texts.offer_until(face.offer, face, town.clock.at)["en"]))
    assert said == [
        ("needs-activation", "activate by 19 November"),
        ("open", "until 19 November"),
        ("sold-out", "sold out"),
    ]


async def test_what_is_used_up_leaves_the_card(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, limits=Limits(uses=1))
    await sell(town, maya, 5_00)

    async with town.outside.world.database.reading() as db:
        face = await passes.face(db, maya.member_id, town.clock.at)

    assert face.offers == ()
