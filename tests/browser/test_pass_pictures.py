"""Passes as they are seen: each tier in each language and the extremes, beside the pictures that were once looked at.

`PUNCHCARD_KEEP_PICTURES=1` writes them anew: then look at what changed before you commit it."""

import io
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import msgspec
import pytest
import zxingcpp
from PIL import Image, ImageChops
from playwright.async_api import Browser, Page

from punchcard.foundation.locale import LANGUAGES
from punchcard.passes import Face, apple
from punchcard.passes.apple.model import Sheet
from punchcard.passes.apple.preview import draw
from punchcard.passes.apple.previewing import picture as drawn
from tests.apple import AT, DESIGNS, FACE, SERIAL

from . import almond, phone
from .almond import CODE

pytestmark = pytest.mark.anyio
KEPT = Path(__file__).parent / "kept"
COLOURS, TILE = 128, 16
DIFFERENCE_MAX = 15
"""Of 255, the mean of a tile of TILE × TILE points where it is largest. Fewer colours make up to 12, an ink of another grey 19,
a balance two points smaller 44 and more."""
LONG = "Wilhelmine-Charlotte Freifrau von Übelacker-Śródmiejska 🌸☕🎉"
MIXED = "מאיה Levi-Cohen (קפה Nola) 50%"
EXTREMES: Mapping[str, Face] = {
    "nine-digits.en": msgspec.structs.replace(almond.face(), points=987_654_321, missing=123_456_789),
    "nine-digits.ar": msgspec.structs.replace(almond.face("ar"), points=987_654_321, missing=123_456_789),
    "long-name.en": msgspec.structs.replace(
        FACE, card_code=CODE, name=LONG, tier_name={"en": LONG}, next_tier_name={"en": LONG}
    ),
    "mixed.he": msgspec.structs.replace(
        FACE, card_code=CODE, language="he", name=MIXED, tier_name={"he": MIXED}, next_tier_name={"he": MIXED}
    ),
    "nothing.ru": msgspec.structs.replace(almond.face("ru", "bud", offer_seconds=0), points=0),
    "partner.en": msgspec.structs.replace(FACE, card_code=CODE, partner="nola"),
    "partner.he": msgspec.structs.replace(FACE, card_code=CODE, language="he", tier="bud", partner="rayhan"),
    "void.he": msgspec.structs.replace(FACE, language="he", is_open=False),
}


@pytest.fixture(scope="module")
async def page(browser_with_drawer: Browser) -> AsyncIterator[Page]:
    async with phone.page(browser_with_drawer) as opened:
        yield opened


@pytest.fixture(scope="module")
def desk() -> apple.Press:
    return apple.desk(DESIGNS)


def faces() -> dict[str, Face]:
    tiers = {f"{tier}.{language}": almond.face(language, tier) for tier in almond.TIERS for language in LANGUAGES}
    return tiers | dict(EXTREMES)


@pytest.mark.parametrize("name", faces())
async def test_a_pass_looks_as_it_was_looked_at(page: Page, desk: apple.Press, name: str):
    face = faces()[name]
    svg = drawn(desk, Sheet(face, SERIAL, ""), face.language, almond.NOW)

    seen, boxes = await phone.picture(page, svg)

    assert boxes["front"] and boxes["back"]
    beyond = [(side, text, *edges) for side in boxes for text, *edges in boxes[side] if min(edges) < 4]
    assert not beyond, "text leaves the card"
    assert like(seen, name) <= DIFFERENCE_MAX


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", ["coupon", "eventTicket"])
async def test_tickets_look_as_they_were_looked_at(page: Page, desk: apple.Press, style: str, language: str):
    names = [name for name, each in desk.designs.items() if each.look.style == style]
    if not names:
        pytest.skip(f"no design has style = {style}")

    seen, boxes = await phone.picture(page, apple.sample(desk, names[0], language, AT))

    assert not [text for side in boxes for text, *edges in boxes[side] if min(edges) < 4]
    assert like(seen, f"{style}.{language}") <= DIFFERENCE_MAX


@pytest.mark.parametrize("name", ["bud.en", "blossom.he", "orchard.ar", "nine-digits.en", "partner.he"])
async def test_a_till_reads_the_code_from_the_picture(page: Page, desk: apple.Press, name: str):
    face = faces()[name]
    seen, _ = await phone.picture(page, drawn(desk, Sheet(face, SERIAL, ""), face.language, almond.NOW))

    assert [(str(each.format), each.text) for each in zxingcpp.read_barcodes(seen)] == [("QR Code", CODE)]


async def test_nothing_in_a_picture_runs_or_loads(browser: Browser, desk: apple.Press):
    hostile = "\"'><img src=x onerror='window.ran=1'><script>window.ran=1</script>"
    face = msgspec.structs.replace(FACE, name=hostile, tier_name={"en": hostile})
    page = await browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.set_content(drawn(desk, Sheet(face, SERIAL, ""), "en", AT))

    assert await page.evaluate("window.ran") is None
    assert [url for url in asked if not url.startswith("data:image/png")] == []
    await page.close()


async def test_other_fonts_leave_the_card_neither(page: Page, desk: apple.Press):
    """Where Apple's fonts are missing the widest that Debian has is taken, and still fits."""
    for name in ("blossom.en", "orchard.ru", "bud.ar", *EXTREMES):
        face = faces()[name]
        svg = drawn(desk, Sheet(face, SERIAL, ""), face.language, almond.NOW)
        boxes = await phone.boxes_of(page, svg.replace("-apple-system", "DejaVu Sans"))

        assert not [(name, text, *edges) for side in boxes for text, *edges in boxes[side] if min(edges) < 0]


def test_a_pass_without_anything_is_drawn_too():
    assert "<svg" in draw({"pass.json": b'{"storeCard": {}}'}, "en")


def like(seen: Image.Image, name: str) -> int:
    """How far the picture is from the kept one where it differs most; 255 when there is none or its size differs."""
    path = KEPT / f"{name}.png"
    if os.environ.get("PUNCHCARD_KEEP_PICTURES"):
        KEPT.mkdir(exist_ok=True)
        seen.quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE).save(path, optimize=True)
    if not path.exists():
        return 255
    kept = Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
    if kept.size != seen.size:
        return 255
    tiles = ImageChops.difference(seen, kept).convert("L").reduce(TILE)
    return int(tiles.getextrema()[1])  # type: ignore[arg-type]  # of one channel
