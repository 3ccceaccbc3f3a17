"""How a phone refuses a pass, and what the rules ask of single values."""

import re
from datetime import datetime
from typing import Any

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)")
COLOUR = re.compile(r"rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)")
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


class NotAPass(Exception):
    """The phone refuses the pass; the message says why."""


def demand(holds: object, why: str) -> None:
    if not holds:
        raise NotAPass(why)


def is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def is_number(value: Any, least: float = float("-inf"), most: float = float("inf")) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_date(text: Any) -> bool:
    """With its zone, written Z or ±HH:MM and no other way."""
    try:
        return bool(isinstance(text, str) and DATE.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def is_colour(text: Any) -> bool:
    found = COLOUR.fullmatch(text) if isinstance(text, str) else None
    return bool(found and all(int(part) < 256 for part in found.groups()))


def is_url(text: Any) -> bool:
    return isinstance(text, str) and bool(URL.fullmatch(text))


def entries(body: dict[str, Any], key: str, most: int | None = None) -> list[dict[str, Any]]:
    """A list of objects under this key; none where the key is not there. Raises NotAPass."""
    if key not in body:
        return []
    found = body[key]
    demand(isinstance(found, list) and found, f"{key} is no list, or an empty one")
    demand(all(isinstance(each, dict) for each in found), f"{key} holds what is no object")
    demand(most is None or len(found) <= most, f"{key}: more than {most}")
    return list(found)


def only(entry: dict[str, Any], known: frozenset[str], where: str) -> None:
    """Raises NotAPass for a key that nobody knows there, or that says nothing."""
    demand(not (unknown := set(entry) - known), f"{where}: unknown {sorted(unknown)}")
    demand(all(value not in (None, "") for value in entry.values()), f"{where} has an empty property")
