"""A design, set for members of one language and for one signer: all that their passes have in common is written once."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from msgspec import Struct
from wallet.models import Coupon, EventTicket, StoreCard

from punchcard.foundation import locale
from punchcard.foundation.locale import Text
from punchcard.passes.model import CardTexts

from .bindings import IMPERSONAL, Shown
from .design import Design
from .grounds import Setting
from .layout import GROUPS
from .model import LoyaltyPass, telling
from .package import Member
from .phrases import Common, Lines, localised
from .slots import Entry, Slot, encode
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
    """Everything but what differs from pass to pass."""

    def __init__(self, design: Design, said: CardTexts, issuer: Issuer, language: str):
        self.design, self.said, self.language = design, said, language
        layout, strings, style = design.layout, design.strings, design.look.style
        beside = list(tops(layout, strings, said.nearby, language, issuer.nfc_key, is_card=style == "storeCard"))
        groups = {group: [Slot(each, strings, language) for each in layout.group(group)] for group in GROUPS}
        head, lines = encode(self.skeleton(issuer))[:-1], Lines()
        for text in self.statics(list(chain(*groups.values()))):
            localised(text, language, lines)
        self.whole = Setting(head, style, beside, groups, lines)
        impersonal = {group: list(filter(is_impersonal, slots)) for group, slots in groups.items()}
        self.void = Setting(head, style, list(filter(is_impersonal, beside)), impersonal, lines)

    def statics(self, slots: Sequence[Slot]) -> Iterator[Text]:
        """The texts that stand in every pass."""
        yield from (self.said.organisation, self.said.description, self.said.terms, self.said.contact)
        for slot in slots:
            yield from ({language: str(text) for language, text in own.items()} for own in slot.statics)

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

    def printed(self, shown: Shown, serial: str, token: str) -> list[Member]:
        """pass.json, and the pass.strings of every language."""
        return (self.void if shown.is_void else self.whole).printed(shown, serial, token)


def is_impersonal(entry: Entry) -> bool:
    """Whether it may stand on a void pass."""
    return IMPERSONAL.issuperset(entry.sources)


@lru_cache(maxsize=PLATES_KEPT)
def plate(design: Design, common: Common, issuer: Issuer, language: str) -> Plate:
    return Plate(design, common.said, issuer, language)
