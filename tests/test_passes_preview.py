"""The picture of a pass: what a phone shows, as one SVG that holds whatever people write."""

import struct
import xml.etree.ElementTree as ET
import zlib
from typing import Any

import msgspec
import pytest

from punchcard.foundation.locale import LANGUAGES, RIGHT_TO_LEFT
from punchcard.passes import apple
from punchcard.passes.apple.model import Sheet
from punchcard.passes.apple.preview import draw
from punchcard.passes.apple.preview_values import Language, anchors, detected, rows
from punchcard.passes.apple.preview_widths import fit, width, wrap
from punchcard.passes.apple.previewing import picture

from .apple import AT, DESIGNS, FACE, SERIAL

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"\'><img src=x onerror="window.ran=1">&amp;\u202e\x00\x0b<![CDATA[ ]]>--><script>1</script>'
PLAIN: dict[str, Any] = {
    "description": "A card",
    "storeCard": {
        "headerFields": [{"key": "level", "label": "Level", "value": "Blossom"}],
        "primaryFields": [{"key": "points", "label": "points", "value": 2480}],
        "secondaryFields": [{"key": "next", "label": "Next", "value": "520 points"}],
    },
    "barcodes": [
        {"format": "PKBarcodeFormatAztec", "message": "", "messageEncoding": "iso-8859-1"},
        {"format": "PKBarcodeFormatQR", "message": "7QK4", "altText": "7QK-4", "messageEncoding": "iso-8859-1"},
    ],
}


def files(**body: Any) -> dict[str, bytes]:
    return {"pass.json": msgspec.json.encode(PLAIN | body)}


def texts(svg: str) -> dict[str, ET.Element]:
    """Every line by what it says."""
    found = {}
    for each in ET.fromstring(svg).iter(f"{SVG}text"):
        found["".join(each.itertext()).strip("\u2068\u2069")] = each
    return found


def image(colour: int, wide: int = 435, high: int = 150) -> bytes:
    raw = b"".join(b"\0" + bytes([colour] * 3) * wide for _ in range(high))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(raw)),
        (b"IEND", b""),
    ]
    made = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


@pytest.fixture(scope="module")
def desk() -> apple.Press:
    return apple.desk(DESIGNS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_design_is_a_picture_of_its_own_that_asks_nobody(desk: apple.Press, language: str):
    for name in desk.designs:
        svg = apple.sample(desk, name, language, AT)

        tree = ET.fromstring(svg)
        sources = [each.attrib["href"] for each in tree.iter(f"{SVG}image")]
        assert sources and all(source.startswith("data:image/png;base64,") for source in sources)
        assert tree.find(f".//{SVG}script") is None and "http://" not in svg.replace("http://www.w3.org/2000/svg", "")
        assert "2,480" in svg or "2\u00a0480" in svg or desk.designs[name].look.style != "storeCard"


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_people_write_stays_text(desk: apple.Press, language: str):
    face = msgspec.structs.replace(FACE, name=HOSTILE, language=language)
    svg = picture(desk, Sheet(face, SERIAL, ""), language, AT)

    tree = ET.fromstring(svg)

    assert {each.tag.removeprefix(SVG) for each in tree.iter()} <= {
        *("svg", "title", "defs", "clipPath", "filter", "feDropShadow", "feColorMatrix", "feGaussianBlur"),
        *("g", "path", "rect", "text", "tspan", "image"),
    }
    assert "onerror" not in {name for each in tree.iter() for name in each.attrib}


def test_hostile_keys_of_the_package_change_nothing_but_the_look():
    broken = {
        "foregroundColor": 'red"/><script/>',
        "backgroundColor": "rgb(1,2,3)",
        "labelColor": 7,
        "logoText": HOSTILE,
    }
    pictures = {"logo@2x.png": b"no image", "strip.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40, HOSTILE: b"<script/>"}

    svg = draw(files(**broken) | pictures, "en")

    assert ET.fromstring(svg).find(f".//{SVG}script") is None
    assert "rgb(1, 2, 3)" in svg and not list(ET.fromstring(svg).iter(f"{SVG}image"))


def test_a_line_from_the_right_begins_at_the_right():
    left, right = (texts(draw(files(), language, back=False)) for language in ("en", "he"))

    assert (left["2,480"].get("x"), right["2,480"].get("x")) == ("14", "344")
    assert right["2,480"].get("direction") == "rtl" and left["2,480"].get("direction") is None
    assert (left["Blossom"].get("x"), left["Blossom"].get("text-anchor")) == ("344", "end")
    assert (right["Blossom"].get("x"), right["Blossom"].get("text-anchor")) == ("14", "end")
    assert "NEXT" in left and "Next" in right


@pytest.mark.parametrize("language", LANGUAGES)
def test_front_and_back_stand_in_reading_order(language: str):
    tree = ET.fromstring(draw(files(), language))
    places = {
        group.find(f"{SVG}g").get("id"): group.get("transform")  # type: ignore[union-attr]  # the picture has both
        for group in tree.findall(f"{SVG}g")
    }

    first, second = ("back", "front") if language in RIGHT_TO_LEFT else ("front", "back")
    assert places == {first: "translate(24 24)", second: "translate(410 24)"}


@pytest.mark.parametrize(
    "field, language, written",
    [
        ({"value": 123456789}, "en", "123,456,789"),
        ({"value": 123456789}, "ru", "123\u00a0456\u00a0789"),
        ({"value": -5}, "en", "-5"),
        ({"value": 0.25, "numberStyle": "PKNumberStylePercent"}, "en", "25%"),
        ({"value": 24.8, "currencyCode": "ILS"}, "en", "₪24.80"),
        ({"value": "2026-12-31T17:00+02:00", "dateStyle": "PKDateStyleMedium"}, "en", "31 Dec 2026"),
        ({"value": "2026-12-31T17:00+02:00", "timeStyle": "PKDateStyleShort"}, "en", "17:00"),
        ({"value": "2026-12-31T17:00Z", "dateStyle": "PKDateStyleLong"}, "ru", "31 декабря 2026\u00a0г."),
        ({"value": "2026-12-31T17:00Z", "dateStyle": "PKDateStyleLong"}, "ar", "31 ديسمبر 2026"),
        ({"value": "soon", "dateStyle": "PKDateStyleLong"}, "en", "soon"),
        ({"value": "two\nlines", "label": "x"}, "en", "two lines"),
    ],
)
def test_values_are_written_as_a_phone_writes_them(field: dict[str, Any], language: str, written: str):
    said = Language({}, language).field(field).value

    assert said.replace("\u202f", "\u00a0") == written.replace("\u202f", "\u00a0")


def test_texts_come_from_the_phones_language():
    strings = '"Level" = "דרגה";\n/* a note */ "Say \\"Next\\"" = "א\\nב";'
    package = files() | {"he.lproj/pass.strings": strings.encode(), "ru.lproj/pass.strings": strings.encode("utf-16")}

    assert rows(package["he.lproj/pass.strings"]) == {"Level": "דרגה", 'Say "Next"': "א\nב"}
    assert rows(package["ru.lproj/pass.strings"]) == rows(package["he.lproj/pass.strings"])
    assert "דרגה" in texts(draw(package, "he")) and "LEVEL" in texts(draw(package, "en"))


def test_a_phone_takes_its_own_languages_image_first():
    package = files() | {"logo@2x.png": image(1), "logo@3x.png": image(2), "he.lproj/logo@2x.png": image(3)}

    def drawn(language: str) -> ET.Element:
        return next(ET.fromstring(draw(package, language)).iter(f"{SVG}image"))

    assert drawn("he").get("href") != drawn("en").get("href")
    assert [drawn("en").get(key) for key in ("x", "width", "height")] == ["12", "139.2", "48"]
    assert drawn("he").get("x") == "206.8"


def test_the_first_code_that_can_be_shown_is():
    assert texts(draw(files(), "en"))["7QK-4"].get("text-anchor") == "middle"
    assert 'id="code"' not in draw(files(barcodes=[]), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_void_pass_has_a_word_and_no_code(language: str):
    svg = draw(files(voided=True), language)

    words = {"en": "Void", "he": "מבוטל", "ar": "ملغاة", "ru": "Недействительна"}
    assert words[language] in texts(svg) and 'id="code"' not in svg and "url(#grey)" in svg


@pytest.mark.parametrize("style", ["coupon", "eventTicket", "generic"])
def test_other_styles_have_their_own_outline_and_rows(style: str):
    body = {"pass.json": msgspec.json.encode({style: PLAIN["storeCard"], "barcodes": PLAIN["barcodes"]})}
    front = ET.fromstring(draw(body, "en", back=False)).find(f".//{SVG}g[@id='front']/{SVG}path")

    assert front is not None
    assert front.attrib["d"].count("a") == {"coupon": 60, "eventTicket": 5, "generic": 4}[style]


def test_what_can_be_touched_is_found():
    assert anchors("Ask <a href='tel:1'>us &amp; them</a><br>now") == ("Ask us & themnow", ((4, 13),))
    text = "help@almond.example or https://almond.example, 03 555 0144"
    assert [text[a:b] for a, b in detected(text, None)] == [
        *("help@almond.example", "https://almond.example,", "03 555 0144"),
    ]
    assert detected(text, []) == ()
    assert [text[a:b] for a, b in detected(text, ["PKDataDetectorTypePhoneNumber"])] == ["03 555 0144"]
    assert detected("7QK4-PXM2-W9TR-5HBC-D", None) == ()


def test_text_shrinks_to_its_room_and_is_cut_only_at_the_floor():
    assert fit("2,480", 56, 22, 330) == ("2,480", 56)
    smaller, size = fit("123,456,789,012", 56, 22, 330)
    assert (smaller, 22 < size < 56) == ("123,456,789,012", True) and width(smaller, size) <= 330
    cut, size = fit("word " * 40, 56, 22, 330)
    assert cut.endswith("…") and size == 22 and width(cut, size) <= 330


def test_a_letter_and_what_stands_over_it_are_not_parted():
    for text in ("é" * 40, "e\u0301" * 40, "👩\u200d🌾" * 40, "בּ" * 40):
        cut, _ = fit(text, 20, 20, 100)
        kept = cut.removesuffix("…")

        assert text.startswith(kept) and not text[len(kept)].startswith(("\u0301", "\u200d", "\u05bc", "🌾"))


def test_long_texts_break_at_spaces_and_within_endless_words():
    text = "A point for each shekel " + "x" * 200 + " at all three shops"
    lines = [text[begin:end] for begin, end in wrap(text, 15, 290)]

    assert all(width(each, 15) <= 290 for each in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "") and lines[0] == "A point for each shekel"
    assert wrap("", 15, 290) == [(0, 0)]
