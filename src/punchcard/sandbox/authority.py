"""A throw-away authority shaped like Apple's: root, intermediate, pass certificate; and a server certificate for APNs.

For the demo, for tests and for development. Nothing that it signs is accepted by a real phone."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

PASS_TYPE = "pass.com.example.punchcard"  # noqa: S105  # the name of a pass type, no password
TEAM = "A1B2C3D4E5"
LIFETIME = timedelta(days=365)
BEFORE = timedelta(days=1)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Authority(Struct, frozen=True):
    """The files in a folder; `make` fills it."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def wwdr(self) -> Path:
        return self.folder / "wwdr.pem"

    @property
    def certificate(self) -> Path:
        return self.folder / "pass.pem"

    @property
    def key(self) -> Path:
        return self.folder / "pass.key"

    @property
    def server_certificate(self) -> Path:
        """The APNs stand-in's, for localhost and 127.0.0.1."""
        return self.folder / "apns.pem"

    @property
    def server_key(self) -> Path:
        return self.folder / "apns.key"


class Issuer(Struct, frozen=True):
    """A name that may sign, with its key."""

    name: x509.Name
    key: Key


class Server(Struct, frozen=True):
    """The files by which a stand-in on this machine is known: `root` is what its callers trust."""

    root: Path
    certificate: Path
    key: Path


def make_server(folder: Path, name: str, now: datetime | None = None) -> Server:
    """Write a root and a certificate for localhost and 127.0.0.1, valid for a year from now (in a few milliseconds)."""
    now = now or datetime.now(UTC)
    made = Server(folder / f"{name}-root.pem", folder / f"{name}.pem", folder / f"{name}.key")
    root = Issuer(
        named(NameOID.COMMON_NAME, f"Punchcard Throw-away Root of {name}"), ec.generate_private_key(ec.SECP256R1())
    )
    key, subject = ec.generate_private_key(ec.SECP256R1()), named(NameOID.COMMON_NAME, "localhost")
    write(made.root, signed(root, root.name, root.key, now, authority_below=0))
    write(made.certificate, signed(root, subject, key, now, usage=ExtendedKeyUsageOID.SERVER_AUTH, local=True))
    write_key(made.key, key)
    return made


def make(folder: Path, pass_type: str = PASS_TYPE, team: str = TEAM, now: datetime | None = None) -> Authority:
    """Write root, intermediate, pass certificate and APNs server certificate with their keys, valid for a year from now."""
    now = now or datetime.now(UTC)
    made = Authority(folder)
    folder.mkdir(parents=True, exist_ok=True)
    root = Issuer(named(NameOID.COMMON_NAME, "Punchcard Throw-away Root"), new_key())
    wwdr = Issuer(named(NameOID.COMMON_NAME, "Punchcard Throw-away Developer Relations G4"), new_key())
    write(made.root, signed(root, root.name, root.key, now, authority_below=1))
    write(made.wwdr, signed(root, wwdr.name, wwdr.key, now, authority_below=0))
    issue_pass(made, wwdr, pass_type, team, now)
    key = new_key()
    subject = named(NameOID.COMMON_NAME, "localhost")
    write(made.server_certificate, signed(root, subject, key, now, usage=ExtendedKeyUsageOID.SERVER_AUTH, local=True))
    write_key(made.server_key, key)
    return made


def issue_pass(made: Authority, wwdr: Issuer, pass_type: str, team: str, now: datetime) -> None:
    """The certificate that signs passes and, as Apple's does, opens the connection to APNs."""
    key = new_key()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.USER_ID, pass_type),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Pass Type ID: {pass_type}"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, team),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Almond"),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
        ]
    )
    write(made.certificate, signed(wwdr, subject, key, now, usage=ExtendedKeyUsageOID.CLIENT_AUTH))
    write_key(made.key, key)


def signed(
    issuer: Issuer,
    subject: x509.Name,
    key: Key,
    now: datetime,
    *,
    authority_below: int | None = None,
    usage: x509.ObjectIdentifier | None = None,
    local: bool = False,
) -> x509.Certificate:
    """A certificate for the subject's key. `authority_below` says how many authorities it may stand above."""
    is_authority = authority_below is not None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=authority_below), critical=True)
        .add_extension(key_usage(is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if local:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer.key, SHA256())


def key_usage(is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not is_authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def named(oid: x509.ObjectIdentifier, value: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value)])


def write(file: Path, certificate: x509.Certificate) -> None:
    file.write_bytes(certificate.public_bytes(Encoding.PEM))


def write_key(file: Path, key: Key) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
