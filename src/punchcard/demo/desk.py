"""The operator's desk: an offer is written, checked, looked at, approved by a second person and published; her phone and her
browser show it."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any

from punchcard import segments
from punchcard.foundation import database as databases
from punchcard.foundation.clock import DAY

from . import town
from .cast import LOOK_SECONDS, SEEN_SECONDS_MAX
from .people import Caller, Unexpected, prefers
from .promotions import BLOSSOMED, LOAF, QUARTER_OFF, WELCOME, offer, quarter_off, words
from .wallet import Wallet

CHEAPER = "coffee-less"
LOAVES = "loaf-ten"
GREETING = "blossom-welcome"
TITLE = QUARTER_OFF["en"]


class Desk(Wallet):
    async def at_the_desk(self) -> None:
        """Whoever may be told is in the audience: Maya, Noa and the households of the street."""
        step = self.evidence.step
        self.evidence.chapter("At the operator's desk")
        await self.until(10)
        await step(
            "Noa joins; Maya's web browser subscribes for the house's key. Both allow an offer a day",
            {"noa": 0, "platform": "web"},
            self.more_ears,
        )
        await step(
            "An offer is written: a quarter off, after one tap. Its check names what is missing, then how many it reaches",
            {"mistakes": ["/text/ru"], "then": [], "reaches_both": True},
            self.drafted,
        )
        await step(
            "Its preview shows a phone with it, in English and in Hebrew", {"en": True, "he": True}, self.previewed
        )
        await step(
            "It may cost ₪20,000: it waits until a second operator approves this version, and is published",
            {
                "first": "waiting",
                "alone": "urn:punchcard:second-operator-needed",
                "then": "open",
                "reaches": self.estimated,
            },
            self.approved_and_published,
        )
        await self.seen(
            "Her phone shows it, and so does her browser, which opened it with its own keys",
            {"phone": [TITLE], "browser": [TITLE]},
            self.on_both,
        )
        await self.seen(
            "Both say that they have it, and the phone that it was tapped: the operator sees it counted once",
            {"told": 2, "received": 1, "opened": 1},
            self.receipts,
        )

    async def seen(self, name: str, expected: Any, look: Callable[[], Awaitable[Any]]) -> None:
        """A step that waits until it is as expected, and asks again where it was refused; says what was seen in the end."""

        async def look_once() -> Any:
            try:
                return await look()
            except Unexpected as refused:
                return str(refused)

        async def looked() -> Any:
            began, found = time.perf_counter(), await look_once()
            while found != expected and time.perf_counter() - began < SEEN_SECONDS_MAX:
                await self.a_moment()
                found = await look_once()
            return found

        await self.evidence.step(name, expected, looked)

    async def more_ears(self) -> dict[str, Any]:
        """Two offers of later days and the segment that one of them waits for are kept as well."""
        await self.noa.join("noa@example.com", "Noa", "en", town.ZONE, self.stage.mailbox)
        phone = {"kind": "fid", "address": self.noas_phone.install_app(), "platform": "android", "language": "en"}
        await self.noa.put("/me/phones/noas", phone | {"zone": town.ZONE})
        self.noas_card = (await self.noa.get("/me/card"))["code"]
        for each in (self.maya, self.noa):
            await prefers(each, messages_a_week=7)
        kept = await self.browser.subscribe(self.maya)
        named = words("Blossomed", "הגיעו לפריחה", "بلغوا زهرة", "Достигли «Цветения»")
        await self.operator.put("/console/segments/blossomed", {"who": BLOSSOMED, "name": named, "watch": True})
        await self.everybody_is_looked_at()
        await self.later_offers()
        return {"noa": (await self.noa.get("/me/card"))["points"], "platform": kept["platform"]}

    async def everybody_is_looked_at(self) -> None:
        """The worker walks past everybody every few seconds; here it is done at once."""
        database = await databases.connect(str(self.stage.config.database_url), connections_max=2)
        try:
            await segments.sweep(database, self.now())
        finally:
            await database.close()

    async def later_offers(self) -> None:
        since, until = self.now() + 2, self.now() + 6 * DAY
        trigger = {"on": "entered", "segment": "blossomed", "lasts_seconds": 2 * DAY}
        benefit = {"type": "times", "percent": 150}
        await self.operator.put(
            f"/console/offers/{GREETING}", offer("rayhan", WELCOME, since, until, benefit=benefit, trigger=trigger)
        )
        held_out = {"benefit": {"type": "fixed", "points": 10}, "hold_out": 50, "channels": ["app"]}
        await self.operator.put(f"/console/offers/{LOAVES}", offer("miro", LOAF, since, until, **held_out))

    async def drafted(self) -> dict[str, Any]:
        address, body = f"/console/offers/{CHEAPER}", quarter_off(self.now() + 8 * 3600)
        text = {language: said for language, said in body["text"].items() if language != "ru"}
        await self.operator.put(f"{address}/draft", body | {"text": text})
        first = await self.operator.get(f"{address}/check")
        await self.operator.put(f"{address}/draft", body)
        then = await self.operator.get(f"{address}/check")
        self.estimated = then["estimate"]["reach"]
        return {
            "mistakes": [each["pointer"] for each in first["mistakes"]],
            "then": [each["pointer"] for each in then["mistakes"]],
            "reaches_both": self.estimated >= 2,
        }

    async def previewed(self) -> dict[str, Any]:
        """The pictures go with the evidence."""
        seen = {}
        for language in ("en", "he"):
            path = f"/console/offers/{CHEAPER}/preview.svg?language={language}&on=push"
            drawn = (await self.operator.ask("GET", path)).text
            self.pictures[f"preview-{language}.svg"] = drawn
            painted = re.sub(r"<title>.*?</title>|<[^>]*>", " ", drawn)
            said = " ".join(unescape(painted).split())
            seen[language] = drawn.startswith("<svg") and QUARTER_OFF[language] in said
        return seen

    async def approved_and_published(self) -> dict[str, Any]:
        address = f"/console/offers/{CHEAPER}"
        hired = await self.operator.post("/console/operators", {"name": "Shira, second operator", "role": "staff"})
        second, newest = Caller(self.stage.url, hired["key"]), await self.operator.get(f"{address}/draft")
        this = {"version": newest["version"]}
        first = await self.operator.put(f"{address}/publication", this)
        alone = await self.refused(self.operator.ask("PUT", f"{address}/approval", this))
        await second.put(f"{address}/approval", this)
        then = await self.operator.put(f"{address}/publication", this)
        await second.close()
        return {
            "first": first["state"],
            "alone": alone["type"],
            "then": then["state"],
            "reaches": (await self.reached(CHEAPER, self.estimated))["reach"],
        }

    async def reached(self, id: str, members: int) -> dict[str, Any]:
        """Wait until it was opened for so many; says how it is doing."""
        began, found = time.perf_counter(), dict[str, Any]()
        while time.perf_counter() - began < SEEN_SECONDS_MAX and found.get("reach", 0) < members:
            await self.a_moment()
            found = await self.operator.get(f"/console/offers/{id}")
        return found

    async def on_both(self) -> dict[str, Any]:
        return {
            "phone": [each.title for each in self.android.drawer if each.title == TITLE],
            "browser": [each["title"] for each in self.browser.shown if each["title"] == TITLE],
        }

    async def receipts(self) -> dict[str, Any]:
        shown = next(each for each in self.android.drawer if each.title == TITLE)
        message = shown.data["message"]
        await self.browser.say(message, "received")
        for what in ("received", "opened"):
            await self.maya.put(f"/me/messages/{message}/receipts/{what}", None)
        counted = await self.operator.get(f"/console/offers/{CHEAPER}/messages")
        told = [each for each in counted if each["channel"] == "push"]
        counts = {name: sum(each[name] for each in told) for name in ("members", "received", "opened")}
        return {"told": counts.pop("members"), **counts}

    async def a_moment(self) -> None:
        await asyncio.sleep(LOOK_SECONDS * 5)
