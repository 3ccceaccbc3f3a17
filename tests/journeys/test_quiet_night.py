"""A quiet night: nothing is sent, what waits goes out in the morning, and what has ended by then never does."""

from punchcard.foundation.clock import HOUR
from tests.journeys.people import let_it_be, publish, set_up_phone, sign_in_anew, titles
from tests.town import Town, line


async def test_a_night_is_quiet_and_the_morning_tells_what_still_holds(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await set_up_phone(maya)
    await let_it_be(town, 23)
    now = town.clock.at
    await publish(town, "until-one", now + 1, now + 2 * HOUR)
    await publish(town, "until-eight", now + 1, now + 9 * HOUR)
    await publish(town, "until-noon", now + 1, now + 13 * HOUR)
    await publish(town, "stopped", now + 1, now + 13 * HOUR)
    await let_it_be(town, 23, 1)
    for _ in range(5):  # the month's fifth visit, and Blossom, at night
        await town.sell(maya, line(100_00, "dairy", "cheese"))
    night = []
    for hour in (1, 3, 5, 7):
        await let_it_be(town, hour, days=hour == 1)
        night += titles(town)
    await town.ask("DELETE", "/console/offers/stopped", key=town.operator_key)
    await let_it_be(town, 7, 59)
    night += titles(town)

    await let_it_be(town, 8)
    morning = titles(town)
    await let_it_be(town, 9)
    await sign_in_anew(maya)

    assert night == []
    assert sorted(morning) == ["Done: Five visits in a month", "Double points on any coffee", "Welcome to Blossom"]
    assert titles(town) == morning, "nobody is told twice"
    became = {each["subject"]: (each["state"], each["reason"]) for each in await maya.get("/me/messages")}
    assert became["until-one"] == became["until-eight"] == ("dropped", "ends-in-quiet-hours")
    assert became["stopped"] == ("dropped", "ended")
    assert became["until-noon"] == ("sent", "")


async def test_her_own_quiet_hours_hold(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await set_up_phone(maya)
    wishes = {
        "quiet_from": "12:00",
        "quiet_until": "13:30",
        "consents": {"marketing": True, "personalisation": True},
        "messages_a_week": 5,
    }
    assert (await maya.ask("PUT", "/me/preferences", wishes)).status_code == 200
    await publish(town, "lunch-x2", town.clock.at + 1, town.clock.at + 6 * HOUR)
    await let_it_be(town, 12, 1)
    at_lunch = titles(town)
    [held] = await maya.get("/me/messages")

    await let_it_be(town, 13, 30)

    assert (at_lunch, held["state"], held["note"]) == ([], "held", "Held until 13:30 for your quiet hours")
    assert titles(town) == ["Double points on any coffee"]
