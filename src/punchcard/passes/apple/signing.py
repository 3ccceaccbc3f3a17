"""Signs manifests as Apple's own tool does: detached CMS, SHA-256, with the signing time and the intermediate.

A `Signer` may live in another process or machine; this one holds the key in memory and parses it once (40 ms)."""

import hashlib
import logging
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.settings import BadSettings

logger = logging.getLogger(__name__)

OPTIONS = (PKCS7Options.DetachedSignature, PKCS7Options.Binary, PKCS7Options.NoCapabilities)
"""Without `Binary` line ends are rewritten before hashing, and an indented manifest gets a wrong signature."""
SAMPLE = b"{}"
SET, IMPLICIT_SET, LONG_LENGTH = 0x31, 0xA0, 0x80
CONTENT_TYPE = bytes.fromhex("301806092a864886f70d010903")
"""How the first signed attribute begins."""
SIGNING_TIME = bytes.fromhex("06092a864886f70d010905310f170d")
"""Stands before the thirteen characters of the time."""
RSA_BYTES = 256
OCTETS_OF_RSA = bytes.fromhex("04820100")
WARNED_BEFORE = timedelta(days=30)
OTHERS = 0o007


class BadCertificate(BadSettings):
    """The pass certificate, its key or Apple's intermediate cannot be used; the message says which and what to do."""


class Signer(Protocol):
    """Signs for one pass type."""

    pass_type: str
    """Stands in the certificate's UID and must stand in every pass."""
    team: str

    def sign(self, manifest: bytes) -> bytes:
        """The detached CMS signature in DER."""
        ...


class PemSigner:
    """Signs in this process. Nothing changes after it is made, so threads may share it."""

    def __init__(self, certificate: Path, key: Path, wwdr: Path, password: str, at: Instant):
        """Read and check the three files at the instant `at`, or raise BadCertificate."""
        self.certificate = read_certificate(certificate)
        self.wwdr = read_certificate(wwdr)
        self.key = read_key(key, password)
        self.pass_type = subject_value(self.certificate, NameOID.USER_ID, certificate)
        self.team = subject_value(self.certificate, NameOID.ORGANIZATIONAL_UNIT_NAME, certificate)
        if public_bytes(self.key) != public_bytes(self.certificate):
            raise BadCertificate(f"{key} is not the key of {certificate}")
        try:
            self.certificate.verify_directly_issued_by(self.wwdr)
        except (ValueError, TypeError, InvalidSignature):
            named = self.certificate.issuer.rfc4514_string()
            raise BadCertificate(f"{wwdr} did not issue {certificate}; fetch the one it names: {named}") from None
        for file, cert in ((certificate, self.certificate), (wwdr, self.wwdr)):
            check_dates(file, cert, moment(at))
        self.form = Form(self.built(SAMPLE)) if is_rsa_2048(self.key) else None

    def sign(self, manifest: bytes) -> bytes:
        if self.form and isinstance(self.key, RSAPrivateKey):
            return self.form.filled(manifest, self.key)
        return self.built(manifest)

    def built(self, manifest: bytes) -> bytes:
        builder = PKCS7SignatureBuilder().set_data(manifest).add_signer(self.certificate, self.key, SHA256())
        return builder.add_certificate(self.wwdr).sign(Encoding.DER, OPTIONS)


class Form:
    """A signature that cryptography built once, to be filled in again: only the manifest's digest, the time and the RSA
    value differ from one to the next, and each has a fixed length. This saves a third of what building anew costs."""

    def __init__(self, sample: bytes):
        start, length = sample.index(CONTENT_TYPE), sample[sample.index(CONTENT_TYPE) - 1]
        assert sample[start - 2] == IMPLICIT_SET and length < LONG_LENGTH
        self.head, self.attributes, tail = sample[:start], sample[start : start + length], sample[start + length :]
        self.digest_at = self.attributes.index(hashlib.sha256(SAMPLE).digest())
        self.time_at = self.attributes.index(SIGNING_TIME) + len(SIGNING_TIME)
        self.tail = tail[:-RSA_BYTES]
        assert self.tail.endswith(OCTETS_OF_RSA)

    def filled(self, manifest: bytes, key: RSAPrivateKey) -> bytes:
        attributes = bytearray(self.attributes)
        attributes[self.digest_at : self.digest_at + 32] = hashlib.sha256(manifest).digest()
        attributes[self.time_at : self.time_at + 13] = time.strftime("%y%m%d%H%M%SZ", time.gmtime()).encode()
        signed = bytes((SET, len(attributes))) + attributes
        return b"".join((self.head, attributes, self.tail, key.sign(signed, PKCS1v15(), SHA256())))


def read_certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except OSError as error:
        raise BadCertificate(f"{file}: {error.strerror}") from None
    except ValueError:
        raise BadCertificate(
            f"{file} is not a certificate in PEM; for DER: openssl x509 -inform DER -in FILE"
        ) from None


def read_key(file: Path, password: str) -> RSAPrivateKey | EllipticCurvePrivateKey:
    """The private key. A file that everybody on the machine may read is refused before it is opened."""
    try:
        if file.stat().st_mode & OTHERS:
            raise BadCertificate(f"others can read {file}; chmod 600 it")
        key = load_pem_private_key(file.read_bytes(), password.encode() or None)
    except OSError as error:
        raise BadCertificate(f"{file}: {error.strerror}") from None
    except (TypeError, ValueError):
        raise BadCertificate(f"{file} is not a private key in PEM, or the password is not its own") from None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise BadCertificate(f"{file} holds neither an RSA nor an EC key")
    return key


def is_rsa_2048(key: RSAPrivateKey | EllipticCurvePrivateKey) -> bool:
    """What Apple's portal issues."""
    return isinstance(key, RSAPrivateKey) and key.key_size == 8 * RSA_BYTES


def subject_value(certificate: x509.Certificate, oid: x509.ObjectIdentifier, file: Path) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    if not found:
        raise BadCertificate(f"{file} is no pass type certificate: its subject has no {oid.dotted_string}")
    return str(found[0].value)


def public_bytes(owner: x509.Certificate | RSAPrivateKey | EllipticCurvePrivateKey) -> bytes:
    return owner.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def check_dates(file: Path, certificate: x509.Certificate, now: datetime) -> None:
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not since <= now < until:
        raise BadCertificate(f"{file} holds from {since:%Y-%m-%d} to {until:%Y-%m-%d}")
    if until - now < WARNED_BEFORE:
        logger.warning("%s ends on %s; renew it now", file, until.date())
