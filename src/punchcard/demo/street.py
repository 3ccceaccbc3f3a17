"""The street on ordinary days: real households' baskets, rung up through the till's own HTTP API."""

import asyncio
from collections import defaultdict
from typing import Any

from msgspec import structs
from rich.console import Console
from rich.progress import Progress

from punchcard.foundation.clock import moment
from punchcard.foundation.ids import new_id

from .baskets import Basket
from .people import MemberApp, TillApp
from .stage import Stage
from .town import ZONE

LANGUAGES = ("en", "he", "ar", "ru")


async def ring_up(stage: Stage, till_keys: dict[str, str], played: list[Basket], console: Console) -> dict[str, Any]:
    """Let the households join, and ring up their baskets. Says what was played."""
    tills = [TillApp(stage.url, key) for key in till_keys.values()]
    members = {}
    for number, household in enumerate(sorted({basket.household for basket in played})):
        members[household] = MemberApp(stage.url, LANGUAGES[number % 4])
        contact, name = f"household-{household}@example.com", f"Household {household}"
        await members[household].join(contact, name, LANGUAGES[number % 4], ZONE, stage.mailbox)
    journals: dict[int, list[Basket]] = defaultdict(list)
    for basket in played:
        journals[basket.household].append(basket)
    with Progress(console=console, transient=True) as bar:
        line = bar.add_task("ringing up real baskets", total=len(played))
        await asyncio.gather(
            *(
                household_sales(members[household], tills, journal, lambda: bar.advance(line))
                for household, journal in journals.items()
            )
        )
    points = [(await app.get("/me/card"))["points"] for app in members.values()]
    for caller in (*tills, *members.values()):
        await caller.close()
    return {"households": len(members), "sales": len(played), "members_with_points": sum(each > 0 for each in points)}


async def household_sales(app: MemberApp, tills: list[TillApp], journal: list[Basket], tick: Any) -> None:
    card = (await app.get("/me/card"))["code"]
    for basket in journal:
        lines = [structs.asdict(line) for line in basket.lines]
        till = tills[basket.store % len(tills)]
        await till.sell(card, lines, new_id(), at=moment(basket.at).isoformat(), receipt_number=str(basket.id))
        tick()
