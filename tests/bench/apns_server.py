"""A push service that takes everything and does little more than speak: so that a bench measures clients, not it.

`python -m tests.bench.apns_server FOLDER` serves with the authority in the folder and prints its address."""

import asyncio
import ssl
import sys
from pathlib import Path
from typing import cast

import uvloop
from hpack.hpack import Decoder

from punchcard.foundation.http2.blocks import literal
from punchcard.foundation.http2.frames import (
    ACK,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    PREFACE,
    SETTINGS,
    STREAMS_MAX,
    TABLE_SIZE,
    WINDOW,
    Splitter,
    frame,
    settings_frame,
)
from punchcard.sandbox.authority import Authority

OK = b"\x88"
NO_ID = b"00000000-0000-0000-0000-000000000000"


class Conversation(asyncio.Protocol):
    """One client; each push is answered with 200 and the apns-id that it bore."""

    def __init__(self) -> None:
        self.splitter, self.decoder = Splitter(), Decoder()
        self.ids: dict[int, bytes] = {}
        self.unread = len(PREFACE)
        self.read_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(settings_frame([(STREAMS_MAX, 1000), (TABLE_SIZE, 4096)]))

    def data_received(self, data: bytes) -> None:
        skipped = min(self.unread, len(data))
        self.unread -= skipped
        out = []
        for kind, flags, number, payload in self.splitter.frames(data[skipped:]):
            if kind == HEADERS:
                headers = dict(self.decoder.decode(payload, raw=True))
                self.ids[number] = bytes(headers.get(b"apns-id", NO_ID))
            elif kind == DATA:
                self.read_bytes += len(payload)
                if flags & END_STREAM:
                    block = OK + literal(b"apns-id", self.ids.pop(number))
                    out.append(frame(HEADERS, END_HEADERS | END_STREAM, number, block))
            elif kind == SETTINGS and not flags & ACK:
                out.append(frame(SETTINGS, ACK, 0))
        if self.read_bytes > 30_000:
            out.append(frame(WINDOW, 0, 0, self.read_bytes.to_bytes(4)))
            self.read_bytes = 0
        self.transport.write(b"".join(out))


async def serve(made: Authority) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.server_certificate, made.server_key)
    context.load_verify_locations(made.root)
    context.load_verify_locations(made.wwdr)
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    server = await asyncio.get_running_loop().create_server(Conversation, "127.0.0.1", 0, ssl=context)
    print(f"https://localhost:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(Authority(Path(sys.argv[1]))))
