"""The network is away: a till sells on, takes a token by a public key alone, and brings everything when it is back. And
what the tills reckon at closing time."""

import asyncio
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from punchcard import reconciliation
from punchcard.escrow import BadToken
from punchcard.foundation import database as databases
from punchcard.foundation.ids import new_id
from punchcard.sandbox.till import Till

from . import town
from .cast import LOOK_SECONDS, SEEN_SECONDS_MAX
from .counter import COFFEE, CROISSANT, Counter
from .people import good, sale

TOKEN_WORTH = 10_00


class Network(httpx.AsyncBaseTransport):
    """A network that is there or not; it remembers what was brought over it."""

    def __init__(self) -> None:
        self.wire, self.is_cut, self.batch = httpx.AsyncHTTPTransport(), False, b""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("the network is away")
        if request.method == "POST":
            self.batch = request.content
        return await self.wire.handle_async_request(request)

    async def aclose(self) -> None:
        await self.wire.aclose()


class Away(Counter):
    async def the_network_is_away(self) -> None:
        """₪10 in points are set aside: 2,978 less 1,000. Coffee for ₪18 in cash: 28; coffee and croissant for ₪32, of which
        ₪22 in cash: 22 and 3, a quarter more 6; a croissant for ₪14: 14 and 3. 1,978 and 28, 31 and 17: 2,054."""
        step, key = self.evidence.step, {"Authorization": f"Bearer {self.second_till.key}"}
        self.evidence.chapter("The network is away")
        await self.until(12, 45)
        self.network = Network()
        async with httpx.AsyncClient(base_url=self.stage.url, headers=key, transport=self.network) as client:
            self.till = Till(self.stage.folder / "till-2.sqlite", client, "nola-1", self.now, new_id)
            await step(
                "Her app sets ₪10 aside for Nola; then the line is cut. The till sells three times, and takes the token once",
                {"sold": ["queued", "queued", "queued"], "token_worth": 1000, "token_again": "taken"},
                self.sold_alone,
            )
            self.network.is_cut = False
            await step(
                "The line is back: it brings its queue and hears what became of each; brought again, nothing happens twice",
                {
                    "done": 3,
                    "replayed": 3,
                    "earned": [28, 31, 17],
                    "spent": [0, 1000, 0],
                    "iphone": 2054,
                    "google": 2054,
                },
                self.brought,
            )
            self.till.close()

    async def sold_alone(self) -> dict[str, Any]:
        asked = {"shop": "nola-1", "worth": TOKEN_WORTH}
        made = await self.maya.put(f"/me/spend-tokens/{new_id()}", asked)
        await self.till.learn_keys()
        self.network.is_cut = True
        said = self.till.take(made["token"])
        try:
            again = str(self.till.take(made["token"]).worth)
        except BadToken as refused:
            again = str(refused)
        by_token = {"kind": "points", "amount": TOKEN_WORTH, "token": made["token"]}
        self.baskets = [
            sale(self.card, [COFFEE]),
            sale(self.card, [COFFEE, CROISSANT], tenders=[by_token, {"kind": "cash", "amount": 32_00 - TOKEN_WORTH}]),
            sale(self.card, [CROISSANT]),
        ]
        self.alone = [await self.till.sell(basket) for basket in self.baskets]
        return {"sold": [each.state for each in self.alone], "token_worth": said.worth, "token_again": again}

    async def brought(self) -> dict[str, Any]:
        began, done = time.perf_counter(), False
        while not done and time.perf_counter() - began < SEEN_SECONDS_MAX:
            done = await self.till.bring()
            await asyncio.sleep(LOOK_SECONDS * 5)
        receipts = [self.till.receipt(each.id) for each in self.alone]
        for basket, receipt in zip(self.baskets, receipts, strict=True):
            self.rolls["second"].print(sum(each["amount"] for each in basket["lines"]), receipt)
        earned, spent = ([each.get(name) for each in receipts] for name in ("earned", "spent"))
        await self.bring_again()
        outcomes = [each["outcomes"] for each in await self.operator.get("/console/batches")]
        both = {name: count for each in outcomes for name, count in each.items()}
        return {**both, "earned": earned, "spent": spent} | await self.both_cards(2054)

    async def bring_again(self) -> None:
        """The same under another key, as a till would that lost the first one."""
        headers = {"Idempotency-Key": str(new_id())}
        answer = await self.till.client.post("/till/batches", content=self.network.batch, headers=headers)
        address, page, began = good(answer)["address"], dict[str, Any](), time.perf_counter()
        while page.get("state") != "finished" and time.perf_counter() - began < SEEN_SECONDS_MAX:
            await asyncio.sleep(LOOK_SECONDS * 5)
            page = await self.second_till.get(address)

    async def closing_time(self) -> None:
        """Till 1 printed five receipts: ₪90 sold, ₪32 back. Till 2 printed three: ₪64."""
        day = datetime.fromtimestamp(self.now(), ZoneInfo(town.ZONE)).date().isoformat()
        self.evidence.chapter("The books")
        await self.evidence.step(
            "A merchant's system has heard all that happened to Maya, in order, each with a good signature",
            {"heard": 24, "in_order": True, "badly_signed": 0},
            lambda: self.heard(24),
        )
        await self.evidence.step(
            "Both of Nola's tills tell what they reckon of the day; in the night receipts and journals agree with it",
            {"sold": [90_00, 64_00], "returned": [32_00, 0], "receipts": 8, "tills_that_agree": 2, "findings": []},
            lambda: self.reconciled(day),
        )

    async def reconciled(self, day: str) -> dict[str, Any]:
        """The worker compares every ten minutes what is over; here it is done at once."""
        totals = [roll.totals() for roll in self.rolls.values()]
        for till, told in zip((self.nola, self.second_till), totals, strict=True):
            await till.put(f"/till/totals/{day}", told)
        await self.until(3, 1, days=1)
        database = await databases.connect(str(self.stage.config.database_url), connections_max=2)
        try:
            await reconciliation.nightly(database, self.now())
        finally:
            await database.close()
        report = await self.operator.get(f"/console/reconciliations?day={day}")
        (shop,) = report["shops"]
        return {
            "sold": [each["amount"] for each in totals],
            "returned": [each["returned"] for each in totals],
            "receipts": shop["receipts"],
            "tills_that_agree": shop["matched"],
            "findings": report["findings"],
        }
