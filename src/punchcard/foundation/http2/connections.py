"""A few connections to one server: dialled when the others are full, never in a hurry, and given up one by one."""

import asyncio
import logging
import ssl
from collections import deque

from punchcard.foundation.metrics import counter
from punchcard.foundation.outside import Answer, Outcome

from .connection import Http2, Lost, open_http2

log = logging.getLogger(__name__)

CONNECTIONS = counter(
    "punchcard_push_connections_total",
    "Connections to a push service by what became of them: dialled, failed, ended.",
    ("service", "event"),
)
CONNECT_SECONDS_MAX = 10.0
PAUSE_SECONDS_MAX = 10.0
"""Between attempts to connect, after some that failed: rapid ones look like an attack."""
DIALS_SPARE, DIALS_SECONDS = 3, 60.0
"""Within so long there may be one new connection for each that we keep, and so many more."""


class Connections:
    """`most` connections at once that take requests; those that are leaving finish beside them."""

    def __init__(self, service: str, host: str, port: int, most: int, streams_at_first: int):
        """`service`: its name in what we say of it, for example APNs."""
        self.service, self.host, self.port = service, host, port
        self.most, self.streams_at_first = most, streams_at_first
        self.open: list[Http2] = []
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.dialling: asyncio.Task[None] | None = None
        self.dialled: deque[float] = deque(maxlen=most + DIALS_SPARE)
        """When connections came about; attempts that failed are held by `dial_after`."""
        self.failures = 0
        self.dial_after = 0.0
        self.trouble = Answer(Outcome.LATER)
        """What the last attempt to connect came to."""

    def free(self) -> Http2 | None:
        """A connection that takes a request now."""
        for connection in self.open:
            if connection.room > 0:
                return connection
        return None

    async def place(self, context: ssl.SSLContext, timeout_seconds: float) -> Http2 | Answer:
        """The same, waited for, and dialled for if need be; or why there is none."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while True:
            if found := self.free():
                return found
            self.drop_ended()
            if self.dialling is None and len(self.open) < self.most and self.pause(loop.time()) <= 0:
                self.dialling = loop.create_task(self.dial(context))
            if not self.open and self.dialling is None:
                return Answer(
                    self.trouble.outcome,
                    reason=self.trouble.reason or f"too many connections to {self.service} just now",
                    after_seconds=int(self.pause(loop.time())) + 1,
                )
            try:
                async with asyncio.timeout_at(deadline):
                    await self.turn()
            except TimeoutError:
                return Answer(Outcome.LATER, reason=f"no room on the connections to {self.service}")

    async def turn(self) -> None:
        """Until something changed for the first who waits."""
        mine = asyncio.get_running_loop().create_future()
        self.waiting.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self.on_room()
            raise

    def on_room(self) -> None:
        """As many go on as have room now; all, when there is nothing left to wait for."""
        if not self.waiting:
            return
        nothing = self.dialling is None and not any(each.usable for each in self.open)
        room = len(self.waiting) if nothing else sum(max(each.room, 0) for each in self.open)
        while self.waiting and room > 0:
            mine = self.waiting.popleft()
            if not mine.done():
                mine.set_result(None)
                room -= 1

    def drop_ended(self) -> None:
        ended = [each for each in self.open if not each.usable]
        if ended:
            CONNECTIONS.inc(len(ended), service=self.service, event="ended")
            self.open = [each for each in self.open if each.usable]

    def pause(self, now: float) -> float:
        """Seconds until one may dial."""
        often = self.dialled[0] + DIALS_SECONDS if len(self.dialled) == self.dialled.maxlen else now
        return max(self.dial_after, often) - now

    async def dial(self, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        try:
            made = await open_http2(
                self.host, self.port, context, CONNECT_SECONDS_MAX, self.on_room, self.streams_at_first
            )
        except (OSError, Lost) as error:
            self.failures += 1
            self.dial_after = loop.time() + min(2.0 ** (self.failures - 1), PAUSE_SECONDS_MAX)
            why = str(error) or type(error).__name__
            self.trouble = Answer(misfortune(error), reason=why)
            CONNECTIONS.inc(service=self.service, event="failed")
            log.error("no connection to %s at %s:%d: %s", self.service, self.host, self.port, why)
        else:
            self.failures, self.trouble = 0, Answer(Outcome.LATER)
            self.dialled.append(loop.time())
            CONNECTIONS.inc(service=self.service, event="dialled")
            self.open.append(made)
        finally:
            self.dialling = None
            for mine in self.waiting:
                if not mine.done():
                    mine.set_result(None)
            self.waiting.clear()

    def leave(self, why: str) -> None:
        """Let those that are open finish what they took, and dial new ones at once."""
        for connection in self.open:
            connection.leave(why)
        self.failures, self.dial_after = 0, 0.0

    async def close(self) -> None:
        if self.dialling:
            self.dialling.cancel()
        for connection in self.open:
            connection.close()


def misfortune(error: Exception) -> Outcome:
    """Whether one side refused the other's certificate, or the way was blocked."""
    words = str(error).lower()
    is_ours = isinstance(error, ssl.SSLCertVerificationError) or "certificate" in words or "unknown ca" in words
    return Outcome.MISCONFIGURED if is_ours else Outcome.LATER
