"""Whether windows can ever be open: each by itself, and together with those of the promises that they lean on."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from punchcard.foundation.clock import Instant

from .checks_names import Fault
from .file import File, promises
from .lines import Path
from .moments import BadMoment, begins, ends, whole_day
from .promising import hours
from .tables_promises import EarnTable, PromiseTable


def faults_of_windows(file: File) -> Iterator[Fault]:
    zone = file.programme.zone
    for path, table in promises(file):
        yield from faults_of_window(table, path, zone)
    for index, day in enumerate(file.programme.closed_days):
        try:
            whole_day(day)
        except BadMoment as error:
            yield ("programme", "closed_days", index), str(error)
    if file.points:
        try:
            ends(file.points.extend_to, zone)
        except BadMoment as error:
            yield ("points", "extend_to"), str(error)
    for index, earn in enumerate(file.earn):
        if hours(earn.hours).until <= hours(earn.hours).since:
            yield ("earn", index, "hours"), "these hours end before they begin; write two promises for a night"
    yield from faults_of_requirements(file)
    yield from faults_of_order(file)


def faults_of_window(table: PromiseTable, path: Path, zone: str) -> Iterator[Fault]:
    found = []
    for key, written, read in (("since", table.since, begins), ("until", table.until, ends)):
        try:
            found.append(read(written, zone))
        except BadMoment as error:
            yield (*path, key), str(error)
    if len(found) == 2 and found[1] <= found[0]:
        yield (*path, "until"), "it would end before it begins"


def faults_of_requirements(file: File) -> Iterator[Fault]:
    for circle in circles({each.id: each.requires for each in file.earn}):
        index = next(i for i, each in enumerate(file.earn) if each.id == circle[0])
        yield ("earn", index, "requires"), f"`requires` goes in a circle: {' → '.join(circle)}"
    known = {each.id: each for each in file.earn}
    for index, table in enumerate(file.earn):
        for name in table.requires:
            other = known.get(name)
            why = apart(table, other, file) if other and other is not table else ""
            if why:
                reason = f"it requires `{name}`, and the two never hold at the same time: {why}"
                yield ("earn", index, "requires"), reason


def faults_of_order(file: File) -> Iterator[Fault]:
    for circle in circles({each.id: [each.after] if each.after else [] for each in file.challenge}):
        index = next(i for i, each in enumerate(file.challenge) if each.id == circle[0])
        yield ("challenge", index, "after"), f"`after` goes in a circle: {' → '.join(circle)}"
    known = {each.id: each for each in file.challenge}
    for index, table in enumerate(file.challenge):
        before = known.get(table.after or "")
        if before and before is not table and not overlap(table, before, file.programme.zone):
            reason = f"its window lies outside that of `{before.id}`, after which it opens"
            yield ("challenge", index, "after"), reason


def circles(leaning: dict[str, list[str]]) -> Iterator[list[str]]:
    """Who leans on each other in a circle, from the first of them in the file: a, b, a. Each circle once."""
    places = {id: place for place, id in enumerate(leaning)}
    graph = {id: [other for other in others if other in leaning] for id, others in leaning.items()}
    while True:
        try:
            TopologicalSorter(graph).prepare()
            return
        except CycleError as error:
            round_trip: list[str] = error.args[1][:0:-1]
            first = min(range(len(round_trip)), key=lambda place: places[round_trip[place]])
            circle = round_trip[first:] + round_trip[:first]
            yield [*circle, circle[0]]
            graph[circle[0]] = [other for other in graph[circle[0]] if other != circle[1 % len(circle)]]


def apart(one: EarnTable, other: EarnTable, file: File) -> str:
    """Why the two can never give to the same fact; empty where they can."""
    if one.on != other.on:
        return f"this is for a {one.on}, that for a {other.on}"
    if not overlap(one, other, file.programme.zone):
        return "their windows do not meet"
    for key in ("partners", "shops", "channels"):
        mine, theirs = getattr(one, key), getattr(other, key)
        if mine and theirs and not set(mine) & set(theirs):
            return f"they share none of their {key}"
    first, second = hours(one.hours), hours(other.hours)
    if not first.weekdays & second.weekdays:
        return "they share no weekday"
    if min(first.until, second.until) <= max(first.since, second.since):
        return "they share no hour"
    if one.tiers and other.tiers and len(file.ladder) < 2 and not set(one.tiers) & set(other.tiers):
        return "they share no tier"
    return apart_by_group(one, other, file)


def apart_by_group(one: EarnTable, other: EarnTable, file: File) -> str:
    groups = {each.id: each for each in file.group}
    if one.group and one.group == other.group:
        group = groups.get(one.group)
        return f"of group `{one.group}` only one applies" if group is None or group.at_most == 1 else ""
    for name in (one.group, other.group):
        if one.group and other.group and name in groups and groups[name].exclusive:
            return f"group `{name}` excludes every other group"
    return ""


def overlap(one: PromiseTable, other: PromiseTable, zone: str) -> bool:
    mine, theirs = window(one, zone), window(other, zone)
    return not (mine and theirs) or max(mine[0], theirs[0]) < min(mine[1], theirs[1])


def window(table: PromiseTable, zone: str) -> tuple[Instant, Instant] | None:
    """From when to when it is declared; none where that cannot be read or is empty, which is a fault of its own."""
    try:
        found = begins(table.since, zone), ends(table.until, zone)
    except BadMoment:
        return None
    return found if found[0] < found[1] else None
