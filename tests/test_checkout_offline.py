"""What a till sold without a network has happened: what nothing covers is the shop's loss, never a member's debt."""

import asyncio
from uuid import UUID

import pytest

from punchcard import checkout
from punchcard.checkout import CardUnknown, PaidWith
from punchcard.foundation.clock import HOUR, moment
from punchcard.foundation.ids import new_id
from tests.counters import claimed, counter_of, give, sold_offline, stands, whole
from tests.town import Person, StandingClock, Town, opened


@pytest.fixture
async def maya(town: Town) -> Person:
    """A member with 500 points since two hours ago."""
    person = await town.join("maya@example.com")
    await give(town, person, 500, ago_seconds=2 * HOUR)
    return person


async def token(person: Person, worth: int) -> str:
    answer = await person.ask("PUT", f"/me/spend-tokens/{new_id()}", {"shop": "nola-1", "worth": worth})
    assert answer.status_code < 300, answer.text
    return str(answer.json()["token"])


async def test_points_pay_as_far_as_there_are_any_and_the_shop_bears_the_rest(town, maya):
    receipt = await sold_offline(town, maya, PaidWith("points", 18_00))

    assert (receipt["spent"], receipt["shortfall"]) == (500, 13_00)
    assert await stands(town, maya) == receipt["balance"] == receipt["earned"]
    await whole(town)


async def test_what_is_locked_is_not_spent_and_a_token_is(town, maya):
    made = await token(maya, 4_00)
    answer = await maya.ask("PUT", "/me/spend-lock")
    assert answer.status_code < 300, answer.text

    receipt = await sold_offline(
        town, maya, PaidWith("points", 1_00), PaidWith("points", 4_00, token=made), PaidWith("cash", 13_00)
    )

    assert (receipt["spent"], receipt["shortfall"]) == (400, 1_00)


async def test_a_token_that_is_shown_twice_pays_once(town, maya):
    made = await token(maya, 4_00)
    tenders = (PaidWith("points", 4_00, token=made), PaidWith("cash", 14_00))

    receipts = [await sold_offline(town, maya, *tenders) for _ in range(2)]

    assert [(each["spent"], each.get("shortfall", 0)) for each in receipts] == [(400, 0), (0, 4_00)]


async def test_a_reward_that_was_used_meanwhile_is_the_shops_loss(town, maya):
    voucher = await claimed(maya)
    tenders = (PaidWith("voucher", 5_00, voucher=UUID(voucher)), PaidWith("cash", 13_00))

    receipts = [await sold_offline(town, maya, *tenders) for _ in range(2)]

    assert [(each["vouchers_used"], each.get("shortfall", 0)) for each in receipts] == [([voucher], 0), ([], 5_00)]


async def test_it_happened_at_its_own_time_and_leaves_nobody_owing(town, maya):
    """Points that were spent since cannot be spent then."""
    voucher = await claimed(maya)
    assert voucher

    receipt = await sold_offline(town, maya, PaidWith("points", 18_00), at=moment(town.clock.now() - HOUR))

    assert (receipt["spent"], receipt["shortfall"]) == (0, 18_00)
    assert (await maya.get("/me/card"))["owed"] == 0
    await whole(town)


async def test_unknown_cards_are_refused_all_the_same(town):
    counter = await counter_of(town, offline=True)
    basket = checkout.Basket(card="0000-0000-0000-0000-0", cashier="Dana", lines=(checkout.BasketLine("x", "y", 1, 1),))

    with pytest.raises(CardUnknown):
        await checkout.sell(counter, new_id(), basket)


async def test_many_tills_that_were_offline_at_once_take_no_more_than_there_is(pool, papers):
    async with opened(pool, papers, StandingClock()) as street:
        maya = await street.join("maya@example.com")
        await give(street, maya, 700)

        receipts = await asyncio.gather(*(sold_offline(street, maya, PaidWith("points", 18_00)) for _ in range(6)))

        earned = sum(each["earned"] for each in receipts)
        spent = sum(each["spent"] for each in receipts)
        assert spent + sum(each["shortfall"] for each in receipts) == 6 * 18_00
        assert await stands(street, maya) == 700 + earned - spent >= 0
        await whole(street)
