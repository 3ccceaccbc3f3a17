"""A shop's till for the tests of it: whose card is shown, what is kept without a network and told later, what the members got."""

import asyncio
from typing import Any

from playwright.async_api import Page, expect

from punchcard.demo.people import MemberApp

from .living import COFFEE, Living

AWAY = ("Failed to load resource", "Failed to fetch", "ERR_", "net::", "503", "401")
"""What Chromium itself says where nobody answers, or the house says no."""
SOON_MS = 20_000
KEPT = """new Promise((resolve, reject) => {
  const asked = indexedDB.open('pc.till')
  asked.onerror = () => reject(asked.error)
  asked.onsuccess = () => {
    const all = asked.result.transaction(['items', 'refused']), items = all.objectStore('items').getAll()
    const refused = all.objectStore('refused').getAll()
    all.oncomplete = () => (asked.result.close(), resolve({ items: items.result, refused: refused.result }))
  }
})"""
WHOLE = """navigator.serviceWorker.ready.then(() => caches.keys()).then(names => Promise.all(names.map(name =>
  caches.open(name).then(cache => cache.keys())))).then(all => {
    const paths = all.flat().map(({ url }) => url)
    const wanted = ['/words/till.', '.woff2', '/scan/zxing_reader.wasm', '/till/main.js']
    return wanted.every(each => paths.some(path => path.includes(each)))
  })"""


async def ready(page: Page) -> None:
    """The till is open, and its worker has everything."""
    await expect(page.locator(".basket")).to_be_visible()
    for _ in range(SOON_MS // 100):
        if await page.evaluate(WHOLE):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the worker has not kept the till")


async def card_of(app: MemberApp) -> str:
    """The card's code as a scanner types it."""
    return str((await app.get("/me/card"))["code"]).replace("-", "")


async def sell(page: Page, card: str, product: str = "Flat white") -> None:
    """Somebody buys one thing; the till is ready for the next."""
    if card:
        field = page.locator("#card")
        await field.fill(card)
        await field.press("Enter")
        await expect(page.locator(".wait, .mini")).to_be_visible()
    await page.get_by_role("button", name=product).click()
    await page.locator(".acts .btn.primary").click()
    await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
    await page.get_by_role("button", name="Next customer").click()


async def waits(page: Page, many: int) -> None:
    kept = await page.evaluate(KEPT)
    assert len(kept["items"]) == many, kept["items"]


async def all_told(page: Page) -> None:
    await expect(page.locator(".offbar")).to_have_count(0, timeout=SOON_MS)
    await expect(page.locator(".tbar .chip")).to_have_text("Online")
    await waits(page, 0)


async def sales_of(app: MemberApp) -> list[dict[str, Any]]:
    lines = (await app.get("/me/activity"))["lines"]
    return [line for line in lines if line["kind"] == "sale"]


async def somebody(house: Living, name: str, sales: int) -> tuple[MemberApp, list[int]]:
    """A member, and what a twin of theirs earned, who bought a flat white so many times while the house answered."""
    app, twin, till = await house.member(name), await house.member("Twin"), house.till()
    for _ in range(sales):
        await till.sell(await card_of(twin), [COFFEE], cashier="Dana")
    points = [line["points"] for line in await sales_of(twin)]
    await asyncio.gather(twin.close(), till.close())
    assert len(points) == sales and min(points) > 0
    return app, sorted(points)


async def earned(app: MemberApp) -> list[int]:
    """What each of their sales gave, and that the balance is the sum of it."""
    points = [line["points"] for line in await sales_of(app)]
    assert (await app.get("/me/card"))["points"] == sum(points)
    await app.close()
    return sorted(points)
