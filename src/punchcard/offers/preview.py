"""How a phone will show an offer: the notification, the offer in the app, the card. One SVG that needs nothing beside it."""

from typing import Literal

from msgspec import UNSET, Struct

from punchcard import partners, rulebooks
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection

from . import desk_sql, drafts, operations
from .benefits import Discount, Early, FreeItem, Gift
from .drafts import Sketch
from .model import Benefit, Fixed, PerUnit, Times
from .preview_svg import FONTS, HIGH, WIDE, Sheet, element, oklch, text_of

On = Literal["push", "app", "card"]
BEZEL = 14
SURFACE, SUNKEN, GROUND, INK, INK_2, INK_3 = "#ffffff", "#f2eeec", "#f9f5f3", "#0f2620", "#41544d", "#5d6f68"
HOT, HOT_SOFT, EVERGREEN, EVERGREEN_2, ON_CARD, ON_CARD_2 = (
    oklch(0.50, 0.165, 10),
    oklch(0.95, 0.026, 10),
    oklch(0.34, 0.06, 168),
    oklch(0.26, 0.05, 172),
    "#fbf7f0",
    oklch(0.84, 0.04, 160),
)


class Shown(Struct, frozen=True, kw_only=True):
    """What a member reads of an offer, in one language."""

    language: str
    programme: str
    partner: str
    title: str
    text: str
    short: str
    badge: str
    until: str
    activation: bool
    hue: float
    chroma: float

    def word(self, key: str) -> str:
        return locale.say(f"offers_preview.{key}", self.language)

    def tint(self, light: float, share: float = 1.0) -> str:
        """The partner's colour at this lightness."""
        return oklch(light, min(self.chroma, 0.13) * share, self.hue)


async def picture(db: Connection, offer_id: str, language: str, on: On, at: Instant) -> str:
    """The newest draft on a phone, or what was published where nobody drafted."""
    kept = await desk_sql.newest(db, offer_id)
    if kept:
        shown = await shown_of(db, kept.body, language)
    else:
        offer = await operations.the(db, offer_id)
        shown = await shown_of(db, drafts.sketch_of(offer), language)
    return draw(shown, on)


async def shown_of(db: Connection, sketch: Sketch, language: str) -> Shown:
    program, known = await rulebooks.program(db), (await partners.catalogue(db)).partners
    partner = known.get(sketch.partner_id) if isinstance(sketch.partner_id, str) else None
    until = drafts.instant(sketch.until)
    name = locale.of(drafts.by_language(sketch.name), language)
    return Shown(
        language=language,
        programme=locale.of(program.rulebook.name, language) or "Punchcard",
        partner=locale.of(partner.name, language) if partner else "",
        title=name,
        text=locale.of(drafts.by_language(sketch.text), language),
        short=locale.of(drafts.by_language(sketch.short), language) or name,
        badge=badge(None if sketch.benefit is UNSET else sketch.benefit),
        until=until_of(until, program.rulebook.zone, language) if until is not None else "",
        activation=sketch.activation,
        hue=partner.hue if partner else 168,
        chroma=partner.chroma if partner else 0.075,
    )


def until_of(until: Instant, zone: str, language: str) -> str:
    return locale.say(
        "offers_preview.until",
        language,
        day=locale.day(until, zone, language),
        hour=locale.hour(until, zone, language),
    )


def badge(benefit: Benefit | None) -> str:
    """What it gives, in a sign."""
    match benefit:
        case Times(percent):
            return f"×{percent / 100:g}"
        case Fixed(points) | PerUnit(points):
            return f"+{points}"
        case Discount(percent=percent) if percent:
            return f"−{percent}%"
        case Discount(amount=amount):
            return f"−{amount / 100:g}"
        case FreeItem(units):
            return f"{units}×0"
        case Gift() | Early():
            return "★"
        case None:
            return "?"


def draw(shown: Shown, on: On) -> str:
    """The phone, its screen, and what stands on it."""
    sheet = Sheet(shown.language, shown.language in locale.RIGHT_TO_LEFT)
    {"push": push, "app": app, "card": card}[on](sheet, shown)
    wide, high = WIDE + 2 * BEZEL, HIGH + 2 * BEZEL
    screen = element("clipPath", element("rect", width=WIDE, height=HIGH, rx=46), id="screen")
    shade = element(
        "filter",
        element("feDropShadow", dx=0, dy=6, stdDeviation=10, flood_color=INK, flood_opacity="0.18"),
        id="shade", x="-20%", y="-20%", width="140%", height="160%",
    )  # fmt: skip
    night = element(
        "linearGradient",
        element("stop", offset="0", stop_color=shown.tint(0.5)),
        element("stop", offset="1", stop_color=shown.tint(0.26, 0.8)),
        id="wall", x1="0", y1="0", x2="0.6", y2="1",
    )  # fmt: skip
    green = element(
        "linearGradient",
        element("stop", offset="0", stop_color=EVERGREEN),
        element("stop", offset="1", stop_color=EVERGREEN_2),
        id="card", x1="0", y1="0", x2="1", y2="1",
    )  # fmt: skip
    return element(
        "svg",
        element("title", text_of(shown.title or shown.programme)),
        element("defs", screen, shade, night, green),
        element("rect", width=wide, height=high, rx=58, fill="#10201c"),
        element("g", *sheet.parts, clip_path="url(#screen)", transform=f"translate({BEZEL} {BEZEL})"),
        element("rect", x=wide / 2 - 55, y=BEZEL + 11, width=110, height=30, rx=15, fill="#10201c"),
        xmlns="http://www.w3.org/2000/svg", width=wide, height=high, viewBox=f"0 0 {wide} {high}",
        role="img", lang=shown.language, font_family=FONTS,
    )  # fmt: skip


def push(sheet: Sheet, shown: Shown) -> None:
    """A locked screen, and the notification on it."""
    sheet.box(0, 0, WIDE, HIGH, "url(#wall)")
    sheet.circle(330, 640, 190, "#ffffff", opacity="0.05")
    sheet.circle(40, 720, 120, "#ffffff", opacity="0.04")
    sheet.line(WIDE / 2, 176, "9:41", 84, "#ffffff", 500, "middle")
    sheet.box(14, 236, WIDE - 28, 148, "#ffffff", 24, opacity="0.94", filter="url(#shade)")
    mark(sheet, 46, 268, 17, shown)
    sheet.line(74, 273, shown.programme, 13, INK_2, 500)
    sheet.line(WIDE - 32, 273, shown.word("now"), 12, INK_3, 400, "end")
    y = sheet.lines(30, 313, WIDE - 136, 1, shown.title, 17, INK, 600)
    sheet.lines(30, y + 1, WIDE - 136, 2, shown.text, 14.5, INK_2)
    plate(sheet, WIDE - 64, 326, 34, shown)


def app(sheet: Sheet, shown: Shown) -> None:
    """The offer as the large one in the app."""
    sheet.box(0, 0, WIDE, HIGH, GROUND)
    sheet.line(20, 100, shown.word("offers"), 28, INK, 700)
    sheet.box(16, 126, WIDE - 32, 452, SURFACE, 28, filter="url(#shade)")
    sheet.box(16, 126, WIDE - 32, 188, shown.tint(0.94, 0.38), 28)
    sheet.box(16, 286, WIDE - 32, 28, shown.tint(0.94, 0.38))
    plate(sheet, WIDE / 2, 220, 66, shown)
    sheet.line(36, 346, shown.partner, 13, shown.tint(0.41), 500)
    y = sheet.lines(36, 374, WIDE - 72, 2, shown.title, 21, INK, 600)
    sheet.lines(36, y, WIDE - 72, 3, shown.text, 15, INK_2)
    if shown.until:
        sheet.box(36, 486, min(WIDE - 72, 16 + 7.6 * len(shown.until)), 26, HOT_SOFT, 13)
        sheet.line(36 + min(WIDE - 72, 16 + 7.6 * len(shown.until)) / 2, 503.5, shown.until, 13, HOT, 500, "middle")
    if shown.activation:
        sheet.box(36, 522, WIDE - 72, 44, shown.tint(0.42), 22)
        sheet.line(WIDE / 2, 550, shown.word("take"), 16, "#ffffff", 600, "middle")
    else:
        sheet.line(36, 546, shown.word("by-itself"), 13, INK_3)
    for row, y in enumerate((600, 686)):
        sheet.box(16, y, WIDE - 32, 72, SURFACE, 22)
        sheet.circle(52, y + 36, 22, SUNKEN)
        sheet.box(86, y + 22, 150 - 20 * row, 11, SUNKEN, 5.5)
        sheet.box(86, y + 41, 210 - 30 * row, 9, SUNKEN, 4.5)


def card(sheet: Sheet, shown: Shown) -> None:
    """The card in the wallet, with the offer on its front."""
    sheet.box(0, 0, WIDE, HIGH, SUNKEN)
    sheet.box(16, 84, WIDE - 32, 470, "url(#card)", 22, filter="url(#shade)")
    mark(sheet, 50, 122, 16, shown)
    sheet.line(76, 128, shown.programme, 17, ON_CARD, 600)
    sheet.line(WIDE - 36, 112, shown.word("points"), 11, ON_CARD_2, 500, "end")
    sheet.line(WIDE - 36, 134, "240", 20, ON_CARD, 600, "end")
    sheet.box(16, 158, WIDE - 32, 132, shown.tint(0.9, 0.5))
    plate(sheet, WIDE / 2, 224, 52, shown)
    sheet.line(36, 322, f"{shown.word('offer')} · {shown.partner}".rstrip(" ·"), 12, ON_CARD_2, 500)
    y = sheet.lines(36, 347, WIDE - 72, 1, shown.short, 20, ON_CARD, 600)
    sheet.line(36, y, shown.until, 14, ON_CARD_2)
    sheet.box(WIDE / 2 - 64, 412, 128, 128, "#ffffff", 14)
    for row in range(9):
        for column in range(9):
            if (row * 7 + column * 11 + row * column) % 3 or (row in (0, 8) and column in (0, 8)):
                sheet.box(WIDE / 2 - 52 + column * 11.6, 424 + row * 11.6, 10.4, 10.4, "#10201c", 2)
    sheet.box(16, 578, WIDE - 32, 120, SURFACE, 22)
    sheet.box(40, 606, 180, 12, SUNKEN, 6)
    sheet.box(40, 632, 250, 10, SUNKEN, 5)
    sheet.box(40, 656, 210, 10, SUNKEN, 5)


def mark(sheet: Sheet, x: float, y: float, radius: float, shown: Shown) -> None:
    """The programme's mark: five petals about a punched hole."""
    sheet.circle(x, y, radius, shown.tint(0.42))
    for dx, dy in ((0, -0.5), (0.48, -0.15), (0.3, 0.4), (-0.3, 0.4), (-0.48, -0.15)):
        sheet.circle(x + dx * radius, y + dy * radius, radius * 0.3, "#ffffff")
    sheet.circle(x, y, radius * 0.2, shown.tint(0.42))


def plate(sheet: Sheet, x: float, y: float, radius: float, shown: Shown) -> None:
    """What it gives, on a round plate."""
    sheet.circle(x, y, radius, SURFACE, filter="url(#shade)")
    sheet.circle(x, y, radius * 0.84, shown.tint(0.94, 0.38), stroke=shown.tint(0.84, 0.8), stroke_width=radius * 0.03)
    size = radius * (0.66 if len(shown.badge) < 4 else 0.5)
    sheet.parts.append(
        element(
            "text", text_of(shown.badge), x=sheet.left(x, 0), y=y + size * 0.35, font_size=size, font_weight="700",
            fill=shown.tint(0.41), text_anchor="middle", direction="ltr",
        )
    )  # fmt: skip
