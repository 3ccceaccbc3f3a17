"""Each condition as a fragment of SQL on `portrait`, and the values of its parameters.

A fragment holds no value, only parameters; whatever a merchant wrote is bound."""

from collections.abc import Sequence
from typing import Any

import msgspec

from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.programme import Condition, people

from .model import DEEDS, circle, years
from .portrait import EXPIRING_MAX, PURPOSE_BITS, RECENT_MAX


def summed(step: str, entries: int) -> str:
    """A sum over the entries of sorted arrays, up to the first that is too far or missing; `:n` is its number, `:rest` the
    sum of those behind it. Written out, because a subquery would forbid PostgreSQL to share the work among processes."""
    found = "0"
    for n in range(entries, 0, -1):
        found = step.replace(":rest", found).replace(":n", str(n))
    return found


SPENT_SINCE = summed("case when recent_at[:n] >= $1::bigint then recent_cents[:n] + :rest else 0 end", RECENT_MAX)
EXPIRING = summed(
    "case when expiring_at[:n] <= $2::bigint"
    " then case when expiring_at[:n] > $1::bigint then expiring_points[:n] else 0 end + :rest else 0 end",
    EXPIRING_MAX,
)
FRAGMENTS = {
    "consents-to": "consents & $1::smallint = $1::smallint",
    "tier-in": "least(tier, $1::smallint) = any($2::smallint[])",
    "points-at-least": "points >= $1::bigint",
    "points-below": "points < $1::bigint",
    "joined-within": "joined_at >= $1::timestamptz",
    "visited-within": "last_visit_at >= $1::timestamptz",
    "not-visited-within": "(last_visit_at >= $1::timestamptz) is not true",
    "visits-at-least": "visits >= $1::bigint",
    "spent-at-least": "spend_cents >= $1::bigint",
    "born-between": "born_year between $1::smallint and $2::smallint",
    "generation-in": "born_year = any($1::smallint[])",
    "near-within": """
        place_at >= $1::timestamptz
        and (place_lat - $2::bigint) * 1000 * ((place_lat - $2::bigint) * 1000)
          + ((place_lon - $3::bigint + 5400000) % 3600000 - 1800000) * $4::bigint
          * (((place_lon - $3::bigint + 5400000) % 3600000 - 1800000) * $4::bigint) <= $5::bigint""",
    "speaks-any": "language = any($1::text[])",
    "home-shop-in": "home_shop = any($1::text[])",
    "bought-by": "channels && $1::text[]",
    "visits-at-least since": "recent_at[$1::integer] >= $2::bigint",
    "spent-at-least since": f"{SPENT_SINCE} >= $2::bigint",
    "expiring-within": f"{EXPIRING} >= $3::bigint",
    "trait-in": "traits ->> $1::text = any($2::text[])",
    "balance-at-least": "coalesce((balances -> $1::text)::bigint, 0) >= $2::bigint",
    "challenge-at-least": "coalesce((challenges -> $1::text)::integer, 0) >= $2::integer",
    "did-with-offer": "offers ->> $1::text = any($2::text[])",
    "score-at-least": "(scores -> $1::text)::double precision >= $2::double precision",
    "score-below": "(scores -> $1::text)::double precision < $2::double precision",
    "bought-category": "categories @@ $1::jsonpath",
    "bought-brand": "brands @@ $1::jsonpath",
}
"""By the tag of the condition, the cheaper ones first: PostgreSQL asks in the order in which they are written."""
COSTS = {name: cost for cost, name in enumerate(FRAGMENTS)}


def asked(condition: Condition, ladder: Sequence[str], at: Instant) -> tuple[Any, ...]:
    """The name of the condition's fragment, and the values of its parameters."""
    match condition:
        case people.TierIn(tiers):
            return "tier-in", len(ladder) - 1, [place for place, tier in enumerate(ladder) if tier in tiers]
        case people.SpeaksAny(languages):
            return "speaks-any", sorted(languages)
        case people.ConsentsTo(purpose):
            return "consents-to", PURPOSE_BITS[purpose]
        case people.JoinedWithin(days):
            return "joined-within", at - days * DAY
        case people.PointsAtLeast(points):
            return "points-at-least", points
        case people.PointsBelow(points):
            return "points-below", points
        case people.BalanceAtLeast(currency, points):
            return "balance-at-least", currency, points
        case people.ExpiringWithin(days, points):
            return "expiring-within", at, at + days * DAY, points
    return done(condition, at)


def done(condition: people.Doing, at: Instant) -> tuple[Any, ...]:
    match condition:
        case people.VisitedWithin(days):
            return "visited-within", at - days * DAY
        case people.NotVisitedWithin(days):
            return "not-visited-within", at - days * DAY
        case people.VisitsAtLeast(times, 0):
            return "visits-at-least", times
        case people.VisitsAtLeast(times, days):
            return "visits-at-least since", times, at - days * DAY
        case people.SpentAtLeast(cents, 0):
            return "spent-at-least", cents
        case people.SpentAtLeast(cents, days):
            return "spent-at-least since", at - days * DAY, cents
        case people.BoughtCategory():
            return "bought-category", path(condition, at)
        case people.BoughtBrand():
            return "bought-brand", path(condition, at)
        case people.BoughtBy(channels):
            return "bought-by", sorted(channels)
        case people.ChallengeAtLeast(challenge, percent):
            return "challenge-at-least", challenge, percent
        case people.DidWithOffer(offer, deed):
            return "did-with-offer", offer, list(DEEDS[deed])
    return known(condition, at)


def known(
    condition: people.GenerationIn
    | people.BornBetween
    | people.TraitIn
    | people.ScoreAtLeast
    | people.ScoreBelow
    | people.HomeShopIn
    | people.HomeShopWithin
    | people.NearWithin,
    at: Instant,
) -> tuple[Any, ...]:
    match condition:
        case people.GenerationIn(generations):
            return "generation-in", years(generations)
        case people.BornBetween(first, last):
            return "born-between", first, last
        case people.TraitIn(trait, values):
            return "trait-in", trait, sorted(values)
        case people.ScoreAtLeast(name, value):
            return "score-at-least", name, value
        case people.ScoreBelow(name, value):
            return "score-below", name, value
        case people.HomeShopIn(shops):
            return "home-shop-in", sorted(shops)
        case people.NearWithin(_, hours):
            ring, since = circle(condition), at - hours * HOUR
            return (
                "near-within",
                since,
                *((ring.latitude, ring.longitude, ring.narrow, ring.squared) if ring else [None] * 4),
            )
        case people.HomeShopWithin():
            raise AssertionError("which shops are near is written out before: `placed`")


def path(condition: people.Bought, at: Instant) -> str:
    """What is asked of an entry [last, cents, times] under any of the names. One path reads a portrait's list once, however
    much is asked of it: unpacking it is what costs."""
    asked = [f"@[2] >= {condition.times}"]
    asked += [f"@[0] >= {at - condition.days * DAY}"] if condition.days else []
    asked += [f"@[1] >= {condition.cents}"] if condition.cents else []
    names = (msgspec.json.encode(name).decode() for name in sorted(condition.names))
    return "strict " + " || ".join(f"exists($.{name} ? ({' && '.join(asked)}))" for name in names)
