"""Pass previews as PNG: headless Chromium, with our own font in the place of Apple's, so that every machine draws the same."""

import base64
import io
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Page

import punchcard

FONTS = Path(punchcard.__file__).parent / "surfaces" / "web" / "static" / "fonts"
WALL = "#dfe3e6"

BOXES = """() => Object.fromEntries(['front', 'back'].map(id => {
  const group = document.getElementById(id)
  if (!group) return [id, []]
  const card = group.querySelector('path, rect').getBoundingClientRect()
  return [id, [...group.querySelectorAll('text')].map(text => {
    const box = text.getBoundingClientRect()
    return [text.textContent, box.left - card.left, box.top - card.top, card.right - box.right, card.bottom - box.bottom]
  })]
}))"""
"""Every text with its distances to the card's four sides."""


def style() -> str:
    def within(found: re.Match[str]) -> str:
        return f"url(data:font/woff2;base64,{base64.b64encode((FONTS / found[1]).read_bytes()).decode()})"

    ours = re.sub(r"url\(([\w.-]+)\)", within, (FONTS / "fonts.css").read_text())
    faces = ours.replace("font-family: Rubik", "font-family: 'SF Pro Text'")
    return f"<style>{faces}body{{margin:0;background:{WALL}}}svg{{display:block}}</style>"


@asynccontextmanager
async def page(browser: Browser, scale: float = 1) -> AsyncIterator[Page]:
    """Where previews are looked at, one after the other."""
    opened = await browser.new_page(viewport={"width": 820, "height": 600}, device_scale_factor=scale)
    await opened.set_content(f"{style()}<main></main>")
    yield opened
    await opened.close()


async def boxes_of(page: Page, svg: str) -> Mapping[str, Any]:
    """Show the preview; where its texts stand: `front` and `back` with the distances to their sides."""
    await page.evaluate("svg => { document.querySelector('main').innerHTML = svg }", svg)
    await page.evaluate("document.fonts.ready.then(() => 0)")
    found: Mapping[str, Any] = await page.evaluate(BOXES)
    return found


async def picture(page: Page, svg: str) -> tuple[Image.Image, Mapping[str, Any]]:
    """The preview as it is seen, and where its texts stand."""
    boxes = await boxes_of(page, svg)
    return Image.open(io.BytesIO(await page.locator("svg").screenshot())).convert("RGB"), boxes
