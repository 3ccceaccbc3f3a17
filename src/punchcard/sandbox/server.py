"""A small HTTP/1.1 server for the stand-ins: in this process, on loopback, on any free port."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import h11
from msgspec import Struct

BODY_BYTES_MAX = 5_000_000
READ_BYTES = 65_536


class Request(Struct, frozen=True):
    method: str
    path: str
    """Decoded, without the query."""
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    content: bytes

    @property
    def body(self) -> Any:
        """The JSON, else the text; None when there was nothing."""
        try:
            return json.loads(self.content) if self.content else None
        except ValueError:
            return self.content.decode(errors="replace")

    def record(self) -> dict[str, Any]:
        """One line of the log that a stand-in keeps of what it was asked."""
        return {"method": self.method, "path": self.path, "body": self.body}


class Reply(Struct, frozen=True):
    status: int = 200
    body: Any = None
    """Sent as JSON; None sends nothing."""
    headers: dict[str, str] = {}


Handler = Callable[[Request], Awaitable[Reply]]


@contextlib.asynccontextmanager
async def serve(handler: Handler, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Answer with `handler` until the block ends; yields the address, for example http://127.0.0.1:40123."""
    conversations: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        conversations.add(task)
        try:
            await converse(handler, reader, writer)
        except (ConnectionError, h11.RemoteProtocolError, asyncio.CancelledError):
            pass
        finally:
            conversations.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, host, port)
    try:
        yield f"http://{host}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(conversations):
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


async def converse(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, kept alive for as many requests as come."""
    connection = h11.Connection(h11.SERVER)
    while True:
        request = await heard(connection, reader, writer)
        if request is None:
            return
        reply = await handler(request)
        writer.write(written(connection, reply))
        await writer.drain()
        if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
            return
        connection.start_next_cycle()


async def heard(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    """The next whole request, or None when the other side hung up."""
    head: h11.Request | None = None
    content = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                writer.write(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            connection.receive_data(await reader.read(READ_BYTES))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            content += event.data
            if len(content) > BODY_BYTES_MAX:
                return None
        elif isinstance(event, h11.EndOfMessage):
            assert head
            return request_of(head, bytes(content))
        else:
            return None


def request_of(head: h11.Request, content: bytes) -> Request:
    address = urlsplit(head.target.decode())
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
    return Request(head.method.decode(), unquote(address.path), dict(parse_qsl(address.query)), headers, content)


def written(connection: h11.Connection, reply: Reply) -> bytes:
    content = b"" if reply.body is None else json.dumps(reply.body, ensure_ascii=False).encode()
    headers = {"content-type": "application/json; charset=UTF-8", "content-length": str(len(content))} | reply.headers
    parts = [connection.send(h11.Response(status_code=reply.status, headers=list(headers.items())))]
    parts += [connection.send(h11.Data(data=content)), connection.send(h11.EndOfMessage())]
    return b"".join(part for part in parts if part)
