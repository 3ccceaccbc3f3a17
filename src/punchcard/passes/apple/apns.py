"""Wakes phones through Apple's push service, over one connection that stays open: the pass certificate is the password.

The push is empty and goes to the pass type as its topic; priority and push type are left to Apple's defaults, because
Apple names none for passes and neither choice was found to be faster."""

import asyncio
import logging
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from punchcard.foundation.outside import Answer, Apns, NotSetUp, Outcome
from punchcard.foundation.settings import Settings

from .http2 import Http2, Lost, NotTaken, Reply, open_http2
from .printing import press

log = logging.getLogger("punchcard.passes.apple")

BODY = b"{}"
ANSWER_SECONDS_MAX = 10.0
CONNECT_SECONDS_MAX = 10.0
PAUSE_SECONDS_MAX = 60.0
"""Between attempts to connect: Apple takes rapid ones for an attack."""
TRIES = 3
OUR_MISTAKES = frozenset(
    {"DeviceTokenNotForTopic", "TopicDisallowed", "BadTopic", "MissingTopic", "BadCertificate", "InvalidPushType"}
)


class Said(Struct):
    """The body of Apple's refusals. `timestamp` is in milliseconds."""

    reason: str = ""
    timestamp: int = 0


class ApnsClient:
    """The real `outside.Apns`; `apns_url` may lead to the sandbox's instead."""

    def __init__(self, url: str, certificate: Path, key: Path, password: str = "", authority: Path | None = None):
        """Dials nothing yet. `authority`: the root that the server descends from, when it is not one of the system's."""
        parts = urlsplit(url)
        assert parts.scheme == "https" and parts.hostname, url
        self.host, self.port = parts.hostname, parts.port or 443
        self.context = ssl.create_default_context(cafile=authority)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["h2"])
        self.context.load_cert_chain(certificate, key, password=password or (lambda: ""))
        self.connection: Http2 | None = None
        self.dialling = asyncio.Lock()
        self.failures = 0
        self.dial_after = 0.0

    async def wake(self, push_token: str, pass_type: str) -> Answer:
        """Wake the phone behind this token. Never raises: what went wrong is the answer."""
        headers = [
            (b":method", b"POST"),
            (b":scheme", b"https"),
            (b":authority", self.host.encode()),
            (b":path", b"/3/device/" + push_token.encode()),
            (b"apns-topic", pass_type.encode()),
        ]
        why = ""
        for _ in range(TRIES):
            connected = await self.connected()
            if isinstance(connected, Answer):
                return connected
            try:
                return answer(await connected.ask(headers, BODY, ANSWER_SECONDS_MAX))
            except NotTaken as error:
                why = str(error)
            except Lost as error:
                return self.unsure(error)
            except TimeoutError:
                return Answer(Outcome.LATER, reason=f"no answer in {ANSWER_SECONDS_MAX:.0f} seconds")
        return Answer(Outcome.LATER, reason=why)

    def unsure(self, error: Lost) -> Answer:
        """The connection broke before the answer: a second push does no harm, but not at once."""
        if is_about_certificate(error):
            return Answer(Outcome.MISCONFIGURED, reason=str(error))
        return Answer(Outcome.LATER, reason=f"connection lost: {error}", after_seconds=1)

    async def connected(self) -> Http2 | Answer:
        """The connection, dialled when there is none; or why there is none."""
        if self.connection and self.connection.usable:
            return self.connection
        async with self.dialling:
            if self.connection and self.connection.usable:
                return self.connection
            wait = self.dial_after - time.monotonic()
            if wait > 0:
                return Answer(Outcome.LATER, reason="APNs could not be reached just now", after_seconds=int(wait) + 1)
            return await self.dial()

    async def dial(self) -> Http2 | Answer:
        try:
            self.connection = await open_http2(self.host, self.port, self.context, CONNECT_SECONDS_MAX)
        except (OSError, Lost) as error:
            self.failures += 1
            pause = min(2.0 ** (self.failures - 1), PAUSE_SECONDS_MAX)
            self.dial_after = time.monotonic() + pause
            outcome = Outcome.MISCONFIGURED if is_about_certificate(error) else Outcome.LATER
            log.error("no connection to APNs at %s:%d: %s", self.host, self.port, error or type(error).__name__)
            return Answer(outcome, reason=str(error) or type(error).__name__, after_seconds=int(pause) + 1)
        self.failures = 0
        return self.connection

    async def close(self) -> None:
        """Hang up."""
        if self.connection:
            await self.connection.close()


def is_about_certificate(error: BaseException) -> bool:
    """Whether one side refused the other's certificate."""
    words = str(error).lower()
    return isinstance(error, ssl.SSLCertVerificationError) or "certificate" in words or "unknown ca" in words


def answer(reply: Reply) -> Answer:
    """What Apple's status and reason mean for us."""
    said = refusal(reply.body)
    outcome = judged(reply.status, said.reason)
    pause = reply.headers.get(b"retry-after", b"").decode("ascii", "replace")
    return Answer(
        outcome,
        reply.status,
        said.reason,
        after_seconds=int(pause) if pause.isdecimal() else None,
        gone_since=said.timestamp // 1000,
    )


def refusal(body: bytes) -> Said:
    try:
        return msgspec.json.decode(body, type=Said) if body else Said()
    except msgspec.DecodeError:
        return Said("unreadable")


def judged(status: int, reason: str) -> Outcome:
    match status:
        case 200:
            return Outcome.SENT
        case 410:
            return Outcome.GONE
        case 400 if reason == "BadDeviceToken":
            return Outcome.GONE
        case 400 if reason in OUR_MISTAKES:
            return Outcome.MISCONFIGURED
        case 403:
            return Outcome.MISCONFIGURED
        case 429:
            return Outcome.LATER
        case _ if status >= 500 or status == 0 or reason == "IdleTimeout":
            return Outcome.LATER
    return Outcome.REFUSED


def apns_of(settings: Settings) -> Apns:
    """The push service of these settings; it dials when somebody is to be woken.

    Raises BadCertificate or BadDesign: a house that cannot make passes should not open."""
    if not (settings.apple_certificate and settings.apple_key and settings.apple_wwdr):
        return NotSetUp("Apple's push service")
    press(settings)
    return ApnsClient(
        settings.apns_url,
        settings.apple_certificate,
        settings.apple_key,
        str(settings.apple_key_password),
        settings.apns_authority,
    )
