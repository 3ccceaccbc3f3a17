"""What a pass says in one language, written as a phone writes it: numbers grouped, money and dates by their styles."""

import html
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, format_percent, format_scientific
from msgspec import Struct

from punchcard.foundation import locale

ROW = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=\s*"((?:[^"\\]|\\.)*)"\s*;', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ANCHOR = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL | re.IGNORECASE)
BREAKS = re.compile(r"\s*[\n\t]\s*")
TAG = re.compile(r"<[^>]*>")
DETECTED = {
    "PKDataDetectorTypeLink": re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "PKDataDetectorTypePhoneNumber": re.compile(r"(?<![\w-])\+?\d[\d ()–-]{6,}\d(?![\w-])"),
}
"""What a phone turns into links by itself; addresses and dates need more than a pattern."""
STYLES = {
    "PKDateStyleShort": "short",
    "PKDateStyleMedium": "medium",
    "PKDateStyleLong": "long",
    "PKDateStyleFull": "full",
}
NUMBERS = {"PKNumberStylePercent": format_percent, "PKNumberStyleScientific": format_scientific}

Span = tuple[int, int]


class Shown(Struct, frozen=True):
    """A field as it is read: its label, its text, and which parts of the text can be touched."""

    label: str
    value: str
    alignment: str = ""
    row: int = 0
    links: tuple[Span, ...] = ()


class Language:
    """Says a pass's texts in one language."""

    def __init__(self, files: Mapping[str, bytes], language: str):
        self.language = language
        self.rows = rows(files.get(f"{language}.lproj/pass.strings", b""))
        self.babel = locale.BABEL.get(language, locale.BABEL["en"])

    def __call__(self, text: object) -> str:
        """A text of pass.json in this language; what its file does not hold stands as it is."""
        said = str(text if text is not None else "")
        return clean(self.rows.get(said, said))

    def escaped(self, text: object) -> str:
        """The same as markup."""
        return html.escape(self(text))

    def field(self, field: Mapping[str, Any], *, touched: bool = False) -> Shown:
        """A field of the front, or with `touched` of the back."""
        label, alignment = self(field.get("label")), str(field.get("textAlignment", ""))
        row = 1 if field.get("row") == 1 else 0
        if not touched:
            return Shown(label, BREAKS.sub(" ", self.value(field)), alignment, row)
        if attributed := field.get("attributedValue"):
            value, links = anchors(self(attributed) if isinstance(attributed, str) else self.value(field))
        else:
            value = self.value(field)
            links = detected(value, field.get("dataDetectorTypes"))
        return Shown(label, value, alignment, row, links)

    def value(self, field: Mapping[str, Any]) -> str:
        value = field.get("value")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return clean(self.number(value, field))
        if isinstance(value, str) and (field.get("dateStyle") or field.get("timeStyle")):
            return clean(self.date(value, field))
        return self(value)

    def number(self, value: float, field: Mapping[str, Any]) -> str:
        how: dict[str, Any] = {"locale": self.babel, "numbering_system": "latn"}
        if currency := field.get("currencyCode"):
            return str(format_currency(value, str(currency), **how))
        return str(NUMBERS.get(str(field.get("numberStyle")), format_decimal)(value, **how))

    def date(self, value: str, field: Mapping[str, Any]) -> str:
        """In the zone that the value is written in: whose phone it will be, nobody knows."""
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        day, hour = (STYLES.get(str(field.get(key)), "") for key in ("dateStyle", "timeStyle"))
        if day and hour:
            written = format_datetime(at, day, locale=self.babel) if day == hour else None
            written = written or f"{format_date(at, day, locale=self.babel)} {self.time(at, hour)}"
        else:
            written = format_date(at, day, locale=self.babel) if day else self.time(at, hour) if hour else value
        return locale.western(str(written))

    def time(self, at: datetime, style: str) -> str:
        return str(format_time(at, style, tzinfo=at.tzinfo, locale=self.babel))


def rows(content: bytes) -> dict[str, str]:
    """A pass.strings file; UTF-16 when it begins with its mark."""
    text = content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig", "replace")
    return {unescaped(key): unescaped(said) for key, said in ROW.findall(text)}


def unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text)


def clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return NO_XML.sub("", text).replace("\r", "")


def anchors(markup: str) -> tuple[str, tuple[Span, ...]]:
    """The text of an attributed value, and where its links are; other markup is dropped, as the phone does."""
    text, links, seen = "", [], 0
    for found in ANCHOR.finditer(markup):
        text += plain(markup[seen : found.start()])
        inner = plain(found[1])
        links.append((len(text), len(text) + len(inner)))
        text, seen = text + inner, found.end()
    return text + plain(markup[seen:]), tuple(links)


def plain(markup: str) -> str:
    return clean(html.unescape(TAG.sub("", markup)))


def detected(text: str, kinds: object) -> tuple[Span, ...]:
    """What a phone finds by itself: everything unless the field names the kinds, none when it names none."""
    wanted = DETECTED if not isinstance(kinds, list) else [kind for kind in DETECTED if kind in kinds]
    return tuple(sorted(found.span() for kind in wanted for found in DETECTED[kind].finditer(text)))
