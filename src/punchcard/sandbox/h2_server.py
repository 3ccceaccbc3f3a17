"""The HTTP/2 side of the APNs stand-in: one object a connection, whole requests in, whole replies out."""

import asyncio
from typing import Any, Protocol, cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings
from hyperframe.frame import GoAwayFrame
from msgspec import Struct

BODY_BYTES_MAX = 64 * 1024


class Request(Struct):
    """One request. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


class Reply(Struct):
    status: int
    headers: dict[str, str] = {}
    body: bytes = b""


class Host(Protocol):
    """The stand-in that answers, and how it is to behave."""

    conversations: set["Conversation"]
    connected: int
    streams_max: int
    strangers_max: int
    window_bytes: int
    delay_seconds: float
    goodbye_at: int
    requests: list[dict[str, Any]]

    @property
    def is_silent(self) -> bool: ...

    def answer(self, request: Request, certificate: bytes) -> Reply: ...


class Conversation(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, host: Host):
        self.host = host
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.requests: dict[int, Request] = {}
        self.taken: set[int] = set()
        self.last = 0
        self.leaving = False
        self.transport: asyncio.Transport | None = None
        self.certificate = b""
        self.is_known = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are no subclasses
        self.certificate = transport.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""
        """Empty for who comes with a token: then only one request is taken until one was good."""
        self.is_known = bool(self.certificate)
        self.host.conversations.add(self)
        self.host.connected += 1
        first = {
            SettingCodes.MAX_CONCURRENT_STREAMS: self.host.streams_max if self.is_known else self.host.strangers_max,
            SettingCodes.INITIAL_WINDOW_SIZE: self.host.window_bytes,
        }
        self.h2.local_settings = Settings(client=False, initial_values=first)
        self.h2.initiate_connection()
        if not self.host.is_silent:
            self.flush()

    def data_received(self, data: bytes) -> None:
        if self.host.is_silent:
            return
        try:
            events = self.h2.receive_data(data)
        except ProtocolError:
            self.end()
            return
        for event in events:
            match event:
                case RequestReceived() if not self.leaving:
                    headers = {str(name): str(text) for name, text in event.headers}
                    self.requests[event.stream_id] = Request(headers[":method"], headers[":path"], headers)
                case DataReceived():
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    if (request := self.requests.get(event.stream_id)) and len(request.body) < BODY_BYTES_MAX:
                        request.body += event.data
                case StreamEnded() if request := self.requests.pop(event.stream_id, None):
                    self.take(event.stream_id, request)
                case StreamReset():
                    self.requests.pop(event.stream_id, None)
                    self.taken.discard(event.stream_id)
        self.flush()

    def take(self, number: int, request: Request) -> None:
        self.taken.add(number)
        self.last = number
        reply = self.host.answer(request, self.certificate)
        if self.host.delay_seconds:
            asyncio.get_running_loop().call_later(self.host.delay_seconds, self.answer_late, number, reply)
        else:
            self.answer(number, reply)
        if self.host.goodbye_at and len(self.host.requests) == self.host.goodbye_at:
            self.goodbye()

    def answer_late(self, number: int, reply: Reply) -> None:
        self.answer(number, reply)
        self.flush()

    def answer(self, number: int, reply: Reply) -> None:
        if number not in self.taken or self.transport is None or self.transport.is_closing():
            return
        if reply.status == 200 and not self.is_known:
            self.is_known = True
            self.h2.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: self.host.streams_max})
        self.taken.discard(number)
        self.h2.send_headers(
            number, [(":status", str(reply.status)), *reply.headers.items()], end_stream=not reply.body
        )
        if reply.body:
            self.h2.send_data(number, reply.body, end_stream=True)
        if self.leaving and not self.taken:
            self.flush()
            self.end()

    def goodbye(self) -> None:
        """Say GOAWAY ourselves: h2 would count the connection as closed, and what was taken is still to be answered."""
        self.leaving = True
        self.requests.clear()
        self.flush()
        assert self.transport
        frame = GoAwayFrame(0, last_stream_id=self.last, error_code=0, additional_data=b'{"reason":"Shutdown"}')
        self.transport.write(frame.serialize())
        if not self.taken:
            self.end()

    def flush(self) -> None:
        if self.transport and not self.transport.is_closing() and (data := self.h2.data_to_send()):
            self.transport.write(data)

    def end(self) -> None:
        if self.transport:
            self.transport.close()

    def abort(self) -> None:
        """Break off without a word."""
        if self.transport:
            self.transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        self.host.conversations.discard(self)
