"""A week at a till that loses its network at random, and the same week at one that never does: the same in the end."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from msgspec import Struct
from msgspec.structs import replace

from punchcard import journal, offline, worker
from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY, HOUR, MINUTE
from punchcard.foundation.database import Database
from punchcard.foundation.ids import BUCKETS
from punchcard.foundation.settings import Settings
from punchcard.programme import Adjustment, Standing, balance, encode
from punchcard.sandbox.till import Till
from tests.conftest import OneTransaction
from tests.town import NOON, Person, StandingClock, Town, line, opened

SEEDS = range(2)
"""tests/chaos/test_offline_week.py lives through more weeks."""
PEOPLE, FACTS, VOUCHERS = 12, 160, 2
A_NIGHT = 60
"""After so many acts all that waits is worked through, and time does its work."""
GOES, COMES = 0.06, 0.2
"""How likely the network goes away, and comes back, between two customers."""
LOST_ON_THE_WAY, LOST_ON_THE_WAY_BACK = 0.05, 0.05
POINTS_MOST = 20_00
WORTH, PRICE = 5_00, 500
"""Of the vouchers that everybody claims at the beginning: minor units, and points."""


class Network(httpx.AsyncBaseTransport):
    """Loses questions before they are served and answers after it; while it is away, everything."""

    def __init__(self, inner: httpx.AsyncBaseTransport, chance: random.Random, shaky: bool):
        self.inner, self.chance, self.shaky, self.away = inner, chance, shaky, False

    def weather(self) -> None:
        if self.shaky:
            self.away = self.chance.random() > COMES if self.away else self.chance.random() < GOES

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.away or (self.shaky and self.chance.random() < LOST_ON_THE_WAY):
            raise httpx.ConnectError("the network is away")
        answer = await self.inner.handle_async_request(request)
        if self.shaky and self.chance.random() < LOST_ON_THE_WAY_BACK:
            await answer.aread()
            raise httpx.ReadTimeout("the answer is lost")
        return answer


class Act(Struct, frozen=True):
    """What a customer comes for: so many seconds after the one before, who, what, and which earlier act it is about."""

    after: int
    kind: str
    who: int
    lines: list[dict[str, Any]] = []
    about: int = 0


class Lived(Struct):
    """What the week left behind: standings by person, and who paid with points while there was no network."""

    standings: list[Standing]
    spent_offline: set[int]
    queued: Counter[str]
    """What waited for a network, by its kind."""
    lost: set[int]
    """Whose points a shop went without."""
    pays: dict[int, int]
    """The points of an act that pays with points."""


def plan(seed: int) -> list[Act]:
    """What happens in the week: sales, of which some are paid by points or a voucher, are brought back or made void."""
    chance, acts, at = random.Random(seed), list[Act](), 0
    left, sold_at, vouchers = dict[int, int](), dict[int, int](), [VOUCHERS] * PEOPLE
    for n in range(FACTS):
        after = chance.randrange(1, 2 * 7 * DAY // FACTS)
        at += after
        kind = chance.choices(KINDS, HOW_OFTEN)[0] if n > 20 else "sale"
        of = {"return": list(left), "void": [each for each in left if at - sold_at[each] < DAY]}.get(kind)
        if of:
            about = chance.choice(of)
            left[about] -= left[about] if kind == "void" else 1
            if not left[about]:
                del left[about]
            acts.append(Act(after, kind, acts[about].who, about=about))
            continue
        who = chance.randrange(PEOPLE)
        if kind in ("return", "void") or (kind == "voucher" and not vouchers[who]):
            kind = "sale"
        vouchers[who] -= kind == "voucher"
        goods = [line(chance.randrange(5_00, 90_00), *chance.choice(GOODS), chance.randrange(1, 4))]
        acts.append(Act(after, kind, who, goods))
        left[n], sold_at[n] = goods[0]["quantity"], at
    return acts


KINDS, HOW_OFTEN = ("sale", "points", "voucher", "return", "void"), (10, 4, 2, 3, 2)
GOODS = [("coffee", "flat-white"), ("pastry", "croissant"), ("bakery", "loaf")]


async def live(town: Town, file: Path, seed: int, shaky: bool, pays: dict[int, int] | None = None) -> Lived:
    """The week in this town. Points are paid as `pays` says, else as many as half of what is there."""
    people = [await town.join(f"guest{n}@example.com", f"Guest {n}") for n in range(PEOPLE)]
    network = Network(town.client._transport, random.Random(seed + 1), shaky)
    client = httpx.AsyncClient(
        transport=network, base_url="http://punchcard.test", headers={"Authorization": f"Bearer {town.till_key}"}
    )
    ids = random.Random(seed + 2)
    lived, told = Lived([], set(), Counter(), set(), dict(pays or {})), dict[int, UUID]()

    def opened_till() -> Till:
        return Till(file, client, "nola-1", town.clock.now, lambda: UUID(int=ids.getrandbits(128), version=4))

    wallets = [await claims(town, each, ids) for each in people]
    till, crashes = opened_till(), random.Random(seed + 3)
    for n, act in enumerate(plan(seed)):
        town.clock.at += act.after
        network.weather()
        if n not in lived.pays and act.kind == "points":
            there = balance(await standing(town, people[act.who]))
            lived.pays[n] = min(there // 2, POINTS_MOST, act.lines[0]["amount"])
        said = await customer(till, people[act.who].card, act, tenders(act, lived.pays.get(n, 0), wallets), told)
        told[n] = said.id
        if said.state == "queued":
            lived.queued[act.kind] += 1
            lived.spent_offline |= {act.who} if act.kind == "points" else set()
        assert said.state != "refused", said
        if n % A_NIGHT == 0:
            await town.follow()
        if till.busy() and not network.away:
            await till.bring()
            await batches(town)
            await till.bring()
        if shaky and crashes.random() < 0.05:
            till.close()
            till = opened_till()
    await settle_up(town, till, network)
    lived.lost = {
        who for n, act in enumerate(plan(seed)) for who in {act.who} if till.receipt(told[n]).get("shortfall")
    }
    till.close()
    lived.standings = [await standing(town, each) for each in people]
    return lived


async def claims(town: Town, person: Person, ids: random.Random) -> list[str]:
    """The ids of the vouchers that this member claims, of points that everybody is given for them."""
    database, at = town.outside.world.database, town.clock.now()
    made = [str(UUID(int=ids.getrandbits(128), version=4)) for _ in range(VOUCHERS)]
    gift = Adjustment(id=f"gift {made[0]}", at=at, points=VOUCHERS * PRICE, reason="gift")
    await journal.submit(database, person.member_id, gift, at)
    for each in made:
        answer = await person.ask("PUT", f"/me/claims/{each}", {"reward": "five-off"})
        assert answer.status_code == 201, answer.text
    return made


def tenders(act: Act, points: int, wallets: list[list[str]]) -> list[dict[str, Any]]:
    """What is paid with; nothing said: with money."""
    if act.kind == "voucher":
        worth, first = WORTH, {"kind": "voucher", "amount": WORTH, "voucher": wallets[act.who].pop()}
    elif points:
        worth, first = points, {"kind": "points", "amount": points}
    else:
        return []
    return [first, {"kind": "cash", "amount": act.lines[0]["amount"] - worth}]


async def customer(till: Till, card: str, act: Act, paid: list[dict[str, Any]], told: dict[int, UUID]) -> Any:
    if act.kind == "return":
        return await till.take_back(told[act.about], {"quantities": [{"line": 0, "quantity": 1}], "cashier": "Dana"})
    if act.kind == "void":
        return await till.void(told[act.about], {"cashier": "Dana", "reason": "rung up twice"})
    basket = {"card": card, "cashier": "Dana", "lines": act.lines}
    return await till.sell(basket | ({"tenders": paid} if paid else {}))


async def settle_up(town: Town, till: Till, network: Network) -> None:
    """The week is over, and the network is back."""
    town.clock.at = NOON + 9 * DAY
    network.away = network.shaky = False
    for _ in range(10):
        if await till.bring():
            return await tick(town)
        await batches(town)
        town.clock.at += MINUTE
    raise AssertionError("the till never comes to an end")


async def batches(town: Town) -> None:
    """The worker, as far as it is busy with what tills brought."""
    world, at = town.outside.world, town.clock.now()
    async with world.database.reading() as db:
        tasks = await outbox.due(db, range(BUCKETS), at)
    if mine := [task for task in tasks if task.reaction == offline.WORK.reaction]:
        settled = await worker.attempt(world, offline.WORK.reaction, mine, at)
        async with world.database.transaction() as db:
            await outbox.settle(db, settled, at)


async def tick(town: Town) -> None:
    await journal.tick_due(town.outside.world.database, town.clock.now())


async def standing(town: Town, person: Person) -> Standing:
    async with town.outside.world.database.reading() as db:
        return await journal.standing(db, person.member_id, town.clock.now())


@asynccontextmanager
async def another_town(connections: Database, papers: Settings) -> AsyncIterator[Town]:
    async with connections.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            async with opened(OneTransaction(connection), papers, StandingClock(NOON)) as town:
                town.clock.at += HOUR
                yield town
        finally:
            await transaction.rollback()


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_till_that_loses_its_network_ends_the_week_as_one_that_never_does(
    connections: Database, papers: Settings, tmp_path: Path, seed: int
) -> None:
    shaky = await two_weeks(connections, papers, tmp_path, seed)

    assert set(shaky.queued) == set(KINDS)


async def two_weeks(connections: Database, papers: Settings, folder: Path, seed: int) -> Lived:
    """The same week twice; what it was like at the till that lost its network. Raises AssertionError where they differ."""
    async with another_town(connections, papers) as town:
        calm = await live(town, folder / "calm.db", seed, shaky=False)
    async with another_town(connections, papers) as town:
        shaky = await live(town, folder / "shaky.db", seed, shaky=True, pays=calm.pays)
    assert not calm.queued and shaky.queued.total() > FACTS // 10
    assert calm.lost == set() and shaky.lost <= shaky.spent_offline and len(shaky.lost) < PEOPLE // 4
    for n, (here, there) in enumerate(zip(shaky.standings, calm.standings, strict=True)):
        if n not in shaky.spent_offline:
            assert as_kept(here) == as_kept(there), f"{n}"
        elif n not in shaky.lost:
            assert balance(here) == balance(there), f"{n}"
    return shaky


def as_kept(standing: Standing) -> bytes:
    return encode(replace(standing, seed=0, at=NOON + 10 * DAY))
