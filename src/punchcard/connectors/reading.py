"""Somebody else's JSON, read exactly: amounts are decimals, never floats; a name stands once; pointers find what is there."""

import json
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from punchcard.foundation.errors import Malformed

WHOLE_DIGITS_MAX, FRACTION_DIGITS_MAX, DEPTH_MAX = 15, 9, 32


class NotThis(ValueError):
    """Why a value is not what was asked for, as a sentence without its subject."""


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


def text(value: Any) -> str:
    """A text, a number or yes and no in words. Nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value) if isinstance(value, int) else format(number(value), "f")
    raise NotThis("is no text")


def number(value: Any) -> Decimal:
    """A number as exactly as it was written, be it in quotes."""
    if isinstance(value, str):
        if "," in value:
            raise NotThis("has a comma; a number has a point, and nothing between its thousands")
        if not plain(value):
            raise NotThis("is no number")
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise NotThis("is missing" if value is None else "is no number")
    found = Decimal(value)
    if not found:
        return Decimal(0)
    if not found.is_finite() or not -FRACTION_DIGITS_MAX <= found.adjusted() < WHOLE_DIGITS_MAX:
        raise NotThis("is out of all bounds")
    if len(found.as_tuple().digits) > WHOLE_DIGITS_MAX + FRACTION_DIGITS_MAX:
        raise NotThis("has too many digits")
    return found


def plain(written: str) -> bool:
    """Whether it is a decimal without an exponent, for example -12.50."""
    whole, point, rest = written.removeprefix("-").partition(".")
    return all(part.isascii() and part.isdigit() for part in ((whole, rest) if point else (whole,))) and (
        len(written) <= WHOLE_DIGITS_MAX + FRACTION_DIGITS_MAX
    )


def minor_units(value: Any, decimals: int) -> int:
    """The amount in minor units, exactly: 24.8 with two decimals is 2480."""
    scaled = number(value).scaleb(decimals)
    if scaled != scaled.to_integral_value():
        raise NotThis(f"has more than {decimals} digits behind the point" if decimals else "is no whole number")
    return int(scaled)
