"""The till in Chromium on the whole house: a card is typed or scanned, the basket is quoted and sold, and comes back."""

import pytest
from playwright.async_api import Browser, Page, expect

from punchcard.demo.people import MemberApp, line

from .living import Living, till_page
from .shop import card_of

pytestmark = pytest.mark.anyio
REFUSED = ("status of 400", "status of 409")
SCANNED = """code => { for (const key of [...code, 'Enter']) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {
  key, code: key === 'Enter' ? key : /\\d/.test(key) ? `Digit${key}` : `Key${key}`, bubbles: true, cancelable: true })) }"""
"""A scanner that types: the keys of a code and Enter, all at once."""


async def balance_of(app: MemberApp) -> int:
    return int((await app.get("/me/card"))["points"])


async def put(page: Page, *names: str) -> None:
    for name in names:
        await page.locator(".products button").filter(has_text=name).first.click()
    await page.get_by_role("button", name="Done").click()


async def show(page: Page, code: str) -> None:
    await page.get_by_label("Card number").fill(code)
    await page.keyboard.press("Enter")


async def test_a_typed_card_is_quoted_and_sold_to_by_enter(house: Living, browser: Browser) -> None:
    maya = await house.member("Maya")
    async with till_page(house, browser) as page:
        await put(page, "Flat white", "Flat white")
        await show(page, await card_of(maya))
        await expect(page.get_by_role("heading", name="Maya")).to_be_visible()
        earns = int((await page.locator(".tile b").first.inner_text()).lstrip("+"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible()

    assert earns > 0 and await balance_of(maya) == earns


async def test_a_scanner_that_types_is_heard_wherever_the_focus_is(house: Living, browser: Browser) -> None:
    maya = await house.member("Maya")
    async with till_page(house, browser) as page:
        await page.get_by_label("Search products").focus()
        await page.evaluate(SCANNED, await card_of(maya))
        await expect(page.get_by_role("heading", name="Maya")).to_be_visible()


async def test_a_refusal_says_why_and_leaves_the_basket_as_it_was(house: Living, browser: Browser) -> None:
    maya = await house.member("Maya")
    async with till_page(house, browser, tolerated=REFUSED) as page:
        await put(page, "Flat white", "Espresso")
        await show(page, await card_of(maya) + "00000000")
        await expect(page.get_by_role("heading", name="This code is too old")).to_be_visible()
        await expect(page.locator(".lines .l")).to_have_count(2)
        await page.get_by_role("button", name="Scan again").click()
        await expect(page.get_by_label("Card number")).to_be_focused()


async def test_points_pay_and_come_back_no_further_than_the_goods_are_worth(house: Living, browser: Browser) -> None:
    maya = await house.member("Maya")
    await house.till("rayhan").sell(await card_of(maya), [line("olive-oil", "groceries", 500_00)])
    before = await balance_of(maya)
    async with till_page(house, browser) as page:
        await put(page, "Espresso", "Espresso")
        await show(page, await card_of(maya))
        await page.get_by_role("button", name="Other amount").click()
        await page.get_by_role("button", name="100", exact=True).click()
        await expect(page.get_by_text("Paid with points")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible()
        paid = await balance_of(maya)
        await page.locator(".acts").get_by_role("button", name="Return").click()
        await page.get_by_role("button", name="One more").click()
        await page.get_by_role("button", name="Take back").click()
        await expect(page.get_by_role("heading", name="Taken back")).to_be_visible()
        await expect(page.get_by_text("+100")).to_be_visible()

    assert paid < before
    assert await balance_of(maya) > paid


async def test_a_basket_is_set_aside_and_taken_up_again(house: Living, browser: Browser) -> None:
    async with till_page(house, browser) as page:
        await put(page, "Flat white")
        await page.get_by_role("button", name="Hold").click()
        await expect(page.locator(".lines .l")).to_have_count(0)
        await page.get_by_role("button", name="On hold").click()
        await page.get_by_role("button", name="Continue").click()
        await expect(page.locator(".lines .l")).to_have_count(1)
