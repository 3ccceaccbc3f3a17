"""What is counted in any process is summed in PostgreSQL, once, and Prometheus can read it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from punchcard.foundation import metrics
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.metrics import LABEL_SETS_MAX, Counter, Gauge, Histogram, Row, Tally
from punchcard.foundation.settings import Settings
from punchcard.surfaces.console.metrics import collected, shown, text
from tests.conftest import OneTransaction
from tests.town import NOON, Town

pytestmark = pytest.mark.anyio
BOUNDS = (0.1, 1.0)


def sales(tally: Tally) -> Counter:
    return Counter(tally, "sales_total", "Sales.", ("shop",))


async def counted(house: Database) -> list[tuple[str, dict[str, str], str, float]]:
    async with house.reading() as db:
        return [(each.name, each.labels, each.part, each.amount) for each in await metrics.rows(db)]


async def test_two_processes_count_one_sum(house: OneTransaction):
    here, there = Tally(), Tally()
    one, other = sales(here), sales(there)
    one.inc(shop="nola")
    other.inc(2, shop="nola")
    other.inc(shop="miro")

    for tally in (here, there, here, there):
        await tally.flush(house)

    assert await counted(house) == [
        ("sales_total", {"shop": "miro"}, "", 1.0),
        ("sales_total", {"shop": "nola"}, "", 3.0),
    ]


class Unsure(OneTransaction):
    """A database whose next commit happens, but whose answer is lost."""

    loses = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with super().transaction() as db:
            yield db
        if self.loses:
            self.loses -= 1
            raise ConnectionError("the answer was lost")


class Away(OneTransaction):
    """A database whose next transaction does not commit."""

    loses = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with super().transaction() as db:
            yield db
            if self.loses:
                self.loses -= 1
                raise ConnectionError("rolled back")


@pytest.mark.parametrize("kind", [Unsure, Away])
async def test_a_flush_that_failed_counts_once_whether_or_not_it_was_committed(db: Connection, kind):
    house, tally = kind(db), Tally()
    counter = sales(tally)
    counter.inc(shop="nola")
    house.loses = 2

    await metrics.tried(house, tally)
    counter.inc(5, shop="nola")
    await metrics.tried(house, tally)
    await metrics.tried(house, tally)
    await metrics.tried(house, tally)

    assert await counted(house) == [("sales_total", {"shop": "nola"}, "", 6.0)]


async def test_a_process_that_stops_hands_over_what_it_counted_last(house: OneTransaction):
    tally = Tally()
    counter = sales(tally)

    async with metrics.flushing(house, tally, every_seconds=0.01):
        counter.inc(shop="nola")
        await asyncio.sleep(0.05)
        while_running = await counted(house)
        counter.inc(shop="nola")

    assert while_running[0][-1] == 1.0
    assert (await counted(house))[0][-1] == 2.0


async def test_a_histogram_counts_at_or_below_each_bound(house: OneTransaction):
    tally = Tally()
    waits = Histogram(tally, "wait_seconds", "Waits.", BOUNDS, ())
    for seconds in (0.05, 0.1, 0.5, 7.0):
        waits.observe(seconds)
    await tally.flush(house)

    async with house.reading() as db:
        lines = text([shown(waits, await metrics.rows(db))]).decode()

    assert 'wait_seconds_bucket{le="0.1"} 2.0' in lines
    assert 'wait_seconds_bucket{le="1.0"} 3.0' in lines
    assert 'wait_seconds_bucket{le="+Inf"} 4.0' in lines
    assert "wait_seconds_count 4.0" in lines
    assert "wait_seconds_sum 7.65" in lines


def test_bounds_of_an_earlier_version_stay_in_the_sum():
    waits = Histogram(Tally(), "wait_seconds", "Waits.", BOUNDS, ())
    rows = [Row("wait_seconds", {}, part, 1.0) for part in ("0.1", "0.5", "sum")]

    lines = text([shown(waits, rows)]).decode()

    assert 'wait_seconds_bucket{le="0.5"} 2.0' in lines and 'wait_seconds_bucket{le="+Inf"} 2.0' in lines


def test_what_was_never_counted_is_zero_and_not_absent():
    assert "tries_total 0.0" in text([shown(Counter(Tally(), "tries_total", "Tries.", ()), [])]).decode()


@pytest.mark.parametrize("labels", [{}, {"till": "1"}, {"shop": "nola", "till": "1"}])
def test_a_label_that_was_not_declared_is_refused(labels):
    with pytest.raises(AssertionError, match="sales_total"):
        sales(Tally()).inc(**labels)


def test_labels_that_nobody_bounded_are_bounded_here():
    tally = Tally()
    counter = sales(tally)

    for number in range(3 * LABEL_SETS_MAX):
        counter.inc(shop=str(number))

    assert len(tally.counted) == LABEL_SETS_MAX + 1
    assert tally.counted["sales_total", (("shop", "other"),), ""] == 2 * LABEL_SETS_MAX


def test_a_name_is_declared_once():
    tally = Tally()
    sales(tally)

    with pytest.raises(AssertionError, match="twice"):
        sales(tally)


async def test_threads_lose_no_count(house: OneTransaction):
    tally = Tally()
    counter = sales(tally)

    def count(_: int) -> None:
        for _ in range(500):
            counter.inc(shop="nola")

    await asyncio.gather(*(asyncio.to_thread(count, each) for each in range(8)))

    assert sum(tally.counted.values()) == 4000


async def test_prometheus_reads_what_the_operator_is_shown(town: Town):
    maya = await town.join("maya@example.com")
    await town.sell(maya, {"sku": "a", "category": "coffee", "brand": "", "quantity": 1, "amount": 900})

    answer = await town.ask("GET", "/console/metrics", key=town.operator_key)

    families: dict[str, Any] = {each.name: each for each in text_string_to_metric_families(answer.text)}
    waiting = {each.labels["reaction"]: each.value for each in families["punchcard_outbox_rows"].samples}
    assert answer.headers["content-type"].startswith("text/plain")
    assert waiting["passes.apple"] == 1.0
    assert all(each.value == 0 for each in families["punchcard_gauges_dark"].samples)


async def test_a_room_in_the_dark_does_not_hide_the_others(house: OneTransaction, papers: Settings):
    async def broken(db: Connection, settings: Settings, at: Instant) -> list[Gauge]:
        await db.fetch("select " + "no_such_column")
        return []

    async def fine(db: Connection, settings: Settings, at: Instant) -> list[Gauge]:
        return [Gauge("fine", "Fine.", 7.0)]

    found = await collected((("broken", broken), ("fine", fine)), house, papers, NOON)

    assert [(each.name, each.value, each.labels) for each in found] == [
        ("punchcard_gauges_dark", 1, {"room": "broken"}),
        ("fine", 7.0, {}),
        ("punchcard_gauges_dark", 0, {"room": "fine"}),
    ]
