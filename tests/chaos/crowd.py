"""Many who ask at one moment: each has a connection of its own and has sent all but the last byte when the barrier opens."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct

from punchcard.demo.stage import Stage

AGAIN_SECONDS, AGAIN_SECONDS_MAX = 0.05, 4.0
LINES_AT_ONCE = 100
ANSWER_SECONDS_MAX, ASKS_MOST = 120, 10_000
DOWN = (OSError, EOFError)
COME_AGAIN = {"urn:punchcard:busy", "urn:punchcard:running"}
"""No answer yet: too many are inside, or the same is being written just now."""


class Ask(Struct, frozen=True):
    """Who asks for what. `what` is what it is called in counts."""

    key: str
    method: str
    path: str
    body: bytes = b""
    what: str = ""
    headers: Mapping[str, str] = {}

    def raw(self) -> bytes:
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return (
            f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.key}\r\n{more}"
            f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n\r\n"
        ).encode() + self.body


class Answer(Struct, frozen=True):
    """What was answered in the end, and how often it took asking."""

    ask: Ask
    status: int
    body: bytes
    replayed: bool
    asks: int

    @property
    def code(self) -> str:
        """A refusal's name; empty where there is none."""
        return "" if self.status < 400 else str(self.json()["type"]).removeprefix("urn:punchcard:")

    def json(self) -> Any:
        return json.loads(self.body)


def put(key: str, path: str, body: object, what: str = "") -> Ask:
    return Ask(key, "PUT", path, msgspec.json.encode(body), what)


def post(key: str, path: str, body: object, what: str = "", **headers: str) -> Ask:
    return Ask(key, "POST", path, msgspec.json.encode(body), what, headers)


class Line:
    """One connection to the API, kept alive."""

    def __init__(self, port: int):
        self.port = port

    async def open(self) -> "Line":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    def close(self) -> None:
        self.writer.close()

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case, body."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        headers = dict(each.split(": ", 1) for each in head[1:] if each)
        return int(head[0].split()[1]), headers, await self.reader.readexactly(int(headers.get("content-length", 0)))


async def at_once(
    stage: Stage, asks: Sequence[Ask], meanwhile: Callable[[], Coroutine[Any, Any, None]] | None = None
) -> list[Answer]:
    """The answers, in the order of what was asked. Who is told to come again does; where something happens meanwhile, from
    the opening of the barrier on, so does whose connection breaks."""
    opened, gate, happening = asyncio.Barrier(len(asks)), asyncio.Semaphore(LINES_AT_ONCE), list[asyncio.Task[None]]()

    async def one(ask: Ask) -> Answer:
        async with gate:
            line = await Line(stage.config.port).open()
            await line.send(ask.raw()[:-1])
        if await opened.wait() == 0 and meanwhile:
            happening.append(asyncio.create_task(meanwhile()))
        last = ask.raw()[-1:]
        for asks in range(1, ASKS_MOST):
            try:
                await line.send(last)
                status, headers, body = await line.answer()
            except DOWN:
                if not meanwhile:
                    raise
                line = await opened_again(stage)
            else:
                if status not in (409, 429, 503) or json.loads(body)["type"] not in COME_AGAIN:
                    line.close()
                    return Answer(ask, status, body, "idempotent-replayed" in headers, asks)
                await asyncio.sleep(random.uniform(0.5, 1) * min(AGAIN_SECONDS * 2**asks, AGAIN_SECONDS_MAX))
            last = ask.raw()
        raise AssertionError(f"{ask.path} is never answered")

    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        answers = await asyncio.gather(*(one(ask) for ask in asks))
        await asyncio.gather(*happening)
        return answers


async def opened_again(stage: Stage) -> Line:
    """As soon as somebody listens."""
    while True:
        await asyncio.sleep(random.uniform(1, 10) * AGAIN_SECONDS)
        with suppress(OSError):
            return await Line(stage.config.port).open()


def told(answers: Sequence[Answer]) -> Counter[tuple[str, str]]:
    """How often each kind of request was answered how: a refusal's name, or `done`."""
    return Counter((each.ask.what, each.code or "done") for each in answers)


def done(answers: Sequence[Answer]) -> list[Answer]:
    return [each for each in answers if each.status < 300]
