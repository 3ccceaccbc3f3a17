"""A customer comes back with a receipt: any till of the partner that sold finds the sale as it stands now, and nobody else's."""

from typing import Any
from uuid import UUID

import pytest

from punchcard.foundation.clock import DAY, HOUR, moment
from punchcard.foundation.ids import new_id
from tests.counters import give, voided
from tests.town import NOON, Person, Town, line

DAY_SOLD = "2026-11-18"
TWO = line(32_00, quantity=2) | {"discount": 4_00}
OTHER = line(14_00, "pastry", "nowhere-listed")
PAID = [{"kind": "points", "amount": 5_00}, {"kind": "cash", "amount": 41_00}]


@pytest.fixture
async def maya(town: Town) -> Person:
    person = await town.join("maya@example.com", name="Maya Levi")
    await give(town, person, 2_000)
    return person


async def sold(town: Town, maya: Person, **more: Any) -> UUID:
    id = new_id()
    answer = await town.sell(maya, TWO, OTHER, id=id, tenders=PAID, **{"receipt_number": "A-17"} | more)
    assert answer.status_code == 200, answer.text
    return id


async def look(town: Town, sale: Any, partner: str = "nola", language: str = "en") -> Any:
    return await town.ask("GET", f"/till/sales/{sale}", key=town.till_keys[partner], language=language)


async def find(town: Town, key: str = "", **printed: Any) -> Any:
    path = "/till/receipts?" + "&".join(f"{name}={value}" for name, value in printed.items())
    return await town.ask("GET", path, key=key or town.till_key)


async def back(town: Town, sale: UUID, units: dict[int, int], **more: Any) -> Any:
    body = {"quantities": [{"line": line, "quantity": units[line]} for line in units], "cashier": "Noa", **more}
    return await town.ask("PUT", f"/till/sales/{sale}/returns/{new_id()}", body, town.till_key)


async def another_till(town: Town, shop: str = "nola-1") -> str:
    answer = await town.ask("POST", f"/console/shops/{shop}/tills", {"name": "Till 2"}, town.operator_key)
    return str(answer.json()["key"])


async def test_a_sale_is_found_by_its_id_and_by_its_receipt_at_every_till_of_the_shop(town: Town, maya: Person) -> None:
    id = await sold(town, maya)

    by_id = await look(town, id, language="he")
    found = await find(town, day=DAY_SOLD, number="A-17")
    elsewhere = await find(town, await another_till(town), day=DAY_SOLD, number="%20a-17")

    assert by_id.headers["Cache-Control"] == found.headers["Cache-Control"] == "no-store"
    assert found.json() == elsewhere.json() == {
        "id": str(id),
        "at": moment(NOON).isoformat().replace("+00:00", "Z"),
        "shop": "nola-1",
        "shop_name": "Nola Coffee",
        "receipt_number": "A-17",
        "cashier": "Dana",
        "total": 46_00,
        "member": "Maya",
        "lines": [
            {"line": 0, "sku": "flat-white", "name": "Flat white", "category": "coffee", "quantity": 2, "returned": 0,
             "amount": 32_00, "discount": 4_00},
            {"line": 1, "sku": "nowhere-listed", "category": "pastry", "quantity": 1, "returned": 0, "amount": 14_00,
             "discount": 0},
        ],
        "tenders": [
            {"kind": "points", "amount": 5_00, "points": 500, "currency": "points"},
            {"kind": "cash", "amount": 41_00, "points": 0, "currency": ""},
        ],
        "refundable": {"points": 500},
        "voided": False,
        "void_until": moment(NOON + DAY).isoformat().replace("+00:00", "Z"),
        "returnable": True,
        "detail": "",
    }  # fmt: skip
    assert by_id.json()["lines"][0]["name"] == "פלאט וייט"


async def test_what_has_come_back_is_said_and_what_is_left_can_still_be_taken_back(town: Town, maya: Person) -> None:
    id = await sold(town, maya)
    await back(town, id, {0: 1}, points=200)

    half = (await look(town, id)).json()
    rest = await back(town, id, {0: 1, 1: 1}, points=half["refundable"]["points"])
    none = (await look(town, id, language="ru")).json()

    assert [each["returned"] for each in half["lines"]] == [1, 0]
    assert (half["refundable"], half["returnable"], rest.status_code) == ({"points": 300}, True, 200)
    assert [each["returned"] for each in none["lines"]] == [2, 1]
    assert (none["refundable"], none["returnable"], none["voided"]) == ({}, False, False)
    assert none["detail"] == "Всё из этой покупки уже вернули."


async def test_a_void_sale_says_so(town: Town, maya: Person) -> None:
    id = await sold(town, maya)
    await voided(town, id)

    found = (await look(town, id)).json()

    assert (found["voided"], found["returnable"]) == (True, False)


async def test_a_guests_basket_is_found_without_a_name_and_can_only_be_made_void(town: Town, maya: Person) -> None:
    id = new_id()
    basket = {"card": "", "cashier": "Dana", "lines": [TWO], "receipt_number": "G-1"}
    await town.ask("PUT", f"/till/sales/{id}", basket, town.till_key)

    before = (await find(town, day=DAY_SOLD, number="g-1")).json()
    claim = {"shop": "nola-1", "day": DAY_SOLD, "number": "G-1", "total": 32_00}
    await maya.ask("PUT", f"/me/receipts/{new_id()}", claim)
    after = (await find(town, day=DAY_SOLD, number="G-1")).json()

    assert (before["member"], before["returnable"], before["voided"]) == (None, False, False)
    assert before["detail"].startswith("This basket was sold without a card.")
    assert (after["member"], after["returnable"], after["lines"]) == ("Maya", True, before["lines"])
    assert after["lines"][0]["discount"] == 4_00


async def test_a_guests_basket_that_was_made_void_has_come_back(town: Town) -> None:
    id = new_id()
    basket = {"card": "", "cashier": "Dana", "lines": [TWO], "receipt_number": "G-1"}
    await town.ask("PUT", f"/till/sales/{id}", basket, town.till_key)
    await voided(town, id)

    found = (await look(town, id)).json()

    assert (found["voided"], found["returnable"], found["lines"][0]["returned"]) == (True, False, 2)


async def test_nobody_finds_what_another_partner_sold(town: Town, maya: Person) -> None:
    id, guest = await sold(town, maya), new_id()
    basket = {"card": "", "cashier": "Dana", "lines": [TWO], "receipt_number": "G-1"}
    await town.ask("PUT", f"/till/sales/{guest}", basket, town.till_key)

    refused = [await look(town, each, "miro") for each in (id, guest, new_id())]
    by_number = [
        await find(town, town.till_keys["miro"], day=DAY_SOLD, number="A-17"),
        await find(town, town.till_keys["miro"], day=DAY_SOLD, number="A-17", shop="nola-1"),
        await find(town, day="2026-11-17", number="A-17"),
        await find(town, day="2026-02-30", number="A-17"),
        await find(town, day=DAY_SOLD, number=str(id)),
    ]

    assert {(each.status_code, each.json()["type"]) for each in refused} == {(404, "urn:punchcard:sale-unknown")}
    assert {(each.status_code, each.json()["type"]) for each in by_number} == {(404, "urn:punchcard:receipt-unknown")}
    assert by_number[2].json()["detail"] == "Your shop has no receipt A-17 of 2026-11-17."


async def test_another_shop_of_the_partner_is_named(town: Town, maya: Person) -> None:
    shop = {"id": "nola-2", "name": "Nola at the port", "zone": "Asia/Jerusalem"}
    await town.ask("POST", "/console/partners/nola/shops", shop, town.operator_key)
    id, port = await sold(town, maya), await another_till(town, "nola-2")

    assert (await find(town, port, day=DAY_SOLD, number="A-17")).status_code == 404
    assert (await find(town, port, day=DAY_SOLD, number="A-17", shop="nola-1")).json()["id"] == str(id)


async def test_of_two_tills_with_the_same_number_each_finds_its_own_and_a_third_neither(
    town: Town, maya: Person
) -> None:
    id, other, second, third = await sold(town, maya), new_id(), await another_till(town), await another_till(town)
    body = {"card": maya.card, "cashier": "Noa", "lines": [OTHER], "receipt_number": "A-17"}
    await town.ask("PUT", f"/till/sales/{other}", body, second)

    assert (await find(town, day=DAY_SOLD, number="A-17")).json()["id"] == str(id)
    assert (await find(town, second, day=DAY_SOLD, number="A-17")).json()["id"] == str(other)
    neither = await find(town, third, day=DAY_SOLD, number="A-17")
    assert (neither.status_code, neither.json()["type"]) == (409, "urn:punchcard:receipt-twice")


async def test_the_number_of_a_return_finds_no_sale(town: Town, maya: Person) -> None:
    await back(town, await sold(town, maya), {1: 1}, receipt_number="R-1")

    assert (await find(town, day=DAY_SOLD, number="R-1")).status_code == 404


async def test_a_sale_that_was_told_too_late_says_so_as_its_return_would(town: Town, maya: Person) -> None:
    id, at = new_id(), moment(NOON - 40 * DAY - HOUR)
    answer = await town.sell(maya, OTHER, id=id, receipt_number="L-1", at=at.isoformat())

    found = await find(town, day=at.date().isoformat(), number="L-1")

    assert answer.status_code == 200 and (await back(town, id, {0: 1})).status_code == 404
    assert (found.status_code, found.json()["type"]) == (409, "urn:punchcard:sale-settled")


@pytest.mark.parametrize(
    "printed", [{"day": "today", "number": "1"}, {"day": DAY_SOLD, "number": "%00"}, {"day": DAY_SOLD}, {"number": "1"}]
)
async def test_what_no_receipt_says_cannot_be_read(printed: dict[str, str], town: Town) -> None:
    answer = await find(town, **printed)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:punchcard:malformed")
