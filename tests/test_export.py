"""A member takes a copy of everything along: one document, whole, with nothing of anybody else's keys in it."""

import pytest

from punchcard import journal
from punchcard.foundation.ids import new_id
from punchcard.privacy import exporting
from punchcard.programme import Adjustment
from tests.town import Person, Town, line

pytestmark = pytest.mark.anyio

PHONE = {"kind": "fid", "address": "fid-of-mayas-pixel", "platform": "android", "language": "en", "zone": "UTC"}


@pytest.fixture
async def maya(town: Town) -> Person:
    found = await town.join("maya@example.com", "Maya Levi")
    await found.ask("PUT", "/me/phones/pixel", PHONE)
    profile = {"name": "Maya Levi", "language": "en", "zone": "UTC", "birthday": "11-19", "traits": {"pets": "cat"}}
    assert (await found.ask("PUT", "/me/profile", profile)).status_code == 200
    return found


async def test_the_copy_holds_all_that_is_kept_in_full_and_no_key(town: Town, maya: Person):
    daniel = await town.join("daniel@example.com", "Daniel")
    sale = new_id()
    assert (await town.sell(maya, line(2000), id=sale)).status_code == 200
    await maya.ask("PUT", f"/me/transfers/{new_id()}", {"points": 1, "card": daniel.card})
    await maya.ask("PUT", "/me/household", {"name": "Rothschild 12"})
    await town.follow()

    answer = await maya.ask("GET", "/me/export")
    copy = answer.json()

    assert answer.headers["content-disposition"] == 'attachment; filename="almond-2026-11-18.json"'
    assert copy["member"]["email"] == "maya@example.com" and copy["member"]["name"] == "Maya Levi"
    assert copy["member"]["birthday"] == 1119 and copy["member"]["traits"] == {"pets": "cat"}
    assert copy["member"]["consents"] == {"marketing": True, "personalisation": True, "location": False}
    assert [each["installation"] for each in copy["phones"]] == ["pixel"] and "fid-of" not in answer.text
    assert copy["card"]["code"] == maya.card.replace("-", "")
    assert copy["household"]["household"]["name"] == "Rothschild 12"
    assert [each["points"] for each in copy["transfers"]] == [1]
    sold = next(each for each in copy["statement"] if each["id"] == str(sale))
    assert sold["fact"]["lines"] and sold["reasons"] and sold["at"].startswith("2026-11-18")
    assert copy["portrait"]["seen"]["visits"] == 1 and len(copy["sign_ins"]) == 1
    assert copy["wallets"]["member_id"] == str(maya.member_id)


async def test_every_table_that_knows_a_member_is_in_the_answer_that_the_document_promises(town: Town, maya: Person):
    shapes = (await town.ask("GET", "/docs/openapi.json")).json()
    whole = shapes["paths"]["/me/export"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    promised = shapes["components"]["schemas"][whole.rpartition("/")[2]]["properties"]

    assert set(promised) == set(await maya.get("/me/export"))


async def test_a_long_history_is_written_a_page_at_a_time_and_whole(
    town: Town, maya: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exporting, "PAGE", 3)
    at = town.clock.now()
    for n in range(10):
        gift = Adjustment(id=f"gift{n:02}", at=at - 60 + n // 2, points=5, reason="gift")
        await journal.submit(town.outside.world.database, maya.member_id, gift, at)

    copy = await maya.get("/me/export")

    assert [each["id"] for each in copy["statement"]] == [f"gift{n:02}" for n in reversed(range(10))]


async def test_three_copies_may_be_taken_and_then_it_is_said_when_again(town: Town, maya: Person):
    answers = [await maya.ask("GET", "/me/export") for _ in range(4)]

    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert 7 * 3600 < int(answers[3].headers["retry-after"]) <= 8 * 3600
    daniel = await town.join("daniel@example.com", "Daniel")
    assert (await daniel.ask("GET", "/me/export")).status_code == 200


async def test_nobody_reads_of_others(town: Town, maya: Person):
    daniel = await town.join("daniel@example.com", "Daniel")

    text = (await daniel.ask("GET", "/me/export")).text

    assert "Maya" not in text and "maya@" not in text and str(maya.member_id) not in text
