"""The card page: a member's face as HTML, with no script and no style inside."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import DAY, MINUTE, Instant
from punchcard.foundation.locale import LANGUAGES, Text
from punchcard.foundation.looks import look_of
from punchcard.foundation.money import Money
from punchcard.passes import Face
from punchcard.surfaces.web import static

from .code import draw

STILL_LIFES = frozenset({"cup", "citrus", "loaf", "tomato", "bowl", "almonds", "flower"})
NAMES = {"en": "English", "he": "עברית", "ar": "العربية", "ru": "Русский"}

pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Extra(Struct, frozen=True):
    """What the page shows beside the face: the offer's drawing and its giver, and how far the next level is away."""

    art: str = "flower"
    partner: Text = {}
    next_threshold: int = 0
    """What the next level asks for in all; 0 when it is not known."""


class Wallet(Struct, frozen=True):
    """A button: `apple` or `google`, and where it leads."""

    name: str
    href: str


class Next(Struct, frozen=True):
    """The way to the next level, in points."""

    name: str
    done: int
    target: int


class Ending(Struct, frozen=True):
    """The offer that ends first, with what remains of it."""

    title: str
    partner: str
    art: str
    until: str
    seconds: int
    days: int

    @property
    def timer(self) -> str:
        """'2:47', hours and minutes, within its last day."""
        minutes = -(-self.seconds // MINUTE)
        return "" if self.days else f"{minutes // 60}:{minutes % 60:02}"


def card(face: Face, extra: Extra, title: Text, wallets: list[Wallet], language: str, at: Instant) -> str:
    """The whole page."""
    return pages.get_template("card.html").render(
        **frame(title, language),
        face=face,
        look=look_of(face.tier),
        tier=locale.of(face.tier_name, language),
        balance=locale.number(face.points, language),
        unit=locale.of(face.unit, language),
        next=way_up(face, extra, language),
        code=draw(face.card_code),
        wallets=wallets,
        offer=ending(face, extra, language, at),
    )


def sorry(title: Text, language: str, sentence: str = "") -> str:
    """What is shown instead of a card: why not, or that the link has ended."""
    return pages.get_template("sorry.html").render(**frame(title, language), sentence=sentence)


def frame(title: Text, language: str) -> dict[str, Any]:
    return {
        "title": locale.of(title, language),
        "language": language,
        "direction": locale.direction(language),
        "languages": [(code, NAMES[code]) for code in LANGUAGES],
        "static": static.address,
        "mark": mark,
        "t": lambda key, **values: sentence(key, language, **values),
    }


def mark() -> Markup:
    return Markup('<svg aria-hidden="true"><use href="{}#almond"/></svg>').format(static.address("art/partners.svg"))


def sentence(key: str, language: str, catalogue: str = "card", **values: Any) -> Markup:
    """The words for the key, with each number and price kept whole in a line of the other direction."""
    text = Markup.escape(locale.say(f"{catalogue}.{key}", language, **values))
    for value in values.values():
        if isinstance(value, int | Money):
            shown = Markup.escape(locale.shown(value, language))
            text = text.replace(shown, Markup("<bdi>{}</bdi>").format(shown), 1)
    return text


def way_up(face: Face, extra: Extra, language: str) -> Next | None:
    if not face.next_tier:
        return None
    target = max(extra.next_threshold, face.missing)
    return Next(locale.of(face.next_tier_name, language), target - face.missing, target)


def ending(face: Face, extra: Extra, language: str, at: Instant) -> Ending | None:
    offer = face.offer
    if offer is None or offer.until <= at or offer.state == "sold-out":
        return None
    return Ending(
        title=locale.of(offer.title, language),
        partner=locale.of(extra.partner, language),
        art=extra.art if extra.art in STILL_LIFES else "flower",
        until=until(offer.until, face.zone, language, at),
        seconds=offer.until - at,
        days=(offer.until - at) // DAY,
    )


def until(end: Instant, zone: str, language: str, at: Instant) -> str:
    """'today until 17:00', or the day; an offer that ends at midnight ends with the day before."""
    time, day = locale.hour(end, zone, language), locale.day(end - 1, zone, language)
    if locale.local(end - 1, zone).date() == locale.local(at, zone).date():
        return locale.say("card.today", language, time=time)
    if time == "00:00":
        return locale.say("card.until-day", language, day=day)
    return locale.say("card.until-time", language, day=day, time=time)


def wallets(link: str, user_agent: str, apple: bool, google: bool) -> list[Wallet]:
    """The wallets that are set up here and that this browser's machine may have; a desktop sees both."""
    agent = user_agent.lower()
    iphone, android = "iphone" in agent or "ipad" in agent, "android" in agent
    shown = [("apple", "card.pkpass", apple and not android), ("google", "google", google and not iphone)]
    return [Wallet(name, f"/c/{link}/{file}") for name, file, fits in shown if fits]


def spoken(asked: str | None, face_language: str, preferred: str) -> str:
    """The language asked for in the address, else the member's, else the browser's."""
    return next((each for each in (asked, face_language) if each in LANGUAGES), preferred)
