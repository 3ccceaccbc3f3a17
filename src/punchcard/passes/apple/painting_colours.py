"""Colours of painted images: as Apple writes them, or from a hue as the app's style sheet does."""

import math
import re

Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, 0 to 255."""
WRITTEN = re.compile(r"rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)")


def rgb(text: str) -> Colour:
    """Raises ValueError with what was expected."""
    found = WRITTEN.fullmatch(text)
    if not found or any(int(part) > 255 for part in found.groups()):
        raise ValueError(f"{text!r} is no colour: rgb(243, 205, 208)")
    red, green, blue = map(int, found.groups())
    return red, green, blue, 255


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """Lightness 0 to 1, hue in degrees. A colour that no screen shows gives up its chroma, never its lightness."""
    while chroma > 0:
        parts = linear(lightness, chroma, hue)
        if all(-1e-4 <= part <= 1.0001 for part in parts):
            break
        chroma = max(chroma - 0.005, 0)
    red, green, blue = (round(255 * gamma(min(max(part, 0), 1))) for part in linear(lightness, chroma, hue))
    return red, green, blue, 255


def linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """OKLCH to linear sRGB, after Björn Ottosson."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def luminance(colour: Colour) -> float:
    """0 to 1, near enough to tell a light ground from a dark one."""
    return (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255


def ramp(stops: tuple[Colour, ...], steps: int) -> list[Colour]:
    """The stops and what lies between them, evenly."""
    if len(stops) == 1:
        return [stops[0]] * steps
    made = []
    for step in range(steps):
        place = step / (steps - 1) * (len(stops) - 1)
        first = min(int(place), len(stops) - 2)
        share = place - first
        red, green, blue, opacity = (
            round(a + (b - a) * share) for a, b in zip(stops[first], stops[first + 1], strict=True)
        )
        made.append((red, green, blue, opacity))
    return made
