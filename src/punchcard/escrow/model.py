"""Points that were set aside for one shop, and why they may not be."""

from datetime import datetime

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused


class Escrowed(Struct, frozen=True):
    """Points that were set aside for one shop: the hold that covers them, what they pay, and until when a till may take them."""

    hold: str
    card: bytes
    """What is kept of the card's code."""
    shop: str
    points: int
    currency: str
    worth: int
    """Minor units."""
    until: Instant


class SpendTokenMade(Struct, frozen=True, kw_only=True):
    """A token for one shop: what it pays there, until when a till may take it, and what is left to spend elsewhere."""

    id: str
    token: str
    """To be shown as a QR code: at most 300 characters."""
    shop: str
    points: int
    currency: str
    worth: int
    """Minor units."""
    until: datetime
    balance: int


class PublicKey(Struct, frozen=True):
    """A key by which a till knows our signature (JWK, RFC 8037)."""

    kid: str
    x: str
    kty: str = "OKP"
    crv: str = "Ed25519"
    use: str = "sig"
    alg: str = "EdDSA"


class TokenNotGood(Refused):
    """This spend token cannot be taken here."""

    words = "escrow"


class TokenOpen(Refused):
    """There is another token that may still be shown."""

    words = "escrow"


class WorthTooMuch(Refused):
    """A token is worth less than that."""

    words = "escrow"


class WorthTooLittle(Refused):
    """That pays for nothing."""

    words = "escrow"


class NotThatMany(Refused):
    """The card does not hold that many points."""

    words = "escrow"
