"""Portraits: what is known of a member, kept for conditions, whatever came in which order."""

import random
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from punchcard import journal, segments
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import new_id
from punchcard.programme import AnyFact, Line, Return, Sale
from punchcard.segments import Profile
from punchcard.segments.portrait import NAMES_MAX, RECENT_MAX
from punchcard.segments.portrait_counts import Counts, count
from tests.almond import NOW, publish, settle
from tests.journal_world import install_news

pytestmark = pytest.mark.anyio

ZONE = ZoneInfo("UTC")
BOUGHT: dict[str, Any] = {"shop": "nola-1", "till": "nola-1/1", "partner": "nola"}


@pytest.fixture
async def almond(db: Connection) -> Connection:
    install_news()
    await publish(db)
    return db


@pytest.fixture
async def maya(almond: Connection) -> UUID:
    return await settle(almond, Profile(tier="bud", language="he", consents=frozenset({"personalisation"})))


def sale(id: str, at: int, *lines: tuple[str, str, int], channel: str = "shop") -> Sale:
    """A sale of lines of category, brand and amount, two pieces each."""
    return Sale(
        id=id,
        at=at,
        lines=tuple(Line("sku", category, brand, 2, amount) for category, brand, amount in lines),
        channel=channel,
        **BOUGHT,
    )


async def happens(database: Database, member_id: UUID, *facts: AnyFact) -> None:
    for fact in facts:
        await journal.submit(database, member_id, fact, NOW)


async def known(db: Connection, member_id: UUID) -> Profile:
    """What is known after a refresh."""
    await segments.refresh(db, [member_id], NOW)
    profile = await segments.profile(db, member_id, NOW)
    assert profile is not None
    return profile


async def stored(db: Connection, member_id: UUID) -> dict[str, Any]:
    return dict(await db.fetchrow("select * from portrait where member_id = $1", member_id) or {})


async def test_a_portrait_says_what_was_bought_when_and_how(almond, house, maya):
    await happens(
        house,
        maya,
        sale("a", NOW - 2 * DAY, ("coffee", "nola", 1200), ("bread", "", 2000)),
        sale("b", NOW - DAY, ("coffee", "nola", 1800), channel="app"),
    )

    profile = await known(almond, maya)

    assert profile.recent == ((NOW - DAY, 1800), (NOW - 2 * DAY, 3200))
    assert profile.categories == {"coffee": (NOW - DAY, 3000, 2), "bread": (NOW - 2 * DAY, 2000, 1)}
    assert profile.brands == {"nola": (NOW - DAY, 3000, 2)}
    assert (profile.visits, profile.spend_cents, profile.home_shop) == (2, 5000, "nola-1")
    assert profile.channels == {"shop", "app"}
    assert profile.hours[12] == 2 and sum(profile.hours) == 2
    assert profile.balances == {"points": 50} and [points for _, points in profile.expiring] == [50]
    assert profile.challenges == {"own-cup": 66}
    assert (profile.language, profile.joined_at, profile.consents) == ("he", NOW, frozenset({"personalisation"}))


async def test_a_return_takes_money_off_but_not_the_visit(almond, house, maya):
    await happens(house, maya, sale("a", NOW - DAY, ("coffee", "nola", 1000), ("bread", "", 3000)))
    await segments.refresh(almond, [maya], NOW)
    await happens(house, maya, Return(id="r", at=NOW - HOUR, deal="a", quantities={1: 1}, **BOUGHT))

    profile = await known(almond, maya)

    assert profile.recent == ((NOW - DAY, 2500),)
    assert profile.categories == {"coffee": (NOW - DAY, 1000, 1), "bread": (NOW - DAY, 1500, 1)}
    assert profile.spend_cents == 2500


async def test_what_comes_late_counts_as_if_it_had_come_in_time(almond, house, maya):
    facts = [sale(f"s{i}", NOW - (9 - i) * HOUR, ("coffee", "nola", 100 + i)) for i in range(6)]
    await happens(house, maya, *facts[:2], *facts[4:])
    await segments.refresh(almond, [maya], NOW)
    await happens(house, maya, *facts[2:4])

    profile = await known(almond, maya)

    assert [cents for _, cents in profile.recent] == [105, 104, 103, 102, 101, 100]
    assert profile.categories == {"coffee": (NOW - 4 * HOUR, 615, 6)}


async def test_what_has_not_changed_is_not_written_again(almond, house, maya):
    await happens(house, maya, sale("a", NOW - DAY, ("coffee", "", 1000)))
    await segments.refresh(almond, [maya], NOW)
    before = await stored(almond, maya)

    await segments.refresh(almond, [maya], NOW)

    assert await stored(almond, maya) == before


async def test_who_is_no_member_any_more_has_no_portrait(almond, maya):
    await segments.refresh(almond, [maya], NOW)
    await almond.execute("update member set state = 'erased' where member_id = $1", maya)

    await segments.refresh(almond, [maya, new_id()], NOW)

    assert await almond.fetchval("select count(*) from portrait") == 0


async def test_scores_and_the_furthest_deed_are_noted_and_a_refresh_leaves_them(almond, maya):
    await segments.note(almond, [(maya, "score", "churn", 0.25), (maya, "offer", "tea", "used")])
    await segments.note(almond, [(maya, "offer", "tea", "opened"), (maya, "offer", "soup", "activated")])

    profile = await known(almond, maya)

    assert profile.scores == {"churn": 0.25}
    assert profile.offers == {"tea": "used", "soup": "activated"}


async def test_those_from_before_are_drawn_by_the_clock(almond, house, maya):
    await happens(house, maya, sale("a", NOW - DAY, ("coffee", "", 1000)))
    await almond.execute("delete from portrait")

    drawn = await segments.backfill(house, NOW)
    again = await segments.backfill(house, NOW + 5)

    assert (drawn, again) == (1, 0)
    assert (await stored(almond, maya))["visits"] == 1


names = st.sampled_from([f"c{i}" for i in range(NAMES_MAX + 12)])
lines = st.lists(st.tuples(names, names, st.integers(0, 900).map(lambda n: 2 * n)), min_size=1, max_size=6)


@st.composite
def journals(draw: st.DrawFn) -> list[AnyFact]:
    """Sales and returns in canonical order; several in one second, more names and visits than are kept."""
    facts: list[AnyFact] = []
    for i in range(draw(st.integers(1, RECENT_MAX + 10))):
        facts.append(sale(f"s{i:03}", NOW + draw(st.integers(0, 30)) * 60, *draw(lines)))
    for i, of in enumerate(draw(st.lists(st.sampled_from(facts), max_size=5, unique_by=lambda fact: fact.id))):
        at = of.at + draw(st.integers(0, 20)) * 60
        facts.append(Return(id=f"t{i:03}", at=at, deal=of.id, quantities={0: draw(st.integers(1, 2))}, **BOUGHT))
    return sorted(facts, key=lambda fact: (fact.at, fact.id))


@given(facts=journals(), stops=st.lists(st.integers(0, 45), max_size=4))
@settings(max_examples=60, deadline=None)
def test_counting_may_stop_anywhere_and_go_on(facts: list[AnyFact], stops: list[int]) -> None:
    sold = {fact.id: fact for fact in facts if isinstance(fact, Sale)}
    whole, parts = Counts(), Counts()
    at_once = count(whole, facts, {}, ZONE)
    bounds = [0, *sorted(min(stop, len(facts)) for stop in stops), len(facts)]
    for start, stop in pairwise(bounds):
        before = {fact.id: fact for fact in facts[:start] if isinstance(fact, Sale)}
        assert count(parts, facts[start:stop], before, ZONE)

    assert at_once and parts == whole and len(sold) >= 1
    assert len(whole.recent) <= RECENT_MAX and len(whole.categories) <= NAMES_MAX


@given(facts=journals(), seed=st.integers(0, 99), stops=st.sets(st.integers(1, 40), max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_order_of_arrival_does_not_matter(
    almond: Connection, house: Database, facts: list[AnyFact], seed: int, stops: set[int]
) -> None:
    savepoint = almond.transaction()
    await savepoint.start()
    try:
        shuffled = facts.copy()
        random.Random(seed).shuffle(shuffled)
        shuffled.sort(key=lambda fact: isinstance(fact, Return))
        seen = []
        for order in (facts, shuffled):
            member_id = await settle(almond, Profile(tier="bud"))
            mine = {fact.id: f"{member_id}{fact.id}" for fact in facts}
            for place, fact in enumerate(order):
                mapped = replace(fact, id=mine[fact.id])
                if isinstance(mapped, Return):
                    mapped = replace(mapped, deal=mine[mapped.deal])
                await journal.submit(house, member_id, mapped, NOW + DAY)
                if place in stops:
                    await segments.refresh(almond, [member_id], NOW + DAY)
            await segments.refresh(almond, [member_id], NOW + DAY)
            row = await stored(almond, member_id)
            seen.append({name: of for name, of in row.items() if name not in ("member_id", "version")})

        assert seen[0] == seen[1]
    finally:
        await savepoint.rollback()
