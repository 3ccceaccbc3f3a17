"""What members read of their own journal, over HTTP: the card, the activity, and events as they happen."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from punchcard.demo.people import line
from punchcard.foundation import watching
from punchcard.foundation.clock import DAY
from punchcard.foundation.ids import new_id
from punchcard.surfaces.app import events
from tests.town import Person, Town

COFFEE = line("flat-white", "coffee", 18_00)


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com", "Maya")


async def test_the_card_says_where_she_stands_in_her_language(town, maya):
    empty = await maya.get("/me/card", "he")
    await town.sell(maya, COFFEE)

    card = await maya.get("/me/card", "he")

    assert (empty["version"], empty["points"], empty["expiring"]) == (0, 0, None)
    assert card["code"] == maya.card and card["version"] == 1
    assert (card["points"], card["worth"]) == (73, {"amount": 73, "currency": "ILS"})
    assert card["tier"]["id"] == "bud" and card["tier"]["name"] != "Bud" and card["tier"]["until"] is None
    assert card["next_tier"]["id"] == "blossom" and card["next_tier"]["missing"] == 500 - 73
    assert (card["next_tier"]["threshold"], card["next_tier"]["done"], card["tier"]["look"]) == (500, 73, "bud")
    assert card["expiring"]["points"] == 73 and card["expiring"]["at"] > "2027"


async def test_the_calendar_says_what_expires_on_which_last_day(town, maya):
    await town.sell(maya, COFFEE)
    town.clock.at += 20 * DAY
    maya = await town.join("maya@example.com")
    await town.sell(maya, COFFEE)

    found = await maya.get("/me/card/expiries")

    assert [(each["day"], each["points"], each["pending"]) for each in found] == [
        ("2027-11-30", 73, False),
        ("2027-12-31", 23, False),
    ]
    assert (await maya.get("/me/card"))["expiring"] == {"points": found[0]["points"], "at": found[0]["at"]}


async def test_whoever_has_nothing_has_nothing_that_expires(maya):
    assert await maya.get("/me/card/expiries") == []


async def test_the_activity_gives_its_reasons_and_goes_on_page_by_page(town, maya):
    for _ in range(3):
        await town.sell(maya, COFFEE)

    first = await maya.get("/me/activity?limit=2", "ru")
    rest = await maya.get(f"/me/activity?limit=2&before={first['before']}", "ru")

    assert [line["points"] for line in first["lines"] + rest["lines"]] == [23, 23, 73]
    assert rest["before"] is None
    newest = first["lines"][0]
    assert (newest["kind"], newest["shop"], newest["day"]) == ("sale", "Nola Coffee", "18 ноября")
    assert newest["amount"] == {"amount": 1800, "currency": "ILS"}
    assert {why["verdict"]: why["sentence"] for why in newest["reasons"] if why["term"] in ("base", "welcome")} == {
        "applied": "Балл за шекель",
        "not-first": "Первая покупка: только за первую покупку",
    }


async def test_points_that_expired_are_a_line_too(town, maya):
    await town.sell(maya, COFFEE)
    town.clock.at += 400 * DAY
    await town.follow()
    maya = await town.join("maya@example.com")

    newest = (await maya.get("/me/activity"))["lines"][0]

    assert (newest["kind"], newest["points"], newest["id"]) == ("time", -73, "")
    assert newest["reasons"][0]["sentence"] == "Points that expired"


@pytest.mark.parametrize("before", ["x", "~", "1e9~a", "99999999999999999999~a", "-1~a", "١~a", "1"])
async def test_a_page_that_was_never_given_out_is_refused(maya, before):
    answer = await maya.ask("GET", f"/me/activity?before={before}")

    assert answer.status_code == 400


@pytest.mark.parametrize("limit", ["0", "101", "x", "9" * 4000])
async def test_a_page_has_its_bounds(maya, limit):
    assert (await maya.ask("GET", f"/me/activity?limit={limit}")).status_code == 400


@asynccontextmanager
async def listening(town: Town, person: Person, last_seen: str = "") -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
    """The messages of an event stream as they leave the app; the phone hangs up at the end."""
    headers = [(b"authorization", f"Bearer {person.token}".encode()), (b"host", b"punchcard.test")]
    headers += [(b"last-event-id", last_seen.encode())] if last_seen else []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/me/events", "raw_path": b"/me/events", "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("punchcard.test", 80),
    }  # fmt: skip
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    hung_up = asyncio.Event()
    asked = asyncio.Queue[dict[str, Any]]()
    asked.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, Any]:
        if not asked.empty():
            return asked.get_nowait()
        await hung_up.wait()
        return {"type": "http.disconnect"}

    answering = asyncio.create_task(town.app(scope, receive, sent.put))  # type: ignore[arg-type]  # litestar types messages more closely
    yield sent
    hung_up.set()
    await asyncio.wait_for(answering, 5)
    await quiet(town)


async def quiet(town: Town) -> None:
    """Once nobody listens, the poller takes its last look and leaves the test's one connection alone."""
    watch = events.watch(town.outside.world.database)
    if watch.poller and not watch.inboxes:
        await asyncio.wait_for(watch.poller, 5)


async def heard(sent: asyncio.Queue[dict[str, Any]]) -> bytes:
    while True:
        message = await asyncio.wait_for(sent.get(), 5)
        if message["type"] == "http.response.start":
            assert message["status"] == 200
            assert (b"content-type", b"text/event-stream; charset=utf-8") in [
                tuple(each) for each in message["headers"]
            ]
        elif message["body"].startswith(b"id:"):
            return bytes(message["body"])


async def test_she_hears_at_once_where_she_stands_and_then_of_every_change(town, maya):
    async with listening(town, maya) as sent:
        first = await heard(sent)
        await town.sell(maya, COFFEE)
        second = await heard(sent)

    assert first == b'id: 0\nevent: standing\ndata: {"version":0}\n\n'
    assert second == b'id: 1\nevent: standing\ndata: {"version":1}\n\n'


async def test_she_hears_when_a_till_asks_for_her_yes_and_when_that_is_answered_or_over(town, maya):
    async def asked() -> str:
        body = {"card": maya.card, "worth": 80_00}
        return str((await town.ask("PUT", f"/till/approvals/{new_id()}", body, town.till_key)).json()["id"])

    async with listening(town, maya) as sent:
        versions = [await of_approvals(sent)]
        first = await asked()
        versions.append(await of_approvals(sent))
        await maya.ask("PUT", f"/me/approvals/{first}", {"approve": True})
        versions.append(await of_approvals(sent))
        await asked()
        versions.append(await of_approvals(sent))
        town.clock.at += 60
        versions.append(await of_approvals(sent))

    assert versions[0] == versions[2] == versions[4] == 0
    assert versions[1] != versions[3] and min(versions[1], versions[3]) > 0 and max(versions) < 2**53


async def of_approvals(sent: asyncio.Queue[dict[str, Any]]) -> int:
    """The version of the next event of this kind."""
    while True:
        body = (await asyncio.wait_for(sent.get(), 5)).get("body", b"")
        if body.startswith(b"event: approvals\n"):
            return int(json.loads(body.partition(b"data: ")[2])["version"])


async def test_who_comes_again_hears_only_what_is_new(town, maya):
    await town.sell(maya, COFFEE)

    async with listening(town, maya, "1") as sent:
        await asyncio.sleep(3 * watching.POLL_SECONDS)
        silent = all(b"id:" not in message.get("body", b"") for message in drained(sent))
        await town.sell(maya, COFFEE)
        news = await heard(sent)

    assert silent and news.startswith(b"id: 2\n")


def drained(sent: asyncio.Queue[dict[str, Any]]) -> list[dict[str, Any]]:
    return [sent.get_nowait() for _ in range(sent.qsize())]


async def test_all_who_listen_are_served_by_one_query_and_nobody_listening_costs_none(town, maya):
    noam = await town.join("noam@example.com", "Noam")
    watch = events.watch(town.outside.world.database)

    async with listening(town, maya) as one, listening(town, maya) as two, listening(town, noam) as three:
        for sent in (one, two, three):
            await heard(sent)
        poller = watch.poller
        await town.sell(noam, COFFEE)
        await heard(three)
        assert watch.poller is poller and len(watch.inboxes) == 2

    await asyncio.sleep(2 * watching.POLL_SECONDS)
    assert poller and poller.done() and not watch.inboxes and not watch.versions
