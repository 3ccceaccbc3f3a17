"""A Firebase that takes everything and does little more than speak: so that a bench measures clients, not it.

`python -m tests.bench.fcm_server CERTIFICATE KEY` prints its address."""

import asyncio
import ssl
import sys
from typing import cast

import uvloop

from punchcard.foundation.http2 import literal
from punchcard.foundation.http2.frames import (
    ACK,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    PREFACE,
    SETTINGS,
    STREAMS_MAX,
    WINDOW,
    Splitter,
    frame,
    settings_frame,
)

TAKEN = b"\x88" + literal(b"content-type", b"application/json; charset=UTF-8")
NAME = b'{"name":"projects/bench/messages/0:1"}'
STREAMS = 100
"""As many requests at once on a connection as Google takes."""


class Conversation(asyncio.Protocol):
    """One client; each message is answered with its name."""

    def __init__(self) -> None:
        self.splitter = Splitter()
        self.unread, self.read_bytes = len(PREFACE), 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(settings_frame([(STREAMS_MAX, STREAMS)]))

    def data_received(self, data: bytes) -> None:
        skipped = min(self.unread, len(data))
        self.unread -= skipped
        out = []
        for kind, flags, number, payload in self.splitter.frames(data[skipped:]):
            if kind == DATA:
                self.read_bytes += len(payload)
            elif kind == SETTINGS and not flags & ACK:
                out.append(frame(SETTINGS, ACK, 0))
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                out += [frame(HEADERS, END_HEADERS, number, TAKEN), frame(DATA, END_STREAM, number, NAME)]
        if self.read_bytes > 30_000:
            out.append(frame(WINDOW, 0, 0, self.read_bytes.to_bytes(4)))
            self.read_bytes = 0
        self.transport.write(b"".join(out))


async def serve(certificate: str, key: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    server = await asyncio.get_running_loop().create_server(Conversation, "127.0.0.1", 0, ssl=context)
    print(f"https://localhost:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:3]))
