"""The till without a network: it opens, sells, keeps and tells later; what is told twice counts once, and nothing is lost in
silence. Each browser is a shop's own, and the house is the whole one, which goes away and comes back."""

import asyncio
import json

import pytest
from playwright.async_api import Browser, Route, expect

from .living import Living, till_page
from .seeing import over_the_edge, too_small, troubles
from .shop import AWAY, KEPT, SOON_MS, all_told, card_of, earned, ready, sales_of, sell, somebody, waits

pytestmark = pytest.mark.anyio
READS = """import(document.querySelector('script').src.replace('main.js', 'reader.js')).then(({ read }) => {
  const nothing = Object.assign(document.createElement('canvas'), { width: 64, height: 64 })
  nothing.getContext('2d').fillRect(0, 0, 9, 9)
  return read(nothing).catch(() => read(nothing))
})"""


async def test_a_till_without_a_network_opens_sells_and_tells_later(house: Living, browser: Browser) -> None:
    maya, points = await somebody(house, "Maya", 3)
    card = await card_of(maya)
    async with till_page(house, browser, tolerated=AWAY, service_workers="allow") as page:
        await ready(page)
        context = page.context
        await context.set_offline(True)
        await (await context.new_cdp_session(page)).send("Network.clearBrowserCache")
        await page.reload()
        await expect(page.locator(".tbar .who")).to_contain_text("Nola")
        assert await page.evaluate(READS) == []
        await expect(page.locator(".tbar .chip")).to_have_text("Offline", timeout=SOON_MS)
        for _ in range(3):
            await sell(page, card)
        await expect(page.locator(".offbar")).to_contain_text("Working offline · 3 sales waiting")
        await expect(page.locator(".kept .lines .l")).to_have_count(3)
        assert (
            await page.locator(".products img").first.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
        )
        assert await troubles(page) == [] and await over_the_edge(page) == 0 and await too_small(page) == []
        assert await sales_of(maya) == []
        await page.close()

        page = await context.new_page()
        await page.goto(house.url + "/till")
        await expect(page.locator(".offbar")).to_contain_text("3 sales waiting")
        await waits(page, 3)
        await context.set_offline(False)
        await all_told(page)
    assert await earned(maya) == points


async def test_the_house_goes_away_and_the_first_answer_is_lost(house: Living, browser: Browser) -> None:
    noa, points = await somebody(house, "Noa", 2)
    card = await card_of(noa)
    async with till_page(house, browser, tolerated=AWAY, service_workers="allow") as page:
        await ready(page)
        await asyncio.to_thread(house.stage.stop, "serve")
        try:
            await page.reload()
            await expect(page.locator(".tbar .chip")).to_have_text("Offline", timeout=SOON_MS)
            await sell(page, card)
            await sell(page, card)
        finally:
            house.stage.start("serve")
            await house.stage.ready()
        bodies: list[tuple[str, str | None]] = []

        async def lose_the_first(route: Route) -> None:
            bodies.append((route.request.headers["idempotency-key"], route.request.post_data))
            answer = await route.fetch()
            assert answer.status == 202
            if len(bodies) == 1:
                await route.abort("connectionreset")
            else:
                assert answer.headers["idempotent-replayed"] == "true"
                await route.fulfill(response=answer)

        await page.route("**/till/batches", lose_the_first)
        await page.get_by_role("button", name="Try now").click()
        await all_told(page)
    assert len(bodies) == 2 and bodies[0] == bodies[1], "the same key and the same body"
    assert await earned(noa) == points


async def test_a_sale_whose_answer_was_lost_joins_the_queue_and_counts_once(house: Living, browser: Browser) -> None:
    tal, points = await somebody(house, "Tal", 1)
    async with till_page(house, browser, tolerated=AWAY) as page:

        async def served_and_lost(route: Route) -> None:
            assert (await route.fetch()).status == 200
            await route.abort("connectionreset")

        await page.route("**/till/sales/*", served_and_lost)
        await sell(page, await card_of(tal))
        await all_told(page)
    assert await earned(tal) == points


async def test_a_page_that_crashed_while_it_asked_sells_nothing_twice(house: Living, browser: Browser) -> None:
    gil, points = await somebody(house, "Gil", 1)
    async with till_page(house, browser, tolerated=AWAY) as page:
        served = asyncio.Event()

        async def served_and_silent(route: Route) -> None:
            await route.fetch()
            served.set()

        await page.route("**/till/sales/*", served_and_silent)
        field = page.locator("#card")
        await field.fill(await card_of(gil))
        await field.press("Enter")
        await expect(page.locator(".mini")).to_be_visible()
        await page.get_by_role("button", name="Flat white").click()
        await page.locator(".acts .btn.primary").click()
        await served.wait()
        context = page.context
        await page.close()

        page = await context.new_page()
        await page.goto(house.url + "/till")
        await expect(page.get_by_role("heading", name="Sold")).to_be_visible(timeout=SOON_MS)
        await expect(page.locator(".done")).to_contain_text("Kept, will be sent")
        await page.get_by_role("button", name="Next customer").click()
        await expect(page.locator(".acts .btn.primary")).to_be_disabled()
        await all_told(page)
    assert await earned(gil) == points


async def test_what_the_house_will_not_have_is_shown_until_somebody_has_looked(house: Living, browser: Browser) -> None:
    ben, points = await somebody(house, "Ben", 1)
    async with till_page(house, browser, tolerated=AWAY, service_workers="allow") as page:
        await ready(page)
        await page.context.set_offline(True)
        await sell(page, "ZZZZZZZZZZZZZZZZZ")
        await sell(page, await card_of(ben))
        await page.context.set_offline(False)
        await expect(page.locator(".offbar")).to_contain_text("Needs a look", timeout=SOON_MS)
        await page.reload()
        await page.get_by_role("button", name="Show them").click()
        row = page.locator(".troubles .l")
        await expect(row).to_have_count(1)
        await expect(row).to_contain_text("₪18")
        kept = await page.evaluate(KEPT)
        assert not kept["items"] and kept["refused"][0]["problem"]["detail"] in (await row.inner_text())
        await row.get_by_role("button", name="Noted").click()
        await all_told(page)
        assert (await page.evaluate(KEPT))["refused"] == []
    assert await earned(ben) == points


async def test_a_house_that_is_ill_or_will_not_know_the_key_loses_nothing(house: Living, browser: Browser) -> None:
    ada, points = await somebody(house, "Ada", 1)
    async with till_page(house, browser, tolerated=AWAY, service_workers="allow") as page:
        await ready(page)
        mood = {"status": 503}

        async def ill(route: Route) -> None:
            problem = {
                "type": "urn:punchcard:no-key",
                "title": "No",
                "detail": "This key has ended.",
                "status": mood["status"],
            }
            await route.fulfill(
                status=mood["status"], body=json.dumps(problem), content_type="application/problem+json"
            )

        await page.context.set_offline(True)
        await sell(page, await card_of(ada))
        await page.route("**/till/batches", ill)
        await page.context.set_offline(False)
        await expect(page.locator(".offbar")).to_contain_text("It is sent again by itself", timeout=SOON_MS)
        await waits(page, 1)
        mood["status"] = 401
        await expect(page.locator(".offbar")).to_contain_text("This key has ended.", timeout=SOON_MS)
        await waits(page, 1)
        await page.unroute("**/till/batches", ill)
        await page.get_by_role("button", name="New key").click()
        await page.get_by_placeholder("The till’s key").fill(house.keys.till_keys["nola"])
        await page.get_by_role("button", name="Open").click()
        await page.get_by_placeholder("Name").fill("Dana")
        await page.get_by_role("button", name="Start the shift").click()
        await all_told(page)
    assert await earned(ada) == points


async def test_two_pages_of_one_till_bring_everything_once(house: Living, browser: Browser) -> None:
    lea, points = await somebody(house, "Lea", 2)
    card = await card_of(lea)
    async with till_page(house, browser, tolerated=AWAY, service_workers="allow") as page:
        await ready(page)
        other = await page.context.new_page()
        await other.goto(house.url + "/till")
        await page.context.set_offline(True)
        await sell(page, card)
        await sell(other, card)
        brought: list[str] = []
        for each in (page, other):
            each.on("request", lambda asked: brought.append(asked.url) if asked.url.endswith("/till/batches") else None)
        await page.context.set_offline(False)
        await asyncio.gather(*(each.evaluate("dispatchEvent(new Event('online'))") for each in (page, other)))
        await all_told(page)
        await all_told(other)
    assert len(brought) == 1
    assert await earned(lea) == points


async def test_points_do_not_pay_without_a_network_and_goods_come_back_all_the_same(
    house: Living, browser: Browser
) -> None:
    ira, points = await somebody(house, "Ira", 1)
    card = await card_of(ira)
    async with till_page(house, browser, tolerated=AWAY, service_workers="allow") as page:
        await ready(page)
        await sell(page, card)
        await sell(page, card)
        await page.context.set_offline(True)
        number = await page.evaluate("JSON.parse(localStorage.getItem('pc.till.count')).count")
        mark = await page.evaluate("JSON.parse(localStorage.getItem('pc.till.mark'))")
        await page.get_by_role("button", name="Return").click()
        await page.get_by_label("Receipt number").fill(f"{mark}-{number:04}")
        await page.get_by_role("button", name="Find").click()
        await page.get_by_role("button", name="Everything").click()
        await page.get_by_role("button", name="Take back").click()
        await expect(page.locator(".done")).to_contain_text("Sent when the line is back")
        await page.get_by_role("button", name="Done").click()
        await waits(page, 1)
        await page.context.set_offline(False)
        await all_told(page)
    assert (await ira.get("/me/card"))["points"] == sum(points)
    await ira.close()
