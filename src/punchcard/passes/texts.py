"""The sentences of a card that both wallets show, each in every language."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from babel.dates import format_date

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.locale import LANGUAGES, RIGHT_TO_LEFT, Text
from punchcard.foundation.money import Money

from .model import Face, Movement, ShownOffer

LEFT_TO_RIGHT_MARK = "\u200e"
MINUS = "\u2212"
KEPT = 16_384
"""Sentences, numbers and dates that are kept ready."""

Value = str | int | Money
Frozen = tuple[tuple[str, str], ...]
"""A text as its items, so that what is made of it can be kept."""


def every(write: Callable[[str], str]) -> Text:
    """The same text in each of our languages."""
    return {language: write(language) for language in LANGUAGES}


def frozen(text: Text) -> Frozen:
    return tuple(text.items())


def words(key: str, **values: Value | Text) -> Text:
    """A row of `words/passes.toml`; a value that is a text in several languages is taken in each."""
    return row(key, tuple((name, frozen(v) if isinstance(v, dict) else v) for name, v in values.items()))


@lru_cache(maxsize=KEPT)
def row(key: str, values: tuple[tuple[str, Value | Frozen], ...]) -> Text:
    """The same sentence in every language. Members share most, and making one costs a tenth of a signature."""

    def taken(value: Value | Frozen, language: str) -> Value:
        return locale.of(dict(value), language) if isinstance(value, tuple) else value

    return every(
        lambda language: locale.say(f"passes.{key}", language, **{name: taken(v, language) for name, v in values})
    )


def balance_unit(face: Face) -> Text:
    """The unit that stands beside the number: 'points', or what the programme calls them. Past 200 its form follows the
    last two digits in all of ours."""
    return face.unit or row("unit", (("n", face.points if face.points < 200 else 100 + face.points % 100),))


def next_label(face: Face) -> Text:
    """'Next: Orchard', or that there is nothing above."""
    return row("next", (("tier", frozen(face.next_tier_name)),)) if face.next_tier else words("top")


def next_value(face: Face) -> Text:
    """What is missing to the next tier; on the highest one, until when it is kept."""
    if face.next_tier:
        return (
            words("so-many", count=face.missing, unit=face.unit) if face.unit else row("points", (("n", face.missing),))
        )
    return kept_until(face.tier_until, face.zone) if face.tier_until else face.tier_name


@lru_cache(maxsize=KEPT)
def kept_until(until: Instant, zone: str) -> Text:
    return every(lambda language: before(day_and_year(until - 1, zone, language), language))


def offer_until(offer: ShownOffer, face: Face, at: Instant) -> Text:
    """'until 17:00' on the day itself, 'until 31 December' before it, in the member's zone; 'activate by 17:00' where the
    offer must be taken in the app; 'sold out'."""
    if offer.state == "sold-out":
        return words("sold-out")
    key = "activate" if offer.state == "needs-activation" else "until"
    return until(offer.until, face.zone, locale.local(at, face.zone).date(), key)


@lru_cache(maxsize=KEPT)
def until(end: Instant, zone: str, today: date, key: str = "until") -> Text:
    if locale.local(end - 1, zone).date() == today:
        return every(lambda language: before(locale.hour(end, zone, language), language, key))
    return every(lambda language: before(locale.day(end - 1, zone, language), language, key))


def before(when: str, language: str, key: str = "until") -> str:
    return locale.say(f"passes.{key}", language, when=when)


def offer_sentence(offer: ShownOffer, face: Face, at: Instant) -> Text:
    """What holds, where, and until when, for the back of the card."""
    return sentences(frozen(offer.title), frozen(offer.text), frozen(offer_until(offer, face, at)))


@lru_cache(maxsize=KEPT)
def sentences(title: Frozen, text: Frozen, until: Frozen) -> Text:
    """'Double points on any coffee. At Nola, until 17:00.'"""

    def write(language: str) -> str:
        said = [locale.of(dict(each), language).rstrip(".") for each in (title, text) if each]
        return locale.say("passes.what-until", language, what=". ".join(said), until=locale.of(dict(until), language))

    return every(write)


def movement_sentence(last: Movement) -> Text:
    """'+85 at Nola Coffee: coffee counts twice today.'"""
    return moved(last.points, frozen(last.where), frozen(last.why))


@lru_cache(maxsize=KEPT)
def moved(points: int, where: Frozen, why: Frozen) -> Text:
    key = "moved" + ("-where" if where else "") + ("-why" if why else "")
    return every(
        lambda language: locale.say(
            f"passes.{key}",
            language,
            points=signed(points, language),
            where=locale.of(dict(where), language),
            why=locale.of(dict(why), language),
        )
    )


def signed(points: int, language: str) -> str:
    """The number with its sign; in a text without markup a right-to-left line needs a mark before the sign."""
    sign = "+" if points > 0 else MINUS if points < 0 else ""
    mark = LEFT_TO_RIGHT_MARK if sign and language in RIGHT_TO_LEFT else ""
    return f"{mark}{sign}{locale.number(abs(points), language)}"


def day_and_year(at: Instant, zone: str, language: str) -> str:
    """'31 Dec 2027' in English, '31.12.2027' elsewhere, in Western digits."""
    pattern = "d MMM y" if language == "en" else "d.MM.y"
    return locale.western(str(format_date(locale.local(at, zone), pattern, locale=locale.BABEL[language])))
