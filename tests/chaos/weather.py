"""Bad weather between the house and the wallets: pushes that are lost, late, doubled and overtaken, calls to Google that are
slow, overtaken, refused, or done and not answered. What it did and to whom is kept, so that a check can tell what it excuses."""

import asyncio
import contextlib
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from punchcard.sandbox.apns_delivery import Delivery, Wake
from punchcard.sandbox.google_wallet import GoogleWallet, refusal
from punchcard.sandbox.google_wallet_rules import Wrong
from punchcard.sandbox.server import Reply, Request

OVERTAKEN_SECONDS_MAX = 2.0
LAG_LOOK_SECONDS = 0.02


class Courier(Delivery):
    """Tells a phone's own record, though not the phone, that a push to it was lost."""

    def bring(self, wake: Wake) -> None:
        if self.chance.random() < self.lost:
            wake.__self__.missed += 1  # type: ignore[attr-defined]  # a wake is a phone's method
            return
        lost, self.lost = self.lost, 0.0
        super().bring(wake)
        self.lost = lost

    def clear_up(self) -> None:
        """Fair weather from now on; what was held comes."""
        self.lost = self.repeated = self.overtaken = self.late_seconds_max = 0.0
        while self.held:
            self.held.pop()()


class StormyWallet(GoogleWallet):
    """Google Wallet at the end of a bad line. Shares are from 0 to 1, of all calls."""

    def __init__(self, calm: GoogleWallet, chance: random.Random):
        super().__init__(calm.accounts, calm.issuer, calm.now)
        self.tell = calm.tell
        self.chance = chance
        self.late_seconds_max = 0.0
        self.unanswered = 0.0
        """Done, and answered with 503 all the same."""
        self.away = 0.0
        """Answered with 503 and not done."""
        self.came: list[float] = []
        """When each call came, by time.monotonic."""
        self.shown: dict[str, list[str]] = defaultdict(list)
        """By object: each balance that it had, in turn."""
        self.crossing: set[str] = set()
        """Objects of which the next change waits until it was overtaken by another."""
        self.waiting: dict[str, asyncio.Event] = {}

    def clear_up(self) -> None:
        self.late_seconds_max = self.unanswered = self.away = 0.0
        self.script.clear()

    async def answer(self, request: Request) -> Reply:
        self.came.append(time.monotonic())
        object_id = request.path.rpartition("/")[2]
        await self.on_its_way(object_id if request.method == "PATCH" else "")
        if self.chance.random() < self.away:
            return away()
        reply = await super().answer(request)
        if object_id in self.objects and reply.status == 200:
            balance = str(self.objects[object_id]["loyaltyPoints"]["balance"])
            if self.shown[object_id][-1:] != [balance]:
                self.shown[object_id].append(balance)
        if object_id in self.waiting and request.method == "PATCH":
            self.waiting[object_id].set()
        if self.late_seconds_max:
            await asyncio.sleep(self.chance.uniform(0, self.late_seconds_max))
        return away() if self.chance.random() < self.unanswered else reply

    async def on_its_way(self, changed: str) -> None:
        if changed in self.crossing:
            self.crossing.remove(changed)
            self.waiting[changed] = asyncio.Event()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.waiting[changed].wait(), OVERTAKEN_SECONDS_MAX)
                await asyncio.sleep(0.3)  # who overtook it has its answer
            self.waiting.pop(changed)
        elif self.late_seconds_max and changed not in self.waiting:
            await asyncio.sleep(self.chance.uniform(0, self.late_seconds_max))


def away() -> Reply:
    return refusal(Wrong(503, "backendError", "The service is away."))


class Log(list[dict[str, Any]]):
    """A stand-in's log that says when each request came, by time.monotonic."""

    def append(self, record: dict[str, Any]) -> None:
        super().append(record | {"came": time.monotonic()})


class Lag:
    """The longest that this process did not listen, in seconds: by so much what came to it may have been bunched."""

    worst = 0.0

    async def watch(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(LAG_LOOK_SECONDS)
            self.worst = max(self.worst, time.monotonic() - began - LAG_LOOK_SECONDS)


@contextlib.contextmanager
def watched_lag() -> Iterator[Lag]:
    lag = Lag()
    watching = asyncio.create_task(lag.watch())
    try:
        yield lag
    finally:
        watching.cancel()
