"""A field of the layout, ready to be filled in: what wallet-py3k's model says of it, and what differs from pass to pass."""

from collections.abc import Hashable, Sequence
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from wallet.models import CurrencyField, DateField, Field, NumberField

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.locale import LANGUAGES, Text
from punchcard.foundation.money import Money

from .bindings import UNSHARED, Shown
from .layout import DETECTORS, NUMBERS, FieldSpec
from .model import natural, telling
from .phrases import EMPTY, Columns, columns, row
from .sayings import Said, Saying, Strings, saying

encode = msgspec.json.Encoder(decimal_format="number").encode
"""Amounts of money are exact decimals; Apple wants them as numbers."""
KEPT = 8192
"""Of each source, so much is kept ready: members share most."""


def maybe(said: Said, strings: Strings) -> Saying | None:
    return saying(said, strings) if said else None


class Entry(Protocol):
    """Something of a pass that is written from its sources."""

    @property
    def sources(self) -> tuple[str, ...]: ...

    def write(self, shown: Shown, lines: dict[str, Columns]) -> bytes | None:
        """Its JSON, None where it has nothing to say; the lines of its texts go to `lines`."""
        ...


class Slot:
    """One field for members of one language."""

    def __init__(self, spec: FieldSpec, strings: Strings, language: str):
        self.language = language
        self.value, self.label = saying(spec.value, strings), maybe(spec.label, strings)
        self.when, self.link = maybe(spec.when, strings), maybe(spec.link, strings)
        change = maybe(spec.change, strings)
        parts = [each for each in (self.value, self.label, self.when, self.link) if each]
        self.sources = tuple(sorted(frozenset[str]().union(*(each.sources for each in parts))))
        self.statics = [
            each.texts for each in (self.value, self.label, change) if each and each.texts and not each.sources
        ]
        same = base(spec, self.value.kind, said_in(change, language) if change else "")
        if self.label and not self.label.sources:
            same["label"] = said_in(self.label, language)
        self.is_plain = self.value.kind in ("plain", "number")
        self.is_bare = self.is_plain and not (self.link or (self.label and self.label.sources))
        self.head = encode(same)[:-1] + b',"value":'

    def write(self, shown: Shown, lines: dict[str, Columns]) -> bytes | None:
        value = self.value.of(shown)
        if value is None or (not value and value != 0) or (self.when and not self.when.of(shown)):
            return None
        said = value if self.is_plain else self.said(self.value, value, lines)
        found = self.head + encode(said)
        if self.is_bare:
            return found + b"}"
        if self.label and self.label.sources and (label := self.label.of(shown)):
            found += b',"label":' + encode(self.said(self.label, label, lines))
        if isinstance(value, Money):
            found += b',"currencyCode":' + encode(value.currency)
        if self.link and (address := self.link.of(shown)):
            found += b',"attributedValue":' + encode(f'<a href="{escape(address)}">{escaped(str(said))}</a>')
        return found + b"}"

    def said(self, saying: Saying, value: Any, lines: dict[str, Columns]) -> Any:
        match saying.kind:
            case "text":
                return localised(value, self.language, lines)
            case "money":
                return Decimal(value.decimal)
            case "date":
                return iso(value)
        return value


def said_in(saying: Saying, language: str) -> str:
    """A text without bindings, in this language."""
    return str(saying.texts[language])


class Written(Struct, frozen=True):
    """Entries by their places, shared by every pass that shows them, with the lines of their texts."""

    placed: list[tuple[int, bytes]]
    lines: dict[str, Columns]
    """The line of each text that does not stand in everybody's pass, in each language."""
    blocks: Columns
    """All of them."""


class Bundle:
    """The entries that come from the same sources: written together, and kept ready by what the sources say."""

    def __init__(self, entries: Sequence[tuple[int, Entry]], known: frozenset[str]):
        self.entries, self.known = entries, known
        sources = self.sources = tuple(sorted({source for _, entry in entries for source in entry.sources}))
        self.source = sources[0] if len(sources) == 1 else ""
        self.is_kept = UNSHARED.isdisjoint(sources)
        self.kept: dict[Hashable, Written] = {}

    def __call__(self, shown: Shown) -> Written:
        if not self.is_kept:
            return self.written(shown)
        key = shown.key(self.source) if self.source else tuple([shown.key(each) for each in self.sources])
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= KEPT:
                self.kept.clear()
            found = self.kept[key] = self.written(shown)
        return found

    def written(self, shown: Shown) -> Written:
        lines: dict[str, Columns] = {}
        placed = [(place, each) for place, entry in self.entries if (each := entry.write(shown, lines))]
        own = {said: line for said, line in lines.items() if said not in self.known} if lines else lines
        return Written(placed, own, columns(own) if own else EMPTY)


def localised(text: Text, language: str, lines: dict[str, Columns]) -> str:
    """The text in the member's language; its line for every language goes to `lines`."""
    said = locale.of(text, language)
    if said:
        lines[said] = row(said, *map(text.get, LANGUAGES))
    return said


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
