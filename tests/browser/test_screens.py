"""Every screen in four languages, light and dark: axe-core finds nothing grave, nothing runs over the edge at 320 px, what is
pressed is 44 px, each page has one title, and the console and the policy stay silent."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, ViewportSize

from punchcard.foundation.locale import LANGUAGES

from .gallery import SCREENS, looked_at
from .living import Living
from .seeing import EVERY_LOOK, over_the_edge, too_small, troubles
from .settled import Settled, settle

pytestmark = pytest.mark.anyio
LOOKS: dict[str, dict[str, Any]] = {
    "en-dark": {"language": "en", "color_scheme": "dark"},
    "ru-light": {"language": "ru", "color_scheme": "light"},
    "he-dark": {"language": "he", "color_scheme": "dark"},
    "ar-light": {"language": "ar", "color_scheme": "light"},
}
"""Each language once, light and dark in turns; a screen's colours do not depend on its language."""
LOOKED_AT = [
    (name, look) for n, name in enumerate(SCREENS) for look in (LOOKS if EVERY_LOOK else [list(LOOKS)[n % len(LOOKS)]])
]
"""Every screen in one of them, in turns; `make faces` looks at all."""
NARROW = ViewportSize(width=320, height=640)
assert {each["language"] for each in LOOKS.values()} == set(LANGUAGES)


@pytest.fixture(scope="module")
async def who(house: Living) -> AsyncIterator[Settled]:
    settled = await settle(house)
    yield settled
    await settled.leave()


@pytest.mark.parametrize("name, look", LOOKED_AT)
async def test_a_screen_can_be_used_by_everybody(
    house: Living, browser: Browser, who: Settled, name: str, look: str
) -> None:
    async with looked_at(house, browser, who, name, **LOOKS[look]) as page:
        assert await troubles(page) == []
        assert await too_small(page) == []
        assert await page.locator("h1:not(.party h1)").count() == 1
        assert await page.evaluate("document.documentElement.lang") == LOOKS[look]["language"]
        await page.set_viewport_size(NARROW)
        assert await over_the_edge(page) <= 0, f"{await over_the_edge(page)} px over the edge at {NARROW['width']}"
