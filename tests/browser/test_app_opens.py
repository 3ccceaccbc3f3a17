"""The member's app in Chromium, on the whole house."""

import pytest
from playwright.async_api import Browser, expect

from .living import Living, phone, till_page

pytestmark = pytest.mark.anyio


async def test_a_member_sees_the_card(house: Living, browser: Browser) -> None:
    maya = await house.member()
    async with phone(house, browser, maya) as page:
        await expect(page.get_by_text("points").first).to_be_visible()


async def test_the_till_opens(house: Living, browser: Browser) -> None:
    async with till_page(house, browser) as page:
        await expect(page.locator("main")).to_be_visible()
