"""A till that was offline: its sales come late, out of order and twice, and everybody stands where they would have stood."""

from random import Random
from typing import Any
from uuid import UUID, uuid5

import pytest

from punchcard import journal
from punchcard.foundation.clock import DAY, HOUR, moment
from tests.journeys.people import sign_in_anew
from tests.town import NOON, Person, Town, line

TODAY = NOON + 3 * DAY
SOLD = [
    (NOON + HOUR, [line(18_00)]),
    (NOON + 2 * HOUR, [line(60_00, "produce", "oranges", 3)]),
    (NOON + DAY, [line(320_00, "dairy", "cheese", 2)]),
    (NOON + DAY + 60, [line(18_00), line(14_00, "pastry", "croissant")]),
    (NOON + 2 * DAY, [line(150_00, "olives", "olives")]),
    (NOON + 2 * DAY + 1, [line(24_00, "bakery", "loaf")]),
    (TODAY - HOUR, [line(36_00, quantity=2)]),
]
"""Five visits and more, and the way to Blossom: what came before decides what a sale earns."""
NAMES = UUID(int=7)


@pytest.fixture
def street(town: Town) -> Town:
    """Three days after the shops opened."""
    town.clock.at = TODAY
    return town


async def sold(town: Town, person: Person, order: list[int]) -> list[Any]:
    receipts = []
    for number in order:
        at, lines = SOLD[number]
        id = uuid5(NAMES, f"{person.card} {number}")
        answer = await town.sell(person, *lines, id=id, at=moment(at).isoformat())
        assert answer.status_code == 200, answer.text
        receipts.append(answer.json())
    return receipts


async def stands(town: Town, person: Person) -> dict[str, Any]:
    """What the member sees of it, and how each line came about."""
    await town.follow()
    await sign_in_anew(person)
    card, activity = await person.get("/me/card"), (await person.get("/me/activity"))["lines"]
    told = [(each["at"], each["points"], {why["term"]: why["points"] for why in each["reasons"]}) for each in activity]
    shown = {key: card[key] for key in ("points", "pending", "owed", "visits", "tier", "next_tier", "expiring")}
    return shown | {"activity": told, "challenges": await person.get("/me/challenges")}


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_any_number_of_times_gives_the_same_standing(street: Town, seed: int) -> None:
    in_order = await street.join("noam@example.com", "Noam")
    shuffled = await street.join("maya@example.com", "Maya")
    order, chance = list(range(len(SOLD))), Random(seed)
    late = order * 2
    chance.shuffle(late)
    await sold(street, in_order, order)

    await sold(street, shuffled, late)

    there = await stands(street, in_order)
    assert await stands(street, shuffled) == there
    assert there["points"] > 700 and there["tier"]["id"] == "blossom", "it was not for nothing"
    report = await journal.audit(street.outside.world.database)
    assert report.findings == []


async def test_a_repeat_gives_the_receipt_of_the_first_time_whatever_came_between(street: Town) -> None:
    maya = await street.join("maya@example.com")

    first = await sold(street, maya, [6, 0, 2])
    again = await sold(street, maya, [2, 0, 6])

    assert again == first[::-1]


async def test_points_that_a_late_return_took_are_not_spent_twice(street: Town) -> None:
    maya = await street.join("maya@example.com")
    await sold(street, maya, [2])
    back = {"quantities": [{"line": 0, "quantity": 2}], "at": moment(TODAY - HOUR).isoformat()}
    spent = await street.sell(maya, line(3_00, "olives", "olives"), tenders=[{"kind": "points", "amount": 300}])
    assert spent.status_code == 200, spent.text

    id = uuid5(NAMES, f"{maya.card} 2")
    returned = [
        (await street.ask("PUT", f"/till/sales/{id}/returns/{uuid5(NAMES, 'r')}", back, street.till_key)).json()
        for _ in range(2)
    ]
    card = await maya.get("/me/card")
    refused = await street.sell(maya, line(1_00, "olives", "olives"), tenders=[{"kind": "points", "amount": 100}])

    assert returned[0] == returned[1]
    assert card["points"] == 0 and card["owed"] > 0, "what was spent meanwhile stands as a debt"
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:punchcard:not-enough-points")
