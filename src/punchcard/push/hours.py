"""When the clock of a member's zone next shows each hour, outside their quiet hours; and where their day begins and ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.quiet import place, quiet_until, readings

HOURS = 24


def slots(at: Instant, until: Instant, zone: str, quiet_from: int, quiet_end: int) -> list[Instant | None]:
    """For each hour of the local day the next instant from `at` on that lies in it, before `until` and outside the quiet
    hours; None where there is none within a day or so. In the hour that has begun it is `at` itself."""
    found: list[Instant | None] = [None] * HOURS
    for begin in beginnings(at, zone):
        free = quiet_until(max(at, begin), zone, quiet_from, quiet_end)
        hour = datetime.fromtimestamp(free, place(zone)).hour
        if found[hour] is None and free < until and free < at + DAY:
            found[hour] = free
    return found


def beginnings(at: Instant, zone: str) -> list[Instant]:
    """When the clock shows a full hour, from the one that has begun on, for a day and its neighbours."""
    today = midnight(at, zone)
    walls = [today + timedelta(hours=hour) for hour in range(-1, 2 * HOURS + 2)]
    instants = sorted({each for wall in walls for each in readings(wall, place(zone))})
    before = [each for each in instants if each <= at][-1:]
    return before + [each for each in instants if each > at]


def day_of(at: Instant, zone: str) -> tuple[Instant, Instant]:
    """When the local day in which `at` lies begins, and when the next one does."""
    today = midnight(at, zone)
    return readings(today, place(zone))[0], readings(today + timedelta(days=1), place(zone))[0]


def midnight(at: Instant, zone: str) -> datetime:
    local = datetime.fromtimestamp(at, place(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, fold=0)


def likeliest(visits: Sequence[int], found: Sequence[Instant | None]) -> Instant | None:
    """The instant in the hour with most visits of those that can be had, the soonest of several; None without any visit."""
    able = [(-times, slot) for times, slot in zip(visits, found, strict=True) if times and slot is not None]
    return min(able)[1] if able else None
