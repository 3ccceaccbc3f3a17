"""What a person waits for in the browser: the app's first load in bytes and in seconds on a slow phone, the card without a
network, and from the camera to the quote. Everything runs on this machine, the browser beside the house."""

import asyncio
import json
import shutil
import statistics
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from punchcard.demo.people import MemberApp
from punchcard.foundation.locale import LANGUAGES
from tests.bench.figures import Figure, percentile, told, under
from tests.browser import film, living
from tests.browser.conftest import CHROMIUM, SANDBOX, chromium
from tests.browser.living import Living, phone, till_page, who_is

COMMAND = "make bench ONLY=faces"
ROOT = Path("build/bench/faces").absolute()
LOAD_KB, SCANNER = 120, "vendor/scan/"
SLOWER, ROUNDS, SCANS = 4, 7, 15
FAVICON = ("status of 404",)
"""A page that is no page of ours has none; there the browser is told who is signed in before anything is loaded."""
APPEARS = """(() => {
  const seen = () => {
    const code = document.querySelector('%s')
    if (!code || window.appeared) return
    window.appeared = true
    requestAnimationFrame(() => setTimeout(() => performance.mark('appeared'), 0))
  }
  new MutationObserver(seen).observe(document, {childList: true, subtree: true, attributes: true})
})()"""
"""The moment after the frame in which it was painted, when the page answers to a tap again."""
CARD = ".card-code svg.m path"
MARKED = "performance.getEntriesByName('appeared')[0]?.startTime ?? 0"
SEEING = """(() => {
  addEventListener('playing', () => performance.mark('playing'), true)
  new MutationObserver(() => {
    if (document.querySelector('.mini') && !performance.getEntriesByName('quoted').length) performance.mark('quoted')
  }).observe(document, {childList: true, subtree: true})
})()"""
SCANNED = "performance.getEntriesByName('quoted')[0].startTime - performance.getEntriesByName('playing')[0].startTime"


def figures() -> list[Figure]:
    assert CHROMIUM, "needs Chromium (Debian: apt-get install chromium)"
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    return asyncio.run(measured())


async def measured() -> list[Figure]:
    async with living.living(ROOT) as house:
        maya = await house.member("Maya")
        till = house.till()
        card = (await maya.get("/me/card"))["code"]
        await till.sell(card, [living.COFFEE])
        await till.close()
        async with chromium() as browser:
            found = [await loaded(house, browser, maya, language) for language in LANGUAGES]
            found += await shown_on_a_slow_phone(house, browser, maya)
        found += await scanned(house, maya)
        found += await shown_without_a_network(house, maya)
        await maya.close()
    return found


async def loaded(house: Living, browser: Browser, maya: MemberApp, language: str) -> Figure:
    """Every byte of the body and head that comes over the wire until the card stands there and nothing more comes."""
    async with phone(house, browser, maya, "/health", language, service_workers="block", tolerated=FAVICON) as page:
        wire = await page.context.new_cdp_session(page)
        names: dict[str, str] = {}
        sizes: dict[str, int] = {}

        def named(each: Any) -> None:
            names[each["requestId"]] = each["response"]["url"]

        def finished(each: Any) -> None:
            sizes[each["requestId"]] = each["encodedDataLength"]

        wire.on("Network.responseReceived", named)
        wire.on("Network.loadingFinished", finished)
        await wire.send("Network.enable")
        await page.add_init_script(APPEARS % CARD)
        await page.goto(house.url + "/app/")
        await page.locator(CARD).wait_for()
        before = sum(size for id, size in sizes.items() if SCANNER not in names.get(id, ""))
        await page.wait_for_timeout(3000)
        after = sum(size for id, size in sizes.items() if SCANNER not in names.get(id, ""))
    print(
        f"{language}: {before / 1000:.1f} kB until the card, {after / 1000:.1f} with what is fetched ahead", flush=True
    )
    return under(f"the app's first load, {language}, all told", after / 1000, "kB", LOAD_KB, COMMAND)


async def shown_on_a_slow_phone(house: Living, browser: Browser, maya: MemberApp) -> list[Figure]:
    """From the tap on the icon, nothing kept, until the card is painted and the page answers; a processor a quarter as fast."""
    waits = []
    for _ in range(ROUNDS):
        async with phone(house, browser, maya, "/health", service_workers="block", tolerated=FAVICON) as page:
            wire = await page.context.new_cdp_session(page)
            await wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            await page.add_init_script(APPEARS % CARD)
            await page.goto(house.url + "/app/")
            waits.append(await marked(page))
    return [
        under("the card stands, cold, processor 4x slower, p50", statistics.median(waits) / 1000, "s", 1, COMMAND),
        told("the same, slowest", max(waits) / 1000, "s", COMMAND),
    ]


async def marked(page: Page) -> float:
    for _ in range(1000):
        if at := float(await page.evaluate(MARKED)):
            return at
        await asyncio.sleep(0.01)
    raise AssertionError("the card never stood there")


async def shown_without_a_network(house: Living, maya: MemberApp) -> list[Figure]:
    """The browser is closed, the house is down; the browser is opened anew on what it kept."""
    folder, kept = ROOT / "browser", await house.session(who_is(maya))
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())

        async def started() -> Any:
            return await playwright.chromium.launch_persistent_context(
                folder, executable_path=CHROMIUM, args=SANDBOX, viewport=living.PHONE
            )

        first = await started()
        page = await first.new_page()
        await page.add_init_script(living.FILLED % f'{{"pc.session": {json.dumps(json.dumps(kept))}}}')
        await page.goto(house.url + "/app/")
        await page.locator(CARD).wait_for()
        await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        await page.wait_for_timeout(4000)
        await first.close()
        house.stage.stop("serve")
        waits = []
        for _ in range(ROUNDS):
            again = await started()
            page = await again.new_page()
            await page.add_init_script(APPEARS % CARD)
            await page.goto(house.url + "/app/")
            waits.append(await marked(page))
            await again.close()
    return [
        under("the card without a network, browser and app cold, p50", statistics.median(waits), "ms", 500, COMMAND),
        told("the same, slowest", max(waits), "ms", COMMAND),
    ]


async def scanned(house: Living, maya: MemberApp) -> list[Figure]:
    """From the first frame of the camera, with the code of the member's own app in it, until the quote stands there."""
    waits = []
    for n in range(SCANS):
        async with chromium() as browser, phone(house, browser, maya) as page:
            await page.locator(CARD).wait_for()
            seen = film.shot(await page.locator(".card-code .qr").screenshot(), ROOT / f"{n}.y4m")
        async with (
            chromium(*film.camera(seen)) as browser,
            till_page(house, browser, path="/health", tolerated=FAVICON) as page,
        ):
            await page.add_init_script(SEEING)
            await page.goto(house.url + "/till")
            await page.locator(".mini").wait_for()
            waits.append(float(await page.evaluate(SCANNED)))
    return [
        under("scan to quote, p50", percentile(waits, 50), "ms", 700, COMMAND),
        told("scan to quote, slowest", max(waits), "ms", COMMAND),
    ]
