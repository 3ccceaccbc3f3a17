"""One browser, several pages and several people: nobody is brought back who has gone, nobody hears of anybody else, and a slip of
a finger or of a link does no harm."""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from punchcard.demo.people import MemberApp

from .living import COFFEE, Living, phone, who_is

pytestmark = pytest.mark.anyio
REFUSED = ("status of 401", "Refusal", "Offline", "Failed to fetch", "Failed to load resource")
EXPIRED = (
    "localStorage.setItem('pc.session', JSON.stringify({...JSON.parse(localStorage.getItem('pc.session')), until: 0}))"
)
SESSION = "localStorage.getItem('pc.session')"
SOON_MS = 4000


async def set_session(page: Page, session: dict[str, Any] | None) -> None:
    """As another page of this browser does it when somebody signs in or out there."""
    if session is None:
        await page.evaluate("localStorage.removeItem('pc.session')")
    else:
        await page.evaluate("it => localStorage.setItem('pc.session', it)", json.dumps(session))


async def earn(house: Living, app: MemberApp, *baskets: Any) -> int:
    till = house.till()
    for basket in baskets:
        await till.sell((await app.get("/me/card"))["code"], [basket])
    await till.close()
    return int((await app.get("/me/card"))["points"])


@pytest.mark.parametrize("path", ["/app/#%E0%A4%A", "/app/#constructor", "/app/#__proto__/x", "/app/#overlays"])
async def test_a_link_that_is_no_address_leads_home(house: Living, browser: Browser, path: str) -> None:
    maya = await house.member()
    async with phone(house, browser, maya, path) as page:
        await expect(page.locator(".card-top .bal")).to_be_visible()
        await expect(page.locator("h1")).to_have_count(1)


async def test_a_finger_that_taps_twice_erases_nothing(house: Living, browser: Browser) -> None:
    maya = await house.member()
    async with phone(house, browser, maya, "/app/#privacy") as page:
        await page.get_by_role("button", name="Leave Almond").click()
        await page.get_by_role("button", name="Go on").dblclick()
        await page.wait_for_timeout(500)

    assert (await maya.get("/me/card"))["points"] == 0


async def test_an_answer_that_comes_after_signing_out_brings_nobody_back(house: Living, browser: Browser) -> None:
    maya = await house.member()
    async with phone(house, browser, maya, tolerated=REFUSED) as page:
        await expect(page.locator(".card-top .bal")).to_be_visible()
        other = await page.context.new_page()
        asked, gone = asyncio.Event(), asyncio.Event()

        async def late(route: Route) -> None:
            said = await route.fetch()
            asked.set()
            await gone.wait()
            await route.fulfill(response=said)

        await page.route("**/join/tokens", late)
        await page.evaluate(EXPIRED)
        await page.reload()
        await asyncio.wait_for(asked.wait(), 10)
        await other.goto(house.url + "/health")
        await set_session(other, None)
        gone.set()
        await expect(page.locator("#contact")).to_be_visible()
        assert await page.evaluate(SESSION) is None


async def test_a_page_that_asks_for_much_exchanges_once_and_hears_no_foreign_network(
    house: Living, browser: Browser
) -> None:
    maya = await house.member()
    asked = 0

    async def portal(route: Route) -> None:
        nonlocal asked
        asked += 1
        await route.fulfill(status=200, content_type="text/html", body="<h1>Sign in to the airport</h1>")

    async with phone(house, browser, maya, tolerated=REFUSED) as page:
        await expect(page.locator(".card-top .bal")).to_be_visible()
        await page.route("**/join/tokens", portal)
        await page.evaluate(EXPIRED)
        await page.reload()
        await expect(page.locator(".card-top .worth")).to_contain_text("Balance as of")
        first = asked
        await page.unroute("**/join/tokens")
        await expect(page.locator(".card-top .worth")).not_to_contain_text("Balance as of", timeout=20_000)
        assert json.loads(await page.evaluate(SESSION))["until"] > 0

    assert first <= 2, "every question waited for an exchange of its own"


async def test_html_instead_of_an_answer_is_no_answer(house: Living, browser: Browser) -> None:
    maya = await house.member()

    async def portal(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/html", body="<h1>Sign in to the airport</h1>")

    async with phone(house, browser, maya, tolerated=REFUSED) as page:
        await expect(page.locator(".card-top .bal")).to_be_visible()
        await page.route("**/me/**", portal)
        await page.goto(house.url + "/app/#challenges")
        await expect(page.locator(".note")).to_be_visible()


async def test_who_signs_in_next_sees_and_hears_of_themselves_only(house: Living, browser: Browser) -> None:
    maya, noa = await house.member("Maya"), await house.member("Noa")
    rich = await earn(house, maya, COFFEE, COFFEE)
    async with phone(house, browser, maya) as page:
        await expect(page.locator(".card-top .bal")).to_contain_text(str(rich))
        other = await page.context.new_page()
        await other.goto(house.url + "/health")
        await set_session(other, None)
        await expect(page.locator("#contact")).to_be_visible()
        await set_session(other, await house.session(who_is(noa)))
        await expect(page.locator(".card-top .bal")).to_contain_text("0")
        await page.wait_for_timeout(2000)
        now = await earn(house, noa, COFFEE)
        await expect(page.locator(".card-top .bal")).to_contain_text(str(now), timeout=SOON_MS)


async def test_what_was_kept_of_another_is_not_shown(house: Living, browser: Browser) -> None:
    maya, noa = await house.member("Maya"), await house.member("Noa")
    rich = await earn(house, maya, COFFEE, COFFEE)
    async with phone(house, browser, maya, tolerated=REFUSED) as page:
        await expect(page.locator(".card-top .bal")).to_contain_text(str(rich))
        await set_session(page, await house.session(who_is(noa)))
        await page.route("**/me/**", lambda route: route.abort())
        await page.reload()
        await expect(page.locator(".tabs")).to_be_visible()
        await page.wait_for_timeout(1000)
        assert str(rich) not in await page.locator("main").inner_text()
