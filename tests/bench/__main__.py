"""`make bench` prints every figure beside its goal and writes build/bench.json; `make bench ONLY=name` runs one.

A figure below its goal is printed as such, never left out. Figures are ratios within one run: machines are noisy."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from . import (
    apns,
    arbiter,
    backtest,
    batch,
    converge,
    faces,
    fcm,
    fold,
    house,
    next_best,
    outage,
    passes,
    redesign,
    segments,
    size,
    till,
)
from .figures import Figure

OUT = Path("build/bench.json")

BENCHES: dict[str, Callable[[], list[Figure]]] = {
    "passes": passes.figures,
    "apns": apns.figures,
    "fcm": fcm.figures,
    "redesign": redesign.figures,
    "fold": fold.figures,
    "backtest": backtest.figures,
    "house": house.figures,
    "converge": converge.figures,
    "outage": outage.figures,
    "till": till.figures,
    "size": size.figures,
    "arbiter": arbiter.figures,
    "batch": batch.figures,
    "segments": segments.figures,
    "next-best": next_best.figures,
    "faces": faces.figures,
}
"""passes: signing alone. apns: pushes, beside other clients. fcm: messages, beside firebase-admin. redesign: a million
cards walked, without a call. fold: a real year through the pure rules. backtest: the same
year out of the database, under two rulebooks. house: sales over HTTP against the rows alone, commit to phone, memory; all
processes on this machine. converge: till to phone at a steady rate, and after an outage of the push service. outage:
Firebase away while messages come and tills sell. till: what
customers wait for at a steady rate, under too much of it, at one card. size: the same with a million members. batch: ten
thousand sales that a till brings at once. segments: who is in a group, a million members in SQL and one in Python. next-best:
which offer next, on a real grocer's campaigns, and intervals that are looked at every day. faces:
bytes and waits of the app and the till in Chromium."""


def main() -> int:
    parser = argparse.ArgumentParser("make bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("only", nargs="?", choices=[*BENCHES, ""], default="", help="run this one alone")
    only = parser.parse_args().only
    console, figures = Console(), []
    for name, run in BENCHES.items():
        if only in ("", name):
            began = time.monotonic()
            with console.status(f"{name} …"):
                figures += run()
            console.print(f"{name}: {time.monotonic() - began:.0f} s")
    console.print(table(figures))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")
    console.print(f"written to {OUT}")
    return 0


def table(figures: list[Figure]) -> Table:
    made = Table("figure", "value", "unit", "goal", "met", "again with")
    for each in figures:
        met = {True: "yes", False: "[bold]NO[/bold]", None: ""}[each.met]
        made.add_row(each.name, f"{each.value:,.3f}".rstrip("0").rstrip("."), each.unit, each.goal, met, each.command)
    return made


if __name__ == "__main__":
    sys.exit(main())
