"""What is wrong with a file, or may be meant otherwise: a line and a plain reason for each."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from zoneinfo import available_timezones

import msgspec
from msgspec.structs import replace

from .file import (
    ChallengeTable,
    EarnTable,
    File,
    Life,
    PointsTable,
    ProgrammeTable,
    PromiseTable,
    RewardTable,
    TierTable,
)
from .lines import Lines, Path, fault
from .model import Finding
from .reading import BadMoment, begins, ends, quarters

SHAPES: dict[str, tuple[type, bool]] = {
    "programme": (ProgrammeTable, False),
    "points": (PointsTable, False),
    "tier": (TierTable, True),
    "earn": (EarnTable, True),
    "challenge": (ChallengeTable, True),
    "reward": (RewardTable, True),
}
"""The tables of a file, and whether there may be several."""
FAULTS_MAX = 20


def check(text: str) -> list[Finding]:
    """Everything that can be said of this file, by line. Without a finding that is no warning it can be published."""
    return sorted(set(examine(text)[1]))


def examine(text: str) -> tuple[File | None, list[Finding]]:
    """The file, if it can be published, and what is to be said of it."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        return None, [Finding(*fault(str(error), text))]
    except RecursionError:
        return None, [Finding(1, "tables within tables within tables: nobody could read it")]
    lines = Lines(text)
    findings = [*faults_of_shape(document, lines), *faults_of_zone(document, lines)]
    try:
        file = msgspec.convert(document, File)
    except msgspec.ValidationError:
        return None, findings
    if findings:
        file = replace(file, programme=replace(file.programme, zone="UTC"))
    findings += [Finding(lines.of(path), reason) for path, reason in faults(file)]
    doubts = [Finding(lines.of(path), reason, warning=True) for path, reason in warnings(file)]
    return (None if findings else file), findings + doubts


def faults_of_shape(document: dict[str, Any], lines: Lines) -> Iterator[Finding]:
    for name, value in document.items():
        shape, several = SHAPES.get(name, (None, False))
        if shape is None:
            yield Finding(lines.of((name,)), f"`{name}` is not known here; known are {', '.join(SHAPES)}")
        elif several and not (isinstance(value, list) and all(isinstance(each, dict) for each in value)):
            yield Finding(lines.of((name,)), f"write [[{name}]]: there may be several")
        elif several:
            for index, table in enumerate(value):
                yield from faults_of_table(table, shape, (name, index), lines)
        else:
            yield from faults_of_table(value, shape, (name,), lines)
    for name in ("programme", "tier"):
        if not document.get(name):
            yield Finding(1, f"there is no {'[[tier]]' if name == 'tier' else '[programme]'}")


def faults_of_zone(document: dict[str, Any], lines: Lines) -> Iterator[Finding]:
    programme = document.get("programme")
    zone = programme.get("zone") if isinstance(programme, dict) else None
    if isinstance(zone, str) and zone not in available_timezones():
        reason = f"there is no time zone `{zone}`; write one like Europe/Berlin"
        yield Finding(lines.of(("programme", "zone")), reason)


def faults_of_table(table: Any, shape: type, path: Path, lines: Lines) -> Iterator[Finding]:
    """Every key that is not known, then the first other fault."""
    rest = deepcopy(table)
    for _ in range(FAULTS_MAX):
        try:
            msgspec.convert(rest, shape)
            return
        except msgspec.ValidationError as error:
            message, inner = parse(str(error))
            unknown = re.fullmatch(r"Object contains unknown field `(.*)`", message)
            key = unknown[1] if unknown else ""
            at = (*path, *inner, key) if key else (*path, *inner)
            yield Finding(lines.of(at), plain(message, inner))
            if not unknown:
                return
            del descend(rest, inner)[key]


def parse(message: str) -> tuple[str, Path]:
    """msgspec's message and the path at its end: 'Expected `int`, got `str` - at `$.award.points`'."""
    said, _, at = message.partition(" - at `$")
    steps = re.findall(r"\.(\w+)|\[(\d+)\]", at.partition("[...]")[0])
    return said, tuple(name or int(index) for name, index in steps)


def descend(table: Any, path: Path) -> Any:
    for step in path:
        table = table[step]
    return table


def plain(message: str, path: Path) -> str:
    where = ".".join(str(step) for step in path)
    if field := re.fullmatch(r"Object missing required field `(.*)`", message):
        return f"`{where + '.' if where else ''}{field[1]}` is missing"
    if field := re.fullmatch(r"Object contains unknown field `(.*)`", message):
        return f"`{where + '.' if where else ''}{field[1]}` is not known here"
    if "matching regex" in message:
        return f"`{where}` is not written as it should be"
    return f"`{where}`: {message[0].lower()}{message[1:]}" if where else message


def promises(file: File) -> Iterator[tuple[Path, PromiseTable]]:
    for name, tables in (("earn", file.earn), ("challenge", file.challenge), ("reward", file.reward)):
        for index, table in enumerate(tables):
            yield (name, index), table


def faults(file: File) -> Iterator[tuple[Path, str]]:
    yield from faults_of_ladder(file)
    seen: Counter[str] = Counter()
    for path, table in promises(file):
        seen[table.id] += 1
        if seen[table.id] > 1:
            yield (*path, "id"), f"`{table.id}` is already taken: every promise needs an id of its own"
        yield from faults_of_window(table, path, file.programme.zone)
        match table:
            case EarnTable():
                yield from faults_of_earning(table, path, {tier.id for tier in file.tier})
            case RewardTable() if table.kind == "discount" and not table.amount:
                yield (*path, "kind"), "a discount needs an `amount` in minor units"
    for path, life in lives(file):
        if life.rolling and (life.months or not life.days):
            yield path, "points that roll live so many `days` after the last visit: give days and no months"
        if not (life.days or life.months):
            yield path, "points would expire as soon as they are earned: give months or days"


def faults_of_ladder(file: File) -> Iterator[tuple[Path, str]]:
    if file.tier[0].threshold:
        yield ("tier", 0, "threshold"), "the first tier is the entry: its threshold is 0"
    for index, (lower, tier) in enumerate(zip(file.tier, file.tier[1:], strict=False), 1):
        if tier.threshold <= lower.threshold:
            yield ("tier", index, "threshold"), f"`{tier.id}` must ask for more points than `{lower.id}`"
    for index, tier in enumerate(file.tier):
        if tier.id in {other.id for other in file.tier[:index]}:
            yield ("tier", index, "id"), f"there are two tiers `{tier.id}`"


def faults_of_window(table: PromiseTable, path: Path, zone: str) -> Iterator[tuple[Path, str]]:
    found = []
    for key, written, read in (("since", table.since, begins), ("until", table.until, ends)):
        try:
            found.append(read(written, zone))
        except BadMoment as error:
            yield (*path, key), str(error)
    if len(found) == 2 and found[1] <= found[0]:
        yield (*path, "until"), "it would end before it begins"


def faults_of_earning(table: EarnTable, path: Path, tiers: set[str]) -> Iterator[tuple[Path, str]]:
    for tier in table.tiers:
        if tier not in tiers:
            yield (*path, "tiers"), f"there is no tier `{tier}`; there are {', '.join(sorted(tiers))}"
    if quarters(table.hours.until) <= quarters(table.hours.since):
        yield (*path, "hours"), "these hours end before they begin; write two promises for a night"


def lives(file: File) -> Iterator[tuple[Path, Life]]:
    if file.points.expiry:
        yield ("points", "expiry"), file.points.expiry
    for path, table in promises(file):
        if isinstance(table, EarnTable | ChallengeTable) and table.expiry:
            yield (*path, "expiry"), table.expiry


def warnings(file: File) -> Iterator[tuple[Path, str]]:
    for path, life in lives(file):
        if life.round == "day" and not life.rolling:
            yield path, "points of every single day would be kept apart: let them expire with a month"
    yield from missing_languages(file)
    ranks: Counter[tuple[str, int]] = Counter()
    for index, table in enumerate(file.earn):
        ranks[table.group, table.priority] += bool(table.group)
        if ranks[table.group, table.priority] > 1:
            yield ("earn", index), f"another promise of group `{table.group}` has this priority: say which one applies"
    for index, each in enumerate(file.challenge):
        if each.every == "ever" and each.until is None and each.kind in ("distinct", "days", "streak"):
            yield ("challenge", index, "every"), "it would keep count for ever: give it a period or an end"


def missing_languages(file: File) -> Iterator[tuple[Path, str]]:
    texts: list[tuple[Path, dict[str, str]]] = [(("programme", "name"), file.programme.name)]
    texts += [(("tier", index, "name"), tier.name) for index, tier in enumerate(file.tier)]
    texts += [((*path, "name"), table.name) for path, table in promises(file)]
    texts += [(("reward", i, "text"), reward.text) for i, reward in enumerate(file.reward) if reward.text]
    for path, text in texts:
        missing = [language for language in file.programme.languages if not text.get(language)]
        if missing:
            yield path, f"no text in {', '.join(missing)}"
