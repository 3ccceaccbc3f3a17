"""Maya, her two phones and her browser, Noa, three tills, the operator and a merchant's system that listens; and how the story
waits until they see something."""

import asyncio
import time
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from punchcard.foundation import database as databases
from punchcard.foundation.clock import Instant
from punchcard.foundation.ids import new_id
from punchcard.sandbox.android import Android
from punchcard.sandbox.iphone import IPhone
from punchcard.sandbox.webhooks import Receiver

from . import hours, town
from .browser import Browser
from .evidence import Evidence
from .people import Caller, MemberApp, Roll, TillApp
from .stage import Stage

SEEN_SECONDS_MAX = 10
LOOK_SECONDS = 0.004


class Cast:
    def __init__(
        self,
        stage: Stage,
        evidence: Evidence,
        maya: MemberApp,
        operator: Caller,
        nola: TillApp,
        second_till: TillApp,
        rayhan: TillApp,
        iphone: IPhone,
        android: Android,
        merchant: Receiver,
        merchant_url: str,
    ):
        self.stage, self.evidence, self.maya, self.operator = stage, evidence, maya, operator
        self.nola, self.second_till, self.rayhan, self.iphone, self.android = nola, second_till, rayhan, iphone, android
        self.merchant, self.merchant_url = merchant, merchant_url
        self.card, self.save_link, self.card_before = "", "", b""
        self.claim = new_id()
        self.browser, self.noa = Browser(stage.web, stage.url), MemberApp(stage.url)
        self.noas_phone, self.noas_card = Android(stage.google, fid="fid-android-2"), ""
        self.estimated, self.fired = 0, ""
        self.pictures: dict[str, str] = {}
        self.rolls = {"nola": Roll(), "second": Roll()}

    async def close(self) -> None:
        tills = self.nola, self.second_till, self.rayhan
        for each in (self.maya, self.noa, self.browser, self.operator, *tills, self.iphone):
            await each.close()

    def now(self) -> Instant:
        return self.stage.clock.now()

    async def until(self, hour: int, minute: int = 0, days: int = 0) -> None:
        """Let the story's clock run to this hour, today or so many days later."""
        here = datetime.fromtimestamp(self.now(), ZoneInfo(town.ZONE))
        to = here.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=days)
        await self.reach(int(to.timestamp()))

    async def reach(self, at: Instant) -> None:
        database = await databases.connect(str(self.stage.config.database_url), connections_max=2)
        try:
            await hours.pass_until(database, self.stage.clock, at)
        finally:
            await database.close()

    async def both_cards(self, points: int, offer: str | None = None) -> dict[str, Any]:
        """Wait until the iPhone and the Google card show this balance (and offer); says what they show, and how soon."""
        began = time.perf_counter()
        seen: dict[str, Any] = {}
        while time.perf_counter() - began < SEEN_SECONDS_MAX:
            seen = self.cards()
            wanted = {"iphone": points, "google": points} | ({"offer": offer} if offer is not None else {})
            if all(seen[name] == value for name, value in wanted.items()):
                return wanted
            await asyncio.sleep(LOOK_SECONDS)
        return seen

    def cards(self) -> dict[str, Any]:
        front, google = self.iphone.shows(), self.android.card()
        apple_offer = " ".join(self.iphone.field("auxiliaryFields", "offer"))
        google_offer = " ".join(google.texts.get("offer", ()))
        return {
            "iphone": int(front.primary[0][1].replace(",", "")),
            "google": int(google.points),
            "offer": apple_offer if apple_offer == google_offer else f"{apple_offer} · at Google {google_offer}",
        }

    async def told(self, title: str) -> dict[str, Any]:
        """Wait until the phone shows a message with this title."""
        began = time.perf_counter()
        while time.perf_counter() - began < SEEN_SECONDS_MAX:
            if title in (each.title for each in self.android.drawer):
                return {"phone": title}
            await asyncio.sleep(LOOK_SECONDS)
        return {"phone": [each.title for each in self.android.drawer]}

    async def refused(self, asked: Awaitable[Any]) -> dict[str, Any]:
        answer = await asked
        return {"status": answer.status_code, "type": answer.json().get("type", "")}

    async def earned(self, till: TillApp, *lines: dict[str, Any], **more: Any) -> dict[str, int]:
        receipt = await till.sell(self.card, list(lines), **more)
        return {"earned": receipt["earned"], "balance": receipt["balance"]}
