"""The sentences of a card that both wallets show, each in every language."""

from collections.abc import Callable
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


def every(write: Callable[[str], str]) -> Text:
    """The same text in each of our languages."""
    return {language: write(language) for language in LANGUAGES}


def words(key: str, **values: Value | Text) -> Text:
    """A row of `words/passes.toml`; a value that is a text in several languages is taken in each."""
    if not any(isinstance(value, dict) for value in values.values()):
        return row(key, tuple(values.items()))
    return {
        language: said(key, language, tuple((name, taken(value, language)) for name, value in values.items()))
        for language in LANGUAGES
    }


def taken(value: Value | Text, language: str) -> Value:
    return locale.of(value, language) if isinstance(value, dict) else value


@lru_cache(maxsize=KEPT)
def row(key: str, values: tuple[tuple[str, Value], ...]) -> Text:
    """The same sentence in every language. Members share most; making one costs a tenth of a signature."""
    return {language: said(key, language, values) for language in LANGUAGES}


@lru_cache(maxsize=KEPT)
def said(key: str, language: str, values: tuple[tuple[str, Value], ...]) -> str:
    return locale.say(f"passes.{key}", language, **dict(values))


def balance_unit(face: Face) -> Text:
    """The unit that stands beside the number: 'points'."""
    return words("unit", n=face.points)


def next_label(face: Face) -> Text:
    """'Next: Orchard', or that there is nothing above."""
    return words("next", tier=face.next_tier_name) if face.next_tier else words("top")


def next_value(face: Face) -> Text:
    """What is missing to the next tier; on the highest one, until when it is kept."""
    if face.next_tier:
        return words("points", n=face.missing)
    if face.tier_until:
        return every(lambda language: until(day_and_year(face.tier_until - 1, face.zone, language), language))
    return face.tier_name


def offer_until(offer: ShownOffer, face: Face, at: Instant) -> Text:
    """'until 17:00' on the day itself, 'until 31 December' before it, in the member's zone."""
    last_day = offer.until - 1
    if locale.local(at, face.zone).date() == locale.local(last_day, face.zone).date():
        return every(lambda language: until(hour(offer.until, face.zone, language), language))
    return every(lambda language: until(day(last_day, face.zone, language), language))


def until(when: str, language: str) -> str:
    return said("until", language, (("when", when),))


def offer_sentence(offer: ShownOffer, face: Face, at: Instant) -> Text:
    """What holds, where, and until when, for the back of the card."""
    ends = offer_until(offer, face, at)

    def write(language: str) -> str:
        more = locale.of(offer.text, language) if offer.text else ""
        return (
            ". ".join(part.rstrip(".") for part in (locale.of(offer.title, language), more, ends[language]) if part)
            + "."
        )

    return every(write)


def movement_sentence(last: Movement) -> Text:
    """'+85 at Nola Coffee: coffee counts twice today.'"""
    key = "moved" + ("-where" if last.where else "") + ("-why" if last.why else "")
    return every(
        lambda language: locale.say(
            f"passes.{key}",
            language,
            points=signed(last.points, language),
            where=locale.of(last.where, language),
            why=locale.of(last.why, language),
        )
    )


@lru_cache(maxsize=KEPT)
def signed(points: int, language: str) -> str:
    """The number with its sign; in a text without markup a right-to-left line needs a mark before the sign."""
    sign = "+" if points > 0 else MINUS if points < 0 else ""
    mark = LEFT_TO_RIGHT_MARK if sign and language in RIGHT_TO_LEFT else ""
    return f"{mark}{sign}{locale.number(abs(points), language)}"


hour = lru_cache(maxsize=KEPT)(locale.hour)
day = lru_cache(maxsize=KEPT)(locale.day)


@lru_cache(maxsize=KEPT)
def day_and_year(at: Instant, zone: str, language: str) -> str:
    """'31 Dec 2027' in English, '31.12.2027' elsewhere, in Western digits."""
    pattern = "d MMM y" if language == "en" else "d.MM.y"
    return locale.western(str(format_date(locale.local(at, zone), pattern, locale=locale.BABEL[language])))
