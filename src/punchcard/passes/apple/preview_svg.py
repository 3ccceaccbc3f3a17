"""The pieces of a drawn pass: texts that keep their reading direction, images, the white panel with the code."""

import base64
import re
import struct
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Literal

import segno
from msgspec import Struct

from punchcard.foundation.locale import RIGHT_TO_LEFT

from .preview_widths import fit, width

FONTS = "-apple-system, 'SF Pro Text', Inter, 'Helvetica Neue', Arial, sans-serif"
COLOUR = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
PNG = b"\x89PNG\r\n\x1a\n"
DENSITIES = (("@2x", 2), ("@3x", 3), ("", 1))
"""The first that is there is drawn: twice is sharp enough for a screen, and keeps the picture small."""
QUIET_MODULES = 4
PANEL, PANEL_LEAST, PANEL_TEXT, ALT_TEXT_SIZE, PANEL_MOST = 172.0, 96.0, 14.0, 12.0, 300.0
LINK, ISOLATED, ENDED = "#0b63ce", "\u2068", "\u2069"
"""A link keeps its own direction in any line, and a number that of Latin; marks say so, for the direction of a `tspan` would
move the whole line."""

Anchor = Literal["start", "middle", "end"]


class Image(Struct, frozen=True):
    """A PNG and its size in points."""

    content: bytes
    width: float
    height: float


class Area(Struct, frozen=True):
    """A card or its back: `width` points wide, read from the left or from the right."""

    width: float
    is_rtl: bool

    def x(self, inset: float) -> float:
        """So far from the side where reading begins."""
        return self.width - inset if self.is_rtl else inset

    def box(self, inset: float, wide: float) -> float:
        """The left edge of something `wide` that begins so far from that side."""
        return self.width - inset - wide if self.is_rtl else inset


def area(width: float, language: str) -> Area:
    return Area(width, language in RIGHT_TO_LEFT)


def number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def element(name: str, *inside: str, **attributes: object) -> str:
    """An element; attributes are escaped, `inside` is markup already. A `_` in a name stands for `-`, or ends it."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{number(value) if isinstance(value, float) else escape(str(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>"


def line(
    where: Area,
    text: str,
    inset: float,
    baseline: float,
    size: float,
    fill: str,
    *,
    weight: int = 400,
    anchor: Anchor = "start",
    links: Sequence[tuple[int, int]] = (),
) -> str:
    """One line of text, in the reading direction of the whole; links are blue and keep theirs."""
    if not text:
        return ""
    more: dict[str, object] = {"font_weight": weight} if weight != 400 else {}
    more |= {"text_anchor": anchor} if anchor != "start" else {}
    direction = {"direction": "rtl", "unicode_bidi": "embed"} if where.is_rtl else {}
    return element(
        "text",
        *linked(text, links),
        x=number(where.x(inset)),
        y=number(baseline),
        font_size=number(size),
        fill=fill,
        **more,
        **direction,
    )


def linked(text: str, links: Sequence[tuple[int, int]]) -> list[str]:
    parts, seen = [], 0
    for begin, end in links:
        if seen <= begin < end:
            parts += [
                escape(text[seen:begin]),
                element("tspan", f"{ISOLATED}{escape(text[begin:end])}{ENDED}", fill=LINK),
            ]
            seen = end
    return [*parts, escape(text[seen:])]


def colour(text: object, otherwise: str) -> str:
    """A colour of pass.json as it may stand in an attribute."""
    found = COLOUR.fullmatch(str(text))
    return f"rgb({', '.join(found.groups())})" if found else otherwise


def image(files: Mapping[str, bytes], name: str, language: str) -> Image | None:
    """The language's own image, else everybody's; None when there is none or it is no PNG."""
    for folder in (f"{language}.lproj/", ""):
        for suffix, density in DENSITIES:
            content = files.get(f"{folder}{name}{suffix}.png", b"")
            if content[:8] == PNG and len(content) > 24:
                wide, high = struct.unpack(">II", content[16:24])
                if wide and high:
                    return Image(content, wide / density, high / density)
    return None


def placed(shown: Image, x: float, y: float, wide: float, high: float, **more: object) -> str:
    """The image at this place; it keeps its proportions and fills the box."""
    uri = "data:image/png;base64," + base64.b64encode(shown.content).decode()
    size = {"x": number(x), "y": number(y), "width": number(wide), "height": number(high)}
    return element("image", preserveAspectRatio="xMidYMid slice", href=uri, **size, **more)


def panel(code: Mapping[str, Any], middle: float, top: float, bottom: float) -> str:
    """The white panel with the code and the text below it, above `bottom` and if it can be below `top`.

    Every format is drawn as a QR code: a till's camera reads that, and what is looked at here is the look."""
    made = segno.make(str(code["message"]), micro=False, error="m", boost_error=False)
    alt, size = fit(str(code.get("altText") or ""), ALT_TEXT_SIZE, 9, PANEL_MOST - 24)
    text = PANEL_TEXT if alt else 0
    side = max(min(PANEL, bottom - top - text), PANEL_LEAST)
    wide, high = max(side, width(alt, size) + 24), side + text
    top = bottom - high
    module = side / made.symbol_size(border=QUIET_MODULES)[0]
    drawn = element(
        "g",
        element("path", d=squares(made.matrix)),
        transform=f"translate({number(middle - side / 2 + QUIET_MODULES * module)} "
        f"{number(top + QUIET_MODULES * module)}) scale({module:.5f})",
        fill="#000",
        shape_rendering="crispEdges",
    )
    where = Area(2 * middle, False)
    return element(
        "g",
        element("rect", x=middle - wide / 2, y=top, width=wide, height=high, rx=8.0, fill="#fff"),
        drawn,
        line(where, alt, middle, top + side + 3, size, "#000", anchor="middle"),
        id="code",
    )


def squares(matrix: Sequence[Sequence[int]]) -> str:
    """The dark modules of a code as one path, each run of a row as a box."""
    path = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                path.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run + 1
    return "".join(path)
