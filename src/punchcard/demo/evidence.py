"""What the story saw, step by step, and the files that show it."""

import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

MARGIN = 20
"""Columns of the terminal that mark and milliseconds take."""


class Step(Struct, frozen=True):
    """One step: what should be seen, what was, and how long it took (from asking until it was seen)."""

    name: str
    expected: Any
    seen: Any
    ok: bool
    milliseconds: float


class Evidence:
    """Tells each step in the terminal as it happens, and remembers it."""

    def __init__(self, console: Console):
        self.console = console
        self.steps: list[Step] = []

    @property
    def failed(self) -> list[Step]:
        return [step for step in self.steps if not step.ok]

    def chapter(self, title: str) -> None:
        self.console.print(f"\n[bold green]{title}[/bold green]")

    async def step(self, name: str, expected: Any, act: Callable[[], Awaitable[Any]]) -> Any:
        """Do it, and hold what was seen against what was expected; the story goes on either way."""
        began = time.perf_counter()
        try:
            seen = await act()
        except Exception as error:
            seen = f"{type(error).__name__}: {error}"
        milliseconds = (time.perf_counter() - began) * 1000
        step = Step(name, expected, seen, seen == expected, round(milliseconds, 1))
        self.steps.append(step)
        self.tell(step)
        return seen

    def tell(self, step: Step) -> None:
        """The step, what was seen, and at the end of the line how long it took."""
        seen = told(step.seen)
        fits = len(step.name) + len(seen) < self.console.width - MARGIN
        said = Text.assemble(step.name, "  " if fits else "\n", (seen, "dim"))
        if not step.ok:
            said.append(f"\nexpected: {told(step.expected)}", "red")
        row = Table.grid(
            Column(width=3, justify="right"), Column(ratio=1), Column(no_wrap=True), padding=(0, 1), expand=True
        )
        row.add_row(
            Text("✓", "green") if step.ok else Text("✗", "red"), said, Text(f"{step.milliseconds:,.0f} ms", "dim")
        )
        self.console.print(row)

    def write(self, folder: Path) -> None:
        (folder / "journey.json").write_bytes(msgspec.json.format(msgspec.json.encode(self.steps), indent=2) + b"\n")


def told(value: Any) -> str:
    """What was seen, in words: 'earned 87, balance 87'."""
    match value:
        case dict():
            text = ", ".join(f"{str(name).replace('_', ' ')} {told(each)}" for name, each in value.items())
        case list() | tuple():
            text = ", ".join(map(told, value)) or "none"
        case bool():
            text = "yes" if value else "no"
        case int():
            text = f"{value:,}"
        case _:
            text = str(value) or "none"
    return text if len(text) <= 300 else f"{text[:300]}…"


def write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(each, ensure_ascii=False, default=str) + "\n" for each in records))
