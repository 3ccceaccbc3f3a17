"""What a pass tells the phone beside its fields: the code, the tap, when it comes up by itself, how long it holds."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from wallet.models import Barcode

from punchcard import authorisation
from punchcard.foundation import locale
from punchcard.passes.model import Nearby

from .bindings import Shown
from .layout import Layout
from .model import telling
from .phrases import Lines, localised
from .relevance import beacon, near, window
from .sayings import Saying, Strings, saying
from .slots import Entry, encode, iso


class Top(Struct, frozen=True):
    """One key of pass.json, or a few that go together."""

    sources: tuple[str, ...]
    of: Callable[[Shown, Lines], dict[str, Any] | None]

    def write(self, shown: Shown, lines: Lines) -> bytes:
        found = self.of(shown, lines)
        return encode(found)[1:-1] if found else b""


class Ready(Struct, frozen=True):
    """The same, where the JSON is written at once: a member's own, in every pass."""

    sources: tuple[str, ...]
    write: Callable[[Shown, Lines], bytes]


def tops(
    layout: Layout, strings: Strings, nearby: Nearby, language: str, nfc_key: str, *, is_card: bool
) -> Iterator[Entry]:
    """Everything beside the fields that this layout asks for."""
    yield Top(("void",), voided)
    yield Barcodes(layout, strings, language)
    if layout.places:
        yield Top(("places",), around(nearby, language))
    if layout.logo_text:
        yield logo_text(saying(layout.logo_text, strings), language)
    if layout.user_info:
        yield user_info({name: saying(each, strings) for name, each in layout.user_info.items()}, language)
    if not is_card:
        yield Top(("ticket",), expiry)
        return
    if layout.balance:
        yield Ready(("worth",), balance)
    if layout.offer_window:
        yield Top(("offer",), offer_window)
    if nfc_key:
        yield Top(("member",), tap(nfc_key))


def voided(shown: Shown, _: Lines) -> dict[str, Any] | None:
    return {"voided": True} if shown.is_void or shown.is_spent else None


def balance(shown: Shown, _: Lines) -> bytes:
    worth = shown.face.worth
    if not worth:
        return b""
    return f'"semantics":{{"balance":{{"amount":"{worth.decimal}","currencyCode":"{worth.currency}"}}}}'.encode()


def offer_window(shown: Shown, _: Lines) -> dict[str, Any] | None:
    """It comes up while the offer holds."""
    offer = shown.face.offer
    return (
        {"relevantDates": window(offer.since, offer.until)}
        if offer and offer.since and offer.state != "sold-out"
        else None
    )


def expiry(shown: Shown, _: Lines) -> dict[str, Any] | None:
    return {"expirationDate": iso(shown.ticket.until)} if shown.ticket and shown.ticket.until else None


def tap(nfc_key: str) -> Callable[[Shown, Lines], dict[str, Any]]:
    """The card answers a reader that holds the key, once the phone is unlocked."""

    def of(shown: Shown, _: Lines) -> dict[str, Any]:
        message = authorisation.tap_value(shown.face.card_code)
        return {"nfc": {"message": message, "encryptionPublicKey": nfc_key, "requiresAuthentication": True}}

    return of


def around(nearby: Nearby, language: str) -> Callable[[Shown, Lines], dict[str, Any]]:
    """It comes up near the shops and the beacons."""

    def of(shown: Shown, lines: Lines) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if shown.is_spent:
            return found
        if shown.face.places:
            found["locations"] = near(shown.face.places, nearby, language, lines)
            if nearby.max_distance:
                found["maxDistance"] = nearby.max_distance
        if nearby.beacons:
            found["beacons"] = [beacon(each, language, lines) for each in nearby.beacons]
        return found

    return of


class Barcodes:
    """The code in each format, the best first, as wallet-py3k's model writes it."""

    def __init__(self, layout: Layout, strings: Strings, language: str):
        self.message, self.text = (saying(each, strings) for each in (layout.code.message, layout.code.text))
        self.language, self.sources = language, sources_of((self.message, self.text))
        formats = [telling(Barcode("", f"PKBarcodeFormat{each}").json_dict()) for each in layout.code.formats]
        self.heads = [encode(each)[:-1] for each in formats]

    def write(self, shown: Shown, _: Lines) -> bytes:
        if shown.is_spent:
            return b""
        own = b',"message":' + encode(self.message.of(shown))
        if text := plain(self.text, shown, self.language):
            own += b',"altText":' + encode(text)
        return b'"barcodes":[' + b",".join([head + own + b"}" for head in self.heads]) + b"]"


def logo_text(said: Saying, language: str) -> Top:
    def of(shown: Shown, lines: Lines) -> dict[str, Any] | None:
        text = said.of(shown)
        return {"logoText": localised(text, language, lines).said} if text else None

    return Top(sources_of((said,)), of)


def user_info(info: dict[str, Saying], language: str) -> Top:
    def of(shown: Shown, _: Lines) -> dict[str, Any]:
        return {"userInfo": {name: plain(each, shown, language) for name, each in info.items()}}

    return Top(sources_of(tuple(info.values())), of)


def sources_of(said: Sequence[Saying]) -> tuple[str, ...]:
    return tuple(sorted(frozenset[str]().union(*(each.sources for each in said))))


def plain(said: Saying, shown: Shown, language: str) -> Any:
    """A value in the member's language, where no phone looks for others."""
    value = said.of(shown)
    if said.kind == "money":
        return value and value.decimal
    if said.kind == "date":
        return value and iso(value)
    return locale.of(value, language) if said.kind == "text" and value else value
