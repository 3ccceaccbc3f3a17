"""The front of a pass: store card, coupon and event ticket, laid out as a phone does; measures are points."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from punchcard.foundation import locale

from .preview_svg import Anchor, Area, Image, area, colour, element, image, line, number, panel, placed
from .preview_values import Language, Shown
from .preview_widths import fit, width

WIDE, HIGH, RADIUS, BITES = 358.0, 468.0, 14.0, 28
INSET, GAP = 14.0, 12.0
HEADER, STRIP, TICKET_STRIP = 62.0, 137.5, 93.5
LABEL, VALUE, HEADER_VALUE, PRIMARY, TITLE = 11.0, 17.0, 19.0, 56.0, 28.0
LABEL_FLOOR, VALUE_FLOOR, HEADER_FLOOR, PRIMARY_FLOOR = 8.5, 10.0, 12.0, 22.0
ROW_MOST, HEADER_MOST = 4, 3
STYLES = ("storeCard", "coupon", "eventTicket", "generic")
CASED = frozenset({"en", "ru"})
"""Languages that a phone writes labels in capitals in."""
ALIGNMENTS: dict[str, Anchor] = {"PKTextAlignmentCenter": "middle"}


class Front(Struct, frozen=True):
    """What is drawn: the pass, its words in one language, its colours and its pictures."""

    body: Mapping[str, Any]
    say: Language
    style: str
    area: Area
    images: Mapping[str, Image]

    @property
    def ink(self) -> str:
        return colour(self.body.get("foregroundColor"), "rgb(0, 0, 0)")

    @property
    def faint(self) -> str:
        return colour(self.body.get("labelColor"), self.ink)

    @property
    def ground(self) -> str:
        return colour(self.body.get("backgroundColor"), "rgb(242, 242, 246)")

    def fields(self, group: str) -> list[Shown]:
        found = self.body.get(self.style, {}).get(group, [])
        return [self.say.field(each) for each in found]

    def label(self, text: str) -> str:
        return text.upper() if self.say.language in CASED else text


def front(body: Mapping[str, Any], files: Mapping[str, bytes], say: Language) -> str:
    """The front as a group of its own, from 0, 0 to WIDE, HIGH."""
    style = style_of(body)
    names = ("logo", "strip", "thumbnail", "background")
    found = {name: image(files, name, say.language) for name in names}
    it = Front(body, say, style, area(WIDE, say.language), {name: each for name, each in found.items() if each})
    strip = middle(it)
    fields, below = rows(it, strip.end)
    inside = [background(it), header(it), *strip.drawn, *fields, code(it, below)]
    if body.get("voided"):
        inside = [element("g", *inside[:-1], filter="url(#grey)", opacity="0.55"), void(it)]
    return element(
        "g",
        element("path", d=outline(style), fill=it.ground, filter="url(#shadow)"),
        element("g", *inside, clip_path="url(#card)"),
        id="front",
    )


def style_of(body: Mapping[str, Any]) -> str:
    return next((each for each in STYLES if each in body), "storeCard")


def outline(style: str) -> str:
    """A rounded card; a coupon is perforated above and below, an event ticket has a notch above."""
    top = bottom = ""
    if style == "coupon":
        step = (WIDE - 2 * RADIUS) / BITES / 4
        top = f"h{step:.3f}a{step:.3f} {step:.3f} 0 0 0 {2 * step:.3f} 0h{step:.3f}" * BITES
        bottom = f"h{-step:.3f}a{step:.3f} {step:.3f} 0 0 0 {-2 * step:.3f} 0h{-step:.3f}" * BITES
    elif style == "eventTicket":
        top = f"H{number(WIDE / 2 - 22)}a24 24 0 0 0 44 0"
    r, right, low = number(RADIUS), number(WIDE - RADIUS), number(HIGH - RADIUS)
    return (
        f"M{r} 0{top}H{right}a{r} {r} 0 0 1 {r} {r}V{low}a{r} {r} 0 0 1 -{r} {r}{bottom}H{r}a{r} {r} 0 0 1 -{r} -{r}"
        f"V{r}a{r} {r} 0 0 1 {r} -{r}z"
    )


def background(it: Front) -> str:
    """An event ticket without a strip may have a picture behind everything; the phone blurs it."""
    plain = element("rect", width=WIDE, height=HIGH, fill=it.ground)
    if it.style == "eventTicket" and "background" in it.images and "strip" not in it.images:
        blurred = placed(it.images["background"], -12, -12, WIDE + 24, HIGH + 24, filter="url(#blur)")
        return plain + blurred
    return plain


def header(it: Front) -> str:
    """Logo and its text where reading begins, header fields at the other end."""
    drawn, begin = [], 12.0
    top = 8.0 if it.style == "eventTicket" else 0.0
    if logo := it.images.get("logo"):
        scale = min(48 / logo.height, 154 / logo.width, 1)
        wide, high = logo.width * scale, logo.height * scale
        drawn.append(placed(logo, it.area.box(begin, wide), top + (HEADER - high) / 2, wide, high))
        begin += wide + 8
    fields = it.fields("headerFields")[:HEADER_MOST]
    text, size = "", 17.0
    if said := it.say(it.body.get("logoText")):
        room = (WIDE - begin - INSET) * (0.6 if fields else 1)
        text, size = fit(said, size, 11, room, 600)
        drawn.append(line(it.area, text, begin, top + 37, size, it.ink, weight=600))
        begin += width(text, size, 600) + GAP
    end = WIDE - INSET
    for field, room in zip(reversed(fields), rooms(fields, HEADER_VALUE, end - begin, it)[::-1], strict=True):
        drawn += pair(it, field, end, top + 23, top + 44, HEADER_VALUE, HEADER_FLOOR, room, "end")
        end -= min(natural(field, HEADER_VALUE, it), room) + GAP
    return "".join(drawn)


class Middle(Struct, frozen=True):
    """The strip, or what stands in its place, and where it ends."""

    drawn: Sequence[str]
    end: float


def middle(it: Front) -> Middle:
    top = HEADER + (8 if it.style == "eventTicket" else 0)
    high, drawn = STRIP, []
    if strip := it.images.get("strip"):
        high = min(TICKET_STRIP if it.style == "eventTicket" else STRIP, WIDE * strip.height / strip.width)
        drawn.append(placed(strip, 0, top, WIDE, high))
    primary = next(iter(it.fields("primaryFields")), None)
    if primary is None:
        return Middle(drawn, top + high if drawn else top)
    if not drawn and it.style in {"eventTicket", "generic"}:
        return Middle(titled(it, primary, top), top + 100)
    said, size = fit(primary.value, PRIMARY * high / STRIP, PRIMARY_FLOOR, WIDE - 2 * INSET)
    block = 0.72 * size + (12 + 0.2 * size if primary.label else 0)
    baseline = top + high / 2 - 4 - block / 2 + 0.72 * size
    drawn.append(line(it.area, said, INSET, baseline, size, it.ink))
    label, small = fit(primary.label, 13, 10, WIDE - 2 * INSET, 600)
    drawn.append(line(it.area, label, INSET, baseline + 12 + 0.22 * size, small, it.ink, weight=600))
    return Middle(drawn, top + high)


def titled(it: Front, primary: Shown, top: float) -> list[str]:
    """Without a strip: the label above a title, and a thumbnail at the end."""
    room, drawn = WIDE - 2 * INSET, []
    if thumbnail := it.images.get("thumbnail"):
        scale = min(90 / thumbnail.width, 90 / thumbnail.height)
        wide, high = thumbnail.width * scale, thumbnail.height * scale
        drawn.append(placed(thumbnail, it.area.box(WIDE - INSET - wide, wide), top + 4, wide, high))
        room -= wide + GAP
    label, small = fit(it.label(primary.label), LABEL, LABEL_FLOOR, room, 600)
    said, size = fit(primary.value, TITLE, 15, room)
    return [
        *drawn,
        line(it.area, label, INSET, top + 30, small, it.faint, weight=600),
        line(it.area, said, INSET, top + 60, size, it.ink),
    ]


def rows(it: Front, top: float) -> tuple[list[str], float]:
    """Secondary and auxiliary fields, one row together, on an event ticket each their own; and where the last row ends."""
    secondary, auxiliary = it.fields("secondaryFields"), it.fields("auxiliaryFields")
    if it.style == "eventTicket":
        groups = [secondary, [each for each in auxiliary if not each.row], [each for each in auxiliary if each.row]]
    else:
        groups = [[*secondary, *auxiliary]]
    drawn: list[str] = []
    baseline = top + 21.5
    for group in filter(None, groups):
        drawn += row(it, group[:ROW_MOST], baseline)
        baseline += 40
    return drawn, baseline - 15


def row(it: Front, fields: Sequence[Shown], baseline: float) -> list[str]:
    """The first where reading begins, the last at the end, even gaps between; who needs less leaves it to the others."""
    room = WIDE - 2 * INSET
    given = rooms(fields, VALUE, room, it)
    spare = (room - sum(given)) / (len(fields) - 1) if len(fields) > 1 else 0
    drawn, begin = [], INSET
    for place, (field, wide) in enumerate(zip(fields, given, strict=True)):
        last = 0 < place == len(fields) - 1
        anchor = aligned(field, it, "end" if last else "start")
        at = {"start": begin, "middle": begin + wide / 2, "end": begin + wide}[anchor]
        drawn += pair(it, field, at, baseline, baseline + 19, VALUE, VALUE_FLOOR, wide, anchor)
        begin += wide + spare
    return drawn


def aligned(field: Shown, it: Front, natural: Anchor) -> Anchor:
    """Left and right are sides of the phone, whatever is read there; natural follows the row."""
    sides: tuple[Anchor, Anchor] = ("end", "start") if it.area.is_rtl else ("start", "end")
    chosen = {"PKTextAlignmentLeft": sides[0], "PKTextAlignmentRight": sides[1]} | ALIGNMENTS
    return chosen.get(field.alignment, natural)


def natural(field: Shown, size: float, it: Front) -> float:
    return max(width(it.label(field.label), LABEL, 600), width(field.value, size))


def rooms(fields: Sequence[Shown], size: float, room: float, it: Front) -> list[float]:
    """How wide each may be: as wide as it is while there is room, else an even share of what the narrower ones leave."""
    needs = [natural(field, size, it) for field in fields]
    left = max(room - GAP * (len(fields) - 1), 0)
    given = [0.0] * len(needs)
    for done, place in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        given[place] = min(needs[place], left / (len(needs) - done))
        left -= given[place]
    return given


def pair(
    it: Front,
    field: Shown,
    at: float,
    upper: float,
    lower: float,
    size: float,
    floor: float,
    room: float,
    anchor: Anchor,
) -> list[str]:
    """A label and its value below it."""
    label, small = fit(it.label(field.label), LABEL, LABEL_FLOOR, room, 600)
    value, large = fit(field.value, size, floor, room)
    return [
        line(it.area, label, at, upper, small, it.faint, weight=600, anchor=anchor),
        line(it.area, value, at, lower, large, it.ink, anchor=anchor),
    ]


def code(it: Front, top: float) -> str:
    """The first code that can be shown."""
    for each in [*it.body.get("barcodes", []), it.body.get("barcode")]:
        if each and each.get("message"):
            shown = {"message": each["message"], "altText": it.say(each.get("altText"))}
            return panel(shown, WIDE / 2, top, HIGH - 18)
    return ""


def void(it: Front) -> str:
    """Instead of the code, the word."""
    said, size = fit(locale.say("passes.void", it.say.language), 20, 12, WIDE - 100, 600)
    wide = width(said, size, 600) + 36
    return element(
        "rect",
        x=(WIDE - wide) / 2,
        y=340.0,
        width=wide,
        height=40.0,
        rx=20.0,
        fill="none",
        stroke=it.ink,
        stroke_width=1.5,
    ) + line(it.area, said, WIDE / 2, 360 + size * 0.35, size, it.ink, weight=600, anchor="middle")
