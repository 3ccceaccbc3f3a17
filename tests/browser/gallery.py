"""Every screen of both faces, and how one gets there: what the tests look at and the pictures show.

`python -m tests.browser.gallery` takes the pictures anew: docs/pictures/app.NAME.png and till.NAME.png, each with the screen in
light, dark, Hebrew and Arabic beside each other."""

import asyncio
import io
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from PIL import Image
from playwright.async_api import Browser, Page, expect

from punchcard.foundation.ids import new_id

from . import film
from .conftest import WITH_DRAWER, chromium
from .living import PHONE, TABLET, TILL, Living, living, phone, till_page
from .settled import Settled, settle

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
VARIANTS: dict[str, dict[str, Any]] = {
    "light": {"language": "en", "color_scheme": "light"},
    "dark": {"language": "en", "color_scheme": "dark"},
    "he": {"language": "he", "color_scheme": "light"},
    "ar": {"language": "ar", "color_scheme": "light"},
}
MAYAS = {"en": "Maya", "he": "מאיה", "ar": "مايا"}
"""Whoever reads a language has had her messages in it."""
GAP, COLOURS, PAPER = 24, 256, (0xE4, 0xDF, 0xDE)
FIRST = (GAP, GAP, GAP + PHONE["width"], GAP + PHONE["height"])
"""Where the first picture of a phone lies on its sheet."""
SETTLED_MS = 700
TOLERATED = ("ERR_INTERNET_DISCONNECTED", "status of 4", "wasm", "NetworkError", "ArrayBuffer", "Barcode")
"""What a browser itself says where a screen is about no network or a refusal."""

OLDER = """(() => {
  const seen = JSON.parse(localStorage.getItem('pc.kept.party'))
  localStorage.setItem('pc.kept.party', JSON.stringify({...seen, tier: 'bud'}))
})()"""

Prepare = Callable[[Living, Settled, Page], Awaitable[None]]


async def nothing_more(_: Living, __: Settled, ___: Page) -> None:
    """The address is all that it takes."""


class Shown(Struct, frozen=True):
    """A screen: which face, its address, and what is done there before it is looked at."""

    face: str
    path: str
    prepare: Prepare = nothing_more
    signed_in: bool = True
    newcomer: bool = False
    """Seen by somebody who has just joined."""


async def has_wallets(_: Living, __: Settled, page: Page) -> None:
    await page.locator(".wallet").first.wait_for()


async def goes_offline(_: Living, __: Settled, page: Page) -> None:
    """The line is cut while the card stands there; the page hears of it when it asks next."""
    await page.locator(".card-code svg.m path").wait_for()
    await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")  # other screens are kept from then on
    await page.context.set_offline(True)
    await page.evaluate("location.hash = '#activity'")
    await page.wait_for_timeout(400)
    await page.evaluate("location.hash = '#home'")
    await page.locator(".note").wait_for()


async def answers(who: Settled) -> None:
    """No to what was asked in the look before this one."""
    for each in await who.maya.get("/me/approvals"):
        await who.maya.put(f"/me/approvals/{each['id']}", {"approve": False})


async def is_asked(house: Living, who: Settled, page: Page) -> None:
    """The till asks for five hundred points of a bill of ₪39."""
    card = (await who.maya.get("/me/card"))["code"]
    till = house.till()
    await till.put(f"/till/approvals/{new_id()}", {"card": card, "worth": 500, "total": 39_00})
    await till.close()
    await page.locator("[role=alertdialog]").wait_for()


async def celebrates(_: Living, who: Settled, page: Page) -> None:
    """What the app saw of the member last is made older than it is: it finds the tier reached since."""
    for _again in range(100):
        if await page.evaluate("localStorage.getItem('pc.kept.party') !== null"):
            break
        await page.wait_for_timeout(100)
    await page.evaluate(OLDER)
    await page.reload()
    await page.locator(".party").wait_for()
    await page.wait_for_timeout(1500)


def taps(selector: str) -> Prepare:
    """Press the first of these."""

    async def prepare(_: Living, __: Settled, page: Page) -> None:
        await page.locator(selector).first.click()

    return prepare


async def fills(_: Living, __: Settled, page: Page) -> None:
    """Two products are added before the card is shown."""
    for n in (0, 3):
        await page.locator(".products button").nth(n).click()
    await page.locator(".basket .head button").click()


async def scans(house: Living, who: Settled, page: Page) -> None:
    """The wedge scanner types the card's number, and two products are added."""
    card = (await who.maya.get("/me/card"))["code"]
    await expect(page.locator("#card")).to_be_focused()
    await page.keyboard.type(card)
    await page.keyboard.press("Enter")
    await page.locator(".mini").wait_for()
    await fills(house, who, page)
    await page.locator(".reasons").last.wait_for()
    await page.wait_for_timeout(600)


async def sells(house: Living, who: Settled, page: Page) -> None:
    await scans(house, who, page)
    await page.locator(".acts .btn.primary").click()
    await page.locator(".paper").wait_for()


async def is_refused(_: Living, __: Settled, page: Page) -> None:
    await expect(page.locator("#card")).to_be_focused()
    await page.keyboard.type("4417 0923 7715 XXXXX")
    await page.keyboard.press("Enter")
    await page.locator(".refuse").wait_for()


async def sells_offline(_: Living, __: Settled, page: Page) -> None:
    await page.locator(".products button").first.wait_for()  # a till knows its products from when it had a network
    await page.context.set_offline(True)
    for n in range(2):
        await page.locator(".products button").nth(n).click()
        await page.locator(".acts .btn.primary").click()
        await expect(page.locator(".paper")).to_be_visible(timeout=20_000)
        await page.keyboard.press("Enter")
    await page.locator(".offbar").wait_for()
    if await (listing := page.locator(".offbar .plain")).count():  # where a camera looks, the list is behind a button
        await listing.click()


SCREENS: dict[str, Shown] = {
    "welcome": Shown("app", "/app/", signed_in=False),
    "home": Shown("app", "/app/", has_wallets),
    "bud": Shown("app", "/app/", has_wallets, newcomer=True),
    "code": Shown("app", "/app/#code"),
    "offline": Shown("app", "/app/", goes_offline),
    "offers": Shown("app", "/app/#offers"),
    "offer": Shown("app", "/app/#offers/fruit"),
    "rewards": Shown("app", "/app/#rewards"),
    "redeem": Shown("app", "/app/#rewards/five-off"),
    "challenges": Shown("app", "/app/#challenges"),
    "challenge": Shown("app", "/app/#challenges/weekly-table"),
    "activity": Shown("app", "/app/#activity", taps(".app .panel .row >> nth=1")),
    "empty-activity": Shown("app", "/app/#activity", newcomer=True),
    "expiry": Shown("app", "/app/#expiry"),
    "inbox": Shown("app", "/app/#inbox"),
    "approve": Shown("app", "/app/", is_asked),
    "settings": Shown("app", "/app/#settings"),
    "devices": Shown("app", "/app/#devices"),
    "privacy": Shown("app", "/app/#privacy"),
    "party": Shown("app", "/app/", celebrates),
    "till-idle": Shown("till", "/till", fills),
    "till-quote": Shown("till", "/till", scans),
    "till-sold": Shown("till", "/till", sells),
    "till-refused": Shown("till", "/till", is_refused),
    "till-offline": Shown("till", "/till", sells_offline),
}


@asynccontextmanager
async def looked_at(
    house: Living, browser: Browser, who: Settled, name: str, language: str = "en", **how: Any
) -> AsyncIterator[Page]:
    """The screen, ready, and no question of a till over it but its own."""
    shown = SCREENS[name]
    await answers(who)
    if shown.face == "till":
        face = till_page(house, browser, language=language, tolerated=TOLERATED, **how)
    else:
        face = phone(
            house,
            browser,
            (who.noa if shown.newcomer else who.maya) if shown.signed_in else None,
            shown.path,
            language,
            tolerated=TOLERATED,
            **how,
        )
    async with face as page:
        await page.locator("h1").first.wait_for(state="attached")
        await shown.prepare(house, who, page)
        await page.wait_for_timeout(SETTLED_MS)
        await page.evaluate("document.fonts.ready.then(() => 0)")
        yield page


async def take(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before = film.coming(Image.open(FOLDER / "app.home.png").convert("RGB").crop(FIRST), Path(folder) / "phone.y4m")
        async with living(Path(folder)) as house, chromium(*film.camera(before), path=WITH_DRAWER) as browser:
            readers = {language: await settle(house, name, language) for language, name in MAYAS.items()}
            for name in [each for each in names if each in SCREENS] or ([] if names else SCREENS):
                keep(
                    name,
                    [
                        await picture(house, browser, readers[each["language"]], name, each)
                        for each in VARIANTS.values()
                    ],
                )
            if not names or "tablet" in names:
                how = VARIANTS["light"] | {"viewport": TABLET}
                keep("tablet", [await picture(house, browser, readers["en"], "home", how)])
            for each in readers.values():
                await each.leave()


async def picture(house: Living, browser: Browser, who: Settled, name: str, how: dict[str, Any]) -> Image.Image:
    size = how.get("viewport") or (TILL if SCREENS[name].face == "till" else PHONE)
    async with looked_at(house, browser, who, name, **{**how, "viewport": size, "device_scale_factor": 1.0}) as page:
        return Image.open(io.BytesIO(await page.screenshot())).convert("RGB")


def keep(name: str, pictures: list[Image.Image]) -> None:
    """Beside each other on paper; four tills as two and two."""
    across = 2 if pictures[0].width > pictures[0].height else len(pictures)
    down = -(-len(pictures) // across)
    width, height = pictures[0].size
    sheet = Image.new("RGB", (across * (width + GAP) + GAP, down * (height + GAP) + GAP), PAPER)
    for n, each in enumerate(pictures):
        sheet.paste(each, (GAP + n % across * (width + GAP), GAP + n // across * (height + GAP)))
    file = FOLDER / f"{name.replace('till-', 'till.') if name.startswith('till-') else 'app.' + name}.png"
    sheet.quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE).save(file, optimize=True)
    print(file.name, file.stat().st_size // 1000, "kB", flush=True)


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1:]))
