"""kill -9 of one of two workers again and again while thirty members with phones shop: every phone ends with the ledger's
balance, none shows an older one after a newer, nothing waits for ever, and nobody is told twice."""

import asyncio
import random
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from punchcard.demo import town
from punchcard.demo.people import MemberApp, TillApp, line
from punchcard.demo.stage import Stage
from punchcard.foundation.database import Database
from punchcard.foundation.ids import BUCKETS
from punchcard.foundation.outbox import LEASE_SECONDS
from punchcard.sandbox.android import Android
from punchcard.sandbox.iphone import IPhone
from punchcard.sandbox.pass_rules import Opened
from punchcard.worker import ROUND_TASKS_MAX
from tests.chaos.ground import audit, chance, ground, rounds, until
from tests.mutants.copies import Mutant

MEMBERS, SALES_AT_ONCE = 30, 2
JOIN_AT_ONCE = 5
WORKERS = ("work-1", "work-2")
CALM_SECONDS_MAX = 45.0
"""A dead worker's leases lapse after six seconds; who took them over has all the rest to do."""

FINISHED_BEFORE_DONE = Mutant(
    "a worker finishes rows before it does them",
    "worker.py",
    "                await self.settle(await attempt(self.world, reaction, batch, at), at)\n",
    """                async with self.database.transaction() as db:
                    await outbox.finish(db, batch)
                await asyncio.sleep(0.3)
                await attempt(self.world, reaction, batch, at)
""",
)
VERSIONS_IGNORED = Mutant(
    "a row is finished though it changed meanwhile",
    "worker.py",
    FINISHED_BEFORE_DONE.old,
    """                await attempt(self.world, reaction, batch, at)
                await asyncio.sleep(0.3)
                async with self.database.transaction() as db:
                    for task in batch:
                        await db.execute(
                            "delete from outbox where member_id = $1 and reaction = $2 and key = $3",
                            task.member_id, task.reaction, task.key,
                        )
""",
)


class Wallet(IPhone):
    """An iPhone that remembers every balance it has shown."""

    shown: list[int]

    async def keep(self, package: bytes, last_modified: str, old: Opened | None = None) -> str:
        serial = await super().keep(package, last_modified, old)
        self.shown = [*getattr(self, "shown", []), points_on(self)]
        return serial


class Holder:
    """A member with the card on an iPhone and the app on an Android."""

    def __init__(self, stage: Stage, number: int):
        self.stage, self.number = stage, number
        self.app = MemberApp(stage.url)
        self.iphone = Wallet(stage.apns, stage.authority.root, http_allowed=True)
        self.android = Android(stage.google, fid=f"fid-{number}")
        self.card = ""

    async def join(self) -> None:
        await self.app.join(
            f"holder-{self.number}@example.com", f"Maya {self.number}", "en", town.ZONE, self.stage.mailbox
        )
        self.card = (await self.app.get("/me/card"))["code"]
        await self.iphone.add((await self.app.get("/me/wallets"))["apple"])
        phone = {"kind": "fid", "address": self.android.install_app(), "platform": "android", "language": "en"}
        await self.app.put("/me/phones/pixel", phone | {"zone": town.ZONE})

    async def close(self) -> None:
        await self.iphone.close()
        await self.app.close()


def points_on(iphone: IPhone) -> int:
    return int(iphone.shows().primary[0][1].replace(",", ""))


async def test_phones_end_with_the_ledgers_balance_however_often_workers_are_killed() -> None:
    await shopping(MEMBERS, rounds(3), chance())


@pytest.mark.parametrize("mutant", [FINISHED_BEFORE_DONE, VERSIONS_IGNORED], ids=lambda mutant: mutant.name)
async def test_a_worker_that_loses_what_follows_is_found(mutant: Mutant) -> None:
    with pytest.raises(AssertionError, match=r"all phones show the ledger's balance|missed"):
        await shopping(MEMBERS, rounds(2), chance(), mutant, calm_seconds=12.0)


async def shopping(
    members: int,
    kills: int,
    random: random.Random,
    mutant: Mutant | None = None,
    calm_seconds: float = CALM_SECONDS_MAX,
) -> None:
    async with ground(mutant, workers=2) as (stage, keys, database):
        daytime(stage)
        holders = [Holder(stage, number) for number in range(members)]
        for first in range(0, members, JOIN_AT_ONCE):
            await asyncio.gather(*(holder.join() for holder in holders[first : first + JOIN_AT_ONCE]))
        till = TillApp(stage.url, keys.till_keys["nola"])
        try:
            sold = await sell_and_kill(stage, database, holders, till, kills, random)
            seconds = await calm(stage, database, holders, calm_seconds)
            print(f"{sold} sales, {kills} kills; all phones right {seconds:.1f} s after the last sale")
            never_back(holders)
            await told_once(stage, database, kills)
            await audit(stage)
        finally:
            await till.close()
            for holder in holders:
                await holder.close()


def daytime(stage: Stage) -> None:
    """Let the stage's clock run to ten in the morning: at night nothing would be told."""
    here = datetime.fromtimestamp(stage.clock.now(), ZoneInfo(town.ZONE))
    morning = here.replace(hour=10, minute=0, second=0) + timedelta(days=1)
    stage.clock.run_ahead(int(morning.timestamp()) - stage.clock.now())


async def sell_and_kill(
    stage: Stage, database: Database, holders: list[Holder], till: TillApp, kills: int, random: random.Random
) -> int:
    """Tills sell to members at random until the last kill."""
    sold, closing = 0, asyncio.Event()

    async def selling() -> None:
        nonlocal sold
        while not closing.is_set():
            card = random.choice(holders).card
            for _ in range(random.randrange(1, 4)):  # one right after the other: the second finds the first in hand
                await till.sell(card, [line("oranges", "produce", random.randrange(10_00, 90_00))])
                sold += 1

    tills = [asyncio.create_task(selling()) for _ in range(SALES_AT_ONCE)]
    for kill in range(kills):
        await until("both workers have members to look after", CALM_SECONDS_MAX, lambda: both_at_work(database))
        await asyncio.sleep(random.uniform(1.0, 2.5))
        if kill == kills - 1:  # what is in hand at the last kill, no later sale brings up to date
            closing.set()
        name = random.choice(WORKERS)
        stage.kill(name)
        stage.start(name)
        print(f"kill {kill + 1}: {name} after {sold} sales", flush=True)
    await asyncio.gather(*tills)
    return sold


async def both_at_work(database: Database) -> bool:
    """Every bucket has an owner who was there within the last two seconds, and there are two owners: who was killed
    is none any more, and who came back is one."""
    async with database.reading() as db:
        fresh = await db.fetchrow(
            """
            select count(distinct owner) as owners, count(*) as buckets from bucket_lease
             where until > now() + make_interval(secs => $1)
            """,
            LEASE_SECONDS - 2.0,
        )
    return fresh is not None and (fresh["owners"], fresh["buckets"]) == (2, BUCKETS)


async def calm(stage: Stage, database: Database, holders: list[Holder], seconds: float) -> float:
    """Until nothing waits and every phone shows what the ledger says."""

    async def right() -> bool:
        async with database.reading() as db:
            rows = await db.fetch("select member_id, points from profile")
            waiting = await db.fetchval("select count(*) from outbox") + await db.fetchval(
                "select count(*) from outbox_dead"
            )
        points = {row["member_id"]: row["points"] for row in rows}
        return not waiting and all(points_on(each.iphone) == points.get(each.app.member_id, 0) for each in holders)

    return await until("all phones show the ledger's balance, and nothing waits", seconds, right)


def never_back(holders: list[Holder]) -> None:
    """Nobody returned anything: a balance below the one before is an older one."""
    for each in holders:
        assert each.iphone.shown == sorted(each.iphone.shown), f"{each.card} went back: {each.iphone.shown}"
        assert each.iphone.troubles == []


async def told_once(stage: Stage, database: Database, kills: int) -> None:
    """Each message is one row and was sent; a phone that got it again could tell, and only a kill is an excuse."""
    async with database.reading() as db:
        rows = await db.fetch("select member_id, id, state from message")
        due = await db.fetchval("select count(*) filter (where visits >= 5) + coalesce(sum(tier), 0) from profile")
    assert len(rows) == due, f"{due - len(rows)} messages of {due} were missed"
    assert rows and {row["state"] for row in rows} == {"sent"}
    sends: Counter[tuple[str, str]] = Counter()
    for request in stage.google.fcm.requests:
        if request["path"].endswith("messages:send"):
            message = request["body"]["message"]
            tag = message["android"]["notification"]["tag"]
            assert tag == message["data"]["message"], "a repeat would not take the first one's place"
            sends[message["fid"], tag] += 1
    assert len(sends) == len(rows)
    repeats = sum(sends.values()) - len(sends)
    print(f"{len(rows)} messages, {repeats} of them sent again")
    assert repeats <= kills * ROUND_TASKS_MAX
