"""A day in Arabic and in Hebrew: whatever a person reads is in their language."""

import re
from typing import Any
from uuid import uuid4

import pytest

from punchcard.foundation.clock import HOUR
from tests.journeys.people import let_it_be, publish, set_up_phone, sign_in_anew
from tests.town import Person, Town, line

LETTERS = {"ar": r"[\u0600-\u06ff]", "he": r"[\u0590-\u05ff]"}
COFFEE = line(18_00)


@pytest.fixture(params=["ar", "he"])
async def layla(town: Town, request: pytest.FixtureRequest) -> tuple[Person, str]:
    person = await town.join("layla@example.com", "Layla", request.param)
    await set_up_phone(person, request.param)
    return person, request.param


def is_in(language: str, *texts: str) -> None:
    for text in texts:
        assert re.search(LETTERS[language], text), f"{text!r} is not in {language}"
        assert not re.search(r"[A-Za-z]{4,}", text), f"{text!r} is not in {language} alone"


async def test_the_one_time_code_comes_in_her_language(town: Town, layla: tuple[Person, str]) -> None:
    _, language = layla

    _, subject, text = town.outside.sender.letters[-1]

    is_in(language, subject.replace("Almond", ""), text.replace("Almond", ""))  # the programme's own name


async def test_the_receipt_and_the_activity_give_their_reasons_in_her_language(
    town: Town, layla: tuple[Person, str]
) -> None:
    person, language = layla

    receipt = (await town.sell(person, COFFEE, line(20_00, "produce", "oranges"))).json()
    activity = (await person.get("/me/activity", language))["lines"][0]

    is_in(language, receipt["tier"]["name"], activity["day"])
    for why in [*receipt["reasons"], *activity["reasons"]]:
        is_in(language, why["name"], why["sentence"])


async def test_what_she_reads_of_her_card_is_in_her_language(town: Town, layla: tuple[Person, str]) -> None:
    person, language = layla
    await town.sell(person, COFFEE)

    card = await person.get("/me/card", language)
    rewards, challenges = await person.get("/me/rewards", language), await person.get("/me/challenges", language)

    is_in(language, card["tier"]["name"], card["next_tier"]["name"])
    for reward in rewards:
        is_in(language, reward["name"], reward["text"])
    for challenge in challenges:
        is_in(language, challenge["name"])


async def test_refusals_are_said_in_her_language(town: Town, layla: tuple[Person, str]) -> None:
    person, language = layla
    await town.sell(person, COFFEE)
    wrong: list[tuple[str, str, Any]] = [
        ("PUT", f"/me/claims/{uuid4()}", {"reward": "olives"}),
        ("PUT", f"/me/claims/{uuid4()}", {"reward": "a-car"}),
        ("DELETE", f"/me/claims/{uuid4()}", None),
        ("PUT", "/me/profile", {"name": "Layla", "language": language, "zone": "Mars/Olympus"}),
        ("GET", "/me/nowhere", None),
        ("GET", "/till/nothing", None),
    ]

    refused = [await person.ask(*asked, language=language) for asked in wrong]

    for answer in refused:
        assert 400 <= answer.status_code < 500, answer.text
        is_in(language, answer.json()["detail"])


async def test_messages_and_why_they_came_or_did_not_are_in_her_language(town: Town, layla: tuple[Person, str]) -> None:
    person, language = layla
    await publish(town, "coffee-x2", town.clock.at + 60, town.clock.at + 3 * HOUR)
    await let_it_be(town, 12, 1)
    await let_it_be(town, 22, 30, days=1)  # of offers the house sends one a day
    await publish(town, "night-x2", town.clock.at + 60, town.clock.at + 14 * HOUR)
    await let_it_be(town, 22, 31)
    await sign_in_anew(person)

    held, sent = await person.get("/me/messages", language)

    assert (sent["state"], held["state"]) == ("sent", "held")
    is_in(language, sent["title"], sent["body"], sent["why"], held["title"], held["body"], held["note"])
    shown = town.outside.fcm.messages[0]["notification"]
    is_in(language, shown["title"], shown["body"])
