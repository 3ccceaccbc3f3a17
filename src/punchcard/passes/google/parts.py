"""The pieces of Google's classes and objects: texts in every language, pictures, links, places, times. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.locale import LANGUAGES, Text
from punchcard.foundation.money import DIGITS, Money
from punchcard.passes.model import App, Place

INT32_MAX = 2**31 - 1
PLACES_MAX = 10
"""Google rejects a class or an object with more."""
APP_TITLE_CHARACTERS_MAX = 30
MICROS_DIGITS = 6
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"\+?\d[\d ()/-]{5,}\d")

PictureUrl = Callable[[str], str]


def words(key: str, **values: int | Text) -> Text:
    """A row of `words/passes_google.toml`; a value that is a text in several languages is taken in each."""

    def said(language: str) -> str:
        taken = {name: locale.of(each, language) if isinstance(each, dict) else each for name, each in values.items()}
        return locale.say(f"passes_google.{key}", language, **taken)

    return {language: said(language) for language in LANGUAGES}


def shortened(text: str, characters_max: int) -> str:
    return text if len(text) <= characters_max else f"{text[: characters_max - 1].rstrip()}…"


def all_shortened(text: Text, characters_max: int) -> Text:
    return {language: shortened(each, characters_max) for language, each in text.items()}


def text_module(key: str, header: Text, body: Text, language: str = "en") -> dict[str, Any]:
    return {
        "id": key,
        "header": locale.of(header, language),
        "localizedHeader": localised(header, language),
        "body": locale.of(body, language),
        "localizedBody": localised(body, language),
    }


def plain_and_localised(field: str, text: Text, language: str = "en") -> dict[str, Any]:
    return {
        field: locale.of(text, language),
        f"localized{field[0].upper()}{field[1:]}": localised(text, language),
    }


def localised(text: Text, language: str) -> dict[str, Any]:
    """Google's LocalizedString: the member's language stands in wherever the phone's is not among ours."""
    others = [each for each in LANGUAGES if each != language and each in text]
    return {
        "defaultValue": {"language": language, "value": locale.of(text, language)},
        "translatedValues": [{"language": each, "value": text[each]} for each in others],
    }


def image(address: str, says: Text) -> dict[str, Any]:
    return {"sourceUri": {"uri": address}, "contentDescription": localised(says, "en")}


def balance(points: int) -> dict[str, Any]:
    """Google's integer ends at 2,147,483,647; more is written out."""
    return {"int": points} if points <= INT32_MAX else {"string": f"{points:,}"}


def money(worth: Money) -> dict[str, Any]:
    """Google counts in millionths of the currency's unit, in a string."""
    micros = worth.amount * 10 ** (MICROS_DIGITS - DIGITS.get(worth.currency, 2))
    return {"money": {"currencyCode": worth.currency, "micros": str(micros)}}


def interval(since: Instant, until: Instant) -> dict[str, Any]:
    """Both ends with their offset from UTC: Google takes both with one or neither."""
    return {"start": {"date": moment(since).isoformat()}, "end": {"date": moment(until).isoformat()}}


def places(near: Iterable[Place]) -> list[dict[str, Any]]:
    return [{"latitude": each.latitude, "longitude": each.longitude} for each in near][:PLACES_MAX]


def app_link(app: App, fallback: Text) -> dict[str, Any]:
    """The button that opens the programme's own app."""
    title = all_shortened(app.title or fallback, APP_TITLE_CHARACTERS_MAX)
    return {
        "androidAppLinkInfo": {"appTarget": {"packageName": app.android_package}},
        "displayText": localised(title, "en"),
    }


def link(key: str, uri: str, says: Text, language: str = "en") -> dict[str, Any]:
    return {"id": key, "uri": uri, **plain_and_localised("description", says, language)}


def ways_to_reach(contact: Text) -> Iterator[dict[str, Any]]:
    """The mail addresses and telephone numbers that stand in the programme's contact text."""
    text = locale.of(contact, "en")
    for number, address in enumerate(MAIL.findall(text)):
        yield link(f"mail-{number}", f"mailto:{address}", words("write"))
    for number, phone in enumerate(PHONE.findall(MAIL.sub(" ", text))):
        yield link(f"phone-{number}", f"tel:{re.sub(r'[^+0-9]', '', phone)}", words("call"))


def label(text: Text, language: str) -> dict[str, Any]:
    return plain_and_localised("label", text, language)
