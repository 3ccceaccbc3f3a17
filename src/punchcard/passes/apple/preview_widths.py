"""How wide a phone's type runs, near enough to fit it: ems by class of character, since no font is at hand."""

import unicodedata
from functools import lru_cache

THIN, MIDDLE, BROAD = frozenset("iljI.,:;'’|!·"), frozenset('ftrJ()[]{}-/\\"“”«»*° \u00a0\u202f'), frozenset("mwMW@%—…")
SCRIPTS = {"HEBREW": 0.56, "ARABIC": 0.56, "CYRILLIC": 0.6, "GREEK": 0.58}
BOLD_FROM, BOLDER = 600, 1.07
SHORTENED = "…"
JOINERS = frozenset("\u200d\ufe0f")


def width(text: str, size: float, weight: int = 400) -> float:
    """Of a line, in the unit of `size`; a little more than most fonts take."""
    return sum(map(ems, text)) * size * (BOLDER if weight >= BOLD_FROM else 1)


@lru_cache(maxsize=4096)
def ems(character: str) -> float:
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf"}:
        return 0
    for letters, wide in ((THIN, 0.29), (MIDDLE, 0.38), (BROAD, 0.93)):
        if character in letters:
            return wide
    if unicodedata.east_asian_width(character) in "WF" or category == "So":
        return 1.3 if category == "So" else 1
    if category == "Nd":
        return 0.63
    script = next((wide for name, wide in SCRIPTS.items() if unicodedata.name(character, "").startswith(name)), 0.56)
    return script * (1.2 if category == "Lu" else 1)


def fit(text: str, size: float, floor: float, room: float, weight: int = 400) -> tuple[str, float]:
    """The line and its size in this room: smaller down to `floor`, and then shortened."""
    needed = width(text, size, weight)
    if needed <= room:
        return text, size
    smaller = max(floor, int(size * room / needed * 2) / 2)
    return (text, smaller) if width(text, smaller, weight) <= room else (shorten(text, smaller, room, weight), smaller)


def shorten(text: str, size: float, room: float, weight: int) -> str:
    kept = len(text)
    while kept and width(text[:kept].rstrip() + SHORTENED, size, weight) > room:
        kept -= 1
        while kept and (unicodedata.combining(text[kept]) or text[kept] in JOINERS or text[kept - 1] in JOINERS):
            kept -= 1
    return text[:kept].rstrip() + SHORTENED


def wrap(text: str, size: float, room: float) -> list[tuple[int, int]]:
    """Where the lines of a paragraph begin and end: broken at spaces, and within a word that has no room alone."""
    lines, begin, end, cursor = [], 0, 0, 0
    for word in text.split(" "):
        after = cursor + len(word)
        if end > begin and width(text[begin:after], size) > room:
            lines.append((begin, end))
            begin = cursor
        while width(text[begin:after], size) > room and after - begin > 1:
            cut = next(i for i in range(after - 1, begin, -1) if i == begin + 1 or width(text[begin:i], size) <= room)
            lines.append((begin, cut))
            begin = cut
        end, cursor = after, after + 1
    return [*lines, (begin, end)]
