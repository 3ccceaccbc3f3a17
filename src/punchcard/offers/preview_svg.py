"""SVG that needs nothing beside it: elements whose every attribute and text is escaped, lines of text that fit, colours."""

import math
import re
from collections.abc import Iterator
from html import escape

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FONTS = (
    "Rubik, 'SF Pro Rounded', 'Segoe UI', 'Noto Sans', 'Noto Sans Hebrew', 'Noto Sans Arabic', system-ui, sans-serif"
)
WIDE, HIGH = 390, 780
NARROW = frozenset("iljtf.,:;'!|()[]רוןיזגלاإأآدذرزو ")
BROAD = frozenset("mwMWЖШЩЮМФжшщюмфשסמس ش ص ض".replace(" ", ""))


def text_of(text: str) -> str:
    """Escaped for an element or an attribute, without what no XML may hold."""
    return escape(NOT_XML.sub("", text), quote=True)


def element(name: str, *parts: str, **attributes: str | float) -> str:
    """An element; its parts are elements already, or text that `text_of` made."""
    said = "".join(f' {key.replace("_", "-")}="{text_of(written(value))}"' for key, value in attributes.items())
    return f"<{name}{said}>{''.join(parts)}</{name}>" if parts else f"<{name}{said}/>"


def written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


class Sheet:
    """A phone's screen in one direction of reading: places are given from where reading begins."""

    def __init__(self, language: str, is_rtl: bool):
        self.language, self.is_rtl = language, is_rtl
        self.parts: list[str] = []

    def box(
        self, x: float, y: float, wide: float, high: float, fill: str, radius: float = 0, **more: str | float
    ) -> None:
        self.parts.append(
            element("rect", x=self.left(x, wide), y=y, width=wide, height=high, rx=radius, fill=fill, **more)
        )

    def circle(self, x: float, y: float, radius: float, fill: str, **more: str | float) -> None:
        self.parts.append(element("circle", cx=self.left(x, 0), cy=y, r=radius, fill=fill, **more))

    def line(
        self, x: float, y: float, text: str, size: float, fill: str, weight: int = 400, anchor: str = "start"
    ) -> None:
        """One line of text; `anchor`: where x is in it."""
        self.parts.append(
            element(
                "text",
                text_of(text),
                x=self.left(x, 0),
                y=y,
                font_size=size,
                font_weight=str(weight),
                fill=fill,
                text_anchor=anchor,
                direction="rtl" if self.is_rtl else "ltr",
            )
        )

    def lines(
        self, x: float, y: float, wide: float, most: int, text: str, size: float, fill: str, weight: int = 400
    ) -> float:
        """Text in as many lines as it needs, at most so many; says where the next thing may stand."""
        for each in fitted(text, wide, size * (1.06 if weight >= 500 else 1), most):
            self.line(x, y, each, size, fill, weight)
            y += size * (1.5 if self.language == "ar" else 1.36)
        return y

    def left(self, x: float, wide: float) -> float:
        return WIDE - x - wide if self.is_rtl else x


def fitted(text: str, wide: float, size: float, most: int) -> list[str]:
    """The text in lines of this width; what does not fit ends in an ellipsis."""
    lines = list(broken(text, wide, size))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width(f"{last}…", size) > wide:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def broken(text: str, wide: float, size: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        while width(word, size) > wide:
            room = next(n for n in range(len(word), 0, -1) if n == 1 or width(word[:n], size) <= wide)
            if line:
                yield line
                line = ""
            yield word[:room]
            word = word[room:]
        longer = f"{line} {word}".strip()
        if line and width(longer, size) > wide:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line


def width(text: str, size: float) -> float:
    """About how wide the text is."""
    return sum(0.34 if each in NARROW else 0.84 if each in BROAD else 0.58 for each in text) * size


def oklch(light: float, chroma: float, hue: float) -> str:
    """A colour of the house's tokens as every viewer of SVG knows it. `light` from 0 to 1, `hue` in degrees."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * gamma(min(1.0, max(0.0, each)))):02x}" for each in linear)


def gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * float(value ** (1 / 2.4)) - 0.055
