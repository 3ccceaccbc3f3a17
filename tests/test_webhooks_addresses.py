"""A message never goes into our own network, whatever an address looks like, resolves to or redirects to."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from punchcard.foundation.outside import Answer, Outcome
from punchcard.foundation.settings import Settings
from punchcard.sandbox.server import Reply, Request, serve
from punchcard.webhooks import address, posting
from punchcard.webhooks.model import AddressPrivate, AddressUnreadable, HttpsOnly

AT = 1_795_003_200
HEADERS = {"webhook-id": "msg_1"}


@pytest.fixture
def strict(papers: Settings) -> Settings:
    """As outside the demo, but that http is allowed where a test says so."""
    return replace(papers, demo=False)


@asynccontextmanager
async def canary(reply: Reply | None = None) -> AsyncIterator[tuple[int, list[Request]]]:
    """A listener on loopback that must not be reached; its port, and what reached it."""
    heard: list[Request] = []

    async def answer(request: Request) -> Reply:
        heard.append(request)
        return reply or Reply(200)

    async with serve(answer) as base:
        yield int(base.rpartition(":")[2]), heard


LOOPBACKS = [
    "127.0.0.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.1",
    "0x7f000001",
    "127.1",
    "127.0.0.1.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "0.0.0.0",
    "[::]",
    "localhost",
    "LOCALHOST",
    "a.localhost",
    "localhost.",
    "ip6-localhost",
]
PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "[fe80::1]",
    "[fd00::1]",
    "[ff02::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "3232235777",
    "0xa9fea9fe",
]


@pytest.mark.parametrize("host", LOOPBACKS + PRIVATE)
async def test_nothing_is_dialled_in_our_own_network(host: str, strict: Settings, monkeypatch: pytest.MonkeyPatch):
    dialled: list[Any] = []
    monkeypatch.setattr(asyncio, "open_connection", lambda *where, **how: dialled.append(where))
    async with canary() as (port, heard):
        answer = await posting.post(f"https://{host}:{port}/", HEADERS, b"{}", strict, AT)

    assert answer.outcome is Outcome.LATER and (heard, dialled) == ([], [])
    assert answer.reason in ("address-private", "gaierror"), answer


@pytest.mark.parametrize("host", [*LOOPBACKS[:18], *PRIVATE])
def test_an_owner_cannot_even_put_such_an_address(host: str, strict: Settings):
    with pytest.raises(AddressPrivate):
        address.check(f"https://{host}/hooks", strict)


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700::1111]", "shop.example", "xn--80ak6aa92e.example"])
def test_public_addresses_can_be_put(host: str, strict: Settings):
    address.check(f"https://{host}/hooks?of=nola", strict)


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("http://shop.example/", HttpsOnly),
        ("file:///etc/passwd", AddressUnreadable),
        ("gopher://shop.example/", AddressUnreadable),
        ("https:///hooks", AddressUnreadable),
        ("https://shop.example:0/", AddressUnreadable),
        ("https://shop.example:99999/", AddressUnreadable),
        ("https://me@shop.example/", AddressUnreadable),
        ("https://shop.example\\@127.0.0.1/", AddressUnreadable),
        ("https://shop.example#@127.0.0.1/", AddressUnreadable),
        ("https://[::1/", AddressUnreadable),
        ("https://shop%2eexample/", AddressUnreadable),
        ("https://１２７.0.0.1/", AddressUnreadable),
    ],
)
async def test_what_is_no_address_is_refused_and_not_dialled(url: str, refusal: type[Exception], strict: Settings):
    with pytest.raises(refusal):
        address.check(url, strict)

    assert (await posting.post(url, HEADERS, b"{}", strict, AT)).outcome is Outcome.LATER


async def test_a_private_network_can_be_allowed_by_a_setting(strict: Settings):
    address.check("https://10.0.0.1/hooks", replace(strict, webhooks_private=True))


async def test_a_name_that_stands_for_a_private_number_too_is_not_dialled(
    strict: Settings, monkeypatch: pytest.MonkeyPatch
):
    async with canary() as (port, heard):
        answers_with(monkeypatch, [["8.8.8.8", "127.0.0.1"]])
        answer = await posting.post(f"https://shop.example:{port}/", HEADERS, b"{}", strict, AT)

    assert (answer.reason, heard) == ("address-private", [])


async def test_a_name_is_asked_for_once_and_that_very_number_is_dialled(
    strict: Settings, monkeypatch: pytest.MonkeyPatch
):
    """A second answer, of another number, changes nothing: DNS rebinding."""
    asked = answers_with(monkeypatch, [["8.8.8.8"], ["127.0.0.1"]])
    dialled: list[str] = []

    async def dial(host: str, *_: Any, **__: Any) -> Any:
        dialled.append(host)
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio, "open_connection", dial)
    answer = await posting.post("https://shop.example/", HEADERS, b"{}", strict, AT)

    assert (asked, dialled) == (["shop.example"], ["8.8.8.8"])
    assert answer == Answer(Outcome.LATER, reason="ConnectionRefusedError")


def answers_with(monkeypatch: pytest.MonkeyPatch, answers: list[list[str]]) -> list[str]:
    """Names stand for these numbers, one list after the other; says what was asked for."""
    asked: list[str] = []

    async def look_up(host: str, port: int, **_: Any) -> Any:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answers[len(asked) - 1]]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_failure_and_leads_nowhere(papers: Settings, status: int):
    async with canary() as (port, heard):
        lure = Reply(status, headers={"location": f"http://127.0.0.1:{port}/"})
        async with canary(lure) as (lured, _):
            answer = await posting.post(f"http://127.0.0.1:{lured}/", HEADERS, b"{}", papers, AT)

    assert (answer.outcome, answer.status, heard) == (Outcome.LATER, status, [])


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00" * 100,
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 100_000,
        b"HTTP/1.1 103 Hints\r\n\r\n" * 9000,
    ],
)
async def test_whatever_comes_instead_of_an_answer_is_a_failure(papers: Settings, said: bytes):
    async with saying(said) as port:
        answer = await posting.post(f"http://127.0.0.1:{port}/", HEADERS, b"{}", papers, AT)

    assert answer.outcome is Outcome.LATER and answer.reason


async def test_an_endless_answer_is_accepted_by_its_head_and_not_read(papers: Settings):
    async with saying(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"ffff\r\n", more=b"x" * 65536
    ) as port:
        answer = await posting.post(f"http://127.0.0.1:{port}/", HEADERS, b"{}", papers, AT)

    assert answer == Answer(Outcome.SENT, 200)


async def test_a_silent_receiver_is_left_after_its_time(papers: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(posting, "TIMEOUT_SECONDS", 0.2)
    async with saying(b"", more=None) as port:
        answer = await posting.post(f"http://127.0.0.1:{port}/", HEADERS, b"{}", papers, AT)

    assert answer == Answer(Outcome.LATER, reason="timeout")


@asynccontextmanager
async def saying(said: bytes, more: bytes | None = b"") -> AsyncIterator[int]:
    """A server that says just this to whoever comes; then `more` for ever, nothing and hangs up, or (None) waits."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read(65_536)
            writer.write(said)
            while more or more is None:
                writer.write(more or b"")
                await writer.drain()
                await asyncio.sleep(0.01)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_a_certificate_must_be_trusted_and_bear_the_name(papers: Settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    assert papers.apple_certificate and papers.apple_key
    context.load_cert_chain(papers.apple_certificate, papers.apple_key)

    async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    try:
        port = server.sockets[0].getsockname()[1]
        answer = await posting.post(f"https://127.0.0.1:{port}/", HEADERS, b"{}", papers, AT)
    finally:
        server.close()

    assert answer == Answer(Outcome.LATER, reason="SSLCertVerificationError")
