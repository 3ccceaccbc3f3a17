"""Somebody else's JSON, read exactly: amounts are decimals, never floats; a name stands once; pointers find what is there."""

import json
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from punchcard.foundation.errors import Malformed
from punchcard.foundation.exact import NotThis

DEPTH_MAX = 32


def document(body: bytes) -> Any:
    """The JSON with its numbers as they were written. Refuses what is no JSON, too deep, or names a thing twice."""
    try:
        found = json.loads(
            body, parse_float=Decimal, parse_constant=no_number, object_pairs_hook=once, parse_int=whole_number
        )
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise Malformed(pointer="", why=str(error) if isinstance(error, NotThis) else "this is no JSON") from None
    if depth(found) > DEPTH_MAX:
        raise Malformed(pointer="", why="nested too deep")
    return found


def no_number(word: str) -> Any:
    raise NotThis(f"{word} is no number")


def whole_number(digits: str) -> int:
    if len(digits) > 40:
        raise NotThis("a number is too long")
    return int(digits)


def once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise NotThis(f"“{name[:40]}” stands twice in one object")
        found[name] = value
    return found


def depth(value: Any) -> int:
    level, layer = 0, [value]
    while layer and level <= DEPTH_MAX:
        level += 1
        layer = [
            inner
            for each in layer
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return level


def at(value: Any, pointer: str) -> Any:
    """What the pointer finds (RFC 6901); None where nothing stands."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and is_index(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 7 and (name == "0" or name[0] != "0")
