"""Words in four languages. Code gives a key and its values; the sentence is made where it meets a person.

A catalogue is `words/<name>.toml`: one table a key, one line a language; a text that counts has its plural forms
(CLDR names: zero, one, two, few, many, other), chosen by the value `n`."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_group_symbol

from .clock import Instant
from .money import Money

LANGUAGES = ("en", "he", "ar", "ru")
RIGHT_TO_LEFT = frozenset({"he", "ar"})
WORDS = Path(__file__).parent.parent / "words"
BABEL = {name: Locale.parse(code) for name, code in {"en": "en_GB", "he": "he", "ar": "ar", "ru": "ru"}.items()}
"""Parsed once: parsing a name costs more than the formatting."""
PLURAL = {language: known.plural_form for language, known in BABEL.items()}
GROUP = {language: get_group_symbol(known, numbering_system="latn") for language, known in BABEL.items()}

Text = dict[str, str]
"""A text in several languages; English stands in for a missing one."""


@cache
def catalogue(name: str) -> dict[str, dict[str, str | dict[str, str]]]:
    path = WORDS / f"{name}.toml"
    return tomllib.loads(path.read_text()) if path.exists() else {}


def say(key: str, language: str, **values: Any) -> str:
    """The sentence for `catalogue.key`; a key that nobody wrote is a bug."""
    said = maybe_say(key, language, **values)
    assert said is not None, f"no words for {key}"
    return said


def maybe_say(key: str, language: str, **values: Any) -> str | None:
    name, _, row = key.partition(".")
    texts = catalogue(name).get(row)
    if texts is None:
        return None
    text = texts.get(language) or texts["en"]
    if isinstance(text, dict):
        text = text.get(plural(language, int(values["n"]))) or text["other"]
    return text.format_map({name: shown(value, language) for name, value in values.items()})


def of(text: Text, language: str) -> str:
    """What an operator wrote, in this language."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def plural(language: str, n: int) -> str:
    """The CLDR plural form of a count: 2,480 is 'many' in Arabic."""
    return PLURAL[language](abs(n))


def shown(value: Any, language: str) -> str:
    match value:
        case bool() | str():
            return str(value)
        case int():
            return number(value, language)
        case Money():
            return money(value, language)
    return str(value)


def number(value: int, language: str) -> str:
    """Western digits in every language, grouped as the language groups them."""
    if value >= 0:  # what Babel says, forty times faster; signs differ more
        return f"{value:,}".replace(",", GROUP[language])
    return str(format_decimal(value, locale=BABEL[language], numbering_system="latn"))


def money(value: Money, language: str) -> str:
    return str(format_currency(value.decimal, value.currency, locale=BABEL[language], numbering_system="latn"))


def day(at: Instant, zone: str, language: str) -> str:
    """The local day: '31 December'."""
    return western(str(format_date(local(at, zone), "d MMMM", locale=BABEL[language])))


def hour(at: Instant, zone: str, language: str) -> str:
    """The local time of day: '17:00'."""
    return western(str(format_time(local(at, zone), "HH:mm", locale=BABEL[language])))


def local(at: Instant, zone: str) -> datetime:
    return datetime.fromtimestamp(at, ZoneInfo(zone))


def western(text: str) -> str:
    return text.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def preferred(accept_language: str | None) -> str:
    """The first of our languages that a browser or phone asks for, else English."""
    return asked_for(accept_language) or "en"


def asked_for(accept_language: str | None) -> str:
    """The first of our languages that is asked for; empty where none is."""
    for part in (accept_language or "").split(","):
        tag = part.split(";")[0].strip().lower().split("-")[0]
        tag = {"iw": "he"}.get(tag, tag)
        if tag in LANGUAGES:
            return tag
    return ""
