"""A file of sales moved in: what goes in goes in once, and what does not is given back with the reason."""

from pathlib import Path

import pytest

from punchcard import journal
from punchcard.foundation import tables
from punchcard.foundation.database import Database
from punchcard.foundation.settings import BadSettings
from tests.dropped import HEADER, House, file, row, settled


@pytest.fixture
async def house(pool: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return await settled(pool, tmp_path, monkeypatch)


async def test_lines_of_a_receipt_find_each_other_and_the_second_run_writes_nothing(house: House):
    text = file(
        row("A1", house.card),
        row("A2", house.card, "espresso", "9.50"),
        row("A1", house.card, "cake", "12.25"),
        row("A1", house.card, at="2026-10-19T09:00:00Z"),
        row("A3"),
    )

    codes = [await house.moved(text), await house.moved(text)]

    assert codes == [0, 0] and house.rejects() == []
    assert await house.receipts() == [
        ("A1", "sale", 30_25),
        ("A1", "sale", 18_00),
        ("A2", "sale", 9_50),
        ("A3", "guest", 18_00),
    ]
    report = await journal.audit(house.pool)
    assert report.facts == 3 and report.findings == []


async def test_one_bad_line_keeps_its_receipt_out_and_no_other_and_says_why(house: House):
    text = file(
        row("B1", house.card),
        row("B1", house.card, amount='"12,50"'),
        row("B2", house.card),
        row("B3", "0000-0000-0000-0000-0"),
        row("B4", house.card, quantity="0"),
        row("B5", house.card, at="yesterday"),
        row("B5", house.card),
        row("B6", house.card, shop="mars-1"),
        row("B7", house.card) + ",more",
        row("B8", house.card, cashier=""),
        row("B9", house.card),
        row("B9", "", "cake"),
        row("", house.card),
        row("C1", house.card, amount="-5.00"),
        row("C2", house.card, till="Till 9"),
    )

    code = await house.moved(text)

    why = {int(each["line"]): each["why"] for each in house.rejects()}
    assert code == 3 and await house.receipts() == [("B2", "sale", 18_00)]
    assert sorted(why) == [2, 3, *range(5, 17)]
    assert why[2] == "line 3 of the same receipt is wrong, so that none of it went in"
    assert "comma" in why[3] and "Nobody has this card" in why[5] and why[6].startswith("quantity")
    assert why[7].startswith("at: is no time") and "line 7" in why[8] and "mars-1" in why[9]
    assert "12 cells where the first line names 11" in why[10] and "cashier" in why[11]
    assert why[12] == why[13] and why[12].startswith("card:") and why[14] == "receipt: is missing"
    assert "below zero" in why[15] and "Till 9" in why[16]


async def test_a_reject_file_that_is_mended_goes_in_and_formulas_do_no_harm(house: House):
    text = file(row("D1", house.card, "=cmd|' /C calc'!A0", "18,00x".replace(",", ".")), row("D2", house.card, "-2"))
    assert await house.moved(text) == 3
    given = house.folder / "sales.rejects.csv"
    (rejected,) = house.rejects()
    mended = given.read_text().replace("18.00x", "18.00")

    code = await house.moved(mended)

    assert rejected["sku"].startswith("'=cmd") and rejected["line"] == "2"
    assert code == 0 and [each[0] for each in await house.receipts()] == ["D1", "D2"] and not given.exists()
    async with house.pool.reading() as db:
        skus = await db.fetch("select body -> 'lines' -> 0 ->> 0 as sku from fact order by 1")
    assert [each["sku"] for each in skus] == ["-2", "=cmd|' /C calc'!A0"]


async def test_what_spreadsheets_make_of_a_file_is_read(house: House):
    semicolons = file(row("E1", house.card)).replace(",", ";").replace("\n", "\r\n")
    quoted = file(
        row("E2", house.card, '"flat ""white"""'), row("E3", house.card, '"two\nlines"'), row("E4", house.card)
    )

    codes = [await house.moved(b"\xef\xbb\xbf" + semicolons.encode()), await house.moved(quoted)]

    assert codes == [0, 3] and [each[0] for each in await house.receipts()] == ["E1", "E2", "E4"]
    (rejected,) = house.rejects()
    assert rejected["line"] == "3" and rejected["sku"] == "two\nlines" and rejected["why"].startswith("sku")


async def test_bytes_that_are_no_text_are_given_back_as_they_came(house: House):
    text = file(row("F1", house.card), row("F2", house.card, "caf@")).encode().replace(b"caf@", b"caf\xe9")

    code = await house.moved(text)

    assert code == 3 and [each[0] for each in await house.receipts()] == ["F1"]
    assert b"caf\xe9" in (house.folder / "sales.rejects.csv").read_bytes()


async def test_a_receipt_that_comes_again_with_other_content_or_from_elsewhere_is_not_taken_for_the_same(house: House):
    await house.moved(file(row("G1", house.card)))

    code = await house.moved(file(row("G1", house.card), row("G1", house.card, "cake")))

    assert code == 3 and {each["why"] for each in house.rejects()} == {
        "this receipt was taken in before with other content"
    }
    assert await house.receipts() == [("G1", "sale", 18_00)]


async def test_tenders_cover_the_receipt_and_only_shops_of_the_partner_are_taken(house: House):
    header = HEADER + ",tender,discount"
    rows = [
        row("H1", house.card) + ",cash:8.00+card:10.00,2.00",
        row("H2", house.card) + ",cash,",
        row("H3", house.card) + ",cash:8.00,",
        row("H4", house.card, shop="miro-1") + ",,",
    ]

    code = await house.moved("\n".join((header, *rows)), partner="nola")

    assert code == 3 and [each[0] for each in await house.receipts()] == ["H1", "H2"]
    assert [each["receipt"] for each in house.rejects()] == ["H3", "H4"]


WHOLE_FILES = {
    "no header": "nola-1,Till 1,1\n",
    "empty": "",
    "unknown column": HEADER + ",points\n",
    "twice": HEADER + ",sku\n",
    "never closed": file(row("I1"), row("I2", sku='"flat'), row("I3")),
    "utf-16": file(row("I1")).encode("utf-16"),
}


@pytest.mark.parametrize("text", WHOLE_FILES.values(), ids=WHOLE_FILES)
async def test_a_file_that_cannot_be_read_as_a_whole_is_refused_before_anything_is_sold(house: House, text):
    with pytest.raises(BadSettings):
        await house.moved(text)

    assert await house.receipts() == []


async def test_an_import_that_is_stopped_anywhere_goes_on_and_doubles_nothing(house: House):
    rows = [row(f"J{n}", house.card if n % 3 else "") for n in range(60)]
    for stop_after in (1, 20, 45):
        await house.stopped(file(*rows), stop_after)

    code = await house.moved(file(*rows))

    assert code == 0 and len(await house.receipts()) == 60
    assert (await journal.audit(house.pool)).findings == []


def test_what_begins_like_a_formula_and_is_none_stays():
    assert [tables.harmless(each) for each in ("-5.00", "=1+1", "@x", "+49 30", "a=b", "", "\t=1")] == [
        "-5.00",
        "'=1+1",
        "'@x",
        "'+49 30",
        "a=b",
        "",
        "'\t=1",
    ]
