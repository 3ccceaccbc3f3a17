"""A figure: what was measured in this run, what it should be, and the command that shows it again."""

import os
import statistics
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct


class Figure(Struct, frozen=True):
    name: str
    value: float
    unit: str
    goal: str
    """As a person reads it: '>= 0.5', '< 500', or '' for a figure that only informs."""
    met: bool | None
    command: str


def at_least(name: str, value: float, unit: str, goal: float, command: str) -> Figure:
    return Figure(name, round(value, 3), unit, f">= {goal:g}", value >= goal, command)


def under(name: str, value: float, unit: str, goal: float, command: str) -> Figure:
    return Figure(name, round(value, 3), unit, f"< {goal:g}", value < goal, command)


def told(name: str, value: float, unit: str, command: str) -> Figure:
    return Figure(name, round(value, 3), unit, "", None, command)


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def resident_megabytes(pid: int) -> float:
    """What a process holds in memory, without its children."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def proportional_megabytes(pid: int) -> float:
    """What a process holds in memory, where a page that several share counts once between them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def cpu_seconds(pid: int) -> float:
    """CPU that a process has used, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
