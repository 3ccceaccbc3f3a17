"""Their JSON as a sale, a return or a void of ours; or every reason why not, each with the place where it stands."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar, get_type_hints
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from punchcard.checkout import Basket, BasketLine, PaidWith, UnitsBack
from punchcard.foundation import exact
from punchcard.foundation.exact import NotThis

from . import reading
from .model import Amount, Back, Lines, Mapping, Meaning, Mistake, Piece, Quantity, Tenders, Text, Understood

OURS = UUID("8f3c51d0-6f0e-5f0b-9d7a-3b0a6d1f2c4e")
ORDER_CHARACTERS_MAX = 128
T = TypeVar("T")


def understand(connector: str, mapping: Mapping, zone: str, sent: Any) -> Understood:
    """What was sent, in our words; `zone` is the shop's."""
    return Reader(connector, mapping, zone).understood(sent)


def id_of(connector: str, kind: str, order: str) -> UUID:
    """The id under which we keep what they call `order`: always the same one. A return or void has another than its sale."""
    space = connector if kind == "sale" else f"{connector}/{kind}"
    return uuid5(uuid5(OURS, space), order)


class Reader:
    """Reads field after field and gathers what is wrong, instead of stopping at the first mistake."""

    def __init__(self, connector: str, mapping: Mapping, zone: str):
        self.connector, self.mapping, self.zone = connector, mapping, zone
        self.mistakes: list[Mistake] = []

    def understood(self, sent: Any) -> Understood:
        kind = self.kind(sent)
        if kind == "ignored" or kind is None:
            return Understood(kind=kind or "ignored", mistakes=tuple(self.mistakes))
        order = self.order(sent, self.mapping.order, "order")
        if kind == "sale":
            id = id_of(self.connector, "sale", order)
            basket = self.basket(sent)
            return Understood(kind=kind, id=id, sale=id, basket=basket, mistakes=tuple(self.mistakes))
        of = order if self.mapping.of is None else self.order(sent, self.mapping.of, "of")
        back = self.back(sent, self.mapping.back) if kind == "return" else ()
        return Understood(
            kind=kind,
            id=id_of(self.connector, kind, order),
            sale=id_of(self.connector, "sale", of),
            back=back,
            at=self.time(sent),
            cashier=self.field(Basket, "cashier", self.mapping.cashier, sent, ""),
            receipt_number="" if kind == "void" else self.receipt_number(sent),
            mistakes=tuple(self.mistakes),
        )

    def kind(self, sent: Any) -> Meaning | None:
        kind = self.mapping.kind
        said = (
            "" if kind.at is None else self.tried(lambda: exact.text(reading.at(sent, kind.at or "")), kind.at, "kind")
        )
        found = kind.values.get(said or "", kind.otherwise)
        if found is None:
            self.mistake(kind.at or "", "kind", "is nothing that the table of kinds knows")
        return found

    def receipt_number(self, sent: Any) -> str:
        return self.field(Basket, "receipt_number", self.mapping.receipt_number, sent, "") or ""

    def order(self, sent: Any, pointer: str, field: str) -> str:
        found = self.tried(lambda: exact.text(reading.at(sent, pointer)), pointer, field) or ""
        if not 0 < len(found) <= ORDER_CHARACTERS_MAX:
            self.mistake(
                pointer, field, "is missing" if not found else f"is longer than {ORDER_CHARACTERS_MAX} characters"
            )
        return found

    def basket(self, sent: Any) -> Basket | None:
        mapping, given = self.mapping, {}
        for name in ("card", "cashier", "receipt_number", "currency", "channel"):
            if found := self.field(Basket, name, getattr(mapping, name), sent, ""):
                given[name] = found
        if not given.get("cashier") and not any(each.field == "cashier" for each in self.mistakes):
            self.mistake(mapping.cashier.at or "", "cashier", "is missing")
        if at := self.time(sent):
            given["at"] = at
        given.setdefault("card", "")
        given["lines"] = self.lines(sent, mapping.lines)
        if mapping.tenders:
            given["tenders"] = self.tenders(sent, mapping.tenders)
        if self.mistakes:
            return None
        try:
            return msgspec.convert(given, Basket)
        except msgspec.ValidationError as error:
            self.mistake("", "", str(error))
            return None

    def lines(self, sent: Any, lines: Lines) -> list[dict[str, Any]]:
        found = []
        for i, (where, each) in enumerate(self.elements(sent, lines.at, "lines", 1)):
            line: dict[str, Any] = {
                name: self.field(BasketLine, name, getattr(lines, name), each, "", where, f"lines/{i}/")
                for name in ("sku", "category", "brand")
            }
            line["quantity"] = self.quantity(each, lines.quantity, where, f"lines/{i}/quantity")
            line["amount"] = self.amount(BasketLine, each, lines.amount, where, f"lines/{i}/amount")
            found.append(line)
        return found

    def tenders(self, sent: Any, tenders: Tenders) -> list[dict[str, Any]]:
        return [
            {
                "kind": self.field(PaidWith, "kind", tenders.kind, each, "", where, f"tenders/{i}/"),
                "amount": self.amount(PaidWith, each, tenders.amount, where, f"tenders/{i}/amount"),
            }
            for i, (where, each) in enumerate(self.elements(sent, tenders.at, "tenders", 0))
        ]

    def back(self, sent: Any, back: Back | None) -> tuple[Piece, ...]:
        if back is None:
            self.mistake("", "back", "the mapping does not say where the goods stand that come back")
            return ()
        found = []
        for i, (where, each) in enumerate(self.elements(sent, back.at, "back", 1)):
            name = f"back/{i}/"
            said = None if back.line is None else reading.at(each, back.line)
            line, sku = None, ""
            if said is not None:
                line = self.number_of(said, where + (back.line or ""), name + "line")
            elif back.sku is not None:
                sku = self.field(BasketLine, "sku", Text(at=back.sku), each, "", where, name) or ""
            else:
                self.mistake(where + (back.line or ""), name + "line", "is missing")
            found.append(Piece(line, sku, self.quantity(each, back.quantity, where, name + "quantity", sign=True)))
        return tuple(found)

    def number_of(self, said: Any, where: str, field: str) -> int | None:
        return self.tried(lambda: int(bounded(UnitsBack, "line", exact.minor_units(said, 0))), where, field)

    def elements(self, sent: Any, pointer: str, field: str, least: int) -> Sequence[tuple[str, Any]]:
        """The elements of an array, each with its own pointer."""
        found = reading.at(sent, pointer)
        if found is None and not least:
            return ()
        if not isinstance(found, list):
            self.mistake(pointer, field, "is missing" if found is None else "is no array")
            return ()
        if not least <= len(found) <= 500:
            self.mistake(pointer, field, "is empty" if not found else "holds more than 500")
            return ()
        return [(f"{pointer}/{i}", each) for i, each in enumerate(found)]

    def field(
        self, shape: type[Struct], name: str, text: Text, sent: Any, otherwise: Any, where: str = "", field: str = ""
    ) -> Any:
        """A text of theirs, as the field of this struct takes it; nothing stays nothing."""
        place, field = where + (text.at or ""), field + name

        def read() -> Any:
            said = "" if text.at is None else exact.text(reading.at(sent, text.at))
            if said and text.values:
                said = text.values.get(said, "")
                if not said and not text.otherwise:
                    raise NotThis("stands in no line of the table")
            said = said or text.otherwise
            if not said and name in OPTIONAL:
                return otherwise
            if not said:
                raise NotThis("is missing")
            return bounded(shape, name, said)

        return self.tried(read, place, field)

    def quantity(self, sent: Any, quantity: Quantity, where: str, field: str, sign: bool = False) -> int:
        def read() -> int:
            if quantity.at is None:
                return 1
            said = exact.number(reading.at(sent, quantity.at))
            said = abs(said) if sign else said
            whole = Decimal(math.ceil(said)) if quantity.fractions == "up" else said
            if whole != whole.to_integral_value():
                raise NotThis("is no whole number")
            return int(bounded(BasketLine, "quantity", int(whole)))

        return self.tried(read, where + (quantity.at or ""), field) or 1

    def amount(self, shape: type[Struct], sent: Any, amount: Amount, where: str, field: str) -> int:
        def read() -> int:
            found = exact.minor_units(reading.at(sent, amount.at), self.mapping.decimals)
            for less in amount.less:
                off = reading.at(sent, less)
                found -= 0 if off is None else exact.minor_units(off, self.mapping.decimals)
            return int(bounded(shape, "amount", found))

        return self.tried(read, where + amount.at, field) or 0

    def time(self, sent: Any) -> str:
        """When it happened, RFC 3339; empty where they do not say."""
        pointer = self.mapping.at
        said = None if pointer is None else reading.at(sent, pointer)
        if said is None:
            return ""
        return self.tried(lambda: exact.instant(said, self.zone), pointer or "", "at") or ""

    def tried(self, read: Callable[[], T], pointer: str | None, field: str) -> T | None:
        try:
            return read()
        except NotThis as error:
            self.mistake(pointer or "", field, str(error))
            return None

    def mistake(self, pointer: str, field: str, why: str) -> None:
        self.mistakes.append(Mistake(pointer, field, why))


OPTIONAL = frozenset({"card", "brand", "receipt_number", "currency", "channel", "cashier"})
HINTS: dict[type[Struct], dict[str, Any]] = {
    shape: get_type_hints(shape, include_extras=True) for shape in (Basket, BasketLine, PaidWith, UnitsBack)
}


def bounded(shape: type[Struct], name: str, value: Any) -> Any:
    """The value, if this field of ours takes it."""
    try:
        return msgspec.convert(value, HINTS[shape][name])
    except msgspec.ValidationError as error:
        raise NotThis(f"is not what we take: {error}") from None
