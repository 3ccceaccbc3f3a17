"""Google's signature under its callbacks, ECv2SigningOnly: a root key signs an intermediate key, which signs the message.

Each part that is signed is preceded by its length: four bytes, little-endian, counting bytes of UTF-8. The root keys' part
names the sender; the message's names the issuer too, who is not in the message: it is ours, from the settings. So a genuine
callback to another issuer is none to us."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant

PROTOCOL = "ECv2SigningOnly"
KEYS_MAX = 16

Milliseconds = Annotated[int, Meta(ge=0, lt=10**14)] | Annotated[str, Meta(pattern=r"^[0-9]{1,14}(?![\s\S])")]
Key = Annotated[str, Meta(max_length=1024)]
Signature = Annotated[str, Meta(max_length=256)]


class Intermediate(Struct, frozen=True, rename="camel"):
    """The key that signs messages this week, and the root keys' signatures under it."""

    signed_key: Annotated[str, Meta(max_length=4096)]
    signatures: Annotated[list[Signature], Meta(max_length=KEYS_MAX)]


class Envelope(Struct, frozen=True, rename="camel"):
    """A callback as it comes. Google may add fields without asking us."""

    signature: Signature
    intermediate_signing_key: Intermediate
    protocol_version: Annotated[str, Meta(max_length=64)]
    signed_message: Annotated[str, Meta(max_length=8192)]


class SignedKey(Struct, frozen=True, rename="camel"):
    """A public key (base64 of its X.509 SubjectPublicKeyInfo) and when it ends (milliseconds)."""

    key_value: Key
    key_expiration: Milliseconds


class Root(Struct, frozen=True, rename="camel"):
    """One of Google's root keys."""

    key_value: Key
    protocol_version: str = ""
    key_expiration: Milliseconds | None = None


class Message(Struct, frozen=True, rename="camel"):
    """What happened to an object: `save` or `del`; good until `exp_time_millis`."""

    class_id: Annotated[str, Meta(max_length=200)]
    object_id: Annotated[str, Meta(max_length=200)]
    event_type: Annotated[str, Meta(max_length=20)]
    exp_time_millis: Milliseconds
    nonce: Annotated[str, Meta(min_length=1, max_length=512)]

    @property
    def until(self) -> Instant:
        return int(self.exp_time_millis) // 1000


def signed_bytes(*parts: str) -> bytes:
    """The bytes under a signature."""
    return b"".join(len(data).to_bytes(4, "little") + data for data in (part.encode() for part in parts))


def signing_key(envelope: Envelope, roots: Iterable[Root], sender: str, at: Instant) -> EllipticCurvePublicKey | None:
    """The intermediate key, when it still lives and one of the roots signed it."""
    if envelope.protocol_version != PROTOCOL:
        return None
    intermediate = envelope.intermediate_signing_key
    signed = signed_bytes(sender, PROTOCOL, intermediate.signed_key)
    if not any(signed_by(root, intermediate.signatures, signed) for root in roots if lives(root, at)):
        return None
    try:
        key = msgspec.json.decode(intermediate.signed_key, type=SignedKey)
    except msgspec.DecodeError:
        return None
    return loaded(key.key_value) if int(key.key_expiration) > 1000 * at else None


def opened(envelope: Envelope, key: EllipticCurvePublicKey, sender: str, issuer: str, at: Instant) -> Message | None:
    """The message, when this key signed it for this issuer and it has not expired."""
    signed = signed_bytes(sender, issuer, PROTOCOL, envelope.signed_message)
    if not holds(key, envelope.signature, signed):
        return None
    try:
        message = msgspec.json.decode(envelope.signed_message, type=Message)
    except msgspec.DecodeError:
        return None
    return message if int(message.exp_time_millis) > 1000 * at else None


def lives(root: Root, at: Instant) -> bool:
    ends = root.key_expiration
    return root.protocol_version == PROTOCOL and (ends is None or int(ends) > 1000 * at)


def signed_by(root: Root, signatures: Sequence[str], signed: bytes) -> bool:
    key = loaded(root.key_value)
    return key is not None and any(holds(key, each, signed) for each in signatures)


def holds(key: EllipticCurvePublicKey, signature: str, signed: bytes) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), signed, ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def loaded(key_value: str) -> EllipticCurvePublicKey | None:
    """The P-256 key that this is, if it is one."""
    try:
        key = load_der_public_key(base64.b64decode(key_value, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1) else None
