"""The layout of a pass as a designer writes it: layout.toml, fields in five groups, each bound to what it shows."""

from typing import Literal

from msgspec import Struct

from .sayings import Said

Style = Literal["storeCard", "coupon", "eventTicket"]
NumberStyle = Literal["decimal", "percent", "scientific", "spell-out"]
DateStyle = Literal["none", "short", "medium", "long", "full"]
Alignment = Literal["left", "center", "right", "natural"]
Detector = Literal["phone-number", "link", "address", "calendar-event"]
Format = Literal["QR", "PDF417", "Aztec", "Code128"]
GROUPS = ("header", "primary", "secondary", "auxiliary", "back")
NUMBERS = {
    "decimal": "PKNumberStyleDecimal",
    "percent": "PKNumberStylePercent",
    "scientific": "PKNumberStyleScientific",
    "spell-out": "PKNumberStyleSpellOut",
}
DETECTORS = {
    "phone-number": "PKDataDetectorTypePhoneNumber",
    "link": "PKDataDetectorTypeLink",
    "address": "PKDataDetectorTypeAddress",
    "calendar-event": "PKDataDetectorTypeCalendarEvent",
}


class FieldSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One field: left out where its value, its label's binding or `when` says nothing."""

    key: str
    value: Said
    label: Said = ""
    change: Said = ""
    """What the phone announces when the value changed; holds %@ for the new one."""
    when: str = ""
    """Only while this binding says something: "{offer}"."""
    number: NumberStyle | None = None
    date: DateStyle | None = None
    time: DateStyle | None = None
    relative: bool = False
    """In 3 days."""
    ignores_zone: bool = False
    align: Alignment | None = None
    detect: tuple[Detector, ...] | None = None
    """What the back makes links of; an empty list: nothing."""
    link: str = ""
    """The value links there: a binding that is an address, "{why}"."""
    row: Literal[0, 1] | None = None
    """Which row of an event ticket's auxiliary fields."""


class Code(Struct, frozen=True, forbid_unknown_fields=True):
    """The barcode: the phone shows the first format that it knows."""

    formats: tuple[Format, ...] = ("QR",)
    message: str = "{card-code}"
    text: str = "{card-number}"
    """Stands below it."""


class Layout(Struct, frozen=True, forbid_unknown_fields=True):
    """layout.toml: what stands where, and what else the pass tells the phone."""

    header: tuple[FieldSpec, ...] = ()
    primary: tuple[FieldSpec, ...] = ()
    secondary: tuple[FieldSpec, ...] = ()
    auxiliary: tuple[FieldSpec, ...] = ()
    back: tuple[FieldSpec, ...] = ()
    code: Code = Code()
    logo_text: Said = ""
    """Beside the logo."""
    balance: bool = True
    """Tell the phone what the points are worth (semantics.balance)."""
    places: bool = True
    """Come up near the shops and the beacons of card.toml."""
    offer_window: bool = True
    """Come up while the offer holds (relevantDates)."""
    user_info: dict[str, str] = {}
    """For the programme's own app, by name: bindings. The phone shows none of it."""

    def group(self, name: str) -> tuple[FieldSpec, ...]:
        found: tuple[FieldSpec, ...] = getattr(self, name)
        return found
