"""One tap, and an offer lowers the price at the till by itself, until the last one is gone."""

from typing import Any

from punchcard.foundation.ids import new_id

from .counter import COFFEE
from .desk import CHEAPER, Desk
from .people import sale
from .promotions import COFFEE_LESS, UNITS

OFF = 4_50
"""A quarter of ₪18."""


class Tap(Desk):
    async def one_tap(self) -> None:
        """₪13.50 is paid: 13 and 5 for the coffee, a quarter more 4: 22."""
        step = self.evidence.step
        self.evidence.chapter("One tap")
        points = (await self.maya.get("/me/card"))["points"]
        short = COFFEE_LESS["en"]
        await self.seen(
            "Until she takes it, card and till say so",
            {"offer": f"{short} activate by 18:00", "till": "needs-activation"},
            self.before_the_tap,
        )
        await step(
            "One tap: the till's quote names it, the sale takes it off, the receipt says so",
            {"quote": OFF, "lines": [{"line": 0, "amount": OFF}], "receipt": [CHEAPER, OFF], "earned": 22},
            self.taken,
        )
        await step(
            "Both cards show it as hers",
            {"iphone": points + 22, "google": points + 22, "offer": f"{short} until 18:00"},
            lambda: self.both_cards(points + 22, f"{short} until 18:00"),
        )
        await step(
            f"Noa gets the last of {UNITS}: at once Maya's app and the till say sold out, and no sale gets that price any more",
            {"noa": OFF, "app": "sold-out", "till": "sold-out", "sale": "urn:punchcard:offer-sold-out"},
            self.last_one,
        )
        sold_out = f"{short} sold out"
        await step(
            "and both cards say it",
            {"iphone": points + 22, "google": points + 22, "offer": sold_out},
            lambda: self.both_cards(points + 22, sold_out),
        )

    async def before_the_tap(self) -> dict[str, Any]:
        quote = await self.nola.quote(self.card, [COFFEE])
        return {"offer": self.cards()["offer"], "till": self.of_quote(quote).get("state")}

    def of_quote(self, quote: dict[str, Any]) -> dict[str, Any]:
        return next((each for each in quote["offers"] if each["id"] == CHEAPER), {})

    def cheaper(self, card: str) -> dict[str, Any]:
        lowered = COFFEE | {"amount": COFFEE["amount"] - OFF, "discount": OFF}
        return sale(card, [lowered], offers={CHEAPER: OFF})

    async def taken(self) -> dict[str, Any]:
        await self.maya.put(f"/me/offers/{CHEAPER}/activation", None)
        named = self.of_quote(await self.nola.quote(self.card, [COFFEE]))
        receipt = await self.bought(self.card)
        [on_it] = receipt["offers"]
        return {
            "quote": named["amount"],
            "lines": named["lines"],
            "receipt": [on_it["id"], on_it["amount"]],
            "earned": receipt["earned"],
        }

    async def bought(self, card: str) -> dict[str, Any]:
        receipt: dict[str, Any] = await self.nola.put(f"/till/sales/{new_id()}", self.cheaper(card))
        return receipt

    async def last_one(self) -> dict[str, Any]:
        await self.noa.put(f"/me/offers/{CHEAPER}/activation", None)
        receipt = await self.bought(self.noas_card)
        mine = next(each for each in await self.maya.get("/me/offers") if each["id"] == CHEAPER)
        said = self.of_quote(await self.nola.quote(self.card, [COFFEE]))
        refused = await self.refused(self.nola.ask("PUT", f"/till/sales/{new_id()}", self.cheaper(self.card)))
        return {
            "noa": receipt["offers"][0]["amount"],
            "app": mine["state"],
            "till": said["state"],
            "sale": refused["type"],
        }
