"""A push service for browsers: gives out subscriptions, opens what is sent to them with keys of its own making, and checks
the sender's signature as the real ones do. It shares no line with our sender."""

import base64
import hashlib
import hmac
import itertools
import json
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

from .server import Reply, Request

BODY_BYTES_MAX = 4096
TTL_SECONDS_MAX = 2_419_200
TOPIC_CHARACTERS_MAX = 32
TOKEN_SECONDS_MAX = 86_400
URGENCIES = ("very-low", "low", "normal", "high")


class Browser(Protocol):
    """Shows what is delivered to it at this instant (UTC seconds)."""

    def receive(self, plain: bytes, at: int) -> None: ...


class Refusal(Exception):
    """Why a message is not taken."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Waiting(Struct, frozen=True):
    plain: bytes
    topic: str
    until: int


class Subscribed(Struct):
    """A subscription of a browser: its key pair and secret, and for whose public key it was made."""

    key: ec.EllipticCurvePrivateKey
    auth: bytes
    browser: Browser
    sender: str
    gone: bool = False
    offline: bool = False
    waiting: list[Waiting] = []


class PushService:
    """`url` is where it answers. `now` is the browsers' clock: a message's life is counted by it."""

    def __init__(self, now: Callable[[], int] = lambda: int(time.time())):
        self.url, self.now = "", now
        self.subscriptions: dict[str, Subscribed] = {}
        self.scripts: deque[Reply] = deque()
        self.requests: list[dict[str, Any]] = []
        self.numbers = itertools.count(1)

    def subscribe(self, browser: Browser, sender: str) -> dict[str, Any]:
        """What `PushManager.subscribe` gives the page for this application server key, as `toJSON()` writes it."""
        name = f"{next(self.numbers):06d}"
        made = Subscribed(
            ec.generate_private_key(ec.SECP256R1()), hashlib.sha256(name.encode()).digest()[:16], browser, sender
        )
        self.subscriptions[name] = made
        keys = {"p256dh": base64url(point(made.key)), "auth": base64url(made.auth)}
        return {"endpoint": f"{self.url}/push/{name}", "expirationTime": None, "keys": keys}

    def unsubscribe(self, endpoint: str) -> None:
        """The browser took its permission back: the next message is answered with 410."""
        self.of(endpoint).gone = True

    def disconnect(self, endpoint: str) -> None:
        """The browser is closed; what comes meanwhile waits as long as it may."""
        self.of(endpoint).offline = True

    def reconnect(self, endpoint: str) -> None:
        """The browser is opened again and gets what is still alive."""
        mine = self.of(endpoint)
        mine.offline, waiting, mine.waiting = False, mine.waiting, []
        for each in waiting:
            if self.now() < each.until:
                mine.browser.receive(each.plain, self.now())

    def fail(self, status: int, times: int = 1, after_seconds: int | None = None) -> None:
        """Answer the next messages with this status."""
        headers = {} if after_seconds is None else {"retry-after": str(after_seconds)}
        self.scripts.extend([Reply(status, None, headers)] * times)

    def of(self, endpoint: str) -> Subscribed:
        return self.subscriptions[endpoint.rpartition("/")[2]]

    async def answer(self, request: Request) -> Reply:
        self.requests.append({"method": request.method, "path": request.path, "headers": request.headers})
        try:
            return self.scripts.popleft() if self.scripts else self.taken(request)
        except Refusal as refusal:
            return Reply(refusal.status, {"error": refusal.sentence})

    def taken(self, request: Request) -> Reply:
        name = request.path.removeprefix("/push/")
        mine = self.subscriptions.get(name)
        if request.method != "POST" or mine is None:
            raise Refusal(404, "no such subscription")
        self.check_sender(request, mine.sender)
        if mine.gone:
            raise Refusal(410, "unsubscribed")
        ttl, topic = check_headers(request)
        plain = opened(request.content, mine)
        if not mine.offline:
            mine.browser.receive(plain, self.now())
        elif ttl:
            mine.waiting = [each for each in mine.waiting if not topic or each.topic != topic]
            mine.waiting.append(Waiting(plain, topic, self.now() + ttl))
        return Reply(201, None, {"location": f"{self.url}/message/{next(self.numbers)}"})

    def check_sender(self, request: Request, sender: str) -> None:
        """RFC 8292: signed by the key that the browser subscribed for, for us, for a day at most."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        parts = dict(each.strip().split("=", 1) for each in rest.split(",") if "=" in each)
        if scheme.lower() != "vapid" or set(parts) != {"t", "k"}:
            raise Refusal(401, "no vapid credentials")
        if parts["k"] != sender:
            raise Refusal(403, "the subscription is another sender's")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(parts["k"]))
        try:
            claims = jwt.decode(parts["t"], key, ["ES256"], audience=self.url, options={"require": ["exp", "sub"]})
        except jwt.InvalidTokenError as error:
            raise Refusal(403, str(error)) from None
        if claims["exp"] > time.time() + TOKEN_SECONDS_MAX or not str(claims["sub"]).startswith(("mailto:", "https:")):
            raise Refusal(403, "a token lives a day at most and says whom to write to")


def check_headers(request: Request) -> tuple[int, str]:
    """How long it may wait, and under which topic."""
    said, topic = request.headers, request.headers.get("topic", "")
    if not said.get("ttl", "").isdigit():
        raise Refusal(400, "TTL is missing")
    if said.get("content-encoding") != "aes128gcm" or said.get("content-type") != "application/octet-stream":
        raise Refusal(415, "aes128gcm as application/octet-stream is what we take")
    if len(topic) > TOPIC_CHARACTERS_MAX or (not topic.replace("-", "").replace("_", "").isalnum() and topic):
        raise Refusal(400, "a topic has 32 characters of base64url at most")
    if said.get("urgency", "normal") not in URGENCIES:
        raise Refusal(400, "no such urgency")
    if len(request.content) > BODY_BYTES_MAX:
        raise Refusal(413, "4096 bytes are the most")
    return min(int(said["ttl"]), TTL_SECONDS_MAX), topic


def opened(content: bytes, mine: Subscribed) -> bytes:
    """The text of a message, by the letter of RFC 8188 and 8291, with HKDF written out."""
    if len(content) < 21 or len(content) < 21 + content[20]:
        raise Refusal(400, "no aes128gcm head")
    salt, size, theirs = content[:16], int.from_bytes(content[16:20]), content[21 : 21 + content[20]]
    sealed = content[21 + content[20] :]
    if len(sealed) > size:
        raise Refusal(400, "more than one record")
    try:
        shared = mine.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    except ValueError as error:
        raise Refusal(400, str(error)) from None
    info = b"WebPush: info\x00" + point(mine.key) + theirs + b"\x01"
    secret = hmac.digest(hmac.digest(mine.auth, shared, "sha256"), info, "sha256")
    again = hmac.digest(salt, secret, "sha256")
    key = hmac.digest(again, b"Content-Encoding: aes128gcm\x00\x01", "sha256")[:16]
    nonce = hmac.digest(again, b"Content-Encoding: nonce\x00\x01", "sha256")[:12]
    try:
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
    except InvalidTag:
        raise Refusal(400, "sealed for another browser") from None
    if not padded.endswith(b"\x02"):
        raise Refusal(400, "the record does not say that it is the last")
    return padded[:-1]


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)


class Window:
    """A browser without a screen: what its service worker was given, as JSON, with the instant."""

    def __init__(self) -> None:
        self.shown: list[tuple[int, Any]] = []

    def receive(self, plain: bytes, at: int) -> None:
        self.shown.append((at, json.loads(plain)))
