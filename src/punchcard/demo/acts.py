"""What happens to Maya, act by act. Sums are worked out beside each step, so that a reader can follow them."""

import asyncio
import time
from collections.abc import Awaitable, Iterator
from typing import Any
from uuid import UUID

from punchcard.foundation.clock import HOUR, Instant
from punchcard.foundation.ids import new_id

from . import town
from .cast import LOOK_SECONDS, SEEN_SECONDS_MAX
from .counter import COFFEE, CROISSANT
from .hearing import Hearing
from .offer import DOUBLE_COFFEE, draft
from .people import good, line, sale

BLOSSOM_GREEN = "rgb(15, 70, 59)"


class Acts(Hearing):
    def all(self) -> Iterator[Awaitable[None]]:
        yield self.joining()
        yield self.the_first_coffee()
        yield self.five_visits()
        yield self.a_tier()
        yield self.two_hours()
        yield self.a_reward()
        yield self.pulling_the_plug()
        yield self.a_night()
        yield self.a_second_person()
        yield self.at_the_counter()
        yield self.an_order()
        yield self.others_cards()
        yield self.the_network_is_away()
        yield self.closing_time()
        yield self.a_leaked_card()
        yield self.at_the_desk()
        yield self.one_tap()
        yield self.a_surplus()
        yield self.what_she_allows()
        yield self.a_segment()
        yield self.firebase_is_away()
        yield self.what_it_brought()

    async def joining(self) -> None:
        step = self.evidence.step
        self.evidence.chapter("Maya joins")
        await step("She joins with the one-time code from her mail", {"points": 0, "tier": "Bud"}, self.join)
        await step(
            "Her iPhone adds the pass, checks it as strictly as Apple does, and registers",
            {"points": "0", "level": "Bud", "troubles": []},
            self.add_to_apple,
        )
        await step(
            "Her Android saves the Google card through a short link", {"points": "0", "tier": "Bud"}, self.save_google
        )

    async def join(self) -> dict[str, Any]:
        await self.maya.join("maya@example.com", "Maya", "en", town.ZONE, self.stage.mailbox)
        card = await self.maya.get("/me/card")
        self.card = card["code"]
        return {"points": card["points"], "tier": card["tier"]["name"]}

    async def add_to_apple(self) -> dict[str, Any]:
        links = await self.maya.get("/me/wallets")
        front = await self.iphone.add(links["apple"])
        assert self.iphone.card
        self.card_before, self.save_link = self.iphone.card.package, links["google"]
        return {"points": front.primary[0][1], "level": front.header[0][1], "troubles": self.iphone.troubles}

    async def save_google(self) -> dict[str, Any]:
        shown = self.android.save(self.save_link)
        phone = {"kind": "fid", "address": self.android.install_app(), "platform": "android", "language": "en"}
        await self.maya.put("/me/phones/pixel", phone | {"zone": town.ZONE})
        return {"points": shown.points, "tier": shown.tier}

    async def the_first_coffee(self) -> None:
        """₪32 spent is 32 points, a coffee at Nola 5, a first purchase 50: 87."""
        step, lines, id = self.evidence.step, [COFFEE, CROISSANT], new_id()
        self.evidence.chapter("The first coffee")
        body = sale(self.card, lines)
        await step("The till asks what the basket would earn", {"who": "Maya", "earns": 87}, lambda: self.quoted(body))
        await step("The sale", {"earned": 87, "balance": 87}, lambda: self.earned(self.nola, *lines, id=id))
        await step("Both cards show it", {"iphone": 87, "google": 87}, lambda: self.both_cards(87))
        await step("The same sale again gives the same receipt, byte for byte", True, lambda: self.same_twice(id, body))
        await step(
            "The same id with another basket is refused",
            {"status": 422, "type": "urn:punchcard:other-body"},
            lambda: self.refused(self.nola.ask("PUT", f"/till/sales/{id}", sale(self.card, [COFFEE]))),
        )
        await step(
            "A card number with a typing error is told apart from an unknown one",
            {"status": 400, "type": "urn:punchcard:card-mistyped"},
            lambda: self.refused(self.nola.ask("POST", "/till/quotes", sale(mistyped(self.card), lines))),
        )

    async def quoted(self, body: dict[str, Any]) -> dict[str, Any]:
        quote = await self.nola.post("/till/quotes", body)
        return {"who": quote["member"]["name"], "earns": quote["earns"]}

    async def same_twice(self, id: UUID, body: dict[str, Any]) -> bool:
        first, second = [await self.nola.ask("PUT", f"/till/sales/{id}", body) for _ in range(2)]
        return first.content == second.content and good(first)["balance"] == 87

    async def five_visits(self) -> None:
        """Four more coffees of ₪18: 18 + 5 points each, 92 in all. The fifth visit completes the challenge: 100 more."""
        step = self.evidence.step
        self.evidence.chapter("Five visits in a month")
        balance = 87
        for visit in range(2, 6):
            await self.until(10, days=1)
            balance += 23 + (100 if visit == 5 else 0)
            expected = {"earned": 123 if visit == 5 else 23, "balance": balance}
            await step(f"Visit {visit}, a day later", expected, lambda: self.earned(self.nola, COFFEE))
        await step(
            "Both cards show the completed challenge's bonus",
            {"iphone": 279, "google": 279},
            lambda: self.both_cards(279),
        )
        title = "Done: Five visits in a month"
        await step("Her phone tells of it", {"phone": title}, lambda: self.told(title))

    async def a_tier(self) -> None:
        """₪300 at Rayhan: 300 points, and half as much again on ₪140 of fruit: 70. 549 earned this year: Blossom."""
        step = self.evidence.step
        self.evidence.chapter("Blossom")
        basket = line("oranges", "produce", 140_00, 7), line("cheese", "dairy", 160_00, 4)
        await step(
            "A large basket at Rayhan", {"earned": 370, "balance": 649}, lambda: self.earned(self.rayhan, *basket)
        )
        await step("Both cards show it", {"iphone": 649, "google": 649}, lambda: self.both_cards(649))
        expected = {"level": "Blossom", "colour": BLOSSOM_GREEN, "google": "Blossom"}
        await step("and have changed with her: another level, another colour", expected, self.levels)
        await step("Her phone says so", {"phone": "Welcome to Blossom"}, lambda: self.told("Welcome to Blossom"))

    async def levels(self) -> dict[str, Any]:
        front = self.iphone.shows()
        return {"level": front.header[0][1], "colour": front.background, "google": self.android.card().tier}

    async def two_hours(self) -> None:
        """Two coffees for ₪36 in the offer: 36 and 5 for each coffee make 46; doubled 92, a quarter more in Blossom 11: 103."""
        step = self.evidence.step
        self.evidence.chapter("An offer that ends in two hours")
        await self.until(13, days=1)
        ends = self.now() + 2 * HOUR
        await step(
            "The operator publishes it for regulars",
            {"state": "open", "reaches_regulars": True},
            lambda: self.publish("coffee-x2", ends),
        )
        title = DOUBLE_COFFEE["en"]
        await step("Her phone is told, at one in the afternoon", {"phone": title}, lambda: self.told(title))
        shown = {"iphone": 649, "google": 649, "offer": "Coffee ×2 until 15:00"}
        await step("Both cards show it with its end", shown, lambda: self.both_cards(649, "Coffee ×2 until 15:00"))
        two = line("flat-white", "coffee", 36_00, 2)
        await step(
            "It applies by itself at the till", {"earned": 103, "balance": 752}, lambda: self.earned(self.nola, two)
        )
        await step("Both cards show it", {"iphone": 752, "google": 752}, lambda: self.both_cards(752))
        await self.until(15, 0)
        await step(
            "At three it is gone from both",
            {"iphone": 752, "google": 752, "offer": ""},
            lambda: self.both_cards(752, ""),
        )
        # ₪18 and a coffee: 23, a quarter more 5
        await step("and a coffee earns as ever", {"earned": 28, "balance": 780}, lambda: self.earned(self.nola, COFFEE))

    async def publish(self, id: str, ends: Instant) -> dict[str, Any]:
        await self.operator.put(f"/console/offers/{id}", draft(self.now() + 1, ends))
        began = time.perf_counter()
        state: dict[str, Any] = {}
        while time.perf_counter() - began < SEEN_SECONDS_MAX and not state.get("reach"):
            await asyncio.sleep(LOOK_SECONDS)
            state = await self.operator.get(f"/console/offers/{id}")
        return {"state": state["state"], "reaches_regulars": state["reach"] > 0}

    async def a_reward(self) -> None:
        """A coffee for 300 points, with a croissant for ₪14: 14, and a quarter more 3. Brought back, nothing is left of it."""
        step = self.evidence.step
        self.evidence.chapter("A reward")
        basket = sale(self.card, [CROISSANT], vouchers=[str(self.claim)])
        sold, returned = new_id(), {0: 1}
        await step("She claims a coffee for 300 points", {"state": "active", "balance": 480}, self.claimed)
        await step("Both cards show what is left", {"iphone": 480, "google": 480}, lambda: self.both_cards(480))
        added = {"coupon": "Any coffee", "style": "coupon", "is_for_the_till": True, "troubles": []}
        await step("Her iPhone adds its coupon beside the card", added, self.coupon_added)
        await step("She uses it at the till", {"earned": 17, "balance": 497}, lambda: self.sold(sold, basket))
        await step("The coupon on her phone is void", {"void": True}, lambda: self.coupon_is(void=True))
        await step(
            "A second time it is refused",
            {"status": 409, "type": "urn:punchcard:no-such-voucher"},
            lambda: self.refused(self.nola.ask("PUT", f"/till/sales/{new_id()}", basket)),
        )
        await step(
            "Another merchant cannot take the goods back",
            {"status": 404, "type": "urn:punchcard:sale-unknown"},
            lambda: self.refused(
                self.rayhan.ask(
                    "PUT", f"/till/sales/{sold}/returns/{new_id()}", {"quantities": [{"line": 0, "quantity": 1}]}
                )
            ),
        )
        await step(
            "The goods come back to Nola: so does the reward",
            {"balance": 480, "claim": "active"},
            lambda: self.brought_back(sold, returned),
        )
        await step("and its coupon is good again", {"void": False}, lambda: self.coupon_is(void=False))
        await step("Both cards show it", {"iphone": 480, "google": 480}, lambda: self.both_cards(480))

    async def claimed(self) -> dict[str, Any]:
        claim = await self.maya.put(f"/me/claims/{self.claim}", {"reward": "any-coffee"})
        return {"state": claim["state"], "balance": (await self.maya.get("/me/card"))["points"]}

    async def sold(self, id: UUID, basket: dict[str, Any]) -> dict[str, Any]:
        receipt = await self.nola.put(f"/till/sales/{id}", basket)
        return {"earned": receipt["earned"], "balance": receipt["balance"]}

    async def brought_back(self, sold: UUID, quantities: dict[int, int]) -> dict[str, Any]:
        receipt = await self.nola.take_back(sold, quantities)
        claims = await self.maya.get("/me/claims")
        return {"balance": receipt["balance"], "claim": claims[0]["state"]}

    async def pulling_the_plug(self) -> None:
        """₪18 and a coffee: 23, a quarter more 5: 28."""
        step = self.evidence.step
        self.evidence.chapter("Pulling the plug")
        self.stage.kill("work-1")
        await step(
            "The worker is killed; the till sells on",
            {"earned": 28, "balance": 508},
            lambda: self.earned(self.nola, COFFEE),
        )
        self.stage.start("work-1")
        await step("A new worker brings both cards up to date", {"iphone": 508, "google": 508}, self.after_the_crash)

    async def after_the_crash(self) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for _ in range(3):  # the dead worker's lease has to lapse first
            seen = await self.both_cards(508)
            if seen == {"iphone": 508, "google": 508}:
                break
        return seen

    async def a_night(self) -> None:
        step = self.evidence.step
        self.evidence.chapter("A night")
        await self.until(23, days=1)
        drawer = len(self.android.drawer)
        ends, noon = self.now() + 2 * HOUR, self.now() + 13 * HOUR
        await step(
            "At eleven at night an offer until one",
            {"state": "open", "reaches_regulars": True},
            lambda: self.publish("night-x2", ends),
        )
        await step(
            "is not told: it would be over in the morning",
            "ends-in-quiet-hours",
            lambda: self.became("night-x2", "dropped"),
        )
        await step("Another, until noon, is held", "quiet-hours", lambda: self.held("brunch-x2", noon))
        await step("and the phone stays silent", 0, lambda: self.new_messages(drawer))
        await self.until(8, 1, days=1)
        await step(
            "In the morning it is told", {"phone": DOUBLE_COFFEE["en"], "since_night": 1}, lambda: self.morning(drawer)
        )

    async def became(self, offer: str, state: str) -> str:
        """The reason that the member reads for this message, once it stands in that state."""
        began, found = time.perf_counter(), {}
        while time.perf_counter() - began < SEEN_SECONDS_MAX:
            found = {each["subject"]: each for each in await self.maya.get("/me/messages")}.get(offer, {})
            if found.get("state") == state:
                return str(found.get("reason") or found["state"])
            await asyncio.sleep(LOOK_SECONDS * 5)
        return str(found)

    async def held(self, offer: str, ends: Instant) -> str:
        await self.publish(offer, ends)
        return await self.became(offer, "held")

    async def new_messages(self, before: int) -> int:
        await asyncio.sleep(1)
        return len(self.android.drawer) - before

    async def morning(self, before: int) -> dict[str, Any]:
        seen = await self.became("brunch-x2", "sent")
        return (
            {"phone": self.android.drawer[-1].title, "since_night": len(self.android.drawer) - before} if seen else {}
        )


def mistyped(card: str) -> str:
    """The card number with one character typed wrong."""
    other = "7" if card[3] != "7" else "8"
    return card[:3] + other + card[4:]
