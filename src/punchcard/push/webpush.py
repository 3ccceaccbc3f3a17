"""Web push for browsers that use no SDK: each message is sealed for one browser and signed for its push service (VAPID,
RFC 8292). Only push services that we know are dialled: an address comes from a browser, and may say anything."""

import re
import time
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from msgspec import DecodeError, Struct, json

from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.google_api import after_seconds, authorities
from punchcard.foundation.outside import Answer, Outcome
from punchcard.foundation.settings import BadSettings, Settings

from .sealing import NotSealable, seal, written

HOSTS = ("fcm.googleapis.com", ".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
"""The push services of Chrome, Firefox, Safari and Edge; one with a dot before it stands for all below it."""
NAME = re.compile(r"([a-z0-9-]{1,63}\.)+[a-z]{2,63}(?![\s\S])")
TIMEOUT_SECONDS = 10.0
CONNECTIONS_MAX = 20
TTL_SECONDS_MAX = 28 * DAY
TOKEN_SECONDS, TOKEN_KEPT_SECONDS = 20 * HOUR, 12 * HOUR
"""A signature may hold for a day at most; one is used for half of that, for all messages to one push service."""


class Subscription(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a browser is reached, and its keys (base64url)."""

    endpoint: str
    p256dh: str
    auth: str


class Browsers:
    """The real `outside.WebPush`. `send` makes exactly one request and follows nobody elsewhere."""

    def __init__(self, settings: Settings):
        assert settings.web_push_key, "web push needs a key"
        self.vapid = vapid_of(settings)
        self.hosts = hosts(settings)
        limits = httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX)
        self.http = httpx.AsyncClient(
            http2=True, verify=authorities(), timeout=TIMEOUT_SECONDS, limits=limits, follow_redirects=False
        )

    async def send(self, address: str, plain: bytes, ttl_seconds: int, topic: str, urgent: bool) -> Answer:
        """One attempt to hand a message to the browser's push service, which keeps it `ttl_seconds`; a later one of the same
        topic (32 characters of base64url) takes its place there."""
        try:
            theirs = json.decode(address, type=Subscription)
            body = seal(plain, theirs.p256dh, theirs.auth)
        except (DecodeError, NotSealable) as error:
            return Answer(Outcome.REFUSED, reason=str(error))
        if not is_known(theirs.endpoint, self.hosts):
            return Answer(Outcome.GONE, reason="no push service that we know")
        headers = {
            "Authorization": self.vapid.header(theirs.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(0, min(ttl_seconds, TTL_SECONDS_MAX))),
            "Topic": topic,
            "Urgency": "high" if urgent else "normal",
        }
        try:
            return judged(await self.http.post(theirs.endpoint, content=body, headers=headers))
        except httpx.RequestError as error:
            return Answer(Outcome.LATER, reason=type(error).__name__)
        except httpx.InvalidURL as error:
            return Answer(Outcome.GONE, reason=str(error))

    async def close(self) -> None:
        await self.http.aclose()


def judged(response: httpx.Response) -> Answer:
    """404 and 410: the browser took its subscription back. 401 and 403 are about our key, and nobody's browser is at fault."""
    status, words = response.status_code, response.text[:200]
    match status:
        case 200 | 201 | 202 | 204:
            return Answer(Outcome.SENT, status)
        case 404 | 410:
            return Answer(Outcome.GONE, status, words)
        case 401 | 403:
            return Answer(Outcome.MISCONFIGURED, status, words)
        case 408 | 429:
            return Answer(Outcome.LATER, status, words, after_seconds(response.headers))
    return Answer(Outcome.LATER if status >= 500 else Outcome.REFUSED, status, words, after_seconds(response.headers))


class Vapid:
    """Our key, by which push services know who sends. Browsers subscribe for its `public` half."""

    def __init__(self, path: Path, contact: str):
        self.key, self.contact = key_of(path), contact
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = written(point)
        self.signed: dict[str, tuple[float, str]] = {}

    def header(self, endpoint: str) -> str:
        """Authorization for this push service; signed anew twice a day."""
        parts = urlsplit(endpoint)
        origin = f"{parts.scheme}://{parts.netloc}"
        until, header = self.signed.get(origin, (0.0, ""))
        if time.time() >= until:
            claims = {"aud": origin, "exp": int(time.time()) + TOKEN_SECONDS, "sub": self.contact}
            header = f"vapid t={jwt.encode(claims, self.key, 'ES256')}, k={self.public}"
            self.signed[origin] = time.time() + TOKEN_KEPT_SECONDS, header
        return header


def vapid_of(settings: Settings) -> Vapid:
    """The key that the settings name, read once in a process."""
    assert settings.web_push_key
    return vapid(settings.web_push_key, settings.web_push_contact)


@cache
def vapid(path: Path, contact: str) -> Vapid:
    return Vapid(path, contact)


def key_of(path: Path) -> ec.EllipticCurvePrivateKey:
    """Read the key once in a process, and refuse one that is none of P-256."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise BadSettings(f"PUNCHCARD_WEB_PUSH_KEY: {error.strerror}: {path}") from None
    except (ValueError, TypeError) as error:
        raise BadSettings(f"PUNCHCARD_WEB_PUSH_KEY: {path}: {error}") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise BadSettings(f"PUNCHCARD_WEB_PUSH_KEY: {path} is no key on P-256")
    return key


def hosts(settings: Settings) -> tuple[str, ...]:
    """The push services that may be dialled."""
    return HOSTS + tuple(settings.web_push_hosts.split())


def is_known(endpoint: str, hosts: tuple[str, ...]) -> bool:
    """Whether this is an https address of one of these push services, on the usual port; or the sandbox on loopback, if the
    settings name its host and port, which may be spoken to plainly."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username or parts.password or not endpoint.isascii():
        return False
    if parts.scheme == "http":
        return host == "127.0.0.1" and parts.netloc in hosts
    known = NAME.match(host) and known_as(host, hosts)
    return parts.scheme == "https" and bool(known) and port in (None, 443)


def known_as(host: str, hosts: tuple[str, ...]) -> str:
    """Which of these push services it is; empty for none."""
    return next((each for each in hosts if host == each or (each.startswith(".") and host.endswith(each))), "")


def host_of(address: str) -> str:
    """Where a browser's push service is, with its port if it names one; empty where an address names none."""
    try:
        return urlsplit(json.decode(address, type=Subscription).endpoint).netloc.lower()
    except (DecodeError, ValueError):
        return ""
