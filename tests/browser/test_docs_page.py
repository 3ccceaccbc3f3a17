"""The documentation of the API in a browser: it loads with a strict policy, lists the routes, and a key typed there works."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.town import Town

from .conftest import ORIGIN, opened

SLOW_MS = 30_000
WIDE = {"viewport": {"width": 1280, "height": 900}}


@asynccontextmanager
async def the_page(browser: Browser, town: Town, path: str = "/docs", **how: Any) -> AsyncIterator[Page]:
    """The page over the whole app, with the list of routes on it."""
    async with opened(browser, town.client, path, **{**WIDE, **how}) as page:
        await expect(page.locator(".opblock-tag").first).to_be_visible(timeout=SLOW_MS)
        await page.route("**/*", lambda route: ask(town, route))
        yield page


async def ask(town: Town, route: Route) -> None:
    """What is tried out goes to the app as it was sent, with its key."""
    request = route.request
    said = await town.client.request(request.method, request.url, headers=request.headers, content=request.post_data)
    headers = {name: value for name, value in said.headers.items() if name != "content-encoding"}
    await route.fulfill(status=said.status_code, headers=headers, body=said.content)


def chapter(page: Page, name: str) -> Any:
    return page.locator(f".opblock-tag[data-tag='{name}']")


async def test_it_loads_with_nothing_from_elsewhere_and_lists_the_routes(browser: Browser, town: Town) -> None:
    asked: list[str] = []
    browser.on("context", lambda context: context.on("request", lambda request: asked.append(request.url)))
    async with the_page(browser, town) as page:
        await chapter(page, "till").click()
        await expect(page.locator(".opblock-summary-path[data-path='/till/quotes']")).to_be_visible()
        assert page.complaints == []  # type: ignore[attr-defined]  # ours, for the tests

    assert f"{ORIGIN}/docs/openapi.json" in asked
    assert {f"{at.scheme}://{at.netloc}" for at in map(urlsplit, asked) if at.scheme != "data"} == {ORIGIN}


async def test_each_key_opens_its_door_from_the_page(browser: Browser, town: Town) -> None:
    maya = await town.join("maya@example.com")
    doors = [
        ("me", "me", "/me/card", maya.token),
        ("till", "till", "/till/keys", town.till_key),
        ("console", "console: partners", "/console/partners", town.operator_key),
    ]
    async with the_page(browser, town) as page:
        for door, named, path, token in doors:
            await page.locator(".btn.authorize").click()
            form = page.locator(".auth-container", has=page.locator(f"code:text-is('{door}')"))
            await form.locator("input").fill(token)
            await form.locator("button.authorize").click()
            await page.locator(".btn-done").first.click()
            await chapter(page, named).click()
            row = page.locator(".opblock", has=page.locator(f".opblock-summary-path[data-path='{path}']"))
            row = row.filter(has=page.locator(".opblock-summary-method", has_text="GET"))
            await row.locator(".opblock-summary-control").click()
            await row.locator(".btn.execute").click()
            await expect(row.locator(".live-responses-table .response-col_status").nth(1)).to_contain_text("200")
            await chapter(page, named).click()
        assert page.complaints == []  # type: ignore[attr-defined]  # ours, for the tests
        assert await page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
async def test_it_is_as_light_or_dark_as_the_device(browser: Browser, town: Town, scheme: Any, dark: bool) -> None:
    async with the_page(browser, town, color_scheme=scheme) as page:
        lightness = await page.evaluate("parseFloat(getComputedStyle(document.body).backgroundColor.split('(')[1])")
        fonts = await page.evaluate("getComputedStyle(document.querySelector('.opblock-tag')).fontFamily")

    assert fonts.startswith("Rubik") and lightness != lightness // 1 and (lightness < 0.5) == dark


async def test_an_address_points_it_at_no_other_document(browser: Browser, town: Town) -> None:
    async with the_page(browser, town, "/docs?url=https://elsewhere.test/openapi.json") as page:
        assert page.complaints == []  # type: ignore[attr-defined]  # ours, for the tests
        await expect(chapter(page, "till")).to_be_visible()
