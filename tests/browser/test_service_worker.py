"""The service worker in Chromium: what we seal and send is opened by the push service and really shown, in its language, under
its tag; and the browser says that it has it and that it was tapped.

No push service is reached from here, so that the stand-in opens the message and Chromium is handed its text (CDP)."""

import asyncio
import json
import queue
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import Task
from punchcard.push import by_browser
from punchcard.push.model import Delivery, Message
from punchcard.sandbox.webpush import PushService
from punchcard.surfaces.app.face import WORKER_HEADERS, worker
from punchcard.surfaces.web import static
from tests.test_webpush import hand, key, serving

from .seeing import comes_true

__all__ = ["key"]
pytestmark = pytest.mark.anyio
AT = 1_795_000_000
FAR = 4_000_000_000
NOTES = "navigator.serviceWorker.ready.then(r => r.getNotifications())"


PAGE = f"<!doctype html><title>app</title><!-- {static.version()} -->".encode()
"""A worker takes over with a page of its own tree, and with no other."""


class House(BaseHTTPRequestHandler):
    """An empty page where the app would be, the worker as the app sends it, and the receipts that come."""

    receipts: "queue.Queue[str]"
    too_early: int = 0

    def do_GET(self) -> None:
        body = worker() if self.path == "/app/worker.js" else PAGE
        headers = (
            WORKER_HEADERS | {"Content-Type": "text/javascript"}
            if self.path == "/app/worker.js"
            else {"Content-Type": "text/html"}
        )
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        self.receipts.put(self.path)
        self.send_response(404 if self.too_early else 204)
        type(self).too_early = max(0, self.too_early - 1)
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def house(too_early: int = 0) -> Iterator[tuple[str, queue.Queue[str]]]:
    receipts: queue.Queue[str] = queue.Queue()
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Mine", (House,), {"receipts": receipts, "too_early": too_early})
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}", receipts
    finally:
        server.shutdown()
        server.server_close()


class Chromium:
    """A page whose service worker is registered. What the push service opens is delivered to it."""

    def __init__(self, page: Page, cdp: Any, origin: str):
        self.page, self.cdp, self.origin = page, cdp, origin
        self.registrations: list[str] = []
        self.ready = asyncio.Event()
        self.delivering: list[asyncio.Task[Any]] = []
        cdp.on("ServiceWorker.workerRegistrationUpdated", self.registered)

    def registered(self, event: Any) -> None:
        self.registrations += [each["registrationId"] for each in event["registrations"]]
        if self.registrations:
            self.ready.set()

    def receive(self, plain: bytes, at: int) -> None:
        said = {"origin": self.origin, "registrationId": self.registrations[-1], "data": plain.decode()}
        self.delivering.append(asyncio.ensure_future(self.cdp.send("ServiceWorker.deliverPushMessage", said)))

    async def shown(self, count: int = 1) -> list[dict[str, Any]]:
        """The notifications that stand in the drawer, once there are so many."""
        await asyncio.gather(*self.delivering)
        await comes_true(self.page, f"{NOTES}.then(all => all.length >= {count})")
        said = await self.page.evaluate(
            f"{NOTES}.then(all => all.map(n => "
            "({title: n.title, body: n.body, tag: n.tag, lang: n.lang, dir: n.dir, silent: n.silent})))"
        )
        return list(said)


@asynccontextmanager
async def running(browser: Browser, too_early: int = 0) -> AsyncIterator[tuple[Chromium, queue.Queue[str]]]:
    with house(too_early) as (origin, receipts):
        context = await browser.new_context()
        await context.grant_permissions(["notifications"], origin=origin)
        page = await context.new_page()
        await page.goto(f"{origin}/app/")
        made = Chromium(page, await context.new_cdp_session(page), origin)
        await made.cdp.send("ServiceWorker.enable")
        await page.evaluate(
            "navigator.serviceWorker.register('/app/worker.js', {scope: '/app/'}).then(() => navigator.serviceWorker.ready)"
            ".then(() => 0)"
        )
        await asyncio.wait_for(made.ready.wait(), 10)
        yield made, receipts
        await context.close()


def delivery(title: str, body: str, language: str = "en", ends_at: int = FAR, id: str = "offer:coffee-x2") -> Delivery:
    message = Message(id=id, kind="offer", subject="coffee-x2", title=title, body=body, decided_at=AT, ends_at=ends_at)
    return Delivery(Task(new_id(), "push.announce", id, 1, 0, None), message, (), language)


async def pushed(chromium: Chromium, key: Path, folder: Path, *deliveries: Delivery) -> PushService:
    """Sent by our sender through the stand-in's push service to this browser."""
    async with serving(key, folder) as (service, client, config):
        subscription = service.subscribe(chromium, client.vapid.public)
        for each in deliveries:
            await hand(client, subscription, by_browser.written(config, each, AT))
            await asyncio.gather(*chromium.delivering)
    return service


async def test_the_browser_shows_what_was_sent_and_says_that_it_has_it(
    browser_with_drawer: Browser, key: Path, tmp_path: Path
) -> None:
    async with running(browser_with_drawer) as (chromium, receipts):
        await pushed(
            chromium, key, tmp_path, delivery("Double points on coffee", "Any coffee counts twice. Until 17:00.")
        )
        [shown] = await chromium.shown()
        receipt = await asyncio.to_thread(receipts.get, True, 10)

    assert (shown["title"], shown["body"]) == ("Double points on coffee", "Any coffee counts twice. Until 17:00.")
    assert (shown["tag"], shown["lang"], shown["dir"]) == ("offer:coffee-x2", "en", "ltr")
    assert receipt.endswith("/offer:coffee-x2/received")


async def test_a_tap_is_said_and_closes_it(browser_with_drawer: Browser, key: Path, tmp_path: Path) -> None:
    """A tap cannot be made from here: the worker is given the event that one brings. Opening a window needs a real one."""
    async with running(browser_with_drawer) as (chromium, receipts):
        await pushed(chromium, key, tmp_path, delivery("Coffee", "Any coffee counts twice."))
        await chromium.shown()
        await asyncio.to_thread(receipts.get, True, 10)
        [worker] = chromium.page.context.service_workers
        await worker.evaluate(
            "registration.getNotifications().then(([n]) => { dispatchEvent(new NotificationEvent('notificationclick',"
            " {notification: n})); return 0 })"
        )
        receipt = await asyncio.to_thread(receipts.get, True, 10)
        left = await chromium.page.evaluate(
            "navigator.serviceWorker.ready.then(r => r.getNotifications()).then(all => all.length)"
        )

    assert receipt.endswith("/offer:coffee-x2/opened") and left == 0


async def test_a_receipt_that_came_too_early_is_said_again(
    browser_with_drawer: Browser, key: Path, tmp_path: Path
) -> None:
    async with running(browser_with_drawer, too_early=1) as (chromium, receipts):
        await pushed(chromium, key, tmp_path, delivery("Coffee", "Any coffee counts twice."))
        said = [await asyncio.to_thread(receipts.get, True, 10) for _ in range(2)]

    assert said[0] == said[1] and said[0].endswith("/received")


async def test_hebrew_runs_from_right_to_left(browser_with_drawer: Browser, key: Path, tmp_path: Path) -> None:
    async with running(browser_with_drawer) as (chromium, _):
        await pushed(chromium, key, tmp_path, delivery("נקודות כפולות", "כל קפה נספר פעמיים.", "he"))
        [shown] = await chromium.shown()

    assert (shown["title"], shown["lang"], shown["dir"]) == ("נקודות כפולות", "he", "rtl")


async def test_what_is_told_again_stands_once(browser_with_drawer: Browser, key: Path, tmp_path: Path) -> None:
    async with running(browser_with_drawer) as (chromium, _):
        await pushed(chromium, key, tmp_path, delivery("Coffee", "One"), delivery("Coffee", "Two"))
        shown = await chromium.shown()

    assert [each["body"] for each in shown] == ["Two"]


async def test_what_ended_on_its_way_is_said_to_have_ended_without_a_sound(
    browser_with_drawer: Browser, key: Path, tmp_path: Path
) -> None:
    async with running(browser_with_drawer) as (chromium, _):
        await pushed(chromium, key, tmp_path, delivery("Coffee", "Any coffee counts twice.", ends_at=AT - 1))
        [shown] = await chromium.shown()

    assert (shown["body"], shown["silent"]) == ("This has ended meanwhile.", True)


async def test_who_signs_out_leaves_no_notes_in_the_drawer(
    browser_with_drawer: Browser, key: Path, tmp_path: Path
) -> None:
    async with running(browser_with_drawer) as (chromium, _):
        await pushed(chromium, key, tmp_path, delivery("Coffee", "Any coffee counts twice."))
        await chromium.shown()
        await chromium.page.evaluate("navigator.serviceWorker.ready.then(r => r.active.postMessage({forget: true}))")
        await comes_true(chromium.page, f"{NOTES}.then(all => all.length === 0)")


async def test_what_is_no_message_of_ours_breaks_nothing(
    browser_with_drawer: Browser, key: Path, tmp_path: Path
) -> None:
    async with running(browser_with_drawer) as (chromium, receipts):
        for text in (
            "",
            "no json",
            "[]",
            '{"title": 1}',
            json.dumps({"id": "x", "title": "T", "receipts": "//evil.example"}),
        ):
            chromium.receive(text.encode(), AT)
        shown = await chromium.shown()

    assert [each["title"] for each in shown] == ["T"] and receipts.empty()
