"""Who is let in: the guard before every route."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar import get
from litestar.di import NamedDependency

from punchcard import partners
from punchcard.foundation import ids, tokens
from punchcard.foundation.clock import Clock
from punchcard.foundation.database import Connection
from punchcard.foundation.identity import REMEMBERED_MOST, Remembered, door_of
from punchcard.members import sessions

from .conftest import OneTransaction
from .front import SETTINGS, app_of, bearer, calling

SECRETS = SETTINGS.secrets


AT = 1_780_000_000


JTI = UUID(int=0x70000000000080000000000000000002)


@pytest.mark.parametrize(
    "path, door",
    [
        ("/me", "me"),
        ("/me/profile", "me"),
        ("/menu", ""),
        ("/till/quotes", "till"),
        ("/tills", ""),
        ("/console/tills/{till_id}/key", "console"),
        ("/join/codes", "public"),
        ("/joint", ""),
        ("/c/{link}", "public"),
        ("/console", "console"),
        ("/wallet/v1/devices/{device}", "public"),
        ("/wallet/v2/devices", ""),
        ("/wallet", ""),
        ("/partner/receipts", ""),
        ("/", ""),
        ("/health", "public"),
        ("/docs", "public"),
        ("/static/{file_path}", "public"),
    ],
)
def test_what_stands_first_in_the_path_says_which_proof_is_asked_for(path: str, door: str) -> None:
    assert door_of(path) == door


@get("/till/who")
async def who_sells(till: NamedDependency[Any]) -> str:
    """The till that asks."""
    return str(till.id)


@get("/me/who")
async def who_am_i(member_id: NamedDependency[UUID]) -> str:
    """The member who asks."""
    return str(member_id)


@get("/console/who")
async def who_operates(operator: NamedDependency[Any]) -> str:
    """The operator who asks."""
    return str(operator.name)


@get("/reports")
async def forgotten() -> str:
    """A route that nobody gave an audience."""
    return "secret"


ROUTES = (who_sells, who_am_i, who_operates, forgotten)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "ahead")


@pytest.fixture
async def proofs(db: Connection, clock: Clock) -> dict[str, str]:
    """A good proof for each door, and some that are none."""
    await partners.add_partner(db, partners.Partner("nola", {"en": "Nola Coffee"}, 60, 0.1))
    await partners.add_shop(db, partners.Shop("nola-port", "nola", "Port", "Asia/Jerusalem"))
    _, till_key = await partners.add_till(db, "nola-port", "Till 1")
    _, operator_key = await partners.add_operator(db, "Dana", "owner")
    member_id = ids.new_id()
    pair = await sessions.start(db, SECRETS, member_id, "phone", clock.now())
    ghost = await sessions.start(db, SECRETS, ids.new_id(), "phone", clock.now() - tokens.ACCESS_SECONDS)
    return {
        "nothing": "",
        "member": pair.access_token,
        "expired": ghost.access_token,
        "refresh": pair.refresh_token,
        "till": till_key,
        "operator": operator_key,
        "unknown till": tokens.new_key(tokens.TILL),
        "mistyped till": till_key[:-1] + ("a" if till_key[-1] != "a" else "b"),
        "never signed in": tokens.sign_access(SECRETS, member_id, ids.new_id(), JTI, clock.now()),
    }


async def test_each_door_opens_to_its_own_proof_alone(
    house: OneTransaction, clock: Clock, proofs: dict[str, str]
) -> None:
    opens = {"/till/who": "till", "/me/who": "member", "/console/who": "operator"}
    async with calling(app_of(house, clock, ROUTES)) as client:
        for path, right in opens.items():
            for name, proof in proofs.items():
                answer = await client.get(path, headers=bearer(proof) if proof else {})

                assert answer.status_code == (200 if name == right else 401), f"{name} at {path}"
                if name != right:
                    assert answer.headers["content-type"] == "application/problem+json"
                    assert answer.headers["www-authenticate"] == "Bearer"


async def test_everybody_may_come_to_a_public_door_and_nobody_through_one_without_a_name(
    house: OneTransaction, clock: Clock, proofs: dict[str, str]
) -> None:
    async with calling(app_of(house, clock, ROUTES)) as client:
        for proof in proofs.values():
            headers = bearer(proof) if proof else {}

            assert (await client.get("/health", headers=headers)).status_code == 200
            assert (await client.get("/reports", headers=headers)).status_code == 403


async def test_a_mistyped_key_is_told_apart_without_asking_the_database(clock: Clock) -> None:
    key = tokens.new_key(tokens.TILL)
    nowhere = OneTransaction(None)  # type: ignore[arg-type] # a question to this database would fail the test
    async with calling(app_of(nowhere, clock, ROUTES)) as client:
        answer = await client.get("/till/who", headers=bearer(key[:-2] + key[-1] + "9"))

    assert (answer.status_code, answer.json()["type"]) == (401, "urn:punchcard:key-mistyped")


@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("Authorization", "Basic {key}")],
        [("Authorization", "{key}")],
        [("Authorization", "Bearer {key}"), ("Authorization", "Bearer {key}")],
        [("X-Authorization", "Bearer {key}")],
        [("Cookie", "authorization=Bearer {key}")],
    ],
)
async def test_a_proof_comes_once_and_as_a_bearer(
    house: OneTransaction, clock: Clock, proofs: dict[str, str], headers: list[tuple[str, str]]
) -> None:
    async with calling(app_of(house, clock, ROUTES)) as client:
        given = [(name, value.format(key=proofs["till"])) for name, value in headers]

        assert (await client.get("/till/who", headers=given)).status_code == 401


async def test_a_revoked_till_is_out_within_a_second(
    db: Connection, house: OneTransaction, clock: Clock, proofs: dict[str, str]
) -> None:
    async with calling(app_of(house, clock, ROUTES)) as client:
        till_id = (await client.get("/till/who", headers=bearer(proofs["till"]))).text
        await partners.revoke_till_key(db, till_id)
        clock.run_ahead(1)

        assert (await client.get("/till/who", headers=bearer(proofs["till"]))).status_code == 401


async def test_a_busy_till_is_looked_up_once_a_second() -> None:
    asked: list[int] = []
    known = Remembered[str]()

    async def ask() -> str:
        asked.append(1)
        return "till"

    for at in (AT, AT, AT, AT + 1, AT + 1, AT):
        assert await known.get(b"key", at, ask) == "till"

    assert len(asked) == 3


async def test_a_no_is_not_remembered_and_the_memory_is_bounded() -> None:
    known = Remembered[str]()

    async def no() -> None:
        return None

    async def yes() -> str:
        return "till"

    assert await known.get(b"new", AT, no) is None
    assert await known.get(b"new", AT, yes) == "till"
    for number in range(REMEMBERED_MOST + 10):
        await known.get(number, AT, yes)
    assert len(known.kept) == REMEMBERED_MOST


async def test_who_asks_for_the_same_at_once_is_asked_for_once() -> None:
    known, asked = Remembered[str](), []

    async def ask() -> str:
        asked.append("till")
        await asyncio.sleep(0)
        return "till"

    first = asyncio.create_task(known.get("key", AT, ask))
    others = [asyncio.create_task(known.get("key", AT, ask)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()

    assert await asyncio.gather(*others) == ["till"] * 3
    assert asked == ["till"]
