"""Segments: one expression, the same members in Python and in SQL; and nobody is chosen by what they did not agree to."""

from collections.abc import AsyncIterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from punchcard import segments
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection
from punchcard.members import Purpose
from punchcard.segments import (
    All,
    ConsentsTo,
    Expression,
    HomeShopIn,
    Not,
    NotVisitedWithin,
    PointsAtLeast,
    Profile,
    SpeaksAny,
    TierIn,
    VisitedWithin,
)
from punchcard.segments.boxes import boxes
from tests.almond import NOW, SHOPS, TIERS, publish, settle

pytestmark = pytest.mark.anyio

LANGUAGES = ("en", "he", "ar", "ru")
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
DAYS = st.integers(1, 6)

conditions: st.SearchStrategy[Expression] = st.one_of(
    st.builds(TierIn, st.frozensets(st.sampled_from(TIERS), min_size=1)),
    st.builds(VisitedWithin, DAYS),
    st.builds(NotVisitedWithin, DAYS),
    st.builds(ConsentsTo, st.sampled_from(PURPOSES)),
    st.builds(SpeaksAny, st.frozensets(st.sampled_from(LANGUAGES), min_size=1)),
    st.builds(HomeShopIn, st.frozensets(st.sampled_from(SHOPS), min_size=1)),
    st.builds(PointsAtLeast, st.integers(0, 4).map(lambda n: n * 100)),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(segments.Any, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
profiles = st.builds(
    Profile,
    tier=st.sampled_from(TIERS),
    points=st.integers(0, 4).map(lambda n: n * 100),
    last_visit_at=st.none() | st.integers(0, 7).map(lambda days: NOW - days * DAY),
    home_shop=st.none() | st.sampled_from(SHOPS),
    language=st.sampled_from(LANGUAGES),
    consents=st.frozensets(st.sampled_from(PURPOSES)),
)


@pytest.fixture
async def almond(db: Connection) -> AsyncIterator[Connection]:
    """The demo's ladder."""
    await publish(db)
    yield db


@given(people=st.lists(profiles, min_size=1, max_size=12), asked=st.lists(expressions, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_python_and_sql_agree_on_who_is_in_a_group(
    almond: Connection, people: list[Profile], asked: list[Expression]
) -> None:
    savepoint = almond.transaction()
    await savepoint.start()
    try:
        known = {await settle(almond, profile): profile for profile in people}
        for expression in asked:
            found = await segments.matching(almond, expression, NOW)

            assert found == sorted(id for id, who in known.items() if segments.holds(expression, who, NOW))
            assert await segments.reach(almond, expression, NOW) == len(found)
        for member_id, who in known.items():
            assert await segments.profile(almond, member_id, NOW) == who
    finally:
        await savepoint.rollback()


async def test_a_group_is_read_in_pages(almond: Connection) -> None:
    everybody = sorted([await settle(almond, Profile(tier="bud")) for _ in range(5)])

    first = await segments.page(almond, All(), NOW, None, 3)
    rest = await segments.page(almond, All(), NOW, first.through, 3)
    nothing = await segments.page(almond, segments.Any(), NOW, rest.through, 3)

    assert first.members + rest.members == everybody
    assert (first.is_last, rest.is_last, nothing.is_last) == (False, True, True)
    assert (nothing.members, nothing.through) == ([], everybody[-1])


async def test_who_left_is_in_no_group(almond: Connection) -> None:
    member_id = await settle(almond, Profile(tier="bud"))
    await almond.execute("update member set state = 'erased' where member_id = $1", member_id)

    assert await segments.matching(almond, All(), NOW) == []
    assert await segments.profile(almond, member_id, NOW) is None


ME = Profile(
    tier="blossom",
    points=300,
    last_visit_at=NOW - 3 * DAY,
    home_shop="nola-1",
    language="he",
    consents=frozenset({"personalisation", "marketing"}),
)


@pytest.mark.parametrize(
    "expression, in_it",
    [
        (All(), True),
        (segments.Any(), False),
        (TierIn(frozenset({"blossom", "orchard"})), True),
        (TierIn(frozenset({"bud"})), False),
        (VisitedWithin(3), True),
        (VisitedWithin(2), False),
        (NotVisitedWithin(2), True),
        (NotVisitedWithin(3), False),
        (ConsentsTo("marketing"), True),
        (ConsentsTo("location"), False),
        (SpeaksAny(frozenset({"he", "ar"})), True),
        (HomeShopIn(frozenset({"miro-1"})), False),
        (PointsAtLeast(300), True),
        (PointsAtLeast(301), False),
        (Not(PointsAtLeast(301)), True),
        (All((TierIn(frozenset({"blossom"})), VisitedWithin(30), ConsentsTo("marketing"))), True),
    ],
)
def test_what_each_condition_means(expression: Expression, in_it: bool) -> None:
    assert segments.holds(expression, ME, NOW) is in_it


@pytest.mark.parametrize(
    "expression", [VisitedWithin(3), Not(VisitedWithin(1)), segments.Any((All(), HomeShopIn(frozenset({"nola-1"}))))]
)
async def test_what_they_did_chooses_nobody_who_did_not_agree(almond: Connection, expression: Expression) -> None:
    shy = msgspec.structs.replace(ME, consents=frozenset({"marketing"}))
    await settle(almond, shy)

    assert segments.holds(expression, ME, NOW)
    assert not segments.holds(expression, shy, NOW)
    assert await segments.matching(almond, expression, NOW) == []


def test_a_group_is_written_in_toml_and_in_json() -> None:
    toml = b"""
        type = "all"
        [[of]]
        type = "tier-in"
        tiers = ["blossom", "orchard"]
        [[of]]
        type = "not"
        of = { type = "visited-within", days = 7 }
    """
    wanted: Expression = All((TierIn(frozenset({"blossom", "orchard"})), Not(VisitedWithin(7))))

    assert msgspec.toml.decode(toml, type=Expression) == wanted
    assert msgspec.json.decode(msgspec.json.encode(wanted), type=Expression) == wanted


@pytest.mark.parametrize(
    "body",
    [
        {"type": "nobody"},
        {"type": "tier-in", "tiers": []},
        {"type": "visited-within", "days": 0},
        {"type": "visited-within", "days": 10**40},
        {"type": "consents-to", "purpose": "anything"},
        {"type": "not"},
        {"type": "all", "of": [], "more": 1},
    ],
)
def test_what_is_no_group_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, Expression)


async def test_a_group_asks_only_for_tiers_that_there_are(almond: Connection) -> None:
    with pytest.raises(segments.NoSuchTier):
        await segments.check(almond, Not(TierIn(frozenset({"platinum"}))), NOW)


@pytest.mark.parametrize(
    "expression",
    [
        All((All((All((All((All((All((All((All((All(),)),)),)),)),)),)),)),)),
        All(tuple(PointsAtLeast(n) for n in range(33))),
        All(tuple(segments.Any((PointsAtLeast(n), Not(SpeaksAny(frozenset({str(n)}))))) for n in range(8))),
    ],
    ids=["too deep", "too long", "too many cases"],
)
def test_a_group_stays_simple_enough_to_reckon_with(expression: Expression) -> None:
    with pytest.raises(segments.TooIntricate):
        boxes(expression, NOW)
