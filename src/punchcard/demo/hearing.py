"""What a member hears and what not: a surplus within the second, what she muted, what is too much for her, what waits for her
quiet hours, why she got it, what she set off herself; and nothing is lost or told twice while Firebase is away."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

from punchcard.foundation.clock import HOUR, MINUTE
from punchcard.foundation.ids import new_id
from punchcard.sandbox.fcm import Fault

from .cast import SEEN_SECONDS_MAX
from .desk import GREETING, LOAVES
from .people import MemberApp, good, line, prefers
from .promotions import BREAD, CROISSANTS, FRUIT, LEFT, TASTING, WELCOME, croissants, offer
from .tap import Tap

AWAY = Fault(503, "UNAVAILABLE")
SURPLUS = "croissants-left"
TASTED, FRUITS, LOAVES_TWICE = "tasting-tonight", "fruit-x2", "bread-x2"


class Hearing(Tap):
    async def a_surplus(self) -> None:
        step, title = self.evidence.step, CROISSANTS["en"]
        self.evidence.chapter("Three croissants are left")
        await self.until(15, days=1)
        await step(
            "At three Nola's till says so: an offer to those whose shop it is, on Maya's phone at once, until six",
            {"units": LEFT, "phone": title, "until_six": True},
            lambda: self.surplus(title),
        )
        await step(
            "She asks why she got it",
            {
                "because": ["You agreed to this: messages about offers", "You mostly shop here: Nola Coffee"],
                "switch_off": "To get no more offers chosen for you, take back your consent to personal offers in your settings.",
            },
            self.why,
        )

    async def surplus(self, title: str) -> dict[str, Any]:
        await self.operator.put(f"/console/flashes/{SURPLUS}", croissants())
        headers = {"Authorization": f"Bearer {self.nola.key}", "Idempotency-Key": str(new_id())}
        answer = await self.nola.http.post(f"/till/flashes/{SURPLUS}", json={"units": LEFT}, headers=headers)
        fired = good(answer)
        self.fired = fired["offer_id"]
        told = await self.told(title)
        bodies = [each.body for each in self.android.drawer if each.title == title]
        return {"units": fired["units"], **told, "until_six": "18:00" in "".join(bodies)}

    async def why(self) -> dict[str, Any]:
        said = await self.maya.get(f"/me/offers/{self.fired}/why")
        return {name: said[name] for name in ("because", "switch_off")}

    async def what_she_allows(self) -> None:
        """Phones told Maya of four offers in these seven days: more than the four that she allows from now on."""
        self.evidence.chapter("What she allows")
        await self.until(11, days=1)
        await self.evidence.step(
            "Both mute events, Maya allows four messages a week, Noa wants quiet until noon. Of two offers each reads why not, or "
            "not yet, and the app's stream says that something is in the inbox",
            {
                "muted": ["dropped", "Not sent: you muted this topic"],
                "enough": ["inbox", "Here only: you had your messages for this week"],
                "quiet": ["held", "Held until 12:00 for your quiet hours"],
                "stream": "inbox",
                "phones": 0,
            },
            self.not_told,
        )
        await self.until(12, 1)
        await self.seen("At noon Noa's phone tells of it", {"phone": [FRUIT["en"]]}, lambda: self.noas(FRUIT["en"]))
        await self.seen(
            "The operator sees how many were told, and why the others were not",
            {"told": 1, "cap": 1, "everybody": True},
            self.by_reason,
        )

    async def not_told(self) -> dict[str, Any]:
        await prefers(self.maya, muted=["events"], messages_a_week=4)
        await prefers(self.noa, muted=["events"], quiet_from="10:00", quiet_until="12:00")
        before, since, until = self.phones(), self.now() + 1, self.now() + 9 * HOUR
        async with self.hearing() as heard:
            await self.operator.put(f"/console/offers/{TASTED}", offer("miro", TASTING, since, until, topic="events"))
            await self.operator.put(f"/console/offers/{FRUITS}", offer("rayhan", FRUIT, since, until))
            muted = await self.note(self.maya, TASTED, "dropped")
            enough = await self.note(self.maya, FRUITS, "inbox")
            quiet = await self.note(self.noa, FRUITS, "held")
            stream = await asyncio.wait_for(heard.get(), SEEN_SECONDS_MAX)
        return {
            "muted": muted,
            "enough": enough,
            "quiet": quiet,
            "stream": stream,
            "phones": self.phones() - before,
        }

    def phones(self) -> int:
        """How often a phone or the browser has shown anything."""
        return len(self.android.received) + len(self.noas_phone.received) + len(self.browser.shown)

    @contextlib.asynccontextmanager
    async def hearing(self) -> AsyncIterator["asyncio.Queue[str]"]:
        """What Maya's app hears of its inbox; the first, of how it stands, is taken off."""
        heard: asyncio.Queue[str] = asyncio.Queue()
        headers = {"Authorization": f"Bearer {self.maya.key}"}
        async with self.maya.http.stream("GET", "/me/events", headers=headers) as answer:

            async def listen() -> None:
                async for said in answer.aiter_lines():
                    if said == "event: inbox":
                        heard.put_nowait("inbox")

            task = asyncio.create_task(listen())
            try:
                await asyncio.wait_for(heard.get(), SEEN_SECONDS_MAX)
                yield heard
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def note(self, app: MemberApp, subject: str, state: str) -> list[str]:
        """What became of this message, and why in the member's words, once it stands so."""
        began, found = time.perf_counter(), dict[str, Any]()
        while time.perf_counter() - began < SEEN_SECONDS_MAX and found.get("state") != state:
            await self.a_moment()
            found = next((each for each in await app.get("/me/messages") if each["subject"] == subject), {})
        return [found.get("state", ""), found.get("note") or ""]

    async def noas(self, title: str) -> dict[str, Any]:
        return {"phone": [each.title for each in self.noas_phone.drawer if each.title == title]}

    async def by_reason(self) -> dict[str, Any]:
        """Whoever has no phone finds it in the app alone."""
        counted = await self.operator.get(f"/console/offers/{FRUITS}/messages")
        reach = (await self.operator.get(f"/console/offers/{FRUITS}"))["reach"]
        return {
            "told": sum(each["members"] for each in counted if each["state"] == "sent"),
            "cap": sum(each["members"] for each in counted if each["reason"] == "cap"),
            "everybody": sum(each["members"] for each in counted) == reach > 0,
        }

    async def a_segment(self) -> None:
        self.evidence.chapter("Noa blossoms")
        await self.until(11, days=1)
        await self.evidence.step(
            "Maya rings up a large basket for her: 600 points, more than the 500 that Blossom asks for",
            {"blossom": True},
            self.feast,
        )
        await self.seen(
            "So she comes into a segment: an offer that waited for that is hers, for two days of her own, and not Maya's",
            {"phone": [WELCOME["en"]], "personal": True, "hers_for_hours": 48, "mayas": False},
            self.set_off,
        )

    async def feast(self) -> dict[str, Any]:
        await prefers(self.noa, quiet_from="22:00", quiet_until="08:00")
        await self.rayhan.sell(self.noas_card, [line("cheese", "dairy", 600_00, 10)], cashier="Maya")
        return {"blossom": (await self.noa.get("/me/card"))["tier"]["name"] == "Blossom"}

    async def set_off(self) -> dict[str, Any]:
        offers = await self.noa.get("/me/offers")
        hers: dict[str, Any] = next((each for each in offers if each["id"] == GREETING), {})
        return {
            **await self.noas(WELCOME["en"]),
            "personal": hers.get("personal"),
            "hers_for_hours": -(-hers.get("seconds_left", 0) // HOUR),
            "mayas": GREETING in [each["id"] for each in await self.maya.get("/me/offers")],
        }

    async def firebase_is_away(self) -> None:
        title = BREAD["en"]
        self.evidence.chapter("Firebase is away")
        await self.until(13, days=1)
        self.stage.google.fcm.weather = lambda address: AWAY
        await self.evidence.step(
            "Firebase answers 503. Maya's browser has the offer all the same; Noa's phone waits",
            {"browser": [title], "phones": [], "noa": "held", "reason": "provider"},
            lambda: self.while_away(title),
        )
        self.stage.google.fcm.weather = lambda address: None
        await self.reach(self.now() + 5 * MINUTE)
        await self.seen(
            "It is back: both phones tell of it", {"phone": [title], "noas": [title]}, lambda: self.on_phones(title)
        )
        await self.evidence.step(
            "Nothing was told twice", {"phone": 1, "noas": 1, "browser": 1}, lambda: self.told_once(title)
        )

    async def while_away(self, title: str) -> dict[str, Any]:
        await prefers(self.maya, messages_a_week=7, muted=[])
        since = self.now() + 1
        await self.operator.put(f"/console/offers/{LOAVES_TWICE}", offer("miro", BREAD, since, since + 6 * HOUR))
        waits = await self.note(self.noa, LOAVES_TWICE, "held")
        began = time.perf_counter()
        while not self.in_browser(title) and time.perf_counter() - began < SEEN_SECONDS_MAX:
            await self.a_moment()
        messages = await self.noa.get("/me/messages")
        reason = next(each["reason"] for each in messages if each["subject"] == LOAVES_TWICE)
        on_phones = await self.on_phones(title)
        return {
            "browser": self.in_browser(title),
            "phones": on_phones["phone"] + on_phones["noas"],
            "noa": waits[0],
            "reason": reason,
        }

    def in_browser(self, title: str) -> list[str]:
        return [each["title"] for each in self.browser.shown if each["title"] == title]

    async def on_phones(self, title: str) -> dict[str, Any]:
        mine = [each.title for each in self.android.drawer if each.title == title]
        return {"phone": mine, "noas": (await self.noas(title))["phone"]}

    async def told_once(self, title: str) -> dict[str, Any]:
        """By what Firebase and the browser's push service delivered, not by what the phones still show."""
        await asyncio.sleep(1)
        delivered = [
            each.address
            for each in self.stage.google.fcm.heard
            if each.is_delivered and each.tag == f"offer:{LOAVES_TWICE}"
        ]
        opened = [each for each in self.browser.opened if each["title"] == title]
        return {
            "phone": delivered.count(self.android.fid),
            "noas": delivered.count(self.noas_phone.fid),
            "browser": len(opened),
        }

    async def what_it_brought(self) -> None:
        self.evidence.chapter("What an offer brought")
        await self.seen(
            "Half of the audience goes without one: the operator sees both groups beside each other, and that it is early",
            {"both_groups": True, "verdict": "early"},
            self.lift,
        )

    async def lift(self) -> dict[str, Any]:
        seen = await self.operator.get(f"/console/offers/{LOAVES}")
        lift = await self.operator.get(f"/console/offers/{LOAVES}/lift")
        visits = lift["effects"][0]
        arms = [visits["treated"]["members"], visits["held_out"]["members"]]
        return {
            "both_groups": arms == [seen["reach"], seen["held_out"]] and sum(arms) > 0,
            "verdict": visits["verdict"],
        }
