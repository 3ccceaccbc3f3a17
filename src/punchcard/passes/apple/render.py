"""A face becomes a pass: level above, balance on the strip, next tier and offer below it, the rest behind.

pass.json says everything in the member's language. Each xx.lproj/pass.strings says the same in another, keyed by what
pass.json says, so that a phone in another language shows its own and one in a fifth shows the member's."""

import hashlib
import hmac
from collections.abc import Sequence

from msgspec import Struct
from wallet.models import Barcode, BarcodeFormat, StoreCard

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.locale import LANGUAGES, Text

from .. import texts
from ..model import CardTexts, Face
from . import package
from .design import Design
from .model import LoyaltyPass, Sheet, field, number_field
from .signing import Signer

NUL = b"\0"


class Rendered(Struct, frozen=True):
    """A pass ready to be packed, and its texts in every language by path."""

    card: LoyaltyPass
    strings: dict[str, bytes]


class Phrases:
    """Collects the texts of one pass: answers each in the member's language and keeps it in all."""

    def __init__(self, language: str):
        self.language = language
        self.rows: dict[str, Text] = {}

    def __call__(self, text: Text) -> str:
        said = locale.of(text, self.language)
        self.rows.setdefault(said, text)
        return said

    def files(self) -> dict[str, bytes]:
        return {
            f"{language}.lproj/pass.strings": package.strings(
                {said: text.get(language) or said for said, text in self.rows.items() if said}
            )
            for language in LANGUAGES
        }


def token(secret: str, pass_type: str, serial: str) -> str:
    """What the phone shows to prove that it holds this pass: 64 hexadecimal digits, the same for its whole life."""
    return hmac.new(secret.encode(), NUL.join((pass_type.encode(), serial.encode())), hashlib.sha256).hexdigest()


def holds(secrets: Sequence[str], pass_type: str, serial: str, shown: str) -> bool:
    """Whether the token is this pass's own, made with the secret or with one that is still accepted."""
    answers = [hmac.compare_digest(token(secret, pass_type, serial).encode(), shown.encode()) for secret in secrets]
    return any(answers)


def render(
    sheet: Sheet, design: Design, said: CardTexts, signer: Signer, web_service_url: str, at: Instant
) -> Rendered:
    """The pass for this face at this instant. `web_service_url` has no /v1 at its end: the phone adds it."""
    face = sheet.face
    phrases = Phrases(face.language)
    card = LoyaltyPass(front_and_back(face, said, phrases, at))
    card.passTypeIdentifier, card.teamIdentifier = signer.pass_type, signer.team
    card.serialNumber = str(sheet.serial)
    card.organizationName = phrases(said.organisation)
    card.description = phrases(said.description)
    card.backgroundColor = design.colours.background
    card.foregroundColor = design.colours.foreground
    card.labelColor = design.colours.label
    card.webServiceURL, card.authenticationToken = web_service_url, sheet.token
    card.barcodes = [Barcode(face.card_code, BarcodeFormat.QR, face.card_number)]
    return Rendered(card, phrases.files())


def front_and_back(face: Face, said: CardTexts, phrases: Phrases, at: Instant) -> StoreCard:
    card = StoreCard()
    card.headerFields = [field("level", phrases(face.tier_name), phrases(texts.words("level")))]
    announced = phrases(texts.words("new-balance"))
    card.primaryFields = [number_field("points", face.points, phrases(texts.balance_unit(face)), announced)]
    card.secondaryFields = [field("next", phrases(texts.next_value(face)), phrases(texts.next_label(face)))]
    if face.offer:
        until = phrases(texts.offer_until(face.offer, face, at))
        card.auxiliaryFields = [field("offer", until, phrases(face.offer.title))]
    add_back(card, face, said, phrases, at)
    return card


def add_back(card: StoreCard, face: Face, said: CardTexts, phrases: Phrases, at: Instant) -> None:
    """Behind: the last movement with its why, challenge, offer, worth, terms, and how to reach a person."""

    def add(key: str, label: Text, value: Text) -> None:
        card.backFields.append(field(key, phrases(value), phrases(label)))

    if face.last:
        add("last", texts.words("last-movement"), texts.movement_sentence(face.last))
    if face.challenge:
        progress = f"{face.challenge.done}/{face.challenge.target}"
        add("challenge", face.challenge.name, texts.every(lambda _: progress))
    if face.offer:
        add("offer-text", texts.words("ends-first"), texts.offer_sentence(face.offer, face, at))
    if face.worth:
        add("worth", texts.words("balance"), texts.words("worth", money=face.worth))
    add("terms", texts.words("terms"), said.terms)
    add("help", texts.words("help"), said.contact)


def pack(rendered: Rendered, face: Face, design: Design, signer: Signer) -> bytes:
    """The signed .pkpass."""
    return package.build(rendered.card, rendered.strings, design.templates[face.language], signer)
