"""What is given out and known again by signature or digest: access tokens, links for one purpose, and opaque keys.

Every purpose signs with a key of its own, derived from the settings' secrets: the first secret signs, all verify."""

import base64
import hashlib
import hmac
import secrets as chance
import zlib
from functools import cache
from typing import Any, Final, Literal
from uuid import UUID

import jwt
import msgspec
from msgspec import Struct

from .clock import MINUTE, Instant
from .errors import NotFound, NotSignedIn, Refused
from .settings import SECRET_BYTES_MIN, BadSettings

ISSUER: Final = "punchcard"
AUDIENCE: Final = "punchcard/me"
ACCESS_SECONDS = 15 * MINUTE
TOKEN_BYTES_MAX = 8 * 1024
AHEAD_SECONDS = 5
"""How far the clock of the machine that signed may run before ours."""

TILL, OPERATOR, REFRESH = "pct_", "pco_", "pcr_"
"""What an opaque key begins with, so that a leaked one is recognised by eye and by scanners."""

KEY_BYTES = 32
LINK_MAC_BYTES = 16
LINK_BYTES = 16 + 6 + LINK_MAC_BYTES

OPTIONS: Any = {
    "require": ["exp", "iat", "sub", "aud", "jti", "iss"],
    "strict_aud": True,
    "enforce_minimum_key_length": True,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}
"""Time is checked here, against the door's `at`: PyJWT would look at the machine's clock."""


class KeyMistyped(NotSignedIn):
    """This key was not copied whole: its check characters do not fit."""


class LinkEnded(Refused):
    """This link has ended, ask for a new one."""

    status = 410


class Access(Struct, frozen=True, forbid_unknown_fields=True):
    """What an access token says: who (`sub`), by which sign-in (`sid`, a family of refresh tokens), and when."""

    iss: Literal["punchcard"]
    aud: Literal["punchcard/me"]
    sub: UUID
    sid: UUID
    jti: UUID
    iat: Instant
    exp: Instant
    nbf: Instant = 0


@cache
def keys(secrets: tuple[str, ...], purpose: str) -> dict[str, bytes]:
    """The keys for this purpose by their ids, the one that signs first. A secret that is too short is refused."""
    found = {}
    for secret in secrets:
        if len(secret.encode()) < SECRET_BYTES_MIN:
            raise BadSettings(f"a secret must hold at least {SECRET_BYTES_MIN} bytes")
        key = hmac.digest(secret.encode(), f"punchcard/{purpose}".encode(), "sha256")
        found[hashlib.sha256(key).hexdigest()[:16]] = key
    return found


def signing(secrets: tuple[str, ...], purpose: str) -> tuple[str, bytes]:
    """The id and the bytes of the key that signs."""
    return next(iter(keys(secrets, purpose).items()))


def sign_access(secrets: tuple[str, ...], member_id: UUID, family: UUID, jti: UUID, at: Instant) -> str:
    """A member's access token, good for 15 minutes from `at`. The same arguments give the same token."""
    kid, key = signing(secrets, "access")
    says = Access(ISSUER, AUDIENCE, sub=member_id, sid=family, jti=jti, iat=at, exp=at + ACCESS_SECONDS, nbf=at)
    return jwt.encode(msgspec.to_builtins(says), key, "HS256", headers={"typ": "at+jwt", "kid": kid})


def read_access(secrets: tuple[str, ...], token: str, at: Instant) -> Access:
    """What the token says, if we signed it for this door and it holds at `at`; else NotSignedIn without a word why."""
    if len(token) > TOKEN_BYTES_MAX or not token.isascii():
        raise NotSignedIn
    try:
        header = jwt.get_unverified_header(token)
        key = keys(secrets, "access").get(str(header.get("kid")))
        if key is None or header != {"alg": "HS256", "typ": "at+jwt", "kid": header["kid"]}:
            raise NotSignedIn
        claims = jwt.decode(token, key, ["HS256"], OPTIONS, audience=AUDIENCE, issuer=ISSUER)
        says = msgspec.convert(claims, Access)
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise NotSignedIn from None
    begins = max(says.iat, says.nbf)
    if not (begins - AHEAD_SECONDS <= at < says.exp and 0 < says.exp - says.iat <= ACCESS_SECONDS):
        raise NotSignedIn
    return says


def sign_link(secrets: tuple[str, ...], purpose: str, member_id: UUID, until: Instant) -> str:
    """A word for a URL that lets its holder do one thing (`purpose`) for this member until then."""
    _, key = signing(secrets, "link")
    claim = member_id.bytes + until.to_bytes(6)
    return base64.urlsafe_b64encode(claim + link_mac(key, purpose, claim)).decode().rstrip("=")


def read_link(secrets: tuple[str, ...], purpose: str, link: str, at: Instant) -> UUID:
    """The member whose link this is. NotFound when it was never signed for this purpose, LinkEnded after its time."""
    data = link_data(link)
    claim, mac = data[:-LINK_MAC_BYTES], data[-LINK_MAC_BYTES:]
    ours = (link_mac(key, purpose, claim) for key in keys(secrets, "link").values())
    if not any(hmac.compare_digest(mac, each) for each in ours):
        raise NotFound
    if at >= int.from_bytes(claim[16:]):
        raise LinkEnded
    return UUID(bytes=claim[:16])


def named_in(link: str) -> UUID:
    """Whose link it says to be, unproven: for a purpose that depends on the member. NotFound when it is no link."""
    return UUID(bytes=link_data(link)[:16])


def link_data(link: str) -> bytes:
    try:
        data = base64.b64decode(link + "=" * (-len(link) % 4), b"-_", validate=True)
    except ValueError:
        raise NotFound from None
    if len(data) != LINK_BYTES:
        raise NotFound
    return data


def link_mac(key: bytes, purpose: str, claim: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + claim, "sha256")[:LINK_MAC_BYTES]


def new_key(prefix: str) -> str:
    """A key of 256 random bits. It is shown once; only `ids.digest` of it is kept."""
    return opaque(prefix, chance.token_bytes(KEY_BYTES))


def opaque(prefix: str, body: bytes) -> str:
    """The body as a word that is easily copied, with check characters at its end."""
    word = prefix + base32(body)
    return word + base32(zlib.crc32(word.encode()).to_bytes(4))


def opened(prefix: str, key: str) -> bytes:
    """The body of a key that was copied whole: NotSignedIn when it is no such key, KeyMistyped when its check fails."""
    if not key.startswith(prefix) or len(key) > TOKEN_BYTES_MAX or not key.isascii():
        raise NotSignedIn
    word, check = key[:-7], key[-7:]
    if base32(zlib.crc32(word.encode()).to_bytes(4)) != check:
        raise KeyMistyped
    try:
        body = word.removeprefix(prefix).upper()
        return base64.b32decode(body + "=" * (-len(body) % 8))
    except ValueError:
        raise KeyMistyped from None


def base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()
