"""What stays at a till that is left, signed out or full: no balance, no basket of somebody, and no number twice."""

import json

import pytest
from playwright.async_api import Browser, Route, expect

from .living import Living, till_page
from .shop import SOON_MS
from .test_till import put
from .test_till_faults import FULL, LEFT_MS, rung_up

pytestmark = pytest.mark.anyio
NO_STORAGE = "() => { Storage.prototype.setItem = () => { throw new DOMException('Quota', 'QuotaExceededError') } }"


async def test_a_till_that_is_left_shows_the_next_customer_nobodys_balance(house: Living, browser: Browser) -> None:
    zoe = await house.member("Zoe")
    async with till_page(house, browser) as page:
        await rung_up(page, zoe, "Zoe")
        await page.clock.install()
        await page.clock.fast_forward(LEFT_MS)
        await expect(page.get_by_role("heading", name="Zoe")).to_be_visible()
        await page.locator(".acts .btn.primary").click()
        await expect(page.locator(".done")).to_contain_text("Zoe")
        await page.get_by_role("button", name="Show").click()
        await page.clock.fast_forward(LEFT_MS)
        await page.get_by_role("button", name="Done").click()
        await expect(page.locator(".done")).to_contain_text("Zoe")
        await page.clock.fast_forward(LEFT_MS // 2)
        await page.keyboard.press("Shift")
        await page.clock.fast_forward(LEFT_MS // 2)
        await expect(page.locator(".done")).to_contain_text("Zoe")
        await page.locator(".acts").get_by_role("button", name="Return").click()
        await page.clock.fast_forward(LEFT_MS)
        await expect(page.get_by_role("heading", name="Return")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await page.clock.fast_forward(LEFT_MS)
        await expect(page.get_by_label("Card number")).to_be_visible()
        await expect(page.get_by_text("Zoe")).to_have_count(0)


async def test_baskets_that_are_set_aside_do_not_outlive_the_key_and_that_is_asked(
    house: Living, browser: Browser
) -> None:
    async with till_page(house, browser) as page:
        await put(page, "Flat white")
        await page.get_by_role("button", name="Hold").click()
        await page.get_by_role("button", name="Till and cashier").click()
        await page.get_by_role("button", name="Sign this till out").click()
        await expect(page.locator(".sheet")).to_contain_text("1 basket is on hold here")
        await page.get_by_role("button", name="Back").click()
        await expect(page.get_by_role("button", name="On hold")).to_be_visible()
        await page.get_by_role("button", name="Till and cashier").click()
        await page.get_by_role("button", name="Sign this till out").click()
        await page.locator(".sheet").get_by_role("button", name="Sign this till out").click()
        await expect(page.get_by_role("heading", name="Open the till")).to_be_visible()
        assert await page.evaluate("JSON.parse(localStorage.getItem('pc.till.held'))") == []


async def test_storage_that_is_full_does_not_break_a_sale_nor_number_two_alike(house: Living, browser: Browser) -> None:
    numbers: list[str] = []

    async def noted(route: Route) -> None:
        numbers.append(json.loads(route.request.post_data or "")["receipt_number"])
        await route.continue_()

    async with till_page(house, browser, tolerated=FULL) as page:
        await page.route("**/till/sales/*", noted)
        for n in range(3):
            if n == 1:
                await page.evaluate(NO_STORAGE)
            await put(page, "Espresso")
            await page.locator(".acts .btn.primary").click()
            await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
            await page.get_by_role("button", name="Next customer").click()
    assert len(set(numbers)) == 3
