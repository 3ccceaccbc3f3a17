"""Terms, challenges and rewards: what a merchant promises, each in a window of its own."""

from typing import Literal

from msgspec import Struct

from .awards import Award
from .coins import NEVER, POINTS, Coin, Period, Text
from .facts import Instant


class Goods(Struct, frozen=True):
    """Which lines. An empty set means any."""

    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    apart_from: "Goods | None" = None

    def match(self, sku: str, category: str, brand: str, labels: tuple[str, ...] = ()) -> bool:
        return (
            (not self.skus or sku in self.skus)
            and (not self.categories or category in self.categories)
            and (not self.brands or brand in self.brands)
            and (not self.labels or not self.labels.isdisjoint(labels))
            and not (self.apart_from and self.apart_from.match(sku, category, brand, labels))
        )

    def all_skus(self) -> frozenset[str]:
        """Every SKU that it names, be it to leave it out."""
        return self.skus | self.apart_from.all_skus() if self.apart_from else self.skus


class Places(Struct, frozen=True):
    """At whose tills. An empty set means any."""

    partners: frozenset[str] = frozenset()
    shops: frozenset[str] = frozenset()

    def match(self, partner: str, shop: str) -> bool:
        return (not self.partners or partner in self.partners) and (not self.shops or shop in self.shops)


class Hours(Struct, frozen=True):
    """Local weekdays (Monday is 0) and quarters of an hour, end not included."""

    weekdays: frozenset[int] = frozenset(range(7))
    since: int = 0
    until: int = 96


class Cap(Struct, frozen=True):
    """How much a term gives a member at most: in points or uses, a sale or a period."""

    limit: int
    every: Period | Literal["sale"]
    of: Literal["points", "uses"] = "points"


class Budget(Struct, frozen=True):
    """How many points a term gives to all members together at most, a period. The door keeps it. Of an offer it may also be
    minor units of money, uses, and uses at each of some shops; 0 is no limit of that kind."""

    limit: int
    every: Period = "ever"
    cents: int = 0
    uses: int = 0
    shop_uses: dict[str, int] = {}


class Promise(Struct, frozen=True):
    """What every promise has: an id, names, and the window in which it holds.

    `until` is the end that was declared; `closed` is when a later edition ended it before."""

    id: str
    name: Text = {}
    since: Instant = 0
    until: Instant = NEVER
    closed: Instant = NEVER
    edition: int = 0
    """Which publication said so."""

    @property
    def end(self) -> Instant:
        return min(self.until, self.closed)

    def holds(self, at: Instant) -> bool:
        return self.since <= at < self.until and at < self.closed


class Term(Promise, frozen=True, kw_only=True):
    """A promise of points for a sale or an activity."""

    award: Award
    on: str = "sale"
    """`sale`, or the kind of an activity."""
    goods: Goods = Goods()
    places: Places = Places()
    hours: Hours = Hours()
    channels: frozenset[str] = frozenset()
    tenders: frozenset[str] = frozenset()
    """Only the part that was paid with these kinds of tender counts."""
    tiers: frozenset[str] = frozenset()
    """Of any ladder."""
    first_purchase: bool = False
    birthday: Literal["", "day", "week", "month"] = ""
    """On the day, within three days of it, or in its month."""
    where: dict[str, frozenset[str | int | bool]] = {}
    """What the activity's payload must say."""
    minimum: int = 0
    """Minor units that the goods must come to."""
    basket_minimum: int = 0
    """Minor units that the whole basket must come to."""
    units_minimum: int = 0
    requires: frozenset[str] = frozenset()
    """Other terms that must have given to the same fact."""
    group: str = ""
    """Of a group only some apply: what its rule chooses."""
    priority: int = 0
    caps: tuple[Cap, ...] = ()
    scarce: bool = False
    """Only where the fact's grants hold its id: a ceiling in points."""
    segment: str = ""
    """Whom the door grants it to: a named segment. Such a term is scarce."""
    budget: Budget | None = None
    """Such a term is scarce: the door grants it while there is something left."""
    offered: bool = False
    """Whom the door grants it to: the audience of the offer of the same id. Such a term is scarce."""
    draw_percent: int = 0
    """Such a term is scarce: the door grants it by chance, so many times of a hundred; 0 is no draw."""
    hold_out_percent: int = 0
    """So many of a hundred members never get it, always the same ones, so that its effect can be measured."""
    qualifying: bool = True
    coin: Coin = Coin()


class Step(Struct, frozen=True):
    """A part of the way, and what it pays."""

    at: int
    reward: int


class Challenge(Promise, frozen=True, kw_only=True):
    """A promise of points for doing something often enough within a window."""

    kind: Literal["count", "days", "sum", "distinct", "streak", "sequence", "set", "quiz"]
    """Times, local days, minor units (or an activity's value), different things, days or weeks in a row, items in their
    order, all of some items, right answers."""
    target: int
    reward: int
    steps: tuple[Step, ...] = ()
    """Rewards on the way, before the target."""
    every: Period = "month"
    """The window by the calendar."""
    window_days: int = 0
    """Or so many days from the member's first step (or from opting in)."""
    recurs: Literal["window", "completion", "never"] = "window"
    """Again in the next window; again at once (`most` times a window, 0 any number); or once and for all."""
    most: int = 0
    opt_in: bool = False
    on: str = "sale"
    goods: Goods = Goods()
    places: Places = Places()
    where: dict[str, frozenset[str | int | bool]] = {}
    minimum: int = 0
    unit: Literal["day", "week"] = "week"
    """What a streak is counted in."""
    freezes: int = 0
    """Units that may be missed in a streak without breaking it."""
    rests: frozenset[int] = frozenset()
    """Weekdays that a streak of days does not count (Monday is 0)."""
    by: str = "category"
    """What must differ: category, sku, brand, shop, partner, or a field of the activity's payload."""
    items: tuple[Goods, ...] = ()
    """Of a sequence or a set of goods."""
    keys: tuple[str, ...] = ()
    """Of a sequence or a set of anything else: the values of `by`."""
    answers: dict[str, str] = {}
    """The right answer to each question of a quiz."""
    after: str = ""
    """Opens when this challenge was completed (in the same window of each)."""
    on_return: Literal["keep", "undo"] = "undo"
    coin: Coin = Coin()
    text: Text = {}
    icon: str = ""
    badge: Text = {}
    """What it is called once it is completed; empty where its name will do."""


class Reward(Promise, frozen=True, kw_only=True):
    """What points can be spent on. Its voucher is used up at a till within `voucher_days`."""

    points: int
    currency: str = POINTS
    kind: Literal["item", "discount", "experience", "donation"] = "item"
    amount: int = 0
    """A discount, in minor units."""
    goods: Goods = Goods()
    places: Places = Places()
    tiers: frozenset[str] = frozenset()
    stock: int = 0
    """How many there are in all; 0 is no limit."""
    voucher_days: int = 0
    text: Text = {}
    art: str = ""
