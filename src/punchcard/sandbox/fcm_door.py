"""The door to Firebase's stand-in that our own client takes: HTTP/2 over TLS, and out of order when it is told to be."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

from . import h2_server
from .authority import Server, make_server
from .fcm import Fault, Fcm
from .h2_server import Conversation, Reply
from .server import Reply as Said
from .server import Request

Away = Literal["", "refuses", "silent", "503"]
INTERNAL_ERROR = 2


class Door:
    """Takes connections for the stand-in; `url` is where, and `authority` whom to trust for it."""

    strangers_max = 100
    window_bytes = 65_535
    delay_seconds = 0.0
    goodbye_at = 0

    def __init__(self, fcm: Fcm, files: Server):
        self.fcm, self.authority = fcm, files.root
        self.conversations: set[Conversation] = set()
        self.requests = fcm.requests
        self.connected = 0
        self.streams_max = 100
        self.url = ""
        self.away: Away = ""
        self.listener: asyncio.Server | None = None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(files.certificate, files.key)
        self.context.set_alpn_protocols(["h2"])

    @property
    def is_silent(self) -> bool:
        return self.away == "silent"

    async def listen(self, port: int = 0) -> None:
        self.listener = await asyncio.get_running_loop().create_server(
            lambda: Spoken(self), "127.0.0.1", port, ssl=self.context
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

    def judged(self, request: h2_server.Request) -> tuple[Said, Fault]:
        if self.away == "503":
            self.fcm.requests.append({"method": request.method, "path": request.path, "body": json.loads(request.body)})
            return Said(503, {"error": {"code": 503, "status": "UNAVAILABLE"}}), Fault(503)
        return self.fcm.judged(Request(request.method, request.path, {}, request.headers, request.body))

    def answer(self, request: h2_server.Request, certificate: bytes) -> Reply:
        return written(self.judged(request)[0])

    async def close(self) -> None:
        if self.listener:
            self.listener.close()
        for conversation in list(self.conversations):
            conversation.end()


class Spoken(Conversation):
    """One client's connection, where more may go wrong than a bad answer."""

    def __init__(self, door: Door):
        super().__init__(door)
        self.door = door

    def take(self, number: int, request: h2_server.Request) -> None:
        self.taken.add(number)
        self.last = number
        said, fault = self.door.judged(request)
        seconds = fault.seconds or self.door.delay_seconds
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self.finish, number, written(said), fault)
        else:
            self.finish(number, written(said), fault)

    def finish(self, number: int, reply: Reply, fault: Fault) -> None:
        if fault.cut:
            self.abort()
        elif fault.reset is not None and number in self.taken:
            self.taken.discard(number)
            self.h2.reset_stream(number, fault.reset)
        else:
            self.answer(number, reply)
        self.flush()
        if fault.goodbye and not self.leaving:
            self.goodbye()


def written(said: Said) -> Reply:
    content: Any = b"" if said.body is None else json.dumps(said.body).encode()
    return Reply(said.status, {"content-type": "application/json; charset=UTF-8"} | said.headers, content)


@contextlib.asynccontextmanager
async def opened(fcm: Fcm, folder: Path, port: int = 0) -> AsyncIterator[Door]:
    """The door, until the block ends."""
    door = Door(fcm, make_server(folder, "fcm"))
    await door.listen(port)
    try:
        yield door
    finally:
        await door.close()
