"""What pays for a basket, all at once; and what does not."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from punchcard import checkout
from punchcard.checkout import Basket, BasketLine
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import new_id
from punchcard.journal import Recorded
from tests.counters import COFFEE, claimed, counter_of, give, held, quoted, stands, voided, whole, with_money
from tests.town import Person, StandingClock, Town, line, opened

SHOWN = 300


@pytest.fixture
async def maya(town: Town) -> Person:
    """A member with 900 points, 50.00 on the card and nothing else."""
    await with_money(town)
    person = await town.join("maya@example.com")
    await give(town, person, 900, 50_00)
    return person


async def test_points_money_a_reward_card_and_cash_pay_together_and_only_money_earns(town, maya):
    voucher = await claimed(maya)
    tenders = [
        {"kind": "points", "amount": 2_00},
        {"kind": "voucher", "amount": 5_00, "voucher": voucher},
        {"kind": "stored", "amount": 3_00, "currency": "money"},
        {"kind": "card", "amount": 4_00},
        {"kind": "cash", "amount": 4_00},
    ]

    quote = (await quoted(town, maya, COFFEE, tenders=tenders)).json()
    receipt = (await town.sell(maya, COFFEE, tenders=tenders)).json()

    assert (receipt["spent"], receipt["paid"], receipt["vouchers_used"]) == (200, {"money": 300}, [voucher])
    assert receipt["earned"] == quote["earns"] == 11 + 3 + 50
    assert receipt["balance"] == quote["balance_after"] == 900 - 500 - 200 + 64
    await whole(town)


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("more than the reward", {"kind": "voucher", "amount": 6_00, "voucher": "@five-off@"}, 409, "voucher-worth-less"),
    (
        "a thing takes nothing off",
        {"kind": "voucher", "amount": 1, "voucher": "@any-coffee@"},
        409,
        "voucher-worth-less",
    ),
    ("no reward named", {"kind": "voucher", "amount": 5_00}, 400, "malformed"),
    ("a reward of nobody", {"kind": "voucher", "amount": 1, "voucher": str(new_id())}, 409, "no-such-voucher"),
    ("the shop's loss is ours to say", {"kind": "shortfall", "amount": 18_00}, 400, "malformed"),
    ("nothing to keep", {"kind": "cash", "amount": 18_00, "keep": True}, 400, "malformed"),
    ("an unknown hold", {"kind": "points", "amount": 1_00, "hold": "h"}, 409, "no-such-hold"),
    ("a token that is none", {"kind": "points", "amount": 1_00, "token": "t"}, 409, "token-not-good"),
    ("points that are not there", {"kind": "points", "amount": 9_01}, 409, "not-enough-points"),
    ("a currency that is none", {"kind": "x", "amount": 1, "currency": "gold"}, 409, "not-spendable"),
]


@pytest.mark.parametrize("_, tender, status, code", REFUSED, ids=[each[0] for each in REFUSED])
async def test_what_does_not_pay_is_refused_clearly_by_quote_and_sale(town, maya, _, tender, status, code):
    if str(tender.get("voucher", "")).startswith("@"):
        tender = tender | {"voucher": await claimed(maya, tender["voucher"].strip("@"))}
    tenders = [tender, {"kind": "cash", "amount": 18_00 - tender["amount"]}]
    before = await stands(town, maya)

    quote, sale = await quoted(town, maya, COFFEE, tenders=tenders), await town.sell(maya, COFFEE, tenders=tenders)

    assert (quote.status_code, quote.json()["type"]) == (status, f"urn:punchcard:{code}"), quote.text
    assert (sale.status_code, sale.json()["type"]) == (status, f"urn:punchcard:{code}"), sale.text
    assert await stands(town, maya) == before


@pytest.mark.parametrize("field", ["points", "price", "tier", "reward_cost", "earned", "balance"])
@pytest.mark.parametrize("inside", [False, True])
async def test_a_till_cannot_say_what_only_we_reckon(town, maya, field, inside):
    body = {"card": maya.card, "cashier": "Dana", "lines": [COFFEE | ({field: 1} if inside else {})]}

    answer = await town.ask("PUT", f"/till/sales/{new_id()}", body | ({} if inside else {field: 1}), town.till_key)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:punchcard:malformed")
    assert field in answer.text


async def test_an_order_is_paid_shipment_by_shipment_from_one_hold(town, maya):
    hold = await held(town, maya, points=600, currency="points")
    first = {"kind": "points", "amount": 4_00, "hold": hold, "keep": True}
    last = {"kind": "points", "amount": 1_00, "hold": hold}

    receipts = [await town.sell(maya, line(4_00), tenders=[first]), await town.sell(maya, line(1_00), tenders=[last])]
    after = await town.sell(maya, line(1_00), tenders=[last])

    assert [each.json()["spent"] for each in receipts] == [400, 100]
    assert await stands(town, maya) == 900 - 500
    assert (after.status_code, after.json()["type"]) == (409, "urn:punchcard:no-such-hold")
    await whole(town)


async def test_a_hold_pays_no_more_than_was_set_aside_and_only_in_the_shops_that_made_it(town, maya):
    hold = await held(town, maya, points=300, currency="points")
    tenders = [{"kind": "points", "amount": 4_00, "hold": hold}]

    more = await town.sell(maya, line(4_00), tenders=tenders)
    elsewhere = await town.sell(maya, line(2_00), tenders=[tenders[0] | {"amount": 2_00}], partner="miro")

    assert (more.json()["type"], more.json()["facts"]["left"]) == ("urn:punchcard:hold-less", 300)
    assert elsewhere.json()["type"] == "urn:punchcard:hold-elsewhere"


async def test_a_reward_that_is_set_aside_is_used_by_the_sale_that_names_the_hold(town, maya):
    voucher = await claimed(maya)
    hold = await held(town, maya, voucher=voucher)

    quote = (await quoted(town, maya, COFFEE)).json()
    other = await town.sell(maya, COFFEE, vouchers=[voucher])
    named = await town.sell(maya, COFFEE, vouchers=[voucher], holds=[hold])

    assert (quote["vouchers"], [each["why"] for each in quote["unusable"]]) == ([], ["held"])
    assert other.json()["type"] == "urn:punchcard:voucher-held"
    assert named.json()["vouchers_used"] == [voucher]


async def test_a_quote_says_which_rewards_are_for_other_shops(town, maya):
    await give(town, maya, 500)
    await claimed(maya, "country-loaf")

    quote = (await quoted(town, maya, COFFEE)).json()

    assert [(each["reward"], each["why"]) for each in quote["unusable"]] == [("country-loaf", "elsewhere")]
    assert quote["unusable"][0]["detail"] == "This reward is for another shop."


async def test_a_quote_says_what_may_be_spent_as_the_card_was_shown(town, maya):
    await give(town, maya, 5_000)

    quote = (await quoted(town, maya, line(40_00))).json()

    assert quote["may_spend"]["points"] == 2_000 and quote["may_spend"]["worth"] == {"amount": 20_00, "currency": "ILS"}
    assert (quote["may_spend"]["needs"], quote["may_spend"]["why"]) == ("approval", "above-floor")


async def test_the_session_of_a_quote_stands_for_the_card(town, maya):
    session = (await quoted(town, maya, COFFEE)).json()["session"]

    body = {"card": session, "cashier": "Dana", "lines": [COFFEE], "tenders": [{"kind": "points", "amount": 18_00}]}
    answer = await town.ask("PUT", f"/till/sales/{new_id()}", body | {"tenders": []}, town.till_key)

    assert answer.status_code == 200 and answer.json()["balance"] > 900


async def test_what_was_taken_off_a_line_stands_on_the_receipt_and_earns_nothing(town, maya):
    lines = [COFFEE | {"discount": 2_00}, line(10_00, "pastry")]

    receipt = (await town.sell(maya, *lines)).json()
    plain = (await town.sell(maya, COFFEE, line(10_00, "pastry"))).json()

    assert receipt["discounts"] == [{"line": 0, "amount": 2_00}] and "discounts" not in plain
    assert receipt["earned"] == plain["earned"] + 50


async def test_a_sale_by_post_is_the_sale_of_its_key(town, maya):
    id = new_id()
    body = {"card": maya.card, "cashier": "Dana", "lines": [COFFEE]}
    headers = {"Authorization": f"Bearer {town.till_key}"}

    none = await town.client.post("/till/sales", json=body, headers=headers)
    posted = await town.client.post("/till/sales", json=body, headers=headers | {"Idempotency-Key": str(id)})
    put = await town.sell(maya, COFFEE, id=id)

    assert (none.status_code, none.json()["type"]) == (400, "urn:punchcard:key-missing")
    assert (posted.status_code, posted.content) == (200, put.content)
    assert put.headers["idempotent-replayed"] == "true"


async def test_points_that_paid_in_any_currency_come_back(town, maya):
    id = new_id()
    tenders = [{"kind": "points", "amount": 8_00}, {"kind": "stored", "amount": 10_00, "currency": "money"}]
    await town.sell(maya, COFFEE, id=id, tenders=tenders)

    path = f"/till/sales/{id}/returns/"
    too_much = await town.ask("PUT", f"{path}{new_id()}", {"refunds": {"money": 10_01}}, town.till_key)
    back = await town.ask("PUT", f"{path}{new_id()}", {"points": 300, "refunds": {"money": 10_00}}, town.till_key)

    assert too_much.json()["type"] == "urn:punchcard:return-too-much"
    assert (back.json()["spent"], back.json()["paid"]) == (-300, {"money": -10_00})
    assert await stands(town, maya, "money") == 50_00


async def test_a_void_brings_back_goods_points_money_and_rewards_once(town, maya):
    voucher, id = await claimed(maya), new_id()
    tenders = [
        {"kind": "points", "amount": 3_00},
        {"kind": "voucher", "amount": 5_00, "voucher": voucher},
        {"kind": "stored", "amount": 10_00, "currency": "money"},
    ]
    await town.sell(maya, COFFEE, id=id, tenders=tenders)

    foreign, first = await voided(town, id, "miro"), await voided(town, id)
    again, other = await voided(town, id), await voided(town, id, reason="another")

    assert foreign.status_code == 404
    assert (first.status_code, first.json()["reason"], first.json()["spent"]) == (200, "rung up twice", -300)
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert other.status_code == 422
    assert (await stands(town, maya), await stands(town, maya, "money")) == (400, 50_00)
    assert (await town.sell(maya, COFFEE, vouchers=[voucher])).status_code == 200
    await whole(town)


async def test_a_void_after_a_return_takes_the_rest_and_then_there_is_nothing(town, maya):
    id, two = new_id(), line(36_00, quantity=2)
    await town.sell(maya, two, id=id, tenders=[{"kind": "points", "amount": 2_00}, {"kind": "cash", "amount": 34_00}])
    body = {"quantities": [{"line": 0, "quantity": 1}], "points": 50}
    await town.ask("PUT", f"/till/sales/{id}/returns/{new_id()}", body, town.till_key)

    rest = await voided(town, id)
    amounts = await receipts(town, id)

    assert rest.status_code == 200 and await stands(town, maya) == 900
    assert amounts == [-18_00, -18_00, 36_00]
    whole_back = new_id()
    await town.sell(maya, COFFEE, id=whole_back)
    one = {"quantities": [{"line": 0, "quantity": 1}]}
    await town.ask("PUT", f"/till/sales/{whole_back}/returns/{new_id()}", one, town.till_key)
    assert (await voided(town, whole_back)).json()["type"] == "urn:punchcard:nothing-left"


async def receipts(town: Town, sale: Any) -> list[int]:
    """What the printed receipts came to."""
    async with town.outside.world.database.reading() as db:
        rows = await db.fetch("select amount from till_receipt order by amount")
    return [row["amount"] for row in rows]


async def test_a_sale_is_void_within_a_day_and_a_lost_answer_is_answered_after_it(town, maya):
    soon, late = new_id(), new_id()
    await town.sell(maya, COFFEE, id=soon)
    await town.sell(maya, COFFEE, id=late)
    first = await voided(town, soon)
    town.clock.at += 86_410

    again, too_late = await voided(town, soon), await voided(town, late)

    assert again.content == first.content
    assert (too_late.status_code, too_late.json()["type"]) == (409, "urn:punchcard:void-too-late")


async def test_one_reward_shown_at_many_tills_at_once_is_used_once(pool, papers):
    async with opened(pool, papers, StandingClock()) as street:
        maya = await street.join("maya@example.com")
        await give(street, maya, 500)
        voucher = UUID(await claimed(maya))
        basket = Basket(card=maya.card, cashier="Dana", lines=(BasketLine("x", "y", 1, 18_00),), vouchers=(voucher,))
        tills = [await counter_of(street, partner) for partner in street.till_keys]

        answers = await asyncio.gather(
            *(checkout.sell(tills[i % len(tills)], new_id(), basket) for i in range(SHOWN)), return_exceptions=True
        )

        assert sum(isinstance(each, Recorded) for each in answers) == 1
        assert sum(isinstance(each, Refused) for each in answers) == SHOWN - 1
        await whole(street)
