"""The lift of an offer as a table: in a terminal, as JSON, for a spreadsheet."""

import csv
import io
from collections.abc import Iterator

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table

from punchcard.foundation.tables import harmless

from .lift_model import Effect, Funnel, Lift
from .showing import money

COLUMNS = (
    "offer", "name", "currency", "measure", "group", "members", "total", "per_member", "difference", "lower", "upper",
    "verdict",
)  # fmt: skip
BAR_WIDTH = 31
FUNNEL_WIDTH = 24


def as_csv(lift: Lift) -> str:
    """A row for each measure and group, minor units; the difference stands beside those who have the offer."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for effect in lift.effects:
        for row in rows(effect):
            writer.writerow([harmless(cell) for cell in (lift.offer, lift.name, lift.currency, effect.measure, *row)])
    return written.getvalue()


def rows(effect: Effect) -> list[list[str]]:
    compared = [effect.difference, effect.lower, effect.upper]
    said = [*("" if each is None else f"{each:g}" for each in compared), effect.verdict]
    return [
        [group, str(arm.members), f"{arm.total:.2f}", f"{arm.per_member:.4f}", *more]
        for group, arm, more in (
            ("has-it", effect.treated, said),
            ("held-out", effect.held_out, [""] * len(said)),
        )
    ]


def lift_as_json(lift: Lift) -> bytes:
    """Everything, for programs."""
    return msgspec.json.format(msgspec.json.encode(lift), indent=2) + b"\n"


def show_lift(lift: Lift) -> RenderableType:
    """Both groups beside each other, the interval as a bar around zero, and how far members came."""
    return Group(*parts(lift))


def parts(lift: Lift) -> Iterator[RenderableType]:
    yield f"{lift.name} ({lift.offer}), {lift.since:%Y-%m-%d} to {lift.until:%Y-%m-%d}, {lift.days} days counted"
    yield lift.stopped_because or lift.says
    yield compared(lift)
    yield far(lift.funnel)
    yield (
        f"used by {lift.redemption_percent:g} % of those who were given it, {lift.uses:,} times; "
        f"that cost {money(lift.cost_cents, lift.currency)} {lift.currency}"
    )


def compared(lift: Lift) -> Table:
    table = Table(title="per member", title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    table.add_column("")
    for each in ("have it", "held out", "difference", "between", "and"):
        table.add_column(each, justify="right")
    for each in ("", "says", "days to go"):
        table.add_column(each)
    for effect in lift.effects:
        bounds = (effect.difference, effect.lower, effect.upper)
        days = "" if effect.days_until_enough is None else str(effect.days_until_enough)
        table.add_row(
            effect.measure,
            *(shown(effect, arm.per_member, lift.currency) for arm in (effect.treated, effect.held_out)),
            *("" if each is None else shown(effect, each, lift.currency) for each in bounds),
            bar(effect),
            effect.verdict,
            days,
        )
    table.add_row("members", f"{lift.effects[0].treated.members:,}", f"{lift.effects[0].held_out.members:,}")
    return table


def shown(effect: Effect, each: float, currency: str) -> str:
    return f"{each:,.3f}" if effect.measure == "visits" else money(round(each), currency)


def bar(effect: Effect) -> str:
    """The interval on a line whose middle is zero: `·······|··━━━●━━━····`."""
    if effect.difference is None or effect.lower is None or effect.upper is None:
        return ""
    half = BAR_WIDTH // 2
    widest = max(abs(effect.lower), abs(effect.upper)) or 1.0

    def place(value: float) -> int:
        return half + round(value / widest * half)

    line = ["·"] * BAR_WIDTH
    line[place(effect.lower) : place(effect.upper) + 1] = "━" * (place(effect.upper) - place(effect.lower) + 1)
    line[half] = "|"
    line[place(effect.difference)] = "●"
    return "".join(line)


def far(funnel: Funnel) -> Table:
    """How far members came, each step beside those who were given it."""
    table = Table(title="how far", title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    table.add_column("")
    table.add_column("members", justify="right")
    table.add_column("")
    for step in Funnel.__struct_fields__:
        count = getattr(funnel, step)
        table.add_row(step, f"{count:,}", "█" * round(FUNNEL_WIDTH * count / funnel.given) if funnel.given else "")
    return table
