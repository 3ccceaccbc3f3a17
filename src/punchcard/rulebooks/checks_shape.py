"""Whether tables have the shape that they should have: known keys, the right types, numbers within bounds."""

import re
from collections.abc import Iterator
from copy import deepcopy
from difflib import get_close_matches
from typing import Any
from zoneinfo import available_timezones

import msgspec

from .file import TABLES
from .lines import Lines, Path
from .model import Finding
from .table import Table

FAULTS_MAX = 20


def faults_of_shape(document: dict[str, Any], lines: Lines) -> Iterator[Finding]:
    for name, value in document.items():
        shape, several = TABLES.get(name, (None, False))
        if shape is None:
            yield Finding(lines.of((name,)), f"`{name}` is not known here; known are {', '.join(TABLES)}")
        elif several and not (isinstance(value, list) and all(isinstance(each, dict) for each in value)):
            yield Finding(lines.of((name,)), f"write [[{name}]]: there may be several")
        elif several:
            for index, table in enumerate(value):
                yield from faults_of_table(table, shape, (name, index), lines)
        elif not isinstance(value, dict):
            yield Finding(lines.of((name,)), f"write [{name}]: there is only one")
        else:
            yield from faults_of_table(value, shape, (name,), lines)
    if not document.get("programme"):
        yield Finding(1, "there is no [programme]")
    if not (document.get("tier") or document.get("ladder")):
        yield Finding(1, "there is no [[tier]]")


def faults_of_zone(document: dict[str, Any], lines: Lines) -> Iterator[Finding]:
    programme = document.get("programme")
    zone = programme.get("zone") if isinstance(programme, dict) else None
    if isinstance(zone, str) and zone not in available_timezones():
        guess = get_close_matches(zone, sorted(available_timezones()), 1)
        hint = f"did you mean {guess[0]}?" if guess else "write one like Europe/Berlin"
        yield Finding(lines.of(("programme", "zone")), f"there is no time zone `{zone}`; {hint}")


def faults_of_table(table: Any, shape: type[Table], path: Path, lines: Lines) -> Iterator[Finding]:
    """Every key that is not known, then the first other fault."""
    rest = deepcopy(table)
    for _ in range(FAULTS_MAX):
        try:
            msgspec.convert(rest, shape)
            return
        except msgspec.ValidationError as error:
            message, inner = parse(str(error))
            unknown = re.fullmatch(r"Object contains unknown field `(.*)`", message, re.DOTALL)
            key = unknown[1] if unknown else ""
            at = (*path, *inner, key) if unknown else (*path, *inner)
            holder = descend(rest, inner)
            yield Finding(lines.of(at), plain(message, inner) + guess(key, holder, shape if not inner else None))
            if not unknown or not isinstance(holder, dict) or key not in holder:
                return
            del holder[key]


def guess(key: str, table: Any, shape: type[Table] | None) -> str:
    """What was meant by an unknown key: one that the table has not got yet."""
    if not key or shape is None:
        return ""
    meant = get_close_matches(key, [name for name in shape.__struct_fields__ if name not in table], 1)
    return f"; did you mean `{meant[0]}`?" if meant else ""


def parse(message: str) -> tuple[str, Path]:
    """msgspec's message and the path at its end: 'Expected `int`, got `str` - at `$.award.points`'."""
    said, _, at = message.rpartition(" - at `$")
    if not said:
        return message, ()
    steps = re.findall(r"\.(\w+)|\[(\d+)\]", at.partition("[...]")[0])
    return said, tuple(name or int(index) for name, index in steps)


def descend(table: Any, path: Path) -> Any:
    """What stands there; none where the path leads into something that is no table."""
    for step in path:
        if not isinstance(table, list | dict):
            return None
        table = table[step]  # type: ignore[index]  # msgspec names indexes for lists and keys for tables
    return table


def plain(message: str, path: Path) -> str:
    where, message = ".".join(str(step) for step in path), message.replace(" | null`", "`")
    if field := re.fullmatch(r"Object missing required field `(.*)`", message, re.DOTALL):
        return f"`{where + '.' if where else ''}{field[1]}` is missing"
    if field := re.fullmatch(r"Object contains unknown field `(.*)`", message, re.DOTALL):
        return f"`{where + '.' if where else ''}{field[1]}` is not known here"
    if "matching regex" in message:
        return f"`{where}` is not written as it should be"
    return f"`{where}`: {message[0].lower()}{message[1:]}" if where else message
