"""The next best offer: learned from people alike, the same all day, explained, and off for who did not agree."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from punchcard import offers
from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import new_id
from punchcard.offers import best_model, best_next, best_sql, sql
from punchcard.offers.best_model import Known, Seen
from tests.almond import NOW, open_shops, publish
from tests.test_offers import COFFEE
from tests.town import Town

pytestmark = pytest.mark.anyio

MORNING = NOW // DAY * DAY
LIKED = Known(
    Seen(4000, 200),
    Seen(1000, 60),
    {"liked": Seen(2000, 180), "plain": Seen(2000, 20), "fresh": Seen()},
    {"liked": Seen(500, 55), "plain": Seen(500, 5)},
)


def firsts(known: Known, ids: list[str], members: int = 2000) -> dict[str, float]:
    """How often each comes first, over so many members."""
    found = [best_model.order(UUID(int=n), ids, {}, known, NOW)[0] for n in range(members)]
    return {each: found.count(each) / members for each in ids}


def test_what_people_alike_use_comes_first_and_what_is_new_is_tried() -> None:
    shares = firsts(LIKED, ["liked", "plain", "fresh"])

    assert shares["liked"] > 0.6
    assert shares["plain"] < 0.01
    assert 0.02 < shares["fresh"] < 0.4


def test_why_is_said_truthfully() -> None:
    assert [best_model.why(each, LIKED) for each in ("liked", "plain", "fresh")] == ["often", "usual", "trying"]


def test_a_kind_that_has_seen_little_of_an_offer_goes_by_what_others_did() -> None:
    known = replace(LIKED, arms={})

    assert best_model.chance("liked", known).mean > 4 * best_model.chance("plain", known).mean


def test_a_kind_of_its_own_is_believed_once_enough_of_it_were_seen() -> None:
    others = replace(LIKED, arms={"plain": Seen(2000, 400), "liked": Seen(2000, 0)})

    assert best_model.chance("plain", others).mean > 5 * best_model.chance("liked", others).mean


def test_nothing_known_is_no_order_at_all() -> None:
    shares = firsts(Known(), ["a", "b", "c"])

    assert all(0.28 < share < 0.39 for share in shares.values())


def test_what_a_use_leaves_counts_beside_how_likely_it_is() -> None:
    both = {"dear": Seen(4000, 400), "cheap": Seen(4000, 400)}
    known = Known(Seen(8000, 800), Seen(8000, 800), both, both)
    values = {"dear": best_model.value(5000, 30, 1400), "cheap": best_model.value(5000, 30, 300)}

    first = [best_model.order(UUID(int=n), ["dear", "cheap"], values, known, NOW)[0] for n in range(200)]

    assert values == {"dear": 100, "cheap": 1200}
    assert set(first) == {"cheap"}


@given(st.uuids(), st.integers(0, DAY - 1), st.integers(0, DAY - 1))
def test_the_order_stays_all_day(member_id: UUID, one: int, other: int) -> None:
    ids = ["liked", "plain", "fresh", "more"]

    assert best_model.order(member_id, ids, {}, LIKED, MORNING + one) == best_model.order(
        member_id, ids[::-1], {}, LIKED, MORNING + other
    )


def test_the_order_is_another_on_another_day_and_for_another_member() -> None:
    ids = ["a", "b", "c", "d"]

    assert len({tuple(best_model.order(UUID(int=1), ids, {}, Known(), NOW + n * DAY)) for n in range(50)}) > 10
    assert len({tuple(best_model.order(UUID(int=n), ids, {}, Known(), NOW)) for n in range(50)}) > 10


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_chance_is_always_one(shown: int, used: int, more: int, more_used: int) -> None:
    arm, kind = Seen(shown + used, used), Seen(shown + used + more + more_used, used + more_used)
    chance = best_model.chance("a", Known(kind, kind, {"a": arm}, {"a": arm}))

    assert chance.a > 0 and chance.b > 0


@pytest.fixture
async def street(db: Connection) -> AsyncIterator[Connection]:
    await publish(db)
    await open_shops(db)
    for id in ("one", "two"):
        await sql.add(db, replace(COFFEE, id=id, since=NOW - 5 * DAY, until=NOW + DAY, margin_percent=0), NOW)
    yield db


async def member(db: Connection, agrees: bool = True, visits: int = 0, tier: int = 0, at: Instant = NOW) -> UUID:
    """Somebody who came so often lately."""
    member_id = new_id()
    await db.execute(
        "insert into member (member_id, language, zone, card_code, consents, joined_at) values ($1, 'en', 'UTC', $2, $3, $4)",
        member_id,
        str(member_id),
        {"personalisation": agrees, "marketing": True},
        NOW,
    )
    await db.execute(
        """
        insert into portrait (member_id, joined_at, language, zone, tier, consents, visits, spend_cents, recent_at, recent_cents)
        values ($1, $2, 'en', 'UTC', $3::int, $4::int, $5::int, $5::int * 1000, $6::bigint[], $7::bigint[])
        """,
        member_id,
        NOW,
        tier,
        3 if agrees else 1,
        visits,
        [at // DAY * DAY - (n + 1) * HOUR for n in range(visits)],
        [1000] * visits,
    )
    return member_id


async def give(db: Connection, member_id: UUID, offer_id: str, uses: int = 0, at: Instant = NOW - 2 * DAY) -> None:
    await db.execute(
        "insert into exposure (member_id, offer_id, held_out, opened_at) values ($1, $2, false, $3)",
        member_id,
        offer_id,
        at,
    )
    for n in range(uses):
        await db.execute(
            "insert into offer_use (member_id, offer_id, fact_id, at, worth) values ($1, $2, $3, $4, 50)",
            member_id,
            offer_id,
            str(n),
            NOW,
        )


async def arms(db: Connection) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    rows = await db.fetch("select offer_id, kind, shown, used, uses, worth from best_arm")
    return {(row["offer_id"], row["kind"]): (row["shown"], row["used"], row["uses"], row["worth"]) for row in rows}


async def test_uses_are_learned_by_kind_and_of_nobody_who_did_not_agree(street: Connection, house: Database) -> None:
    for _ in range(3):
        await give(street, await member(street, visits=5), "one", uses=2)
    await give(street, await member(street, visits=5), "one")
    await give(street, await member(street, agrees=False, visits=5), "one", uses=1)
    await give(street, await member(street, visits=1, tier=2), "one")
    await give(street, await member(street), "one", uses=1, at=NOW - HOUR)

    first = await offers.learn_due(house, NOW)
    rest = [await best_next.learn_due(house, NOW, 2) for _ in range(2)]

    assert (first, rest) == (1, [1, 0])
    assert await arms(street) == {
        ("one", ""): (1, 1, 1, 50),
        ("one", "0:3"): (4, 3, 6, 300),
        ("one", "2:1"): (1, 0, 0, 0),
        ("two", ""): (0, 0, 0, 0),
    }


async def test_pages_of_an_audience_are_added_up(street: Connection, house: Database) -> None:
    for n in range(7):
        await give(street, await member(street), "one", uses=n % 2)

    await best_next.learn_due(house, NOW, 3)

    assert (await arms(street))["one", "0:0"] == (7, 3, 3, 150)


async def test_what_was_learned_today_counts_from_tomorrow(street: Connection, house: Database) -> None:
    await give(street, await member(street), "one", uses=1)
    await best_next.learn_due(house, NOW)

    today = await best_sql.known(street, "0:0", NOW)
    tomorrow = await best_sql.known(street, "0:0", NOW + DAY)

    assert today == []
    assert [(each.offer_id, each.mine, each.shown, each.used) for each in tomorrow if each.shown] == [
        ("one", True, 1, 1)
    ]


async def test_old_days_go(street: Connection, house: Database) -> None:
    await street.execute("update offer set until = $1", NOW + 30 * DAY)
    for n in range(5):
        await best_next.learn_due(house, NOW + n * DAY)
        await best_next.learn_due(house, NOW + n * DAY)

    assert await street.fetchval("select count(distinct day) from best_arm") == 2


@pytest.mark.parametrize("visits", [0, 1, 2, 3, 5, 9])
async def test_a_member_is_of_the_kind_under_which_they_are_counted(
    street: Connection, house: Database, visits: int
) -> None:
    member_id = await member(street, visits=visits, tier=1)
    await give(street, member_id, "one")

    await best_next.learn_due(house, NOW)

    asked = await best_sql.asked(street, member_id, best_next.day_of(NOW))
    assert asked and {kind for id, kind in await arms(street) if id == "one" and kind} == {asked.kind}


async def test_who_did_not_agree_gets_what_ends_first_first(street: Connection) -> None:
    await street.execute("update offer set until = until + interval '1 hour' where id = 'one'")
    nobody, somebody = await member(street, agrees=False), await member(street)
    for each in (nobody, somebody):
        await give(street, each, "one")
        await give(street, each, "two")

    plain = await offers.ranked(street, nobody, await offers.open_for(street, nobody, NOW), NOW)
    drawn = await offers.ranked(street, somebody, await offers.open_for(street, somebody, NOW), NOW)

    assert [(each.offer.id, each.why) for each in plain] == [("two", "ends-first"), ("one", "ends-first")]
    assert {each.why for each in drawn} == {"trying"} and len(drawn) == 2


async def test_margins_count_where_all_are_known(street: Connection, house: Database) -> None:
    await street.execute("update offer set margin_percent = case id when 'one' then 40 else 10 end")
    rows = [best_sql.Row("one", True, 10, 5, 5000, 5)]

    known = await best_next.values_of(street, ["one", "two"], rows, 2000.0)
    await street.execute("update offer set margin_percent = 0 where id = 'two'")
    unknown = await best_next.values_of(street, ["one", "two"], rows, 2000.0)

    assert known["two"] == 200 and known["one"] <= 800
    assert unknown == {}


@pytest.mark.parametrize(
    "language, why",
    [("en", "It ends first"), ("he", "ראשון"), ("ar", "أولًا"), ("ru", "раньше")],
)
async def test_the_app_asks_for_the_best_one_and_hears_why(town: Town, db: Connection, language: str, why: str) -> None:
    maya = await town.join("maya@example.com")
    at = town.clock.now()
    nothing = await maya.get("/me/offers/best")
    await sql.add(db, replace(COFFEE, id="one", since=at - HOUR, until=at + DAY), at)
    await give(db, maya.member_id, "one", at=at)
    await db.execute("update member set consents = '{}' where member_id = $1", maya.member_id)

    best = await maya.get("/me/offers/best", language=language)

    assert nothing == {"offer": None}
    assert best["offer"]["id"] == "one" and best["offer"]["because"] == "ends-first"
    assert why in best["offer"]["why"]


async def test_what_is_paused_or_sold_out_is_not_the_best(town: Town, db: Connection) -> None:
    maya = await town.join("maya@example.com")
    at = town.clock.now()
    await sql.add(db, replace(COFFEE, id="one", since=at - HOUR, until=at + DAY), at)
    await give(db, maya.member_id, "one", at=at)
    await db.execute("update offer_round set paused_at = $1", at)

    assert await maya.get("/me/offers/best") == {"offer": None}
