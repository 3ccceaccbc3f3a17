"""Joining, and how a member wants to be called and spoken to."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from punchcard import members
from punchcard.foundation import ids
from punchcard.foundation.clock import Clock
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Malformed, Refused
from punchcard.members import contacts, operations

from . import people
from .front import SETTINGS, bearer
from .people import ARRIVAL, AT, MAYA, code_for, joined

client, clock, quiet_news = people.client, people.clock, people.quiet_news


async def test_a_person_joins_is_recognised_changes_their_profile_and_signs_out(
    client: httpx.AsyncClient, db: Connection, clock: Clock
) -> None:
    sent = await client.post("/join/codes", json={"contact": " Maya@Example.org ", "language": "he"})
    assert (sent.status_code, sent.json()) == (202, {"expires_in": 600})
    came = await client.post(
        "/join/sessions",
        json={
            "contact": MAYA,
            "code": await code_for(db, MAYA, clock.now()),
            "name": "מאיה",
            "language": "he",
            "zone": "Asia/Jerusalem",
            "consents": {"marketing": True},
            "device": "Maya's phone",
        },
    )
    assert came.status_code == 201 and came.json()["new"] is True
    me = bearer(came.json()["access_token"])

    profile = (await client.get("/me/profile", headers=me)).json()
    assert profile["name"] == "מאיה" and profile["language"] == "he" and profile["email"] == "m…@example.org"
    assert profile["phone"] is None and profile["joined_at"].endswith("Z")

    wishes = (await client.get("/me/preferences", headers=me)).json()
    assert wishes == {
        "quiet_from": "22:00",
        "quiet_until": "08:00",
        "consents": {"marketing": True, "personalisation": False, "location": False},
        "messages_a_week": 3,
        "languages": [],
        "muted": [],
        "told_this_week": 0,
    }
    wishes |= {"quiet_from": "21:30", "messages_a_week": 1, "languages": ["he", "ru"], "muted": ["flash"]}
    assert (await client.put("/me/preferences", headers=me, json=wishes)).json() == wishes
    assert (await client.get("/me/preferences", headers=me)).json() == wishes

    new = {"name": "Maya", "language": "en", "zone": "Europe/Berlin", "birthday": "02-29"}
    changed = (await client.put("/me/profile", headers=me, json=new)).json()
    assert {key: changed[key] for key in new} == new

    assert (await client.delete("/me/sessions", headers=me)).status_code == 204
    clock.run_ahead(1)
    assert (await client.get("/me/profile", headers=me)).status_code == 401
    again = await client.post("/join/tokens", json={"refresh_token": came.json()["refresh_token"]})
    assert again.status_code == 401


async def test_who_comes_back_is_the_same_member_with_their_own_profile(db: Connection) -> None:
    first, second = await joined(db), await joined(db)

    assert (second.member_id, first.new, second.new) == (first.member_id, True, False)
    assert await members.code_of(db, first.member_id) == await members.code_of(db, second.member_id)


async def test_a_phone_number_joins_too_however_it_is_written(db: Connection) -> None:
    first, second = await joined(db, "+972 52-123 4567"), await joined(db, "+972521234567")

    assert first.member_id == second.member_id
    member = await members.member(db, first.member_id)
    assert (member.phone, member.email) == ("…567", None)


async def test_two_who_join_with_one_contact_at_once_are_one_member(pool: Database) -> None:
    contact = f"{ids.new_id()}@example.org"
    barrier = asyncio.Barrier(4)

    async def come() -> tuple[UUID, bool]:
        async with pool.transaction() as db:
            await db.fetchval("select 1")
            await barrier.wait()
            return await operations.member_of(db, contact, ARRIVAL, AT)

    answers = await asyncio.gather(*(come() for _ in range(4)))

    assert len({member_id for member_id, _ in answers}) == 1
    assert sorted(new for _, new in answers) == [False, False, False, True]
    async with pool.transaction() as db:
        assert (
            await db.fetchval("select count(*) from member where member_id = any($1)", [each for each, _ in answers])
            == 1
        )


@pytest.mark.parametrize(
    "text, normal",
    [
        ("Maya@Example.ORG", "maya@example.org"),
        ("  maya+cards@mail.example.org ", "maya+cards@mail.example.org"),
        ("+972 (52) 123-45.67", "+972521234567"),
        ("+4915112345678", "+4915112345678"),
    ],
)
def test_a_contact_has_one_normal_form(text: str, normal: str) -> None:
    assert contacts.normal(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "maya",
        "maya@",
        "@example.org",
        "maya@localhost",
        "maya@example",
        "maya@-example.org",
        "maya@exam_ple.org",
        "maya@example.org\nBcc: all@example.org",
        "maya@example.org, mallory@example.org",
        "maya@mallory.example@example.org",
        "mаya@example.org",  # a Cyrillic а
        "maya@exampIe.orɡ",  # a Latin ɡ of phonetics
        "\u212aelvin@example.org",  # the Kelvin sign becomes k in lower case
        "a" * 65 + "@example.org",
        "a@" + "b" * 260 + ".org",
        "0521234567",
        "+0521234567",
        "+123",
        "+1234567890123456",
        "+97252123456٧",
    ],
)
def test_what_is_no_contact_is_refused_before_anything_is_sent(text: str) -> None:
    with pytest.raises(Malformed):
        contacts.normal(text)


GOOD = {"contact": MAYA, "code": "123456"}


BAD_BODIES: list[tuple[str, str, Any]] = [
    ("POST", "/join/codes", {}),
    ("POST", "/join/codes", {"contact": "nobody"}),
    ("POST", "/join/codes", {"contact": MAYA, "language": "fr"}),
    ("POST", "/join/codes", {"contact": MAYA, "to": "mallory@example.org"}),
    ("POST", "/join/codes", {"contact": [MAYA]}),
    ("POST", "/join/codes", {"contact": "a" * 255}),
    ("POST", "/join/codes", None),
    ("POST", "/join/codes", []),
    ("POST", "/join/sessions", GOOD | {"code": "12345"}),
    ("POST", "/join/sessions", GOOD | {"code": "123456\n"}),
    ("POST", "/join/sessions", GOOD | {"code": 123456}),
    ("POST", "/join/sessions", GOOD | {"code": "١٢٣٤٥٦"}),
    ("POST", "/join/sessions", GOOD | {"name": "a\u0000b"}),
    ("POST", "/join/sessions", GOOD | {"name": "two\nlines"}),
    ("POST", "/join/sessions", GOOD | {"name": "ends\n"}),
    ("POST", "/join/sessions", GOOD | {"name": "\u202emorf"}),
    ("POST", "/join/sessions", GOOD | {"name": "x" * 81}),
    ("POST", "/join/sessions", GOOD | {"zone": "Mars/Olympus"}),
    ("POST", "/join/sessions", GOOD | {"zone": "../../etc/passwd"}),
    ("POST", "/join/sessions", GOOD | {"consents": {"everything": True}}),
    ("POST", "/join/sessions", GOOD | {"consents": {"marketing": "perhaps"}}),
    ("POST", "/join/sessions", GOOD | {"member_id": str(UUID(int=1))}),
    ("POST", "/join/sessions", GOOD | {"state": "active"}),
    ("POST", "/join/tokens", {"refresh_token": "x"}),
    ("POST", "/join/tokens", {"refresh_token": "x" * 301}),
    ("PUT", "/me/profile", {"name": "Maya", "language": "en", "zone": "Nowhere"}),
    ("PUT", "/me/profile", {"name": "Maya", "language": "en", "zone": "UTC", "birthday": "1990-02-28"}),
    ("PUT", "/me/profile", {"name": "Maya", "language": "en", "zone": "UTC", "birthday": "13-01"}),
    ("PUT", "/me/profile", {"name": "Maya", "language": "en", "zone": "UTC", "birthday": "02-30"}),
    ("PUT", "/me/profile", {"name": "Maya", "language": "en", "zone": "UTC", "email": "mallory@example.org"}),
    ("PUT", "/me/preferences", {"quiet_from": "24:00", "quiet_until": "08:00", "consents": {}, "messages_a_week": 3}),
    ("PUT", "/me/preferences", {"quiet_from": "2:00", "quiet_until": "08:00", "consents": {}, "messages_a_week": 3}),
    ("PUT", "/me/preferences", {"quiet_from": "22:00", "quiet_until": "08:00", "consents": {}, "messages_a_week": 51}),
    ("PUT", "/me/preferences", {"quiet_from": "22:00", "quiet_until": "08:00", "consents": {}, "messages_a_week": -1}),
    (
        "PUT",
        "/me/preferences",
        {"quiet_from": "22:00", "quiet_until": "08:00", "consents": {}, "messages_a_week": 10**4000},
    ),
]


@pytest.mark.parametrize("method, path, body", BAD_BODIES)
async def test_what_cannot_be_read_is_refused_and_writes_nothing(
    client: httpx.AsyncClient, db: Connection, clock: Clock, method: str, path: str, body: Any
) -> None:
    me = bearer((await joined(db, "someone@example.org", clock.now())).access_token)
    before = await rows(db)

    answer = await client.request(method, path, json=body, headers=me)

    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"
    assert await rows(db) == before


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"contact": MAYA, "language": "fr"}, "/language"),
        ({"contact": 7}, "/contact"),
        ([], ""),
        ({"contact": MAYA, "code": "123456", "consents": {"location": "x"}}, "/code"),
    ],
)
async def test_a_refusal_points_to_the_field(client: httpx.AsyncClient, body: Any, pointer: str) -> None:
    answer = await client.post("/join/codes", json=body)

    assert (answer.status_code, answer.json()["facts"]["pointer"]) == (400, pointer)


async def test_a_refusal_points_into_what_is_nested(client: httpx.AsyncClient) -> None:
    answer = await client.post("/join/sessions", json=GOOD | {"consents": {"location": "perhaps"}})

    assert answer.json()["facts"]["pointer"] == "/consents/location"


async def rows(db: Connection) -> list[Any]:
    tables = ("member", "person", "contact", "card_code", "session", "one_time_code", "outbox")
    return [[tuple(row) for row in await db.fetch(f"select * from {table} order by 1, 2")] for table in tables]


@pytest.mark.parametrize("quiet", [("00:00", "00:00"), ("23:59", "00:00"), ("08:00", "22:00")])
async def test_quiet_hours_may_be_none_or_over_noon(
    client: httpx.AsyncClient, db: Connection, clock: Clock, quiet: tuple[str, str]
) -> None:
    me = bearer((await joined(db, MAYA, clock.now())).access_token)
    wishes = {"quiet_from": quiet[0], "quiet_until": quiet[1], "consents": {}, "messages_a_week": 0}

    answer = (await client.put("/me/preferences", headers=me, json=wishes)).json()

    assert (answer["quiet_from"], answer["quiet_until"]) == quiet


async def test_a_frozen_member_does_not_come_in(db: Connection) -> None:
    member_id = (await joined(db)).member_id
    await db.execute("update member set state = 'frozen' where member_id = $1", member_id)

    with pytest.raises(Refused) as refusal:
        await joined(db)

    assert refusal.value.code == "membership-closed"
    assert SETTINGS.programme_name in refusal.value.sentence("ar")
