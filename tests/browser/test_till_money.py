"""The till where money could go wrong: what is pressed twice or in the wrong moment, another shop's queue, what comes back."""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from .living import Living, till_page
from .shop import SOON_MS, card_of
from .test_till import SCANNED, put, show

pytestmark = pytest.mark.anyio
AWAY = ("Failed to load resource", "Failed to fetch", "ERR_", "net::", "status of")
MODULE = "import(document.querySelector('script').src.replace('main.js', '%s')).then(it => %s)"
SALE = {"returnable": True, "refundable": {}, "tenders": []}


async def said_by(page: Page, module: str, what: str) -> Any:
    return await page.evaluate(MODULE % (module, what))


def line(amount: int, quantity: int = 1, returned: int = 0, number: int = 0) -> dict[str, int]:
    return {"line": number, "amount": amount, "quantity": quantity, "returned": returned}


async def back(page: Page, sale: dict[str, Any], quantity: int = 1, number: int = 0) -> dict[str, Any]:
    quantities = [{"line": number, "quantity": quantity}]
    answer: dict[str, Any] = await said_by(
        page, "returning.js", f"it.split({json.dumps(SALE | sale)}, {json.dumps(quantities)}, true)"
    )
    return answer


async def test_no_more_money_comes_back_than_was_paid_with_money(house: Living, browser: Browser) -> None:
    voucher = {"kind": "voucher", "amount": 1000, "points": 0, "currency": ""}
    money = {"kind": "money", "amount": 2000, "points": 0, "currency": ""}
    points = {"kind": "points", "amount": 1000, "points": 100, "currency": "points"}
    async with till_page(house, browser) as page:
        by_reward = {"total": 3000, "tenders": [voucher, money]}
        two = [line(1500), line(1500, number=1)]
        assert (await back(page, by_reward | {"lines": two}))["money"] == 1500
        one_is_back = [line(1500, returned=1), line(1500, number=1)]
        assert (await back(page, by_reward | {"lines": one_is_back}, number=1))["money"] == 500
        thirds = [await back(page, {"total": 101, "lines": [line(101, 3, n)]}) for n in range(3)]
        assert sum(each["money"] for each in thirds) == 101
        by_points = {"total": 3000, "tenders": [points, money], "refundable": {"points": 100}, "lines": [line(3000)]}
        assert await back(page, by_points) == {"refunds": {"points": 100}, "money": 2000}
        without = await said_by(
            page,
            "returning.js",
            f"it.split({json.dumps(SALE | by_points)}, [{{line: 0, quantity: 1}}], false)",
        )
        assert without["money"] == 2000, "points are no cash"


async def test_an_amount_has_the_digits_of_its_currency(house: Living, browser: Browser) -> None:
    async with till_page(house, browser) as page:
        typed = [("12", "ILS"), ("12,5", "ILS"), ("12.50", "ILS"), ("1,234", "ILS"), ("12.", "ILS"), ("120", "JPY")]
        typed += [("1.5", "JPY"), ("1.234", "KWD"), ("7290000066318", "ILS"), ("-1", "ILS")]
        read = [await said_by(page, "amounts.js", f"it.minorOf({text!r}, {unit!r})") for text, unit in typed]
        assert read == [1200, 1250, 1250, None, 1200, 120, None, 1234, None, None]


async def test_what_is_put_or_scanned_while_a_sale_is_told_is_not_swallowed(house: Living, browser: Browser) -> None:
    tom, eve = await house.member("Tom"), await house.member("Eve")
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        asked.set()
        await answer.wait()
        await route.continue_()

    async with till_page(house, browser) as page:
        await page.route("**/till/sales/*", slow)
        await put(page, "Flat white")
        await show(page, await card_of(tom))
        await expect(page.get_by_role("heading", name="Tom")).to_be_visible()
        await page.keyboard.press("Enter")
        await asked.wait()
        await expect(page.locator(".panes")).to_have_attribute("inert", "")
        await page.keyboard.press("Escape")
        await page.keyboard.press("F2")
        await page.evaluate(SCANNED, await card_of(eve))
        await expect(page.get_by_role("heading", name="Tom")).to_be_visible()
        answer.set()
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible()
    assert (await tom.get("/me/card"))["points"] > 0 and (await eve.get("/me/card"))["points"] == 0


async def test_a_short_code_and_its_enter_press_no_button(house: Living, browser: Browser) -> None:
    ann = await house.member("Ann")
    async with till_page(house, browser, tolerated=AWAY) as page:
        await put(page, "Flat white")
        await show(page, await card_of(ann))
        await expect(page.get_by_role("heading", name="Ann")).to_be_visible()
        await page.locator(".acts .btn.primary").focus()
        await page.evaluate(SCANNED, "40170725")
        await expect(page.get_by_role("heading", name="Sold")).to_have_count(0)
        await expect(page.locator(".lines .l").first).to_be_visible()
    assert (await ann.get("/me/card"))["points"] == 0


async def test_a_number_that_is_taken_is_followed_by_the_next_under_the_same_id(
    house: Living, browser: Browser
) -> None:
    sent: list[tuple[str, dict[str, Any]]] = []

    async def taken(route: Route) -> None:
        sent.append((route.request.url, json.loads(route.request.post_data or "")))
        if len(sent) > 1:
            await route.abort("connectionreset")
            return
        problem = {"type": "urn:punchcard:receipt-taken", "title": "Taken", "detail": "Taken.", "status": 409}
        await route.fulfill(status=409, body=json.dumps(problem), content_type="application/problem+json")

    async with till_page(house, browser, tolerated=(*AWAY, "503")) as page:
        await page.route("**/till/sales/*", taken)
        await page.route("**/till/batches", lambda route: route.fulfill(status=503))
        await put(page, "Flat white")
        await page.locator(".acts .btn.primary").click()
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
        await page.get_by_role("button", name="Next customer").click()
        await page.get_by_role("button", name="Show them").click()
        await expect(page.locator(".kept .lines .l")).to_have_count(1)
    (first, one), (second, two) = sent
    assert first == second and one["receipt_number"] != two["receipt_number"] and one["at"] == two["at"]


async def test_a_no_of_a_proxy_is_no_answer_of_the_house(house: Living, browser: Browser) -> None:
    noa = await house.member("Noa")

    async def portal(route: Route) -> None:
        await route.fulfill(status=404, body="<h1>Sign in to this network</h1>", content_type="text/html")

    async with till_page(house, browser, tolerated=AWAY) as page:
        await page.route("**/till/sales/*", portal)
        await page.route("**/till/batches", portal)
        await put(page, "Flat white")
        await show(page, await card_of(noa))
        await expect(page.get_by_role("heading", name="Noa")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
        await expect(page.locator(".offbar")).to_contain_text("It is sent again by itself", timeout=SOON_MS)
        await page.unroute("**/till/batches")
        await page.get_by_role("button", name="Next customer").click()
        await expect(page.locator(".offbar")).to_have_count(0, timeout=2 * SOON_MS)
    assert (await noa.get("/me/card"))["points"] > 0


async def test_the_queue_of_another_till_is_not_sent_with_this_key(house: Living, browser: Browser) -> None:
    gal = await house.member("Gal")
    keys, bodies = house.keys.till_keys, []

    async def lost(route: Route) -> None:
        await route.abort("connectionreset")

    async def noted(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        await route.continue_()

    async with till_page(house, browser, tolerated=AWAY) as page:
        await page.route("**/till/sales/*", lost)
        await page.route("**/till/batches", lost)
        await put(page, "Flat white")
        await show(page, await card_of(gal))
        await expect(page.get_by_role("heading", name="Gal")).to_be_visible()
        async with page.expect_event("requestfailed", lambda asked: asked.url.endswith("/batches"), timeout=SOON_MS):
            await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
        await page.get_by_role("button", name="Next customer").click()
        await page.locator(".tbar .iconbtn").last.click()
        await page.get_by_role("button", name="Sign this till out").click()
        await page.get_by_placeholder("The till’s key").fill(keys["rayhan"])
        await page.get_by_role("button", name="Open").click()
        await page.get_by_placeholder("Name").fill("Dana")
        await page.get_by_role("button", name="Start the shift").click()
        await page.unroute("**/till/batches")
        await page.route("**/till/batches", noted)
        await page.locator(".products button").first.click()
        await page.locator(".acts .btn.primary").click()
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
        await expect(page.locator(".offbar")).to_contain_text("another till", timeout=SOON_MS)
    assert bodies and not any("flat-white" in each for each in bodies)
    assert (await gal.get("/me/card"))["points"] == 0
