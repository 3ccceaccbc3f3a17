"""Asking twice: every route that moves money answers the first answer's bytes, and no id or key means two things.

A header `Idempotency-Key` is asked of the one POST; a PUT bears the key in its path, where none can be missing."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from punchcard import journal, rulebooks
from punchcard.foundation import keys
from punchcard.foundation.errors import KeyMissing, Malformed
from punchcard.foundation.ids import new_id
from punchcard.programme import Adjustment, Currency, balance
from punchcard.rulebooks import operations, sql
from punchcard.rulebooks.model import EditionBody, Head
from tests.town import Person, StandingClock, Town, line, opened

BATCH = {"count": 2, "amount": 500}
RUN = {"kind": "workout", "value": 3}


class Route(Struct, frozen=True):
    """A route that moves money, by `{id}`: a good body, another one, and one that is refused."""

    method: str
    path: str
    who: str
    body: Any = None
    other: Any = None
    refused: Any = None
    status: int = 200


class Street:
    """Maya and Daniel, two tills, two operators, points and money on every card."""

    def __init__(self, town: Town, maya: Person, daniel: Person, second: str) -> None:
        self.town, self.maya, self.daniel = town, maya, daniel
        self.callers = {
            "me": (maya.token, daniel.token),
            "till": (town.till_keys["nola"], town.till_keys["miro"]),
            "console": (town.operator_key, second),
        }

    async def ask(self, route: Route, id: Any, body: Any, caller: int = 0) -> Any:
        headers = {"Authorization": f"Bearer {self.callers[route.who][caller]}", "Idempotency-Key": str(id)}
        path = route.path.format(id=id)
        body = {**body, "card": getattr(self, body["card"]).card} if body and "card" in body else body
        return await self.town.client.request(route.method, path, json=body, headers=headers)


LOAD = Route(
    "PUT", "/till/loads/{id}", "till", {"card": "maya", "amount": 700}, {"card": "maya", "amount": 701},
    {"card": "maya", "amount": 7, "currency": "points"},
)  # fmt: skip
HOLD = Route(
    "PUT", "/till/holds/{id}", "till", {"card": "maya", "points": 70}, {"card": "maya", "points": 71},
    {"card": "maya", "points": 10**9},
)  # fmt: skip
ACTIVITY = Route(
    "PUT", "/till/activities/{id}", "till", {"card": "maya", **RUN}, {"card": "maya", "kind": "workout", "value": 4}
)
SALE = Route(
    "PUT", "/till/sales/{id}", "till", {"card": "maya", "cashier": "Dana", "lines": [line(900)]},
    {"card": "maya", "cashier": "Dana", "lines": [line(901)]},
    {"card": "maya", "cashier": "Dana", "lines": [line(900)], "vouchers": [str(new_id())]},
)  # fmt: skip
CLAIM = Route("PUT", "/me/claims/{id}", "me", {"reward": "any-coffee"}, {"reward": "olives"}, {"reward": "a-car"}, 201)
SEND = Route(
    "PUT", "/me/transfers/{id}", "me", {"points": 5, "card": "daniel"}, {"points": 6, "card": "daniel"},
    {"points": 10**9, "card": "daniel"}, 201,
)  # fmt: skip
BRING = Route("PUT", "/me/household/contributions/{id}", "me", {"points": 5}, {"points": 6}, {"points": 10**9}, 201)
TAKE = Route("PUT", "/me/household/withdrawals/{id}", "me", {"points": 5}, {"points": 6}, {"points": 10**9}, 201)
ISSUE = Route(
    "PUT", "/console/gift-cards/{id}", "console", BATCH, {**BATCH, "amount": 501}, {**BATCH, "currency": "points"}, 201
)
ROUTES = [LOAD, HOLD, ACTIVITY, SALE, CLAIM, SEND, BRING, TAKE, ISSUE]


@pytest.fixture
async def street(town: Town) -> Street:
    return await furnished(town)


async def furnished(town: Town) -> Street:
    maya, daniel = await town.join("maya@example.com"), await town.join("daniel@example.com", "Daniel")
    database, at = town.outside.world.database, town.clock.now()
    async with database.transaction() as db:
        book = (await rulebooks.program(db)).rulebook
        head = Head(
            book.name,
            book.zone,
            book.week_starts,
            book.currency,
            (*book.currencies, Currency("money", "money", value=1)),
        )
        frame = replace(book.frames[-1], since=at - 30)
        await sql.add_edition(db, 99, frame.since, "", operations.written(EditionBody(head, frame)))
        await sql.bump(db, operations.fresh())
    for person in (maya, daniel):
        for currency in ("points", "money"):
            gift = Adjustment(
                id=f"{person.member_id}-{currency}", at=at - 9, points=2000, reason="gift", currency=currency
            )
            await journal.submit(database, person.member_id, gift, at)
    operator = await town.ask("POST", "/console/operators", {"name": "Second", "role": "owner"}, town.operator_key)
    await maya.ask("PUT", "/me/household", {"name": "Home", "rule": "everything"})
    await maya.ask("PUT", f"/me/household/contributions/{new_id()}", {"points": 500})
    await town.follow()
    return Street(town, maya, daniel, operator.json()["key"])


@pytest.mark.parametrize("route", ROUTES, ids=[each.path for each in ROUTES])
async def test_an_id_means_one_thing_and_is_answered_alike(street: Street, route: Route):
    id, second = new_id(), new_id()
    first = await street.ask(route, id, route.body)
    again = [await street.ask(route, id, route.body) for _ in range(2)]
    other = await street.ask(route, id, route.other)
    stranger = await street.ask(route, id, route.body, caller=1)
    refused = await street.ask(route, second, route.refused) if route.refused else None
    later = await street.ask(route, second, route.body)

    assert first.status_code == route.status, first.text
    assert "idempotent-replayed" not in first.headers
    for each in again:
        assert (each.status_code, each.content) == (first.status_code, first.content)
        assert each.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["type"]) == (422, "urn:punchcard:other-body")
    assert (stranger.status_code, stranger.json()["type"]) == (422, "urn:punchcard:other-body")
    assert refused is None or refused.status_code in (404, 409), refused.text
    assert later.status_code == route.status and "idempotent-replayed" not in later.headers, later.text


async def test_an_id_of_one_route_means_nothing_else_on_another(street: Street):
    id = new_id()
    await street.ask(LOAD, id, LOAD.body)

    others = [await street.ask(route, id, route.body) for route in (HOLD, ACTIVITY, SALE, CLAIM, SEND, BRING, TAKE)]

    assert {each.status_code for each in others} == {422}


async def test_a_post_needs_a_key_that_is_a_uuid_or_a_ulid(street: Street):
    headers = {"Authorization": f"Bearer {street.maya.token}"}
    said = [{}, {"Idempotency-Key": ""}, {"Idempotency-Key": "again"}]

    answers = [
        await street.town.client.post("/me/gift-cards", json={"code": "A"}, headers=headers | each) for each in said
    ]

    assert [each.status_code for each in answers] == [400] * 3
    assert [each.json()["type"] for each in answers][::2] == ["urn:punchcard:key-missing", "urn:punchcard:malformed"]
    assert answers[2].json()["facts"]["pointer"] == "Idempotency-Key"


@pytest.mark.parametrize(
    "said", ["01563e3a-b5d3-d676-4c61-efb99302bd5b", "01ARZ3NDEKTSV4RRFFQ69G5FAV", '"01arz3ndektsv4rrffq69g5fav"']
)
def test_a_ulid_is_the_uuid_of_the_same_bits(said: str):
    assert str(keys.idempotency_key(said)) == "01563e3a-b5d3-d676-4c61-efb99302bd5b"


@pytest.mark.parametrize(
    "said", ["81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "{01563e3ab5d3d6764c61efb99302bd5b}", "1"]
)
def test_what_is_neither_is_malformed(said: str):
    with pytest.raises(Malformed):
        keys.idempotency_key(said)
    with pytest.raises(KeyMissing):
        keys.idempotency_key(None)


async def test_a_hold_is_set_free_once_and_says_so_again(street: Street):
    id, free = new_id(), Route("DELETE", "/till/holds/{id}", "till")
    await street.ask(HOLD, id, HOLD.body)

    first, again, stranger = [await street.ask(free, id, None, caller) for caller in (0, 0, 1)]

    assert [each.status_code for each in (first, again, stranger)] == [204, 204, 422]
    assert "idempotent-replayed" not in first.headers and again.headers["idempotent-replayed"] == "true"


async def test_a_thousand_at_once_under_one_key_have_one_effect(pool, papers):
    """Over several connections: each is answered the receipt, or that it is being written; then all the receipt."""
    async with opened(pool, papers, StandingClock()) as town:
        street, id = await furnished(town), new_id()

        answers = await asyncio.gather(*(street.ask(LOAD, id, LOAD.body) for _ in range(1000)))

        told = Counter(each.status_code for each in answers)
        receipts = {each.content for each in answers if each.status_code == 200}
        running = [each for each in answers if each.status_code == 409]
        assert set(told) == {200, 409} and len(receipts) == 1
        assert sum("idempotent-replayed" not in each.headers for each in answers if each.status_code == 200) == 1
        assert all(
            (each.json()["type"], each.headers["retry-after"]) == ("urn:punchcard:running", "1") for each in running
        )
        for _ in range(20):
            assert {(await street.ask(LOAD, id, LOAD.body)).content} == receipts
        async with pool.reading() as db:
            assert balance(await journal.standing(db, street.maya.member_id, town.clock.now()), "money") == 2700
