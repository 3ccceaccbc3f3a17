"""Where the rooms of the till meet: a card, an id or a session that one of them let pass is no way round another."""

from typing import Any
from uuid import UUID

import pytest

from punchcard import authorisation
from punchcard.checkout import PaidWith
from punchcard.foundation.clock import MINUTE, moment
from punchcard.foundation.ids import new_id
from tests.counters import COFFEE, claimed, give, held, sold_offline, stands, voided, whole, with_money
from tests.town import Person, Town, line

BIG = line(30_00)


@pytest.fixture
async def maya(town: Town) -> Person:
    """A member with 20,000 points and 500.00 on the card, which are worth more than any floor."""
    await with_money(town)
    person = await town.join("maya@example.com")
    await give(town, person, 20_000, 500_00)
    return person


async def put(town: Town, card: str, *lines: Any, id: UUID | None = None, key: str = "", **more: Any) -> Any:
    body = {"card": card, "cashier": "Dana", "lines": list(lines), **more}
    return await town.ask("PUT", f"/till/sales/{id or new_id()}", body, key or town.till_key)


def by_points(amount: int) -> list[dict[str, Any]]:
    return [{"kind": "points", "amount": amount}]


@pytest.mark.parametrize(
    "paid", [{"kind": "points", "points": 15_000}, {"kind": "stored", "currency": "money", "points": 400_00}]
)
async def test_a_till_that_takes_more_points_than_it_says_they_pay_is_held_to_the_floor_by_the_points(town, maya, paid):
    answer = await town.sell(maya, COFFEE, tenders=[paid | {"amount": 1}, {"kind": "cash", "amount": 17_99}])

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:punchcard:above-floor")


async def test_a_spending_that_is_asked_for_again_elsewhere_counts_for_no_less(town, maya):
    statuses = []
    for _ in range(3):
        id = new_id()
        statuses.append((await put(town, maya.card, line(20_00), id=id, tenders=by_points(20_00))).status_code)
        await put(town, maya.card, line(1), id=id, key=town.till_keys["miro"], tenders=by_points(1))

    assert statuses == [200, 200, 409]


async def test_what_one_sale_spends_in_several_ways_counts_together(town, maya):
    voucher, hold = await claimed(maya), await held(town, maya, points=10_00)
    stored = {"kind": "stored", "currency": "money", "amount": 10_00}
    off = {"kind": "voucher", "voucher": voucher, "amount": 5_00}

    mixed = await town.sell(maya, line(25_00), tenders=[*by_points(10_00), stored, off])
    with_voucher = await town.sell(maya, line(20_00), tenders=[*by_points(10_00), stored], vouchers=[voucher])
    captured = await town.sell(maya, BIG, tenders=[stored | {"hold": hold}, *by_points(20_00)])
    one_more = await town.sell(maya, line(10_01), tenders=by_points(10_01))

    assert [each.status_code for each in (mixed, with_voucher, captured, one_more)] == [409, 409, 200, 409]


@pytest.mark.parametrize("is_void", [False, True], ids=["kept", "void"])
@pytest.mark.parametrize("number", ["A-17", "A-18"])
async def test_the_id_of_a_guests_basket_is_no_members_sale(town, maya, number, is_void):
    id = new_id()
    await put(town, "", COFFEE, id=id, receipt_number="A-17")
    if is_void:
        assert (await voided(town, id)).status_code == 200

    answer = await put(town, maya.card, COFFEE, id=id, receipt_number=number)

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:punchcard:other-body")
    assert await stands(town, maya) == 20_000


async def test_the_id_of_a_members_sale_is_no_guests_basket(town, maya):
    id = new_id()
    await put(town, maya.card, COFFEE, id=id)

    answer = await put(town, "", COFFEE, id=id, receipt_number="A-17")

    assert answer.status_code == 422


async def test_a_guests_basket_that_is_void_comes_to_nothing_in_the_tills_day(town):
    id = new_id()
    await put(town, "", COFFEE, id=id, receipt_number="A-17")

    await voided(town, id)
    await voided(town, id)

    async with town.outside.world.database.reading() as db:
        printed = await db.fetch("select kind, amount from till_receipt order by kind")
    assert [tuple(each) for each in printed] == [("guest", 18_00), ("return", -18_00)]


@pytest.mark.parametrize("behind", [-90, 90])
async def test_a_till_whose_clock_is_wrong_quotes_a_rotating_code_that_is_right(town, maya, papers, behind):
    code = authorisation.rotating(papers.secrets, maya.card, town.clock.at)
    body = {"card": code, "cashier": "Dana", "lines": [BIG], "at": moment(town.clock.at - behind).isoformat()}

    answer = await town.ask("POST", "/till/quotes", body, town.till_key)

    assert answer.status_code == 200, answer.text


async def test_a_session_spends_once_and_ends_however_often_it_is_quoted_by(town, maya, papers):
    async def quoted(card: str) -> Any:
        body = {"card": card, "cashier": "Dana", "lines": [BIG]}
        return await town.ask("POST", "/till/quotes", body, town.till_key)

    code = authorisation.rotating(papers.secrets, maya.card, town.clock.at)
    word = (await quoted(code)).json()["session"]
    spent = [await put(town, card, BIG, tenders=by_points(30_00)) for card in (word, word, code)]
    town.clock.at += MINUTE
    first = await quoted(authorisation.rotating(papers.secrets, maya.card, town.clock.at))
    town.clock.at += 14 * MINUTE
    second = await quoted(first.json()["session"])
    town.clock.at += MINUTE
    over = await put(town, second.json()["session"], BIG, tenders=by_points(30_00))

    assert [each.status_code for each in spent] == [200, 409, 409]
    assert (second.status_code, over.json()["type"]) == (200, "urn:punchcard:session-over")


async def test_what_is_set_aside_for_a_token_is_spent_by_the_token_and_set_free_by_nobody(town, maya):
    id = new_id()
    made = await maya.ask("PUT", f"/me/spend-tokens/{id}", {"shop": "nola-1", "worth": 40_00})
    await maya.ask("PUT", "/me/spend-lock")
    tender = {"kind": "points", "amount": 40_00}

    by_its_hold = await town.sell(maya, line(40_00), tenders=[tender | {"hold": str(id)}])
    freed = await town.ask("DELETE", f"/till/holds/{id}", key=town.till_key)
    by_itself = await town.sell(maya, line(40_00), tenders=[tender | {"token": made.json()["token"]}])

    assert (by_its_hold.json()["type"], freed.status_code) == ("urn:punchcard:hold-elsewhere", 404)
    assert by_itself.status_code == 200, by_itself.text
    await whole(town)


async def test_a_token_pays_as_many_points_as_are_needed_whatever_the_till_reckoned(town, maya):
    made = await maya.ask("PUT", f"/me/spend-tokens/{new_id()}", {"shop": "nola-1", "worth": 40_00})

    told = await sold_offline(town, maya, PaidWith("points", 18_00, token=made.json()["token"], points=999_999))

    assert (told["spent"], told.get("shortfall", 0)) == (18_00, 0)
    await whole(town)


async def test_no_more_comes_back_than_was_paid_whatever_it_is_called(town, maya):
    id = new_id()
    tenders = [{"kind": "stored", "amount": 10_00, "currency": "money"}, {"kind": "cash", "amount": 20_00}]
    await town.sell(maya, BIG, id=id, tenders=tenders)
    path = f"/till/sales/{id}/returns/"
    asked = [{"refunds": {"money": 10_01}}, {"points": 1}, {"refunds": {"money": 6_00}}, {"refunds": {"money": 6_00}}]

    back = [await town.ask("PUT", f"{path}{new_id()}", each, town.till_key) for each in asked]
    void, other = await voided(town, id), await voided(town, id, reason="another")

    assert [each.status_code for each in (*back, void, other)] == [409, 409, 200, 409, 200, 422]
    assert await stands(town, maya, "money") == 500_00
    await whole(town)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "1999-12-31T00:00:00Z", "9999-12-31T23:59:59-14:00"])
async def test_whatever_time_a_till_says_it_is_answered_in_words(town, maya, at):
    body = {"card": maya.card, "cashier": "Dana", "lines": [COFFEE], "at": at}
    headers = {"Authorization": f"Bearer {town.till_key}", "Idempotency-Key": str(new_id())}
    batch = {"items": [{"kind": "sale", "id": str(new_id()), **body}]}

    answers = [
        await town.ask("PUT", f"/till/sales/{new_id()}", body, town.till_key),
        await town.ask("POST", "/till/quotes", body, town.till_key),
        await put(town, "", COFFEE, at=at, receipt_number="A-17"),
    ]
    brought = await town.client.post("/till/batches", json=batch, headers=headers)
    await town.follow()
    worked = (await town.ask("GET", brought.json()["address"], key=town.till_key)).json()

    assert {each.status_code for each in answers} <= {200, 400}
    assert worked["state"] == "finished" and worked["results"][0]["outcome"] in ("done", "refused")


async def test_the_express_lane_reads_a_path_as_the_routes_do(town, maya):
    id, headers = str(new_id()), {"Authorization": f"Bearer {town.till_key}"}
    body = {"card": maya.card, "cashier": "Dana", "lines": [COFFEE]}
    spelled = [id, id.upper(), f"{id}/", f"{id}?x=1", f"%{ord(id[0]):x}{id[1:]}", id.replace("-", "")]

    sold = [await town.client.put(f"/till/sales/{each}", json=body, headers=headers) for each in spelled]
    endless = await town.client.put(f"/till/sales/{id}", json=body, headers=headers | {"Content-Length": "9" * 5000})
    others = [
        await town.client.request(each, f"/till/sales/{id}", headers=headers) for each in ("HEAD", "DELETE", "PATCH")
    ]

    assert len({each.content for each in sold}) == 1
    assert [each.headers.get("Idempotent-Replayed") for each in sold] == [None, *["true"] * 5]
    assert endless.status_code in (400, 413) and {each.status_code for each in others} == {405}


@pytest.mark.parametrize("written", [" A-17", "a-17 ", "Ａ-17", "A-17\u200b"])
async def test_a_receipts_number_is_the_same_however_it_is_written(town, maya, written):
    first = await put(town, maya.card, COFFEE, receipt_number="A-17")
    second = await put(town, maya.card, COFFEE, receipt_number=written)

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["type"] == "urn:punchcard:receipt-taken"


async def test_a_cashier_who_is_not_on_the_list_keeps_no_guests_basket_and_makes_nothing_void(town, maya):
    sold = await put(town, maya.card, COFFEE, id=(id := new_id()))
    path = "/console/partners/nola/staff/Noa"
    listed = await town.ask("PUT", path, {"name": "Noa"}, town.operator_key)

    guest = await put(town, "", COFFEE, receipt_number="B-1")
    void = await town.ask("PUT", f"/till/sales/{id}/void", {"cashier": "Dana", "reason": "mistake"}, town.till_key)

    assert (sold.status_code, listed.status_code) == (200, 200)
    assert {each.json()["type"] for each in (guest, void)} == {"urn:punchcard:cashier-unknown"}
