"""Flash offers, fired by a surplus, a place or an event; and offers that a member sets off."""

from typing import Any
from uuid import uuid4

import pytest

from punchcard.foundation.clock import DAY, HOUR, MINUTE, moment
from tests.test_offers_desk import FOUR, desk, draft
from tests.test_offers_desk_life import second_operator, used
from tests.town import Town

pytestmark = pytest.mark.anyio

WILLING = {"type": "consents-to", "purpose": "marketing"}


def template(**change: Any) -> dict[str, Any]:
    return {
        "partner_id": "nola",
        "name": {language: f"Rolls left ({language})" for language in FOUR},
        "text": {language: f"Fifty points with a roll ({language})." for language in FOUR},
        "audience": WILLING,
        "benefit": {"type": "fixed", "points": 50},
        "lasts_seconds": HOUR,
        "times_a_day": 3,
        "by": ["operator", "till"],
        "units_most": 20,
        **change,
    }


async def save(town: Town, **change: Any) -> Any:
    return await town.ask("PUT", "/console/flashes/rolls", template(**change), town.operator_key)


async def fire(town: Town, occasion: dict[str, Any], key: str = "", by_till: bool = False) -> Any:
    path = "/till/flashes/rolls" if by_till else "/console/flashes/rolls/firings"
    bearer = town.till_key if by_till else town.operator_key
    headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": key or str(uuid4())}
    return await town.client.request("POST", path, json=occasion, headers=headers)


async def test_a_surplus_is_offered_at_once_to_those_whose_shop_it_is_while_there_is_some(town: Town) -> None:
    maya, daniel = await town.join("maya@example.com"), await town.join("daniel@example.com", "Daniel")
    await used(town, maya)
    await town.follow()
    assert (await save(town)).status_code == 200

    fired = await fire(town, {"units": 2}, by_till=True)
    await town.follow()
    [open_now] = await maya.get("/me/offers")
    got = [await used(town, maya, term=fired.json()["offer_id"]) for _ in range(3)]
    daniels = await daniel.get("/me/offers")
    town.clock.at += HOUR
    await town.follow()
    maya = await town.join("maya@example.com")  # signed in again

    assert (fired.status_code, fired.json()["units"]) == (201, 2), fired.text
    assert open_now["id"] == fired.json()["offer_id"] == "rolls-1"
    assert daniels == [], "it is not Daniel's shop"
    assert got == [50, 50, 0]
    assert [each["state"] for each in await maya.get("/me/offers")] == ["ended"]


async def test_the_same_key_or_event_fires_once(town: Town) -> None:
    await save(town)
    key = str(uuid4())

    first = await fire(town, {"event": "rain-17", "units": 5}, key)
    again = await fire(town, {"event": "rain-17", "units": 5}, key)
    elsewhere = await fire(town, {"event": "rain-17"})
    other = await fire(town, {"event": "rain-18"}, key)
    second = await fire(town, {"event": "rain-18"})

    assert first.json()["offer_id"] == again.json()["offer_id"] == elsewhere.json()["offer_id"] == "rolls-1"
    assert other.status_code == 422 and second.json()["offer_id"] == "rolls-2"


async def test_it_is_fired_no_more_often_than_it_may_by_nobody_who_may_not_and_not_without_end(town: Town) -> None:
    await save(town, times_a_day=1, by=["till"], units_most=5)

    not_mine = await fire(town, {})
    too_many = await fire(town, {"units": 6}, by_till=True)
    once = await fire(town, {"units": 5}, by_till=True)
    town.clock.at += DAY - MINUTE
    twice = await fire(town, {"units": 5}, by_till=True)
    town.clock.at += MINUTE
    later = await fire(town, {"units": 5}, by_till=True)

    assert (not_mine.status_code, not_mine.json()["type"]) == (403, "urn:punchcard:not-to-fire")
    assert (too_many.status_code, too_many.json()["facts"]) == (409, {"most": 5})
    assert (once.status_code, twice.status_code, later.status_code) == (201, 409, 201)
    assert twice.json()["type"] == "urn:punchcard:fired-too-often"


async def test_another_partners_till_does_not_fire_it(town: Town) -> None:
    await save(town, partner_id="miro")

    answer = await fire(town, {"units": 5}, by_till=True)

    assert answer.status_code == 403


async def test_a_place_needs_a_point_and_how_near(town: Town) -> None:
    await save(town)

    half = await fire(town, {"latitude": 31.77})
    bare = await fire(town, {"latitude": 31.77, "longitude": 35.2})
    near = await fire(town, {"latitude": 31.77, "longitude": 35.2, "metres": 300})
    seen = (await desk(town, "GET", id="rolls-1")).json()

    assert (half.status_code, bare.status_code, near.status_code) == (400, 400, 201), near.text
    assert seen["audience"]["of"][1]["type"] == "near-within" and seen["state"] == "open"


async def test_a_dear_flash_offer_is_fired_once_a_second_operator_approved_its_version(town: Town) -> None:
    saved = await save(town, budget={"cents": 20_000_00})
    other = await second_operator(town)

    refused = await fire(town, {})
    mine = await town.ask("PUT", "/console/flashes/rolls/approval", {"version": 1}, town.operator_key)
    await town.ask("PUT", "/console/flashes/rolls/approval", {"version": 1}, other)
    approved = await fire(town, {})
    changed = await save(town, budget={"cents": 30_000_00})
    again = await fire(town, {})

    assert saved.json()["version"] == 1 and changed.json()["version"] == 2
    assert (refused.status_code, mine.status_code, approved.status_code, again.status_code) == (409, 403, 201, 409)


async def test_whoever_enters_a_segment_has_the_offer_for_a_while_and_once(town: Town) -> None:
    maya, daniel = await town.join("maya@example.com"), await town.join("daniel@example.com", "Daniel")
    made = {
        "who": {"type": "points-at-least", "points": 1},
        "name": {language: f"Begun ({language})" for language in FOUR},
        "watch": True,
    }
    assert (await town.ask("PUT", "/console/segments/begun", made, town.operator_key)).status_code == 200
    await town.follow()
    trigger = {"on": "entered", "segment": "begun", "lasts_seconds": HOUR}
    answer = await desk(town, "PUT", draft(town, audience=WILLING, trigger=trigger))
    town.clock.at += MINUTE
    await town.follow()
    before = await maya.get("/me/offers")

    await used(town, maya)
    await town.follow()
    [mine] = await maya.get("/me/offers")
    why = await maya.get("/me/offers/coffee-x2/why")
    gave, daniels = await used(town, maya), await daniel.get("/me/offers")
    town.clock.at += HOUR
    await town.follow()
    maya = await town.join("maya@example.com")  # signed in again

    assert answer.status_code == 201 and before == [], "it waits for somebody to enter"
    assert mine["personal"] and mine["until"] == moment(town.clock.at).isoformat().replace("+00:00", "Z")
    assert why["is_personal"] and "became yours" in why["because"][-1] and gave > 0
    assert [each["state"] for each in await maya.get("/me/offers")] == ["ended"] and daniels == []
    assert await used(town, maya) == 0
