"""What it takes to make a pass: the signer, the tiers' designs, the programme's texts. Read once in a process."""

import base64
import logging
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct

from punchcard.foundation.clock import Clock, Instant
from punchcard.foundation.settings import Settings
from punchcard.passes.model import CardTexts, NoWallet, card_texts

from . import render
from .design import BadDesign, Design, load
from .model import Sheet
from .phrases import Common
from .signing import PemSigner, Signer

logger = logging.getLogger(__name__)

SERVICE_PATH = "/wallet"
"""The phone adds /v1 itself."""


class Press(Struct, frozen=True):
    """Makes passes of one pass type."""

    signer: Signer
    designs: Mapping[str, Design]
    common: Common
    web_service_url: str
    secrets: tuple[str, ...]
    nfc_key: str = ""

    def token(self, serial: UUID) -> str:
        """The token of a pass that is given out now."""
        return render.token(self.secrets[0], self.signer.pass_type, str(serial))

    def holds(self, serial: UUID, token: str) -> bool:
        """Whether whoever shows this token holds this pass."""
        return render.holds(self.secrets, self.signer.pass_type, str(serial), token)

    def print(self, sheet: Sheet, at: Instant) -> bytes:
        """The signed pass. Costs a signature (half a millisecond): never within a transaction."""
        design = self.design(sheet.face.tier)
        made = render.render(sheet, design, self.common, self.signer, self.web_service_url, at, self.nfc_key)
        return render.pack(made, sheet.face, design, self.signer)

    def design(self, tier: str) -> Design:
        """The tier's design; a tier that nobody has drawn borrows another's."""
        if tier not in self.designs:
            logger.error("there is no design %s.pass", tier)
        return self.designs.get(tier) or next(iter(self.designs.values()))


@cache
def press(settings: Settings) -> Press:
    """The press of these settings. Raises NoWallet without a certificate, BadCertificate or BadDesign when one is unfit.

    Certificates are checked against the machine's clock: they belong to the world, not to a story."""
    if not (settings.apple_certificate and settings.apple_key and settings.apple_wwdr):
        raise NoWallet(wallet="apple")
    signer = PemSigner(
        settings.apple_certificate,
        settings.apple_key,
        settings.apple_wwdr,
        str(settings.apple_key_password),
        Clock().now(),
    )
    return Press(
        signer,
        load(settings.designs_dir),
        Common(texts_in(settings.designs_dir)),
        settings.public_url + SERVICE_PATH,
        settings.secrets,
        readers_key(settings.apple_nfc_public_key),
    )


def readers_key(text: str) -> str:
    """The readers' public key as a pass carries it; raises BadDesign unless it is one of P-256."""
    if not text:
        return ""
    try:
        key = serialization.load_der_public_key(base64.b64decode(text, validate=True))
    except ValueError:
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadDesign("PUNCHCARD_APPLE_NFC_PUBLIC_KEY must be a P-256 public key: base64 of its SubjectPublicKeyInfo")
    return text


def texts_in(designs: Path) -> CardTexts:
    try:
        return card_texts(designs)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadDesign(f"{designs / 'card.toml'}: {error}") from None


def is_set_up(settings: Settings) -> bool:
    """Whether this house gives out cards for Apple Wallet."""
    return bool(settings.apple_certificate and settings.apple_key and settings.apple_wwdr)
