"""What happens at a till, over HTTP."""

from typing import Any
from uuid import UUID

import pytest

from punchcard import journal
from punchcard.demo.people import line
from punchcard.foundation.clock import DAY, moment
from punchcard.foundation.ids import new_id
from tests.town import Person, Town

COFFEE, CAKE = line("flat-white", "coffee", 18_00), line("carrot-cake", "pastry", 36_00, quantity=3)
TABLES = ("fact", "entry", "deal", "fact_owner", "outbox")


@pytest.fixture
async def maya(town: Town) -> Person:
    """A member who has just come; nothing waits to be done for her."""
    person = await town.join("maya@example.com", "Maya Almog")
    await town.follow()
    return person


async def kept(town: Town) -> list[int]:
    """How many rows there are of everything that a sale writes."""
    async with town.outside.world.database.reading() as db:
        return [int(await db.fetchval(f"select count(*) from {table}")) for table in TABLES]


async def sold(town: Town, person: Person, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await town.sell(person, *lines, **more)
    assert answer.status_code == 200, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


async def bring_back(town: Town, sale: UUID, id: UUID | None = None, partner: str = "nola", **body: Any) -> Any:
    return await town.ask("PUT", f"/till/sales/{sale}/returns/{id or new_id()}", body, town.till_keys[partner])


async def whole(town: Town, person: Person) -> None:
    report = await journal.audit(town.outside.world.database, members=[person.member_id])
    assert report.findings == [] and report.members == 1


async def test_a_quote_says_what_the_sale_then_does_and_keeps_nothing(town, maya):
    before = await kept(town)

    quote = (
        await town.ask("POST", "/till/quotes", {"card": maya.card, "cashier": "Dana", "lines": [COFFEE]}, town.till_key)
    ).json()
    nothing = await kept(town) == before
    receipt = await sold(town, maya, COFFEE)

    assert nothing
    assert quote["member"] == {"name": "Maya", "tier": {"id": "bud", "name": "Bud"}}
    assert (quote["earns"], quote["balance"], quote["balance_after"]) == (73, 0, 73)
    assert (receipt["earned"], receipt["balance"]) == (73, 73)
    assert [why["verdict"] for why in receipt["reasons"]] == [why["verdict"] for why in quote["reasons"]]
    await whole(town, maya)


async def test_a_till_that_asks_twice_moves_points_once_and_gets_the_same_bytes(town, maya):
    id = new_id()

    first = await town.sell(maya, COFFEE, id=id)
    after = await kept(town)
    town.clock.at += DAY
    again = await town.sell(maya, COFFEE, id=id)

    assert (again.status_code, again.content) == (200, first.content)
    assert "idempotent-replayed" not in first.headers and again.headers["idempotent-replayed"] == "true"
    assert await kept(town) == after


async def test_a_till_that_asks_again_gets_its_receipt_even_if_the_card_is_closed_by_now(town, maya):
    id = new_id()
    first = await town.sell(maya, COFFEE, id=id)
    async with town.outside.world.database.transaction() as db:
        await db.execute("update member set state = 'frozen' where member_id = $1", maya.member_id)

    again, other = await town.sell(maya, COFFEE, id=id), await town.sell(maya, COFFEE)

    assert again.content == first.content
    assert (other.status_code, other.json()["type"]) == (409, "urn:punchcard:card-closed")


async def test_the_same_id_with_anything_else_is_refused(town, maya):
    id, noam = new_id(), await town.join("noam@example.com", "Noam")
    await sold(town, maya, COFFEE, id=id)
    after = await kept(town)

    answers = [
        await town.sell(maya, CAKE, id=id),
        await town.sell(noam, COFFEE, id=id),
        await town.sell(maya, COFFEE, id=id, partner="miro"),
        await bring_back(town, id, id, quantities=[{"line": 0, "quantity": 1}]),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert {answer.json()["type"] for answer in answers} == {"urn:punchcard:other-body"}
    assert await kept(town) == after


BASKETS: list[tuple[dict[str, Any], int, str]] = [
    ({"card": "0000-0000-0000-0000-0"}, 404, "card-unknown"),
    ({"card": "0000-0000-0000-0000-1"}, 400, "card-mistyped"),
    ({"card": "\u0660" * 17}, 400, "card-mistyped"),
    ({"lines": []}, 400, "malformed"),
    ({"lines": [COFFEE] * 501}, 400, "malformed"),
    ({"lines": [COFFEE | {"quantity": 0}]}, 400, "malformed"),
    ({"lines": [COFFEE | {"amount": -1}]}, 400, "malformed"),
    ({"lines": [COFFEE | {"amount": 10**30}]}, 400, "malformed"),
    ({"lines": [COFFEE | {"amount": 1.5}]}, 400, "malformed"),
    ({"lines": [COFFEE | {"points": 9}]}, 400, "malformed"),
    ({"lines": [COFFEE | {"sku": "a\u0007b"}]}, 400, "malformed"),
    ({"earned": 9000}, 400, "malformed"),
    ({"at": "2026-11-18T09:00:00"}, 400, "malformed"),
    ({"at": "1999-11-18T09:00:00Z"}, 400, "malformed"),
    ({"at": "0001-01-01T00:00:00Z"}, 400, "malformed"),
    ({"currency": "EUR"}, 409, "wrong-currency"),
    ({"vouchers": ["mug"]}, 400, "malformed"),
    ({"vouchers": ["00000000-0000-7000-8000-000000000000"]}, 409, "no-such-voucher"),
    ({"tenders": [{"kind": "cash", "amount": 17_99}]}, 409, "tenders-short"),
    ({"tenders": [{"kind": "cash", "amount": 18_00, "points": 4}]}, 400, "malformed"),
    ({"tenders": [{"kind": "points", "amount": 18_00, "points": 1}]}, 409, "points-worth-less"),
    ({"tenders": [{"kind": "points", "amount": 18_00}]}, 409, "not-enough-points"),
    ({"tenders": [{"kind": "points", "amount": 19_00}]}, 409, "tenders-short"),
]


@pytest.mark.parametrize(
    "changed, status, code", BASKETS, ids=[f"{code} {i}" for i, (_, _, code) in enumerate(BASKETS)]
)
async def test_a_basket_that_cannot_be_sold_is_refused_clearly_and_leaves_nothing(town, maya, changed, status, code):
    before, body = await kept(town), {"card": maya.card, "cashier": "Dana", "lines": [COFFEE]} | changed

    sale = await town.ask("PUT", f"/till/sales/{new_id()}", body, town.till_key)
    quote = await town.ask("POST", "/till/quotes", body, town.till_key)

    assert (sale.status_code, sale.json()["type"]) == (status, f"urn:punchcard:{code}"), sale.text
    assert (quote.status_code, quote.json()["type"]) == (status, f"urn:punchcard:{code}"), quote.text
    assert await kept(town) == before


@pytest.mark.parametrize("language", ["en", "he", "ar", "ru"])
async def test_a_refusal_is_said_in_the_tills_language(town, maya, language):
    body = {"card": maya.card, "cashier": "Dana", "lines": [COFFEE], "tenders": [{"kind": "points", "amount": 18_00}]}

    answer = await town.ask("POST", "/till/quotes", body, town.till_key, language)

    assert (
        answer.json()["detail"]
        == {
            "en": "Points needed: 1,800. The card has 0.",
            "he": "מספר הנקודות הנדרש: 1,800. בכרטיס יש 0.",
            "ar": "عدد النقاط المطلوب: 1,800. في البطاقة 0.",
            "ru": "Нужно баллов: 1\xa0800, а на карте 0.",
        }[language]
    )


@pytest.mark.parametrize(
    "reads, named", [("he", "נקודה לכל שקל"), ("fr, ru;q=0.5", "Балл за шекель"), ("fr", ""), ("", "")]
)
async def test_a_quote_is_in_the_tills_language_where_it_says_one_and_the_receipt_in_the_members(
    town, maya, reads, named
):
    body = {"card": maya.card, "cashier": "Dana", "lines": [COFFEE]}
    head = {"Authorization": f"Bearer {town.till_key}", "Accept-Language": reads}
    by_the_routes = head | {"Content-Type": "application/json; charset=utf-8"}

    quotes = [
        (await town.client.post("/till/quotes", json=body, headers=each)).json() for each in (head, by_the_routes)
    ]
    receipt = await town.client.put(f"/till/sales/{new_id()}", json=body, headers=head)

    assert receipt.json()["reasons"][0]["name"] == "A point a shekel"
    assert [each["reasons"][0]["name"] for each in quotes] == [named or "A point a shekel"] * 2


async def test_points_pay_for_what_they_are_worth_and_earn_nothing(town, maya):
    await sold(town, maya, COFFEE)
    tenders = [{"kind": "points", "amount": 70}, {"kind": "cash", "amount": 17_30}]

    receipt = await sold(town, maya, COFFEE, tenders=tenders)

    assert (receipt["spent"], receipt["earned"], receipt["balance"]) == (70, 17 + 5, 73 - 70 + 22)
    await whole(town, maya)


async def test_a_return_takes_back_its_share_once_and_no_more_than_is_left(town, maya):
    sale, id = new_id(), new_id()
    await sold(town, maya, CAKE, id=sale, partner="miro")
    one, two = [{"line": 0, "quantity": 1}], [{"line": 0, "quantity": 2}]

    first = await bring_back(town, sale, id, "miro", quantities=one)
    again = await bring_back(town, sale, id, "miro", quantities=one)
    too_much = await bring_back(town, sale, partner="miro", quantities=[*two, *one])
    no_line = await bring_back(town, sale, partner="miro", quantities=[{"line": 1, "quantity": 1}])
    rest = await bring_back(town, sale, partner="miro", quantities=two)

    assert first.json()["earned"] == -12 and first.json()["balance"] == 36 + 50 - 12
    assert again.content == first.content and again.headers["idempotent-replayed"] == "true"
    assert (too_much.status_code, too_much.json()["type"]) == (409, "urn:punchcard:return-too-much")
    assert too_much.json()["facts"]["left"] == 2 and no_line.json()["facts"]["left"] == 0
    assert rest.json()["balance"] == 0
    await whole(town, maya)


async def test_only_the_partner_that_sold_takes_back(town, maya):
    sale = new_id()
    await sold(town, maya, COFFEE, id=sale)
    before = await kept(town)

    elsewhere = await bring_back(town, sale, partner="rayhan", quantities=[{"line": 0, "quantity": 1}])
    never_sold = await bring_back(town, new_id(), quantities=[{"line": 0, "quantity": 1}])
    nothing = await bring_back(town, sale)
    not_paid_with_points = await bring_back(town, sale, points=1)

    assert [answer.status_code for answer in (elsewhere, never_sold, nothing, not_paid_with_points)] == [
        404,
        404,
        400,
        409,
    ]
    assert elsewhere.json()["type"] == never_sold.json()["type"] == "urn:punchcard:sale-unknown"
    assert await kept(town) == before


async def test_a_claimed_reward_is_used_once_and_comes_back_with_the_goods(town, maya):
    await sold(town, maya, line("beans", "coffee", 400_00))
    claim, sale = new_id(), new_id()
    claimed = await maya.ask("PUT", f"/me/claims/{claim}", {"reward": "any-coffee"})
    assert claimed.status_code in (200, 201), claimed.text

    quote = (
        await town.ask("POST", "/till/quotes", {"card": maya.card, "cashier": "Dana", "lines": [COFFEE]}, town.till_key)
    ).json()
    used = await town.sell(maya, COFFEE, id=sale, vouchers=[str(claim)])
    second = await town.sell(maya, COFFEE, vouchers=[str(claim)])
    await bring_back(town, sale, quantities=[{"line": 0, "quantity": 1}])
    third = await town.sell(maya, COFFEE, vouchers=[str(claim)])

    assert [voucher["id"] for voucher in quote["vouchers"]] == [str(claim)]
    assert used.json()["vouchers_used"] == [str(claim)]
    assert (second.status_code, second.json()["type"]) == (409, "urn:punchcard:no-such-voucher")
    assert third.status_code == 200
    await whole(town, maya)


async def test_a_sale_that_was_made_offline_takes_its_own_place_and_the_receipt_says_what_is_there_now(town, maya):
    offline = moment(town.clock.at - 30).isoformat()
    first = await sold(town, maya, COFFEE)

    late = await sold(town, maya, CAKE, at=offline)

    assert first["earned"] == 73, "it looked like the first purchase when it was made"
    assert (late["earned"], late["at"]) == (36 + 50, "2026-11-18T09:59:30Z")
    assert late["balance"] == 36 + 50 + 23, "the welcome went to the sale that had come first"
    lines = (await maya.get("/me/activity"))["lines"]
    assert [(line["kind"], line["points"]) for line in lines] == [("sale", 23), ("sale", 86)]
    await whole(town, maya)


async def test_a_tills_clock_that_runs_ahead_is_set_right(town, maya):
    receipt = await sold(town, maya, COFFEE, at=moment(town.clock.at + DAY).isoformat())

    assert receipt["at"] == "2026-11-18T10:00:00Z"
