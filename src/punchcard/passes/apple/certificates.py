"""The files that passes are signed with: read, checked one against the other, and guarded against other users' eyes."""

import logging
import os
import re
import stat
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID
from msgspec import Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.settings import BadSettings

logger = logging.getLogger(__name__)

WARNED_BEFORE = timedelta(days=30)
OTHERS = stat.S_IRWXO
GROUP = stat.S_IRWXG
TEAM = re.compile(r"[A-Z0-9]{10}")
PASS_TYPE_BEGINS = "pass."  # noqa: S105 - a name, no password

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
Stamp = tuple[str, int, int, int]


class BadCertificate(BadSettings):
    """The pass certificate, its key or Apple's intermediate cannot be used; the message says which and what to do."""


class Papers(Struct, frozen=True):
    """The pass certificate with Apple's intermediate that issued it, and what they say."""

    certificate: x509.Certificate
    wwdr: x509.Certificate
    pass_type: str
    """The certificate's UID; it must stand in every pass."""
    team: str

    @property
    def ends(self) -> Mapping[str, Instant]:
        """When each of the two ends."""
        both = {"pass": self.certificate, "wwdr": self.wwdr}
        return {name: int(each.not_valid_after_utc.timestamp()) for name, each in both.items()}


def papers(certificate: Path, wwdr: Path, at: Instant) -> Papers:
    """Read and check both files at the instant `at`, or raise BadCertificate."""
    return papers_of(read_certificate(certificate), read_certificate(wwdr), certificate, wwdr, at)


def papers_of(leaf: x509.Certificate, issuer: x509.Certificate, certificate: Path, wwdr: Path, at: Instant) -> Papers:
    """The same for certificates that were read; the paths say where from."""
    pass_type = subject_value(leaf, NameOID.USER_ID, certificate)
    team = subject_value(leaf, NameOID.ORGANIZATIONAL_UNIT_NAME, certificate)
    if not pass_type.startswith(PASS_TYPE_BEGINS):
        raise BadCertificate(f"{certificate} is for {pass_type}; a pass type begins with {PASS_TYPE_BEGINS!r}")
    if not TEAM.fullmatch(team):
        raise BadCertificate(f"{certificate} names {team!r} as its team; Apple's have ten capitals and digits")
    try:
        leaf.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        named = leaf.issuer.rfc4514_string()
        raise BadCertificate(f"{wwdr} did not issue {certificate}; fetch the one it names: {named}") from None
    if not may(leaf, "digital_signature"):
        raise BadCertificate(f"{certificate} may not sign: its key usage has no digitalSignature")
    if not may(issuer, "key_cert_sign"):
        raise BadCertificate(f"{wwdr} may not issue certificates: its key usage has no keyCertSign")
    for file, each in ((certificate, leaf), (wwdr, issuer)):
        check_dates(file, each, moment(at))
    return Papers(leaf, issuer, pass_type, team)


def read_certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except OSError as error:
        raise BadCertificate(f"{file}: {error.strerror}") from None
    except ValueError:
        raise BadCertificate(
            f"{file} is not a certificate in PEM; for DER: openssl x509 -inform DER -in FILE"
        ) from None


def read_key(file: Path, password: str) -> PrivateKey:
    """The private key. A file that others on the machine may read or exchange is refused before it is opened."""
    try:
        check_guarded(file)
        key = load_pem_private_key(file.read_bytes(), password.encode() or None)
    except OSError as error:
        raise BadCertificate(f"{file}: {error.strerror}") from None
    except (TypeError, ValueError):
        raise BadCertificate(f"{file} is not a private key in PEM, or the password is not its own") from None
    if not isinstance(key, PrivateKey):
        raise BadCertificate(f"{file} holds neither an RSA nor an EC key")
    return key


def check_guarded(file: Path) -> None:
    """Only this user may read the file: mode 0600 or 0400. A group may when it is root's file and the group is ours, as
    Kubernetes mounts a secret (0440). The folder must not let others put another file there (a sticky one does not)."""
    found = file.stat()
    ours = {os.getegid(), *os.getgroups()}
    as_mounted = found.st_uid == 0 and found.st_gid in ours and not found.st_mode & stat.S_IWGRP
    if found.st_mode & OTHERS or (found.st_mode & GROUP and not as_mounted):
        raise BadCertificate(f"others can read {file}; chmod 600 it")
    if os.geteuid() != 0 and found.st_uid not in (0, os.geteuid()):
        raise BadCertificate(f"others can read {file}: it belongs to user {found.st_uid}; chown it")
    for folder in {file.absolute().parent, file.resolve().parent}:
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise BadCertificate(f"others can put a key of theirs into {folder}; chmod o-w it")


def stamps(files: list[Path]) -> tuple[Stamp, ...]:
    """How these files stand on the disk: when one was exchanged or written, its stamp is another one."""
    found = []
    for file in files:
        try:
            at = file.stat()
            found.append((str(file), at.st_mtime_ns, at.st_size, at.st_ino))
        except OSError:
            found.append((str(file), 0, -1, 0))
    return tuple(found)


def subject_value(certificate: x509.Certificate, oid: x509.ObjectIdentifier, file: Path) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    if not found:
        raise BadCertificate(f"{file} is no pass type certificate: its subject has no {oid.dotted_string}")
    return str(found[0].value)


def may(certificate: x509.Certificate, use: str) -> bool:
    """Whether the certificate's key may be used so; one that says nothing may be used for everything."""
    try:
        return bool(getattr(certificate.extensions.get_extension_for_class(x509.KeyUsage).value, use))
    except x509.ExtensionNotFound:
        return True


def public_bytes(owner: x509.Certificate | PrivateKey) -> bytes:
    return owner.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def check_dates(file: Path, certificate: x509.Certificate, now: datetime) -> None:
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not since <= now < until:
        raise BadCertificate(f"{file} holds from {since:%Y-%m-%d} to {until:%Y-%m-%d}")
    warn_of_end(str(file), int(until.timestamp()), int(now.timestamp()))


def warn_of_end(name: str, ends: Instant, at: Instant) -> None:
    """Say in the log that a certificate ends within thirty days, or has ended."""
    if ends <= at:
        logger.error("%s ended on %s: phones refuse what it signs; renew it now", name, moment(ends).date())
    elif moment(ends) - moment(at) < WARNED_BEFORE:
        logger.warning("%s ends on %s; renew it now", name, moment(ends).date())
