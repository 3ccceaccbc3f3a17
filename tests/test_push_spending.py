"""Whoever's card spends hears of it at once, day and night; whoever is asked to approve has a minute to answer."""

from uuid import uuid4

import pytest

from punchcard.foundation.clock import HOUR
from tests.town import Person, Town, line

pytestmark = pytest.mark.anyio
PRICE = 18_00


@pytest.fixture
async def maya(town: Town) -> Person:
    """She has some 600 points, a phone, and it is her night."""
    town.clock.at += 11 * HOUR
    person = await town.join("maya@example.com")
    await town.sell(person, line(600_00, "coffee"))
    body = {"kind": "fid", "address": "fid-maya", "platform": "android", "language": "en", "zone": "Asia/Jerusalem"}
    assert (await person.ask("PUT", "/me/phones/phone-1", body)).status_code < 300
    await town.follow()
    return person


async def messages(person: Person, kind: str) -> list[dict[str, object]]:
    return [each for each in await person.get("/me/messages") if each["kind"] == kind]


async def test_a_spending_is_told_even_at_night(town: Town, maya: Person) -> None:
    worth = 5_00

    sold = await town.sell(
        maya, line(PRICE), tenders=[{"kind": "points", "amount": worth}, {"kind": "cash", "amount": PRICE - worth}]
    )
    await town.follow()

    assert sold.status_code == 200, sold.text
    [message] = await messages(maya, "spent")
    assert message["state"] == "sent" and "5.00" in str(message["title"])
    to, subject, _ = town.outside.sender.letters[-1]
    assert to == "maya@example.com" and "5.00" in subject


async def test_what_was_let_spend_and_never_written_is_not_told(town: Town, maya: Person) -> None:
    sold = await town.sell(maya, line(PRICE), tenders=[{"kind": "points", "amount": 999_00}])
    await town.follow()

    assert sold.status_code == 409
    assert await messages(maya, "spent") == []
    assert not [each for each in town.outside.sender.letters if "999" in each[1]]


async def test_a_till_asks_and_the_member_hears_of_it_within_the_minute(town: Town, maya: Person) -> None:
    asked = await town.ask("PUT", f"/till/approvals/{uuid4()}", {"card": maya.card, "worth": 90_00}, town.till_key)
    await town.follow()

    assert asked.status_code < 300, asked.text
    [message] = await messages(maya, "approval")
    assert message["state"] == "sent" and "90.00" in str(message["title"])
