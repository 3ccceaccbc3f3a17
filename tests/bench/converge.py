"""From the till to the phone: at a steady rate of sales, and after the push service was away while everything changed."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import msgspec
from msgspec import Struct

from punchcard.demo.stage import Stage, raised
from tests.bench.figures import Figure, percentile, told, under
from tests.bench.phones import LightPhone, holding
from tests.bench.selling import CLIENTS, basket, begun, peopled
from tests.bench.till_client import TillClient

COMMAND = "make bench ONLY=converge"
ROOT = Path("build/bench").absolute()
STEADY_PHONES, RATE, STEADY_SECONDS, TILLS = 500, 100, 20, 24
SETTLED_SECONDS_MAX = 20
"""How long the last sales of the steady part may take to their phones before they count as lost."""
MEMBERS, CHANGES, OUTAGE_SECONDS, RIGHT_SECONDS_MAX = 1000, 50, 60, 180


class Sold(Struct, frozen=True):
    """A sale whose receipt the till holds since `at`: what the card has now."""

    phone: int
    at: float
    balance: int


class AfterOutage(Struct, frozen=True):
    seconds: float
    """From the return of the push service until the last phone was right."""
    wrong: int
    fetches_most: int
    pushes_most: int
    outage_seconds: float


def figures() -> list[Figure]:
    ROOT.mkdir(parents=True, exist_ok=True)
    return asyncio.run(measured())


async def measured() -> list[Figure]:
    async with raised(ROOT, port=0) as stage:
        key, cards = await peopled(stage, number=MEMBERS)
        await begun(stage.config.port, key, cards)
        phones = await holding(stage, MEMBERS)
        late, seconds = await steadily(stage, key, phones[:STEADY_PHONES])
        after = await through_an_outage(stage, key, phones)
        for phone in phones:
            await phone.close()
    name = f"{RATE} sales a second, till to phone"
    outage = f"{MEMBERS:,} members × {CHANGES} changes while APNs is away"
    return [
        told(f"{name}: p50", percentile(seconds, 50) * 1000, "ms", COMMAND),
        under(f"{name}: p99", percentile(seconds, 99) * 1000, "ms", 300, COMMAND),
        under(f"{name}: never shown", late, "sales", 1, COMMAND),
        told(f"{outage}: outage", after.outage_seconds, "seconds", COMMAND),
        under(f"{outage}: all right after", after.seconds, "seconds", 60, COMMAND),
        under(f"{outage}: wrong in the end", after.wrong, "phones", 1, COMMAND),
        under(f"{outage}: fetches a phone, most", after.fetches_most, "fetches", 3, COMMAND),
        told(f"{outage}: pushes a phone, most", after.pushes_most, "pushes", COMMAND),
    ]


async def steadily(stage: Stage, key: str, phones: list[LightPhone]) -> tuple[int, list[float]]:
    """Sales that begin at their own times, however long others take. How many never showed, and the seconds of the rest."""
    sold: list[Sold] = []
    chance, due = random.Random(5), asyncio.Queue[int]()

    async def till() -> None:
        async with TillClient("127.0.0.1", stage.config.port, key) as client:
            while True:
                sold.append(await sale(client, phones, await due.get(), chance))
                due.task_done()

    tills = [asyncio.create_task(till()) for _ in range(TILLS)]
    began = time.perf_counter()
    for number in range(RATE * STEADY_SECONDS):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        due.put_nowait(chance.randrange(len(phones)))
    await due.join()
    for each in tills:
        each.cancel()
    await asyncio.gather(*tills, return_exceptions=True)
    await until(lambda: all(phones[each.phone].showed_at(each.balance) for each in sold), SETTLED_SECONDS_MAX)
    shown = [(each, phones[each.phone].showed_at(each.balance)) for each in sold]
    return sum(at is None for _, at in shown), [max(0.0, at - each.at) for each, at in shown if at is not None]


async def through_an_outage(stage: Stage, key: str, phones: list[LightPhone]) -> AfterOutage:
    """Everybody's card changes many times while Apple refuses connections; then all must be right again."""
    await asyncio.sleep(2)  # a push of before must not be counted
    before = {phone.device: (phone.fetches, phone.wakes) for phone in phones}
    balances: Counter[int] = Counter()
    waiting = iter([number for _ in range(CHANGES) for number in range(len(phones))])
    await stage.apns.go_away("refuses")
    began, chance = time.perf_counter(), random.Random(6)

    async def till() -> None:
        async with TillClient("127.0.0.1", stage.config.port, key) as client:
            for number in waiting:
                done = await sale(client, phones, number, chance)
                balances[number] = max(balances[number], done.balance)

    await asyncio.gather(*(till() for _ in range(CLIENTS)))
    await asyncio.sleep(max(0.0, began + OUTAGE_SECONDS - time.perf_counter()))
    await stage.apns.come_back()
    back = time.perf_counter()
    await until(lambda: all(phones[n].showed_at(balance) for n, balance in balances.items()), RIGHT_SECONDS_MAX)
    ends = [phones[number].showed_at(balance) for number, balance in balances.items()]
    await asyncio.sleep(2)
    return AfterOutage(
        max([at for at in ends if at is not None], default=back) - back,
        sum(at is None for at in ends),
        max(phone.fetches - before[phone.device][0] for phone in phones),
        max(phone.wakes - before[phone.device][1] for phone in phones),
        back - began,
    )


async def sale(client: TillClient, phones: list[LightPhone], number: int, chance: random.Random) -> Sold:
    status, body = await client.send("PUT", f"/till/sales/{uuid4()}", basket(phones[number].code, chance))
    assert status == 200, (status, body)
    return Sold(number, time.perf_counter(), int(msgspec.json.decode(body)["balance"]))


async def until(is_so: Callable[[], bool], seconds_max: float) -> None:
    """Wait until it is so, or for so long."""
    deadline = time.perf_counter() + seconds_max
    while not is_so() and time.perf_counter() < deadline:  # noqa: ASYNC110  # of a thousand phones, the last
        await asyncio.sleep(0.1)
