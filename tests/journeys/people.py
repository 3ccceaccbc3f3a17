"""What days have in common: a phone to be told on, an offer from the desk, an evening that comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from punchcard.demo import town as almond
from punchcard.demo.offer import draft
from punchcard.foundation.clock import Instant
from punchcard.surfaces.app import events
from tests.town import Person, Town

REGULARS_AND_ALL = {"type": "all", "of": [{"type": "consents-to", "purpose": "marketing"}]}


async def set_up_phone(person: Person, language: str = "en") -> None:
    phone = {"kind": "fid", "address": f"fid-{person.member_id}", "platform": "android", "language": language}
    kept = await person.ask("PUT", "/me/phones/pixel", phone | {"zone": almond.ZONE})
    assert kept.status_code == 200, kept.text


async def publish(town: Town, id: str, since: Instant, until: Instant, **more: Any) -> None:
    """Double points on coffee at Nola, for everybody who wants to hear of offers."""
    body = draft(since, until) | {"audience": REGULARS_AND_ALL} | more
    published = await town.ask("PUT", f"/console/offers/{id}", body, town.operator_key)
    assert published.status_code == 201, published.text
    await town.follow()


async def let_it_be(town: Town, hour: int, minute: int = 0, days: int = 0) -> None:
    """Let time pass until then, and the worker do its work. Whoever has the app must sign in anew after a while."""
    here = datetime.fromtimestamp(town.clock.at, ZoneInfo(almond.ZONE)) + timedelta(days=days)
    town.clock.at = max(town.clock.at, int(here.replace(hour=hour, minute=minute, second=0).timestamp()))
    await town.follow()


async def sign_in_anew(person: Person) -> None:
    """What the app does when the access token has ended."""
    pair = await person.town.ask("POST", "/join/tokens", {"refresh_token": person.refresh_token})
    assert pair.status_code == 201, pair.text
    person.token, person.refresh_token = pair.json()["access_token"], pair.json()["refresh_token"]


def titles(town: Town) -> list[str]:
    """What phones were shown, the oldest first."""
    return [each["notification"]["title"] for each in town.outside.fcm.messages]


@asynccontextmanager
async def listening(town: Town, person: Person, last_seen: str = "") -> AsyncIterator[asyncio.Queue[bytes]]:
    """The lines of an event stream as they leave the app; the phone hangs up at the end."""
    headers = [(b"authorization", f"Bearer {person.token}".encode()), (b"host", b"punchcard.test")]
    headers += [(b"last-event-id", last_seen.encode())] if last_seen else []
    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/me/events",
        "raw_path": b"/me/events",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("punchcard.test", 80),
    }
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    hung_up = asyncio.Event()
    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if asked:
            return asked.pop()
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message.get("body", b"").startswith(b"id:"):
            heard.put_nowait(message["body"])

    answering = asyncio.create_task(town.app(scope, receive, send))
    yield heard
    hung_up.set()
    await asyncio.wait_for(answering, 5)
    watch = events.watch(town.outside.world.database)
    if watch.poller and not watch.inboxes:
        await asyncio.wait_for(watch.poller, 5)
