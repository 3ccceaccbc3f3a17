"""Checks a detached CMS signature as a phone would, with its own reading of DER: none of the code that signs is used."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Struct

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
SHA_256 = bytes.fromhex("0609608648016503040201")
CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
SIGNING_TIME = bytes.fromhex("06092a864886f70d010905")
SET, UTC_TIME, CONTEXT_0 = 0x31, 0x17, 0xA0


class BadSignature(Exception):
    """The signature does not stand; the message says why."""


class Node(Struct, frozen=True):
    """One DER value: its tag, its content, and all of its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self) -> list["Node"]:
        return list(nodes(self.content))


class Signed(Struct, frozen=True):
    """Who signed and when. The chain reaches the root that was given."""

    signer: x509.Certificate
    signed_at: datetime


def nodes(data: bytes) -> Iterator[Node]:
    """The DER values that stand one after the other."""
    at = 0
    while at < len(data):
        size, head = data[at + 1], 2
        if size & 0x80:
            count = size & 0x7F
            size, head = int.from_bytes(data[at + 2 : at + 2 + count]), 2 + count
        end = at + head + size
        if end > len(data):
            raise BadSignature("the signature is cut off")
        yield Node(data[at], data[at + head : end], data[at:end])
        at = end


def verify(signature: bytes, content: bytes, root: x509.Certificate) -> Signed:
    """Check that `signature` is detached, covers `content` with SHA-256, and descends from `root`. Raises BadSignature."""
    try:
        return checked(signature, content, root)
    except (IndexError, ValueError, StopIteration) as error:
        raise BadSignature(f"the signature cannot be read: {error}") from None


def checked(signature: bytes, content: bytes, root: x509.Certificate) -> Signed:
    kind, wrapped = next(nodes(signature)).parts()
    if kind.whole != SIGNED_DATA:
        raise BadSignature("no signed data")
    _, _, inner, *rest = wrapped.parts()[0].parts()
    if len(inner.parts()) != 1:
        raise BadSignature("the content is inside: the signature must be detached")
    if rest[0].tag != CONTEXT_0:
        raise BadSignature("no certificates inside")
    certificates = [x509.load_der_x509_certificate(each.whole) for each in rest[0].parts()]
    signers = rest[-1].parts()
    if len(signers) != 1:
        raise BadSignature(f"{len(signers)} signers")
    return signer_of(signers[0], content, certificates, root)


def signer_of(info: Node, content: bytes, certificates: list[x509.Certificate], root: x509.Certificate) -> Signed:
    _, issued, digest, attributes, _, value = info.parts()[:6]
    serial = int.from_bytes(issued.parts()[1].content, signed=True)
    found = [each for each in certificates if each.serial_number == serial]
    if not found:
        raise BadSignature("the signer's certificate is not inside")
    if digest.parts()[0].whole != SHA_256:
        raise BadSignature("the digest is not SHA-256")
    said = {each.parts()[0].whole: each.parts()[1].parts()[0] for each in attributes.parts()}
    for name, oid in (("content type", CONTENT_TYPE), ("digest", MESSAGE_DIGEST), ("signing time", SIGNING_TIME)):
        if oid not in said:
            raise BadSignature(f"no {name} among the signed attributes")
    if said[MESSAGE_DIGEST].content != hashlib.sha256(content).digest():
        raise BadSignature("the manifest is not the one that was signed")
    key = found[0].public_key()
    if not isinstance(key, RSAPublicKey):
        raise BadSignature("the signer's key is no RSA key")
    try:
        key.verify(value.content, bytes([SET]) + attributes.whole[1:], padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        raise BadSignature("the signature is not the signer's") from None
    signed_at = time_of(said[SIGNING_TIME])
    check_chain(found[0], certificates, root, signed_at)
    return Signed(found[0], signed_at)


def time_of(node: Node) -> datetime:
    pattern = "%y%m%d%H%M%SZ" if node.tag == UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(node.content.decode(), pattern).replace(tzinfo=UTC)


def check_chain(leaf: x509.Certificate, inside: list[x509.Certificate], root: x509.Certificate, at: datetime) -> None:
    """From the leaf through what came with it to the root; each link in date when it was signed."""
    here, left = leaf, [each for each in inside if each != leaf]
    while True:
        if not here.not_valid_before_utc <= at < here.not_valid_after_utc:
            raise BadSignature(f"{here.subject.rfc4514_string()} was not valid at the time of signing")
        above = next((each for each in [root, *left] if issued(here, each)), None)
        if above is None:
            raise BadSignature(f"nobody known issued {here.subject.rfc4514_string()}")
        if above == root:
            return
        left.remove(above)
        here = above


def issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return by.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
