"""Firebase Cloud Messaging v1 over connections of our own: one request for one attempt."""

import asyncio
import logging
import ssl
import time
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct

from punchcard.foundation.google_api import after_seconds, authorities, plain, reason
from punchcard.foundation.google_api import message as sentence
from punchcard.foundation.google_auth import MESSAGING_SCOPE, TIMEOUT_SECONDS, AccessTokens, NoAccess, service_account
from punchcard.foundation.http2 import (
    AUTHORITY,
    AUTHORIZATION,
    CONTENT_TYPE,
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
from punchcard.foundation.outside import Answer, Outcome
from punchcard.foundation.settings import Settings

log = logging.getLogger(__name__)

MESSAGES = counter("punchcard_fcm_messages_total", "Messages to Firebase by what they came to.", ("outcome",))
SECONDS = histogram(
    "punchcard_fcm_seconds",
    "From a message to Firebase's answer, waiting for a connection included.",
    (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ALARMS = counter("punchcard_fcm_alarms_total", "Refusals that are our configuration's fault, by reason.", ("reason",))
ANSWER_SECONDS_MAX = 10.0
TRIES = 3
QUOTA_WAIT_SECONDS = 60
"""What Google asks for when a 429 names no time."""


class Firebase:
    """The real `outside.Fcm`; `fcm_url` may lead to the sandbox's instead."""

    def __init__(self, settings: Settings):
        """Dials nothing yet."""
        assert settings.google_service_account and settings.fcm_project, "FCM needs a service account and a project"
        parts = urlsplit(settings.fcm_url)
        assert parts.scheme == "https" and parts.hostname, settings.fcm_url
        path = f"/v1/projects/{settings.fcm_project}/messages:send"
        where = literal(AUTHORITY, parts.netloc.encode()) + literal(PATH, path.encode())
        self.before = POST + HTTPS + where + literal(CONTENT_TYPE, b"application/json; charset=utf-8")
        self.context = ssl.create_default_context(cafile=settings.fcm_authority)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["h2"])
        self.connections = Connections(
            "FCM", parts.hostname, parts.port or 443, settings.fcm_connections, STREAMS_AT_ONCE_MAX
        )
        self.http = httpx.AsyncClient(verify=authorities(), timeout=TIMEOUT_SECONDS)
        self.tokens = AccessTokens(service_account(settings.google_service_account), MESSAGING_SCOPE, self.http)
        self.accepted = ""
        self.alarmed: set[str] = set()
        """What we complained of since a message was last taken."""

    async def send(self, message: bytes) -> Answer:
        """One attempt is one request, whatever comes back: a repeat is the outbox's to decide. Never raises.

        `body` of the answer is the message's name. Where an access token had ended, the next attempt brings a new one."""
        began = time.monotonic()
        answer = await self.answered(message)
        MESSAGES.inc(outcome=answer.outcome.value)
        if answer.status:
            SECONDS.observe(time.monotonic() - began)
        if answer.outcome is Outcome.MISCONFIGURED:
            self.alarm(answer)
        elif answer.outcome is Outcome.SENT:
            self.alarmed.clear()
        return answer

    async def answered(self, message: bytes) -> Answer:
        try:
            token = await self.tokens.get()
        except NoAccess as error:
            return error.answer
        block = self.before + literal(AUTHORIZATION, b"Bearer " + token.encode(), secret=True)
        answer = Answer(Outcome.LATER)
        for _ in range(TRIES):
            connection = self.connections.free() or await self.connections.place(self.context, ANSWER_SECONDS_MAX)
            if isinstance(connection, Answer):
                return connection
            stream = connection.ask(block, message, ANSWER_SECONDS_MAX)
            try:
                reply = await stream.answered
            except asyncio.CancelledError:
                connection.give_up(stream)
                raise
            except NotTaken as error:
                answer = Answer(Outcome.LATER, reason=str(error))
                continue
            except Lost as error:
                return Answer(misfortune(error), reason=f"connection lost: {error}")
            except TimeoutError:
                return Answer(Outcome.LATER, reason=f"no answer in {ANSWER_SECONDS_MAX:.0f} seconds")
            return self.judged(reply, token)
        return answer

    def judged(self, reply: Reply, token: str) -> Answer:
        was_good = token == self.accepted
        if reply.status == 401:
            self.tokens.forget(token)
        else:
            self.accepted = token
        return meaning(reply, was_good)

    def alarm(self, answer: Answer) -> None:
        """Once for each reason, until something is taken again: the phones are not at fault, and stay."""
        word = answer.reason.partition(":")[0] if answer.status else "connection"
        ALARMS.inc(reason=word)
        if word not in self.alarmed:
            self.alarmed.add(word)
            log.error("Firebase refuses us, and no phone is at fault: %d %s", answer.status, answer.reason)

    async def close(self) -> None:
        """Hang up."""
        await self.connections.close()
        await self.http.aclose()


class Taken(Struct, frozen=True):
    name: str = ""


def meaning(reply: Reply, token_was_good: bool = True) -> Answer:
    """What Firebase's status and words mean for us."""
    if reply.status == 200:
        return Answer(Outcome.SENT, 200, body=named(reply.body))
    body = plain(bytes(reply.body))
    word = reason(body)
    words = f"{word}: {text}" if (text := sentence(body)) else word
    wait = after_seconds({"retry-after": reply.retry_after.decode("latin-1")})
    if reply.status == 429 and wait is None:
        wait = QUOTA_WAIT_SECONDS
    return Answer(verdict(reply.status, word, token_was_good), reply.status, words, wait)


def named(body: bytes | bytearray) -> str:
    try:
        return msgspec.json.decode(body, type=Taken).name
    except msgspec.MsgspecError:
        return ""


def verdict(status: int, word: str, token_was_good: bool) -> Outcome:
    """A dead address only by their word UNREGISTERED: a wrong project answers 404 as well, and no phone is at fault."""
    match status, word:
        case 404, "UNREGISTERED":
            return Outcome.GONE
        case 401, "THIRD_PARTY_AUTH_ERROR":
            return Outcome.MISCONFIGURED
        case 401, _:
            return Outcome.LATER if token_was_good else Outcome.MISCONFIGURED
        case ((403 | 404), _):
            return Outcome.MISCONFIGURED
        case ((0 | 408 | 429), _):
            return Outcome.LATER
    return Outcome.LATER if status >= 500 else Outcome.REFUSED
