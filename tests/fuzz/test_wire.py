"""Hostile bytes on the line to the real server: it answers or hangs up, tells nothing, and goes on serving others."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import uuid4

import httpx
import pytest

from punchcard.demo.stage import Stage, raised
from tests.bench.figures import children
from tests.chaos.ground import ROOT
from tests.fuzz.test_requests import INSIDES

ANSWER_SECONDS_MAX = 3.0
SLOW_CLIENTS, OTHERS_SECONDS_MAX = 200, 2.0


def put(*headers: bytes, body: bytes = b"") -> bytes:
    path = f"/till/sales/{uuid4()}".encode()
    return b"\r\n".join([b"PUT " + path + b" HTTP/1.1", b"Host: 127.0.0.1", *headers, b"", b""]) + body


JSON = b"Content-Type: application/json"
LINES = {
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
    "HTTP of another century": b"GET /health\r\n\r\n",
    "a version that never was": b"GET /health HTTP/9.9\r\nHost: a\r\n\r\n",
    "a header of 64 kB": put(b"X-Large: " + b"x" * 65_536),
    "a header of 1 MB": put(b"X-Large: " + b"x" * 1_000_000),
    "ten thousand headers": put(*[b"X-%d: 1" % n for n in range(10_000)]),
    "a path of 100 kB": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "a path that is no UTF-8": b"GET /%ff%fe/%c3%28 HTTP/1.1\r\nHost: a\r\n\r\n",
    "raw bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    "a NUL in a header": put(b"X-Nul: a\x00b"),
    "a header that goes on": put(b"X-Folded: a\r\n b"),
    "two lengths": put(JSON, b"Content-Length: 2", b"Content-Length: 20", body=b"{}"),
    "a length below zero": put(JSON, b"Content-Length: -1", body=b"{}"),
    "a length that is no number": put(JSON, b"Content-Length: 0x2", body=b"{}"),
    "a length beyond all": put(JSON, b"Content-Length: 99999999999999999999", body=b"{}"),
    "less than was promised": put(JSON, b"Content-Length: 200", body=b"{}"),
    "length and chunks": put(JSON, b"Content-Length: 4", b"Transfer-Encoding: chunked", body=b"0\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
    "chunks twice": put(JSON, b"Transfer-Encoding: chunked, chunked", body=b"2\r\n{}\r\n0\r\n\r\n"),
    "a chunk that lies": put(JSON, b"Transfer-Encoding: chunked", body=b"ffffffff\r\n{}\r\n0\r\n\r\n"),
    "a chunk that is no number": put(JSON, b"Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n"),
    "a strange coding": put(JSON, b"Transfer-Encoding: xchunked", body=b"2\r\n{}\r\n0\r\n\r\n"),
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a host that is none": put(JSON, b"Host: [::", b"Content-Length: 2", body=b"{}"),
    "a wish to change the protocol": b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n",
    "the beginning of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 200,
    "a proxy's wish": b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n",
    "a body of 2 MB": put(JSON, b"Content-Length: 2000000", body=b" " * 2_000_000),
}  # fmt: skip


@pytest.fixture(scope="module")
async def stage() -> AsyncIterator[Stage]:
    ROOT.mkdir(parents=True, exist_ok=True)
    async with raised(ROOT, "fsync=off", port=0, workers=0) as made:
        yield made


async def said(stage: Stage, sent: bytes) -> bytes:
    """What comes back until the line is closed, or nothing more does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.config.port)
    answer = b""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            writer.write(sent)
            await writer.drain()
            writer.write_eof()
            while more := await reader.read(65_536):
                answer += more
    writer.close()
    return answer


@pytest.mark.parametrize("sent", LINES.values(), ids=LINES)
async def test_hostile_bytes_break_nothing(stage: Stage, sent: bytes) -> None:
    processes = children(stage.processes["serve"].pid)

    answer = await said(stage, sent)

    status = answer.split(b" ")[1:2]
    assert not status or status[0] < b"500", answer[:300]
    assert not INSIDES.search(answer.decode("latin-1")), answer[:300]
    assert children(stage.processes["serve"].pid) == processes
    async with httpx.AsyncClient(base_url=stage.url, timeout=5) as client:
        assert (await client.get("/health")).status_code == 200


async def test_many_who_never_finish_their_request_keep_nobody_waiting(stage: Stage) -> None:
    lines = [await asyncio.open_connection("127.0.0.1", stage.config.port) for _ in range(SLOW_CLIENTS)]
    for _, writer in lines:
        writer.write(put(JSON, b"Content-Length: 100", body=b"{"))

    began = time.perf_counter()
    async with httpx.AsyncClient(base_url=stage.url, timeout=10) as client:
        statuses = {(await client.get("/health")).status_code for _ in range(20)}
    seconds = time.perf_counter() - began
    for _, writer in lines:
        writer.close()

    print(f"{SLOW_CLIENTS} open requests; 20 others in {seconds:.2f} s")
    assert statuses == {200} and seconds < OTHERS_SECONDS_MAX
