"""Apple's push service on loopback: real TLS that asks for the pass certificate, HTTP/2, Apple's statuses and reasons."""

import asyncio
import contextlib
import re
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID
from msgspec import Struct

from .apns_delivery import Delivery
from .apns_tokens import Tokens
from .authority import PASS_TYPE, TEAM, Authority
from .h2_server import Conversation, Reply, Request

PAYLOAD_BYTES_MAX = 4096
DEVICE = "/3/device/"
Away = Literal["", "refuses", "silent", "503"]
PUSH_TYPES = frozenset(
    {"alert", "background", "complication", "controls", "fileprovider", "liveactivity"}
    | {"location", "mdm", "pushtotalk", "voip", "widgets"}
)
"""What apns-push-type may say. Apple names none for passes."""


class Refusal(Struct, frozen=True):
    """An answer other than 200. `at` is since when a token is dead (UTC seconds)."""

    status: int
    reason: str
    at: int = 0
    after_seconds: int | None = None

    @property
    def reply(self) -> Reply:
        body: dict[str, Any] = {"reason": self.reason} | ({"timestamp": self.at * 1000} if self.at else {})
        headers = {"retry-after": str(self.after_seconds)} if self.after_seconds is not None else {}
        return Reply(self.status, headers, msgspec.json.encode(body))


class Apns:
    """Knows the tokens of the phones that registered. `now` is the clock that dates a dead token."""

    def __init__(self, now: Callable[[], int]):
        self.now = now
        self.url = ""
        self.phones: dict[str, Callable[[], None]] = {}
        self.dead: dict[str, int] = {}
        self.scripts: dict[str, deque[Refusal]] = {}
        self.requests: list[dict[str, Any]] = []
        self.conversations: set[Conversation] = set()
        self.connected = 0
        self.streams_max = 100
        """How many requests at once a new connection may carry."""
        self.strangers_max = 1
        """The same for who comes with a token, until a push of theirs was good."""
        self.window_bytes = 65_535
        """How much of a request's body a new connection takes before it says that it has read."""
        self.delay_seconds = 0.0
        self.goodbye_at = 0
        """After so many requests in all, say GOAWAY with the last as the last one taken."""
        self.delivery = Delivery()
        self.tokens = Tokens()
        self.teams = {PASS_TYPE: TEAM}
        """Whose each topic is, for who comes with a token instead of a certificate."""
        self.away: Away = ""
        self.listener: asyncio.Server | None = None
        self.context: ssl.SSLContext | None = None

    @property
    def is_silent(self) -> bool:
        return self.away == "silent"

    def register(self, push_token: str, wake: Callable[[], None]) -> None:
        """A phone can be woken under this token (hexadecimal)."""
        self.phones[push_token.lower()] = wake
        self.dead.pop(push_token.lower(), None)

    def unregister(self, push_token: str) -> None:
        """The phone is gone: from now on the token is answered with 410."""
        self.phones.pop(push_token.lower(), None)
        self.dead[push_token.lower()] = self.now()

    def fail(self, push_token: str, status: int, reason: str, times: int = 1, after_seconds: int | None = None) -> None:
        """Answer the next pushes to this token with an error, for example 429 TooManyRequests."""
        refusal = Refusal(status, reason, self.now() if status == 410 else 0, after_seconds)
        self.scripts.setdefault(push_token.lower(), deque()).extend([refusal] * times)

    async def listen(self, port: int = 0) -> None:
        """Take connections, on this port."""
        self.listener = await asyncio.get_running_loop().create_server(
            lambda: Conversation(self), "127.0.0.1", port, ssl=self.context
        )
        self.url = f"https://localhost:{self.listener.sockets[0].getsockname()[1]}"

    async def go_away(self, how: Away) -> None:
        """Be out of order until `come_back`: refuse connections, take them and say nothing, or answer 503 to everybody."""
        self.away = how
        if how == "refuses":
            assert self.listener
            self.listener.close()
            for conversation in list(self.conversations):
                conversation.abort()

    async def come_back(self) -> None:
        was, self.away = self.away, ""
        if was == "refuses":
            await self.listen(int(self.url.rpartition(":")[2]))

    def goodbye(self) -> None:
        """Close every connection as Apple does now and then: answer what was taken, take no more."""
        for conversation in list(self.conversations):
            conversation.goodbye()

    def answer(self, request: Request, certificate: bytes) -> Reply:
        """Judge one push, keep a record of it, and wake the phone."""
        push_token = request.path.removeprefix(DEVICE).lower()
        refusal = self.refusal(request, push_token, certificate)
        if refusal is None:
            scripted = self.scripts.get(push_token)
            refusal = scripted.popleft() if scripted else self.unknown(push_token)
        status, reason = (refusal.status, refusal.reason) if refusal else (200, "")
        self.requests.append(record(request) | {"status": status, "reason": reason})
        if refusal:
            reply = refusal.reply
        else:
            self.delivery.bring(self.phones[push_token])
            reply = Reply(200)
        number = request.headers.get("apns-id", "")
        reply.headers["apns-id"] = number if is_uuid(number) else str(uuid4()).upper()
        return reply

    def unknown(self, push_token: str) -> Refusal | None:
        if push_token in self.dead:
            return Refusal(410, "Unregistered", self.dead[push_token])
        return None if push_token in self.phones else Refusal(400, "BadDeviceToken")

    def refusal(self, request: Request, push_token: str, certificate: bytes) -> Refusal | None:
        """What is wrong with the request itself, in the order in which Apple looks."""
        if self.away:
            return Refusal(503, "ServiceUnavailable")
        if request.method != "POST":
            return Refusal(405, "MethodNotAllowed")
        if not request.path.startswith(DEVICE):
            return Refusal(404, "BadPath")
        if not push_token:
            return Refusal(400, "MissingDeviceToken")
        if not re.fullmatch("[0-9a-f]{16,200}", push_token):
            return Refusal(400, "BadDeviceToken")
        if (number := request.headers.get("apns-id")) and not is_uuid(number):
            return Refusal(400, "BadMessageId")
        if request.headers.get("apns-priority", "10") not in ("1", "5", "10"):
            return Refusal(400, "BadPriority")
        if not request.headers.get("apns-expiration", "0").isdecimal():
            return Refusal(400, "BadExpirationDate")
        if request.headers.get("apns-push-type", "alert") not in PUSH_TYPES:
            return Refusal(400, "InvalidPushType")
        if fault := self.stranger(request, certificate):
            return Refusal(*fault)
        if not request.body:
            return Refusal(400, "PayloadEmpty")
        return Refusal(413, "PayloadTooLarge") if len(request.body) > PAYLOAD_BYTES_MAX else None

    def stranger(self, request: Request, certificate: bytes) -> tuple[int, str] | None:
        """What is wrong with who asks, for this topic: a certificate names one, a token's team has some."""
        topic = request.headers.get("apns-topic", "")
        if certificate:
            return None if topic in ("", topic_of(certificate)) else (400, "TopicDisallowed")
        if not topic:
            return 400, "MissingTopic"
        return self.tokens.fault(request.headers.get("authorization", ""), self.teams.get(topic, ""), self.now())


def record(request: Request) -> dict[str, Any]:
    """One line of the log that a stand-in keeps of what it was asked."""
    headers = {name: text for name, text in request.headers.items() if name.startswith("apns-")}
    return {"method": request.method, "path": request.path, "headers": headers, "body": plain(request.body)}


def plain(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body.decode(errors="replace")


def is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@cache
def topic_of(certificate: bytes) -> str:
    """The pass type that a certificate is for."""
    found = x509.load_der_x509_certificate(certificate).subject.get_attributes_for_oid(NameOID.USER_ID)
    return str(found[0].value) if found else ""


@contextlib.asynccontextmanager
async def apns(
    made: Authority, now: Callable[[], int] = lambda: int(time.time()), port: int = 0
) -> AsyncIterator[Apns]:
    """The stand-in, until the block ends; `url` is its address, for example https://localhost:40123."""
    stand_in = Apns(now)
    stand_in.context = context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.server_certificate, made.server_key)
    context.load_verify_locations(made.root)
    context.load_verify_locations(made.wwdr)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.set_alpn_protocols(["h2"])
    await stand_in.listen(port)
    try:
        yield stand_in
    finally:
        if stand_in.listener:
            stand_in.listener.close()
        for conversation in list(stand_in.conversations):
            conversation.end()
