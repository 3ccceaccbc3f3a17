"""Real baskets for the street: the last eight weeks of some households of The Complete Journey, moved so that they end today."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from punchcard.foundation.clock import Instant

from . import journey
from .journey import WEEK, Line

WEEKS = 8
VISITS_MIN = 5
DEPARTMENTS = {"PRODUCE": "produce", "PASTRY": "bakery", "FLORAL": "flowers"}


class Basket(Struct, frozen=True):
    household: int
    id: int
    at: Instant
    store: int
    lines: tuple[Line, ...]


def load(households: int, today: Instant, zone: str) -> list[Basket]:
    """The baskets of so many households, oldest first; the last falls within the day before `today`."""
    rows = journey.read(shelf=category)
    since = rows.last_wall - WEEKS * WEEK
    chosen = pick(rows.visits(since), households)
    found = [each for household in chosen for each in rows.baskets(household) if each.wall > since]
    by = shift(shown(max(each.wall for each in found)), today, zone)
    moved = [basket(each, by, zone) for each in found]
    return sorted((each for each in moved if each.lines), key=lambda each: (each.at, each.id))


def pick(visits: dict[int, int], households: int) -> set[int]:
    """Ordinary households that come back: those nearest to two visits a week."""
    regular = sorted((abs(count - 2 * WEEKS), household) for household, count in visits.items() if count >= VISITS_MIN)
    return {household for _, household in regular[:households]}


@cache
def category(department: str, name: str) -> str:
    """The grocer's shelf in our programme's words: coffee, produce, bakery; else its own name."""
    shelf = name.upper()
    if shelf == "COFFEE":
        return "coffee"
    if "BREAD" in shelf:
        return "bakery"
    return DEPARTMENTS.get(department) or "-".join(shelf.lower().replace("/", " ").split())[:40] or "other"


def shift(last: datetime, today: Instant, zone: str) -> timedelta:
    """Whole days that bring the last basket to today; it stays at its own hour where that has passed already."""
    local = datetime.fromtimestamp(today, ZoneInfo(zone)).replace(tzinfo=None)
    days = (local.date() - last.date()).days
    return timedelta(days=days if last + timedelta(days=days) <= local else days - 1)


def shown(wall: int) -> datetime:
    return datetime.fromtimestamp(wall, UTC).replace(tzinfo=None)


def basket(found: journey.Basket, by: timedelta, zone: str) -> Basket:
    """Where it falls, without what cost nothing."""
    moved = (shown(found.wall) + by).replace(tzinfo=ZoneInfo(zone))
    lines = tuple(line for line in found.lines if line.amount > 0)
    return Basket(found.household, found.id, int(moved.timestamp()), found.store, lines)
