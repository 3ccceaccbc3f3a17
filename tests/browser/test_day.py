"""A day with both faces in Chromium: the till's camera sees the code on the member's phone, the sale is made, and phone, Apple
pass, Google card and the browser's push say so, without a reload."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from punchcard.demo import browser as demo_browser
from punchcard.demo import town
from punchcard.demo.people import MemberApp
from punchcard.sandbox.android import Android
from punchcard.sandbox.iphone import IPhone

from . import film
from .conftest import chromium
from .living import COFFEE, Living, context_of, listening, phone, till_page, who_is
from .test_service_worker import Chromium

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("house")]
SEEN_SECONDS_MAX = 10


@asynccontextmanager
async def camera_till(house: Living, code: bytes, folder: Path) -> AsyncIterator[Page]:
    """The till in a browser of its own, whose camera sees this picture."""
    seen = film.shot(code, folder / "camera.y4m")
    async with chromium(*film.camera(seen)) as other, till_page(house, other) as till:
        yield till


async def balance(page: Page, points: str) -> None:
    await expect(page.locator(".bal")).to_contain_text(points, timeout=SEEN_SECONDS_MAX * 1000)


async def test_the_camera_sees_the_phone_and_everything_follows(
    house: Living, browser: Browser, tmp_path: Path
) -> None:
    maya = await house.member("Maya")
    iphone = IPhone(house.stage.apns, house.stage.authority.root, http_allowed=True)
    android = Android(house.stage.google)
    links = await maya.get("/me/wallets")
    await iphone.add(links["apple"])
    android.save(links["google"])

    async with phone(house, browser, maya) as app:
        await balance(app, "0")
        loads: list[str] = []
        app.on("framenavigated", lambda frame: loads.append(frame.url))
        code = await app.locator(".card-code .qr").screenshot()
        async with camera_till(house, code, tmp_path) as till:
            try:
                await expect(till.get_by_role("heading", name="Maya")).to_be_visible(timeout=15_000)
            finally:
                await till.screenshot(path="/tmp/dev/day.png")
            await till.get_by_role("button", name="Flat white").click()
            await till.get_by_role("button", name="Sell").click()
            await expect(till.get_by_role("heading", name="Sold")).to_be_visible()
            await expect(till.locator(".paper")).to_contain_text("Flat white")
        card = await maya.get("/me/card")
        assert card["points"] > 0
        await balance(app, str(card["points"]))
        assert loads == [], "the page was loaded anew"
    await shows(iphone, android, card["points"])
    await iphone.close()
    await maya.close()


async def shows(iphone: IPhone, android: Android, points: int) -> None:
    """Wait until both wallets show the balance."""
    for _ in range(SEEN_SECONDS_MAX * 20):
        apple, google = iphone.shows().primary[0][1], android.card().points
        if apple == google == str(points):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"Apple shows {apple}, Google {google}, the house {points}")


async def test_what_is_pushed_is_shown_by_the_apps_own_worker(house: Living, browser: Browser) -> None:
    """The push service is a stand-in, which opens the message and hands its text to Chromium by its debugging protocol."""
    maya = await house.member("Maya")
    kept: dict[str, Any] = {"pc.session": __import__("json").dumps(await house.session(who_is(maya)))}
    async with context_of(browser, kept) as context:
        await context.grant_permissions(["notifications"], origin=house.url)
        page = await context.new_page()
        complaints = listening(page)
        chromium = Chromium(page, await context.new_cdp_session(page), house.url)
        await chromium.cdp.send("ServiceWorker.enable")
        await page.goto(house.url + "/app/")
        await asyncio.wait_for(chromium.ready.wait(), SEEN_SECONDS_MAX)
        await subscribed(house, maya, chromium)
        till = house.till()
        code = (await maya.get("/me/card"))["code"]
        for day in range(5):  # the fifth visit completes a challenge, which is told
            await till.sell(code, [COFFEE], receipt_number=f"push-{day}")
        await till.close()
        for _ in range(SEEN_SECONDS_MAX * 20):
            if chromium.delivering:
                break
            await asyncio.sleep(0.05)
        shown = await chromium.shown()
    assert any(each["title"] for each in shown) and not complaints
    await maya.close()


async def subscribed(house: Living, maya: MemberApp, chromium: Chromium) -> None:
    """What the page would do with a push service that it can reach."""
    key = (await maya.get("/me/browsers/key"))["key"]
    made = house.stage.web.subscribe(chromium, key)
    body = made | {"language": "en", "zone": town.ZONE}
    await maya.put(f"/me/browsers/{demo_browser.INSTALLATION}", body)
