"""Sign spend tokens, and know our own again: a key pair for each of the settings' secrets, the first one signs."""

import base64
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from punchcard.foundation import tokens
from punchcard.foundation.clock import Instant

from .model import Escrowed, PublicKey, TokenNotGood
from .token import HEAD, BadToken, SpendToken, verified

PURPOSE = "spend-token"


def signed(
    secrets: tuple[str, ...], hold: UUID, card: bytes, points: int, worth: int, since: Instant, until: Instant,
    shop: str, currency: str,
) -> str:  # fmt: skip
    """The token as it is shown. The same arguments give the same text."""
    kid, seed = tokens.signing(secrets, PURPOSE)
    head = HEAD.pack(bytes.fromhex(kid), hold.bytes, card, points, worth, since, until, len(shop.encode()))
    payload = head + shop.encode() + currency.encode()
    return f"{packed(payload)}.{packed(Ed25519PrivateKey.from_private_bytes(seed).sign(payload))}"


def opened(secrets: tuple[str, ...], token: str, shop: str, taken_at: Instant) -> Escrowed:
    """What the token says, if we signed it for this shop and the till took it in time; raises TokenNotGood."""
    try:
        said: SpendToken = verified(verifying(secrets), token, shop, taken_at)
    except BadToken as error:
        raise TokenNotGood(why=str(error)) from None
    return Escrowed(str(said.hold), said.card, said.shop, said.points, said.currency, said.worth, said.until)


def public_keys(secrets: tuple[str, ...]) -> list[PublicKey]:
    """The keys that tills keep, the one that signs now first."""
    return [PublicKey(kid, packed(public_of(seed))) for kid, seed in tokens.keys(secrets, PURPOSE).items()]


@cache
def verifying(secrets: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    return tuple({"kid": key.kid, "x": key.x} for key in public_keys(secrets))


def public_of(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
