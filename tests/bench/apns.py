"""Pushes a second and CPU for each: beside aioapns against a stand-in, beside httpx against nghttpd, on one connection.

Servers run in processes of their own and clients take turns on uvloop, as in the worker, a hundred pushes at a time. The
stand-in sends the apns-id without which aioapns finds no push, and is quick enough to let clients show what they can."""

import asyncio
import resource
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvloop
from aioapns import APNs, NotificationRequest
from aioapns.connection import APNsProductionClientProtocol
from msgspec import Struct

from punchcard.foundation.outside import Outcome
from punchcard.passes.apple import ApnsClient, ByCertificate
from punchcard.sandbox import authority
from punchcard.sandbox.authority import Authority
from tests.nghttpd import NGHTTPD, running

from .figures import Figure, at_least, told

COMMAND = "make bench ONLY=apns"
PUSHES, AT_ONCE, ROUNDS, WARM_UP = 8000, 100, 3, 500
HTTPX_PUSHES = 1000
"""It takes ten times as long."""
TOKENS = [f"{number:064x}" for number in range(PUSHES)]

Push = Callable[[str], Awaitable[bool]]


class Turn(Struct, frozen=True):
    a_second: float
    cpu_us: float
    """Microseconds for one push."""


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        made = authority.make(Path(folder))
        with stand_in(Path(folder)) as url:
            ours, theirs = uvloop.run(in_turns(made, url, aioapns(made, url), PUSHES))
        found = [
            told("pushes, ours to a stand-in", median(ours), "a second", COMMAND),
            told("pushes, aioapns to a stand-in", median(theirs), "a second", COMMAND),
            at_least("pushes, ours ÷ aioapns", ratio(ours, theirs), "times", 2, COMMAND),
            told("CPU of a push, ours", cpu(ours), "µs", COMMAND),
            told("CPU of a push, aioapns", cpu(theirs), "µs", COMMAND),
            told("CPU of a push, aioapns ÷ ours", cpu(theirs) / cpu(ours), "times", COMMAND),
        ]
        if NGHTTPD:
            with running(made) as url:
                ours, theirs = uvloop.run(in_turns(made, url, through_httpx(made, url), HTTPX_PUSHES))
            found += [
                told("pushes, ours to nghttpd", median(ours), "a second", COMMAND),
                told("pushes, httpx to nghttpd", median(theirs), "a second", COMMAND),
                told("CPU of a push to nghttpd, ours", cpu(ours), "µs", COMMAND),
                told("CPU of a push to nghttpd, httpx", cpu(theirs), "µs", COMMAND),
            ]
    return found


def median(turns: list[Turn]) -> float:
    return statistics.median(turn.a_second for turn in turns)


def cpu(turns: list[Turn]) -> float:
    return statistics.median(turn.cpu_us for turn in turns)


def ratio(ours: list[Turn], theirs: list[Turn]) -> float:
    """The median over the rounds of what each round gave."""
    return statistics.median(mine.a_second / other.a_second for mine, other in zip(ours, theirs, strict=True))


async def in_turns(made: Authority, url: str, other: Callable[[], Push], number: int) -> tuple[list[Turn], list[Turn]]:
    """Ours and another client, each on a connection of its own that is warm."""
    client = ApnsClient(url, ByCertificate(made.certificate, made.key), authority=made.root, connections=1)

    async def wake(token: str) -> bool:
        return (await client.wake(token, authority.PASS_TYPE)).outcome is Outcome.SENT

    push = other()
    ours, theirs = [], []
    for each in (wake, push):
        await turn(each, min(WARM_UP, number))
    for _ in range(ROUNDS):
        theirs.append(await turn(push, number))
        ours.append(await turn(wake, PUSHES))
    await client.close()
    return ours, theirs


async def turn(push: Push, number: int) -> Turn:
    """So many pushes, a hundred at a time; all must arrive."""
    waiting = iter(TOKENS[:number])

    async def some() -> None:
        for token in waiting:
            assert await push(token)

    began, used = time.perf_counter(), cpu_seconds()
    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return Turn(number / (time.perf_counter() - began), (cpu_seconds() - used) / number * 1e6)


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def aioapns(made: Authority, url: str) -> Callable[[], Push]:
    both = made.key.with_name("both.pem")
    both.write_bytes(made.certificate.read_bytes() + made.key.read_bytes())

    class Here(APNsProductionClientProtocol):
        APNS_SERVER = "localhost"
        APNS_PORT = int(url.rpartition(":")[2])

    def opened() -> Push:
        client = APNs(
            client_cert=str(both),
            topic=authority.PASS_TYPE,
            max_connections=1,
            ssl_context=ssl.create_default_context(cafile=made.root),
        )
        client.pool.protocol_class = Here

        async def push(token: str) -> bool:
            result = await client.send_notification(NotificationRequest(device_token=token, message={}))
            return bool(result.is_successful)

        return push

    return opened


def through_httpx(made: Authority, url: str) -> Callable[[], Push]:
    def opened() -> Push:
        context = ssl.create_default_context(cafile=made.root)
        context.load_cert_chain(made.certificate, made.key)
        limits = httpx.Limits(max_connections=1)
        client = httpx.AsyncClient(http1=False, http2=True, verify=context, limits=limits, timeout=60)

        async def push(token: str) -> bool:
            headers = {"apns-topic": authority.PASS_TYPE}
            return (await client.post(f"{url}/3/device/{token}", content=b"{}", headers=headers)).status_code == 200

        return push

    return opened


@contextmanager
def stand_in(folder: Path) -> Iterator[str]:
    """A stand-in for Apple's service, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.apns_server", str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
