"""Two rulebooks for the grocer's year: a points programme with all sorts of terms, and a stamp card. Of neither may the
meaning change unseen: `tests/golden` holds what they made of the year."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from punchcard.programme import (
    Cap,
    Challenge,
    Coin,
    Currency,
    Expiry,
    Fixed,
    Frame,
    Goods,
    Hours,
    Instant,
    Ladder,
    PerAmount,
    PerUnit,
    Rulebook,
    Term,
    Tier,
    Times,
)

ZONE = "America/New_York"
SHELVES = (
    "soft-drinks", "fluid-milk-products", "baked-bread-buns-rolls", "cheese", "bag-snacks", "frzn-meat-meat-dinners",
    "beef", "soup", "yogurt", "frozen-pizza", "vegetables-shelf-stable", "cold-cereal", "candy-checklane",
    "tropical-fruit", "lunchmeat", "candy-packaged", "refrgratd-juices-drnks", "crackers-misc-bkd-fd", "canned-juices",
    "ice-cream-milk-sherbts", "coupon-misc-items", "eggs", "baked-sweet-goods", "deli-meats", "hispanic",
    "condiments-sauces", "frzn-vegetable-veg-dsh", "milk-by-products", "meat-shelf-stable",
    "convenient-brkfst-whlsm-snacks", "cookies-cones", "fruit-shelf-stable", "dry-bn-veg-potato-rice",
    "sald-drsng-sndwch-sprd", "water-carbonated-flvrd-drink", "vegetables-all-others", "baby-foods", "dinner-mxs-dry",
    "refrgratd-dough-products", "salad-mix",
)  # fmt: skip
"""The categories that the households buy most, the first one most of all."""
OWN = frozenset({"private"})
HALF_A_YEAR = Expiry(months=6, round="month")
FRESH = (2, 5, 9, 14, 17, 21, 26)


def shelves(*ranks: int) -> Goods:
    return Goods(categories=frozenset(SHELVES[rank] for rank in ranks))


def day(month: int, day: int) -> Instant:
    return int(datetime(2017, month, day, tzinfo=ZoneInfo(ZONE)).timestamp())


def points(expiry: Expiry = HALF_A_YEAR) -> Rulebook:
    """Forty terms, three tiers above the entry, twelve challenges."""
    coin, brand = Coin(expiry=expiry), Coin(funder="brand", expiry=expiry)
    later = Coin(pending_days=14, expiry=expiry)
    terms = (*everyday(coin, brand, later), *of_shelves(brand, later))
    assert len(terms) == 40
    tiers = (
        Tier("basic"),
        Tier("silver", threshold=1000),
        Tier("gold", threshold=3000),
        Tier("platinum", threshold=8000),
    )
    return Rulebook(
        zone=ZONE,
        currency="USD",
        terms=terms,
        challenges=twelve(coin, brand),
        frames=(Frame(ladders=(Ladder(tiers=tiers, every="quarter"),)),),
    )


def everyday(coin: Coin, brand: Coin, later: Coin) -> tuple[Term, ...]:
    """Of amounts, tiers, hours, brands; with caps of all sorts."""
    a_week, early, late = (Cap(1, "week", "uses"),), Hours(since=24, until=36), Hours(since=84, until=92)
    tuesday, weekend = Hours(weekdays=frozenset({1})), Hours(weekdays=frozenset({5, 6}))
    own_milk = Goods(categories=frozenset({SHELVES[1]}), brands=OWN)
    return (
        Term("base", award=PerAmount(1, 100), coin=coin),
        Term("silver", award=Times(125), tiers=frozenset({"silver"}), coin=coin),
        Term("gold", award=Times(150), tiers=frozenset({"gold"}), coin=coin),
        Term("platinum", award=Times(200), tiers=frozenset({"platinum"}), coin=coin),
        Term("first", award=Fixed(250), first_purchase=True, coin=coin),
        Term("own-brand", award=PerAmount(1, 200), goods=Goods(brands=OWN), coin=coin),
        Term("own-milk", award=PerUnit(3), goods=own_milk, coin=brand),
        Term("big-basket", award=Fixed(50), minimum=75_00, caps=a_week, coin=coin),
        Term("bigger", award=Fixed(120), minimum=150_00, caps=(Cap(2, "month", "uses"),), group="big", coin=coin),
        Term("double-tuesday", award=Times(200), hours=tuesday, caps=(Cap(300, "month"),), coin=coin),
        Term("early-bird", award=Times(150), hours=early, caps=(Cap(200, "month"),), coin=coin),
        Term("late-hour", award=Fixed(10), hours=late, caps=(Cap(3, "week", "uses"),), coin=coin),
        Term("weekend-fresh", award=PerAmount(2, 100), goods=shelves(2, 5, 9), hours=weekend, coin=later),
        Term("budget", award=Fixed(100), goods=shelves(0), scarce=True, coin=brand),
        Term("workout", award=PerUnit(1), on="workout", caps=(Cap(30, "day"),), qualifying=False, coin=coin),
    )


def of_shelves(brand: Coin, later: Coin) -> tuple[Term, ...]:
    """Of one shelf or two, some for a part of the year, some that outbid each other."""
    a_month = (Cap(150, "month"),)
    per_dollar = [
        Term(f"shelf-{n}", award=PerAmount(1 + n % 3, 100), goods=shelves(n, n + 12), coin=brand, caps=a_month)
        for n in range(10)
    ]
    per_unit = [
        Term(f"unit-{n}", award=PerUnit(2), goods=shelves(30 + n), coin=brand, group=f"pair-{n // 2}", priority=n)
        for n in range(8)
    ]
    campaigns = [
        Term(
            f"campaign-{n}",
            award=Fixed(25),
            goods=shelves(3 * n, 20 + n),
            since=day(1 + n, 5),
            until=day(2 + n, 20),
            minimum=5_00,
            coin=later,
        )
        for n in range(7)
    ]
    return (*per_dollar, *per_unit, *campaigns)


def twelve(coin: Coin, brand: Coin) -> tuple[Challenge, ...]:
    def challenge(id: str, kind: str, target: int, reward: int, every: str, **more: object) -> Challenge:
        made: Callable[..., Challenge] = Challenge
        return made(id, kind=kind, target=target, reward=reward, every=every, **{"coin": coin, **more})

    return (
        challenge("four-visits", "count", 4, 50, "month", minimum=10_00),
        challenge("ten-visits", "count", 10, 150, "quarter"),
        challenge("spend-200", "sum", 200_00, 100, "month"),
        challenge("spend-1000", "sum", 1000_00, 500, "quarter"),
        challenge("own-brand-50", "sum", 50_00, 80, "month", goods=Goods(brands=OWN)),
        challenge("fresh-five", "distinct", 5, 60, "month", goods=shelves(*FRESH)),
        challenge("explorer", "distinct", 40, 200, "quarter", on_return="keep"),
        challenge("four-weeks", "streak", 4, 100, "quarter", minimum=5_00),
        challenge("ten-weeks", "streak", 10, 400, "quarter"),
        challenge("milk-month", "count", 4, 40, "month", goods=shelves(1), coin=brand),
        challenge("soft-drinks", "count", 3, 30, "month", goods=shelves(0), coin=brand),
        challenge("summer", "sum", 500_00, 250, "ever", since=day(6, 1), until=day(9, 1)),
    )


def stamps() -> Rulebook:
    """A stamp a visit, cards of days and streaks, and stamps that live as long as one keeps coming."""
    stamp = Coin(currency="stamps", expiry=Expiry(days=183, rolling=True))
    hot, treat = Coin(currency="stamps", expiry=Expiry(days=30)), Coin(currency="treats", expiry=Expiry(days=60))
    terms = (
        Term("stamp", award=Fixed(1), minimum=5_00, caps=(Cap(1, "day", "uses"),), coin=stamp),
        Term("welcome", award=Fixed(3), first_purchase=True, qualifying=False, coin=stamp),
        Term("big-shop", award=Fixed(1), minimum=60_00, group="more", priority=2, coin=stamp),
        Term("weekend", award=Fixed(1), hours=Hours(weekdays=frozenset({5, 6})), group="more", priority=1, coin=stamp),
        Term("morning", award=Fixed(1), hours=Hours(since=24, until=40), caps=(Cap(2, "week"),), coin=hot),
        Term("bread", award=PerUnit(1), goods=shelves(2, 22), caps=(Cap(4, "month"),), coin=stamp),
        Term("regular-bread", award=Fixed(2), goods=shelves(2), tiers=frozenset({"regular", "friend"}), coin=hot),
        Term("cart", award=PerAmount(1, 50_00, "whole-steps"), qualifying=False, coin=stamp),
    )
    challenges = (
        Challenge("eight-days", kind="days", target=8, reward=1, every="month", coin=treat),
        Challenge("three-in-a-week", kind="days", target=3, reward=1, every="week", minimum=5_00, coin=stamp),
        Challenge("six-weeks", kind="streak", target=6, reward=2, every="quarter", coin=treat),
        Challenge("year-of-weeks", kind="streak", target=26, reward=10, every="year", on_return="keep", coin=treat),
        Challenge("basket-of-fruit", kind="distinct", target=3, reward=1, goods=shelves(13, 31, 35, 39), coin=treat),
        Challenge("milk-days", kind="days", target=4, reward=1, every="month", goods=shelves(1, 27), coin=treat),
    )
    tiers = (Tier("guest"), Tier("regular", threshold=12), Tier("friend", threshold=30))
    return Rulebook(
        zone=ZONE,
        week_starts=6,
        currency="USD",
        currencies=(Currency("stamps", "stamps"), Currency("treats", "thing")),
        terms=terms,
        challenges=challenges,
        frames=(
            Frame(
                ladders=(Ladder(tiers=tiers, every="quarter", currencies=frozenset({"stamps"}), downgrade="earned"),)
            ),
        ),
    )


RULEBOOKS: dict[str, Callable[[], Rulebook]] = {"points": points, "stamps": stamps}
