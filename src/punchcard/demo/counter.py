"""At the counter: a code that turns, money and points above what a copied code may spend, an order in two shipments, a
guest, and a cashier's own card. Sums are worked out beside each step."""

import asyncio
import time
from typing import Any
from uuid import UUID

from punchcard.foundation.ids import new_id

from .cast import LOOK_SECONDS, SEEN_SECONDS_MAX, Cast
from .people import Caller, good, line, sale

COFFEE = line("flat-white", "coffee", 18_00)
CROISSANT = line("almond-croissant", "pastry", 14_00)
HAMPER = line("breakfast-hamper", "pastry", 20_00)
GOODWILL = {"points": 3000, "reason": "goodwill", "note": "The tart of her party fell on the floor."}
PREPAID = "prepaid"


class Counter(Cast):
    """Her balance is 508 when this begins, at half past twelve."""

    async def a_second_person(self) -> None:
        step = self.evidence.step
        self.evidence.chapter("Two operators")
        await self.until(12, 30)
        await self.open_ears()
        await step(
            "3,000 points by hand are more than one operator may give: they wait until a second says yes",
            {"first": "waiting", "alone": "urn:punchcard:second-person-needed", "second": "written", "balance": 3508},
            self.goodwill,
        )

    async def goodwill(self) -> dict[str, Any]:
        id, yes = new_id(), {"approve": True}
        hired = await self.operator.post("/console/operators", {"name": "Omer, second operator", "role": "staff"})
        second = Caller(self.stage.url, hired["key"])
        asked = await self.operator.put(f"/console/members/{self.maya.member_id}/adjustments/{id}", GOODWILL)
        alone = await self.operator.ask("PUT", f"/console/adjustments/{id}/decision", yes)
        written = await second.put(f"/console/adjustments/{id}/decision", yes)
        await second.close()
        return {
            "first": asked["state"],
            "alone": alone.json()["type"],
            "second": written["state"],
            "balance": written["balance"],
        }

    async def at_the_counter(self) -> None:
        """Of ₪32 she pays ₪22 in points and ₪5 with money on the card; that and ₪5 in cash are ₪10 which earn: 10, of the five
        for a coffee as much as was paid, 2, and a quarter more 3. 3,508 less 2,200 and 15 more: 1,323."""
        step, asked = self.evidence.step, new_id()
        self.evidence.chapter("A code that turns")
        await step(
            "The till scans the code of this half minute from her Android: it may pay for all; at a second till it is refused",
            {"who": "Maya", "may_spend": 3200, "session": True, "second_till": "urn:punchcard:shown-elsewhere"},
            self.scanned,
        )
        await step(
            "₪22 in points and ₪5 of money on the card, by a code that can be copied: above the shop's floor of ₪20",
            {"on_the_card": 2000, "status": 409, "type": "urn:punchcard:above-floor"},
            self.above_the_floor,
        )
        title = "Pay ₪27.00 with your card at Nola Coffee?"
        await step("The till asks, and her phone shows it", {"phone": title}, lambda: self.asked(asked, title))
        await step(
            "One tap says yes: points, money on the card and cash pay together",
            {"spent": 2200, "paid": {PREPAID: 500}, "earned": 15, "balance": 1323},
            lambda: self.approved(asked),
        )
        title = "₪27.00 paid with your card at Nola Coffee"
        await step("and her phone tells of it", {"phone": title}, lambda: self.told(title))

    async def scanned(self) -> dict[str, Any]:
        code = self.android.card().code
        quote = await self.nola.quote(code, [COFFEE, CROISSANT])
        again = await self.refused(self.second_till.ask("POST", "/till/quotes", sale(code, [COFFEE])))
        return {
            "who": quote["member"]["name"],
            "may_spend": quote["may_spend"]["points"],
            "session": code != self.card and quote["session"] != "",
            "second_till": again["type"],
        }

    def mixed(self, **more: Any) -> dict[str, Any]:
        tenders = [
            {"kind": "points", "amount": 22_00},
            {"kind": "stored", "amount": 5_00, "currency": PREPAID},
            {"kind": "cash", "amount": 5_00},
        ]
        return sale(self.card, [COFFEE, CROISSANT], tenders=tenders, **more)

    async def above_the_floor(self) -> dict[str, Any]:
        body = {"card": self.card, "amount": 20_00, "currency": PREPAID}
        loaded = await self.nola.put(f"/till/loads/{new_id()}", body)
        said = await self.refused(self.nola.ask("PUT", f"/till/sales/{new_id()}", self.mixed()))
        return {"on_the_card": loaded["balance"], **said}

    async def asked(self, id: UUID, title: str) -> dict[str, Any]:
        await self.nola.put(f"/till/approvals/{id}", {"card": self.card, "worth": 27_00})
        return await self.told(title)

    async def approved(self, id: UUID) -> dict[str, Any]:
        await self.maya.put(f"/me/approvals/{id}", {"approve": True})
        self.paid_mixed = new_id()
        receipt = await self.nola.put(f"/till/sales/{self.paid_mixed}", self.mixed(approval=str(id)))
        self.rolls["nola"].print(32_00, receipt)
        return {name: receipt[name] for name in ("spent", "paid", "earned", "balance")}

    async def an_order(self) -> None:
        """600 points are set aside. Of two hampers for ₪20 each they pay ₪4 and ₪2: 16 and a quarter more 4, 18 and 4.
        1,323 less 600, and 20 and 22 more: 765. The void gives 2,200 back and takes 15: 2,950."""
        step = self.evidence.step
        self.evidence.chapter("An order in two shipments")
        await step(
            "600 points are set aside for it, and pay for both as they leave",
            {"set_aside": 600, "spent": [400, 200], "earned": [20, 22], "balance": 765},
            self.shipped,
        )
        await step(
            "The sale before is made void: points and money come back, what it earned goes",
            {"spent": -2200, "paid": {PREPAID: -500}, "earned": -15, "iphone": 2950, "google": 2950},
            self.voided,
        )

    async def shipped(self) -> dict[str, Any]:
        hold = new_id()
        body = {"card": self.card, "points": 600, "currency": "points", "minutes": 3 * 24 * 60}
        held = await self.nola.put(f"/till/holds/{hold}", body)
        receipts = []
        for points, more in ((4_00, {"keep": True}), (2_00, {})):
            tenders = [
                {"kind": "points", "amount": points, "hold": str(hold), **more},
                {"kind": "card", "amount": 20_00 - points},
            ]
            receipts.append(await self.nola.sell(self.card, [HAMPER], tenders=tenders))
            self.rolls["nola"].print(20_00, receipts[-1])
        return {
            "set_aside": held["points"],
            "spent": [each["spent"] for each in receipts],
            "earned": [each["earned"] for each in receipts],
            "balance": receipts[-1]["balance"],
        }

    async def voided(self) -> dict[str, Any]:
        receipt = await self.nola.void(self.paid_mixed, "rung up for another table")
        self.rolls["nola"].print(-32_00, receipt)
        return {name: receipt[name] for name in ("spent", "paid", "earned")} | await self.both_cards(2950)

    async def others_cards(self) -> None:
        """A coffee that was sold to nobody: 18 and 5, and a quarter more 5 once it is hers. To somebody new it would be 23
        and 50 for a first purchase. 2,950 and 28: 2,978."""
        step = self.evidence.step
        self.evidence.chapter("A guest, and a cashier")
        await step(
            "A coffee is sold without a card; with its receipt's number she claims it in the app",
            {"would_earn": 73, "earned": 28, "balance": 2978},
            self.claimed_receipt,
        )
        await step(
            "She begins to work at Rayhan: her own card is refused at her till",
            {"status": 409, "type": "urn:punchcard:own-card"},
            self.own_card,
        )

    async def claimed_receipt(self) -> dict[str, Any]:
        kept = await self.nola.sell("", [COFFEE], receipt_number="2041")
        self.rolls["nola"].print(18_00, {"earned": 0, "spent": 0})
        printed = {name: kept[name] for name in ("shop", "day", "number", "total")}
        receipt = await self.maya.put(f"/me/receipts/{new_id()}", printed)
        return {"would_earn": kept["would_earn"], "earned": receipt["earned"], "balance": receipt["balance"]}

    async def own_card(self) -> dict[str, Any]:
        await self.operator.put("/console/partners/rayhan/staff/Maya", {"name": "Maya", "card": self.card})
        body = sale(self.card, [line("oranges", "produce", 20_00)]) | {"cashier": "Maya"}
        return await self.refused(self.rayhan.ask("PUT", f"/till/sales/{new_id()}", body))

    async def open_ears(self) -> None:
        """A merchant's system listens from here on, and asks to hear of Maya from the beginning."""
        endpoint = f"/console/webhooks/{new_id()}"
        self.merchant.secret = (await self.operator.put(endpoint, {"url": self.merchant_url}))["secret"]
        since = {"since": "2000-01-01T00:00:00Z", "member": str(self.maya.member_id)}
        good(await self.operator.ask("POST", f"{endpoint}/replay", since))

    async def heard(self, facts: int) -> dict[str, Any]:
        """Wait until the merchant's system has heard so many of Maya's facts; says in which order, and how many were signed
        by somebody else."""
        began, seqs = time.perf_counter(), list[int]()
        while len(seqs) < facts and time.perf_counter() - began < SEEN_SECONDS_MAX:
            await asyncio.sleep(LOOK_SECONDS)
            mine = [each for each in self.merchant.accepted.values() if each.member == str(self.maya.member_id)]
            seqs = [each.seq for each in mine]
        in_order = seqs == list(range(1, len(seqs) + 1))
        return {"heard": len(seqs), "in_order": in_order, "badly_signed": len(self.merchant.forged)}
