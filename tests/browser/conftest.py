"""One Chromium for the run; it asks nobody but the app in this process."""

import logging
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from litestar import Litestar, Response, get
from litestar.params import FromPath
from playwright.async_api import Browser, Page, Route, async_playwright

from punchcard.foundation.database import Connection
from punchcard.foundation.settings import Settings
from punchcard.surfaces.app import page as pages
from punchcard.surfaces.app.routes import html
from punchcard.surfaces.web.routes import send_file
from tests.conftest import OneTransaction
from tests.town import StandingClock, Town
from tests.town import opened as town_opened

from . import almond, living

WITH_DRAWER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
"""The browser as people have it, with a place where notifications stand; pictures that are kept are taken by it."""
CHROMIUM = shutil.which("chromium-headless-shell") or WITH_DRAWER
"""The same engine without windows of its own, which takes less than half of the processor, where there is one."""
ORIGIN = "https://card.test"
logging.getLogger("httpx").setLevel(logging.WARNING)


SANDBOX = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@asynccontextmanager
async def chromium(*arguments: str, path: str | None = CHROMIUM) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*SANDBOX, *arguments])
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    async with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
async def browser_with_drawer() -> AsyncIterator[Browser]:
    if not WITH_DRAWER:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    async with chromium(path=WITH_DRAWER) as opened:
        yield opened


def shows(write: Callable[[str], str]) -> httpx.AsyncClient:
    """An app that answers `/c/{language}` with what `write` makes, as the real route would send it."""

    @get("/c/{link:str}", sync_to_thread=False)
    def show(link: FromPath[str]) -> Response[str]:
        return html(write(link))

    app: Any = Litestar([show, send_file])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN)


def card(language: str) -> str:
    return card_of(almond.face(language), language)


def card_of(face: Any, language: str = "en") -> str:
    buttons = pages.wallets("link", "", apple=True, google=True)
    return pages.card(face, almond.extra(face.tier), almond.TITLE, buttons, language, almond.NOW)


@asynccontextmanager
async def opened(browser: Browser, app: httpx.AsyncClient, path: str, **how: Any) -> AsyncIterator[Page]:
    """The page, loaded, with its fonts; `page.complaints` gathers what the console and the policy say of it."""
    complaints: list[str] = []

    async def answer(route: Route) -> None:
        said = await app.get(route.request.url)
        headers = {name: value for name, value in said.headers.items() if name != "content-encoding"}
        await route.fulfill(status=said.status_code, headers=headers, body=said.content)

    context = await browser.new_context(**({"viewport": {"width": 390, "height": 844}} | how))
    await context.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('policy', e.violatedDirective, e.blockedURI))"
    )
    await context.route("**/*", answer)
    page = await context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    await page.goto(ORIGIN + path)
    await page.evaluate("document.fonts.ready.then(() => 0)")
    page.complaints = complaints  # type: ignore[attr-defined]  # ours, for the tests
    yield page
    await context.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Any]]:
    yield lambda write, path, **how: opened(browser, shows(write), path, **how)


@pytest.fixture(scope="session")
async def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[living.Living]:
    """The whole house, raised once in each process that runs such a file."""
    async with living.living(tmp_path_factory.mktemp("house")) as alive:
        yield alive


@pytest.fixture
async def town(db: Connection, papers: Settings) -> AsyncIterator[Town]:
    """The town of the other tests, which calls a database what is called a house here."""
    async with town_opened(OneTransaction(db), papers, StandingClock()) as made:
        yield made
