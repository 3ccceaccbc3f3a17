"""What members say of messages is obeyed, through the doors that they use; and so is what shops say of themselves."""

from typing import Any

from punchcard.foundation.clock import DAY, HOUR
from tests.journeys.people import let_it_be, publish, set_up_phone, sign_in_anew, titles
from tests.town import Person, Town, line

TITLE = {
    "en": "Double points on any coffee",
    "he": "נקודות כפולות על כל קפה",
    "ar": "نقاط مضاعفة على أي قهوة",
    "ru": "Двойные баллы за любой кофе",
}


async def wish(person: Person, **more: Any) -> dict[str, Any]:
    """Say it, and read it back."""
    wishes = {
        "quiet_from": "22:00",
        "quiet_until": "08:00",
        "consents": {"marketing": True, "personalisation": True, "location": True},
        "messages_a_week": 5,
    }
    answer = await person.ask("PUT", "/me/preferences", wishes | more)
    assert answer.status_code == 200, answer.text
    assert answer.json() == await person.get("/me/preferences")
    said: dict[str, Any] = answer.json()
    return said


async def settled(town: Town, name: str = "maya", **wishes: Any) -> Person:
    person = await town.join(f"{name}@example.com")
    await set_up_phone(person)
    await wish(person, **wishes)
    return person


async def became(person: Person) -> dict[str, tuple[str, str, str]]:
    await sign_in_anew(person)
    return {
        each["subject"]: (each["state"], each["reason"], each["channel"]) for each in await person.get("/me/messages")
    }


async def test_messages_come_in_the_language_that_is_liked_best(town: Town) -> None:
    await settled(town, languages=["ar", "he"])

    await publish(town, "coffee-x2", town.clock.at, town.clock.at + 6 * HOUR, name=TITLE)

    assert titles(town) == [TITLE["ar"]]


async def test_without_languages_they_come_in_that_of_the_profile(town: Town) -> None:
    maya = await settled(town, languages=["ru", "ar"])
    profile = {"name": "Maya", "language": "he", "zone": "Asia/Jerusalem"}
    assert (await maya.ask("PUT", "/me/profile", profile)).status_code == 200
    await wish(maya, languages=[])

    await publish(town, "coffee-x2", town.clock.at, town.clock.at + 6 * HOUR, name=TITLE)

    assert titles(town) == [TITLE["he"]]


async def test_of_a_muted_topic_nothing_comes_and_the_offer_counts_all_the_same(town: Town) -> None:
    maya = await settled(town, muted=["flash", "tiers"])

    await publish(town, "surplus", town.clock.at, town.clock.at + 6 * HOUR, topic="flash")
    await publish(town, "coffee-x2", town.clock.at, town.clock.at + 6 * HOUR)

    assert len(titles(town)) == 1 and len(await maya.get("/me/offers")) == 2
    assert await became(maya) == {"surplus": ("dropped", "topic", ""), "coffee-x2": ("sent", "", "push")}


async def test_what_can_be_muted_is_named_in_the_members_language(town: Town) -> None:
    maya = await settled(town, muted=["flash"])
    await publish(town, "tasting", town.clock.at, town.clock.at + 6 * HOUR, topic="wine-tastings")

    topics = {each["id"]: (each["name"], each["muted"]) for each in await maya.get("/me/topics", language="ru")}

    assert topics["flash"] == ("Срочные акции", True) and topics["tiers"] == ("Уровни", False)
    assert topics["wine-tastings"] == ("Wine tastings", False), "as its author calls it"


async def test_what_a_preference_leaves_out_stays_as_it_was(town: Town) -> None:
    maya = await settled(town, muted=["news", "flash", "news"], languages=["he", "en", "he"])

    said = await wish(maya)

    assert (said["muted"], said["languages"]) == (["flash", "news"], ["he", "en"])


async def test_one_offer_a_day_and_so_many_a_week_as_were_allowed(town: Town) -> None:
    maya = await settled(town, messages_a_week=2)

    for day, hour in enumerate((9, 9, 9, 9), start=1):
        await let_it_be(town, hour, days=1)
        await publish(town, f"first-{day}", town.clock.at, town.clock.at + 6 * HOUR)
        await publish(town, f"second-{day}", town.clock.at, town.clock.at + 6 * HOUR)

    said = await became(maya)
    assert [said[f"first-{day}"][1] for day in (1, 2, 3, 4)] == ["", "", "cap", "cap"]
    assert [said[f"second-{day}"][1] for day in (1, 2, 3, 4)] == ["day-cap", "cap", "cap", "cap"]
    assert len(titles(town)) == 2


async def test_a_shop_that_stays_shut_until_the_end_is_not_told_of(town: Town) -> None:
    maya = await settled(town)
    await all_shops_open(town, {"week": [[[480, 780]]] * 7})  # 08:00 to 13:00
    await publish(town, "this-evening", town.clock.at + 2 * HOUR, town.clock.at + 9 * HOUR)
    await publish(town, "tomorrow-too", town.clock.at + 2 * HOUR, town.clock.at + 24 * HOUR)

    await let_it_be(town, 14, 1)

    assert await became(maya) == {"this-evening": ("dropped", "shop-shut", ""), "tomorrow-too": ("sent", "", "push")}
    [note] = [each["note"] for each in await maya.get("/me/messages", "he") if each["reason"]]
    assert note == "לא נשלחה: החנות סגורה עד הסיום"


async def all_shops_open(town: Town, hours: dict[str, Any]) -> None:
    for shop in (await town.ask("GET", "/console/partners/nola/shops", key=town.operator_key)).json():
        path = f"/console/shops/{shop['id']}/hours"
        assert (await town.ask("PUT", path, hours, town.operator_key)).status_code == 200


async def test_who_is_far_away_is_not_told_of_a_shop_unless_that_was_long_ago(town: Town) -> None:
    here, there, then = [await settled(town, name) for name in ("here", "there", "then")]
    for shop in (await town.ask("GET", "/console/partners/nola/shops", key=town.operator_key)).json():
        terms = {"name": shop["name"], "floor_limit": 0, "latitude": 32.08, "longitude": 34.78}
        assert (await town.ask("PUT", f"/console/shops/{shop['id']}", terms, town.operator_key)).status_code == 200
    near, far = {"latitude": 32.03, "longitude": 34.78}, {"latitude": 32.58, "longitude": 34.78}
    assert (await then.ask("PUT", "/me/place", far)).status_code == 204
    await let_it_be(town, 9, days=1)
    for person, place in ((here, near), (there, far)):
        await sign_in_anew(person)
        assert (await person.ask("PUT", "/me/place", place)).status_code == 204

    await publish(town, "coffee-x2", town.clock.at, town.clock.at + 6 * HOUR)

    assert [(await became(each))["coffee-x2"][1] for each in (here, there, then)] == ["", "too-far", ""]


async def test_who_used_it_before_they_heard_of_it_does_not_hear_of_it(town: Town) -> None:
    maya = await settled(town, quiet_from="12:00", quiet_until="14:00")
    await publish(town, "coffee-x2", town.clock.at, town.clock.at + 6 * HOUR)
    await town.sell(maya, line(12_00))
    await town.follow()

    await let_it_be(town, 14)

    assert (await became(maya))["coffee-x2"] == ("dropped", "used", "") and titles(town) == []


async def test_the_desk_sees_what_became_of_a_member_and_of_an_offer(town: Town) -> None:
    maya, noa = await settled(town, "maya"), await settled(town, "noa", muted=["offers"])
    await publish(town, "coffee-x2", town.clock.at, town.clock.at + 2 * DAY)

    of_noa = await town.ask("GET", f"/console/members/{noa.card}/messages", key=town.operator_key, language="ru")
    of_maya = await town.ask("GET", f"/console/members/{maya.member_id}/messages", key=town.operator_key)
    of_nobody = await town.ask("GET", "/console/members/7QK4M2XWPDR83HTBZ/messages", key=town.operator_key)
    tally = (await town.ask("GET", "/console/offers/coffee-x2/messages", key=town.operator_key)).json()

    [(reason, note)] = [(each["reason"], each["note"]) for each in of_noa.json()]
    assert (reason, note) == ("topic", "Не отправлено: вы отключили эту тему")
    assert [each["channel"] for each in of_maya.json()] == ["push"]
    assert of_nobody.status_code in (400, 404)
    nothing = {"received": 0, "opened": 0, "read": 0}
    assert sorted(tally, key=lambda each: str(each["state"])) == [
        {"state": "dropped", "reason": "topic", "channel": "", "members": 1} | nothing,
        {"state": "sent", "reason": "", "channel": "push", "members": 1} | nothing,
    ]
