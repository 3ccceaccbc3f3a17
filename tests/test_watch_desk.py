"""The console's desk for segments, and what a member is told of those they are in: over HTTP."""

from typing import Any

import pytest

from punchcard import segments
from punchcard.segments import SpeaksAny, VisitedWithin
from tests.town import NOON, Person, Town, line

pytestmark = pytest.mark.anyio

NAMES = {"en": "Regulars", "he": "קבועים", "ar": "الزبائن الدائمون", "ru": "Постоянные"}
REGULARS: dict[str, Any] = {
    "who": {"type": "all", "of": [{"type": "visited-within", "days": 30}, {"type": "points-at-least", "points": 1}]},
    "name": NAMES,
    "watch": True,
}
ANYBODY: dict[str, Any] = {"who": {"type": "speaks-any", "languages": ["en", "ru"]}, "name": NAMES}
PREFERENCES = {"quiet_from": "22:00", "quiet_until": "08:00", "messages_a_week": 3, "consents": {"marketing": True}}


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.org")


async def console(town: Town, method: str, path: str, body: Any = None) -> Any:
    return await town.ask(method, f"/console/segments{path}", body, town.operator_key)


async def test_an_operator_makes_a_segment_sees_its_reach_changes_and_drops_it(town, maya):
    await town.sell(maya, line(1800))
    await town.follow()

    made = await console(town, "PUT", "/regulars", REGULARS)
    listed = (await console(town, "GET", "")).json()
    reach = (await console(town, "GET", "/regulars/reach")).json()
    changed = await console(town, "PUT", "/regulars", {**REGULARS, "watch": False})
    gone = await console(town, "DELETE", "/regulars")
    again = await console(town, "DELETE", "/regulars")

    assert made.json() == {"id": "regulars", **REGULARS, "of": "operator"}
    assert made.json() in listed
    assert (reach["members"], reach["error"]) == (1, 0)
    assert (changed.json()["watch"], gone.status_code, again.status_code) == (False, 204, 404)


@pytest.mark.parametrize(
    "wrong, code",
    [
        ({"name": {"en": "Regulars"}}, "names-missing"),
        ({"name": {**NAMES, "xx": "X"}}, "names-missing"),
        ({"who": {"type": "tier-in", "tiers": ["emperor"]}}, "no-such-tier"),
    ],
)
async def test_what_is_not_right_is_refused(town, wrong, code):
    answer = await console(town, "PUT", "/regulars", {**REGULARS, **wrong})

    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:punchcard:{code}")


async def test_a_member_reads_which_groups_they_are_in_and_why_in_their_language(town, maya):
    await console(town, "PUT", "/regulars", REGULARS)
    await console(town, "PUT", "/readers", ANYBODY)
    await town.sell(maya, line(1800))
    await town.follow()

    english = {each["id"]: each for each in await maya.get("/me/segments")}
    russian = {each["id"]: each for each in await maya.get("/me/segments", "ru")}

    assert english["regulars"]["name"] == "Regulars" and russian["regulars"]["name"] == "Постоянные"
    assert len(english["regulars"]["why"]) == 2 and len(english["readers"]["why"]) == 1
    assert "30" in english["regulars"]["why"][0] and english["regulars"]["why"] != russian["regulars"]["why"]


async def test_who_took_their_consent_back_is_not_told_of_what_looks_at_their_visits(town, maya):
    await console(town, "PUT", "/regulars", REGULARS)
    await console(town, "PUT", "/readers", ANYBODY)
    await town.sell(maya, line(1800))
    await town.follow()

    await maya.ask("PUT", "/me/preferences", PREFERENCES)

    assert "regulars" not in {each["id"] for each in await maya.get("/me/segments")}


async def test_why_is_told_of_any_expression_and_only_to_who_is_in_it(town, maya, db):
    await town.follow()

    speaks = await segments.told(db, maya.member_id, SpeaksAny(frozenset({"en"})), "en", NOON)
    visited = await segments.told(db, maya.member_id, VisitedWithin(3), "en", NOON)

    assert len(speaks) == 1 and "English" in speaks[0] and visited == []


async def test_a_watched_segment_is_swept_by_the_clock_and_entered_by_a_sale(town, maya, db):
    await console(town, "PUT", "/regulars", REGULARS)
    await town.follow()

    await town.sell(maya, line(1800))
    await town.follow()

    inside = await db.fetch("select member_id, segment_id from segment_member")
    assert [tuple(row) for row in inside] == [(maya.member_id, "regulars")]


async def test_what_a_model_predicts_puts_members_into_a_segment_at_once(town, maya):
    risky = {"who": {"type": "score-at-least", "name": "churn", "value": 0.8}, "name": NAMES, "watch": True}
    await console(town, "PUT", "/risky", risky)
    nobody = "01890000-0000-7000-8000-000000000001"
    body = {"members": {str(maya.member_id): 0.9, nobody: 1}}

    said = await town.ask("PUT", "/console/scores/churn", body, town.operator_key)
    await town.follow()
    again = await town.ask("PUT", "/console/scores/churn", body, town.operator_key)

    reach = (await console(town, "GET", "/risky/reach")).json()
    [mine] = await maya.get("/me/segments")
    assert said.json() == again.json() == {"kept": 1, "unknown": [nobody]}
    assert (reach["members"], mine["id"]) == (1, "risky")


@pytest.mark.parametrize("members", [{}, {"x": 1}, {"01890000-0000-7000-8000-000000000001": 1e13}])
async def test_a_score_is_a_number_of_a_member(town, members):
    answer = await town.ask("PUT", "/console/scores/churn", {"members": members}, town.operator_key)

    assert answer.status_code == 400
