"""The back of a pass: a sheet of grouped cells, each a label and a text that wraps."""

from collections.abc import Mapping
from typing import Any

from .preview_front import HIGH, WIDE, style_of
from .preview_svg import Area, area, element, line
from .preview_values import Language, Shown, Span
from .preview_widths import fit, wrap

MARGIN, RADIUS, CELL = 18.0, 12.0, 14.0
SIZE, LINE = 15.0, 21.0
PAPER, SHEET, INK, QUIET, RULE = "#f2f2f6", "#fff", "#111", "#444", "#e5e5ea"


def back(body: Mapping[str, Any], say: Language) -> tuple[str, float]:
    """The back as a group of its own, and how high it is."""
    fields = [say.field(each, touched=True) for each in body.get(style_of(body), {}).get("backFields", [])]
    where, drawn, top = area(WIDE, say.language), [], MARGIN
    for place, field in enumerate(fields):
        if place:
            rule = WIDE - 2 * MARGIN - CELL
            x = where.box(MARGIN + CELL, rule)
            drawn.append(element("rect", x=x, y=top - 0.5, width=rule, height=1.0, fill=RULE))
        inside, high = cell(where, field, top)
        drawn += inside
        top += high
    high = max(top + MARGIN, HIGH)
    sheet = element("rect", x=MARGIN, y=MARGIN, width=WIDE - 2 * MARGIN, height=top - MARGIN, rx=RADIUS, fill=SHEET)
    paper = element("rect", width=WIDE, height=high, rx=14.0, fill=PAPER, filter="url(#shadow)")
    return element("g", paper, sheet if fields else "", *drawn, id="back"), high


def cell(where: Area, field: Shown, top: float) -> tuple[list[str], float]:
    """A field and how high it is."""
    inset, room = MARGIN + CELL, WIDE - 2 * (MARGIN + CELL)
    drawn, below = [], top + 12
    if field.label:
        label, size = fit(field.label, SIZE, 12, room, 600)
        drawn.append(line(where, label, inset, below + 13, size, INK, weight=600))
        below += 19
    begin = 0
    for paragraph in field.value.split("\n"):
        for first, last in wrap(paragraph, SIZE, room):
            links = within(field.links, begin + first, begin + last)
            drawn.append(line(where, paragraph[first:last], inset, below + 15, SIZE, QUIET, links=links))
            below += LINE
        begin += len(paragraph) + 1
    return drawn, below + 10 - top


def within(links: tuple[Span, ...], first: int, last: int) -> list[Span]:
    """The parts of the links that stand on this line."""
    cut = [(max(begin, first) - first, min(end, last) - first) for begin, end in links]
    return [(begin, end) for begin, end in cut if begin < end]
