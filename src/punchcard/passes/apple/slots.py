"""A field of the layout, ready to be filled in: what wallet-py3k's model says of it, and what differs from pass to pass."""

from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from wallet.models import CurrencyField, DateField, Field, NumberField

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.locale import LANGUAGES, Text
from punchcard.passes.texts import Frozen, frozen

from .bindings import Shown
from .layout import DETECTORS, NUMBERS, FieldSpec
from .model import natural, telling
from .phrases import Columns, Lines, localised
from .phrases import escaped as quoted
from .sayings import Said, Saying, Strings, saying

encode = msgspec.json.Encoder().encode


def maybe(said: Said, strings: Strings) -> Saying | None:
    return saying(said, strings) if said else None


class Entry(Protocol):
    """Something of a pass that is written from its sources."""

    @property
    def sources(self) -> tuple[str, ...]: ...

    def write(self, shown: Shown, lines: Lines) -> bytes:
        """Its JSON, empty where it has nothing to say; the lines of its texts go to `lines`."""
        ...


class Slot:
    """One field for members of one language."""

    def __init__(self, spec: FieldSpec, strings: Strings, language: str):
        self.language = language
        self.value, label = saying(spec.value, strings), maybe(spec.label, strings)
        self.when, self.link = maybe(spec.when, strings), maybe(spec.link, strings)
        change = maybe(spec.change, strings)
        parts = [each for each in (self.value, label, self.when, self.link) if each]
        self.sources = tuple(sorted(frozenset[str]().union(*(each.sources for each in parts))))
        self.statics = [each.texts for each in (self.value, label, change) if each and is_static(each)]
        self.label = None if label and is_static(label) else label
        same = base(spec, self.value.kind, said_in(change, language) if change else "")
        if label and not self.label:
            same["label"] = said_in(label, language)
        self.head = encode(same)[:-1] + b',"value":'
        self.write_value = self.writer()

    def write(self, shown: Shown, lines: Lines) -> bytes:
        value = self.value.of(shown)
        if (not value and value != 0) or (self.when and not self.when.of(shown)):
            return b""
        found = self.head + self.write_value(value, lines)
        if self.label and (label := self.label.of(shown)):
            found += b',"label":' + self.localised(label, lines)
        if self.link and (address := self.link.of(shown)):
            found += b',"attributedValue":' + encode(self.linked(value, f'<a href="{escape(address)}">', lines))
        return found + b"}"

    def writer(self) -> Callable[[Any, Lines], bytes]:
        """How values of this kind are written."""
        if is_static(self.value):
            written = encode(said_in(self.value, self.language))
            return lambda value, lines: written
        match self.value.kind:
            case "text":
                return self.localised
            case "money":
                return lambda value, lines: f'{value.decimal},"currencyCode":"{value.currency}"'.encode()
            case "date":
                return lambda value, lines: encode(iso(value))
        return lambda value, lines: encode(value)

    def localised(self, text: Text, lines: Lines) -> bytes:
        return localised(text, self.language, lines).written

    def linked(self, value: Any, opening: str, lines: Lines) -> str:
        """The value as a link; a text in every language, as any other. Not by `localised`: each member's address is another."""
        if self.value.kind != "text":
            return f"{opening}{escaped(str(value))}</a>"
        rest = anchored(frozen(value), self.language)
        own = opening + rest.said
        key = quoted(opening)
        begin = f'"{key}{rest.key}" = "{key}'.encode()
        lines[own] = tuple([begin + line for line in rest.lines])
        return own


def is_static(said: Saying) -> bool:
    """Whether it is a text without bindings."""
    return bool(said.texts and not said.sources)


def said_in(saying: Saying, language: str) -> str:
    """A text without bindings, in this language."""
    return str(saying.texts[language])


class Anchored(Struct, frozen=True):
    """A text behind the opening of a link: in pass.json, as a key of pass.strings, and as the end of its lines there."""

    said: str
    key: str
    lines: Columns


@lru_cache(maxsize=1024)
def anchored(text: Frozen, language: str) -> Anchored:
    every = dict(text)
    said = f"{escape(locale.of(every, language))}</a>"
    there = [f"{escape(every[each])}</a>" if every.get(each) else said for each in LANGUAGES]
    return Anchored(said, quoted(said), tuple([f'{quoted(each)}";\n'.encode() for each in there]))


@lru_cache(maxsize=1024)
def escaped(text: str) -> str:
    """As it stands in markup."""
    return escape(text)


def iso(at: Instant) -> str:
    """As Apple reads an instant."""
    return f"{moment(at):%Y-%m-%dT%H:%M:%SZ}"


def base(spec: FieldSpec, kind: str, change: str) -> dict[str, Any]:
    """What the model says of a field, without value and label."""
    made = modelled(spec, kind)
    made.changeMessage = change
    if spec.align:
        made.textAlignment = f"PKTextAlignment{spec.align.capitalize()}"
    written: dict[str, Any] = telling(made.json_dict())
    if spec.ignores_zone:
        written["ignoresTimeZone"] = True
    if spec.detect is not None:
        written["dataDetectorTypes"] = [DETECTORS[each] for each in spec.detect]
    if spec.row is not None:
        written["row"] = spec.row
    return written


def modelled(spec: FieldSpec, kind: str) -> Any:
    """wallet-py3k's field of this kind, still without a value."""
    if kind == "date":
        made = natural(DateField(spec.key, ""))
        made.dateStyle, made.timeStyle = (
            f"PKDateStyle{(each or 'none').capitalize()}" for each in (spec.date, spec.time)
        )
        made.isRelative = spec.relative or None
        return made
    if kind == "money":
        return natural(CurrencyField(spec.key, ""))
    if kind == "number":
        made = natural(NumberField(spec.key, ""))
        made.numberStyle = NUMBERS[spec.number or "decimal"]
        return made
    return natural(Field(spec.key, ""))
