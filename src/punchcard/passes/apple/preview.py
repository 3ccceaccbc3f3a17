"""A pass as a picture: what a phone makes of a package, as one SVG that needs nothing beside it.

Close to an iPhone and not the same: sizes and places follow what Apple publishes, widths are estimated, and the font is
whatever the viewer has of Apple's stack."""

from collections.abc import Mapping
from typing import Any

import msgspec

from .preview_back import back as back_of
from .preview_front import HIGH, WIDE, front, outline, style_of
from .preview_svg import FONTS, area, element, number
from .preview_values import Language

MARGIN, BETWEEN = 24.0, 28.0


def draw(files: Mapping[str, bytes], language: str, back: bool = True) -> str:
    """The pass of an opened package (its files by path) on a phone in this language: the front, and the back beside it
    where reading goes on. `files` needs pass.json; texts and images are taken as far as they are there."""
    body: dict[str, Any] = msgspec.json.decode(files["pass.json"], type=dict[str, Any])
    say = Language(files, language)
    sheet, high = back_of(body, say) if back else ("", HIGH)
    wide = 2 * MARGIN + WIDE + (BETWEEN + WIDE if back else 0)
    whole = area(wide, language)
    parts = [element("title", say.escaped(body.get("description"))), definitions(style_of(body))]
    parts.append(at(whole.box(MARGIN, WIDE), front(body, files, say)))
    if back:
        parts.append(at(whole.box(MARGIN + WIDE + BETWEEN, WIDE), sheet))
    size = {"width": wide, "height": high + 2 * MARGIN, "viewBox": f"0 0 {number(wide)} {number(high + 2 * MARGIN)}"}
    return element(
        "svg", *parts, xmlns="http://www.w3.org/2000/svg", **size, role="img", lang=language, font_family=FONTS
    )


def at(x: float, drawn: str) -> str:
    return element("g", drawn, transform=f"translate({number(x)} {number(MARGIN)})")


def definitions(style: str) -> str:
    """The card's outline, its shadow, and what makes a void pass grey."""
    return element(
        "defs",
        element("clipPath", element("path", d=outline(style)), id="card"),
        element(
            "filter",
            element("feDropShadow", dx=0.0, dy=7.0, stdDeviation=9.0, flood_color="#000", flood_opacity="0.2"),
            id="shadow",
            x="-10%",
            y="-10%",
            width="120%",
            height="125%",
        ),
        element("filter", element("feColorMatrix", type="saturate", values="0.1"), id="grey"),
        element("filter", element("feGaussianBlur", stdDeviation=7.0), id="blur"),
    )
