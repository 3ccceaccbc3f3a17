"""Portraits written by hand: a row of `portrait` that says what a profile says, and profiles by chance."""

from typing import get_args
from uuid import UUID

from hypothesis import strategies as st

from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.database import Connection
from punchcard.members import Purpose
from punchcard.programme import people
from punchcard.segments import Profile
from punchcard.segments.portrait import PURPOSE_BITS

LANGUAGES, NAMES, CURRENCIES = ("en", "he", "ar", "ru"), ("coffee", '"bread" \\ $.* לחם', "tea"), ("points", "stamps")
CHALLENGES, OFFERS, SCORES = ("own-cup", "a-b"), ("latte", "loaf"), ("churn", "likes tea")
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
HERE = (320_000, 347_000)
"""32° N, 34.7° E, in 1e-4 degrees."""


async def paint(db: Connection, member_id: UUID, profile: Profile, ladder: tuple[str, ...]) -> None:
    """The member's portrait."""
    lat, lon, place_at = profile.place or (None, None, None)
    await db.execute(
        """
        insert into portrait (member_id, joined_at, last_visit_at, place_at, points, visits, spend_cents, place_lat, place_lon,
               tier, consents, born_year, language, zone, home_shop, channels, hours, recent_at, recent_cents, expiring_at,
               expiring_points, traits, balances, categories, brands, challenges, offers, scores)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
               $24, $25, $26, $27, $28)
        on conflict (member_id) do nothing
        """,
        member_id, profile.joined_at, profile.last_visit_at, place_at, profile.points, profile.visits, profile.spend_cents,
        lat, lon, ladder.index(profile.tier), sum(PURPOSE_BITS[each] for each in profile.consents), profile.born_year,
        profile.language, profile.zone, profile.home_shop, sorted(profile.channels), profile.hours,
        [when for when, _ in profile.recent], [cents for _, cents in profile.recent],
        [when for when, _ in profile.expiring], [points for _, points in profile.expiring], profile.traits,
        profile.balances, profile.categories, profile.brands, profile.challenges, profile.offers, profile.scores,
    )  # fmt: skip


def some(keys: tuple[str, ...], values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(keys), values, max_size=len(keys))


def profiles(now: Instant, tiers: tuple[str, ...], shops: tuple[str, ...]) -> st.SearchStrategy[Profile]:
    """Anybody, often with nothing, and often just at the edge of what conditions ask."""
    lately = st.integers(0, 5).map(lambda days: now - days * DAY)
    few, hundreds = st.integers(0, 4), st.integers(0, 4).map(lambda n: n * 100)
    bought = some(NAMES, st.tuples(lately, hundreds.map(lambda cents: cents - 100), st.integers(1, 4)))
    return st.builds(
        Profile,
        tier=st.sampled_from(tiers),
        points=hundreds,
        last_visit_at=st.none() | lately,
        home_shop=st.none() | st.sampled_from(shops),
        language=st.sampled_from(LANGUAGES),
        consents=st.frozensets(st.sampled_from(PURPOSES)) | st.just(frozenset(PURPOSES)),
        joined_at=lately,
        born_year=st.none() | st.sampled_from([1927, 1928, 1964, 1965, 1990, 2028]),
        traits=some(("household", "income"), st.sampled_from(["1", "2"])),
        balances=some(CURRENCIES, hundreds),
        expiring=st.dictionaries(st.integers(-1, 5).map(lambda n: now + n * DAY), hundreds, max_size=3).map(
            lambda found: tuple(sorted(found.items()))
        ),
        visits=few,
        spend_cents=hundreds,
        recent=st.lists(st.tuples(lately, hundreds), max_size=4).map(lambda found: tuple(sorted(found, reverse=True))),
        channels=st.frozensets(st.sampled_from(get_args(people.Channel))),
        categories=bought,
        brands=bought,
        challenges=some(CHALLENGES, st.sampled_from([0, 50, 100])),
        offers=some(OFFERS, st.sampled_from(get_args(people.Did))),
        scores=some(SCORES, st.sampled_from([-1.0, 0.1, 0.5])),
        place=st.none()
        | st.builds(at_a_place, st.integers(-9, 9), st.integers(-9, 9), st.integers(0, 2), st.just(now)),
    )


def at_a_place(up: int, along: int, hours: int, now: Instant) -> tuple[int, int, Instant]:
    """Up to some kilometres from here, so many hours ago."""
    return HERE[0] + 30 * up, HERE[1] + 30 * along, now - hours * HOUR


def expressions(tiers: tuple[str, ...], shops: tuple[str, ...]) -> st.SearchStrategy[people.Expression]:
    """Any condition, alone or several deep."""
    days, since = st.integers(1, 5), st.integers(0, 5)
    hundreds, counts = st.integers(0, 4).map(lambda n: n * 100), st.integers(1, 4).map(lambda n: n * 100)
    score, times = st.sampled_from([-1.0, 0.1, 0.25, 0.5]), st.integers(1, 4)
    degrees = st.integers(-300, 300).map(lambda n: n / 10_000)
    conditions: st.SearchStrategy[people.Expression] = st.one_of(
        st.builds(people.TierIn, any_of(tiers)),
        st.builds(people.SpeaksAny, any_of(LANGUAGES)),
        st.builds(people.ConsentsTo, st.sampled_from(PURPOSES)),
        st.builds(people.JoinedWithin, days),
        st.builds(people.PointsAtLeast, hundreds),
        st.builds(people.PointsBelow, counts),
        st.builds(people.BalanceAtLeast, st.sampled_from(CURRENCIES), counts),
        st.builds(people.ExpiringWithin, days, counts),
        st.builds(people.GenerationIn, any_of(get_args(people.Generation))),
        st.builds(people.BornBetween, st.sampled_from([1927, 1964]), st.sampled_from([1964, 1990])),
        st.builds(people.TraitIn, st.sampled_from(["household", "income"]), any_of(("1", "2", "3"))),
        st.builds(people.HomeShopIn, any_of(shops)),
        st.builds(people.HomeShopWithin, st.sampled_from(shops), st.integers(1, 20)),
        st.builds(people.VisitedWithin, days),
        st.builds(people.NotVisitedWithin, days),
        st.builds(people.VisitsAtLeast, times, since),
        st.builds(people.SpentAtLeast, counts, since),
        st.builds(people.BoughtCategory, any_of(NAMES), since, hundreds, times),
        st.builds(people.BoughtBrand, any_of(NAMES), since, hundreds, times),
        st.builds(people.BoughtBy, any_of(get_args(people.Channel))),
        st.builds(people.ChallengeAtLeast, st.sampled_from(CHALLENGES), st.sampled_from([1, 50, 51, 100])),
        st.builds(people.DidWithOffer, st.sampled_from(OFFERS), st.sampled_from(get_args(people.Did))),
        st.builds(people.ScoreAtLeast, st.sampled_from(SCORES), score),
        st.builds(people.ScoreBelow, st.sampled_from(SCORES), score),
        st.builds(people.NearWithin, st.integers(10, 4000), st.integers(1, 2), st.sampled_from(shops)),
        st.builds(
            lambda metres, hours, up, along: people.NearWithin(metres, hours, None, 32 + up, 34.7 + along),
            st.integers(10, 4000), st.integers(1, 2), degrees, degrees,
        ),
    )  # fmt: skip
    return st.recursive(
        conditions,
        lambda inner: st.one_of(
            st.builds(people.All, st.lists(inner, max_size=3).map(tuple)),
            st.builds(people.Any, st.lists(inner, max_size=3).map(tuple)),
            st.builds(people.Not, inner),
        ),
        max_leaves=8,
    )


def any_of(names: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(names), min_size=1)
