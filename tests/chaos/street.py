"""Maya with two phones, Daniel, two tills and the operator, on the chaos ground; and how Maya comes to her points."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from punchcard import authorisation
from punchcard.demo import town
from punchcard.demo.people import Caller, MemberApp, TillApp, line, sale
from punchcard.demo.stage import Stage
from punchcard.foundation.database import Database
from tests.chaos.crowd import at_once, post
from tests.chaos.ground import ground
from tests.mutants.copies import Mutant

GIFT_MOST = 500
"""What one operator gives at once by hand."""
LINES = [line("jar", "olives", 3_00)]


def paying(points: int) -> dict[str, object]:
    paid = [{"kind": "points", "amount": points, "points": points}]
    return {"cashier": "Dana", "lines": [line("jar", "olives", points)], "tenders": paid}


class Street:
    def __init__(self, stage: Stage, keys: town.Town, database: Database):
        self.stage, self.keys, self.database = stage, keys, database
        self.phones = [MemberApp(stage.url), MemberApp(stage.url)]
        self.daniel = MemberApp(stage.url)
        self.tills = [TillApp(stage.url, keys.till_keys[name]) for name in ("rayhan", "nola")]
        self.console = Caller(stage.url, keys.operator_key)
        self.card = ""

    async def open(self) -> None:
        for phone in self.phones:
            await phone.join("maya@example.com", "Maya", "en", town.ZONE, self.stage.mailbox)
        await self.daniel.join("daniel@example.com", "Daniel", "en", town.ZONE, self.stage.mailbox)
        self.card = (await self.phones[0].get("/me/card"))["code"]

    async def close(self) -> None:
        for each in (*self.phones, self.daniel, *self.tills, self.console):
            await each.close()

    @property
    def maya(self) -> UUID:
        assert self.phones[0].member_id
        return self.phones[0].member_id

    async def points(self) -> int:
        """What Maya can spend; she owes nothing."""
        card = await self.phones[0].get("/me/card")
        assert card["owed"] == 0, f"{card['owed']} points are owed"
        return int(card["points"])

    async def gift(self, points: int) -> None:
        """By hand, in as many parts as it takes."""
        while points > 0:
            part = min(points, GIFT_MOST)
            wish = {"points": part, "reason": "goodwill", "note": "for a day of trying"}
            await self.console.put(f"/console/members/{self.maya}/adjustments/{uuid4()}", wish)
            points -= part

    def rotating(self) -> str:
        """What Maya's phone shows in this half minute."""
        return authorisation.rotating(self.stage.config.secrets, self.card, self.stage.clock.now())

    async def sessions(self, how_many: int, till_keys: Sequence[str] = ()) -> list[tuple[str, str]]:
        """Tills' keys and sessions there, of a rotating code each, half a minute apart by the story's clock: below 28."""
        opened, body = [], sale("", LINES)
        for key, _ in zip(itertools.cycle(till_keys or [till.key for till in self.tills]), range(how_many)):
            (answer,) = await at_once(self.stage, [post(key, "/till/quotes", body | {"card": self.rotating()})])
            opened.append((key, str(answer.json()["session"])))
            self.stage.clock.run_ahead(30)
        await self.pass_by(0)
        return opened

    async def pass_by(self, seconds: int) -> None:
        """Time goes by in the story, and the phones stay signed in."""
        self.stage.clock.run_ahead(seconds)
        for phone in (*self.phones, self.daniel):
            await phone.get("/me/card")


@asynccontextmanager
async def street(mutant: Mutant | None = None) -> AsyncIterator[Street]:
    async with ground(mutant) as (stage, keys, database):
        made = Street(stage, keys, database)
        try:
            await made.open()
            yield made
        finally:
            await made.close()
