"""A design, set for members of one language and for one signer: all that their passes have in common is written once."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from wallet.models import Coupon, EventTicket, StoreCard

from punchcard.foundation import locale
from punchcard.foundation.locale import Text
from punchcard.passes.model import CardTexts

from .bindings import IMPERSONAL, TOGETHER, Shown
from .design import Design
from .layout import GROUPS
from .model import LoyaltyPass, telling
from .package import Member
from .phrases import Common, Lines
from .slots import Bundle, Entry, Slot, Written, encode
from .tops import tops

STYLES = {"storeCard": StoreCard, "coupon": Coupon, "eventTicket": EventTicket}
PLATES_KEPT = 512


class Issuer(Struct, frozen=True):
    """Who signs the passes, and where phones ask for news of them."""

    pass_type: str
    team: str
    web_service_url: str
    nfc_key: str = ""
    """The readers' public key; empty: no pass answers a tap."""


class Plate:
    """Everything but what differs from pass to pass. Nothing changes after it is made but what its bundles keep ready."""

    def __init__(self, design: Design, said: CardTexts, issuer: Issuer, language: str):
        self.design, self.said, self.language = design, said, language
        layout, strings, is_card = design.layout, design.strings, design.look.style == "storeCard"
        beside = list(tops(layout, strings, said.nearby, language, issuer.nfc_key, is_card=is_card))
        self.groups, slots = list[tuple[bytes, slice]](), list[Slot]()
        for group in GROUPS:
            start = len(beside) + len(slots)
            slots += [Slot(each, strings, language) for each in layout.group(group)]
            self.groups.append((f'"{group}Fields":['.encode(), slice(start, len(beside) + len(slots))))
        self.beside = slice(0, len(beside))
        self.bare = [b""] * (len(beside) + len(slots))
        self.lines = Lines(self.statics(slots), language)
        entries: list[tuple[int, Entry]] = list(enumerate([*beside, *slots]))
        self.bundles = list(self.bundled(entries))
        self.impersonal = list(self.bundled([each for each in entries if IMPERSONAL.issuperset(each[1].sources)]))
        self.head = encode(self.skeleton(issuer))[:-1]
        self.style = f',"{design.look.style}":{{'.encode()

    def statics(self, slots: Sequence[Slot]) -> Iterator[Text]:
        """The texts that stand in every pass."""
        yield from (self.said.organisation, self.said.description, self.said.terms, self.said.contact)
        for slot in slots:
            yield from ({language: str(text) for language, text in own.items()} for own in slot.statics)

    def bundled(self, entries: Sequence[tuple[int, Entry]]) -> Iterator[Bundle]:
        """The entries by what they come from."""
        found: dict[frozenset[str], list[tuple[int, Entry]]] = {}
        for place, entry in entries:
            own = frozenset(entry.sources)
            found.setdefault(next((each for each in TOGETHER if own <= each), own), []).append((place, entry))
        yield from (Bundle(each, self.lines.known) for each in found.values())

    def skeleton(self, issuer: Issuer) -> dict[str, Any]:
        """pass.json as wallet-py3k's model writes it, without fields, barcodes, serial number and token."""
        look, app = self.design.look, self.said.app
        card = LoyaltyPass(STYLES[look.style]())
        card.passTypeIdentifier, card.teamIdentifier = issuer.pass_type, issuer.team
        card.organizationName = locale.of(self.said.organisation, self.language)
        card.description = locale.of(self.said.description, self.language)
        card.backgroundColor, card.foregroundColor, card.labelColor = look.background, look.foreground, look.label
        card.associatedStoreIdentifiers = list(app.apple_store_ids)
        card.appLaunchURL = app.apple_launch_url if app.apple_store_ids else ""
        written = card.json_dict() | {"webServiceURL": issuer.web_service_url}
        for missing in (look.style, "serialNumber", "authenticationToken", "barcodes"):
            written.pop(missing, None)
        if self.said.sharing_prohibited:
            written["sharingProhibited"] = True
        if look.strip:
            written["stripColor"] = look.strip
        return telling(written)

    def printed(self, shown: Shown, serial: str, token: str) -> tuple[bytes, list[Member]]:
        """pass.json, and the pass.strings of every language."""
        placed, said = self.bare.copy(), list[Written]()
        for bundle in self.impersonal if shown.is_void else self.bundles:
            written = bundle(shown)
            for place, entry in written.placed:
                placed[place] = entry
            if written.lines:
                said.append(written)
        own = f',"serialNumber":"{serial}","authenticationToken":"{token}"'.encode()
        groups = [
            head + b",".join(fields) + b"]"
            for head, places in self.groups
            if (fields := [each for each in placed[places] if each])
        ]
        beside = [b"," + each for each in placed[self.beside] if each]
        body = b"".join((self.head, own, *beside, self.style, b",".join(groups), b"}}"))
        return body, self.lines.files(once(said))


def once(said: Sequence[Written]) -> Any:
    """The blocks of lines; where two say the same text, each text once."""
    texts = frozenset[str]().union(*[each.lines for each in said])
    if len(texts) == sum([len(each.lines) for each in said]):
        return [each.blocks for each in said]
    return {text: line for each in said for text, line in each.lines.items()}.values()


@lru_cache(maxsize=PLATES_KEPT)
def plate(design: Design, common: Common, issuer: Issuer, language: str) -> Plate:
    return Plate(design, common.said, issuer, language)
