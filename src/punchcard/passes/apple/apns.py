"""Wakes phones through Apple's push service, over a few connections that stay open.

The push is empty and goes to the pass type as its topic; priority and push type are left to Apple's defaults unless the
settings say otherwise, because Apple names none for passes and neither choice was found to be faster."""

import asyncio
import logging
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from punchcard.foundation.http2 import (
    AUTHORITY,
    AUTHORIZATION,
    HTTPS,
    PATH,
    POST,
    STREAMS_AT_ONCE_MAX,
    Connections,
    Lost,
    NotTaken,
    Reply,
    literal,
    misfortune,
)
from punchcard.foundation.metrics import counter, histogram
from punchcard.foundation.outside import Answer, Apns, NotSetUp, Outcome
from punchcard.foundation.settings import BadSettings, Settings

from .access import TOO_MANY, Access, ByCertificate, ByToken
from .printing import is_set_up, press
from .signing import has_key, password_of

log = logging.getLogger("punchcard.passes.apple")

PUSHES = counter("punchcard_apns_pushes_total", "Pushes to phones by what they came to.", ("outcome",))
SECONDS = histogram(
    "punchcard_apns_push_seconds",
    "From a push to Apple's answer, waiting for a connection included.",
    (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ALARMS = counter("punchcard_apns_alarms_total", "Refusals of our certificate, token or topic, by reason.", ("reason",))
BODY = b"{}"
ANSWER_SECONDS_MAX = 10.0
LOOK_SECONDS = 3.0
"""Between two looks at whether the certificate on the disk is another one."""
TRIES = 3
TOO_MANY_WAIT_SECONDS = 60
OUR_MISTAKES = frozenset(
    {"DeviceTokenNotForTopic", "TopicDisallowed", "BadTopic", "MissingTopic", "BadCertificate", "InvalidPushType"}
)


class Said(Struct):
    """The body of Apple's refusals. `timestamp` is in milliseconds."""

    reason: str = ""
    timestamp: int = 0


class ApnsClient:
    """The real `outside.Apns`; `apns_url` may lead to the sandbox's instead."""

    def __init__(
        self,
        url: str,
        access: Access,
        authority: Path | None = None,
        connections: int = 2,
        push_type: str = "",
        priority: int = 0,
    ):
        """Dials nothing yet. `authority`: the root that the server descends from, when it is not one of the system's.

        Raises OSError or BadSettings when the certificate or key cannot be used."""
        parts = urlsplit(url)
        assert parts.scheme == "https" and parts.hostname, url
        self.access, self.authority = access, authority
        self.before = POST + HTTPS + literal(AUTHORITY, parts.hostname.encode())
        self.after = b""
        if push_type:
            self.after += literal(b"apns-push-type", push_type.encode())
        if priority:
            self.after += literal(b"apns-priority", str(priority).encode())
        self.connections = Connections("APNs", parts.hostname, parts.port or 443, connections, access.streams_at_first)
        self.stamp, self.look_after = access.stamp(), time.monotonic() + LOOK_SECONDS
        self.context = self.made_context()

    def made_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["h2"])
        self.access.load(context)
        return context

    async def wake(self, push_token: str, pass_type: str) -> Answer:
        """Wake the phone behind this token. Never raises: what went wrong is the answer."""
        began = time.monotonic()
        if began >= self.look_after:
            self.look(began)
        answer = await self.answered(push_token, pass_type)
        PUSHES.inc(outcome=answer.outcome.value)
        if answer.status:
            SECONDS.observe(time.monotonic() - began)
        if answer.outcome is Outcome.MISCONFIGURED:
            ALARMS.inc(reason=answer.reason if answer.status else "connection")
        return answer

    async def answered(self, push_token: str, pass_type: str) -> Answer:
        answer = Answer(Outcome.LATER)
        for _ in range(TRIES):
            connection = self.connections.free() or await self.connections.place(self.context, ANSWER_SECONDS_MAX)
            if isinstance(connection, Answer):
                return connection
            authorization = self.access.authorization()
            stream = connection.ask(self.block(push_token, pass_type, authorization), BODY, ANSWER_SECONDS_MAX)
            try:
                answer = meaning(await stream.answered)
            except asyncio.CancelledError:
                connection.give_up(stream)
                raise
            except NotTaken as error:
                answer = Answer(Outcome.LATER, reason=str(error))
                continue
            except Lost as error:
                return Answer(misfortune(error), reason=f"connection lost: {error}", after_seconds=1)
            except TimeoutError:
                return Answer(Outcome.LATER, reason=f"no answer in {ANSWER_SECONDS_MAX:.0f} seconds")
            if answer.status == 200:
                connection.streams_max = STREAMS_AT_ONCE_MAX
            elif self.access.has_better(authorization, answer.reason):
                continue
            return answer
        return answer

    def block(self, push_token: str, pass_type: str, authorization: bytes) -> bytes:
        """The request's headers. The push token is nobody else's business."""
        path = literal(PATH, b"/3/device/" + push_token.encode(), secret=True)
        topic = literal(b"apns-topic", pass_type.encode())
        if authorization:
            topic += literal(AUTHORIZATION, authorization, secret=True)
        return self.before + path + topic + self.after

    def look(self, now: float) -> None:
        """A new certificate on the disk is for new connections; the old ones finish what they took."""
        self.look_after = now + LOOK_SECONDS
        stamp = self.access.stamp()
        if stamp == self.stamp:
            return
        self.stamp = stamp
        try:
            self.context = self.made_context()
        except (OSError, BadSettings) as error:
            log.error("the new certificate or key for APNs cannot be used, the old one goes on: %s", error)
            return
        log.info("the certificate or key for APNs is another one: dialling anew")
        self.connections.leave("the certificate changed")

    async def close(self) -> None:
        """Hang up."""
        await self.connections.close()


def meaning(reply: Reply) -> Answer:
    """What Apple's status and reason mean for us."""
    if reply.status == 200:
        return SENT
    said = refusal(reply.body)
    pause = reply.retry_after.decode("ascii", "replace")
    after_seconds = int(pause) if pause.isdecimal() else None
    if said.reason == TOO_MANY and after_seconds is None:
        after_seconds = TOO_MANY_WAIT_SECONDS
    return Answer(
        judged(reply.status, said.reason),
        reply.status,
        said.reason,
        after_seconds=after_seconds,
        gone_since=said.timestamp // 1000,
    )


SENT = Answer(Outcome.SENT, 200)


def refusal(body: bytes) -> Said:
    try:
        return msgspec.json.decode(body, type=Said) if body else Said()
    except msgspec.DecodeError:
        return Said("unreadable")


def judged(status: int, reason: str) -> Outcome:
    match status:
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
    if not is_set_up(settings):
        return NotSetUp("Apple's push service")
    signer = press(settings).signer
    if settings.apns_key:
        access: Access = ByToken(settings.apns_key, settings.apns_key_id, settings.apns_team or signer.team)
    elif settings.apple_certificate and settings.apple_key and has_key(settings):
        access = ByCertificate(settings.apple_certificate, settings.apple_key, lambda: password_of(settings))
    else:
        return NotSetUp("Apple's push service: without the pass certificate's key it needs PUNCHCARD_APNS_KEY")
    return ApnsClient(
        settings.apns_url,
        access,
        settings.apns_authority,
        settings.apns_connections,
        settings.apns_push_type,
        settings.apns_priority,
    )
