"""Almond in a test: the whole app over one rolled-back transaction, its merchants, a clock that stands where it is put,
and the four things outside in memory. People act over HTTP; `follow` does what a worker would."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
from litestar import Litestar
from msgspec import Struct

from punchcard import schedule, worker
from punchcard.demo import town as almond
from punchcard.foundation import outbox
from punchcard.foundation.clock import Clock, Instant
from punchcard.foundation.database import Database
from punchcard.foundation.ids import BUCKETS, new_id
from punchcard.foundation.outbox import Settled
from punchcard.foundation.settings import Secret, Settings
from tests.doubles import Outside
from tests.front import house_on

NOON = int(datetime(2026, 11, 18, 12, tzinfo=ZoneInfo(almond.ZONE)).timestamp())
"""A Wednesday."""
ROUNDS_MAX = 20


class StandingClock(Clock):
    """Stands at an instant until a test moves it."""

    def __init__(self, at: Instant = NOON):
        super().__init__()
        self.at = at

    def now(self) -> Instant:
        return self.at


class Person(Struct):
    """A member with the app: a token, a card to show at the till."""

    town: "Town"
    member_id: UUID
    token: str
    refresh_token: str
    card: str

    async def ask(self, method: str, path: str, body: Any = None, language: str = "en") -> httpx.Response:
        return await self.town.ask(method, path, body, self.token, language)

    async def get(self, path: str, language: str = "en") -> Any:
        answer = await self.ask("GET", path, language=language)
        assert answer.status_code == 200, answer.text
        return answer.json()


class Town:
    def __init__(
        self, app: Litestar, client: httpx.AsyncClient, clock: StandingClock, outside: Outside, keys: almond.Town
    ):
        self.app, self.client, self.clock, self.outside = app, client, clock, outside
        self.operator_key, self.till_keys = keys.operator_key, keys.till_keys

    @property
    def till_key(self) -> str:
        return self.till_keys["nola"]

    async def ask(
        self, method: str, path: str, body: Any = None, key: str = "", language: str = "en"
    ) -> httpx.Response:
        headers = {"Accept-Language": language} | ({"Authorization": f"Bearer {key}"} if key else {})
        return await self.client.request(method, path, json=body, headers=headers)

    async def join(self, contact: str, name: str = "Maya", language: str = "en") -> Person:
        """Join with a one-time code, saying yes to marketing and personal offers."""
        await self.ask("POST", "/join/codes", {"contact": contact, "language": language})
        await self.follow()
        to, _, text = self.outside.sender.letters[-1]
        assert to == contact
        code = re.search(r"\b\d{6}\b", text)
        assert code
        body = {
            "contact": contact,
            "code": code[0],
            "name": name,
            "language": language,
            "zone": almond.ZONE,
            "consents": {"marketing": True, "personalisation": True},
        }
        signed_in = (await self.ask("POST", "/join/sessions", body)).json()
        person = Person(self, UUID(signed_in["member_id"]), signed_in["access_token"], signed_in["refresh_token"], "")
        person.card = (await person.get("/me/card"))["code"]
        return person

    async def sell(
        self, person: Person, *lines: dict[str, Any], id: UUID | None = None, partner: str = "nola", **more: Any
    ) -> httpx.Response:
        body = {"card": person.card, "cashier": "Dana", "lines": list(lines), **more}
        return await self.ask("PUT", f"/till/sales/{id or new_id()}", body, self.till_keys[partner])

    async def follow(self) -> list[Settled]:
        """Let the clock's work and every due reaction run until nothing is due; says what became of each."""
        done: list[Settled] = []
        for recurring in schedule.RECURRING:
            await recurring.run(self.outside.world.database, self.clock.now())
        for _ in range(ROUNDS_MAX):
            database, at = self.outside.world.database, self.clock.now()
            async with database.reading() as db:
                tasks = await outbox.due(db, range(BUCKETS), at)
            if not tasks:
                return done
            for name in {task.reaction for task in tasks}:
                batch = [task for task in tasks if task.reaction == name]
                settled = await worker.attempt(self.outside.world, name, batch, at)
                async with database.transaction() as db:
                    await outbox.settle(db, settled, at)
                done += settled
        raise AssertionError("the outbox never empties")


def line(amount: int, category: str = "coffee", sku: str = "flat-white", quantity: int = 1) -> dict[str, Any]:
    return {"sku": sku, "category": category, "brand": "", "quantity": quantity, "amount": amount}


@asynccontextmanager
async def opened(database: Database, settings: Settings, clock: StandingClock) -> AsyncIterator[Town]:
    """The app, its town and a client in this event loop."""
    outside = Outside(database, settings)
    keys = await almond.settle(database, clock.now() - 60)
    app = house_on(settings, database, clock, outside.world)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.public_url) as client:  # type: ignore[arg-type]  # litestar and httpx name the same ASGI types differently
        yield Town(app, client, clock, outside, keys)


def settings_in(folder: Path, **more: Any) -> Settings:
    return Settings(demo=True, data_dir=folder, secret=Secret("5f0c" * 16 + "town"), **more)
