"""A point of sale of somebody else's posts what it sold: signed, understood by a mapping, and never twice."""

import base64
import hmac
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from punchcard.connectors import reading
from punchcard.foundation import exact
from punchcard.foundation.clock import DAY, HOUR, MINUTE
from punchcard.foundation.errors import Malformed
from tests.town import Person, Town

POS = Path(__file__).parents[1] / "docs" / "pos"
ZONE = "Asia/Jerusalem"


def example(name: str, card: str = "") -> bytes:
    return (POS / name).read_bytes().replace(b"@card@", card.encode())


class Plugged:
    """A connector of the first till of nola, and what signs for it."""

    def __init__(self, town: Town, id: str, secret: str):
        self.town, self.id, self.secret = town, id, secret

    async def post(self, body: bytes, **headers: str) -> httpx.Response:
        signed = self.signed(body, "msg-1", self.town.clock.now())
        return await self.town.client.post(f"/hooks/pos/{self.id}", content=body, headers=signed | headers)

    def signed(self, body: bytes, id: str, at: int, secret: str = "") -> dict[str, str]:
        key = base64.b64decode((secret or self.secret).removeprefix("whsec_"))
        mac = base64.b64encode(hmac.digest(key, f"{id}.{at}.".encode() + body, "sha256")).decode()
        return {
            "webhook-id": id,
            "webhook-timestamp": str(at),
            "webhook-signature": f"v1,{mac}",
            "content-type": "application/json",
        }


async def plugged(town: Town, system: str) -> Plugged:
    database = town.outside.world.database
    async with database.reading() as db:
        till = await db.fetchval("select id from till where shop_id = 'nola-1' limit 1")
    body = {"till": till, "mapping": json.loads(example(f"{system}.mapping.json"))}
    answer = await town.ask("PUT", f"/console/connectors/{system}", body, town.operator_key)
    assert answer.status_code == 200, answer.text
    secret = (await town.ask("POST", f"/console/connectors/{system}/secret", None, town.operator_key)).json()["secret"]
    return Plugged(town, system, secret)


@pytest.fixture
async def maya(town: Town) -> Person:
    """A member who has come before anything of the examples was sold."""
    town.clock.at += 2 * HOUR
    return await town.join("maya@example.com", "Maya Almog")


@pytest.fixture
async def square(town: Town) -> Plugged:
    return await plugged(town, "square")


async def activity(maya: Person) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = (await maya.get("/me/activity"))["lines"]
    return lines


async def test_what_is_posted_is_a_sale_of_the_till_that_it_stands_for(town, maya, square):
    answer = await square.post(example("square.sale.json", maya.card))

    assert answer.status_code == 200, answer.text
    assert answer.json()["shop"] == "nola-1" and answer.json()["balance"] == (await maya.get("/me/card"))["points"] > 0
    assert [each["amount"] for each in await activity(maya)] == [{"amount": 46_25, "currency": "ILS"}]


async def test_the_same_order_posted_again_moves_nothing_and_is_answered_alike(town, maya, square):
    body = example("square.sale.json", maya.card)
    first = await square.post(body)
    seen = await activity(maya)
    town.clock.at += 3 * DAY + 60

    again = await square.post(body)

    assert again.content == first.content and again.headers["idempotent-replayed"] == "true"
    assert len(seen) == 1


async def test_the_same_order_with_another_basket_is_refused(town, maya, square):
    body = example("square.sale.json", maya.card)
    await square.post(body)

    other = await square.post(body.replace(b"1225", b"1226").replace(b"4625", b"4626"))

    assert (other.status_code, other.json()["type"]) == (422, "urn:punchcard:other-body")


async def test_goods_come_back_by_article_and_only_as_often_as_they_were_bought(town, maya, square):
    sold = (await square.post(example("square.sale.json", maya.card))).json()
    back = example("square.return.json")

    first, again = await square.post(back), await square.post(back)
    second = await square.post(back.replace(b"RETq", b"RETr"))
    third = await square.post(back.replace(b"RETq", b"RETs"))

    assert first.json()["earned"] < 0 and first.json()["sale"] == sold["id"]
    assert again.content == first.content
    assert second.status_code == 200, second.text
    assert (third.status_code, third.json()["type"]) == (409, "urn:punchcard:return-too-much")


async def test_an_article_on_two_lines_comes_back_from_the_first_line_of_which_anything_is_left(town, maya, square):
    sale = json.loads(example("square.sale.json", maya.card))
    for each in sale["data"]["object"]["order"]["line_items"]:
        each |= {"catalog_object_id": "flat-white", "quantity": "1"}
    await square.post(json.dumps(sale).encode())
    back = example("square.return.json")

    answers = [await square.post(back.replace(b"RETq", tail)) for tail in (b"RETa", b"RETb", b"RETa", b"RETc")]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 409]
    assert answers[2].content == answers[0].content


async def test_goods_that_were_never_bought_do_not_come_back(town, maya, square):
    await square.post(example("square.sale.json", maya.card))

    foreign = await square.post(example("square.return.json").replace(b"flat-white", b"espresso"))
    unknown = await square.post(example("square.return.json").replace(b"CAISEN", b"NOBODY"))

    assert (foreign.status_code, foreign.json()["type"]) == (409, "urn:punchcard:line-unknown")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:punchcard:sale-unknown")


async def test_decimal_amounts_become_minor_units_and_a_void_takes_everything_back(town, maya):
    lightspeed = await plugged(town, "lightspeed")
    sold = await lightspeed.post(example("lightspeed.sale.json", maya.card))

    void = await lightspeed.post(example("lightspeed.void.json", maya.card))

    assert sold.status_code == void.status_code == 200, sold.text + void.text
    assert sold.json()["earned"] > 0 and void.json()["earned"] == -sold.json()["earned"]
    assert (await maya.get("/me/card"))["points"] == 0
    assert (await lightspeed.post(example("lightspeed.void.json", maya.card))).content == void.content


async def test_what_the_table_of_kinds_ignores_is_answered_and_not_kept(town, square):
    answer = await square.post(example("square.sale.json").replace(b"order.completed", b"order.created"))

    assert (answer.status_code, answer.json()) == (200, {"ignored": True})


async def test_only_what_a_holding_secret_has_signed_within_five_minutes_is_heard(town, maya, square):
    body, now = example("square.sale.json", maya.card), town.clock.now()
    good = square.signed(body, "msg-1", now)
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    bad = [
        (body.replace(b"3400", b"9400"), good),
        (body, square.signed(body, "msg-1", now, other)),
        (body, square.signed(body, "msg-1", now - 5 * MINUTE - 1)),
        (body, square.signed(body, "msg-1", now + 5 * MINUTE + 1)),
        (body, good | {"webhook-id": "msg-2"}),
        (body, good | {"webhook-timestamp": str(now + 1)}),
        (body, good | {"webhook-signature": good["webhook-signature"].removeprefix("v1,")}),
        (body, good | {"webhook-signature": "v1,"}),
        (body, square.signed(body, "msg.1", now)),
        (body, {"content-type": "application/json"}),
    ]
    for content, headers in bad:
        answer = await town.client.post("/hooks/pos/square", content=content, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:punchcard:not-signed")
    stranger = await town.client.post("/hooks/pos/nobody", content=body, headers=good)
    assert (stranger.status_code, stranger.json()["type"]) == (401, "urn:punchcard:not-signed")
    assert await activity(maya) == []

    heard = await town.client.post(
        "/hooks/pos/square", content=body, headers=square.signed(body, "msg-1", now - 5 * MINUTE)
    )
    assert heard.status_code == 200


async def test_two_secrets_hold_for_a_day_while_one_is_exchanged(town, maya, square):
    body, old = example("square.sale.json", maya.card), square.secret
    new = (await town.ask("POST", "/console/connectors/square/secret", None, town.operator_key)).json()["secret"]

    async def status(*secrets: str) -> int:
        headers = [square.signed(body, "msg-1", town.clock.now(), each) for each in secrets]
        both = " ".join(each["webhook-signature"] for each in headers)
        answer = await town.client.post(
            "/hooks/pos/square", content=body, headers=headers[0] | {"webhook-signature": both}
        )
        return int(answer.status_code)

    assert new != old and [await status(old), await status(new), await status(old, new)] == [200] * 3
    town.clock.at += DAY
    assert [await status(old), await status(new), await status(old, new)] == [401, 200, 200]


async def test_a_connector_that_is_switched_off_or_gone_sells_nothing(town, maya, square):
    body = example("square.sale.json", maya.card)
    known = (await town.ask("GET", "/console/connectors/square", None, town.operator_key)).json()
    assert known["keyed"] and known["enabled"]
    await town.ask(
        "PUT",
        "/console/connectors/square",
        {"till": known["till"], "mapping": known["mapping"], "enabled": False},
        town.operator_key,
    )
    off = await square.post(body)
    gone = await town.ask("DELETE", "/console/connectors/square", None, town.operator_key)

    assert (off.status_code, off.json()["type"]) == (409, "urn:punchcard:connector-off")
    assert gone.status_code == 204 and (await square.post(body)).status_code == 401
    assert (await town.ask("GET", "/console/connectors/square", None, town.operator_key)).status_code == 404


async def test_a_card_that_nobody_has_is_refused_where_the_mapping_says_so(town):
    lightspeed = await plugged(town, "lightspeed")

    unknown = await lightspeed.post(example("lightspeed.sale.json", "0000-0000-0000-0000-0"))
    mistyped = await lightspeed.post(example("lightspeed.sale.json", "0000-0000-0000-0000-1"))

    assert (unknown.status_code, mistyped.status_code) == (404, 400)


async def test_a_sample_shows_the_basket_or_every_mistake_with_its_place_and_keeps_nothing(town, maya, square):
    sample = json.loads(example("square.sale.json", maya.card))
    order = sample["data"]["object"]["order"]
    path = "/console/connectors/square/try"
    good = (await town.ask("POST", path, sample, town.operator_key)).json()
    order["line_items"][0]["total_money"]["amount"] = 34.5
    order["line_items"][1]["quantity"] = "0,350"
    order["closed_at"], order["id"] = "yesterday", None
    del order["tenders"][0]["amount_money"]

    bad = (await town.ask("POST", path, sample, town.operator_key)).json()

    assert good["mistakes"] == [] and [each["amount"] for each in good["basket"]["lines"]] == [34_00, 12_25]
    assert [each["quantity"] for each in good["basket"]["lines"]] == [2, 1]
    assert {(each["field"], each["at"]) for each in bad["mistakes"]} == {
        ("order", "/data/object/order/id"),
        ("lines/0/amount", "/data/object/order/line_items/0/total_money/amount"),
        ("lines/1/quantity", "/data/object/order/line_items/1/quantity"),
        ("tenders/0/amount", "/data/object/order/tenders/0/amount_money/amount"),
        ("at", "/data/object/order/closed_at"),
    }
    assert bad["basket"] is None and await activity(maya) == []


async def test_what_does_not_fit_the_mapping_is_refused_with_every_place(town, square):
    answer = await square.post(example("square.sale.json").replace(b'"amount": 3400', b'"amount": "12,50"'))

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:punchcard:not-understood")
    (mistake,) = answer.json()["facts"]["mistakes"]
    assert mistake["at"].endswith("/line_items/0/total_money/amount") and "comma" in mistake["why"]


MAPPINGS: list[dict[str, Any]] = [
    {"order": "order/id"},
    {"order": "/a~2"},
    {"order": "/" + "a" * 200},
    {"decimals": 5},
    {"decimals": -1},
    {"kind": {"at": "/type", "values": {"x": "gift"}}},
    {"lines": {"at": "/lines"}},
    {"cashier": {"constant": "Dana"}},
    {"unknown_card": "earn"},
    {"more": 1},
]


@pytest.mark.parametrize("wrong", MAPPINGS, ids=str)
async def test_a_mapping_that_cannot_be_is_refused(town, square, wrong):
    known = (await town.ask("GET", "/console/connectors/square", None, town.operator_key)).json()
    body = {"till": known["till"], "mapping": known["mapping"] | wrong}

    answer = await town.ask("PUT", "/console/connectors/square", body, town.operator_key)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:punchcard:malformed")


async def test_a_till_that_is_not_there_cannot_be_stood_for(town, square):
    known = (await town.ask("GET", "/console/connectors/square", None, town.operator_key)).json()

    answer = await town.ask(
        "PUT", "/console/connectors/square", {"till": "nobody", "mapping": known["mapping"]}, town.operator_key
    )

    assert answer.status_code == 404


AMOUNTS = [
    ("18.00", 2, 1800),
    ("0.29", 2, 29),
    ("1.15", 2, 115),
    ("4.35", 2, 435),
    ("8.41", 2, 841),
    ("1234567890.12", 2, 123456789012),
    ("7", 0, 7),
    ("7.0", 0, 7),
    ("7.250", 3, 7250),
    ("-4.10", 2, -410),
]


@pytest.mark.parametrize("written, decimals, minor", AMOUNTS)
def test_an_amount_is_read_exactly_as_number_or_text(written, decimals, minor):
    as_number = reading.document(b'{"a": %s}' % written.encode())["a"]

    assert exact.minor_units(as_number, decimals) == exact.minor_units(written, decimals) == minor


NO_AMOUNTS = ["1,50", "1.505", "", "1e2x", "NaN", "1 000", "12.5.0", "--1", "٣", "9" * 16, "1e-400", "1e99999999"]


@pytest.mark.parametrize("written", NO_AMOUNTS)
def test_what_is_no_amount_is_said_to_be_none(written):
    with pytest.raises(exact.NotThis):
        exact.minor_units(written, 2)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 40 + b"]" * 40,
        b"[" * 90_000,
        b'{"a": 1e999999999999999999999}',
    ],
    ids=range(8),
)
def test_json_that_cannot_be_trusted_is_refused(body):
    with pytest.raises((Malformed, exact.NotThis)):
        exact.minor_units(reading.at(reading.document(body), "/a"), 2)


TIMES = [
    ("2026-11-18T11:31:05", "2026-11-18T09:31:05+00:00"),
    ("2026-07-18T11:31:05", "2026-07-18T08:31:05+00:00"),
    ("2026-11-18T09:31:05Z", "2026-11-18T09:31:05+00:00"),
    ("2026-11-18T04:31:05-05:00", "2026-11-18T09:31:05+00:00"),
    (1795000000, "2026-11-18T11:06:40+00:00"),
    (1795000000123, "2026-11-18T11:06:40+00:00"),
    ("1795000000", "2026-11-18T11:06:40+00:00"),
]


@pytest.mark.parametrize("said, wanted", TIMES)
def test_a_time_without_a_zone_is_by_the_clock_on_the_shops_wall(said, wanted):
    assert exact.instant(said, ZONE) == wanted


@pytest.mark.parametrize("said", ["2026-11-18", "noon", "2026-13-45T09:00:00Z", 10**20, "0001-01-01T00:00:00"])
def test_what_is_no_time_is_said_to_be_none(said):
    with pytest.raises(exact.NotThis):
        exact.instant(said, ZONE)


@pytest.mark.parametrize(
    "pointer, found",
    [
        ("", {"a/b": [1, {"m~n": 2}], "": 3}),
        ("/a~1b/0", 1),
        ("/a~1b/1/m~0n", 2),
        ("/", 3),
        ("/a~1b/01", None),
        ("/a~1b/-", None),
    ],
)
def test_pointers_find_what_rfc_6901_says(pointer, found):
    assert reading.at({"a/b": [1, {"m~n": 2}], "": 3}, pointer) == found
