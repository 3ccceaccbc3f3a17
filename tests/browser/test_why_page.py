"""The page behind a card's link in Chromium: whole on the narrowest phone, in four languages, and open without a script."""

import pytest

from punchcard.foundation.locale import LANGUAGES, RIGHT_TO_LEFT

from . import almond_why
from .test_card_page import NARROW, overflow

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_whole_and_breaks_no_policy(open_page, language):
    async with open_page(almond_why.page, f"/c/{language}") as page:
        assert (await page.evaluate("document.documentElement.dir") == "rtl") == (language in RIGHT_TO_LEFT)
        assert await overflow(page) == 0

        await page.set_viewport_size(NARROW)
        await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert await overflow(page) == 0

        await page.evaluate("document.documentElement.style.fontSize = '32px'")
        assert await overflow(page) == 0
        assert page.complaints == []


async def test_a_line_opens_and_closes_without_a_script(open_page):
    async with open_page(almond_why.page, "/c/en", java_script_enabled=False) as page:
        first, second = page.locator("details").nth(0), page.locator("details").nth(1)
        assert await first.locator(".terms").is_visible() and not await second.locator(".terms").is_visible()

        await second.locator("summary").click()
        await first.locator("summary").click()

        assert await second.locator(".terms").is_visible() and not await first.locator(".terms").is_visible()


async def test_everything_that_is_pressed_is_44_pixels_high(open_page):
    async with open_page(almond_why.page, "/c/en") as page:
        pressed = "[...document.querySelectorAll('a, summary')].map(each => each.getBoundingClientRect().height)"

        assert min(await page.evaluate(pressed)) >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_word_stands_out_from_its_ground(open_page, scheme):
    """Contrast of each text with the nearest ground that is painted: at least 4.5 to 1."""
    async with open_page(almond_why.page, "/c/en", color_scheme=scheme) as page:
        assert await page.evaluate(FAINT) == []


FAINT = """() => {
  const paint = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const light = colour => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
    const part = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return a ? .2126 * part(r) + .7152 * part(g) + .0722 * part(b) : null;
  };
  const ground = each => { for (; each; each = each.parentElement) {
    const found = light(getComputedStyle(each).backgroundColor); if (found !== null) return found; } return 1; };
  return [...document.querySelectorAll('h1, h2, h3, p, .title, .small, .delta, li span, li b, .due span')].filter(each => {
    const [high, low] = [light(getComputedStyle(each).color), ground(each)].sort((a, b) => b - a);
    return each.checkVisibility() && (high + .05) / (low + .05) < 4.5;
  }).map(each => each.textContent);
}"""
