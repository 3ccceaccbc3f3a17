"""A household pools its points: everybody brings some, sees whose they are, and takes out what was agreed."""

from typing import Any
from uuid import UUID

import pytest

from punchcard import journal
from punchcard.foundation.ids import new_id
from punchcard.programme import Adjustment
from tests.town import Person, Town


@pytest.fixture
async def people(town: Town) -> tuple[Person, Person]:
    """Maya and Daniel, who have 500 points each."""
    found = [await town.join("maya@example.com"), await town.join("daniel@example.com", "Daniel Levi")]
    for n, person in enumerate(found):
        gift = Adjustment(id=f"gift{n}", at=town.clock.now() - 9, points=500, reason="gift")
        await journal.submit(town.outside.world.database, person.member_id, gift, town.clock.now())
    await town.follow()
    return found[0], found[1]


async def at_home(maya: Person, daniel: Person, rule: str = "own-share") -> UUID:
    """Maya begins a household, Daniel joins it."""
    made = (await maya.ask("PUT", "/me/household", {"name": "Rothschild 12", "rule": rule})).json()
    assert (await maya.ask("POST", "/me/household/guests", {"card": daniel.card})).status_code == 204
    assert (await daniel.ask("PUT", f"/me/invitations/{made['id']}")).status_code == 204
    return UUID(made["id"])


async def bring(person: Person, points: int, id: UUID | None = None) -> Any:
    answer = await person.ask("PUT", f"/me/household/contributions/{id or new_id()}", {"points": points})
    await person.town.follow()
    return answer


async def take(person: Person, points: int, id: UUID | None = None) -> Any:
    answer = await person.ask("PUT", f"/me/household/withdrawals/{id or new_id()}", {"points": points})
    await person.town.follow()
    return answer


async def shares(person: Person) -> dict[str, int]:
    home = await person.get("/me/household")
    return {"pool": home["pool"]["points"]} | {each["name"]: each["shares"].get("points", 0) for each in home["people"]}


async def points(*people: Person) -> list[int]:
    return [(await each.get("/me/card"))["points"] for each in people]


async def whole(town: Town) -> None:
    assert (await journal.audit(town.outside.world.database)).findings == []


async def test_a_household_sees_who_brought_how_much(town, people):
    maya, daniel = people
    await at_home(maya, daniel)
    id = new_id()

    first, again = await bring(maya, 300, id), await bring(maya, 300, id)
    await bring(daniel, 100)

    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    assert first.json()["balance"] == 200
    assert await shares(daniel) == {"pool": 400, "Maya": 300, "Daniel": 100}
    assert [each["is_me"] for each in (await daniel.get("/me/household"))["people"]] == [False, True]
    assert await points(maya, daniel) == [200, 400]
    await whole(town)


async def test_everybody_takes_their_own_share_and_no_more(town, people):
    maya, daniel = people
    await at_home(maya, daniel)
    await bring(maya, 300)
    await bring(daniel, 100)
    id = new_id()

    refused = await take(daniel, 101)
    taken = [await take(daniel, 60, id) for _ in range(2)]

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:punchcard:more-than-your-share")
    assert refused.json()["facts"] == {"share": 100, "wanted": 101}
    assert [each.status_code for each in taken] == [201, 201]
    assert await shares(maya) == {"pool": 340, "Maya": 300, "Daniel": 40}
    assert await points(daniel) == [460]
    await whole(town)


async def test_where_it_was_agreed_everybody_takes_everything_but_no_more(town, people):
    maya, daniel = people
    await at_home(maya, daniel, "everything")
    await bring(maya, 300)

    refused, taken = await take(daniel, 301), await take(daniel, 300)

    assert refused.json()["type"] == "urn:punchcard:not-enough-points" and taken.status_code == 201
    assert await points(daniel) == [800]
    await whole(town)


async def test_whoever_leaves_takes_their_share_along_and_the_last_one_whatever_is_there(town, people):
    maya, daniel = people
    await at_home(maya, daniel)
    await bring(maya, 300)
    await bring(daniel, 100)

    gone = [(await daniel.ask("DELETE", "/me/household")).status_code for _ in range(2)]
    await town.follow()

    assert gone == [204, 204]
    assert await shares(maya) == {"pool": 300, "Maya": 300}
    assert (await daniel.ask("GET", "/me/household")).status_code == 404
    await maya.ask("DELETE", "/me/household")
    await town.follow()
    assert await points(maya, daniel) == [500, 500]
    await whole(town)


async def test_nobody_leaves_while_points_of_theirs_are_on_their_way(town, people):
    maya, daniel = people
    await at_home(maya, daniel)
    await daniel.ask("PUT", f"/me/household/contributions/{new_id()}", {"points": 100})

    early = await daniel.ask("DELETE", "/me/household")
    await town.follow()
    later = await daniel.ask("DELETE", "/me/household")
    await town.follow()

    assert (early.json()["type"], later.status_code) == ("urn:punchcard:still-on-the-way", 204)
    assert await points(daniel) == [500]


async def test_only_who_was_invited_joins_and_nobody_is_in_two(town, people):
    maya, daniel = people
    rina = await town.join("rina@example.com", "Rina")
    home = await at_home(maya, daniel)
    other = (await rina.ask("PUT", "/me/household", {"name": "Herzl 3"})).json()

    uninvited = await daniel.ask("PUT", f"/me/invitations/{other['id']}")
    await rina.ask("POST", "/me/household/guests", {"card": daniel.card})
    second = await daniel.ask("PUT", f"/me/invitations/{other['id']}")
    founding = await daniel.ask("PUT", "/me/household", {"name": "Mine"})
    again = [
        await daniel.ask("PUT", f"/me/invitations/{home}"),
        await maya.ask("PUT", "/me/household", {"name": "Rothschild 12"}),
    ]

    assert uninvited.json()["type"] == "urn:punchcard:no-invitation"
    assert second.json()["type"] == founding.json()["type"] == "urn:punchcard:already-in-one"
    assert [each.status_code for each in again] == [204, 200]
    assert [each["name"] for each in await daniel.get("/me/invitations")] == ["Herzl 3"]
    assert (await daniel.ask("DELETE", f"/me/invitations/{other['id']}")).status_code == 204
    assert await daniel.get("/me/invitations") == []
    assert [each["name"] for each in (await rina.get("/me/household"))["people"]] == ["Rina"]


async def test_a_household_takes_ten_people_and_nobody_whose_card_is_not_known(town, people):
    maya, daniel = people
    await maya.ask("PUT", "/me/household", {"name": "Rothschild 12"})
    cards = [(await town.join(f"{n}@example.com")).card for n in range(9)]

    answers = [(await maya.ask("POST", "/me/household/guests", {"card": each})).status_code for each in cards]
    full = await maya.ask("POST", "/me/household/guests", {"card": daniel.card})

    assert answers == [204] * 9 and full.json()["type"] == "urn:punchcard:household-full"


async def test_whoever_is_in_no_household_brings_and_takes_nothing(town, people):
    maya, _ = people

    answers = [
        await bring(maya, 10),
        await take(maya, 10),
        await maya.ask("POST", "/me/household/guests", {"card": "x"}),
    ]

    assert {each.json()["type"] for each in answers[:2]} == {"urn:punchcard:no-household"}
    assert answers[2].status_code in (400, 404)
    assert await points(maya) == [500]


async def test_a_pool_has_no_card_no_pass_and_no_message_and_nobody_reads_another_members_id(town, people):
    maya, daniel = people
    home = await at_home(maya, daniel)
    await bring(maya, 300)
    await take(maya, 100)

    async with town.outside.world.database.reading() as db:
        kept = [
            await db.fetchval("select count(*) from apple_pass where member_id = $1", home),
            await db.fetchval("select count(*) from google_object where member_id = $1", home),
            await db.fetchval("select count(*) from message where member_id = $1", home),
            await db.fetchval("select count(*) from outbox where member_id = $1", home),
        ]
    said = (await maya.ask("GET", "/me/activity")).text + (await daniel.ask("GET", "/me/household")).text

    assert kept == [0, 0, 0, 0]
    assert str(maya.member_id) not in said and str(daniel.member_id) not in said
