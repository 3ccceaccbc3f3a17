"""The tables that promise something: what is earned, challenges, rewards."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from punchcard.programme import Period

from .table import (
    Boundary,
    Days,
    Id,
    Label,
    Labels,
    Minor,
    Names,
    Percent,
    Points,
    Sentences,
    Some,
    Table,
    Weekday,
)
from .tables_parts import AwardTable, BudgetTable, CapTable, GoodsTable, HoursTable, Where
from .tables_whole import Life


class PromiseTable(Table, frozen=True, kw_only=True):
    """`since` and `until` are local: a date (the last day is included) or a date with a time."""

    id: Id
    """A short name of its own: coffee-x2. What was promised under it never changes."""
    name: Names
    """What members read, a text a language."""
    since: Any = None
    """It holds from this date on, 2026-12-01; else from its publication."""
    until: Any = None
    """It holds up to this date, the day included; else until an edition leaves it out."""
    goods: GoodsTable = GoodsTable()
    """Only these goods count."""
    partners: Labels = []
    """Only at these partners' tills."""
    shops: Labels = []
    """Only in these shops."""


class PaidTable(PromiseTable, frozen=True, kw_only=True):
    """What a promise pays in; unless it says so, as [points] or the [[currency]] do."""

    currency: Label | None = None
    """In which currency; else in the one a card shows."""
    expiry: Life | None = None
    """How long it lives."""
    pending_days: Days | None = None
    """How many days after it was earned it begins."""
    pending_round: Boundary | None = None
    """It begins at the end of this period, once the days are over."""
    awaits: Annotated[str, Meta(max_length=80)] | None = None
    """The activity that lets it begin; "" waits for none."""
    awaits_days: Days | None = None
    """How long it waits for the activity; 0 is for ever."""
    funder: Label | None = None
    """A partner, `house`, or `seller`: the partner at whose till it is earned."""


class EarnTable(PaidTable, frozen=True, kw_only=True):
    """What is earned for a sale or an activity."""

    award: AwardTable
    """What it gives, by `kind`."""
    on: Label = "sale"
    """`sale`, or an [[activity]]."""
    hours: HoursTable = HoursTable()
    """Only at these hours."""
    channels: Labels = []
    """Only where it was sold so: shop, web, app, phone."""
    tenders: Labels = []
    """Only the part that was paid so counts: cash, card, meal. What a voucher of ours or a shop pays earns nothing."""
    tiers: Labels = []
    """Only for whoever holds one of these tiers, of any ladder."""
    first_purchase: bool = False
    """Only for the first purchase of all."""
    birthday: Literal["", "day", "week", "month"] = ""
    """Only on the birthday, within three days of it, or in its month."""
    where: Where = {}
    """What the activity must say: a field and the values, any of which will do."""
    minimum: Minor = 0
    """What the goods must come to, in minor units."""
    basket_minimum: Minor = 0
    """What the whole basket must come to, in minor units."""
    units_minimum: Some | None = None
    """How many pieces it takes."""
    requires: Labels = []
    """Only where these other [[earn]] gave something for the same sale."""
    group: Annotated[str, Meta(max_length=80)] = ""
    """Of a group only some apply: what its [[group]] chooses."""
    priority: Annotated[int, Meta(ge=0, le=1000)] = 0
    """The higher one goes first."""
    cap: CapTable | None = None
    """How much a member gets at most."""
    caps: Annotated[list[CapTable], Meta(max_length=10)] = []
    """The same, where there are several."""
    segment: Label | None = None
    """Only for this named group of members."""
    budget: BudgetTable | None = None
    """How much all members together get at most."""
    draw_percent: Percent = 0
    """By chance, so many times of a hundred; 0 is always."""
    hold_out_percent: Percent = 0
    """So many of a hundred members never get it, always the same, to measure what it brings."""
    qualifying: bool = True
    """It counts for the tier."""


class StepTable(Table, frozen=True, kw_only=True):
    """A part of the way."""

    at: Some
    """From so many on,"""
    reward: Some
    """so many points."""


class ChallengeTable(PaidTable, frozen=True, kw_only=True):
    """Something to do often enough within a window."""

    kind: Literal["count", "days", "sum", "distinct", "streak", "sequence", "set", "quiz"]
    """Times, different days, an amount or value, different things, days or weeks in a row, items in order, all items,
    right answers."""
    target: Some | None = None
    """How much it takes; of items and answers, all of them unless said otherwise."""
    reward: Points
    """What it pays; 0 is the honour."""
    steps: Annotated[list[StepTable], Meta(max_length=50)] = []
    """What is paid on the way."""
    every: Period | None = None
    """The window, by the calendar."""
    window_days: Days = 0
    """Or so many days from the first step."""
    recurs: Literal["window", "completion", "never"] = "window"
    """Again in the next window; again at once; once and for all."""
    most: Annotated[int, Meta(ge=0, le=1000)] = 0
    """With `recurs = "completion"`, how often in a window; 0 is any number."""
    opt_in: bool = False
    """Only for whoever said that they take part."""
    on: Label = "sale"
    """`sale`, or an [[activity]]."""
    where: Where = {}
    """What the activity must say: a field and the values, any of which will do."""
    minimum: Minor = 0
    """What the goods must come to, in minor units."""
    unit: Literal["day", "week"] | None = None
    """What a streak is counted in; weeks unless said otherwise."""
    freezes: Annotated[int, Meta(ge=0, le=365)] = 0
    """How many of them may be missed without breaking the streak."""
    rests: list[Weekday] = []
    """Weekdays that a streak of days leaves out."""
    by: Label | None = None
    """What must differ: category, sku, brand, shop, partner, or a field of the activity."""
    items: Annotated[list[GoodsTable], Meta(max_length=100)] = []
    """The goods of a sequence or a set."""
    keys: Labels = []
    """Or the values of `by` that make it up."""
    answers: Annotated[dict[str, Label], Meta(max_length=100)] = {}
    """The right answer to each question of a quiz."""
    after: Label | None = None
    """It opens when this challenge was completed."""
    on_return: Literal["keep", "undo"] = "undo"
    """Whether goods that come back take the progress with them."""
    text: Sentences = {}
    """What members read below its name, a sentence a language."""
    icon: Annotated[str, Meta(pattern=r"^[a-z0-9-]{0,40}(?![\s\S])")] = ""
    """The symbol that the app draws for it, by its name: coffee-fill; else one that goes with its kind."""
    badge: Names = {}
    """What the passport calls it once it is completed, a text a language; else its name."""


class RewardTable(PromiseTable, frozen=True, kw_only=True):
    """What can be had for points."""

    points: Some
    """What it costs."""
    currency: Label | None = None
    """In which currency; else in the one a card shows."""
    kind: Literal["item", "discount", "experience", "donation"] = "item"
    """What it is."""
    amount: Minor = 0
    """What a discount takes off, in minor units."""
    tiers: Labels = []
    """Only for whoever holds one of these tiers, of any ladder."""
    stock: Points = 0
    """How many there are in all; 0 is any number."""
    voucher_days: Days = 0
    """How long its voucher can be used, then the points come back; 0 is for ever."""
    text: Sentences = {}
    """What members read below its name, a sentence a language."""
    art: Annotated[str, Meta(max_length=80)] = ""
    """The picture."""
