"""How a till knows a spend token by public keys alone. This file imports nothing of ours: a till may take it as it is."""

import base64
import struct
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HEAD = struct.Struct(">8s16s32sIIIIB")
AHEAD_SECONDS = 60
"""How far the clock of a till may run behind the one that made the token."""


class SpendToken(NamedTuple):
    """What is signed: a key's id, the hold that covers it, SHA-256 of the card's code, points, their worth in minor units,
    from when until when (UTC seconds) it may be taken, in which shop, in which currency."""

    kid: bytes
    hold: UUID
    card: bytes
    points: int
    worth: int
    since: int
    until: int
    shop: str
    currency: str


class BadToken(ValueError):
    """A till must not take this; its text is one of unsigned, elsewhere, over, early."""


def verified(keys: Iterable[Mapping[str, str]], token: str, shop: str, at: int) -> SpendToken:
    """What the token says, if one of `keys` (as GET /till/keys answers them) signed it for this shop and this moment."""
    body, _, signature = token.partition(".")
    try:
        said = read(unpacked(body))
        public = {key["kid"]: key["x"] for key in keys}[said.kid.hex()]
        Ed25519PublicKey.from_public_bytes(unpacked(public)).verify(unpacked(signature), unpacked(body))
    except (KeyError, ValueError, struct.error, InvalidSignature):
        raise BadToken("unsigned") from None
    if said.shop != shop:
        raise BadToken("elsewhere")
    if at >= said.until:
        raise BadToken("over")
    if at < said.since - AHEAD_SECONDS:
        raise BadToken("early")
    return said


def read(payload: bytes) -> SpendToken:
    """The fixed part, then the shop (its length stands before it) and the currency."""
    kid, hold, card, points, worth, since, until, length = HEAD.unpack_from(payload)
    names = payload[HEAD.size :]
    shop, currency = names[:length].decode(), names[length:].decode()
    return SpendToken(kid, UUID(bytes=hold), card, points, worth, since, until, shop, currency)


def unpacked(text: str) -> bytes:
    """The bytes of a base64url text without padding, of which there is one spelling."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise ValueError("another spelling")
    return data
