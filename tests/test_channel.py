"""What was sold over the web earns what is promised for the web; a till that knows no channels sells in the shop."""

from typing import Any

import msgspec
import pytest

from punchcard import rulebooks
from punchcard.checkout.model import Basket
from punchcard.demo import town as almond
from punchcard.foundation.ids import new_id
from tests.town import NOON, Person, Town, line

PROMISES = "".join(
    f"""
[[earn]]
id = "by-{channel}"
name = {{ en = "Only by {channel}" }}
award = {{ kind = "fixed", points = {points} }}
channels = ["{channel}"]
"""
    for channel, points in (("shop", 1000), ("web", 2000), ("app", 3000), ("phone", 4000))
)
ACTIVITIES = """
[[activity]]
id = "visit"
name = { en = "A visit" }
by = "anybody"

[[earn]]
id = "visit-here"
name = { en = "Come by" }
award = { kind = "fixed", points = 5 }
on = "visit"
channels = ["shop"]

[[earn]]
id = "visit-there"
name = { en = "Look in" }
award = { kind = "fixed", points = 7 }
on = "visit"
channels = ["app"]
"""


@pytest.fixture
async def maya(town: Town) -> Person:
    async with town.outside.world.database.transaction() as db:
        await rulebooks.publish(db, almond.PROGRAMME.read_text() + PROMISES + ACTIVITIES, NOON)
    return await town.join("maya@example.com")


def by_channel(answer: Any) -> dict[str, int]:
    """What the promises for one channel gave."""
    return {
        each["term"]: each["points"]
        for each in answer.json()["reasons"]
        if each["term"][:3] == "by-" and each["points"]
    }


@pytest.mark.parametrize(
    "said, given",
    [
        ({}, {"by-shop": 1000}),
        ({"channel": "shop"}, {"by-shop": 1000}),
        ({"channel": "web"}, {"by-web": 2000}),
        ({"channel": "app"}, {"by-app": 3000}),
        ({"channel": "phone"}, {"by-phone": 4000}),
    ],
)
async def test_a_promise_for_one_channel_gives_there_alone_as_the_quote_said(town, maya, said, given):
    basket = {"card": maya.card, "cashier": "Dana", "lines": [line(450)], **said}

    quoted = await town.ask("POST", "/till/quotes", basket, town.till_key)
    sold = await town.sell(maya, line(450), **said)

    assert (by_channel(quoted), by_channel(sold)) == (given, given)
    assert quoted.json()["earns"] == sold.json()["earned"]


async def test_another_channel_is_refused_and_nothing_is_kept(town, maya):
    answer = await town.sell(maya, line(450), channel="pigeon")

    assert answer.status_code == 400 and (await maya.get("/me/card"))["points"] == 0


async def test_a_sale_that_is_asked_for_again_over_another_channel_is_another_sale(town, maya):
    id = new_id()
    await town.sell(maya, line(450), id=id)

    again, other = await town.sell(maya, line(450), id=id), await town.sell(maya, line(450), id=id, channel="web")

    assert (again.headers.get("Idempotent-Replayed"), other.status_code) == ("true", 422)


def test_what_a_till_asked_before_there_were_channels_is_still_the_same_question():
    basket = msgspec.json.decode(
        b'{"card": "x", "cashier": "D", "lines": [{"sku": "a", "category": "b", "quantity": 1, "amount": 1}]}',
        type=Basket,
    )

    assert b"channel" not in msgspec.json.encode(basket)


async def test_activities_come_from_the_shop_by_a_till_and_from_the_app_by_a_member(town, maya):
    visit = {"kind": "visit"}
    here = await town.ask("PUT", f"/till/activities/{new_id()}", {"card": maya.card, **visit}, town.till_key)
    there = await maya.ask("PUT", f"/me/activities/{new_id()}", visit)

    assert (here.json()["earned"], there.json()["earned"]) == (5, 7)
