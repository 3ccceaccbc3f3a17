"""A face becomes a pass: level above, balance on the strip, next tier and offer below it, the rest behind.

pass.json says everything in the member's language. Each xx.lproj/pass.strings says the same in another, keyed by what
pass.json says, so that a phone in another language shows its own and one in a fifth shows the member's."""

import hmac
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from wallet.models import Barcode, BarcodeFormat, Field, StoreCard

from punchcard import authorisation
from punchcard.foundation.clock import Instant
from punchcard.passes import texts
from punchcard.passes.model import Face

from . import package
from .design import Design
from .model import LoyaltyPass, Sheet, field, number_field
from .phrases import Common, Phrases
from .signing import Signer

NUL = b"\0"


class Rendered(Struct, frozen=True):
    """A pass ready to be packed, and its texts in every language by path."""

    body: dict[str, Any]
    """pass.json, ready to be encoded."""
    strings: dict[str, bytes]


def token(secret: str, pass_type: str, serial: str) -> str:
    """What the phone shows to prove that it holds this pass: 64 hexadecimal digits, the same for its whole life."""
    return hmac.digest(secret.encode(), NUL.join((pass_type.encode(), serial.encode())), "sha256").hex()


def holds(secrets: Sequence[str], pass_type: str, serial: str, shown: str) -> bool:
    """Whether the token is this pass's own, made with the secret or with one that is still accepted."""
    answers = [hmac.compare_digest(token(secret, pass_type, serial).encode(), shown.encode()) for secret in secrets]
    return any(answers)


def render(
    sheet: Sheet, design: Design, common: Common, signer: Signer, web_service_url: str, at: Instant, nfc_key: str = ""
) -> Rendered:
    """The pass for this face at this instant. `web_service_url` has no /v1 at its end: the phone adds it. With the
    readers' public key (`nfc_key`) it also answers a tap, once the phone is unlocked."""
    face = sheet.face
    phrases = Phrases(common, face.language)
    card = LoyaltyPass(front_and_back(face, phrases, at))
    card.passTypeIdentifier, card.teamIdentifier = signer.pass_type, signer.team
    card.serialNumber = str(sheet.serial)
    card.organizationName = phrases.common["organisation"]
    card.description = phrases.common["description"]
    card.backgroundColor = design.colours.background
    card.foregroundColor = design.colours.foreground
    card.labelColor = design.colours.label
    card.webServiceURL, card.authenticationToken = web_service_url, sheet.token
    card.barcodes = [Barcode(face.card_code, BarcodeFormat.QR, face.card_number)]
    if nfc_key:
        message = authorisation.tap_value(face.card_code)
        card.nfc = {"message": message, "encryptionPublicKey": nfc_key, "requiresAuthentication": True}
    return Rendered(card.json_dict(), phrases.files())


def front_and_back(face: Face, phrases: Phrases, at: Instant) -> StoreCard:
    common, card = phrases.common, StoreCard()
    card.headerFields = [field("level", phrases(face.tier_name), common["level"])]
    unit = phrases(texts.balance_unit(face))
    card.primaryFields = [number_field("points", face.points, unit, common["new-balance"])]
    card.secondaryFields = [field("next", phrases(texts.next_value(face)), phrases(texts.next_label(face)))]
    if face.offer:
        until = phrases(texts.offer_until(face.offer, face, at))
        card.auxiliaryFields = [field("offer", until, phrases(face.offer.front))]
    card.backFields = list(behind(face, phrases, at))
    return card


def behind(face: Face, phrases: Phrases, at: Instant) -> Iterator[Field]:
    """The last movement with its why, challenge, offer, terms, and how to reach a person."""
    common = phrases.common
    if face.last:
        yield field("last", phrases(texts.movement_sentence(face.last)), common["last-movement"])
    if face.challenge:
        yield field("challenge", f"{face.challenge.done}/{face.challenge.target}", phrases(face.challenge.name))
    if face.offer:
        yield field("offer-text", phrases(texts.offer_sentence(face.offer, face, at)), common["ends-first"])
    yield field("terms", common["terms-text"], common["terms"])
    yield field("help", common["contact"], common["help"])


def pack(rendered: Rendered, face: Face, design: Design, signer: Signer) -> bytes:
    """The signed .pkpass."""
    return package.build(rendered.body, rendered.strings, design.template(face.language, face.partner), signer)
