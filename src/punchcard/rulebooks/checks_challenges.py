"""Whether a challenge can be won: its target, its window, its steps, and what its kind is made of."""

from collections.abc import Iterator

from punchcard.programme import Period

from .checks_earning import faults_of_occasion, misspelt
from .checks_names import Fault, unknown
from .file import File
from .lines import Path
from .promising import parts
from .tables_promises import ChallengeTable
from .tables_whole import FieldTable

OF_KINDS: dict[str, tuple[str, ...]] = {
    "unit": ("streak",),
    "freezes": ("streak",),
    "rests": ("streak",),
    "by": ("distinct", "sequence", "set"),
    "items": ("sequence", "set"),
    "keys": ("sequence", "set"),
    "answers": ("quiz",),
}
"""Keys that only some kinds have."""
OF_SALES = ("category", "sku", "brand", "shop", "partner")
OF_ACTIVITIES = ("shop", "partner")
DAYS: dict[Period, int] = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
"""How many days a period has at most."""


def faults_of_challenges(file: File) -> Iterator[Fault]:
    for index, table in enumerate(file.challenge):
        path: Path = ("challenge", index)
        yield from faults_of_occasion(table, path, file)
        for key, kinds in OF_KINDS.items():
            if getattr(table, key) and table.kind not in kinds:
                yield (*path, key), f"`{key}` belongs to {' or '.join(kinds)}, and this is {table.kind}"
        yield from faults_of_time(table, path)
        yield from faults_of_making(table, path, file)
        yield from faults_of_target(table, path, file)
        yield from faults_of_steps(table, path)


def faults_of_time(table: ChallengeTable, path: Path) -> Iterator[Fault]:
    if table.every and table.window_days:
        yield (
            (*path, "window_days"),
            "choose one window: `every`, by the calendar, or `window_days`, from the first step",
        )
    if not (table.every or table.window_days):
        yield (*path, "every"), "`every` is missing: the window, by the calendar (or write `window_days`)"
    if table.most and table.recurs != "completion":
        yield (*path, "most"), '`most` belongs to `recurs = "completion"`'
    if table.recurs == "completion" and table.kind not in ("count", "sum") and table.on_return != "keep":
        yield (
            (*path, "on_return"),
            'it begins anew without its marks, so that no return can undo it: write `on_return = "keep"`',
        )
    if table.kind == "streak" and table.rests and (table.unit or "week") == "week":
        yield (*path, "rests"), 'only a streak of days rests on weekdays: write `unit = "day"`'
    if len(set(table.rests)) == 7:
        yield (*path, "rests"), "it rests on every day of the week: no day is left for the streak"


def faults_of_making(table: ChallengeTable, path: Path, file: File) -> Iterator[Fault]:
    """What it is made of: items, keys, answers, and what they differ by."""
    if table.kind == "quiz":
        if table.on == "sale":
            yield (*path, "on"), "a quiz is answered in an activity: write `on`"
        if not table.answers:
            yield path, "a quiz needs `answers`"
    if table.kind in ("sequence", "set"):
        if not (table.items or table.keys):
            yield path, f"a {table.kind} needs `items`, or `keys` of what it goes `by`"
        if table.items and table.keys:
            yield (*path, "keys"), "write `items` or `keys`, not both"
        if table.items and table.on != "sale":
            yield (*path, "items"), "only a sale has goods: write `by` and `keys`"
        if table.kind == "set" and len(set(table.keys)) < len(table.keys):
            yield (*path, "keys"), "one of these keys stands twice"
    fields = fields_of(table, file)
    if table.kind in OF_KINDS["by"] and not table.items and table.on != "sale" and table.by is None:
        yield path, "say `by` which field of the activity it goes"
    for question, answer in table.answers.items() if table.on != "sale" else ():
        if question not in fields:
            yield (*path, "answers"), unknown("field", question, fields, "activity.field")
        elif reason := misspelt(answer, fields[question]):
            yield (*path, "answers"), reason
    known = [*fields, *OF_ACTIVITIES] if table.on != "sale" else list(OF_SALES)
    if table.by and table.by not in known:
        yield (*path, "by"), unknown("field", table.by, known, "activity.field")
    if table.by in fields:
        for key in table.keys:
            if reason := misspelt(key, fields[table.by]):
                yield (*path, "keys"), reason


def fields_of(table: ChallengeTable, file: File) -> dict[str, FieldTable]:
    return {field.id: field for each in file.activity if each.id == table.on for field in each.field}


def faults_of_target(table: ChallengeTable, path: Path, file: File) -> Iterator[Fault]:
    if table.kind in ("sequence", "set", "quiz"):
        if table.target and parts(table) and table.target > parts(table):
            what = "answers" if table.kind == "quiz" else "items"
            yield (*path, "target"), f"it asks for {table.target}, and there are {parts(table)} {what}"
        return
    if table.target is None:
        yield (*path, "target"), "`target` is missing"
        return
    room = room_of(table, file)
    if room is not None and table.target > room:
        yield (*path, "target"), f"it asks for {table.target}, and its window has room for {room} at most"


def room_of(table: ChallengeTable, file: File) -> int | None:
    """How far anybody can come in one window; None where there is no bound."""
    days = table.window_days or DAYS.get(table.every or "ever")
    if days and table.kind in ("days", "streak"):
        by_week = table.kind == "streak" and (table.unit or "week") == "week"
        return (days + 12) // 7 if by_week else days + bool(table.window_days)
    if table.kind == "distinct" and table.by:
        field = fields_of(table, file).get(table.by)
        if field and field.kind == "yes-no":
            return 2
        return len(set(field.choices)) or None if field else None
    return None


def faults_of_steps(table: ChallengeTable, path: Path) -> Iterator[Fault]:
    target = table.target or parts(table)
    if table.steps and table.recurs == "completion":
        yield (*path, "steps"), "what begins again on completion has no steps: leave out `steps`, or `recurs`"
    reached = 0
    for place, step in enumerate(table.steps):
        if step.at <= reached:
            yield (*path, "steps", place), f"steps go up: {step.at} comes after {reached}"
        if target and step.at >= target:
            yield (*path, "steps", place), f"the step at {step.at} is not before the target, {target}"
        reached = step.at
