"""Our push client against the stand-in: every answer of Apple's and what we make of it, and connections that end."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from punchcard.foundation.http2 import connection
from punchcard.foundation.http2.connection import Http2
from punchcard.foundation.http2.connections import misfortune
from punchcard.foundation.outside import Answer, Outcome
from punchcard.passes.apple import ApnsClient, ByCertificate
from punchcard.passes.apple import apns as real
from punchcard.sandbox import apns, authority
from punchcard.sandbox.apns import Apns
from punchcard.sandbox.authority import Authority

from .apple import made

__all__ = ["made"]  # a fixture

pytestmark = pytest.mark.anyio

TOKEN = "0a" * 32


@pytest.fixture
async def apple(made: Authority) -> AsyncIterator[Apns]:
    async with apns.apns(made) as stand_in:
        yield stand_in


@pytest.fixture
async def client(made: Authority, apple: Apns) -> AsyncIterator[ApnsClient]:
    calling = ApnsClient(apple.url, ByCertificate(made.certificate, made.key), authority=made.root)
    yield calling
    await calling.close()


async def test_a_phone_is_woken_by_an_empty_push_to_the_pass_type(apple: Apns, client: ApnsClient):
    woken: list[int] = []
    apple.register(TOKEN, lambda: woken.append(1))

    answer = await client.wake(TOKEN, authority.PASS_TYPE)

    assert answer.outcome is Outcome.SENT and woken == [1]
    assert apple.requests == [
        {
            "method": "POST",
            "path": f"/3/device/{TOKEN}",
            "headers": {"apns-topic": authority.PASS_TYPE},
            "body": {},
            "status": 200,
            "reason": "",
        }
    ]


@pytest.mark.parametrize(
    "status, reason, outcome",
    [
        (400, "BadDeviceToken", Outcome.GONE),
        (400, "DeviceTokenNotForTopic", Outcome.MISCONFIGURED),
        (400, "TopicDisallowed", Outcome.MISCONFIGURED),
        (400, "BadTopic", Outcome.MISCONFIGURED),
        (400, "MissingTopic", Outcome.MISCONFIGURED),
        (400, "BadMessageId", Outcome.REFUSED),
        (400, "PayloadEmpty", Outcome.REFUSED),
        (400, "IdleTimeout", Outcome.LATER),
        (403, "BadCertificate", Outcome.MISCONFIGURED),
        (403, "BadCertificateEnvironment", Outcome.MISCONFIGURED),
        (404, "BadPath", Outcome.REFUSED),
        (405, "MethodNotAllowed", Outcome.REFUSED),
        (410, "Unregistered", Outcome.GONE),
        (410, "ExpiredToken", Outcome.GONE),
        (413, "PayloadTooLarge", Outcome.REFUSED),
        (429, "TooManyRequests", Outcome.LATER),
        (500, "InternalServerError", Outcome.LATER),
        (503, "ServiceUnavailable", Outcome.LATER),
        (503, "Shutdown", Outcome.LATER),
    ],
)
async def test_each_answer_says_what_to_do(apple: Apns, client: ApnsClient, status, reason, outcome):
    apple.register(TOKEN, lambda: None)
    apple.fail(TOKEN, status, reason)

    answer = await client.wake(TOKEN, authority.PASS_TYPE)

    assert (answer.outcome, answer.status, answer.reason) == (outcome, status, reason)


async def test_a_dead_token_says_since_when_in_seconds(apple: Apns, client: ApnsClient):
    before = int(time.time())
    apple.register(TOKEN, lambda: None)
    apple.unregister(TOKEN)

    answer = await client.wake(TOKEN, authority.PASS_TYPE)

    assert answer.outcome is Outcome.GONE and before <= answer.gone_since <= int(time.time())


async def test_the_seconds_that_apple_asks_for_are_kept(apple: Apns, client: ApnsClient):
    apple.fail(TOKEN, 429, "TooManyRequests", after_seconds=17)

    answer = await client.wake(TOKEN, authority.PASS_TYPE)

    assert answer.after_seconds == 17


async def test_another_pass_type_is_a_misconfiguration_and_no_phone_is_at_fault(apple: Apns, client: ApnsClient):
    apple.register(TOKEN, lambda: None)

    answer = await client.wake(TOKEN, "pass.com.example.other")

    assert answer.outcome is Outcome.MISCONFIGURED


@pytest.mark.parametrize(
    "token, status, reason",
    [("zz" * 16, 400, "BadDeviceToken"), ("", 400, "MissingDeviceToken"), ("ab" * 32, 400, "BadDeviceToken")],
)
async def test_the_stand_in_knows_good_tokens_from_bad(apple: Apns, client: ApnsClient, token, status, reason):
    answer = await client.wake(token, authority.PASS_TYPE)

    assert (answer.status, answer.reason) == (status, reason)


async def test_many_pushes_share_two_connections_within_what_the_server_takes(apple: Apns, client: ApnsClient):
    apple.streams_max = 3
    apple.delay_seconds = 0.01
    tokens = [f"{n:064x}" for n in range(40)]
    for token in tokens:
        apple.register(token, lambda: None)

    answers = await asyncio.gather(*(client.wake(token, authority.PASS_TYPE) for token in tokens))

    assert all(answer.outcome is Outcome.SENT for answer in answers)
    assert apple.connected == 2


async def test_thousands_of_refusals_do_not_fill_the_window(made: Authority, apple: Apns):
    """The bodies of refusals must be acknowledged: 65,535 bytes of them otherwise stop the connection."""
    access = ByCertificate(made.certificate, made.key)
    client = ApnsClient(apple.url, access, authority=made.root, connections=1)

    async def some(count: int) -> list[Answer]:
        return await asyncio.gather(*(client.wake(f"{n:064x}", authority.PASS_TYPE) for n in range(count)))

    answers = [answer for _ in range(6) for answer in await some(500)]
    await client.close()

    assert {answer.reason for answer in answers} == {"BadDeviceToken"}
    assert apple.connected == 1


async def test_after_goodbye_only_what_was_not_taken_is_sent_again(apple: Apns, client: ApnsClient):
    apple.delay_seconds = 0.05
    apple.goodbye_at = 5
    woken: list[str] = []
    tokens = [f"{n:064x}" for n in range(12)]
    for token in tokens:
        apple.register(token, partial(woken.append, token))

    answers = await asyncio.gather(*(client.wake(token, authority.PASS_TYPE) for token in tokens))

    assert all(answer.outcome is Outcome.SENT for answer in answers)
    assert sorted(woken) == tokens, "each phone is woken exactly once"
    assert apple.connected == 2


class Blind(Http2):
    """The mutant: takes a goodbye for the end of everything, as h2 does, and sends all of it again."""

    def goodbye(self, last: int, words: bytes) -> None:
        super().goodbye(0, words)


async def test_the_check_kills_a_mutant_that_sends_everything_again(apple: Apns, client: ApnsClient, monkeypatch):
    monkeypatch.setattr(connection, "Http2", Blind)
    apple.delay_seconds, apple.goodbye_at = 0.05, 5
    woken: list[str] = []
    tokens = [f"{n:064x}" for n in range(12)]
    for token in tokens:
        apple.register(token, partial(woken.append, token))

    await asyncio.gather(*(client.wake(token, authority.PASS_TYPE) for token in tokens))

    assert len(woken) > len(tokens)


async def test_a_goodbye_while_idle_costs_nothing(apple: Apns, client: ApnsClient):
    apple.register(TOKEN, lambda: None)
    await client.wake(TOKEN, authority.PASS_TYPE)
    apple.goodbye()
    await asyncio.sleep(0.05)

    answer = await client.wake(TOKEN, authority.PASS_TYPE)

    assert answer.outcome is Outcome.SENT and apple.connected == 2


async def test_a_connection_that_breaks_under_way_is_tried_later_not_blindly(apple: Apns, client: ApnsClient):
    apple.delay_seconds = 5
    arrived = asyncio.Event()
    apple.register(TOKEN, arrived.set)
    waiting = asyncio.create_task(client.wake(TOKEN, authority.PASS_TYPE))
    await arrived.wait()

    for conversation in list(apple.conversations):
        assert conversation.transport
        conversation.transport.abort()

    assert (await waiting).outcome is Outcome.LATER
    assert len(apple.requests) == 1


async def test_no_answer_in_time_is_tried_later_on_another_connection(apple: Apns, client: ApnsClient, monkeypatch):
    monkeypatch.setattr(real, "ANSWER_SECONDS_MAX", 0.5)
    apple.register(TOKEN, lambda: None)
    apple.delay_seconds = 2

    late = await client.wake(TOKEN, authority.PASS_TYPE)
    apple.delay_seconds = 0
    well = await client.wake(TOKEN, authority.PASS_TYPE)

    assert (late.outcome, well.outcome) == (Outcome.LATER, Outcome.SENT)
    assert apple.connected == 2, "a connection that stays silent is taken for dead"


async def test_nobody_there_is_later_and_the_next_try_waits(made: Authority):
    client = ApnsClient("https://localhost:9", ByCertificate(made.certificate, made.key), authority=made.root)

    first = await client.wake(TOKEN, authority.PASS_TYPE)
    second = await client.wake(TOKEN, authority.PASS_TYPE)

    assert first.outcome is second.outcome is Outcome.LATER
    assert second.after_seconds and client.connections.failures == 1, "the second did not dial"


async def test_a_server_of_another_authority_is_not_spoken_to(made: Authority, apple: Apns, tmp_path: Path):
    other = authority.make(tmp_path)
    client = ApnsClient(apple.url, ByCertificate(made.certificate, made.key), authority=other.root)

    answer = await client.wake(TOKEN, authority.PASS_TYPE)

    assert answer.outcome is Outcome.MISCONFIGURED and not apple.requests


async def test_a_certificate_of_another_authority_is_not_let_in(made: Authority, apple: Apns, tmp_path: Path):
    other = authority.make(tmp_path)
    client = ApnsClient(apple.url, ByCertificate(other.certificate, other.key), authority=made.root)

    answer = await client.wake(TOKEN, authority.PASS_TYPE)

    assert answer.outcome in (Outcome.MISCONFIGURED, Outcome.LATER)  # asyncio's server may hang up before its alert
    assert answer.after_seconds and not apple.requests


@pytest.mark.parametrize(
    "words",
    ["[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] certificate required", "[SSL] tlsv1 alert unknown ca (_ssl.c:2580)"],
)
def test_an_alert_about_a_certificate_is_known_as_one(words):
    assert misfortune(ssl.SSLError(words)) is Outcome.MISCONFIGURED
