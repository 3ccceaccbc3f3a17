"""Take the pictures of the card again: `python -m tests.browser.pictures` writes docs/pictures/card.*.png and pass.*.png."""

import asyncio
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser

from punchcard.foundation.locale import LANGUAGES
from punchcard.passes import apple
from punchcard.passes.apple.model import Sheet
from punchcard.passes.apple.previewing import picture as preview
from tests.apple import DESIGNS, SERIAL

from . import phone
from .almond import NOW, THRESHOLDS, face
from .conftest import WITH_DRAWER, card, card_of, chromium, opened, shows

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
COLOURS, SCALE = 256, 1.5
CARD = (0, 56, 390, 612)
"""Where the card lies on a phone: left, top, right and bottom in CSS pixels."""
PASS = (0, 0, 392, 516)
"""Where the front lies on a preview."""


async def take() -> None:
    async with chromium(path=WITH_DRAWER) as browser:
        for language in LANGUAGES:
            keep(f"card.{language}.png", await picture(browser, card, f"/c/{language}"))
        keep("card.dark.png", await picture(browser, card, "/c/en", color_scheme="dark"))
        for tier in THRESHOLDS:
            png = await picture(browser, partial(on_level, tier), "/c/en")
            keep("card.png" if tier == "blossom" else f"card.{tier}.png", png, CARD)
        await take_passes(browser)


async def take_passes(browser: Browser) -> None:
    """Each tier in Apple Wallet as it is previewed, and front and back of one in Hebrew."""
    desk = apple.desk(DESIGNS)
    async with phone.page(browser, SCALE) as page:
        for tier in THRESHOLDS:
            shown = preview(desk, Sheet(face("en", tier), SERIAL, ""), "en", NOW)
            keep(f"pass.{tier}.png", png_of((await phone.picture(page, shown))[0]), PASS)
        shown = preview(desk, Sheet(face("he"), SERIAL, ""), "he", NOW)
        keep("pass.he.png", png_of((await phone.picture(page, shown))[0]))


def png_of(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def on_level(tier: str, language: str) -> str:
    return card_of(face(language, tier), language)


async def picture(browser: Browser, write: Callable[[str], str], path: str, **how: Any) -> bytes:
    async with opened(browser, shows(write), path, device_scale_factor=SCALE, **how) as page:
        return await page.screenshot()


def keep(name: str, png: bytes, part: tuple[int, int, int, int] | None = None) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    shown = whole.crop(tuple(int(edge * SCALE) for edge in part)) if part else whole  # type: ignore[arg-type]  # four edges
    shown.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    asyncio.run(take())
