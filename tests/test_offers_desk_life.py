"""An offer's life at the desk, over HTTP: written in parts, checked, looked at, approved, published, paused, gone on with."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from punchcard import partners
from punchcard.foundation.clock import DAY, HOUR, moment
from tests.test_offers_desk import FOUR, desk, draft, pass_time
from tests.town import Person, Town, line

pytestmark = pytest.mark.anyio


async def at_the(
    town: Town, what: str, method: str = "PUT", body: Any = None, key: str = "", language: str = "en"
) -> Any:
    return await town.ask(method, f"/console/offers/coffee-x2/{what}", body, key or town.operator_key, language)


async def second_operator(town: Town) -> str:
    async with town.outside.world.database.transaction() as db:
        return (await partners.add_operator(db, "Second"))[1]


async def published(town: Town, **change: Any) -> None:
    body = draft(town, **change)
    del body["since"]
    saved = await at_the(town, "draft", body=body)
    assert saved.status_code == 200, saved.text
    answer = await at_the(town, "publication", body={"version": saved.json()["version"]})
    assert answer.status_code == 200 and answer.json()["state"] == "open", answer.text
    await town.follow()


async def used(town: Town, person: Person, amount: int = 20_00, term: str = "coffee-x2") -> int:
    """What the offer gave to a sale."""
    answer = await town.sell(person, line(amount))
    return sum(why["points"] for why in answer.json()["reasons"] if why["term"] == term)


async def row(town: Town) -> Any:
    answer = await town.ask("GET", "/console/offers", key=town.operator_key)
    return next(each for each in answer.json() if each["id"] == "coffee-x2")


async def test_a_draft_grows_and_each_change_is_a_version(town: Town) -> None:
    first = await at_the(town, "draft", body={"name": {"en": "Coffee"}})
    again = await at_the(town, "draft", body={"name": {"en": "Coffee"}})
    whole = await at_the(town, "draft", body=draft(town))

    assert [each.json()["version"] for each in (first, again, whole)] == [1, 1, 2]
    assert whole.json()["state"] == "draft" and (await row(town))["state"] == "draft"
    assert [act["did"] for act in whole.json()["history"]] == ["saved", "saved"]
    assert (await desk(town, "GET")).status_code == 404, "nothing is promised yet"


async def test_a_check_names_every_mistake_where_it_stands(town: Town) -> None:
    body = {
        "partner_id": "nola",
        "name": {"en": "Coffee"},
        "until": moment(town.clock.at - HOUR).isoformat(),
        "conditions": {"shops": ["nowhere"], "hours": {"since": 40, "until": 40}},
        "benefit": {"type": "reward", "reward": "no-such"},
        "trigger": {"on": "entered", "segment": "nobody", "lasts_seconds": 3600},
    }
    await at_the(town, "draft", body=body)

    found = (await at_the(town, "check", "GET", language="ru")).json()
    refused = await at_the(town, "publication", body={"version": 1})

    pointers = {each["pointer"] for each in found["mistakes"]}
    assert {"/audience", "/name/he", "/text/en", "/until", "/conditions/shops", "/conditions/hours/until"} <= pointers
    assert {"/benefit/reward", "/trigger/segment"} <= pointers and found["estimate"] is None
    assert "Этого не хватает: без этого акции не бывает." in {each["says"] for each in found["mistakes"]}
    assert refused.status_code == 409 and refused.json()["facts"]["mistakes"] == len(found["mistakes"])


async def test_a_check_estimates_whom_it_reaches_and_what_it_costs(town: Town) -> None:
    maya = await town.join("maya@example.com")
    for _ in range(3):
        await town.sell(maya, line(20_00))
    await town.follow()
    body = draft(
        town, audience={"type": "consents-to", "purpose": "marketing"}, benefit={"type": "fixed", "points": 50}
    )
    await at_the(town, "draft", body=body)

    found = (await at_the(town, "check", "GET")).json()

    assert found["mistakes"] == []
    assert found["estimate"]["reach"] == 1 and found["estimate"]["by_channel"] == {"push": 1, "pass": 1, "app": 1}
    assert sum(found["estimate"]["by_shop"].values()) == 1 and found["estimate"]["looked_at"] == 1
    assert "/until" in {each["pointer"] for each in found["warnings"]}, "it is shorter than a night"


async def test_a_check_warns_of_what_meets_it_and_of_budgets_too_small(town: Town) -> None:
    assert (await desk(town, "PUT", draft(town), "other")).status_code == 201
    body = draft(town, benefit={"type": "fixed", "points": 50}, budget={"points": 20}, audience=NOBODY)
    await at_the(town, "draft", body=body)

    found = (await at_the(town, "check", "GET")).json()

    assert {"/stacking", "/budget/points", "/audience"} <= {each["pointer"] for each in found["warnings"]}


NOBODY = {"type": "all", "of": [{"type": "points-at-least", "points": 999_999}, {"type": "points-below", "points": 1}]}


async def test_above_the_threshold_another_operator_approves_exactly_this_version(town: Town) -> None:
    big = draft(town, budget={"cents": 20_000_00})
    other = await second_operator(town)

    at_once = await desk(town, "PUT", big)
    await at_the(town, "draft", body=big)
    waits = await at_the(town, "publication", body={"version": 1})
    mine = await at_the(town, "approval", body={"version": 1})
    theirs = await at_the(town, "approval", body={"version": 1}, key=other)
    await at_the(town, "draft", body=big | {"hold_out": 10})
    moved = await at_the(town, "publication", body={"version": 1})
    unapproved = await at_the(town, "publication", body={"version": 2})
    late = await at_the(town, "approval", body={"version": 1}, key=other)
    await at_the(town, "approval", body={"version": 2}, key=other)
    out = await at_the(town, "publication", body={"version": 2})
    again = await at_the(town, "publication", body={"version": 2})

    assert at_once.status_code == 409 and at_once.json()["type"] == "urn:punchcard:approval-needed"
    assert (waits.status_code, waits.json()["state"]) == (202, "waiting")
    assert (mine.status_code, mine.json()["type"]) == (403, "urn:punchcard:second-operator-needed")
    assert theirs.status_code == 200 and theirs.json()["approved_by"]
    assert (moved.status_code, moved.json()["type"]) == (409, "urn:punchcard:version-moved")
    assert unapproved.status_code == 202, "an approval goes with its version"
    assert late.status_code == 409
    assert (out.status_code, again.status_code, out.json()["state"]) == (200, 200, "scheduled")
    did = [act["did"] for act in again.json()["history"]]
    assert did == ["saved", "asked", "approved", "saved", "asked", "approved", "published"]
    assert (await at_the(town, "draft", body=big)).status_code == 409


async def test_a_paused_offer_grants_nothing_and_says_so_and_goes_on(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await published(town, audience={"type": "consents-to", "purpose": "marketing"})
    before = await used(town, maya)

    await at_the(town, "pause")
    paused = await at_the(town, "pause")
    await town.follow()
    [seen] = await maya.get("/me/offers")
    daniel = await town.join("daniel@example.com", "Daniel")
    meanwhile = await used(town, maya)
    assert await daniel.get("/me/offers") == [] and (await row(town))["state"] == "paused"
    await pass_time(town, 60)
    resumed = await at_the(town, "pause", "DELETE")
    await town.follow()
    after = await used(town, maya)

    assert (paused.status_code, resumed.status_code, seen["state"]) == (204, 204, "paused")
    assert before == after == 25 and meanwhile == 0
    assert [each["state"] for each in await daniel.get("/me/offers")] == ["open"], "who came meanwhile is told now"
    await town.follow()
    assert (await row(town))["uses"] == 2
    await desk(town, "DELETE")
    over = await at_the(town, "pause")
    assert (over.status_code, over.json()["type"]) == (409, "urn:punchcard:offer-over")
    acts = (await at_the(town, "draft", "GET")).json()["history"]
    assert [act["did"] for act in acts][-4:] == ["published", "paused", "resumed", "stopped"]


async def test_units_are_sold_out_at_once_and_back_with_a_return(town: Town) -> None:
    maya = await town.join("maya@example.com")
    fixed = {"type": "fixed", "points": 50}
    await published(town, audience={"type": "consents-to", "purpose": "marketing"}, benefit=fixed, budget={"units": 2})
    sales = [await town.sell(maya, line(20_00)) for _ in range(2)]

    [seen] = await maya.get("/me/offers")
    third = await used(town, maya)
    await town.follow()
    told, listed = await row(town), await desk(town, "GET")
    back = {"quantities": [{"line": 0, "quantity": 1}]}
    await town.ask(
        "PUT", f"/till/sales/{sales[0].json()['id']}/returns/{sales[1].json()['id'][:-4]}0000", back, town.till_key
    )
    await town.follow()  # the journal's report is heard
    await town.follow()  # the clock takes stock
    [again] = await maya.get("/me/offers")

    assert seen["state"] == "sold-out", "before any worker has run"
    assert third == 0
    assert (told["state"], told["spent"], listed.json()["state"]) == ("sold-out", {"units": 2}, "sold-out")
    assert again["state"] == "open"
    assert await used(town, maya) == 50
    acts = [act["did"] for act in (await at_the(town, "draft", "GET")).json()["history"]]
    assert acts == ["saved", "published", "sold-out", "open-again"]


@pytest.mark.parametrize(
    ("budget", "earned"),
    [
        ({"points": 70}, [50, 20, 0]),
        ({"shop_units": {"nola-1": 1}}, [50, 0, 0]),
        ({"points": 500, "units": 1}, [50, 0, 0]),
    ],
    ids=str,
)
async def test_every_kind_of_budget_is_kept(town: Town, budget: dict[str, Any], earned: list[int]) -> None:
    maya = await town.join("maya@example.com")
    fixed = {"type": "fixed", "points": 50}
    if shops := budget.get("shop_units"):
        async with town.outside.world.database.reading() as db:
            shop = next(each.id for each in await partners.shops(db) if each.partner_id == "nola")
        budget = {"shop_units": dict.fromkeys([shop], next(iter(shops.values())))}
    await published(town, audience={"type": "consents-to", "purpose": "marketing"}, benefit=fixed, budget=budget)

    got = [await used(town, maya) for _ in range(3)]

    assert got == earned


@pytest.mark.parametrize(
    ("conditions", "counts"),
    [
        ({"basket_minimum": 30_00}, False),
        ({"basket_minimum": 20_00}, True),
        ({"units_minimum": 2}, False),
        ({"sale_channels": ["web"]}, False),
        ({"hours": {"weekdays": [3]}}, False),
        ({"hours": {"since": 47, "until": 50}}, True),
    ],
    ids=str,
)
async def test_a_sale_must_be_as_the_offer_asks(town: Town, conditions: dict[str, Any], counts: bool) -> None:
    maya = await town.join("maya@example.com")
    fixed = {"type": "fixed", "points": 50}
    await published(
        town, audience={"type": "consents-to", "purpose": "marketing"}, benefit=fixed, conditions=conditions
    )

    earned = await used(town, maya)

    assert (earned == 50) is counts


async def test_a_member_uses_an_offer_as_often_as_they_may(town: Town) -> None:
    maya = await town.join("maya@example.com")
    until = (moment(town.clock.at) + timedelta(days=5)).isoformat()
    fixed, often = {"type": "fixed", "points": 50}, {"uses": 3, "uses_a_day": 2}
    audience = {"type": "consents-to", "purpose": "marketing"}
    await published(town, audience=audience, benefit=fixed, limits=often, until=until)

    today = [await used(town, maya) for _ in range(3)]
    town.clock.at += DAY
    tomorrow = [await used(town, maya) for _ in range(2)]

    assert (today, tomorrow) == ([50, 50, 0], [50, 0])


@pytest.mark.parametrize("on", ["push", "app", "card"])
@pytest.mark.parametrize("language", FOUR)
async def test_a_preview_is_a_picture_that_escapes_what_it_shows(town: Town, language: str, on: str) -> None:
    evil = '<script>alert("x")</script> & \x07 ]]>'
    body = draft(town, name=dict.fromkeys(FOUR, evil), text={"en": "x" * 200})
    await at_the(town, "draft", body=body)

    answer = await at_the(town, f"preview.svg?language={language}&on={on}", "GET")

    drawn = ElementTree.fromstring(answer.text)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "<script" not in answer.text and "\x07" not in answer.text
    direction = {each.get("direction") for each in drawn.iter("{http://www.w3.org/2000/svg}text")} - {"ltr"}
    assert direction == ({"rtl"} if language in ("he", "ar") else set())


async def test_a_preview_of_next_to_nothing_is_a_picture_too(town: Town) -> None:
    await at_the(town, "draft", body={})

    answer = await at_the(town, "preview.svg?language=ar&on=app", "GET")
    unknown = await at_the(town, "preview.svg?language=fr", "GET")

    assert ElementTree.fromstring(answer.text) is not None
    assert unknown.status_code == 400


async def test_a_member_is_told_why_an_offer_is_theirs_and_how_to_switch_it_off(town: Town) -> None:
    maya = await town.join("maya@example.com")
    await published(town)

    why = await maya.get("/me/offers/coffee-x2/why", language="he")
    other = await maya.ask("GET", "/me/offers/no-such/why")

    assert why["is_personal"] and why["because"] and "מבצעים אישיים" in why["switch_off"]
    assert other.status_code == 404
