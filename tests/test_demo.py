"""The demo's own rules: when its story may begin, how it moves real baskets, and how it says what was seen."""

import io
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest
from rich.console import Console

from punchcard import rulebooks
from punchcard.demo import baskets, promotions, story, town
from punchcard.demo.acts import mistyped
from punchcard.demo.away import Network
from punchcard.demo.browser import Browser
from punchcard.demo.evidence import Evidence, told
from punchcard.demo.people import Roll
from punchcard.foundation.clock import HOUR
from punchcard.offers.drafts import Sketch
from punchcard.offers.flash_model import Flash
from punchcard.sandbox.webpush import PushService

HERE = ZoneInfo(town.ZONE)
A_YEAR_OF_HOURS = range(
    int(datetime(2026, 1, 1, tzinfo=HERE).timestamp()), int(datetime(2027, 1, 2, tzinfo=HERE).timestamp()), HOUR
)


def test_the_story_begins_at_ten_ahead_of_now_and_ends_in_its_month_at_whatever_hour_it_is_started():
    for now in A_YEAR_OF_HOURS:
        start = datetime.fromtimestamp(story.first_morning(now), HERE)

        assert start.timestamp() > now and (start.hour, start.minute) == (story.MORNING_HOUR, 0)
        assert (start + timedelta(days=story.DAYS_OF_STORY)).month == start.month


def test_the_programme_of_the_story_can_be_published_without_a_doubt():
    assert rulebooks.check(town.PROGRAMME.read_text()) == []


@pytest.mark.parametrize(("hour", "days"), [(9, 0), (18, 1)])
def test_the_last_real_basket_keeps_its_hour_and_falls_within_the_day_before_now(hour: int, days: int):
    now = datetime(2026, 11, 22, 12, tzinfo=HERE)
    last = datetime(2017, 12, 31, hour)  # noqa: DTZ001  # the grocer's own local time

    moved = last + baskets.shift(last, int(now.timestamp()), town.ZONE)

    assert moved == datetime(2026, 11, 22 - days, hour)  # noqa: DTZ001


def test_a_card_mistyped_is_never_the_card():
    for card in ("7QK4M2XV8N3PR5T0W", "7QK7M2XV8N3PR5T0W"):
        assert mistyped(card) != card and len(mistyped(card)) == len(card)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ({"earned": 87, "balance": 1087}, "earned 87, balance 1,087"),
        ({"troubles": [], "reaches_regulars": True}, "troubles none, reaches regulars yes"),
        ("", "none"),
        (False, "no"),
        ("x" * 400, "x" * 300 + "…"),
    ],
)
def test_what_was_seen_is_said_in_words(seen: object, words: str):
    assert told(seen) == words


async def test_a_step_that_breaks_is_told_and_remembered_and_the_story_goes_on(tmp_path):
    written = io.StringIO()
    evidence = Evidence(Console(file=written, width=80))

    async def seen() -> int:
        return 1

    async def broken() -> int:
        raise ValueError("no phone answers")

    for expected, act in ((1, seen), (2, seen), (1, broken)):
        await evidence.step("Both cards show it", expected, act)
    evidence.write(tmp_path)

    assert [step.ok for step in evidence.steps] == [True, False, False] and len(evidence.failed) == 2
    assert "ValueError: no phone answers" in written.getvalue() and "expected: 2" in written.getvalue()
    assert max(map(len, written.getvalue().splitlines())) <= 80
    assert (tmp_path / "journey.json").read_text().count('"ok": false') == 2


def test_a_till_reckons_what_it_sold_what_came_back_and_the_points_of_both():
    roll = Roll()
    for amount, earned, spent in ((32_00, 15, 2200), (18_00, 28, 0), (-32_00, -15, -2200)):
        roll.print(amount, {"earned": earned, "spent": spent})

    assert roll.totals() == {"receipts": 3, "amount": 50_00, "returned": 32_00, "earned": 28, "spent": 0}


async def test_who_asks_over_a_line_that_is_cut_gets_no_answer():
    network = Network()
    network.is_cut = True

    async with httpx.AsyncClient(base_url="http://127.0.0.1:9", transport=network) as client:
        with pytest.raises(httpx.TransportError):
            await client.get("/health")


def test_every_offer_of_the_story_can_be_published_and_speaks_four_languages():
    now = int(datetime(2026, 11, 22, 12, tzinfo=HERE).timestamp())
    bodies = [promotions.quarter_off(now + HOUR), promotions.offer("miro", promotions.BREAD, now, now + HOUR)]

    written: list[Sketch | Flash] = [msgspec.convert(each, Sketch) for each in bodies]
    written.append(msgspec.convert(promotions.croissants(), Flash))

    assert all(len(each.name) == len(each.text) == 4 for each in written)


def test_a_browser_shows_a_message_once_however_often_it_comes_and_remembers_that_it_came_twice():
    browser = Browser(PushService(), "http://127.0.0.1:9")

    for title in ("Coffee", "Coffee, twice"):
        browser.receive(json.dumps({"id": "offer:a", "title": title}).encode(), 0)

    assert [each["title"] for each in browser.shown] == ["Coffee, twice"] and len(browser.opened) == 2
