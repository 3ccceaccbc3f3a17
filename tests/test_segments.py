"""Segments: one expression, the same members in Python and in SQL; and nobody is chosen by what they did not agree to."""

import re
from collections.abc import AsyncIterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from punchcard import partners, segments
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.database import Connection
from punchcard.partners import Shop
from punchcard.programme import Condition, people
from punchcard.segments import (
    All,
    BalanceAtLeast,
    BornBetween,
    BoughtBrand,
    BoughtBy,
    BoughtCategory,
    ChallengeAtLeast,
    ConsentsTo,
    DidWithOffer,
    ExpiringWithin,
    Expression,
    GenerationIn,
    HomeShopIn,
    HomeShopWithin,
    JoinedWithin,
    NearWithin,
    Not,
    NotVisitedWithin,
    PointsAtLeast,
    PointsBelow,
    Profile,
    ScoreAtLeast,
    ScoreBelow,
    SpeaksAny,
    SpentAtLeast,
    TierIn,
    TraitIn,
    VisitedWithin,
    VisitsAtLeast,
)
from punchcard.segments.everybody import MATCHING, PAGE, REACH, SAMPLE
from punchcard.segments.fragments import FRAGMENTS, asked
from tests.almond import NOW, SHOPS, TIERS, open_shops, publish, settle
from tests.portraits import LANGUAGES, expressions, profiles

pytestmark = pytest.mark.anyio

PLACES = {"nola-1": (32.0, 34.7), "miro-1": (32.05, 34.75), "rayhan-1": (None, None)}


@pytest.fixture
async def almond(db: Connection) -> AsyncIterator[Connection]:
    """The demo's ladder, and three shops; where one of them is, nobody said."""
    await publish(db)
    await open_shops(db)
    for id, (latitude, longitude) in PLACES.items():
        await partners.add_shop(db, Shop(id, "nola", id, "Asia/Jerusalem", 0, latitude, longitude))
    yield db


def named(case: object) -> str:
    """A name for a line of a table that is the same in every process, in whatever order a set shows itself."""
    return re.sub(r"frozenset\(\{([^}]*)\}\)", lambda of: f"{{{', '.join(sorted(of[1].split(', ')))}}}", str(case))


@given(
    members=st.lists(profiles(NOW, TIERS, SHOPS), min_size=1, max_size=8),
    wanted=st.lists(expressions(TIERS, SHOPS), min_size=1, max_size=8),
    later=st.integers(-2, 2),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
async def test_python_and_sql_agree_on_who_is_in_a_group(
    almond: Connection, members: list[Profile], wanted: list[Expression], later: int
) -> None:
    at, savepoint = NOW + later * DAY, almond.transaction()
    await savepoint.start()
    try:
        known = {await settle(almond, profile): profile for profile in members}
        for expression in wanted:
            found = await segments.matching(almond, expression, at)

            placed = await segments.placed(almond, expression)
            assert found == sorted(id for id, who in known.items() if segments.holds(placed, who, at))
            assert (await segments.page(almond, expression, at, None, 100)).members == found
    finally:
        await savepoint.rollback()


@pytest.mark.parametrize("name", FRAGMENTS)
@pytest.mark.parametrize("statement", [MATCHING, PAGE, REACH, SAMPLE], ids=["matching", "page", "reach", "sample"])
async def test_postgresql_understands_every_fragment_in_every_statement(
    db: Connection, name: str, statement: str
) -> None:
    above = max(map(int, re.findall(r"\$(\d+)", statement)), default=0)
    fragment = re.sub(r"\$(\d+)", lambda number: f"${above + int(number[1])}", FRAGMENTS[name])

    await db.prepare(statement.replace(":condition", f"(({fragment}) is true)"))


async def test_whoever_bought_one_of_several_things_is_in_the_group(almond: Connection) -> None:
    bread = await settle(almond, Profile(tier="bud", consents=ME.consents, categories={"bread": (NOW, 500, 1)}))
    await settle(almond, Profile(tier="bud", consents=ME.consents, categories={"soap": (NOW, 500, 1)}))

    assert await segments.matching(almond, BoughtCategory(frozenset({"bread", "tea"})), NOW) == [bread]


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

    assert await segments.profile(almond, member_id, NOW) is None


ME = Profile(
    tier="blossom",
    points=300,
    last_visit_at=NOW - 3 * DAY,
    home_shop="nola-1",
    language="he",
    consents=frozenset({"personalisation", "marketing", "location"}),
    joined_at=NOW - 10 * DAY,
    born_year=1990,
    traits={"household": "4"},
    balances={"points": 300, "stamps": 7},
    expiring=((NOW, 50), (NOW + DAY, 60), (NOW + 3 * DAY, 70)),
    visits=40,
    spend_cents=9_000,
    recent=((NOW - 3 * DAY, 1_000), (NOW - 5 * DAY, 2_000), (NOW - 9 * DAY, 500)),
    channels=frozenset({"shop", "app"}),
    categories={"coffee": (NOW - 3 * DAY, 1_500, 5), "bread": (NOW - 9 * DAY, 9_000, 9)},
    brands={"nola": (NOW - 5 * DAY, 2_000, 2)},
    challenges={"own-cup": 60},
    offers={"latte": "activated"},
    scores={"churn": 0.4},
    place=(320_000, 347_000, NOW - 2 * HOUR),
)


def the(*names: Any) -> Any:
    return frozenset(names)


CASES: list[tuple[Condition, bool]] = [
    (TierIn(the("blossom", "orchard")), True),
    (TierIn(the("bud")), False),
    (SpeaksAny(the("he", "ar")), True),
    (ConsentsTo("marketing"), True),
    (JoinedWithin(10), True),
    (JoinedWithin(9), False),
    (PointsAtLeast(300), True),
    (PointsAtLeast(301), False),
    (PointsBelow(300), False),
    (PointsBelow(301), True),
    (BalanceAtLeast("stamps", 7), True),
    (BalanceAtLeast("stamps", 8), False),
    (BalanceAtLeast("miles", 1), False),
    (ExpiringWithin(1, 60), True),
    (ExpiringWithin(1, 61), False),
    (ExpiringWithin(3, 130), True),
    (GenerationIn(the("millennial")), True),
    (GenerationIn(the("z", "x")), False),
    (BornBetween(1990, 1990), True),
    (BornBetween(1991, 2000), False),
    (TraitIn("household", the("4", "5")), True),
    (TraitIn("income", the("4")), False),
    (HomeShopIn(the("miro-1")), False),
    (VisitedWithin(3), True),
    (VisitedWithin(2), False),
    (NotVisitedWithin(2), True),
    (NotVisitedWithin(3), False),
    (VisitsAtLeast(40), True),
    (VisitsAtLeast(41), False),
    (VisitsAtLeast(2, 5), True),
    (VisitsAtLeast(3, 5), False),
    (VisitsAtLeast(4, 3660), False),
    (SpentAtLeast(9_000), True),
    (SpentAtLeast(3_000, 5), True),
    (SpentAtLeast(3_001, 5), False),
    (BoughtCategory(the("coffee"), days=3, cents=1_500, times=5), True),
    (BoughtCategory(the("coffee", "bread"), days=3, cents=9_000), False),
    (BoughtCategory(the("tea")), False),
    (BoughtBrand(the("nola"), times=2), True),
    (BoughtBrand(the("nola"), days=4), False),
    (BoughtBy(the("app", "web")), True),
    (BoughtBy(the("web")), False),
    (ChallengeAtLeast("own-cup", 60), True),
    (ChallengeAtLeast("own-cup", 61), False),
    (DidWithOffer("latte", "opened"), True),
    (DidWithOffer("latte", "used"), False),
    (DidWithOffer("loaf", "opened"), False),
    (ScoreAtLeast("churn", 0.4), True),
    (ScoreBelow("churn", 0.4), False),
    (ScoreBelow("love", 0.4), False),
    (NearWithin(700, 2, latitude=32.006, longitude=34.7), True),
    (NearWithin(600, 2, latitude=32.006, longitude=34.7), False),
    (NearWithin(700, 1, latitude=32.006, longitude=34.7), False),
    (NearWithin(500, 2, latitude=32.0, longitude=34.705), True),
    (NearWithin(400, 2, latitude=32.0, longitude=34.705), False),
]


@pytest.mark.parametrize("condition, in_it", CASES, ids=named)
def test_what_each_condition_means(condition: Condition, in_it: bool) -> None:
    assert segments.holds(condition, ME, NOW) is in_it
    assert segments.holds(Not(condition), ME, NOW) is not in_it


@pytest.mark.parametrize(
    "expression, in_it",
    [
        (All(), True),
        (segments.Any(), False),
        (All((TierIn(the("blossom")), VisitedWithin(30), ConsentsTo("marketing"))), True),
        (All((TierIn(the("blossom")), VisitedWithin(1))), False),
        (segments.Any((TierIn(the("bud")), Not(PointsAtLeast(301)))), True),
    ],
)
def test_conditions_are_put_together(expression: Expression, in_it: bool) -> None:
    assert segments.holds(expression, ME, NOW) is in_it


@pytest.mark.parametrize(
    "condition, shops",
    [
        (HomeShopWithin("nola-1", 8), {"nola-1", "miro-1"}),
        (HomeShopWithin("nola-1", 7), {"nola-1"}),
        (HomeShopWithin("rayhan-1", 1000), {"rayhan-1"}),
    ],
)
async def test_shops_near_another_are_found_by_their_places(
    almond: Connection, condition: Expression, shops: set[str]
) -> None:
    assert await segments.placed(almond, Not(condition)) == Not(HomeShopIn(frozenset(shops)))


async def test_near_a_shop_is_near_its_place(almond: Connection) -> None:
    placed = await segments.placed(almond, All((NearWithin(300, 2, "nola-1"), Not(NearWithin(300, 2, "miro-1")))))

    assert segments.holds(placed, ME, NOW)
    assert not segments.holds(NearWithin(300, 2, "rayhan-1"), ME, NOW)


def test_the_date_line_is_no_wall() -> None:
    sailor = msgspec.structs.replace(ME, place=(-180_000, 1_799_990, NOW))

    assert segments.holds(NearWithin(300, latitude=-18.0, longitude=-179.999), sailor, NOW)


PERSONAL = {
    "born_year", "traits", "home_shop", "last_visit_at", "visits", "spend_cents", "recent_at", "recent_cents", "channels",
    "categories", "brands", "challenges", "offers", "scores", "hours",
}  # fmt: skip
LOCATED = {"place_at", "place_lat", "place_lon"}


@pytest.mark.parametrize("kind", get_args(Condition))
def test_no_condition_looks_at_what_its_purpose_does_not_cover(kind: type[people.Plain]) -> None:
    written = [case for case, _ in CASES if type(case) is kind]
    columns = {word for each in written for word in re.findall(r"\w+", FRAGMENTS[asked(each, TIERS, NOW)[0]])}

    assert written or kind is HomeShopWithin
    assert not columns & PERSONAL or "personalisation" in kind.needs
    assert not columns & LOCATED or "location" in kind.needs


@pytest.mark.parametrize("case", [case for case, _ in CASES if case.needs], ids=named)
def test_nobody_is_in_a_group_or_out_of_it_without_consent(case: Condition) -> None:
    shy = msgspec.structs.replace(ME, consents=frozenset({"marketing"}))

    assert not segments.holds(case, shy, NOW)
    assert not segments.holds(Not(case), shy, NOW)


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
        {"type": "home-shop-in", "shops": ["a\x00"]},
        {"type": "visited-within", "days": 0},
        {"type": "visited-within", "days": 10**40},
        {"type": "consents-to", "purpose": "anything"},
        {"type": "not"},
        {"type": "all", "of": [], "more": 1},
        {"type": "visits-at-least", "times": 33, "days": 7},
        {"type": "born-between", "first": 1990, "last": 1989},
        {"type": "near-within", "metres": 100},
        {"type": "near-within", "metres": 100, "latitude": 32.0},
        {"type": "near-within", "metres": 100, "shop": "nola-1", "latitude": 32.0, "longitude": 34.7},
        {"type": "score-below", "name": "churn", "value": 1e300},
        {"type": "bought-by", "channels": ["pigeon"]},
        {"type": "generation-in", "generations": ["lost"]},
    ],
)
def test_what_is_no_group_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, Expression)


@pytest.mark.parametrize(
    "expression, refusal",
    [
        (TierIn(the("platinum")), segments.NoSuchTier),
        (BalanceAtLeast("miles", 1), segments.NoSuchCurrency),
        (ChallengeAtLeast("fly", 1), segments.NoSuchChallenge),
        (HomeShopIn(the("moon-1")), segments.NoSuchShop),
        (HomeShopWithin("moon-1", 1), segments.NoSuchShop),
        (NearWithin(100, 1, "moon-1"), segments.NoSuchShop),
        (NearWithin(100, 1, "rayhan-1"), segments.NoSuchPlace),
    ],
    ids=named,
)
async def test_a_group_asks_only_for_what_there_is(
    almond: Connection, expression: Expression, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await segments.check(almond, Not(expression), NOW)


async def test_what_there_is_may_be_asked_for(almond: Connection) -> None:
    await segments.check(almond, All((ChallengeAtLeast("own-cup", 1), BalanceAtLeast("points", 1))), NOW)
    await segments.check(almond, All((HomeShopWithin("nola-1", 1), NearWithin(9, 1, None, 1.0, 1.0))), NOW)


@pytest.mark.parametrize(
    "expression",
    [
        All((All((All((All((All((All((All((All((All(),)),)),)),)),)),)),)),)),
        All(tuple(PointsAtLeast(n) for n in range(33))),
    ],
    ids=["too deep", "too long"],
)
async def test_a_group_stays_simple_enough_to_reckon_with(almond: Connection, expression: Expression) -> None:
    with pytest.raises(segments.TooIntricate):
        await segments.check(almond, expression, NOW)
    with pytest.raises(segments.TooIntricate):
        await segments.reach(almond, expression, NOW)


@pytest.mark.parametrize(
    "expression, told",
    [
        (All(), []),
        (All((TierIn(the("blossom")), VisitedWithin(2))), ["You were not here in the last 2 days"]),
        (
            All((TierIn(the("blossom")), Not(VisitedWithin(2)))),
            ["Your level is one of these: Blossom", "You were not here in the last 2 days"],
        ),
        (segments.Any((PointsBelow(9), VisitsAtLeast(2, 30))), ["You were here at least 2 times in the last 30 days"]),
        (segments.Any((PointsBelow(9), Not(VisitedWithin(3)))),
         ["Your balance is 9 or more", "You were here in the last 3 days"]),
        (BoughtCategory(the("coffee", "tea"), 30, 1_000, 5),
         ["You bought this at least 5 times for at least ₪10.00, the last time in the last 30 days: coffee"]),
        (ExpiringWithin(1, 60), ["Of your balance, 60 or more expires in the next day"]),
    ],
)  # fmt: skip
def test_a_member_is_told_what_made_them_part_of_it_or_not(expression: Expression, told: list[str]) -> None:
    found = segments.because(expression, ME, NOW)

    assert [segments.said(each, "en", "ILS", {("tier", "blossom"): {"en": "Blossom"}}) for each in found] == told


def test_what_a_member_did_not_agree_to_is_the_reason_for_being_in_no_such_group() -> None:
    shy = msgspec.structs.replace(ME, consents=frozenset())

    (why,) = segments.because(Not(segments.Any((VisitedWithin(1), TierIn(the("bud"))))), shy, NOW)

    assert not why.holds
    assert segments.said(why, "en", "ILS", {}) == "You did not agree to this: offers chosen by what you buy"


@pytest.mark.parametrize("condition", [case for case, _ in CASES], ids=named)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_and_its_contrary_have_words(condition: Condition, language: str) -> None:
    for profile in (ME, Profile(tier="bud", consents=ME.consents), msgspec.structs.replace(ME, consents=frozenset())):
        found = segments.because(condition, profile, NOW)

        assert len(found) == 1 and segments.said(found[0], language, "ILS", {})


async def test_the_reach_in_a_large_programme_is_estimated_with_its_error(almond: Connection) -> None:
    await almond.execute(
        "insert into portrait (member_id, joined_at, language, zone, points)"
        " select gen_random_uuid(), now(), 'en', 'UTC', n % 4 from generate_series(1, 20000) as n"
    )
    await almond.execute("analyze portrait")

    counted = await segments.estimate(almond, PointsAtLeast(3), NOW)
    about = await segments.estimate(almond, PointsAtLeast(3), NOW, counted_up_to=19_000)

    assert (counted.members, counted.error) == (5_000, 0)
    assert 0 < about.looked_at < 10_000 and abs(about.members - 5_000) <= 3 * about.error <= 3_000
