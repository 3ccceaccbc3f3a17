"""The devices that a member is signed in on: seen with the caller's own, and signed out one at a time."""

import re
from uuid import UUID

import pytest

from punchcard.foundation.ids import new_id
from tests.town import Person, Town

pytestmark = pytest.mark.anyio


async def signed_in(town: Town, contact: str, device: str) -> Person:
    await town.ask("POST", "/join/codes", {"contact": contact, "language": "en"})
    await town.follow()
    code = re.search(r"\b\d{6}\b", town.outside.sender.letters[-1][2])
    assert code
    body = {"contact": contact, "code": code[0], "device": device}
    answer = (await town.ask("POST", "/join/sessions", body)).json()
    return Person(town, UUID(answer["member_id"]), answer["access_token"], answer["refresh_token"], "")


async def test_every_device_is_listed_with_its_days_and_the_one_that_asks_is_named(town: Town):
    phone = await signed_in(town, "maya@example.com", "Maya's phone")
    since = town.clock.at
    town.clock.at += 3600
    browser = await signed_in(town, "maya@example.com", "Firefox")

    seen = await browser.get("/me/devices")
    by_phone = await signed_on_again(town, phone)
    again = await by_phone.get("/me/devices")

    assert [(each["name"], each["this"]) for each in seen] == [("Firefox", True), ("Maya's phone", False)]
    assert seen[1]["since"] == seen[1]["seen_at"] and seen[0]["since"] > seen[1]["since"]
    mine = next(each for each in again if each["this"])
    assert (mine["name"], mine["since"]) == ("Maya's phone", seen[1]["since"])
    assert mine["seen_at"] == seen[0]["seen_at"] and town.clock.at - since == 3600


async def signed_on_again(town: Town, person: Person) -> Person:
    """The same device with the next pair of tokens."""
    pair = (await town.ask("POST", "/join/tokens", {"refresh_token": person.refresh_token})).json()
    return Person(town, person.member_id, pair["access_token"], pair["refresh_token"], "")


async def test_a_device_that_is_signed_out_is_shut_out_within_a_second_and_the_others_stay(town: Town):
    phone = await signed_in(town, "maya@example.com", "phone")
    browser = await signed_in(town, "maya@example.com", "browser")
    there = next(each for each in await browser.get("/me/devices") if not each["this"])

    gone = [(await browser.ask("DELETE", f"/me/devices/{there['id']}")).status_code for _ in range(2)]
    town.clock.at += 1
    shut_out = await phone.ask("GET", "/me/card")
    renewed = await town.ask("POST", "/join/tokens", {"refresh_token": phone.refresh_token})

    assert gone == [204, 204]
    assert (shut_out.status_code, renewed.status_code) == (401, 401)
    assert [each["this"] for each in await browser.get("/me/devices")] == [True]


async def test_this_device_signs_itself_out_by_its_own_id(town: Town):
    phone = await signed_in(town, "maya@example.com", "phone")
    (mine,) = await phone.get("/me/devices")

    await phone.ask("DELETE", f"/me/devices/{mine['id']}")
    town.clock.at += 1

    assert (await phone.ask("GET", "/me/devices")).status_code == 401


async def test_nobody_signs_out_or_sees_the_devices_of_others(town: Town):
    maya = await signed_in(town, "maya@example.com", "phone")
    daniel = await signed_in(town, "daniel@example.com", "phone")
    (hers,) = await maya.get("/me/devices")

    answers = [(await daniel.ask("DELETE", f"/me/devices/{id}")).status_code for id in (hers["id"], new_id())]
    town.clock.at += 1

    assert answers == [204, 204]
    assert (await maya.ask("GET", "/me/card")).status_code == 200
    assert hers["id"] not in [each["id"] for each in await daniel.get("/me/devices")]


async def test_a_sign_in_whose_time_is_over_is_listed_no_more(town: Town):
    await signed_in(town, "maya@example.com", "old phone")
    town.clock.at += 91 * 86400
    browser = await signed_in(town, "maya@example.com", "browser")

    assert [each["name"] for each in await browser.get("/me/devices")] == ["browser"]
