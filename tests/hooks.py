"""What the tests of webhooks share: an endpoint that a town's owner declared, and the receiver behind it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx

from punchcard.foundation.ids import new_id
from punchcard.sandbox.server import Reply, serve
from punchcard.sandbox.webhooks import Receiver

from .town import Town

Decide = Callable[[dict[str, Any]], Awaitable[Reply]]


class Hook:
    """An endpoint of the town with its receiver."""

    def __init__(self, town: Town, id: UUID, url: str, receiver: Receiver):
        self.town, self.id, self.url, self.receiver = town, id, url, receiver

    async def ask(self, method: str, path: str = "", body: Any = None) -> httpx.Response:
        return await self.town.ask(method, f"/console/webhooks/{self.id}{path}", body, self.town.operator_key)

    async def state(self) -> dict[str, Any]:
        listed = await self.town.ask("GET", "/console/webhooks", key=self.town.operator_key)
        (mine,) = (each for each in listed.json() if each["endpoint"]["id"] == str(self.id))
        return {**mine["endpoint"], **mine}


@asynccontextmanager
async def hooked(town: Town, decide: Decide | None = None, **wanted: Any) -> AsyncIterator[Hook]:
    """A receiver on loopback and the endpoint that leads there, for as long as the block lasts."""
    receiver, id = Receiver("", town.clock.now, decide), new_id()
    async with serve(receiver.answer) as base:
        hook = Hook(town, id, f"{base}/hooks", receiver)
        declared = await hook.ask("PUT", body={"url": hook.url, **wanted})
        assert declared.status_code == 200, declared.text
        receiver.secret = declared.json()["secret"]
        yield hook


async def refuse(_: dict[str, Any]) -> Reply:
    return Reply(503)
