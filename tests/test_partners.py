"""Partners, their shops and tills, who operates the programme, and the keys that let them in."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import get
from litestar.di import NamedDependency

from punchcard import partners
from punchcard.foundation import tokens
from punchcard.foundation.clock import Clock
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound

from .conftest import OneTransaction
from .front import app_of, bearer, calling

NOLA = partners.Partner("nola", {"en": "Nola Coffee", "he": "קפה נולה"}, 60, 0.1)
PORT = partners.Shop("nola-port", "nola", "Port", "Asia/Jerusalem")


@get("/till/who")
async def who_sells(till: NamedDependency[partners.Till]) -> partners.Till:
    """The till that asks."""
    return till


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "ahead")


@pytest.fixture
async def owner(db: Connection) -> dict[str, str]:
    return bearer((await partners.add_operator(db, "Dana", "owner"))[1])


@pytest.fixture
async def staff(db: Connection) -> dict[str, str]:
    return bearer((await partners.add_operator(db, "Omer"))[1])


@pytest.fixture
async def client(house: OneTransaction, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(app_of(house, clock, [who_sells])) as opened:
        yield opened


async def test_an_owner_takes_a_merchant_in_and_its_till_sells(
    client: httpx.AsyncClient, owner: dict[str, str], clock: Clock
) -> None:
    nola = {"id": "nola", "name": NOLA.name, "hue": 60, "chroma": 0.1}
    port = {"id": "nola-port", "name": "Port", "zone": "Asia/Jerusalem"}
    assert (await client.post("/console/partners", headers=owner, json=nola)).status_code == 201
    assert (await client.post("/console/partners/nola/shops", headers=owner, json=port)).status_code == 201
    made = await client.post("/console/shops/nola-port/tills", headers=owner, json={"name": "Till 1"})
    assert made.status_code == 201
    key, till = made.json()["key"], made.json()["till"]

    assert (await client.get("/till/who", headers=bearer(key))).json() == till
    assert (till["shop_id"], till["partner_id"], till["zone"]) == ("nola-port", "nola", "Asia/Jerusalem")
    assert (await client.get("/console/partners", headers=owner)).json() == [nola]
    listed = (await client.get("/console/partners/nola/shops", headers=owner)).json()
    assert listed == [port | {"partner_id": "nola", "floor_limit": 20_00, "latitude": None, "longitude": None}]

    other = (await client.put(f"/console/tills/{till['id']}/key", headers=owner)).json()["key"]
    clock.run_ahead(1)
    assert (await client.get("/till/who", headers=bearer(key))).status_code == 401
    assert (await client.get("/till/who", headers=bearer(other))).status_code == 200

    assert (await client.delete(f"/console/tills/{till['id']}/key", headers=owner)).status_code == 204
    clock.run_ahead(1)
    assert (await client.get("/till/who", headers=bearer(other))).status_code == 401
    listed = (await client.get("/console/shops/nola-port/tills", headers=owner)).json()
    assert listed == [{"id": till["id"], "name": "Till 1", "keyed": False}]


async def test_no_key_is_kept_in_clear(db: Connection) -> None:
    await partners.add_partner(db, NOLA)
    await partners.add_shop(db, PORT)
    _, till_key = await partners.add_till(db, "nola-port", "Till 1")
    _, operator_key = await partners.add_operator(db, "Dana", "owner")

    kept = str([*await db.fetch("select * from till"), *await db.fetch("select * from operator")])
    assert till_key not in kept and operator_key not in kept
    assert till_key.encode().hex() not in kept
    assert till_key.startswith("pct_") and operator_key.startswith("pco_")


async def test_a_key_is_known_by_its_owner_alone(db: Connection) -> None:
    await partners.add_partner(db, NOLA)
    await partners.add_shop(db, PORT)
    till, key = await partners.add_till(db, "nola-port", "Till 1")

    assert await partners.till_by_key(db, key) == till
    assert await partners.operator_by_key(db, key) is None
    assert await partners.till_by_key(db, tokens.new_key(tokens.TILL)) is None


async def test_staff_look_and_owners_change(
    client: httpx.AsyncClient, db: Connection, owner: dict[str, str], staff: dict[str, str]
) -> None:
    await partners.add_partner(db, NOLA)
    await partners.add_shop(db, PORT)
    till, _ = await partners.add_till(db, "nola-port", "Till 1")
    face = {"name": {"en": "Nola"}, "hue": 70, "chroma": 0.2}
    changes: list[tuple[str, str, Any]] = [
        ("POST", "/console/partners", {"id": "miro", **face}),
        ("PUT", "/console/partners/nola", face),
        ("POST", "/console/partners/nola/shops", {"id": "nola-hill", "name": "Hill", "zone": "UTC"}),
        ("POST", "/console/shops/nola-port/tills", {"name": "Till 2"}),
        ("PUT", f"/console/tills/{till.id}/key", None),
        ("DELETE", f"/console/tills/{till.id}/key", None),
        ("POST", "/console/operators", {"name": "Noa"}),
    ]
    for method, path, body in changes:
        answer = await client.request(method, path, json=body, headers=staff)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:punchcard:owners-only"), path
    for path in ("/console/partners", "/console/partners/nola/shops", "/console/operators"):
        assert (await client.get(path, headers=staff)).status_code == 200
    for method, path, body in changes:
        assert (await client.request(method, path, json=body, headers=owner)).is_success, path


async def test_an_operator_whose_key_was_taken_back_is_out_within_a_second(
    client: httpx.AsyncClient, owner: dict[str, str], clock: Clock
) -> None:
    made = (await client.post("/console/operators", headers=owner, json={"name": "Noa"})).json()
    noa = bearer(made["key"])
    assert (await client.get("/console/partners", headers=noa)).status_code == 200

    path = f"/console/operators/{made['operator']['id']}/key"
    assert (await client.delete(path, headers=owner)).status_code == 204
    clock.run_ahead(1)

    assert (await client.get("/console/partners", headers=noa)).status_code == 401


async def test_a_shop_may_get_another_name_floor_and_place(
    client: httpx.AsyncClient, db: Connection, owner: dict[str, str], staff: dict[str, str]
) -> None:
    await partners.add_partner(db, NOLA)
    await partners.add_shop(db, PORT)
    terms = {"name": "Harbour", "floor_limit": 0, "latitude": 32.08, "longitude": 34.77}

    answer = await client.put("/console/shops/nola-port", headers=owner, json=terms)

    assert answer.json() == {"id": "nola-port", "partner_id": "nola", "zone": "Asia/Jerusalem"} | terms
    assert (await client.get("/console/partners/nola/shops", headers=staff)).json() == [answer.json()]
    assert (await client.put("/console/shops/nola-port", headers=staff, json=terms)).status_code == 403
    half = await client.put("/console/shops/nola-port", headers=owner, json=terms | {"longitude": None})
    assert (half.status_code, half.json()["type"]) == (400, "urn:punchcard:place-half")


async def test_taking_in_twice_with_the_same_facts_is_once_and_with_others_is_refused(
    client: httpx.AsyncClient, owner: dict[str, str]
) -> None:
    nola = {"id": "nola", "name": {"en": "Nola"}, "hue": 60, "chroma": 0.1}
    port = {"id": "nola-port", "name": "Port", "zone": "UTC"}
    for path, body, other in (
        ("/console/partners", nola, nola | {"hue": 61}),
        ("/console/partners/nola/shops", port, port | {"name": "Hill"}),
    ):
        assert (await client.post(path, headers=owner, json=body)).status_code == 201
        assert (await client.post(path, headers=owner, json=body)).status_code == 201
        refused = await client.post(path, headers=owner, json=other)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:punchcard:id-taken")


@pytest.mark.parametrize(
    "method, path, body",
    [
        ("PUT", "/console/partners/nobody", {"name": {"en": "N"}, "hue": 1, "chroma": 0}),
        ("POST", "/console/partners/nobody/shops", {"id": "x", "name": "X", "zone": "UTC"}),
        ("POST", "/console/shops/nobody/tills", {"name": "Till 1"}),
        ("PUT", "/console/shops/nobody", {"name": "X", "floor_limit": 1}),
        ("GET", "/console/shops/nobody/tills", None),
        ("PUT", "/console/tills/nobody/key", None),
        ("DELETE", "/console/tills/nobody/key", None),
        ("DELETE", "/console/operators/00000000-0000-0000-0000-000000000000/key", None),
    ],
)
async def test_what_is_not_there_is_not_found(
    client: httpx.AsyncClient, owner: dict[str, str], method: str, path: str, body: Any
) -> None:
    assert (await client.request(method, path, json=body, headers=owner)).status_code == 404


GOOD = {"id": "nola", "name": {"en": "Nola"}, "hue": 60, "chroma": 0.1}


@pytest.mark.parametrize(
    "path, body",
    [
        ("/console/partners", GOOD | {"id": "Nola"}),
        ("/console/partners", GOOD | {"id": "nola\n"}),
        ("/console/partners", GOOD | {"id": ""}),
        ("/console/partners", GOOD | {"id": "x" * 41}),
        ("/console/partners", GOOD | {"name": {}}),
        ("/console/partners", GOOD | {"name": {"fr": "Nola"}}),
        ("/console/partners", GOOD | {"name": {"en": ""}}),
        ("/console/partners", GOOD | {"name": {"en": "a\u0000b"}}),
        ("/console/partners", GOOD | {"hue": 361}),
        ("/console/partners", GOOD | {"chroma": 0.5}),
        ("/console/partners", GOOD | {"hue": 10**4000}),
        ("/console/partners", GOOD | {"role": "owner"}),
        ("/console/partners/nola/shops", {"id": "x", "name": "X", "zone": "Mars/Olympus"}),
        ("/console/partners/nola/shops", {"id": "x", "name": "X", "zone": "UTC", "floor_limit": -1}),
        ("/console/partners/nola/shops", {"id": "x", "name": "X", "zone": "UTC", "latitude": 91, "longitude": 0}),
        ("/console/shops/x/tills", {"name": ""}),
        ("/console/operators", {"name": "Noa", "role": "god"}),
    ],
)
async def test_what_cannot_be_read_is_refused(
    client: httpx.AsyncClient, db: Connection, owner: dict[str, str], path: str, body: Any
) -> None:
    answer = await client.post(path, headers=owner, json=body)

    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"
    assert await db.fetchval("select count(*) from partner") == 0


async def test_a_shop_of_nobody_is_not_opened(db: Connection) -> None:
    with pytest.raises(NotFound):
        await partners.add_shop(db, PORT)
