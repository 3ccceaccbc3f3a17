"""Maya's days, over HTTP: from joining to signing out everywhere."""

from uuid import uuid4

from punchcard.foundation.clock import HOUR
from tests.journeys.people import let_it_be, publish, set_up_phone, sign_in_anew, titles
from tests.town import Town, line

COFFEE = line(18_00)
CROISSANT = line(14_00, "pastry", "almond-croissant")


async def test_from_the_first_coffee_to_a_reward(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await set_up_phone(maya)
    links = await maya.get("/me/wallets")
    page = await town.client.get(links["apple"])
    assert page.headers["content-type"] == "application/vnd.apple.pkpass"

    # ₪32, five for the coffee and fifty for the first purchase: 87
    first = (await town.sell(maya, COFFEE, CROISSANT)).json()
    assert (first["earned"], first["balance"], first["tier"]["id"]) == (87, 87, "bud")
    assert {why["term"]: why["points"] for why in first["reasons"] if why["points"]} == {
        "base": 32, "coffee": 5, "welcome": 50,
    }  # fmt: skip

    # four more visits of 23; the fifth visit of the month brings 100
    for _ in range(4):
        await let_it_be(town, 12, days=1)
        last = (await town.sell(maya, COFFEE)).json()
    assert [each["id"] for each in last["challenges_completed"]] == ["five-visits"]
    assert last["balance"] == 87 + 4 * 23 + 100

    # ₪350 at Rayhan: 529 earned this year but for the challenge, and she is in Blossom
    tier = (await town.sell(maya, line(350_00, "dairy", "cheese", 4), partner="rayhan")).json()
    await town.follow()
    await sign_in_anew(maya)
    assert (tier["balance"], tier["tier_reached"]["id"]) == (629, "blossom")
    assert sorted(titles(town)) == ["Done: Five visits in a month", "Welcome to Blossom"]
    told = {each["kind"]: each for each in await maya.get("/me/messages")}
    assert told["tier"]["why"] == "Because you reached a new level."
    assert told["challenge"]["why"] == "Because you finished a challenge."
    assert {each["state"] for each in told.values()} == {"sent"}
    done = {each["id"]: each["done"] for each in await maya.get("/me/challenges")}
    assert done["weekly-table"] >= 1
    card = await maya.get("/me/card")
    assert (card["points"], card["tier"]["id"], card["next_tier"]["id"]) == (629, "blossom", "orchard")


async def test_an_offer_opens_applies_and_ends(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await set_up_phone(maya)
    await town.sell(maya, COFFEE)
    opens, ends = town.clock.at + HOUR, town.clock.at + 3 * HOUR
    await publish(town, "coffee-x2", opens, ends)

    before = (await town.sell(maya, COFFEE)).json()
    await let_it_be(town, 13)
    await sign_in_anew(maya)
    [offer] = await maya.get("/me/offers")
    quoted = (
        await town.ask("POST", "/till/quotes", {"card": maya.card, "cashier": "Dana", "lines": [COFFEE]}, town.till_key)
    ).json()
    during = (await town.sell(maya, COFFEE)).json()
    elsewhere = (await town.sell(maya, line(18_00, "coffee"), partner="miro")).json()
    await let_it_be(town, 15)
    await sign_in_anew(maya)
    after = (await town.sell(maya, COFFEE)).json()

    assert (before["earned"], during["earned"], after["earned"]) == (23, 46, 23 + 100), "the last was the fifth visit"
    assert (elsewhere["earned"], quoted["earns"]) == (18, 46), "not at Miro"
    assert (offer["id"], [each["id"] for each in quoted["offers"]]) == ("coffee-x2", ["coffee-x2"])
    assert titles(town)[0] == "Double points on any coffee"
    assert [each["state"] for each in await maya.get("/me/offers")] == ["ended"]
    verdicts = {why["term"]: why["verdict"] for why in after["reasons"]}
    assert verdicts.get("coffee-x2", "ended") == "ended"


async def test_a_reward_is_claimed_used_and_comes_back_with_the_goods(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await town.sell(maya, line(450_00, "dairy", "cheese"), partner="rayhan")
    claim, sale, back = uuid4(), uuid4(), {"quantities": [{"line": 0, "quantity": 1}]}

    claimed = await maya.ask("PUT", f"/me/claims/{claim}", {"reward": "any-coffee"})
    again = await maya.ask("PUT", f"/me/claims/{claim}", {"reward": "any-coffee"})
    left = (await maya.get("/me/card"))["points"]
    dear = await maya.ask("PUT", f"/me/claims/{uuid4()}", {"reward": "olives"})
    used = (await town.sell(maya, CROISSANT, id=sale, vouchers=[str(claim)])).json()
    twice = await town.sell(maya, CROISSANT, vouchers=[str(claim)])
    returned = await town.ask("PUT", f"/till/sales/{sale}/returns/{uuid4()}", back, town.till_key)
    [kept] = await maya.get("/me/claims")
    handed_back = await maya.ask("DELETE", f"/me/claims/{claim}")

    assert (claimed.status_code, again.status_code, left) == (201, 201, 200)
    assert (dear.status_code, dear.json()["type"]) == (409, "urn:punchcard:not-enough-points")
    assert (used["vouchers_used"], twice.json()["type"]) == ([str(claim)], "urn:punchcard:no-such-voucher")
    assert (returned.json()["balance"], kept["state"]) == (200, "active")
    assert handed_back.status_code == 204
    assert (await maya.get("/me/card"))["points"] == 500


async def test_a_lost_phone_is_signed_out_everywhere(town: Town) -> None:
    maya = await town.join("maya@example.com")
    tablet = await town.join("maya@example.com")
    assert tablet.member_id == maya.member_id

    signed_out = await tablet.ask("DELETE", "/me/sessions")
    town.clock.at += 2
    answers = [(await each.ask("GET", "/me/card")).status_code for each in (maya, tablet)]
    refreshed = await town.ask("POST", "/join/tokens", {"refresh_token": maya.refresh_token})
    back = await town.join("maya@example.com")

    assert (signed_out.status_code, answers, refreshed.status_code) == (204, [401, 401], 401)
    assert (back.member_id, back.card) == (maya.member_id, maya.card)
