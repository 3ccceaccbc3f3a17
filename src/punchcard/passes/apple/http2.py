"""One HTTP/2 connection that carries many small requests at once, on h2 and asyncio.

h2 counts a connection as closed when the server says GOAWAY, although the server still answers what it took; so GOAWAY
is read here, before h2 sees it."""

import asyncio
import ssl
from collections.abc import Iterator, Sequence
from typing import cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    DataReceived,
    Event,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import ProtocolError
from msgspec import Struct

Headers = Sequence[tuple[bytes, bytes]]

STREAMS_MAX = 500
"""So many requests at once, however many more the server would take."""
BODY_BYTES_MAX = 16 * 1024
STREAM_ID_LAST = 2**31 - 1
FRAME_HEAD_BYTES, FRAME_BYTES_MAX, GOAWAY = 9, 16 * 1024, 7


class NotTaken(Exception):
    """The server did not look at the request; it may be sent again at once, on another connection."""


class Lost(Exception):
    """The connection broke before the answer came: nobody knows whether the request was carried out."""


class Reply(Struct):
    """The answer to one request."""

    headers: dict[bytes, bytes] = {}
    body: bytes = b""

    @property
    def status(self) -> int:
        return int(self.headers.get(b":status", b"0"))


class Stream(Struct):
    """A request that waits for its answer."""

    answered: asyncio.Future[Reply]
    reply: Reply


class Http2(asyncio.Protocol):
    """A connection. `open` makes one; it is `usable` until the server says goodbye or it breaks."""

    def __init__(self) -> None:
        self.h2 = H2Connection(H2Configuration(client_side=True, header_encoding=None, validate_outbound_headers=False))
        self.streams: dict[int, Stream] = {}
        self.greeted = asyncio.get_running_loop().create_future()
        """Done when the server has said how many requests it takes at once."""
        self.room = asyncio.Condition()
        self.unread = bytearray()
        self.transport: asyncio.Transport | None = None
        self.usable = True
        self.heard = 0
        """How many times something came from the server."""
        self.flushing = False
        self.why = "closed"

    async def ask(self, headers: Headers, body: bytes, timeout_seconds: float) -> Reply:
        """One request. Raises NotTaken, Lost, or TimeoutError."""
        async with asyncio.timeout(timeout_seconds) as patience:
            async with self.room:
                await self.room.wait_for(lambda: not self.usable or self.has_room(len(body)))
                if not self.usable:
                    raise NotTaken(self.why)
                number, stream = self.send(headers, body)
            heard = self.heard
            try:
                return await stream.answered
            except asyncio.CancelledError:
                self.give_up(number, silent=patience.expired() and self.heard == heard)
                raise
            finally:
                self.streams.pop(number, None)
                self.close_when_left()
                async with self.room:
                    self.room.notify()

    def has_room(self, size: int) -> bool:
        most = min(STREAMS_MAX, self.h2.remote_settings.max_concurrent_streams)
        return len(self.streams) < most and self.h2.outbound_flow_control_window >= size

    def send(self, headers: Headers, body: bytes) -> tuple[int, Stream]:
        number = self.h2.get_next_available_stream_id()
        self.h2.send_headers(number, headers)
        self.h2.send_data(number, body, end_stream=True)
        stream = Stream(asyncio.get_running_loop().create_future(), Reply())
        self.streams[number] = stream
        if number + 2 >= STREAM_ID_LAST:
            self.leave("all stream numbers are used up")
        if not self.flushing:
            self.flushing = True
            asyncio.get_running_loop().call_soon(self.flush)
        return number, stream

    def give_up(self, number: int, *, silent: bool) -> None:
        """Nobody waits for this answer any more. A connection that was silent all the while is taken for dead."""
        if number in self.streams and self.usable:
            self.h2.reset_stream(number, ErrorCodes.CANCEL)
            self.flush()
        if silent and self.transport:
            self.leave("no word from the server")
            self.transport.abort()

    def leave(self, why: str) -> None:
        """Take no more requests here; those under way may finish."""
        self.usable, self.why = False, why
        self.wake_waiting()
        self.close_when_left()

    def close_when_left(self) -> None:
        if not self.usable and not self.streams and self.transport:
            self.transport.close()

    def wake_waiting(self) -> None:
        async def wake() -> None:
            async with self.room:
                self.room.notify_all()

        self.waking = asyncio.get_running_loop().create_task(wake())

    def flush(self) -> None:
        self.flushing = False
        if self.transport and not self.transport.is_closing() and (data := self.h2.data_to_send()):
            self.transport.write(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are no subclasses
        self.h2.initiate_connection()
        self.flush()

    def data_received(self, data: bytes) -> None:
        self.heard += 1
        self.unread += data
        try:
            for event in self.h2.receive_data(b"".join(self.frames())):
                self.handle(event)
        except ProtocolError as error:
            self.leave(f"the server broke the protocol: {error!r}")
            assert self.transport
            self.transport.abort()
        self.flush()
        self.close_when_left()

    def frames(self) -> Iterator[bytes]:
        """The whole frames that came, without GOAWAY, which is acted upon here."""
        while len(self.unread) >= FRAME_HEAD_BYTES:
            size = FRAME_HEAD_BYTES + int.from_bytes(self.unread[:3])
            if len(self.unread) < size <= FRAME_HEAD_BYTES + FRAME_BYTES_MAX:
                return
            frame = bytes(self.unread[:size])
            del self.unread[:size]
            if frame[3] == GOAWAY:
                self.goodbye(int.from_bytes(frame[9:13]) & STREAM_ID_LAST, frame[17:])
            else:
                yield frame

    def goodbye(self, last: int, words: bytes) -> None:
        """The server closes: it answers what it took, up to stream `last`; what is above was not taken."""
        self.leave("the server said goodbye: " + words[:200].decode("utf-8", "replace"))
        for number in [number for number in self.streams if number > last]:
            self.fail(number, NotTaken(self.why))

    def handle(self, event: Event) -> None:
        match event:
            case RemoteSettingsChanged():
                if not self.greeted.done():
                    self.greeted.set_result(None)
                self.wake_waiting()
            case WindowUpdated():
                self.wake_waiting()
            case ResponseReceived() if stream := self.streams.get(event.stream_id):
                stream.reply.headers = {bytes(name): bytes(value) for name, value in event.headers}
            case DataReceived():
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                if (stream := self.streams.get(event.stream_id)) and len(stream.reply.body) < BODY_BYTES_MAX:
                    stream.reply.body += event.data
            case StreamEnded() if stream := self.streams.pop(event.stream_id, None):
                if not stream.answered.done():
                    stream.answered.set_result(stream.reply)
            case StreamReset():
                refused = event.error_code == ErrorCodes.REFUSED_STREAM
                self.fail(event.stream_id, (NotTaken if refused else Lost)(f"stream reset: {event.error_code}"))

    def fail(self, number: int, error: Exception) -> None:
        stream = self.streams.pop(number, None)
        if stream and not stream.answered.done():
            stream.answered.set_exception(error)

    def connection_lost(self, error: Exception | None) -> None:
        self.leave(str(error or self.why))
        for number in list(self.streams):
            self.fail(number, Lost(self.why))
        if not self.greeted.done():
            self.greeted.set_exception(error or Lost(self.why))

    async def close(self) -> None:
        self.leave("closed by us")
        if self.transport:
            self.transport.close()


async def open_http2(host: str, port: int, context: ssl.SSLContext, timeout_seconds: float) -> Http2:
    """Connect and wait for the server's first word. Raises OSError (ssl.SSLError is one), Lost, or TimeoutError."""
    async with asyncio.timeout(timeout_seconds):
        loop = asyncio.get_running_loop()
        transport, connection = await loop.create_connection(Http2, host, port, ssl=context)
        try:
            agreed = transport.get_extra_info("ssl_object").selected_alpn_protocol()
            if agreed != "h2":
                raise Lost(f"{host} does not speak HTTP/2")
            await connection.greeted
        except BaseException:
            transport.abort()
            raise
        return connection
