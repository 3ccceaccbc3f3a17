"""Asking twice: every route that moves money answers the first answer's bytes, and no id or key means two things.

A header `Idempotency-Key` is asked of a POST; a PUT bears the key in its path, where none can be missing."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from punchcard import journal, rulebooks
from punchcard.foundation import keys
from punchcard.foundation.clock import MINUTE, moment
from punchcard.foundation.errors import KeyMissing, Malformed
from punchcard.foundation.ids import new_id
from punchcard.programme import ActivityKind, Adjustment, Currency, balance
from punchcard.rulebooks import operations, sql
from punchcard.rulebooks.model import EditionBody, Head
from tests.town import NOON, Person, StandingClock, Town, line, opened

BATCH = {"count": 2, "amount": 500}
RUN = {"kind": "workout", "value": 3}
A_SALE = str(new_id())


class Route(Struct, frozen=True):
    """A route that moves money, by `{id}`: a good body, another one, and one that is refused. `before` is asked first, under
    the same id; `stranger` is what another caller is answered."""

    method: str
    path: str
    who: str
    body: Any = None
    other: Any = None
    refused: Any = None
    status: int = 200
    before: "Route | None" = None
    stranger: int = 422
    second: int = 0
    """What the good body is answered under another id, where that is not the same."""


class Street:
    """Maya and Daniel, two tills, two operators, points and money on every card, and a sale that Maya may bring back."""

    def __init__(self, town: Town, maya: Person, daniel: Person, second: str) -> None:
        self.town, self.maya, self.daniel, self.sale = town, maya, daniel, new_id()
        self.callers = {
            "me": (maya.token, daniel.token),
            "till": (town.till_keys["nola"], town.till_keys["miro"]),
            "console": (town.operator_key, second),
        }

    async def ask(self, route: Route, id: Any, body: Any, caller: int = 0) -> Any:
        headers = {"Authorization": f"Bearer {self.callers[route.who][caller]}", "Idempotency-Key": str(id)}
        path = route.path.format(id=id, sale=self.sale, maya=self.maya.member_id)
        return await self.town.client.request(route.method, path, json=self.written(body), headers=headers)

    def written(self, body: Any) -> Any:
        """With the code of the card where a body names whose it is."""
        match body:
            case dict():
                return {
                    name: getattr(self, each).card if name == "card" else self.written(each)
                    for name, each in body.items()
                }
            case list():
                return [self.written(each) for each in body]
        return body


def back(quantity: int) -> Any:
    return {"cashier": "Dana", "quantities": [{"line": 0, "quantity": quantity}]}


def gift(points: int) -> Any:
    return {"points": points, "reason": "goodwill", "note": "waited for half an hour"}


def queue(amount: int) -> Any:
    """What a till without a network brings."""
    at = moment(NOON - MINUTE).isoformat()
    sold = {"kind": "sale", "id": A_SALE, "at": at, "card": "maya", "cashier": "Dana", "lines": [line(amount)]}
    return {"items": [sold]}


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
POSTED = replace(SALE, method="POST", path="/till/sales")
BACK = Route("PUT", "/till/sales/{sale}/returns/{id}", "till", back(1), back(2), back(100))
VOID = Route(
    "PUT", "/till/sales/{id}/void", "till", {"cashier": "Dana", "reason": "rung up twice"},
    {"cashier": "Dana", "reason": "another"}, before=SALE,
)  # fmt: skip
BROUGHT = Route("POST", "/till/batches", "till", queue(900), queue(901), status=202, stranger=202)
"""Every till has keys of its own here: to another one it is another batch."""
OWN = Route("PUT", "/me/activities/{id}", "me", RUN, {"kind": "workout", "value": 4}, {"kind": "sleeping", "value": 4})
TOKEN = Route(
    "PUT", "/me/spend-tokens/{id}", "me", {"shop": "nola-1", "worth": 60}, {"shop": "nola-1", "worth": 61},
    {"shop": "nola-1", "worth": 10**9}, second=409,
)  # fmt: skip
BY_HAND = Route(
    "PUT", "/console/members/{maya}/adjustments/{id}", "console", gift(5), gift(6), {**gift(5), "currency": "shells"}
)
CLAIM = Route("PUT", "/me/claims/{id}", "me", {"reward": "any-coffee"}, {"reward": "olives"}, {"reward": "a-car"}, 201)
SEND = Route(
    "PUT", "/me/transfers/{id}", "me", {"points": 5, "card": "daniel"}, {"points": 6, "card": "daniel"},
    {"points": 10**9, "card": "daniel"}, 201,
)  # fmt: skip
BRING = Route("PUT", "/me/household/contributions/{id}", "me", {"points": 5}, {"points": 6}, {"points": 10**9}, 201)
TAKE = Route("PUT", "/me/household/withdrawals/{id}", "me", {"points": 5}, {"points": 6}, {"points": 10**9}, 201)
REDEEM = Route("POST", "/me/gift-cards", "me", {"code": "A"})
ISSUE = Route(
    "PUT", "/console/gift-cards/{id}", "console", BATCH, {**BATCH, "amount": 501}, {**BATCH, "currency": "points"}, 201
)
ROUTES = [
    LOAD, HOLD, ACTIVITY, SALE, POSTED, BACK, VOID, BROUGHT, OWN, TOKEN, BY_HAND, CLAIM, SEND, BRING, TAKE, ISSUE,
]  # fmt: skip


NAMED_BY_ID = (HOLD, ACTIVITY, SALE, POSTED, BACK, OWN, TOKEN, BY_HAND, CLAIM, SEND, BRING, TAKE)
"""Whose ids are those of facts: one means one thing, in every journal."""


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
            activities=(ActivityKind("workout", {"en": "A workout"}, by="anybody"),),
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
    street = Street(town, maya, daniel, operator.json()["key"])
    assert (await town.sell(maya, line(90_00, quantity=20), id=street.sale)).status_code == 200
    return street


@pytest.mark.parametrize("route", ROUTES, ids=[each.path for each in ROUTES])
async def test_an_id_means_one_thing_and_is_answered_alike(street: Street, route: Route):
    id, second = new_id(), new_id()
    for each in (id, second):
        assert not route.before or (await street.ask(route.before, each, route.before.body)).status_code == 200

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
    assert stranger.status_code == route.stranger and stranger.content != first.content, stranger.text
    assert stranger.json().get("type", "") == ("urn:punchcard:other-body" if route.stranger == 422 else "")
    assert refused is None or refused.status_code in (404, 409), refused.text
    assert later.status_code == (route.second or route.status), later.text
    assert "idempotent-replayed" not in later.headers


async def test_an_id_of_one_route_means_nothing_else_on_another(street: Street):
    id = new_id()
    await street.ask(LOAD, id, LOAD.body)

    others = [await street.ask(route, id, route.body) for route in NAMED_BY_ID]

    assert {each.status_code for each in others} == {422}


@pytest.mark.parametrize("route", [POSTED, BROUGHT, REDEEM], ids=[each.path for each in (POSTED, BROUGHT, REDEEM)])
async def test_a_post_needs_a_key_that_is_a_uuid_or_a_ulid(street: Street, route: Route):
    headers = {"Authorization": f"Bearer {street.callers[route.who][0]}"}
    said = [{}, {"Idempotency-Key": ""}, {"Idempotency-Key": "again"}]
    ulid = {"Idempotency-Key": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}

    missing, empty, malformed, good = [
        await street.town.client.post(route.path, json=street.written(route.body), headers=headers | each)
        for each in [*said, ulid]
    ]

    assert [each.status_code for each in (missing, empty, malformed)] == [400] * 3
    assert {each.json()["type"] for each in (missing, empty)} == {"urn:punchcard:key-missing"}
    assert malformed.json()["type"] == "urn:punchcard:malformed"
    assert malformed.json()["facts"]["pointer"] == "Idempotency-Key"
    assert good.status_code != 400, good.text


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
