"""The HTTP/2 of one connection, below its requests: what comes is cut into frames and told to whoever sits above."""

import asyncio
from abc import ABC, abstractmethod
from typing import cast

from .blocks import BlockReader
from .frames import (
    ACK,
    CONTINUATION,
    DATA,
    ENABLE_PUSH,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    NUMBER_LAST,
    PADDED,
    PING,
    PREFACE,
    PUSH_PROMISE,
    RESET,
    SETTINGS,
    TABLE_SIZE,
    WINDOW,
    Broken,
    Frame,
    Splitter,
    frame,
    settings_frame,
    settings_in,
    unpadded,
)

BLOCK_BYTES_MAX = 64 * 1024
WINDOW_BYTES = 65_535
"""What either side may send before the other must say that it has read, unless told otherwise."""


class Wire(asyncio.Protocol, ABC):
    """One side of a connection: the client's."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self.splitter, self.reader = Splitter(), BlockReader()
        self.block: tuple[int, int, bytes] | None = None
        """Of a header block that is not whole: its stream, its first frame's flags, and what came of it."""
        self.unacknowledged = 0
        self.out: list[bytes] = []
        self.heard_at = self.loop.time()
        self.pinged = False

    @abstractmethod
    def told(self, settings: list[tuple[int, int]]) -> None:
        """The server's settings, by number."""

    @abstractmethod
    def headers(self, number: int, status: int, retry_after: bytes) -> None: ...

    @abstractmethod
    def body(self, number: int, part: bytes) -> None: ...

    @abstractmethod
    def ended(self, number: int) -> None:
        """The answer on this stream is whole."""

    @abstractmethod
    def reset(self, number: int, code: int) -> None: ...

    @abstractmethod
    def wider(self, number: int, by: int) -> None:
        """The server has read so many bytes more, of one stream or (0) of all."""

    @abstractmethod
    def goodbye(self, last: int, words: bytes) -> None:
        """The server closes: it answers what it took, up to stream `last`; what is above was not taken."""

    @abstractmethod
    def die(self, why: str) -> None: ...

    def write(self, data: bytes) -> None:
        """Send this together with all else of this turn of the loop."""
        if not self.out:
            self.loop.call_soon(self.flush)
        self.out.append(data)

    def flush(self) -> None:
        data, self.out = b"".join(self.out), []
        if data and self.transport and not self.transport.is_closing():
            self.transport.write(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are no subclasses
        self.write(PREFACE + settings_frame([(TABLE_SIZE, 0), (ENABLE_PUSH, 0)]))

    def data_received(self, data: bytes) -> None:
        self.heard_at, self.pinged = self.loop.time(), False
        try:
            for each in self.splitter.frames(data):
                self.handle(each)
        except Broken as error:
            self.die(f"the server broke the protocol: {error}")

    def handle(self, given: Frame) -> None:
        kind, flags, number, payload = given
        if self.block and kind != CONTINUATION:
            raise Broken("headers that do not end")
        if kind == HEADERS:
            self.handle_headers(number, flags, unpadded(flags, payload))
        elif kind == DATA:
            self.handle_data(number, flags, payload)
        elif kind == SETTINGS:
            if not flags & ACK:
                self.write(frame(SETTINGS, ACK, 0))
                self.told(settings_in(payload))
        elif kind == WINDOW:
            self.wider(number, int.from_bytes(payload) & NUMBER_LAST)
        elif kind == RESET:
            self.reset(number, int.from_bytes(payload))
        elif kind == PING:
            if not flags & ACK:
                self.write(frame(PING, ACK, 0, payload))
        elif kind == GOAWAY:
            self.goodbye(int.from_bytes(payload[:4]) & NUMBER_LAST, payload[8:])
        elif kind == CONTINUATION:
            self.handle_more_headers(number, flags, payload)
        elif kind == PUSH_PROMISE:
            raise Broken("a promise that we forbade")

    def handle_headers(self, number: int, flags: int, block: bytes) -> None:
        if not flags & END_HEADERS:
            self.block = number, flags, block
            return
        self.headers(number, *self.reader.read(block))
        if flags & END_STREAM:
            self.ended(number)

    def handle_more_headers(self, number: int, flags: int, more: bytes) -> None:
        if self.block is None or self.block[0] != number or len(self.block[2]) > BLOCK_BYTES_MAX:
            raise Broken("headers out of nowhere or without end")
        _, began, block = self.block
        self.block = None
        self.handle_headers(number, began & ~END_HEADERS | flags & END_HEADERS, block + more)

    def handle_data(self, number: int, flags: int, payload: bytes) -> None:
        self.unacknowledged += len(payload)
        if self.unacknowledged >= WINDOW_BYTES // 2:
            self.write(frame(WINDOW, 0, 0, self.unacknowledged.to_bytes(4)))
            self.unacknowledged = 0
        self.body(number, unpadded(flags & PADDED, payload))
        if flags & END_STREAM:
            self.ended(number)
