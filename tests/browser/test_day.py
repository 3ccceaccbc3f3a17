"""A day with both faces in Chromium: the till's camera sees the code on the member's phone, the sale is made, and phone, Apple
pass, Google card and the browser's push say so, without a reload."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from punchcard.demo import browser as demo_browser
from punchcard.demo import town
from punchcard.demo.people import MemberApp
from punchcard.foundation.ids import new_id
from punchcard.sandbox.android import Android
from punchcard.sandbox.iphone import IPhone

from . import film
from .conftest import chromium
from .living import COFFEE, Living, context_of, listening, phone, till_page, who_is
from .test_service_worker import Chromium

pytestmark = pytest.mark.anyio
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
            await expect(till.get_by_role("heading", name="Maya")).to_be_visible(timeout=15_000)
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


async def test_what_a_till_asks_is_pushed_to_the_apps_own_worker_and_answered(
    house: Living, browser_with_drawer: Browser
) -> None:
    """The push service is a stand-in, which opens the message and hands its text to Chromium by its debugging protocol."""
    maya, till = await house.member("Maya"), house.till()
    card = (await maya.get("/me/card"))["code"]
    await till.sell(card, [COFFEE | {"amount": 300_00}])
    async with context_of(
        browser_with_drawer, {"pc.session": json.dumps(await house.session(who_is(maya)))}
    ) as context:
        await context.grant_permissions(["notifications"], origin=house.url)
        page = await context.new_page()
        complaints = listening(page)
        worker = Chromium(page, await context.new_cdp_session(page), house.url)
        await worker.cdp.send("ServiceWorker.enable")
        await page.goto(house.url + "/app/")
        await asyncio.wait_for(worker.ready.wait(), SEEN_SECONDS_MAX)
        await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        await subscribed(house, maya, worker)
        id = new_id()
        await till.put(f"/till/approvals/{id}", {"card": card, "worth": 200, "total": 18_00})
        await page.get_by_role("button", name="Approve").click()
        for _ in range(SEEN_SECONDS_MAX * 20):
            if (await till.get(f"/till/approvals/{id}"))["state"] == "approved" and worker.delivering:
                break
            await asyncio.sleep(0.05)
        [shown] = await drawer(worker)
        assert (await till.get(f"/till/approvals/{id}"))["state"] == "approved"
        assert "Nola" in shown["title"] + shown["body"] and not complaints
    await till.close()
    await maya.close()


async def drawer(worker: Chromium) -> list[dict[str, Any]]:
    """What stands in it, once there is something. The page's policy lets no condition be evaluated in it: it is asked again."""
    for _ in range(SEEN_SECONDS_MAX * 20):
        if shown := await worker.shown(0):
            return shown
        await asyncio.sleep(0.05)
    return []


async def subscribed(house: Living, maya: MemberApp, chromium: Chromium) -> None:
    """What the page would do with a push service that it can reach."""
    key = (await maya.get("/me/browsers/key"))["key"]
    made = house.stage.web.subscribe(chromium, key)
    body = made | {"language": "en", "zone": town.ZONE}
    await maya.put(f"/me/browsers/{demo_browser.INSTALLATION}", body)
