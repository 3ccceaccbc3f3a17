"""The till where a disk is full, a page crashes or a network is half there: nobody pays twice, nothing is given twice, and
nothing is lost in silence. Each of these was a fault once."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request, Route, expect

from punchcard.demo.people import MemberApp, line
from punchcard.foundation.ids import new_id

from .living import COFFEE, Living, till_page
from .shop import AWAY, KEPT, SOON_MS, all_told, card_of, earned, waits
from .test_till import SCANNED, balance_of, put, show
from .test_till_money import said_by

pytestmark = pytest.mark.anyio
FULL = (*AWAY, "Quota", "quota")
"""What Chromium says where it has no room, too."""
NO_ROOM, SOME_ROOM = 1, 1 << 30
COFFEE_POINTS = 300
FILLS = """() => {
  const { put } = IDBObjectStore.prototype
  IDBObjectStore.prototype.put = () => { throw new DOMException('Quota', 'QuotaExceededError') }
  window.makeRoom = () => { IDBObjectStore.prototype.put = put }
}"""
"""From here on the disk is full: Chromium itself looks at the room there is only now and then."""
LEFT_MS = 61_000
DINNER = line("olive-oil", "groceries", 500_00)


async def room(page: Page, size: int) -> None:
    """So much may this browser keep of this page; what is more is refused by the browser itself."""
    session = await page.context.new_cdp_session(page)
    origin = await page.evaluate("location.origin")
    await session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": size})


async def down(route: Route) -> None:
    await route.fulfill(status=503, body="{}", content_type="application/json")


async def rung_up(page: Page, app: MemberApp, name: str, *products: str) -> None:
    await put(page, *(products or ("Flat white",)))
    await show(page, await card_of(app))
    await expect(page.get_by_role("heading", name=name)).to_be_visible()


async def sold_and_kept(page: Page) -> None:
    await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
    await expect(page.locator(".done")).to_contain_text("Kept, will be sent")


async def nothing_waits(page: Page) -> None:
    for _ in range(SOON_MS // 100):
        if not await items_of(page):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(await items_of(page))


async def another(house: Living, context: BrowserContext) -> Page:
    page = await context.new_page()
    await page.goto(house.url + "/till")
    await expect(page.locator(".products button, .done").first).to_be_visible()
    return page


def batches_of(context: BrowserContext) -> list[str]:
    brought: list[str] = []

    def noted(asked: Request) -> None:
        if asked.method == "POST" and asked.url.endswith("/till/batches"):
            brought.append(asked.post_data or "")

    context.on("request", noted)
    return brought


async def items_of(page: Page) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = (await page.evaluate(KEPT))["items"]
    return kept


async def test_where_a_disk_is_full_nothing_is_sold_and_the_cashier_is_told(house: Living, browser: Browser) -> None:
    ida = await house.member("Ida")
    async with till_page(house, browser, tolerated=FULL) as page:
        await rung_up(page, ida, "Ida")
        await page.context.set_offline(True)
        await room(page, NO_ROOM)
        await page.keyboard.press("Enter")
        await expect(page.locator(".refuse")).to_contain_text("no room left", timeout=SOON_MS)
        assert await items_of(page) == []
        await page.get_by_role("button", name="Back to the basket").click()
        await expect(page.locator(".lines .l")).to_have_count(1)
        await room(page, SOME_ROOM)
        await page.keyboard.press("Enter")
        await sold_and_kept(page)
        await waits(page, 1)
        await page.context.set_offline(False)
        await page.get_by_role("button", name="Next customer").click()
        await all_told(page)
    assert len(await earned(ida)) == 1


async def test_a_disk_that_fills_while_a_sale_is_told_sells_it_once(house: Living, browser: Browser) -> None:
    uri = await house.member("Uri")
    async with till_page(house, browser, tolerated=FULL) as page:

        async def filled_and_lost(route: Route) -> None:
            assert (await route.fetch()).status == 200
            await page.evaluate(FILLS)
            await route.abort("connectionreset")

        await page.route("**/till/sales/*", filled_and_lost)
        await rung_up(page, uri, "Uri")
        await page.keyboard.press("Enter")
        await sold_and_kept(page)
        assert [each["stage"] for each in await items_of(page)] == ["asking"]
        await page.get_by_role("button", name="Next customer").click()
        await expect(page.locator(".acts .btn.primary")).to_be_disabled()
        await page.evaluate("makeRoom()")
        await nothing_waits(page)
    assert len(await earned(uri)) == 1


async def crashed(house: Living, page: Page, app: MemberApp, name: str) -> Page:
    """A page that asked for a sale, was never answered and is gone; answers another page of the till."""
    told = asyncio.Event()

    async def never_answered(route: Route) -> None:
        told.set()

    await page.route("**/till/sales/*", never_answered)
    second = await another(house, page.context)
    await second.clock.install()
    await rung_up(page, app, name)
    await page.keyboard.press("Enter")
    await told.wait()
    (sale,) = await items_of(page)
    await said_by(second, "bringing.js", "it.bring()")
    assert (await items_of(second))[0]["stage"] == "asking", "whoever asks is asking still"
    await page.close()
    await second.evaluate("id => navigator.locks.request(`pc.till.asking.${id}`, () => null)", sale["id"])
    return second


async def test_a_sale_of_a_page_that_crashed_is_brought_by_one_of_two(house: Living, browser: Browser) -> None:
    ari = await house.member("Ari")
    async with till_page(house, browser, tolerated=FULL) as page:
        context, brought = page.context, batches_of(page.context)
        second = await crashed(house, page, ari, "Ari")
        third, _ = await asyncio.gather(another(house, context), said_by(second, "bringing.js", "it.bring()"))
        await nothing_waits(second)
        await nothing_waits(third)
        await expect(third.locator(".basket .lines .l")).to_have_count(0)
    assert len(brought) == 1
    assert len(await earned(ari)) == 1


async def test_a_basket_that_another_page_brought_is_not_found_unsold(house: Living, browser: Browser) -> None:
    eli = await house.member("Eli")
    async with till_page(house, browser, tolerated=FULL) as page:
        second = await crashed(house, page, eli, "Eli")
        await said_by(second, "bringing.js", "it.bring()")
        await nothing_waits(second)
        third = await another(house, second.context)
        await expect(third.locator(".acts .btn.primary")).to_be_disabled()
    assert len(await earned(eli)) == 1


async def test_a_till_that_stands_by_itself_brings_what_a_page_beside_it_left(house: Living, browser: Browser) -> None:
    gad = await house.member("Gad")
    async with till_page(house, browser, tolerated=FULL) as page:
        second = await crashed(house, page, gad, "Gad")
        await second.clock.fast_forward(LEFT_MS)
        await nothing_waits(second)
    assert len(await earned(gad)) == 1


async def test_points_do_not_pay_behind_a_sale_that_cannot_be_told(house: Living, browser: Browser) -> None:
    dor = await house.member("Dor")
    await house.till("rayhan").sell(await card_of(dor), [DINNER])
    async with till_page(house, browser, tolerated=FULL) as page:
        for path in ("sales/*", "batches"):
            await page.route(f"**/till/{path}", down)
        await put(page, "Espresso")
        await page.locator(".acts .btn.primary").click()
        await sold_and_kept(page)
        await page.get_by_role("button", name="Next customer").click()
        await page.unroute("**/till/sales/*")
        before = await balance_of(dor)
        await rung_up(page, dor, "Dor")
        await page.get_by_role("button", name="Other amount").click()
        await page.get_by_role("button", name="100", exact=True).click()
        await expect(page.get_by_text("Paid with points")).to_be_visible()
        await page.locator(".acts .btn.primary").click()
        await expect(page.locator(".refuse")).to_contain_text("Points and rewards can pay again", timeout=SOON_MS)
        await waits(page, 1)
        assert await balance_of(dor) == before
        await page.unroute("**/till/batches")
        await page.get_by_role("button", name="Back to the basket").click()
        await all_told(page)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
    assert before - 100 <= await balance_of(dor) < before, "spent once"


async def test_goods_that_came_back_and_wait_to_be_told_do_not_come_back_again(house: Living, browser: Browser) -> None:
    kim = await house.member("Kim")
    async with till_page(house, browser, tolerated=FULL) as page:
        await rung_up(page, kim, "Kim")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
        assert await balance_of(kim) > 0
        for path in ("sales/*/returns/*", "batches"):
            await page.route(f"**/till/{path}", down)
        await page.locator(".acts").get_by_role("button", name="Return").click()
        await page.get_by_role("button", name="Everything").click()
        await page.get_by_role("button", name="Take back").click()
        await expect(page.locator(".done")).to_contain_text("Sent when the line is back", timeout=SOON_MS)
        await expect(page.locator(".done")).to_contain_text("₪18")
        sale = (await items_of(page))[0]["sale"]
        await page.get_by_role("button", name="Done").click()
        await page.evaluate(SCANNED, sale)
        await expect(page.get_by_role("heading", name="Return")).to_be_visible()
        await expect(page.get_by_role("button", name="Take back")).to_have_count(0)
        await expect(page.get_by_role("button", name="Make the sale void")).to_have_count(0)
        for path in ("sales/*/returns/*", "batches"):
            await page.unroute(f"**/till/{path}")
        await page.get_by_role("button", name="Close").click()
        await all_told(page)
    assert await balance_of(kim) == 0


async def test_a_piece_is_paid_by_one_reward(house: Living, browser: Browser) -> None:
    ron = await house.member("Ron")
    nola = house.till("rayhan")
    while await balance_of(ron) < 2 * COFFEE_POINTS:
        await nola.sell(await card_of(ron), [DINNER])
    for _ in range(2):
        await ron.put(f"/me/claims/{new_id()}", {"reward": "any-coffee"})
    async with till_page(house, browser) as page:
        await rung_up(page, ron, "Ron", "Flat white", "Flat white", "Espresso")
        used = page.locator(".reasons button[aria-pressed]")
        for n in range(2):
            await used.nth(n).click()
            await page.locator(".sheet").get_by_role("button", name="Flat white").click()
        await expect(page.locator(".reasons button[aria-pressed=true]")).to_have_count(2)
        await page.locator(".lines .l").first.click()
        await page.get_by_role("button", name="One fewer").click()
        await page.get_by_role("button", name="Done").click()
        await expect(page.locator(".reasons button[aria-pressed=true]")).to_have_count(1)
        await page.get_by_role("button", name="Espresso").first.click()
        await page.get_by_role("button", name="Remove").click()
        await page.locator(".reasons button[aria-pressed=false]").click()
        await expect(page.locator(".sheet button")).to_have_text(["It is not in the basket"])
        await page.keyboard.press("Escape")
        await expect(page.locator(".reasons button[aria-pressed=true]")).to_have_count(1)
        await page.locator(".acts .btn.primary").click()
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible()
    states = sorted(each["state"] for each in await ron.get("/me/claims"))
    assert states == ["active", "used"]


async def test_a_number_that_another_paper_bears_gives_way_when_the_queue_is_told(
    house: Living, browser: Browser
) -> None:
    tami, other = await house.member("Tami"), await house.member("Other")
    async with till_page(house, browser, tolerated=FULL) as page:
        await put(page, "Espresso")
        await page.locator(".acts .btn.primary").click()
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
        mark = await page.evaluate("JSON.parse(localStorage.getItem('pc.till.mark'))")
        await page.get_by_role("button", name="Next customer").click()
        await rung_up(page, tami, "Tami")
        await page.context.set_offline(True)
        await page.keyboard.press("Enter")
        await sold_and_kept(page)
        await house.till().sell(await card_of(other), [COFFEE], receipt_number=f"{mark}-0002")
        await page.context.set_offline(False)
        await expect(page.locator(".toasts")).to_contain_text(f"{mark}-0002-2", timeout=SOON_MS)
        await page.get_by_role("button", name="Next customer").click()
        await all_told(page)
    assert len(await earned(tami)) == 1
