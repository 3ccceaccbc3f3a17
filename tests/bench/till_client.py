"""A lean HTTP/1.1 client for load: one kept-alive connection, one request at a time; it must not cost what it measures."""

import asyncio
from types import TracebackType


class TillClient:
    def __init__(self, host: str, port: int, key: str):
        self.host, self.port, self.key = host, port, key

    async def __aenter__(self) -> "TillClient":
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.writer.close()

    async def send(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        self.writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        start = lower.index(b"content-length:") + 15
        length = int(lower[start : lower.index(b"\r\n", start)])
        return status, await self.reader.readexactly(length)
