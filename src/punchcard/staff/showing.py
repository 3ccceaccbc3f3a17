"""The report as a person reads it in a terminal."""

from collections.abc import Iterator, Sequence

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table

from .reporting import says
from .rows import Finding

SLIPS_SHOWN = 3


def show(day: str, findings: Sequence[Finding]) -> RenderableType:
    """The findings of a day for rich to print, the worst first; every receipt stands in the JSON."""
    return Group(*parts(day, findings))


def as_json(day: str, findings: Sequence[Finding]) -> bytes:
    """Everything, for programs."""
    return msgspec.json.format(msgspec.json.encode({"day": day, "findings": findings}), indent=2) + b"\n"


def parts(day: str, findings: Sequence[Finding]) -> Iterator[RenderableType]:
    if not findings:
        yield f"Nothing odd on {day}."
        return
    table = Table(title=f"odd on {day}, the worst first", title_justify="left", title_style="bold", show_edge=False)
    table.add_column("pattern", no_wrap=True)
    table.add_column("what", overflow="fold", min_width=40)
    table.add_column("by chance", justify="right", no_wrap=True)
    table.add_column("look at", overflow="fold", min_width=20)
    for each in findings:
        table.add_row(each.pattern, says(each, "en"), f"{each.chance:.0e}", places(each))
    yield table
    yield "None of this is proof. Look at the receipts, the cameras and the person's own account first."


def places(finding: Finding) -> str:
    """The first receipts by number, or what stands for them, and how many more there are."""
    names = [slip.number or slip.fact for slip in finding.slips]
    more = f" and {len(names) - SLIPS_SHOWN} more" if len(names) > SLIPS_SHOWN else ""
    return ", ".join(names[:SLIPS_SHOWN]) + more
