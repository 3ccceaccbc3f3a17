"""The whole house, alive: PostgreSQL, API, worker and the stand-ins of Apple, Google and the push services, and people who open
its pages in Chromium. Whatever a page complains of (its console, a request that fails, the policy) fails the test."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Struct
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Response, ViewportSize

from punchcard.demo import story, town
from punchcard.demo.people import Caller, MemberApp, TillApp
from punchcard.demo.stage import Stage, raised
from punchcard.foundation import database as databases
from punchcard.foundation.clock import DAY
from punchcard.foundation.ids import new_id
from punchcard.members import sessions
from tests.conftest import FAST

PHONE, TABLET, TILL = (
    ViewportSize(width=390, height=844),
    ViewportSize(width=820, height=1180),
    ViewportSize(width=1024, height=768),
)
BROKEN = 500
LASTS_SECONDS = 300
WATCHED = "addEventListener('securitypolicyviolation', e => console.error('policy', e.violatedDirective, e.blockedURI))"
FILLED = """if (sessionStorage.getItem('filled') === null) {
  for (const [key, value] of Object.entries(%s)) if (localStorage.getItem(key) === null) localStorage.setItem(key, value)
  sessionStorage.setItem('filled', 1)
}"""
HARMLESS = ("Service Worker registration blocked by Playwright",)
COFFEE = {"sku": "flat-white", "category": "coffee", "brand": "", "quantity": 1, "amount": 18_00}


class Living(Struct, frozen=True):
    """The house and its keys."""

    stage: Stage
    keys: town.Town
    sessions: dict[UUID, dict[str, Any]] = {}
    """A member's sign-in for the pages that are looked at one after the other: beyond twenty the house ends the idlest."""

    @property
    def url(self) -> str:
        return self.stage.url

    def till(self, partner: str = "nola") -> TillApp:
        return TillApp(self.url, self.keys.till_keys[partner])

    def operator(self) -> Caller:
        return Caller(self.url, self.keys.operator_key)

    async def member(self, name: str = "Maya", language: str = "en") -> MemberApp:
        """Somebody new, who came in with a code like anybody."""
        app = MemberApp(self.url, language)
        contact = f"{name.lower() if name.isascii() else language}-{new_id()}@example.com"
        await app.join(contact, name, language, town.ZONE, self.stage.mailbox)
        return app

    async def session(self, member_id: UUID) -> dict[str, Any]:
        """A sign-in of a browser, as the app keeps it; the same for a while."""
        known = self.sessions.get(member_id)
        if known and known["until"] > (time.time() + LASTS_SECONDS) * 1000:
            return known
        database = await databases.connect(str(self.stage.config.database_url), connections_max=1)
        try:
            async with database.transaction() as db:
                pair = await sessions.start(db, self.stage.config.secrets, member_id, "Chrome", self.stage.clock.now())
        finally:
            await database.close()
        until = int((time.time() + pair.expires_in - 30) * 1000)
        tokens = {"access_token": pair.access_token, "refresh_token": pair.refresh_token}
        self.sessions[member_id] = {"member_id": str(member_id), **tokens, "until": until}
        return self.sessions[member_id]


@asynccontextmanager
async def living(root: Path) -> AsyncIterator[Living]:
    async with raised(root, *FAST, port=0) as stage:
        stage.clock.run_ahead(story.first_morning(stage.clock.now()) - stage.clock.now())
        yield Living(stage, await story.merchants(stage))


@asynccontextmanager
async def context_of(browser: Browser, kept: dict[str, str], **how: Any) -> AsyncIterator[BrowserContext]:
    """A browser of somebody's own; `kept` stands in its localStorage when it is opened first."""
    settings: dict[str, Any] = {
        "viewport": PHONE,
        "locale": "en-GB",
        "timezone_id": town.ZONE,
        "device_scale_factor": 1.5,
    } | how
    context = await browser.new_context(**settings)
    await context.add_init_script(WATCHED)
    await context.add_init_script(FILLED % json.dumps(kept))
    yield context
    await context.close()


def listening(page: Page) -> list[str]:
    """What the page complains of, as it comes."""
    complaints: list[str] = []

    def heard(text: str) -> None:
        if not any(each in text for each in HARMLESS):
            complaints.append(text)

    def console(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            heard(said.text)

    def answer(said: Response) -> None:
        if said.status >= BROKEN:
            heard(f"{said.status} {said.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: heard(str(error)))
    page.on("response", answer)
    return complaints


@asynccontextmanager
async def phone(
    house: Living, browser: Browser, app: MemberApp | None, path: str = "/app/", language: str = "en", **how: Any
) -> AsyncIterator[Page]:
    """The member's app in a browser of theirs; without `app`, somebody who is not signed in. Complaints fail at the end."""
    kept = {"pc.language": language}
    if app:
        kept["pc.session"] = json.dumps(await house.session(who_is(app)))
    async with opened(house, browser, path, kept, **how) as page:
        yield page


def who_is(app: MemberApp) -> UUID:
    assert app.member_id, "has not joined"
    return app.member_id


@asynccontextmanager
async def till_page(
    house: Living, browser: Browser, partner: str = "nola", language: str = "en", path: str = "/till", **how: Any
) -> AsyncIterator[Page]:
    """The till in a browser of the shop's, where Dana has begun her shift."""
    shift = {"name": "Dana", "until": (house.stage.clock.now() + DAY) * 1000}
    key = house.keys.till_keys[partner]
    kept = {"pc.language": language, "pc.till.key": json.dumps(key), "pc.till.shift": json.dumps(shift)}
    async with opened(house, browser, path, kept, **({"viewport": TILL} | how)) as page:
        yield page


@asynccontextmanager
async def opened(house: Living, browser: Browser, path: str, kept: dict[str, str], **how: Any) -> AsyncIterator[Page]:
    tolerated: tuple[str, ...] = how.pop("tolerated", ())
    async with context_of(browser, kept, **how) as context:
        page = await context.new_page()
        complaints = listening(page)
        await page.goto(house.url + path if path.startswith("/") else path)
        yield page
        said = [each for each in complaints if not any(known in each for known in tolerated)]
        assert not said, f"{path} complained: {said}"
