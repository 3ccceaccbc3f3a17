"""Signs manifests as Apple's own tool does: detached CMS, SHA-256, with the signing time and the intermediate.

A `Signer` may live in another process (`remote`); this one holds the key in memory and parses it once (40 ms)."""

import hashlib
import time
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from punchcard.foundation.clock import Instant
from punchcard.foundation.settings import Settings

from .certificates import BadCertificate, Papers, PrivateKey, Stamp, papers, public_bytes, read_key, stamps
from .remote import SignerAway

__all__ = ["BadCertificate", "Form", "PemSigner", "Signer", "fingerprint", "has_key", "pem_signer"]

OPTIONS = (PKCS7Options.DetachedSignature, PKCS7Options.Binary, PKCS7Options.NoCapabilities)
"""Without `Binary` line ends are rewritten before hashing, and an indented manifest gets a wrong signature."""
SAMPLE = b"{}"
SET, IMPLICIT_SET, LONG_LENGTH = 0x31, 0xA0, 0x80
CONTENT_TYPE = bytes.fromhex("301806092a864886f70d010903")
"""How the first signed attribute begins."""
SIGNING_TIME = bytes.fromhex("06092a864886f70d010905310f170d")
"""Stands before the thirteen characters of the time."""
RSA_BYTES = 256
PADDING, HASH = PKCS1v15(), SHA256()
OCTETS_OF_RSA = bytes.fromhex("04820100")


class Signer(Protocol):
    """Signs for one pass type. Threads may share it."""

    pass_type: str
    """Stands in the certificate's UID and must stand in every pass."""
    team: str
    papers: Papers
    is_far: bool
    """Whether `sign` waits for another process: then not on the event loop."""

    def sign(self, manifest: bytes) -> bytes:
        """The detached CMS signature in DER."""
        ...


class PemSigner:
    """Signs in this process. Nothing changes after it is made, so threads may share it."""

    is_far = False

    def __init__(self, certificate: Path, key: Path, wwdr: Path, password: str, at: Instant):
        """Read and check the three files at the instant `at`, or raise BadCertificate."""
        self.papers = papers(certificate, wwdr, at)
        self.pass_type, self.team = self.papers.pass_type, self.papers.team
        self.key = read_key(key, password)
        if public_bytes(self.key) != public_bytes(self.papers.certificate):
            raise BadCertificate(f"{key} is not the key of {certificate}")
        self.ends = min(self.papers.ends.values())
        self.form = Form(self.built(SAMPLE)) if is_rsa_2048(self.key) else None

    def sign(self, manifest: bytes) -> bytes:
        """Raises SignerAway when a certificate has ended: a phone refuses what it signs, and would not ask again."""
        if time.time() >= self.ends:
            raise SignerAway
        if self.form and isinstance(self.key, RSAPrivateKey):
            return self.form.filled(manifest, self.key)
        return self.built(manifest)

    def built(self, manifest: bytes) -> bytes:
        builder = PKCS7SignatureBuilder().set_data(manifest).add_signer(self.papers.certificate, self.key, HASH)
        return builder.add_certificate(self.papers.wwdr).sign(Encoding.DER, OPTIONS)


class Form:
    """A signature that cryptography built once, to be filled in again: only the manifest's digest, the time and the RSA
    value differ from one to the next, and each has a fixed length. This saves a third of what building anew costs."""

    def __init__(self, sample: bytes):
        start, length = sample.index(CONTENT_TYPE), sample[sample.index(CONTENT_TYPE) - 1]
        assert sample[start - 2] == IMPLICIT_SET and length < LONG_LENGTH
        self.head, self.attributes, tail = sample[:start], sample[start : start + length], sample[start + length :]
        self.signed_head = bytes((SET, length))
        self.digest_at = self.attributes.index(hashlib.sha256(SAMPLE).digest())
        self.time_at = self.attributes.index(SIGNING_TIME) + len(SIGNING_TIME)
        self.tail = tail[:-RSA_BYTES]
        assert self.tail.endswith(OCTETS_OF_RSA)

    def filled(self, manifest: bytes, key: RSAPrivateKey) -> bytes:
        attributes = bytearray(self.attributes)
        attributes[self.digest_at : self.digest_at + 32] = hashlib.sha256(manifest).digest()
        attributes[self.time_at : self.time_at + 13] = signing_time(int(time.time()))
        signature = key.sign(self.signed_head + attributes, PADDING, HASH)
        return b"".join((self.head, attributes, self.tail, signature))


@lru_cache(maxsize=2)
def signing_time(at: Instant) -> bytes:
    """As DER writes it: written once a second."""
    return time.strftime("%y%m%d%H%M%SZ", time.gmtime(at)).encode()


def is_rsa_2048(key: PrivateKey) -> bool:
    """What Apple's portal issues."""
    return isinstance(key, RSAPrivateKey) and key.key_size == 8 * RSA_BYTES


def fingerprint(settings: Settings) -> tuple[Stamp, ...]:
    """How the certificate's files, or the signer's socket, stand on the disk: another one when they were exchanged."""
    files = (
        settings.apple_certificate,
        settings.apple_key,
        settings.apple_wwdr,
        settings.apple_key_password_file,
        settings.apple_signer,
    )
    return stamps([file for file in files if file])


def has_key(settings: Settings) -> bool:
    """Whether this process holds the pass certificate's key: without it APNs must know us by a token."""
    return bool(settings.apple_certificate and settings.apple_key and settings.apple_wwdr)


def pem_signer(settings: Settings, at: Instant) -> PemSigner:
    """The signer of the files that the settings name; the password is read anew where a file holds it."""
    if not (settings.apple_certificate and settings.apple_key and settings.apple_wwdr):
        raise BadCertificate("set PUNCHCARD_APPLE_CERTIFICATE, PUNCHCARD_APPLE_KEY and PUNCHCARD_APPLE_WWDR")
    return PemSigner(settings.apple_certificate, settings.apple_key, settings.apple_wwdr, password_of(settings), at)


def password_of(settings: Settings) -> str:
    """The key's password as it stands now. Raises BadCertificate when its file cannot be read."""
    if not settings.apple_key_password_file:
        return str(settings.apple_key_password)
    try:
        return settings.apple_key_password_file.read_text().strip()
    except OSError as error:
        raise BadCertificate(f"{settings.apple_key_password_file}: {error.strerror}") from None
