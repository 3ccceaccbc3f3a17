"""One HTTP/2 connection that carries many small requests at once: what push services need of a client, and no more.

Written on bytes instead of a library's objects: a push is one small request like all others, and costs a third so."""

import asyncio
import ssl
from collections.abc import Callable

from msgspec import Struct

from .blocks import NO_TABLE
from .frames import (
    CANCEL,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    NUMBER_LAST,
    PING,
    REFUSED_STREAM,
    RESET,
    STREAMS_MAX,
    WINDOW_MOST,
    WINDOW_SIZE,
    Broken,
    frame,
)
from .wire import WINDOW_BYTES, Wire

STREAMS_AT_ONCE_MAX = 500
"""So many requests at once, however many more the server would take."""
BODY_BYTES_MAX = 16 * 1024
IDLE_SECONDS, PONG_SECONDS = 60.0, 10.0
"""After so long without a word the server is asked for one; who does not give it is dead."""


class NotTaken(Exception):
    """The server did not look at the request; it may be sent again at once, on another connection."""


class Lost(Exception):
    """The connection broke before the answer came: nobody knows whether the request was carried out."""


class Reply(Struct):
    """The answer to one request."""

    status: int = 0
    retry_after: bytes = b""
    body: bytes = b""


class Stream(Struct, eq=False):
    """A request that waits for its answer."""

    number: int
    answered: asyncio.Future[Reply]
    sent_at: float
    deadline: float
    reply: Reply
    unsent: bytes = b""
    """What the server's windows left no room for yet, and the room that this stream's has."""
    window: int = 0


class Http2(Wire):
    """A connection. `open_http2` makes one; it is `usable` until the server says goodbye or it breaks."""

    def __init__(self, on_room: Callable[[], None], streams_max: int = STREAMS_AT_ONCE_MAX) -> None:
        """`on_room` is called when a request may be sent that could not be before, or when none can be ever again."""
        super().__init__()
        self.on_room = on_room
        self.streams_max = streams_max
        """How many we want at once; the server may want fewer."""
        self.streams: dict[int, Stream] = {}
        """In the order in which they were sent."""
        self.greeted: asyncio.Future[None] = self.loop.create_future()
        """Done when the server has said how many requests it takes at once."""
        self.next_number = 1
        self.server_streams, self.server_stream_window, self.window = NUMBER_LAST, WINDOW_BYTES, WINDOW_BYTES
        self.usable = True
        self.why = "closed"
        self.timer: asyncio.TimerHandle | None = None

    @property
    def room(self) -> int:
        """How many requests can be sent now."""
        if not self.usable or not self.greeted.done():
            return 0
        return min(self.streams_max, self.server_streams) - len(self.streams)

    def ask(self, block: bytes, body: bytes, timeout_seconds: float) -> Stream:
        """Send one request; there must be room. Its answer is the stream's, or raises NotTaken, Lost, or TimeoutError."""
        assert self.room > 0
        number, now = self.next_number, self.loop.time()
        self.next_number += 2
        stream = Stream(number, self.loop.create_future(), now, now + timeout_seconds, Reply())
        self.streams[number] = stream
        self.write(frame(HEADERS, END_HEADERS, number, NO_TABLE + block if number == 1 else block))
        if len(body) <= self.window and len(body) <= self.server_stream_window:
            self.window -= len(body)
            self.write(frame(DATA, END_STREAM, number, body))
        else:
            stream.unsent, stream.window = body, self.server_stream_window
            self.send_more(stream)
        if self.next_number >= NUMBER_LAST:
            self.leave("all stream numbers are used up")
        if self.timer is None or self.timer.when() > stream.deadline:
            self.look_at(stream.deadline)
        return stream

    def send_more(self, stream: Stream) -> None:
        """As much of the body as the windows take."""
        size = min(self.window, stream.window, len(stream.unsent))
        if size > 0:
            part, stream.unsent = stream.unsent[:size], stream.unsent[size:]
            self.window -= size
            stream.window -= size
            self.write(frame(DATA, 0 if stream.unsent else END_STREAM, stream.number, part))

    def give_up(self, stream: Stream) -> None:
        """Nobody waits for this answer any more."""
        if self.streams.pop(stream.number, None):
            self.write(frame(RESET, 0, stream.number, CANCEL.to_bytes(4)))
            self.freed()

    def leave(self, why: str) -> None:
        """Take no more requests here; those under way may finish."""
        if self.usable:
            self.usable, self.why = False, why
            self.on_room()
        self.close_when_left()

    def close_when_left(self) -> None:
        if not self.usable and not self.streams and self.transport:
            self.flush()
            self.transport.close()

    def freed(self) -> None:
        self.on_room()
        if not self.usable:
            self.close_when_left()

    def look_at(self, when: float) -> None:
        if self.timer:
            self.timer.cancel()
        self.timer = self.loop.call_at(when, self.look)

    def look(self) -> None:
        """Give up what took too long, and see whether the server lives."""
        now = self.loop.time()
        late = [stream for stream in self.streams.values() if stream.deadline <= now]
        for stream in late:
            self.give_up(stream)
            if not stream.answered.done():
                stream.answered.set_exception(TimeoutError())
        asked_at = min([stream.sent_at for stream in late], default=now)
        unanswered = self.pinged and now >= self.heard_at + IDLE_SECONDS + PONG_SECONDS
        if unanswered or (late and self.heard_at <= asked_at):
            self.die("no word from the server")
            return
        if now >= self.heard_at + IDLE_SECONDS and not self.pinged:
            self.pinged = True
            self.write(frame(PING, 0, 0, bytes(8)))
        due = self.heard_at + IDLE_SECONDS + (PONG_SECONDS if self.pinged else 0)
        self.look_at(min([due, *(stream.deadline for stream in self.streams.values())]))

    def die(self, why: str) -> None:
        self.leave(why)
        if self.transport:
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.look_at(self.loop.time() + IDLE_SECONDS)

    def told(self, settings: list[tuple[int, int]]) -> None:
        for name, value in settings:
            if name == STREAMS_MAX:
                self.server_streams = value
            elif name == WINDOW_SIZE:
                for stream in self.streams.values():
                    stream.window += value - self.server_stream_window
                self.server_stream_window = value
        if not self.greeted.done():
            self.greeted.set_result(None)
        self.send_held()
        self.on_room()

    def headers(self, number: int, status: int, retry_after: bytes) -> None:
        stream = self.streams.get(number)
        if stream and stream.reply.status < 200:  # what comes after the final answer are trailers
            stream.reply.status, stream.reply.retry_after = status, retry_after

    def body(self, number: int, part: bytes) -> None:
        if stream := self.streams.get(number):
            stream.reply.body += part
            if len(stream.reply.body) > BODY_BYTES_MAX:
                self.give_up(stream)
                stream.answered.set_exception(Lost("the answer is too long"))

    def ended(self, number: int) -> None:
        if stream := self.streams.pop(number, None):
            if not stream.answered.done():
                stream.answered.set_result(stream.reply)
            self.freed()

    def reset(self, number: int, code: int) -> None:
        self.fail(number, (NotTaken if code == REFUSED_STREAM else Lost)(f"stream reset: {code}"))

    def wider(self, number: int, by: int) -> None:
        if number == 0:
            self.window += by
            if not by or self.window > WINDOW_MOST:
                raise Broken("a window of no size")
        elif stream := self.streams.get(number):
            stream.window += by
        self.send_held()

    def send_held(self) -> None:
        for stream in [stream for stream in self.streams.values() if stream.unsent]:
            self.send_more(stream)

    def goodbye(self, last: int, words: bytes) -> None:
        self.leave("the server said goodbye: " + words[:200].decode("utf-8", "replace"))
        for number in [number for number in self.streams if number > last]:
            self.fail(number, NotTaken(self.why))

    def fail(self, number: int, error: Exception) -> None:
        if stream := self.streams.pop(number, None):
            if not stream.answered.done():
                stream.answered.set_exception(error)
            self.freed()

    def connection_lost(self, error: Exception | None) -> None:
        if self.timer:
            self.timer.cancel()
        self.leave(str(error or self.why))
        for number in list(self.streams):
            self.fail(number, Lost(self.why))
        if not self.greeted.done():
            self.greeted.set_exception(error or Lost(self.why))

    def close(self) -> None:
        self.leave("closed by us")
        if self.transport:
            self.transport.close()


async def open_http2(
    host: str,
    port: int,
    context: ssl.SSLContext,
    timeout_seconds: float,
    on_room: Callable[[], None],
    streams_max: int = STREAMS_AT_ONCE_MAX,
) -> Http2:
    """Connect and wait for the server's first word. Raises OSError (ssl.SSLError is one), Lost, or TimeoutError."""
    async with asyncio.timeout(timeout_seconds):
        loop = asyncio.get_running_loop()
        transport, connection = await loop.create_connection(
            lambda: Http2(on_room, streams_max), host, port, ssl=context
        )
        try:
            agreed = transport.get_extra_info("ssl_object").selected_alpn_protocol()
            if agreed != "h2":
                raise Lost(f"{host} does not speak HTTP/2")
            await connection.greeted
        except BaseException:
            connection.greeted.cancel()
            transport.abort()
            raise
        return connection
