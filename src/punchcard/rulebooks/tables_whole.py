"""The tables that hold for a programme as a whole: its points, tiers, groups, limits and activities."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from punchcard.programme import Period

from .table import (
    Boundary,
    Days,
    Id,
    Label,
    Labels,
    Months,
    Names,
    Number,
    Points,
    Season,
    Some,
    Table,
    Weekday,
)


class Life(Table, frozen=True, kw_only=True):
    """How long points live: so many months and days from the day they start, then to the end of `round`."""

    months: Months = 0
    """Whole months; 0 with `round = "month"` is the end of this month."""
    days: Days = 0
    """Days on top of the months."""
    round: Boundary | None = None
    """The period to whose end they then live on; the month unless said otherwise."""
    rolling: bool = False
    """Every visit begins their `days` anew."""
    down: bool = False
    """To the beginning of the period instead of its end."""


class ProgrammeTable(Table, frozen=True, kw_only=True):
    """The programme as a whole. Its zone, its currency and the first day of its week stand for good."""

    name: Names
    """What it is called, a text a language."""
    zone: str
    """The time zone in which days, weeks and hours are reckoned: Europe/Lisbon."""
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}(?![\s\S])")]
    """What tills take: three letters of ISO 4217."""
    languages: Annotated[list[Label], Meta(min_length=1, max_length=40)]
    """Every text must be there in these."""
    week_starts: Weekday = "monday"
    """The first day of a week."""
    season: Season | None = None
    """In what period tiers of [[tier]] are earned; `anniversary` of joining, or a year from the last `change`."""
    counts: Literal["points", "spend", "visits", "balance"] | None = None
    """What [[tier]] thresholds are in: points earned, minor units spent, purchases, or points held just now."""
    downgrade: Literal["step", "earned", "never"] | None = None
    """Where a season was not enough: one [[tier]] down, down to what was earned, or not down."""
    keeps: Literal["next", "season"] | None = None
    """A [[tier]] that is reached holds to the end of the next season, or of this one."""
    grace_days: Days | None = None
    """How long a [[tier]] is kept after the season that lost it."""
    warn_days: Days | None = None
    """How long before its end members hear that a season would take their [[tier]]; 0 is never."""
    closed_days: Annotated[list[Any], Meta(max_length=1000)] = []
    """Dates on which nobody could come: no streak of days breaks over them."""
    stack_most: Annotated[int, Meta(ge=0, le=1000)] = 0
    """How many promises give points for one sale at most, the best first; 0 is any number."""
    clawback: Literal["any", "balance", "pending"] = "any"
    """What a return takes back: all, as a debt if need be; no more than is there; only what still pends."""


class CurrencyTable(Table, frozen=True, kw_only=True):
    """Something of ours that is earned, held and spent. Its id and its kind stand for good."""

    id: Id
    """The name by which promises call it."""
    name: Names
    """What it is called, a text a language."""
    kind: Literal["points", "stamps", "status", "cashback", "money", "thing"] = "points"
    """`status` counts for a tier and cannot be spent; `money` is stored value; a `thing` is given and fetched."""
    value: Points | None = None
    """What one is worth at a till, in minor units: 1 for cashback and money, else 0, which cannot pay."""
    expiry: Life | None = None
    """How long it lives; without it, for ever."""
    pending_days: Days = 0
    """How many days after it was earned it begins."""
    pending_round: Boundary = "day"
    """It begins at the end of this period, once the days are over."""
    awaits: Annotated[str, Meta(max_length=80)] = ""
    """The activity that lets it begin."""
    awaits_days: Days = 0
    """How long it waits for the activity; 0 is for ever."""
    funder: Label = "seller"
    """A partner, `house`, or `seller`: the partner at whose till it is earned."""
    share_percent: Annotated[int, Meta(ge=1, le=100)] = 100
    """What share of a basket it may pay at most."""
    multiple: Some = 1
    """It pays in clean multiples of so many."""
    minimum: Points = 0
    """It pays from so many on."""
    discount_percent: Annotated[int, Meta(ge=0, le=100)] = 0
    """What is taken off for whoever pays with it."""


class PointsTable(CurrencyTable, frozen=True, kw_only=True):
    """What a card shows, and what promises give unless they name another [[currency]]."""

    id: Id = "points"
    """Leave it out: points are called points."""
    name: Names | None = None  # type: ignore[assignment]  # here it may be left out
    """What it is called, a text a language; without it, points."""
    kind: Literal["points", "stamps", "cashback"] = "points"
    """Stamps and cashback are earned and spent alike."""
    value: Points | None = None
    """What one is worth at a till, in minor units; 1 unless said otherwise, stamps 0."""
    grace_days: Days = 30
    """How long points live that come back after they have expired."""
    extend_to: Any = None
    """A date up to which all live that would expire before: a present when this edition begins."""


class TierTable(Table, frozen=True, kw_only=True):
    """A tier; the first one is the entry. Its id is one of all ladders."""

    id: Id
    """The name by which promises call it."""
    name: Names
    """What it is called, a text a language."""
    threshold: Points = 0
    """What it takes, in what its ladder counts."""
    invited: bool = False
    """Nobody climbs into it: it is given."""


class LadderTable(Table, frozen=True, kw_only=True):
    """Tiers, where there are several ladders of them. The first one is what a card shows; its id stands for good."""

    id: Id
    """Its name; `tier` is what [[tier]] alone is called."""
    name: Names
    """What it is called, a text a language."""
    season: Season = "year"
    """In what period tiers are earned; `anniversary` of joining, or a year from the last `change`."""
    counts: Literal["points", "spend", "visits", "balance"] = "points"
    """What thresholds are in: points earned, minor units spent, purchases, or points held just now."""
    currencies: Labels = []
    """Which currencies count as points; else those that are `status`, else the one a card shows."""
    downgrade: Literal["step", "earned", "never"] = "step"
    """Where a season was not enough: one tier down, down to what was earned, or not down."""
    keeps: Literal["next", "season"] = "next"
    """A tier that is reached holds to the end of the next season, or of this one."""
    grace_days: Days = 0
    """How long a tier is kept after the season that lost it."""
    warn_days: Days = 0
    """How long before its end members hear that a season would take their tier; 0 is never."""
    tier: Annotated[list[TierTable], Meta(min_length=1, max_length=20)]
    """[[ladder.tier]]: its tiers, the entry first."""


class GroupTable(Table, frozen=True, kw_only=True):
    """What applies where several promises of a group would. Without any [[group]], the one of highest priority."""

    id: Id
    """The name by which promises call it."""
    choose: Literal["priority", "most", "newest"] = "priority"
    """The highest priority, the most points, or what began last."""
    at_most: Annotated[int, Meta(ge=1, le=100)] = 1
    """How many of it apply to one sale."""
    exclusive: bool = False
    """Where one of it applies, nothing of another group does."""


class LimitTable(Table, frozen=True, kw_only=True):
    """How many points a member gets at most in a period, from some promises or from all."""

    id: Id
    """Its name."""
    limit: Some
    """So many points."""
    every: Period
    """A period by the calendar."""
    currency: Label | None = None
    """Which currency; else the one a card shows."""
    earn: Labels = []
    """From which promises together; else from all."""


class FieldTable(Table, frozen=True, kw_only=True):
    """Something that an activity says of itself."""

    id: Id
    """The name by which `where` and `by` call it."""
    kind: Literal["text", "number", "yes-no"] = "text"
    """What is written in it."""
    choices: Labels = []
    """The texts that it may be; else any."""
    least: Number = 0
    """The smallest number."""
    most: Number = 1_000_000_000
    """The largest number."""
    required: bool = False
    """An activity without it is refused."""


class ActivityTable(Table, frozen=True, kw_only=True):
    """Something that is no sale and may earn: a workout, a review, a coat for the shelter."""

    id: Id
    """The name by which promises call it."""
    name: Names
    """What it is called, a text a language."""
    value_most: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 1_000_000
    """The largest value that one may have: minutes, kilograms."""
    by: Literal["till", "anybody"] = "till"
    """Who may report it: tills and operators, or members themselves too."""
    field: Annotated[list[FieldTable], Meta(max_length=50)] = []
    """[[activity.field]]: what it says of itself."""


class SegmentTable(Table, frozen=True, kw_only=True):
    """A named group of members: who is in it is found out at the till, at each sale anew."""

    id: Id
    """The name by which promises call it."""
    name: Names
    """What it is called, a text a language."""
    watch: bool = False
    """Whether entering and leaving it is noticed, so that something may follow: an offer that begins then."""
    who: dict[str, Any]
    """A condition by its `type`, with its own keys (see Conditions); or several: `all` and `any` with `of`, a list of
    conditions, and `not` with `of`, one."""
