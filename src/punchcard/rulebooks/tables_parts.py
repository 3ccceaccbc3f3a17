"""The parts that promises are made of: awards, goods, hours, caps."""

from typing import Annotated, Literal

from msgspec import Meta

from punchcard.programme import Period, Rounding

from .table import (
    Days,
    Label,
    Labels,
    Minor,
    Months,
    Number,
    Points,
    Some,
    Table,
    Weekday,
)

Value = Annotated[str, Meta(max_length=80)] | Number | bool
Where = dict[str, Value | Annotated[list[Value], Meta(min_length=1, max_length=100)]]


class PerAmountTable(Table, frozen=True, kw_only=True, tag_field="kind", tag="per-amount"):
    """So many points for an amount."""

    points: Some
    """So many points"""
    per: Some
    """for each so many minor units."""
    rounding: Rounding = "down"
    """For whole steps only; else in proportion, and rounded so."""


class PerUnitTable(Table, frozen=True, kw_only=True, tag_field="kind", tag="per-unit"):
    """So many points for each piece, or for each unit of an activity's value."""

    points: Some
    """So many points."""


class FixedTable(Table, frozen=True, kw_only=True, tag_field="kind", tag="fixed"):
    """So many points, whatever was bought."""

    points: Some
    """So many points."""


class TimesTable(Table, frozen=True, kw_only=True, tag_field="kind", tag="times"):
    """A multiple of what spending earns by the other promises."""

    percent: Annotated[int, Meta(ge=101, le=10_000)]
    """125 is a quarter more, 200 is double."""


class RateTable(Table, frozen=True, kw_only=True):
    """A rate of a tiered award."""

    since: Minor
    """From this amount on, in minor units,"""
    points: Points
    """so many points for each `per`."""


class TieredTable(Table, frozen=True, kw_only=True, tag_field="kind", tag="tiered"):
    """A rate that grows with the amount."""

    rates: Annotated[list[RateTable], Meta(min_length=1, max_length=20)]
    """The rates, by amount."""
    per: Some
    """For each so many minor units."""
    marginal: bool = True
    """Each part at its own rate; else all of it at the rate that it reached."""
    rounding: Rounding = "down"
    """For whole steps only; else in proportion, and rounded so."""


class ExtendTable(Table, frozen=True, kw_only=True, tag_field="kind", tag="extend"):
    """No points: those that the member has live longer."""

    days: Days = 0
    """So many days."""
    months: Months = 0
    """So many months."""
    currency: Label | None = None
    """Which currency; else the one a card shows."""


AwardTable = PerAmountTable | PerUnitTable | FixedTable | TimesTable | TieredTable | ExtendTable


class OtherGoodsTable(Table, frozen=True, kw_only=True):
    """Which lines of a basket. Each list that is given must hold."""

    skus: Labels = []
    """Articles, by number."""
    categories: Labels = []
    """Categories."""
    brands: Labels = []
    """Brands."""
    labels: Labels = []
    """Labels, of which a line has any number: organic, local."""


class GoodsTable(OtherGoodsTable, frozen=True, kw_only=True):
    """Which lines of a basket. Each list that is given must hold."""

    apart_from: OtherGoodsTable | None = None
    """But not these."""


class HoursTable(Table, frozen=True, kw_only=True):
    """Local hours, on the quarter."""

    weekdays: list[Weekday] = []
    """On these days; else on all."""
    since: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):(00|15|30|45)(?![\s\S])")] = "00:00"
    """From this time on."""
    until: Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):(00|15|30|45)|24:00)(?![\s\S])")] = "24:00"
    """Before this time; 24:00 is the end of the day."""


class CapTable(Table, frozen=True, kw_only=True):
    """How much one promise gives a member at most."""

    limit: Some
    """So many points or uses."""
    every: Period | Literal["sale"]
    """A period by the calendar, or a sale."""
    of: Literal["points", "uses"] = "points"
    """What is counted."""


class BudgetTable(Table, frozen=True, kw_only=True):
    """How many points a promise gives to all members together. Each period has it anew."""

    limit: Minor
    """So many points."""
    every: Period = "ever"
    """A period by the calendar."""
