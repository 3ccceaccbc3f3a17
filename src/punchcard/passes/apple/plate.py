"""A design, set for members of one language and for one signer: all that their passes have in common is written once."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct
from wallet.models import Barcode, Coupon, EventTicket, StoreCard

from punchcard.foundation import locale
from punchcard.foundation.locale import Text
from punchcard.passes.model import CardTexts

from .bindings import IMPERSONAL, Shown
from .design import Design
from .layout import GROUPS, Code
from .model import LoyaltyPass, telling
from .phrases import Columns, Common, Lines
from .relevance import beacon
from .sayings import Saying, saying
from .slots import Slot, localised, maybe

STYLES = {"storeCard": StoreCard, "coupon": Coupon, "eventTicket": EventTicket}
PLATES_KEPT = 512


class Issuer(Struct, frozen=True):
    """Who signs the passes, and where phones ask for news of them."""

    pass_type: str
    team: str
    web_service_url: str


class Plate:
    """Everything but what differs from pass to pass. Nothing changes after it is made but what its slots keep ready."""

    def __init__(self, design: Design, said: CardTexts, issuer: Issuer, language: str):
        self.design, self.said, self.language = design, said, language
        self.style, layout = design.look.style, design.layout
        self.slots = {f"{group}Fields": self.set(group) for group in GROUPS if layout.group(group)}
        self.impersonal = {
            group: [slot for slot in slots if IMPERSONAL.issuperset(slot.sources)]
            for group, slots in self.slots.items()
        }
        self.codes = list(codes(layout.code))
        self.code_message, self.code_text = (
            saying(each, design.strings) for each in (layout.code.message, layout.code.text)
        )
        self.logo_text = maybe(layout.logo_text, design.strings)
        self.user_info = {name: saying(each, design.strings) for name, each in layout.user_info.items()}
        self.is_card = self.style == "storeCard"
        beacons = [beacon(each, language) for each in said.nearby.beacons] if layout.places else []
        self.beacons = [written for written, _ in beacons]
        self.beacon_lines = {key: line for _, lines in beacons for key, line in lines.items()}
        self.lines = Lines(self.statics(), language)
        self.body = self.skeleton(issuer)

    def set(self, group: str) -> list[Slot]:
        return [Slot(each, self.design.strings, self.language) for each in self.design.layout.group(group)]

    def statics(self) -> Iterator[Text]:
        """The texts that stand in every pass."""
        yield from (self.said.organisation, self.said.description)
        for slots in self.slots.values():
            for slot in slots:
                yield from slot.statics()

    def skeleton(self, issuer: Issuer) -> dict[str, Any]:
        """pass.json as wallet-py3k's model writes it, without fields, barcodes, serial number and token."""
        card = LoyaltyPass(STYLES[self.style]())
        card.passTypeIdentifier, card.teamIdentifier = issuer.pass_type, issuer.team
        card.organizationName = locale.of(self.said.organisation, self.language)
        card.description = locale.of(self.said.description, self.language)
        look, app = self.design.look, self.said.app
        card.backgroundColor, card.foregroundColor, card.labelColor = look.background, look.foreground, look.label
        card.associatedStoreIdentifiers = list(app.apple_store_ids)
        card.appLaunchURL = app.apple_launch_url if app.apple_store_ids else ""
        written = card.json_dict() | {"webServiceURL": issuer.web_service_url}
        for empty in (self.style, "serialNumber", "authenticationToken", "barcodes"):
            written.pop(empty, None)
        if self.said.sharing_prohibited:
            written["sharingProhibited"] = True
        if look.strip:
            written["stripColor"] = look.strip
        return telling(written)

    def fields(self, shown: Shown, lines: dict[str, Columns]) -> dict[str, list[dict[str, Any]]]:
        """The groups of fields, those that have something to say; the lines of their texts go to `lines`."""
        found = {}
        for group, slots in (self.impersonal if shown.is_void else self.slots).items():
            fields = []
            for slot in slots:
                if piece := slot(shown):
                    fields.append(piece[0])
                    lines.update(piece[1])
            if fields:
                found[group] = fields
        return found

    def barcodes(self, shown: Shown) -> list[dict[str, Any]]:
        message, text = self.code_message.of(shown), self.plain(self.code_text, shown)
        own = {"message": message, "altText": text} if text else {"message": message}
        return [code | own for code in self.codes]

    def plain(self, said: Saying, shown: Shown) -> Any:
        """A value in the member's language, where no phone looks for others."""
        value = said.of(shown)
        return locale.of(value, self.language) if said.kind == "text" and value else value

    def about(self, shown: Shown, lines: dict[str, Columns]) -> dict[str, Any]:
        """What the designer says of the pass beside its fields."""
        found: dict[str, Any] = {}
        if self.logo_text and (text := self.logo_text.of(shown)):
            found["logoText"] = localised(text, self.language, lines)
        if self.user_info:
            info = {name: self.plain(each, shown) for name, each in self.user_info.items()}
            found["userInfo"] = {name: value for name, value in info.items() if value is not None}
        return found


def codes(code: Code) -> Iterator[dict[str, Any]]:
    """A barcode in each format, still without a message."""
    for each in code.formats:
        yield telling(Barcode("", f"PKBarcodeFormat{each}").json_dict())


@lru_cache(maxsize=PLATES_KEPT)
def plate(design: Design, common: Common, issuer: Issuer, language: str) -> Plate:
    return Plate(design, common.said, issuer, language)
