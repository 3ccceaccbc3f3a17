"""How Apple knows us when we push: by the pass certificate, or by a token of our team's (a .p8 key from its portal)."""

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey

from punchcard.foundation.http2 import STREAMS_AT_ONCE_MAX

from .certificates import BadCertificate, Stamp, read_key, stamps

TOKEN_SECONDS = 40 * 60
"""Apple takes a token for an hour, and a new one every twenty minutes at most."""
TOKEN_SECONDS_MIN = 20 * 60
EXPIRED, TOO_MANY = "ExpiredProviderToken", "TooManyProviderTokenUpdates"


class Access(Protocol):
    streams_at_first: int
    """How many requests a new connection carries before one was answered well."""

    def stamp(self) -> tuple[Stamp, ...]:
        """How the files stand on the disk."""
        ...

    def load(self, context: ssl.SSLContext) -> None:
        """Read the files, for connections that are dialled from now on. Raises OSError or BadCertificate."""
        ...

    def authorization(self) -> bytes:
        """What stands in each request's header; empty when the connection says it."""
        ...

    def has_better(self, sent: bytes, reason: str) -> bool:
        """Whether a request that was refused for this reason may be sent again with another `authorization`."""
        ...


class ByCertificate:
    """The connection presents the pass certificate. `password` is asked whenever the key is read."""

    streams_at_first = STREAMS_AT_ONCE_MAX

    def __init__(self, certificate: Path, key: Path, password: Callable[[], str] = str):
        self.certificate, self.key, self.password = certificate, key, password

    def stamp(self) -> tuple[Stamp, ...]:
        return stamps([self.certificate, self.key])

    def load(self, context: ssl.SSLContext) -> None:
        context.load_cert_chain(self.certificate, self.key, password=self.password)

    def authorization(self) -> bytes:
        return b""

    def has_better(self, sent: bytes, reason: str) -> bool:
        return False


class ByToken:
    """Each request bears a token that the team's key signed. `now` is the machine's clock: Apple compares it with its own."""

    streams_at_first = 1
    """Apple looks at the token before it takes more."""

    def __init__(self, key: Path, key_id: str, team: str, now: Callable[[], float] = time.time):
        self.file, self.key_id, self.team, self.now = key, key_id, team, now
        self.header = b""
        self.made_at = 0.0
        self.calm_until = 0.0
        """Apple has seen too many tokens: none is made because of a refusal before then."""

    def stamp(self) -> tuple[Stamp, ...]:
        return stamps([self.file])

    def load(self, context: ssl.SSLContext) -> None:
        key = read_key(self.file, "")
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise BadCertificate(f"{self.file} is no key for push tokens: Apple's are of P-256")
        self.key, self.header = key, b""

    def authorization(self) -> bytes:
        if not self.header or not 0 <= self.now() - self.made_at < TOKEN_SECONDS:
            self.make()
        return self.header

    def make(self) -> None:
        self.made_at = self.now()
        said = {"iss": self.team, "iat": int(self.made_at)}
        self.header = b"bearer " + jwt.encode(said, self.key, "ES256", {"kid": self.key_id}).encode()

    def has_better(self, sent: bytes, reason: str) -> bool:
        """Another token was made since, or is made now because Apple calls this one expired, and may be: one of our making
        that is younger than twenty minutes is not; then clocks differ, and a new one would be as old."""
        if reason == TOO_MANY:
            self.calm_until = self.now() + TOKEN_SECONDS_MIN
        if reason != EXPIRED:
            return False
        if sent == self.header and self.now() >= max(self.calm_until, self.made_at + TOKEN_SECONDS_MIN):
            self.make()
        return sent != self.header
