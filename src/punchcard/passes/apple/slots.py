"""A field of the layout, ready to be filled in: what wallet-py3k's model says of it, and what differs from pass to pass."""

from collections.abc import Hashable, Iterator
from decimal import Decimal
from html import escape
from typing import Any

from wallet.models import CurrencyField, DateField, Field, NumberField

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.locale import LANGUAGES, Text
from punchcard.foundation.money import Money

from .bindings import UNSHARED, Shown
from .layout import DETECTORS, NUMBERS, FieldSpec
from .model import natural, telling
from .phrases import Columns, row
from .sayings import Said, Saying, Strings, saying

Piece = tuple[dict[str, Any], dict[str, Columns]]
"""A field as pass.json has it, shared by every pass that shows it; and the lines of its texts."""
KEPT = 8192
"""Of each field, so many values are kept ready: members share most."""


def maybe(said: Said, strings: Strings) -> Saying | None:
    return saying(said, strings) if said else None


class Slot:
    """One field for members of one language."""

    def __init__(self, spec: FieldSpec, strings: Strings, language: str):
        self.language = language
        self.value, self.label = saying(spec.value, strings), maybe(spec.label, strings)
        self.when, self.link = maybe(spec.when, strings), maybe(spec.link, strings)
        change = maybe(spec.change, strings)
        parts = [each for each in (self.value, self.label, self.when, self.link) if each]
        self.sources = tuple(sorted(frozenset[str]().union(*(each.sources for each in parts))))
        self.announced: Text = change.of(None) if change else {}  # type: ignore[arg-type]  # it holds no binding
        self.base = base(spec, self.value.kind, locale.of(self.announced, language))
        self.is_kept = UNSHARED.isdisjoint(self.sources)
        self.kept: dict[Hashable, Piece | None] = {}

    def statics(self) -> Iterator[Text]:
        """The texts that are the same in every pass."""
        for each in (self.value, self.label):
            if each and each.texts and not each.sources:
                yield each.of(None)  # type: ignore[arg-type]  # it holds no binding
        if self.announced:
            yield self.announced

    def __call__(self, shown: Shown) -> Piece | None:
        """The field of this pass; None where it has nothing to say."""
        if not self.is_kept:
            return self.made(shown)
        key = tuple([shown.key(each) for each in self.sources])
        try:
            return self.kept[key]
        except KeyError:
            if len(self.kept) >= KEPT:
                self.kept.clear()
            made = self.kept[key] = self.made(shown)
            return made

    def made(self, shown: Shown) -> Piece | None:
        value = self.value.of(shown)
        if value is None or value in ("", {}) or (self.when and not self.when.of(shown)):
            return None
        lines: dict[str, Columns] = {}
        written = self.base | {"value": self.written(self.value, value, lines)}
        if self.label and (label := self.label.of(shown)):
            written["label"] = self.written(self.label, label, lines)
        if isinstance(value, Money):
            written["currencyCode"] = value.currency
        if self.link and (address := self.link.of(shown)):
            written["attributedValue"] = f'<a href="{escape(address)}">{escape(str(written["value"]))}</a>'
        return written, lines

    def written(self, saying: Saying, value: Any, lines: dict[str, Columns]) -> Any:
        match saying.kind:
            case "text":
                return localised(value, self.language, lines)
            case "money":
                return Decimal(value.decimal)
            case "date":
                return iso(value)
        return value


def localised(text: Text, language: str, lines: dict[str, Columns]) -> str:
    """The text in the member's language; its line for every language goes to `lines`."""
    said = locale.of(text, language)
    if said:
        lines[said] = row(said, *map(text.get, LANGUAGES))
    return said


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
