"""Somebody whose card has seen things, so that every screen has something to show: visits at three shops, a tier, challenges on
their way, offers of every kind, a claimed reward, messages."""

import asyncio
from typing import Any

from msgspec import Struct

from punchcard.demo import promotions, town
from punchcard.demo.offer import DOUBLE_COFFEE, draft
from punchcard.demo.people import MemberApp, good, line
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.ids import new_id
from punchcard.sandbox.android import Android

from .living import COFFEE, Living

SETTLED_SECONDS_MAX = 30
SOON = 2
LOAF = line("country-loaf", "bakery", 22_00)
BASKET = [line("oranges", "produce", 90_00, 6), line("olives", "olives", 64_00, 2), line("cheese", "dairy", 150_00, 3)]
PASTRY = line("almond-croissant", "pastry", 14_00)


class Settled(Struct, frozen=True):
    """The member and what they hold."""

    maya: MemberApp
    claim: str
    noa: MemberApp
    """She has just joined."""

    async def leave(self) -> None:
        await self.maya.close()
        await self.noa.close()


async def settle(house: Living, name: str = "Maya", language: str = "en") -> Settled:
    """A member with a few weeks behind them."""
    maya = await house.member(name, language)
    card = (await maya.get("/me/card"))["code"]
    phone = {
        "kind": "fid",
        "address": Android(house.stage.google, fid=f"fid-{card}").install_app(),
        "platform": "android",
    }
    await maya.put("/me/phones/pixel", phone | {"language": language, "zone": town.ZONE})
    nola, rayhan, miro = house.till("nola"), house.till("rayhan"), house.till("miro")
    for n in range(3):
        await nola.sell(card, [COFFEE, PASTRY], receipt_number=f"{name}-{n}")
    await miro.sell(card, [LOAF])
    for _ in range(4):
        await rayhan.sell(card, BASKET)
    await offered(house)
    claim = str(new_id())
    await maya.put(f"/me/claims/{claim}", {"reward": "any-coffee"})
    for each in (nola, rayhan, miro):
        await each.close()
    await told(maya, language)
    return Settled(maya, claim, await house.member("Noa", language))


async def offered(house: Living) -> None:
    """What the operator has on just now, unless it was put on for somebody before."""
    operator, now = house.operator(), house.stage.clock.now()
    on = {each["id"] for each in (await operator.ask("GET", "/console/offers")).json()}
    offers: dict[str, dict[str, Any]] = {
        "double-coffee": draft(now + SOON, now + 3 * HOUR),
        "fruit": promotions.offer("rayhan", promotions.FRUIT, now + SOON, now + 2 * DAY, art="citrus", activation=True),
        "bread": promotions.offer("miro", promotions.BREAD, now + SOON, now + 5 * DAY, art="loaf", activation=True),
        "loaf": promotions.offer("miro", promotions.LOAF, now + SOON, now + 9 * DAY, art="almonds"),
    }
    for id, each in offers.items():
        if id not in on:
            good(await operator.ask("PUT", f"/console/offers/{id}", each))
    await operator.close()


async def told(maya: MemberApp, language: str) -> None:
    """Wait until offers and messages are with the member."""
    for _ in range(SETTLED_SECONDS_MAX * 10):
        names = {each["title"] for each in await maya.get("/me/offers")}
        if DOUBLE_COFFEE[language] in names and (await maya.get("/me/inbox"))["items"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"only {names} came")
