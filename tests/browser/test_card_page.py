"""The card page in Chromium: whole, inert, in four languages, on the narrowest phone."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Page

from punchcard.foundation.locale import LANGUAGES, RIGHT_TO_LEFT
from punchcard.surfaces.app import page as pages

from . import almond
from .almond import CODE
from .conftest import card, card_of

pytestmark = pytest.mark.anyio

PHONE, NARROW = {"width": 390, "height": 844}, {"width": 320, "height": 700}
PAYLOAD = """"'><img src=x onerror="window.ran=1"><script>window.ran=1</script>{{7*7}}"""


async def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_whole_and_breaks_no_policy(open_page, language):
    async with open_page(card, f"/c/{language}") as page:
        assert await page.evaluate("document.documentElement.lang") == language
        assert (await page.evaluate("document.documentElement.dir") == "rtl") == (language in RIGHT_TO_LEFT)
        assert await page.evaluate("[...document.fonts].some(font => font.status === 'loaded')")
        assert await overflow(page) == 0

        await page.set_viewport_size(NARROW)
        assert await overflow(page) == 0

        await page.evaluate("document.documentElement.style.fontSize = '32px'")
        assert await overflow(page) == 0
        assert page.complaints == []


async def test_a_till_can_read_the_code_from_any_screen(open_page):
    async with open_page(card, "/c/en") as page:
        for screen, scheme in [(PHONE, "light"), (PHONE, "dark"), (NARROW, "light")]:
            await page.set_viewport_size(screen)
            await page.emulate_media(color_scheme=scheme)
            picture = Image.open(io.BytesIO(await page.screenshot(full_page=True)))

            assert [(str(each.format), each.text) for each in zxingcpp.read_barcodes(picture)] == [("QR Code", CODE)]


async def test_what_people_wrote_is_shown_and_never_run(open_page):
    async with open_page(lambda _: card_of(almond.face(name=PAYLOAD)), "/c/en") as page:
        shown = await page.text_content(".who")

        assert shown == PAYLOAD
        assert await page.evaluate("window.ran") is None
        assert await page.locator("img[src=x]").count() == 0
        assert page.complaints == []


async def test_everything_that_is_pressed_is_44_pixels_high(open_page):
    async with open_page(card, "/c/en") as page:
        heights = await page.evaluate("[...document.querySelectorAll('a')].map(a => a.getBoundingClientRect().height)")

    assert heights and min(heights) >= 44


async def test_the_countdown_runs_and_the_offer_goes_when_it_ends(open_page):
    async with open_page(lambda _: card_of(almond.face(offer_seconds=125)), "/c/en") as page:
        await page.clock.install()
        await page.reload()
        before = await page.text_content(".timer")
        await page.clock.fast_forward("01:10")
        between = await page.text_content(".timer")
        await page.clock.fast_forward("01:00")

        assert (before, between) == ("0:03", "0:01")
        assert not await page.is_visible(".next")


async def test_without_scripts_the_page_says_the_same(open_page):
    async with open_page(card, "/c/en", java_script_enabled=False) as page:
        assert await page.is_visible(".timer")
        assert await page.text_content(".timer") == "2:47"


async def test_a_link_that_ended_says_so_handsomely(open_page):
    async with open_page(lambda language: pages.sorry(almond.TITLE, language), "/c/he") as page:
        assert await page.is_visible("h1")
        assert page.complaints == []
