"""A shop's day beside ours: a till's file by the command, and each night the totals that tills have told."""

import argparse
import asyncio
import csv
import io
import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from punchcard import reconciliation
from punchcard.commands import reconciling
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.database import Database
from punchcard.foundation.settings import BadSettings
from tests.dropped import HEADER, House, file, row, settled
from tests.town import Person, Town, line

RECEIPTS = 150
TODAY, YESTERDAY = "2026-11-18", "2026-11-17"


@pytest.fixture
async def files(pool: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return await settled(pool, tmp_path, monkeypatch)


async def reconciled(files: House, text: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """The exit code of `punchcard reconcile`, and what it wrote."""
    given, written = files.folder / "journal.csv", files.folder / "found.json"
    given.write_text(text)
    words = argparse.Namespace(**{"file": given, "day": None, "json": written} | more)
    code = await asyncio.to_thread(reconciling.reconcile_file, words)
    return code, json.loads(written.read_text())


def sold(card: str) -> list[dict[str, str]]:
    """Three lines a receipt, over two days, half of them on a card."""
    lines = []
    for n in range(RECEIPTS):
        at = f"2026-10-{18 + n % 2}T{8 + n % 10:02}:{n % 60:02}:{n % 7:02}Z"
        for i, sku in enumerate(("flat-white", "cake", "flat-white")):
            text = row(f"R{n:04}", card if n % 2 else "", sku, f"{5 + n + i}.50", at=at)
            lines.append(dict(zip(HEADER.split(","), text.split(","), strict=True)))
    return lines


def written(lines: list[dict[str, str]]) -> str:
    return "\n".join((HEADER, *(",".join(each.values()) for each in lines))) + "\n"


async def test_a_file_with_mistakes_is_told_all_of_them_and_one_without_none(files: House):
    lines, chance = sold(files.card), random.Random(1)
    assert await files.moved(written(lines)) == 0
    clean = await reconciled(files, written(lines))
    chosen = chance.sample(range(len(lines)), 15)
    changes = [{"amount": "0.01"}, {"receipt": "X1"}, {"card": "9999"}, {"at": "2026-10-20T08:00:00Z"}, {"sku": "tart"}]
    for i, change in zip(chosen[:5], changes, strict=True):
        moved = (
            {"at": lines[i]["at"].replace("-10-18", "-10-20").replace("-10-19", "-10-21")} if "at" in change else change
        )
        lines[i] = lines[i] | moved
    theirs = [each for i, each in enumerate(lines) if i not in chosen[5:10]]
    theirs += [lines[i] for i in chosen[10:]]

    code, found = await reconciled(files, written(chance.sample(theirs, len(theirs))))

    assert clean[0] == 0 and clean[1]["findings"] == [] and clean[1]["ours"] == len(lines)
    kinds = [each["kind"] for each in found["findings"]]
    assert code == 3
    assert (kinds.count("altered"), kinds.count("not-in-file"), kinds.count("doubled"), len(kinds)) == (5, 5, 5, 15)
    altered = {name for each in found["findings"] for name in each["differs"]}
    assert altered == {"amount", "number", "card", "day", "sku"}


async def test_a_line_a_receipt_is_compared_with_its_points_and_the_one_day_that_is_asked_for(files: House):
    await files.moved(written(sold(files.card)))
    async with files.pool.reading() as db:
        rows = await db.fetch(
            "select shop_id, till_id, number, at, amount, earned, spent, day::text from till_receipt order by number"
        )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["shop", "till", "receipt", "at", "amount", "earned", "spent"])
    for i, (shop, till, number, at, amount, earned, spent, day) in enumerate(rows):
        if day == "2026-10-18":
            cents = f"{amount // 100}.{amount % 100:02}"
            writer.writerow([shop, till, number, at, cents, earned + (i == 4), spent])

    code, found = await reconciled(files, text.getvalue())
    other = (await reconciled(files, text.getvalue(), day=date(2026, 10, 19)))[1]

    (finding,) = found["findings"]
    assert code == 3 and list(finding["differs"]) == ["earned"] and found["ours"] == RECEIPTS // 2
    kinds = [each["kind"] for each in other["findings"]]
    assert kinds.count("not-in-file") == RECEIPTS // 2 and kinds.count("altered") == 1


async def test_a_file_of_receipts_without_a_card_agrees_when_guests_have_claimed_them(files: House):
    lines = [each | {"card": ""} for each in sold("")]
    await files.moved(written(lines))
    async with files.pool.transaction() as db:
        claimed = (
            "update till_receipt set kind = 'sale', member_id = gen_random_uuid(), earned = 7 where kind = 'guest'"
        )
        await db.execute(claimed)

    code, found = await reconciled(files, written(lines))

    assert (code, found["findings"]) == (0, [])


async def test_lines_that_cannot_be_read_are_named_and_lines_of_a_receipt_without_articles_are_added_up(files: House):
    await files.moved(file(row("A1", files.card), row("A1", files.card, "cake", "12.25"), row("A2")))
    text = (
        "shop,till,receipt,at,amount\n"
        "nola-1,Till 1,A1,2026-10-18T09:00:00Z,18.00\n"
        "nola-1,Till 1,A1,2026-10-18T09:00:00Z,12.25\n"
        "nola-1,Till 1,A2,2026-10-18T09:00:00Z,18.00\n"
        'nola-1,Till 1,A3,2026-10-18T09:00:00Z,"1,50"\n'
        "mars-1,Till 1,A4,2026-10-18T09:00:00Z,1.50\n"
    )

    code, found = await reconciled(files, text)

    assert code == 3 and [(each["kind"], each["place"]) for each in found["findings"]] == [
        ("unreadable", 5),
        ("unreadable", 6),
    ]
    with pytest.raises(BadSettings, match="names no column at, amount"):
        await reconciled(files, "shop,till,receipt\n")


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com", "Maya Almog")


async def told(town: Town, day: str, **totals: int) -> Any:
    body = {"receipts": 0, "amount": 0, "returned": 0, "earned": 0, "spent": 0} | totals
    return await town.ask("PUT", f"/till/totals/{day}", body, town.till_key)


async def report(town: Town, day: str) -> Any:
    answer = await town.ask("GET", f"/console/reconciliations?day={day}", None, town.operator_key)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def one_sold(town: Town, maya: Person, partner: str = "nola") -> int:
    """Sell a coffee and go on to the next night; how many points it earned."""
    earned = (await town.sell(maya, line(18_00), partner=partner)).json()["earned"]
    town.clock.at += 18 * HOUR
    return int(earned)


async def test_a_till_that_reckons_as_we_do_is_matched_after_the_night(town, maya):
    earned = await one_sold(town, maya)
    before = await report(town, TODAY)

    first = await told(town, TODAY, receipts=1, amount=18_00, earned=earned)
    again = await told(town, TODAY, receipts=1, amount=18_00, earned=earned)
    await town.follow()

    found = await report(town, TODAY)
    assert before["shops"] == []
    assert (first.status_code, again.content) == (200, first.content) and first.json()["version"] == 1
    assert "idempotent-replayed" not in first.headers and again.headers["idempotent-replayed"] == "true"
    (shop,) = found["shops"]
    assert (shop["shop"], shop["receipts"], shop["matched"], shop["missing"], shop["differing"]) == (
        "nola-1",
        1,
        1,
        0,
        0,
    )
    assert found["findings"] == []


async def test_a_till_that_tells_nothing_is_missing_and_one_that_reckons_otherwise_is_named_with_the_difference(
    town, maya
):
    earned = await one_sold(town, maya)
    await town.follow()
    silent = await report(town, TODAY)
    await told(town, TODAY, receipts=2, amount=20_00, earned=earned)
    town.clock.at += 1

    await reconciliation.nightly(town.outside.world.database, town.clock.now())

    found = await report(town, TODAY)
    assert [each["kind"] for each in silent["findings"]] == ["missing-total"] and silent["shops"][0]["missing"] == 1
    (finding,) = found["findings"]
    assert finding["kind"] == "other-total" and finding["differs"] == {"receipts": [2, 1], "amount": [20_00, 18_00]}


async def test_a_correction_is_a_new_version_and_the_old_one_stays(town, maya):
    earned = await one_sold(town, maya)
    await told(town, TODAY, receipts=2, amount=20_00, earned=earned)
    await town.follow()
    town.clock.at += HOUR

    corrected = await told(town, TODAY, receipts=1, amount=18_00, earned=earned)
    town.clock.at += 1
    await town.follow()

    async with town.outside.world.database.reading() as db:
        kept = [row["receipts"] for row in await db.fetch("select receipts from till_total order by version")]
    assert corrected.json()["version"] == 2 and kept == [2, 1]
    assert (await report(town, TODAY))["findings"] == []


async def test_a_day_with_findings_is_looked_at_again_each_night_and_a_day_that_agrees_is_not(town, maya):
    await one_sold(town, maya)
    database = town.outside.world.database

    counts = []
    for hours in (0, 1, 20, 24):
        town.clock.at += hours * HOUR
        counts.append(await reconciliation.nightly(database, town.clock.now()))

    assert counts == [1, 0, 1, 1]


async def test_goods_that_came_back_are_reckoned_beside_what_was_sold(town, maya):
    sale = "0190f2c4-0000-7000-8000-000000000001"
    first = await town.ask(
        "PUT", f"/till/sales/{sale}", {"card": maya.card, "cashier": "Dana", "lines": [line(18_00)]}, town.till_key
    )
    path = f"/till/sales/{sale}/returns/0190f2c4-0000-7000-8000-000000000002"
    back = await town.ask("PUT", path, {"quantities": [{"line": 0, "quantity": 1}], "cashier": "Dana"}, town.till_key)
    earned = first.json()["earned"] + back.json()["earned"]
    town.clock.at += 18 * HOUR

    await told(town, TODAY, receipts=2, amount=18_00, returned=18_00, earned=earned)
    await town.follow()

    assert (await report(town, TODAY))["findings"] == []


async def test_what_a_guest_earned_who_claimed_the_receipt_is_nothing_that_a_till_reckons(town, maya):
    guest = {"card": "", "cashier": "Dana", "lines": [line(18_00)], "receipt_number": "A-17"}
    kept = await town.ask("PUT", "/till/sales/0190f2c4-0000-7000-8000-000000000003", guest, town.till_key)
    printed = {name: kept.json()[name] for name in ("shop", "day", "number", "total")}
    claimed = await maya.ask("PUT", "/me/receipts/0190f2c4-0000-7000-8000-000000000004", printed)
    town.clock.at += 18 * HOUR

    await told(town, TODAY, receipts=1, amount=18_00)
    await town.follow()

    found = await report(town, TODAY)
    assert claimed.json()["earned"] > 0 and found["shops"][0]["matched"] == 1 and found["findings"] == []


async def test_a_receipt_that_says_something_else_than_its_fact_is_found(town, maya):
    earned = await one_sold(town, maya)
    await told(town, TODAY, receipts=1, amount=18_00, earned=earned)
    async with town.outside.world.database.transaction() as db:
        await db.execute("update till_receipt set amount = 1900, earned = earned + 1")

    await town.follow()

    kinds = {each["kind"]: each["differs"] for each in (await report(town, TODAY))["findings"]}
    assert kinds["other-fact"] == {"amount": [19_00, 18_00], "earned": [earned + 1, earned]}
    assert kinds["other-total"] == {"amount": [18_00, 19_00], "earned": [earned, earned + 1]}


@pytest.mark.parametrize(
    "day, status", [("2026-11-19", 409), ("2026-02-30", 400), ("yesterday", 400), ("20261118", 400), (YESTERDAY, 200)]
)
async def test_totals_are_of_a_day_that_has_begun(town, day, status):
    answer = await told(town, day)

    assert answer.status_code == status


@pytest.mark.parametrize("wrong", [{"receipts": -1}, {"amount": 10**16}, {"tips": 1}, {"earned": 1.5}], ids=str)
async def test_totals_that_cannot_be_are_refused(town, wrong):
    answer = await told(town, TODAY, **wrong)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:punchcard:malformed")


async def test_another_days_report_is_empty(town, maya):
    await one_sold(town, maya)
    town.clock.at += DAY
    await town.follow()

    assert await report(town, "2026-11-01") == {"day": "2026-11-01", "shops": [], "findings": []}
