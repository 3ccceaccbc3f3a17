"""A real grocer's year moved in: once, however often it is stopped and started; and only under a programme that counts it."""

import argparse
import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pytest
from pyarrow import parquet

from punchcard import journal, partners, rulebooks
from punchcard.commands import promising
from punchcard.demo import importing, journey
from punchcard.foundation import news
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Database
from punchcard.foundation.settings import BadSettings
from punchcard.reactions import REACTIONS

NOW = 1_795_348_800
"""Sunday, 22 November 2026, 12:00 UTC."""
HOUSEHOLDS, BASKETS = 5, 12
PROGRAMME = """
[programme]
name = { en = "Corner Shop" }
zone = "Europe/Lisbon"
currency = "EUR"
languages = ["en"]

[[tier]]
id = "guest"
name = { en = "Guest" }
threshold = 0

[[earn]]
id = "base"
name = { en = "A point a euro" }
award = { kind = "per-amount", points = 1, per = 100 }
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small year: five households, twelve baskets each, a basket every four weeks; a line that cost nothing in each."""
    lines = [
        {
            "household_id": household,
            "store_id": 300 + household,
            "basket_id": 31_000_000_000 + household * 100 + number,
            "product_id": product,
            "quantity": product - 1,
            "sales_value": 2.57 * (product - 1),
            "transaction_timestamp": datetime(2017, 1, 3 + household, 9, 30 + household)  # noqa: DTZ001  # local time
            + number * (datetime(2017, 1, 29) - datetime(2017, 1, 1)),  # noqa: DTZ001
        }
        for number in range(BASKETS)
        for household in range(1, HOUSEHOLDS + 1)
        for product in (1, 2, 3)
    ]
    products = [
        {"product_id": 1, "department": "GROCERY", "brand": "National", "product_category": "SOFT DRINKS"},
        {"product_id": 2, "department": "GROCERY", "brand": "Private", "product_category": "FRZN MEAT/MEAT DINNERS"},
    ]
    parquet.write_table(arrow.Table.from_pylist(lines), tmp_path / "transactions.parquet")
    parquet.write_table(arrow.Table.from_pylist(products), tmp_path / "products.parquet")
    return tmp_path


async def published(pool: Database, at: Instant) -> None:
    news.install(REACTIONS)
    async with pool.transaction() as db:
        await rulebooks.publish(db, PROGRAMME, at)


async def written(pool: Database) -> dict[str, Any]:
    """What stands in the journals, by household: receipts, times and points of the sales."""
    async with pool.reading() as db:
        rows = await db.fetch(
            """
            select person.name, fact.at, fact.body->>'receipt' as receipt, fact.body->>'shop' as shop,
                   (select sum(points) from entry where entry.member_id = fact.member_id and entry.fact_id = fact.id) as points
              from fact join person on person.member_id = fact.member_id order by 1, 2
            """
        )
    return {row["receipt"]: tuple(row) for row in rows}


async def test_every_household_becomes_a_member_whose_year_ends_within_the_last_week(pool: Database, data: Path):
    await published(pool, NOW - 400 * DAY)
    heard: list[int] = []

    plan = await importing.prepared(pool, journey.read(data), None, NOW)
    imported = await importing.moved_in(pool, plan, NOW, heard.append)

    found = await written(pool)
    first = found["31000000100"]
    assert (imported.households, imported.baskets, imported.baskets_before) == (5, 60, 0) and sum(heard) == 60
    assert len(found) == 60 and NOW - 7 * DAY < max(row[1] for row in found.values()) < NOW
    assert first[0] == "Household 1" and first[3] == "grocer-301" and first[4] == 7
    moved = datetime.fromtimestamp(first[1], UTC)
    assert (moved.weekday(), moved.hour, moved.minute) == (datetime(2017, 1, 4).weekday(), 9, 31)  # noqa: DTZ001
    async with pool.reading() as db:
        assert len(await partners.shops(db)) == 5
        assert not (await journal.audit(pool)).findings


async def test_an_import_that_is_stopped_anywhere_goes_on_and_doubles_nothing(pool: Database, data: Path):
    await published(pool, NOW - 400 * DAY)
    rows = journey.read(data)
    for stop_after in (1, 7, 23, 40):
        await stopped(pool, rows, stop_after)

    later = NOW + 9 * DAY
    plan = await importing.prepared(pool, rows, None, later)
    imported = await importing.moved_in(pool, plan, later, lambda _: None)

    found = await written(pool)
    assert imported.baskets == len(found) == 60 and imported.baskets_before >= 40
    assert max(row[1] for row in found.values()) < NOW, "the year stays where the first run has moved it"
    assert {row[4] for row in found.values()} == {7} and not (await journal.audit(pool)).findings


async def stopped(pool: Database, rows: journey.Rows, after: int) -> None:
    """Import until so many baskets have been told of, then be cancelled."""
    heard, enough = 0, asyncio.Event()

    def tell(baskets: int) -> None:
        nonlocal heard
        heard += baskets
        if heard >= after:
            enough.set()

    plan = await importing.prepared(pool, rows, None, NOW)
    running = asyncio.create_task(importing.moved_in(pool, plan, NOW, tell))
    await enough.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_some_households_first_and_more_of_them_later(pool: Database, data: Path):
    await published(pool, NOW - 400 * DAY)
    rows = journey.read(data)
    counts = []
    for households in (2, 4):
        plan = await importing.prepared(pool, rows, households, NOW)

        imported = await importing.moved_in(pool, plan, NOW, lambda _: None)

        counts.append((imported.baskets, imported.baskets_before, len(await written(pool))))
    assert counts == [(24, 0, 24), (48, 24, 48)]


async def test_without_a_programme_that_counts_the_year_nothing_is_imported_and_one_is_told_what_to_do(
    pool: Database, data: Path
):
    rows = journey.read(data)
    with pytest.raises(importing.CannotImport, match=r"No programme is published.*publish FILE --since 2026-01-14"):
        await importing.prepared(pool, rows, None, NOW)
    await published(pool, NOW)

    with pytest.raises(importing.CannotImport, match=r"holds from 2026-11-22 on.*publish FILE --since 2026-01-14"):
        await importing.prepared(pool, rows, None, NOW)


async def test_a_programme_may_be_published_for_the_past_only_while_no_fact_is_written(pool: Database, data: Path):
    await published(pool, NOW - 400 * DAY)
    async with pool.transaction() as db:
        await promising.not_behind_facts(db, NOW - DAY, NOW)
    plan = await importing.prepared(pool, journey.read(data), 1, NOW)
    await importing.moved_in(pool, plan, NOW, lambda _: None)

    async with pool.transaction() as db:
        await promising.not_behind_facts(db, NOW + DAY, NOW)
        with pytest.raises(BadSettings, match="facts stand in the journal already"):
            await promising.not_behind_facts(db, NOW - DAY, NOW)


def test_a_day_begins_where_the_programme_is():
    words = argparse.Namespace(since=date(2026, 7, 1))

    assert promising.beginning(PROGRAMME, words) == int(datetime(2026, 6, 30, 23, tzinfo=UTC).timestamp())


def test_lines_bear_the_grocers_shelves_and_are_worth_at_least_one_piece_and_perhaps_nothing(data: Path):
    ((household, (first, *_)),) = journey.facts(journey.read(data), households={2})

    assert household == 2 and [spelled(line) for line in first.lines] == [
        ("1", "soft-drinks", "national", 1, 0),
        ("2", "frzn-meat-meat-dinners", "private", 1, 257),
        ("3", "other", "", 2, 514),
    ]


def spelled(line: Any) -> tuple[Any, ...]:
    return line.sku, line.category, line.brand, line.quantity, line.amount


def test_files_that_are_not_there_are_named(tmp_path: Path):
    with pytest.raises(journey.NoJourney, match=r"does not hold transactions\.parquet and products\.parquet"):
        journey.read(tmp_path)
