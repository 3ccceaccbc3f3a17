"""What it takes to make a pass: the signer, the designs, the programme's texts. Read once, and again when the files change."""

import asyncio
import base64
import logging
import threading
import time
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct

from punchcard.foundation.clock import DAY, Clock, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.metrics import Gauge, counter
from punchcard.foundation.settings import BadSettings, Settings
from punchcard.passes.model import CardTexts, NoWallet, card_texts

from . import render
from .certificates import Stamp, stamps, warn_of_end
from .design import BadDesign, Design, load
from .model import Sheet
from .phrases import Common
from .remote import RemoteSigner
from .signing import Signer, fingerprint, pem_signer

logger = logging.getLogger(__name__)

SERVICE_PATH = "/wallet"
"""The phone adds /v1 itself."""
LOOK_SECONDS = 1.0
RELOADS = counter(
    "punchcard_press_reloads_total", "Changed certificates or designs: taken, or refused as unfit.", ("outcome",)
)


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

    async def printed(self, sheet: Sheet, at: Instant) -> bytes:
        """The same from an event loop, which must not wait while another process signs. Raises SignerAway."""
        if self.signer.is_far:
            return await asyncio.to_thread(self.print, sheet, at)
        return self.print(sheet, at)

    def design(self, tier: str) -> Design:
        """The tier's design; a tier that nobody has drawn borrows another's."""
        if tier not in self.designs:
            logger.error("there is no design %s.pass", tier)
        return self.designs.get(tier) or next(iter(self.designs.values()))


def press(settings: Settings) -> Press:
    """The press of these settings. Raises NoWallet without a certificate, BadCertificate or BadDesign when one is unfit.

    Files that changed since are read again within a second or two; while they are unfit the former press stays in use."""
    if not is_set_up(settings):
        raise NoWallet(wallet="apple")
    return keeper(settings).now()


@cache
def keeper(settings: Settings) -> "Keeper":
    return Keeper(settings)


class Keeper:
    """Holds the press of some settings and looks now and then whether its files still are what they were."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.stamp = stamp_of(settings)
        self.press = pressed(settings)
        self.is_unfit = False
        """Whether the files as they are now could not be taken."""
        self.looks_at = time.monotonic() + LOOK_SECONDS
        self.warned_at = Clock().now()
        self.reading: threading.Thread | None = None

    def now(self) -> Press:
        """The press. At most once a second this also looks at the files; what changed is read by a thread of its own."""
        if time.monotonic() >= self.looks_at:
            self.looks_at = time.monotonic() + LOOK_SECONDS
            self.warn(Clock().now())
            if not (self.reading and self.reading.is_alive()):
                self.reading = threading.Thread(target=self.look, daemon=True)
                self.reading.start()
        return self.press

    def look(self) -> None:
        """Read the files again if they are other ones than at the last look."""
        stamp = stamp_of(self.settings)
        if stamp == self.stamp:
            return
        self.stamp = stamp
        try:
            self.press = self.fit(pressed(self.settings))
        except (BadSettings, OSError) as error:
            self.is_unfit = True
            RELOADS.inc(outcome="refused")
            logger.error("the changed certificate or designs are unfit, the former stay in use: %s", error)
        else:
            self.is_unfit = False
            RELOADS.inc(outcome="taken")
            logger.info("took the changed certificate or designs")

    def fit(self, made: Press) -> Press:
        """The new press, if the passes that are out can still be served by it."""
        old, new = self.press.signer, made.signer
        if (old.pass_type, old.team) != (new.pass_type, new.team):
            raise BadSettings(
                f"the certificate is for {new.pass_type} of {new.team} now; passes that are out are {old.pass_type} of "
                f"{old.team}. Restart if that is meant"
            )
        return made

    def warn(self, at: Instant) -> None:
        """Once a day: which certificate ends soon."""
        if at - self.warned_at >= DAY:
            self.warned_at = at
            for name, ends in self.press.signer.papers.ends.items():
                warn_of_end(f"the {name} certificate", ends, at)


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
    return (*fingerprint(settings), *stamps(sorted(settings.designs_dir.rglob("*"))))


async def gauges(db: Connection, settings: Settings, at: Instant) -> list[Gauge]:
    """When the certificates end, and whether what lies on the disk could be taken."""
    if not is_set_up(settings):
        return []
    kept = keeper(settings)
    ends = kept.now().signer.papers.ends
    about = "When the certificate ends, as Unix time."
    return [
        *(
            Gauge("punchcard_certificate_expires_timestamp_seconds", about, each, {"certificate": name})
            for name, each in ends.items()
        ),
        Gauge(
            "punchcard_press_unfit",
            "1 when the certificate or designs on the disk cannot be taken and former ones are in use.",
            kept.is_unfit,
        ),
    ]


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
        return card_texts.__wrapped__(designs)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadDesign(f"{designs / 'card.toml'}: {error}") from None


def is_set_up(settings: Settings) -> bool:
    """Whether this house gives out cards for Apple Wallet."""
    return bool(settings.apple_signer or has_key(settings))


def has_key(settings: Settings) -> bool:
    """Whether this process holds the pass certificate's key: without it APNs must know us by a token."""
    return bool(settings.apple_certificate and settings.apple_key and settings.apple_wwdr)
