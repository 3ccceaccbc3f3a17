"""What tools of others say of a page: axe-core (Deque, MPL-2.0, `axe.min.js` is its released file, version below) of whether
everybody can use it; and whether something runs over its edge."""

import asyncio
import hashlib
import os
import time
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).with_name("axe.min.js")
AXE_VERSION, AXE_SHA256 = "4.14.1", "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
GRAVE = ("serious", "critical")
SMALL_PX = 44
EVERY_LOOK = bool(os.environ.get("PUNCHCARD_EVERY_LOOK"))
"""Look at every screen in every language, light and dark (`make faces`), and not at each in one of them."""

OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """min => [...document.querySelectorAll('a[href], button, input, select, [role=switch]')].flatMap(el => {
  const box = (el.closest('.field') ?? el).getBoundingClientRect(), style = getComputedStyle(el)
  if (!box.width || style.visibility === 'hidden' || style.display === 'inline' || el.closest('.sr')) return []
  const grown = getComputedStyle(el, '::before')
  const more = grown.position === 'absolute' ? -2 * parseFloat(grown.insetBlockStart || 0) : 0
  return Math.max(box.height, box.height + more) < min - 0.5 || Math.max(box.width, box.width + more) < min - 0.5
    ? [`${el.tagName} ${el.className} ${Math.round(box.width)}x${Math.round(box.height)} ${el.textContent.slice(0, 30)}`]
    : []
})"""


async def comes_true(page: Page, promised: str, within_seconds: float = 20) -> None:
    """Wait until what this promises in the page is true. (Playwright's own `wait_for_function` takes any promise for a yes.)"""
    until = time.monotonic() + within_seconds
    while not await page.evaluate(promised):
        assert time.monotonic() < until, f"never came true: {promised}"
        await asyncio.sleep(0.05)


@cache
def axe() -> str:
    text = AXE.read_text()
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_SHA256, "axe.min.js is not the released file"
    return text


async def troubles(page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page as it stands, each with where."""
    await page.evaluate(axe())
    said: Any = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert said["passes"], "axe looked at nothing"
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['html'][:120]}"
        for each in said["violations"]
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


async def over_the_edge(page: Page) -> int:
    """How many pixels the page is wider than the screen."""
    return int(await page.evaluate(OVER))


async def too_small(page: Page) -> list[str]:
    """What is to be pressed and smaller than 44 px."""
    return list(await page.evaluate(SMALL, SMALL_PX))
