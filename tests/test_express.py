"""The express lane answers what the routes would answer, byte for byte, and no more at once than it can serve in time."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from punchcard.api import House
from punchcard.checkout import express
from punchcard.foundation.ids import new_id
from tests.town import Person, Town, line

SALE = {"cashier": "Dana", "lines": [line(18_00), line(7_50, "produce", "oranges", 3)]}


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com")


async def by_the_routes(town: Town, method: str, path: str, **more: Any) -> httpx.Response:
    """What is answered without the express lane."""
    assert isinstance(town.app, House)
    lane, town.app.express = town.app.express, None
    try:
        return await town.client.request(method, path, **more)
    finally:
        town.app.express = lane


def alike(one: httpx.Response, other: httpx.Response) -> bool:
    told = [(each.status_code, each.content, sorted(each.headers.raw)) for each in (one, other)]
    return told[0] == told[1]


def asked(town: Town, card: str, **more: Any) -> dict[str, Any]:
    return {"json": {"card": card, **SALE, **more}, "headers": {"Authorization": f"Bearer {town.till_key}"}}


async def test_a_quote_is_the_same_by_both_ways(town: Town, maya: Person) -> None:
    request = asked(town, maya.card)

    quick = await town.client.post("/till/quotes", **request)

    assert quick.status_code == 200
    assert alike(quick, await by_the_routes(town, "POST", "/till/quotes", **request))


async def test_a_sale_by_one_way_is_the_same_sale_by_the_other(town: Town, maya: Person) -> None:
    path, other, request = f"/till/sales/{uuid4()}", f"/till/sales/{uuid4()}", asked(town, maya.card)

    quick = await town.client.put(path, **request)
    slow = await by_the_routes(town, "PUT", other, **request)

    assert (quick.status_code, slow.status_code) == (200, 200)
    assert "idempotent-replayed" not in quick.headers
    assert [name for name, _ in sorted(quick.headers.raw)] == [name for name, _ in sorted(slow.headers.raw)]
    assert alike(await town.client.put(path, **request), await by_the_routes(town, "PUT", path, **request))
    assert alike(await town.client.put(other, **request), await by_the_routes(town, "PUT", other, **request))
    assert (await town.client.put(path, **request)).content == quick.content


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("an unknown card", {"card": "nobody's"}),
    ("more points than there are", {"tenders": [{"kind": "points", "amount": 90_00}]}),
    ("a field that is none", {"price": 7}),
    ("numbers as texts", {"lines": [line(18_00) | {"quantity": "1"}]}),
    ("no body to speak of", {"lines": []}),
    ("a foreign currency", {"currency": "XYZ"}),
]


@pytest.mark.parametrize("more", [each for _, each in REFUSED], ids=[name for name, _ in REFUSED])
@pytest.mark.parametrize("language", ["en", "he;q=0.9, ar"])
async def test_what_is_refused_is_refused_in_the_same_words(
    town: Town, maya: Person, more: dict[str, Any], language: str
) -> None:
    request = asked(town, maya.card)
    request["json"] |= more
    request["headers"]["Accept-Language"] = language

    for method, path in (("POST", "/till/quotes"), ("PUT", f"/till/sales/{uuid4()}")):
        quick = await town.client.request(method, path, **request)

        assert alike(quick, await by_the_routes(town, method, path, **request)) or quick.status_code == 200


async def test_who_has_no_key_and_what_has_another_body_is_refused_alike(town: Town, maya: Person) -> None:
    path, request = f"/till/sales/{uuid4()}", asked(town, maya.card)
    await town.client.put(path, **request)
    stranger = request | {"headers": {"Authorization": "Bearer pct_nobody"}}
    keyless = request | {"headers": {}}
    changed = asked(town, maya.card, cashier="Noa")

    for each, status in ((stranger, 401), (keyless, 401), (changed, 422)):
        quick = await town.client.put(path, **each)

        assert quick.status_code == status
        assert alike(quick, await by_the_routes(town, "PUT", path, **each))


async def test_who_comes_when_the_house_is_full_is_asked_to_come_again(
    town: Town, maya: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(express, "INSIDE_MOST", 2)
    request = asked(town, maya.card)

    answers = await asyncio.gather(*(town.client.put(f"/till/sales/{new_id()}", **request) for _ in range(5)))

    turned_away = [each for each in answers if each.status_code == 503]
    assert sorted(each.status_code for each in answers) == [200, 200, 503, 503, 503]
    assert {(each.headers["retry-after"], each.json()["type"]) for each in turned_away} == {("1", "urn:punchcard:busy")}
    assert (await town.client.put(f"/till/sales/{new_id()}", **request)).status_code == 200
