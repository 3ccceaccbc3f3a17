"""What bad input gets: a clear refusal with a pointer to the field, never a 500, and nothing written."""

from typing import Any
from uuid import uuid4

import pytest

from punchcard.foundation.clock import HOUR
from punchcard.members import cards
from tests.town import Person, Town, line

SALE = {"cashier": "Dana", "lines": [line(18_00)]}
WRITTEN = "select (select count(*) from fact) + (select count(*) from entry) + (select count(*) from outbox)"


def deep(levels: int) -> bytes:
    return b'{"card":' + b"[" * levels + b"]" * levels + b"}"


def with_line(**more: Any) -> dict[str, Any]:
    return {"cashier": "Dana", "lines": [line(18_00) | more]}


BODIES = [
    ("an unknown field", SALE | {"points": 500}, 400, "/points"),
    ("an unknown field in a line", with_line(price=1), 400, "/lines/0/price"),
    ("a negative amount", with_line(amount=-1), 400, "/lines/0/amount"),
    ("a fraction of an agora", with_line(amount=1.5), 400, "/lines/0/amount"),
    ("a quantity of nothing", with_line(quantity=0), 400, "/lines/0/quantity"),
    ("no lines at all", {"lines": []}, 400, "/lines"),
    ("more lines than a basket holds", {"lines": [line(1)] * 501}, 400, "/lines"),
    ("a number where a text belongs", with_line(sku=7), 400, "/lines/0/sku"),
    ("a list where an object belongs", {"lines": [[]]}, 400, "/lines/0"),
    ("an instant that is none", SALE | {"at": "yesterday"}, 400, "/at"),
    ("an instant without a zone", SALE | {"at": "2026-11-18T12:00:00"}, 400, "/at"),
    ("a NUL in a text", with_line(brand="a\x00b"), 400, ""),
]

RAW = [
    ("a number of 4,000 digits", b'{"lines":[{"sku":"x","category":"y","quantity":1,"amount":' + b"9" * 4000 + b"}]}", 400),
    ("JSON that never closes", b'{"card":', 400),
    ("a text instead of JSON", b"hello", 400),
    ("nested a thousand deep", deep(1000), 400),
    ("100 kB of nesting", deep(50_000), 400),
    ("1 MB of nesting", deep(500_000), 413),
    ("a lone surrogate", b'{"card":"\\ud800","lines":[]}', 400),
    ("no body", b"", 400),
    ("a key that is no UTF-8", b'{"\xffcard":"x"}', 400),
]  # fmt: skip


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com")


@pytest.mark.parametrize(("body", "status", "pointer"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES])
async def test_a_malformed_sale_is_refused_with_a_pointer(
    town: Town, maya: Person, db: Any, body: dict[str, Any], status: int, pointer: str
) -> None:
    before = await db.fetchval(WRITTEN)

    answer = await town.ask("PUT", f"/till/sales/{uuid4()}", {"card": maya.card} | body, town.till_key)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["facts"].get("pointer", "") == pointer, answer.text
    assert await db.fetchval(WRITTEN) == before


@pytest.mark.parametrize(("body", "status"), [case[1:] for case in RAW], ids=[case[0] for case in RAW])
async def test_a_body_that_is_no_sale_is_refused(town: Town, db: Any, body: bytes, status: int) -> None:
    before = await db.fetchval(WRITTEN)

    answer = await town.client.put(
        f"/till/sales/{uuid4()}",
        content=body,
        headers={"Authorization": f"Bearer {town.till_key}", "Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert "Traceback" not in answer.text
    assert await db.fetchval(WRITTEN) == before


async def test_a_body_that_is_missing_is_named(town: Town) -> None:
    answer = await town.client.put(f"/till/sales/{uuid4()}", headers={"Authorization": f"Bearer {town.till_key}"})

    assert (answer.status_code, answer.json()["facts"]) == (400, {"pointer": "", "why": "there is no body"})


async def test_a_card_that_was_never_given_out_is_unknown(town: Town) -> None:
    answer = await town.ask("POST", "/till/quotes", SALE | {"card": cards.new_code()}, town.till_key)

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:punchcard:card-unknown")


async def test_a_mistyped_card_is_told_apart(town: Town, maya: Person) -> None:
    wrong = maya.card[:-1] + ("0" if maya.card[-1] != "0" else "1")

    answer = await town.ask("POST", "/till/quotes", SALE | {"card": wrong}, town.till_key)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:punchcard:card-mistyped")


async def test_an_expired_token_opens_nothing(town: Town, maya: Person) -> None:
    town.clock.at += HOUR

    answer = await maya.ask("GET", "/me/card")

    assert answer.status_code == 401


async def test_what_is_anothers_is_not_there(town: Town, maya: Person) -> None:
    noam = await town.join("noam@example.com", "Noam")
    claim = uuid4()
    await town.sell(noam, line(400_00))
    claimed = await noam.ask("PUT", f"/me/claims/{claim}", {"reward": "any-coffee"})
    assert claimed.status_code == 201, claimed.text

    answer = await maya.ask("DELETE", f"/me/claims/{claim}")

    assert answer.status_code == 404
    assert (await noam.get("/me/claims"))[0]["state"] == "active"


async def test_a_till_of_another_merchant_knows_nothing_of_a_sale(town: Town, maya: Person) -> None:
    sale = uuid4()
    assert (await town.sell(maya, line(18_00), id=sale)).status_code == 200
    body = {"quantities": [{"line": 0, "quantity": 1}]}

    answer = await town.ask("PUT", f"/till/sales/{sale}/returns/{uuid4()}", body, town.till_keys["miro"])

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:punchcard:sale-unknown")


@pytest.mark.parametrize(
    "path", ["/till/sales/not-a-uuid", "/till/sales/1", "/till/sales/%00", "/till/sales/../me/card"]
)
async def test_a_malformed_uuid_is_refused(town: Town, path: str) -> None:
    answer = await town.ask("PUT", path, SALE, town.till_key)

    assert answer.status_code in (400, 404)


async def test_a_host_that_is_none_is_refused_though_the_body_is_wrong_too(town: Town) -> None:
    headers = {"Authorization": f"Bearer {town.till_key}", "Host": "::", "Content-Type": "application/json"}

    answer = await town.client.put(f"/till/sales/{uuid4()}", content=b"{}", headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:punchcard:malformed")


async def test_a_nul_in_a_name_is_refused(town: Town, maya: Person) -> None:
    body = {"name": "Ma\x00ya", "language": "en", "zone": "Asia/Jerusalem"}

    answer = await maya.ask("PUT", "/me/profile", body)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:punchcard:malformed")


async def test_a_refusal_speaks_the_callers_language(town: Town) -> None:
    said = {
        language: (await town.ask("GET", "/me/card", language=language)).json()["detail"]
        for language in ("en", "he", "ar", "ru")
    }

    assert len(set(said.values())) == 4
