"""The service worker keeps the app: the card stands without the house, one tree of files follows another under an open page,
and nothing that the house said of a member lies in a cache.

The house is a stand-in that can be slow, down or of another tree from one request to the next; its files and pages are ours."""

import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from msgspec import structs
from playwright.async_api import Browser, BrowserContext, Page, expect

from punchcard.surfaces.app import face
from punchcard.surfaces.web import Face, static
from punchcard.surfaces.web import page as shell

from .seeing import comes_true

pytestmark = pytest.mark.anyio
SLOW_SECONDS = 30
MEMBER = "01a20421-4e07-7198-91ac-1068720dab3e"
TIER = {"id": "blossom", "name": "Blossom", "until": None, "projected": None, "to_stay": 0, "look": "blossom"}
API: dict[str, Any] = {
    "/programme": {
        "name": "Almond",
        "zone": "Asia/Jerusalem",
        "currency": "ILS",
        "unit": "",
        "partners": [],
        "tiers": [{"id": "blossom", "name": "Blossom", "look": "blossom"}],
        "wallets": {"apple": False, "google": False},
        "badges": {"apple": None, "google": None},
        "push": False,
    },
    "/me/card": {
        "code": "ZT03XPDZ2HTZ8T557",
        "version": 1,
        "points": 2076,
        "unit": "",
        "worth": {"amount": 2076, "currency": "ILS"},
        "tier": TIER,
        "next_tier": None,
    },
    "/me/card/codes": {
        "static": "ZT03XPDZ2HTZ8T557",
        "prefix": "ZT03XPDZ2HTZ8T557",
        "key": "7456e7e63efeccf204c434fb3980f90575312ad6",
        "period": 30,
        "digits": 8,
    },
    "/me/offers": [],
    "/me/inbox": {"unread": 0, "items": []},
    "/me/wallets": {"apple": None, "google": None, "bundle": None, "tickets": []},
    "/me/spend-lock": {"locked": False, "since": None},
    "/me/approvals": [],
    "/me/profile": {"member_id": MEMBER, "name": "Maya", "language": "en", "zone": "Asia/Jerusalem"},
}
SESSION = {"member_id": MEMBER, "access_token": "a", "refresh_token": "r", "until": 4_000_000_000_000}
CACHES = """caches.keys().then(names => Promise.all(names.map(async name =>
  [name, (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)])))"""
UPDATED = """navigator.serviceWorker.getRegistration('/app/').then(registration => new Promise(done => {
  navigator.serviceWorker.addEventListener('controllerchange', () => done(0))
  registration.update()
}))"""
ACTIVATED = "navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')"
TREE = "document.querySelector('script').src.split('/')[5]"


LATER = "app.joined/known.js"


class House(BaseHTTPRequestHandler):
    """Files and pages as the app serves them, and an API that knows one member."""

    mood = ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/app/":
            if self.mood == "slow":
                time.sleep(SLOW_SECONDS)
            headers = face_headers() | {"X-Mood": self.mood}
            self.answer(500 if self.mood == "ill" else 200, page_of_the_app(), "text/html", headers)
        elif path == "/app/worker.js":
            self.answer(200, face.worker(), "text/javascript", face.WORKER_HEADERS)
        elif path.startswith("/static/"):
            name, for_good = static.asked(path.removeprefix("/static/"))
            file = static.files().get(name)
            headers = {"Cache-Control": "public, max-age=31536000, immutable" if for_good else "no-store"}
            self.answer(*((200, file.body, file.media_type) if file else (404, b"", "text/plain")), headers)
        elif path in API:
            self.answer(200, json.dumps(API[path]).encode(), "application/json", {"Cache-Control": "no-store"})
        else:
            self.answer(404, b"{}", "application/problem+json", {})

    def answer(self, status: int, body: bytes, media_type: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": media_type, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


def app() -> Face:
    return Face("app", face.MAIN, "Almond", face.STYLES, face.VENDORED, "/app/manifest.json")


def page_of_the_app() -> bytes:
    return str(shell(app(), "en").content).encode()


def face_headers() -> dict[str, str]:
    return dict(shell(app(), "en").headers)


@contextmanager
def served(port: int = 0) -> Iterator[tuple[type[House], int]]:
    kind = type("Mine", (House,), {})
    server = ThreadingHTTPServer(("127.0.0.1", port), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield kind, server.server_port
    finally:
        server.shutdown()
        server.server_close()


@asynccontextmanager
async def somebody(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    kept = json.dumps({"pc.session": json.dumps(SESSION), "pc.language": "en"})
    await context.add_init_script(f"for (const [k, v] of Object.entries({kept})) localStorage.setItem(k, v)")
    yield context
    await context.close()


async def started(context: BrowserContext, port: int) -> Page:
    page = await context.new_page()
    await page.goto(f"http://localhost:{port}/app/")
    await expect(page.locator(".card-code .m path")).to_have_count(1)
    return page


async def kept_whole(page: Page) -> None:
    """The worker is there and knows what the page is made of: its words are among it."""
    await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    await comes_true(
        page, f"{CACHES}.then(all => all.some(([, paths]) => paths.some(p => p.includes('/words/app.en'))))"
    )


async def test_the_card_stands_without_the_house(browser: Browser) -> None:
    async with somebody(browser) as context:
        with served() as (_, port):
            page = await started(context, port)
            await kept_whole(page)
            await page.close()
        page = await started(context, port)

        await expect(page.locator(".note")).to_be_visible()
        await expect(page.locator(".card-top .bal")).to_contain_text("2,076")
        await expect(page.locator(".card-top .worth")).to_contain_text("Balance as of")
        assert await page.evaluate("document.fonts.ready.then(f => f.check('16px Rubik'))")
        assert await page.locator(".branch").evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
        await page.locator(".cardwrap").click()
        await expect(page.locator(".full .no")).to_have_text("ZT03 XPDZ 2HTZ 8T55 7")


@pytest.mark.parametrize("mood", ["slow", "ill"])
async def test_a_house_that_is_slow_or_ill_keeps_nobody_waiting(browser: Browser, mood: str) -> None:
    async with somebody(browser) as context:
        with served() as (kind, port):
            page = await started(context, port)
            await kept_whole(page)
            await page.close()
            kind.mood = mood
            began = time.monotonic()
            page = await started(context, port)
            assert time.monotonic() - began < SLOW_SECONDS
            assert await page.evaluate("document.title") != ""


async def test_a_house_that_answers_is_heard_before_what_is_kept(browser: Browser) -> None:
    async with somebody(browser) as context:
        with served() as (kind, port):
            page = await started(context, port)
            await kept_whole(page)
            kind.mood = "well"
            said = await page.reload()
            mood = said and await said.header_value("X-Mood")

    assert mood == "well"


async def test_caches_hold_files_and_the_page_and_nothing_of_anybody(browser: Browser) -> None:
    async with somebody(browser) as context:
        with served() as (_, port):
            page = await started(context, port)
            await kept_whole(page)
            await page.reload()
            await kept_whole(page)
            found = await page.evaluate(CACHES)

    [(name, paths)] = found
    assert name == f"pc.app.{static.version()}" and "/app/" in paths
    assert all(path == "/app/" or path.startswith(f"/static/v/{static.version()}/") for path in paths)
    assert not any("till" in path or "/scan/" in path for path in paths)


@pytest.fixture
def two_trees(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Gives what swaps the house's files for those of the next version, in which a lazily loaded module says so."""
    real = static.files()

    def swap(to: str) -> None:
        said = structs.replace(real[LATER], body=f"export const tree = '{to}'\n".encode(), digest=to)
        monkeypatch.setattr(static, "files", lambda: {**real, LATER: said})
        static.version.cache_clear()
        face.worker.cache_clear()

    yield swap
    static.version.cache_clear()
    face.worker.cache_clear()


async def test_a_new_tree_takes_over_at_the_next_start_and_an_open_page_goes_on_with_its_own(
    browser: Browser, two_trees: Any
) -> None:
    two_trees("one")
    known = "tree => import(`/static/v/${tree}/app.joined/known.js`).then(({ tree }) => tree)"
    async with somebody(browser) as context:
        with served() as (_, port):
            page = await started(context, port)
            await kept_whole(page)
            old = await page.evaluate(TREE)
            two_trees("two")
            await page.evaluate(UPDATED)
            await comes_true(page, ACTIVATED)  # what it drops when it takes over is gone by now
            both = {name for name, _ in await page.evaluate(CACHES)}
            asked_late = await page.evaluate(known, old)
            await page.close()

            page = await started(context, port)
            new = await page.evaluate(TREE)
            await kept_whole(page)
            await comes_true(page, "caches.keys().then(names => names.length === 1)")
            left = [name for name, _ in await page.evaluate(CACHES)]
            asked_now = await page.evaluate(known, new)

    assert both == {f"pc.app.{old}", f"pc.app.{new}"} and old != new
    assert (asked_late, asked_now) == ("one", "two")
    assert left == [f"pc.app.{new}"]
