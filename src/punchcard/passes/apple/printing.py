"""What it takes to make a pass: the signer, the designs, the programme's texts. Read once, and again when the files change."""

import asyncio
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
from punchcard.foundation.database import Connection
from punchcard.foundation.metrics import Gauge
from punchcard.foundation.settings import Settings
from punchcard.passes.model import CardTexts, NoWallet, card_texts

from . import render
from .certificates import Stamp, stamps
from .design import BadDesign, Design, load
from .keeping import Kept, below
from .model import Sheet
from .phrases import Common
from .remote import RemoteSigner
from .signing import Signer, fingerprint, has_key, pem_signer

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
        design = self.design(sheet)
        made = render.render(sheet, design, self.common, self.signer, self.web_service_url, at, self.nfc_key)
        return render.pack(made, sheet, design, self.signer)

    async def printed(self, sheet: Sheet, at: Instant) -> bytes:
        """The same from an event loop, which must not wait while another process signs. Raises SignerAway."""
        if self.signer.is_far:
            return await asyncio.to_thread(self.print, sheet, at)
        return self.print(sheet, at)

    def design(self, sheet: Sheet) -> Design:
        """The tier's design, or the one for tickets of this kind; a tier that nobody has drawn borrows another's."""
        style = sheet.ticket.kind if sheet.ticket else "storeCard"
        own = self.designs.get(sheet.face.tier)
        if own and own.look.style == style:
            return own
        fitting = {name: each for name, each in self.designs.items() if each.look.style == style}
        if not fitting:
            raise BadDesign(f"there is no design with style = {style}")
        if not sheet.ticket:
            logger.error("there is no design %s.pass", sheet.face.tier)
        return next(iter(fitting.values()))


def press(settings: Settings) -> Press:
    """The press of these settings. Raises NoWallet without a certificate, BadCertificate or BadDesign when one is unfit.

    Files that changed since are read again within a second or two; while they are unfit the former press stays in use."""
    if not is_set_up(settings):
        raise NoWallet(wallet="apple")
    return keeper(settings).now()


@cache
def keeper(settings: Settings) -> Kept[Press]:
    return Kept(lambda: stamp_of(settings), lambda: pressed(settings), lambda made: made.signer)


def pressed(settings: Settings) -> Press:
    """A press from the files as they are. Certificates are checked against the machine's clock: they belong to the world,
    not to a story."""
    return Press(
        signer_of(settings),
        load(settings.designs_dir),
        Common(texts_in(settings.designs_dir)),
        settings.public_url + SERVICE_PATH,
        settings.secrets,
        readers_key(settings.apple_nfc_public_key),
    )


def signer_of(settings: Settings) -> Signer:
    at = Clock().now()
    return RemoteSigner(settings.apple_signer, at) if settings.apple_signer else pem_signer(settings, at)


def stamp_of(settings: Settings) -> tuple[Stamp, ...]:
    """How everything that the press is made from stands on the disk."""
    return (*fingerprint(settings), *stamps(below(settings.designs_dir)))


async def gauges(db: Connection, settings: Settings, at: Instant) -> list[Gauge]:
    """When the certificates end, whether what lies on the disk could be taken, and what another process signed for us."""
    if not is_set_up(settings):
        return []
    signer, found = press(settings).signer, []
    if isinstance(signer, RemoteSigner):
        signs = await asyncio.to_thread(signer.renewed)
        found = [
            Gauge("punchcard_signer_signatures", "What `punchcard sign` signed since it started.", signs.signed),
            Gauge("punchcard_signer_refusals", "What it refused to sign, and whom to answer.", signs.refused),
        ]
    about = "When the certificate ends, as Unix time."
    for name, ends in signer.papers.ends.items():
        found.append(Gauge("punchcard_certificate_expires_timestamp_seconds", about, ends, {"certificate": name}))
    about = "1 when the certificate or designs on the disk cannot be taken and former ones are in use."
    return [*found, Gauge("punchcard_press_unfit", about, keeper(settings).is_unfit)]


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
    """The programme's texts as they stand in the file now."""
    try:
        return card_texts(designs)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadDesign(f"{designs / 'card.toml'}: {error}") from None


def is_set_up(settings: Settings) -> bool:
    """Whether this house gives out cards for Apple Wallet."""
    return bool(settings.apple_signer or has_key(settings))
