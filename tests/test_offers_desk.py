"""Offers, messages and rewards as the outside meets them: over HTTP, with bodies that are refused and repeats that are not."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from punchcard import journal
from punchcard.foundation.clock import DAY, HOUR, moment
from punchcard.foundation.ids import new_id
from punchcard.programme import Adjustment
from tests.town import Person, Town

pytestmark = pytest.mark.anyio

FOUR = ("en", "he", "ar", "ru")
PHONE = {"kind": "fid", "address": "fid-pixel", "platform": "android", "language": "en", "zone": "Asia/Jerusalem"}


def draft(town: Town, **change: Any) -> dict[str, Any]:
    now = moment(town.clock.at)
    return {
        "partner_id": "nola",
        "name": {language: f"Double points ({language})" for language in FOUR},
        "short": {language: f"Coffee ×2 ({language})" for language in FOUR},
        "text": {language: f"Any coffee counts twice ({language})." for language in FOUR},
        "since": (now + timedelta(minutes=1)).isoformat(),
        "until": (now + timedelta(hours=2)).isoformat(),
        "audience": {
            "type": "all",
            "of": [
                {"type": "tier-in", "tiers": ["bud", "blossom"]},
                {"type": "not", "of": {"type": "visited-within", "days": 7}},
                {"type": "consents-to", "purpose": "marketing"},
            ],
        },
        "benefit": {"type": "times", "percent": 200},
        "goods": {"categories": ["coffee"]},
        **change,
    }


async def desk(town: Town, method: str, body: Any = None, id: str = "coffee-x2") -> Any:
    return await town.ask(method, f"/console/offers/{id}", body, town.operator_key)


async def pass_time(town: Town, seconds: int) -> None:
    town.clock.at += seconds
    await town.follow()


async def test_an_offer_from_the_desk_to_the_phone_and_back(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await maya.ask("PUT", "/me/phones/pixel", PHONE)
    body = draft(town)

    first, again = await desk(town, "PUT", body), await desk(town, "PUT", body)
    other = await desk(town, "PUT", body | {"hold_out": 10})
    scheduled = await maya.get("/me/offers")
    await pass_time(town, 60)
    [offer] = await maya.get("/me/offers", language="ru")
    open_now = (await desk(town, "GET")).json()
    stopped = await desk(town, "DELETE")
    await town.follow()

    assert open_now["short"] == body["short"]
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert first.json()["state"] == "scheduled" and scheduled == []
    assert (offer["title"], offer["until"]) == ("Double points (ru)", open_now["until"])
    assert (open_now["state"], open_now["reach"], open_now["held_out"]) == ("open", 1, 0)
    assert stopped.status_code == 204 and (await desk(town, "GET")).json()["state"] == "stopped"
    assert [each["state"] for each in await maya.get("/me/offers")] == ["ended"]
    assert [sent["notification"]["title"] for sent in town.outside.fcm.messages] == ["Double points (en)"]


async def test_a_message_says_why_it_came(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await maya.ask("PUT", "/me/phones/pixel", PHONE)
    await desk(town, "PUT", draft(town))
    await pass_time(town, 60)

    [message] = await maya.get("/me/messages")

    assert (message["state"], message["note"], message["until"]) == ("sent", None, None)
    assert message["why"] == "Because you asked to hear of offers."


async def test_a_message_that_is_held_says_until_when(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await maya.ask("PUT", "/me/phones/pixel", PHONE)
    until = (moment(town.clock.at) + timedelta(days=3)).isoformat()
    since = (moment(town.clock.at) + timedelta(hours=11)).isoformat()  # 23:00
    await desk(town, "PUT", draft(town, since=since, until=until))
    await pass_time(town, 11 * HOUR)
    maya = await town.join("maya@example.com")  # signed in again

    [held] = await maya.get("/me/messages", language="he")
    unsent = list(town.outside.fcm.messages)
    await pass_time(town, 9 * HOUR)

    assert (held["state"], held["note"]) == ("held", "הוחזקה עד 08:00 בגלל שעות השקט")
    assert held["until"] == moment(town.clock.at).isoformat().replace("+00:00", "Z")
    assert unsent == [] and len(town.outside.fcm.messages) == 1


async def test_a_phone_is_kept_and_forgotten(town: Town) -> None:
    maya = await town.join("maya@example.com")

    kept = await maya.ask("PUT", "/me/phones/pixel", PHONE)
    forgotten = [await maya.ask("DELETE", "/me/phones/pixel") for _ in range(2)]

    assert kept.status_code == 200 and "address" not in kept.json()
    assert [each.status_code for each in forgotten] == [204, 204]


DEEP: dict[str, Any] = {"type": "all"}
for _ in range(30):
    DEEP = {"type": "not", "of": DEEP}


@pytest.mark.parametrize(
    "change",
    [
        {"hold_out": 51},
        {"hold_out": 10**400},
        {"benefit": {"type": "times", "percent": 100}},
        {"benefit": {"type": "everything"}},
        {"audience": DEEP},
        {"audience": {"type": "tier-in", "tiers": ["platinum"]}},
        {"audience": {"type": "visited-within", "days": 0}},
        {"name": {"en": "Coffee"}},
        {"name": dict.fromkeys(FOUR, "")},
        {"short": {"en": "Coffee ×2"}},
        {"short": dict.fromkeys(FOUR, "x" * 25)},
        {"since": "2026-11-18T12:00:00"},
        {"since": "yesterday"},
        {"until": "2026-11-01T00:00:00Z"},
        {"partner_id": "nobody"},
        {"channels": []},
        {"surprise": 1},
    ],
    ids=str,
)
async def test_an_offer_that_cannot_be_read_is_refused(town: Town, change: dict[str, Any]) -> None:
    answer = await desk(town, "PUT", draft(town) | change)

    assert answer.status_code == 400, answer.text
    assert (await desk(town, "GET")).status_code == 404


@pytest.mark.parametrize("path", ["/me/phones/a%20b", f"/me/phones/{'x' * 65}", "/me/phones/%0A"])
async def test_a_phone_has_a_plain_name(town: Town, path: str) -> None:
    maya = await town.join("maya@example.com")

    assert (await maya.ask("PUT", path, PHONE)).status_code == 400


@pytest.mark.parametrize(
    "change",
    [{"address": "a b"}, {"address": "x" * 4097}, {"kind": "topic"}, {"zone": "Mars/Olympus"}, {"platform": "fax"}],
    ids=str,
)
async def test_a_phone_that_cannot_be_reached_is_refused(town: Town, change: dict[str, str]) -> None:
    maya = await town.join("maya@example.com")

    assert (await maya.ask("PUT", "/me/phones/pixel", PHONE | change)).status_code == 400


async def credit(town: Town, person: Person, points: int) -> None:
    fact = Adjustment(id=str(new_id()), at=town.clock.at, points=points, reason="welcome")
    await journal.submit(town.outside.world.database, person.member_id, fact, town.clock.at)
    town.clock.at += 1


async def test_a_reward_is_claimed_once_and_handed_back(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await credit(town, maya, 1000)
    reward = (await maya.get("/me/rewards"))[0]
    path, body = f"/me/claims/{uuid4()}", {"reward": reward["id"]}

    first, again = await maya.ask("PUT", path, body), await maya.ask("PUT", path, body)
    [active] = await maya.get("/me/claims")
    handed_back = [await maya.ask("DELETE", path) for _ in range(2)]
    [after] = await maya.get("/me/claims")

    assert reward["affordable"] and reward["missing"] == 0
    assert (first.status_code, again.status_code) == (201, 201) and first.content == again.content
    assert (active["state"], after["state"]) == ("active", "handed-back")
    assert [each.status_code for each in handed_back] == [204, 204]
    assert (await maya.get("/me/card"))["points"] == 1000


async def test_what_cannot_be_claimed_is_refused_in_words(town: Town) -> None:
    maya = await town.join("maya@example.com")
    reward = (await maya.get("/me/rewards"))[0]

    poor = await maya.ask("PUT", f"/me/claims/{uuid4()}", {"reward": reward["id"]}, language="ru")
    unknown = await maya.ask("PUT", f"/me/claims/{uuid4()}", {"reward": "yacht"})
    not_there = await maya.ask("DELETE", f"/me/claims/{uuid4()}")

    assert (poor.status_code, poor.json()["facts"]["balance"]) == (409, 0)
    assert poor.json()["type"] == "urn:punchcard:not-enough-points"
    assert (unknown.status_code, not_there.status_code) == (404, 404)
    assert await maya.get("/me/claims") == []


async def test_a_claim_is_its_members_own(town: Town) -> None:
    maya, omar = await town.join("maya@example.com"), await town.join("omar@example.com")
    await credit(town, maya, 1000)
    await credit(town, omar, 1000)
    body = {"reward": (await maya.get("/me/rewards"))[0]["id"]}
    path = f"/me/claims/{uuid4()}"
    await maya.ask("PUT", path, body)

    assert (await omar.ask("PUT", path, body)).status_code == 422
    assert (await omar.ask("DELETE", path)).status_code == 404
    assert (await omar.get("/me/card"))["points"] == 1000


async def test_points_of_a_claim_that_lapses_come_back(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await credit(town, maya, 1000)
    reward = (await maya.get("/me/rewards"))[0]["id"]
    await maya.ask("PUT", f"/me/claims/{uuid4()}", {"reward": reward})

    town.clock.at += 60 * DAY
    maya = await town.join("maya@example.com")  # signed in again

    assert [each["state"] for each in await maya.get("/me/claims")] == ["lapsed"]
    assert (await maya.get("/me/card"))["points"] == 1000
