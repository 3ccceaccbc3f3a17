"""What members say of who and where they are: over HTTP, and how long it is known."""

import pytest

from punchcard import segments
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.database import Connection
from tests.town import NOON, Person, Town

pytestmark = pytest.mark.anyio

HERE = {"latitude": 32.0853, "longitude": 34.78177}
PREFERENCES = {"quiet_from": "22:00", "quiet_until": "08:00", "messages_a_week": 3}
MAYA = {"name": "Maya", "language": "en", "zone": "Asia/Jerusalem"}


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.org")


async def agree(person: Person, location: bool) -> None:
    consents = {"marketing": True, "personalisation": True, "location": location}
    answer = await person.ask("PUT", "/me/preferences", {**PREFERENCES, "consents": consents})
    assert answer.status_code == 200


async def known(db: Connection, town: Town, person: Person) -> segments.Profile:
    await town.follow()
    profile = await segments.profile(db, person.member_id, NOON)
    assert profile
    return profile


async def test_nobody_is_followed_who_did_not_agree(maya, db):
    refused = await maya.ask("PUT", "/me/place", HERE)

    assert refused.status_code == 409 and refused.json()["type"] == "urn:punchcard:location-not-allowed"
    assert await db.fetchval("select count(*) from place") == 0


async def test_a_place_is_known_roughly_and_for_a_day(town, maya, db):
    await agree(maya, True)
    said = await maya.ask("PUT", "/me/place", HERE)
    here = (await known(db, town, maya)).place
    town.clock.at = NOON + DAY + HOUR

    later = (await known(db, town, maya)).place

    assert said.status_code == 204
    assert here == (320853, 347818, NOON)
    assert later is None and await db.fetchval("select count(*) from place") == 0


async def test_a_place_is_forgotten_with_the_consent(town, maya, db):
    await agree(maya, True)
    await maya.ask("PUT", "/me/place", HERE)
    await town.follow()

    await agree(maya, False)

    assert await db.fetchval("select count(*) from place") == 0
    assert (await known(db, town, maya)).place is None


async def test_a_place_can_be_taken_back(town, maya, db):
    await agree(maya, True)
    await maya.ask("PUT", "/me/place", HERE)
    gone = await maya.ask("DELETE", "/me/place")
    again = await maya.ask("DELETE", "/me/place")

    assert (gone.status_code, again.status_code) == (204, 204)
    assert (await known(db, town, maya)).place is None


async def test_a_year_of_birth_is_said_once_a_year_and_can_be_taken_back(town, maya, db):
    said = await maya.ask("PUT", "/me/profile", {**MAYA, "born_year": 1988})
    first = (await known(db, town, maya)).born_year
    again = await maya.ask("PUT", "/me/profile", {**MAYA, "born_year": 2001})
    back = await maya.ask("PUT", "/me/profile", MAYA)
    another = await maya.ask("PUT", "/me/profile", {**MAYA, "born_year": 2001})

    assert said.json()["born_year"] == first == 1988
    assert (again.status_code, back.status_code, another.status_code) == (409, 200, 409)
    assert (await known(db, town, maya)).born_year is None


async def test_traits_are_said_by_the_member_or_the_operator_and_seen_by_both(town, maya, db):
    await maya.ask("PUT", "/me/profile", {**MAYA, "traits": {"household": "family"}})
    await maya.ask("PUT", "/me/profile", MAYA)
    kept = await maya.get("/me/profile")
    path = f"/console/members/{maya.member_id}/traits"
    set_by = await town.ask("PUT", path, {"traits": {"household": "family", "income": "middle"}}, town.operator_key)

    seen = await maya.get("/me/profile")

    assert kept["traits"] == {"household": "family"} and set_by.status_code == 200
    assert seen["traits"] == (await known(db, town, maya)).traits == {"household": "family", "income": "middle"}


@pytest.mark.parametrize(
    "traits", [{"Household": "x"}, {"a": ""}, {"a": "x" * 65}, {f"t{n}": "x" for n in range(17)}, {"a": "b\u202ec"}]
)
async def test_traits_are_few_and_short(maya, traits):
    answer = await maya.ask("PUT", "/me/profile", {**MAYA, "traits": traits})

    assert answer.status_code == 400


async def test_nobody_is_characterised_who_is_no_member(town):
    path = "/console/members/00000000-0000-7000-8000-000000000000/traits"

    assert (await town.ask("PUT", path, {"traits": {}}, town.operator_key)).status_code == 404
