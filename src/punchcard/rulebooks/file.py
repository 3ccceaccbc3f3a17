"""A programme as a merchant writes it: one TOML file, a table a promise. `demo/almond.toml` is one to copy from."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from punchcard.programme import Period

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,47}(?![\s\S])", description="A short name: coffee-x2.")]
Label = Annotated[str, Meta(min_length=1, max_length=80)]
Labels = Annotated[list[Label], Meta(max_length=500)]
Sentence = Annotated[str, Meta(min_length=1, max_length=400)]
Names = Annotated[dict[str, Label], Meta(min_length=1, max_length=40)]
Sentences = Annotated[dict[str, Sentence], Meta(max_length=40)]
Points = Annotated[int, Meta(ge=0, le=100_000_000)]
Some = Annotated[int, Meta(ge=1, le=100_000_000)]
Minor = Annotated[int, Meta(ge=0, le=100_000_000_00)]
Days = Annotated[int, Meta(ge=0, le=3660)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys that are not known are refused, so that a misspelt promise is found before it is published."""


class Life(Table, frozen=True, kw_only=True):
    """How long points live: so many months and days from the day they start, then to the end of `round`."""

    months: Annotated[int, Meta(ge=0, le=120)] = 0
    days: Days = 0
    round: Literal["day", "week", "month", "quarter", "year"] = "month"
    rolling: bool = False
    """Every visit begins their `days` anew."""


class ProgrammeTable(Table, frozen=True, kw_only=True):
    name: Names
    zone: str
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}(?![\s\S])")]
    languages: Annotated[list[Label], Meta(min_length=1, max_length=40)]
    """Every text must be there in these."""
    week_starts: Weekday = "monday"
    season: Period = "year"
    """Tiers count the points that were earned in it."""


class PointsTable(Table, frozen=True, kw_only=True):
    """What holds for points unless a promise says otherwise."""

    value: Some = 1
    """What a point is worth at a till, in minor units."""
    expiry: Life | None = None
    """Without it points never expire."""
    pending_days: Days = 0
    grace_days: Days = 30
    funder: Label = "seller"
    """A partner, `house`, or `seller`: the partner at whose till they are earned."""


class TierTable(Table, frozen=True, kw_only=True):
    id: Id
    name: Names
    threshold: Points


class PerAmountTable(Table, frozen=True, kw_only=True, tag_field="kind", tag="per-amount"):
    points: Some
    per: Some
    rounding: Literal["whole-steps", "down"] = "down"


class PerUnitTable(Table, frozen=True, kw_only=True, tag_field="kind", tag="per-unit"):
    points: Some


class FixedTable(Table, frozen=True, kw_only=True, tag_field="kind", tag="fixed"):
    points: Some


class TimesTable(Table, frozen=True, kw_only=True, tag_field="kind", tag="times"):
    percent: Annotated[int, Meta(ge=101, le=10_000)]


class GoodsTable(Table, frozen=True, kw_only=True):
    skus: Labels = []
    categories: Labels = []
    brands: Labels = []


class HoursTable(Table, frozen=True, kw_only=True):
    """Local hours, on the quarter; `until` is not included, and 24:00 is the end of the day."""

    weekdays: list[Weekday] = []
    since: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):(00|15|30|45)(?![\s\S])")] = "00:00"
    until: Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):(00|15|30|45)|24:00)(?![\s\S])")] = "24:00"


class CapTable(Table, frozen=True, kw_only=True):
    limit: Some
    every: Period
    of: Literal["points", "uses"] = "points"


class PromiseTable(Table, frozen=True, kw_only=True):
    """`since` and `until` are local: a date (the last day is included) or a date with a time."""

    id: Id
    name: Names
    since: Any = None
    until: Any = None
    goods: GoodsTable = GoodsTable()
    partners: Labels = []
    shops: Labels = []


class EarnTable(PromiseTable, frozen=True, kw_only=True):
    award: PerAmountTable | PerUnitTable | FixedTable | TimesTable
    on: Label = "sale"
    """`sale`, or the kind of an activity."""
    hours: HoursTable = HoursTable()
    tiers: Labels = []
    first_purchase: bool = False
    minimum: Minor = 0
    group: str = ""
    priority: Annotated[int, Meta(ge=0, le=1000)] = 0
    cap: CapTable | None = None
    qualifying: bool = True
    expiry: Life | None = None
    pending_days: Days | None = None
    funder: Label | None = None


class ChallengeTable(PromiseTable, frozen=True, kw_only=True):
    kind: Literal["count", "days", "sum", "distinct", "streak"]
    target: Some
    reward: Points
    every: Period
    on: Label = "sale"
    minimum: Minor = 0
    on_return: Literal["keep", "undo"] = "undo"
    expiry: Life | None = None
    pending_days: Days | None = None
    funder: Label | None = None


class RewardTable(PromiseTable, frozen=True, kw_only=True):
    points: Some
    kind: Literal["item", "discount"] = "item"
    amount: Minor = 0
    voucher_days: Days = 0
    text: Sentences = {}
    art: str = ""


class File(Table, frozen=True, kw_only=True):
    programme: ProgrammeTable
    points: PointsTable = PointsTable()
    tier: Annotated[list[TierTable], Meta(min_length=1, max_length=20)]
    earn: Annotated[list[EarnTable], Meta(max_length=1000)] = []
    challenge: Annotated[list[ChallengeTable], Meta(max_length=500)] = []
    reward: Annotated[list[RewardTable], Meta(max_length=500)] = []
