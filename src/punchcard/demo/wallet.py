"""What her wallet holds beside the balance: a coupon that is void once it was used, and a card that leaked and is given anew."""

import asyncio
import time
from typing import Any

from .away import Away
from .cast import LOOK_SECONDS, SEEN_SECONDS_MAX
from .counter import COFFEE
from .people import sale


class Wallet(Away):
    async def coupon_added(self) -> dict[str, Any]:
        """From the link that her app shows beside the claim."""
        [ticket] = (await self.maya.get("/me/wallets"))["tickets"]
        shown = await self.iphone.add(ticket["apple"])
        return {
            "coupon": ticket["title"],
            "style": shown.style,
            "is_for_the_till": shown.code == str(self.claim),
            "troubles": self.iphone.troubles,
        }

    async def coupon_is(self, void: bool) -> dict[str, Any]:
        """Wait until the coupon on the phone is void, or good again."""
        [serial] = [serial for serial, held in self.iphone.passes.items() if held.opened.style == "coupon"]
        return {"void": await self.becomes_void(serial, void)}

    async def becomes_void(self, serial: str, void: bool = True) -> bool:
        began = time.perf_counter()
        while time.perf_counter() - began < SEEN_SECONDS_MAX:
            if self.iphone.shows(serial).is_void == void:
                break
            await asyncio.sleep(LOOK_SECONDS)
        return self.iphone.shows(serial).is_void

    async def a_leaked_card(self) -> None:
        step = self.evidence.step
        self.evidence.chapter("A card that leaked")
        await step(
            "The operator asks what her card shows right now",
            {"iphone_is_right": True, "google_is_right": True, "phones_behind": 0},
            self.what_it_shows,
        )
        old, serial = self.card, self.iphone.serial()
        await step(
            "A picture of it was posted: it is made void and given anew, in one step",
            {"was_void": False, "old_code_counts": False},
            lambda: self.made_void(old),
        )
        await step("The card on her phone is void", True, lambda: self.becomes_void(serial))
        await step(
            "Whoever shows the picture at the till gets nothing",
            {"status": 409, "type": "urn:punchcard:card-replaced"},
            lambda: self.refused(self.nola.ask("POST", "/till/quotes", sale(old, [COFFEE]))),
        )
        await step(
            "She adds the new one: it has her balance, and the till knows her",
            {"who": "Maya", "same_balance": True, "troubles": []},
            self.new_card,
        )

    async def what_it_shows(self) -> dict[str, Any]:
        """Both wallets have had time enough since the last sale; the worker repairs what has not come by itself."""
        began, seen = time.perf_counter(), await self.desk()
        wanted = {"iphone_is_right": True, "google_is_right": True, "phones_behind": 0}
        while seen != wanted and time.perf_counter() - began < SEEN_SECONDS_MAX:
            await asyncio.sleep(LOOK_SECONDS * 5)
            seen = await self.desk()
        return seen

    async def desk(self) -> dict[str, Any]:
        now = await self.operator.get(f"/console/members/{self.card}/passes")
        points = now["should_say"]["points"]
        devices = [each for shown in now["apple"]["passes"] for each in shown["devices"]]
        cards = [each for shown in now["apple"]["passes"] if not shown["subject"] for each in shown["devices"]]
        google = (now["google"]["says"] or {}).get("loyaltyPoints", {})
        return {
            "iphone_is_right": bool(cards) and all((each["says"] or {}).get("points") == points for each in cards),
            "google_is_right": google.get("balance", {}).get("int") == points,
            "phones_behind": sum(each["behind_since"] is not None for each in devices),
        }

    async def made_void(self, card: str) -> dict[str, Any]:
        because = {"because": "a picture of the card was posted"}
        done = await self.operator.post(f"/console/members/{card}/passes/void", because)
        now = await self.operator.get(f"/console/members/{card}/passes")
        return {"was_void": done["was_void"], "old_code_counts": now["named_card_counts"]}

    async def new_card(self) -> dict[str, Any]:
        card = await self.maya.get("/me/card")
        self.card = card["code"]
        front = await self.iphone.add((await self.maya.get("/me/wallets"))["apple"])
        quote = await self.nola.quote(self.card, [COFFEE])
        return {
            "who": quote["member"]["name"],
            "same_balance": int(front.primary[0][1].replace(",", "")) == card["points"],
            "troubles": self.iphone.troubles,
        }
