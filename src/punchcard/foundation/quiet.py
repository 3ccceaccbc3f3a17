"""Quiet hours by the wall clock of the member's zone: overnight windows wrap, and the clock may jump."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from punchcard.foundation.clock import Instant

DAYS_AHEAD = 3
"""A zone that moves across the date line leaves out a whole day; one end lies beyond it."""


def is_quiet(at: Instant, zone: str, since_minute: int, until_minute: int) -> bool:
    """Whether the wall clock stands in the window. Both ends alike: there is none."""
    local = datetime.fromtimestamp(at, place(zone))
    return within(local.hour * 60 + local.minute, since_minute, until_minute)


def within(minute: int, since_minute: int, until_minute: int) -> bool:
    if since_minute <= until_minute:
        return since_minute <= minute < until_minute
    return minute >= since_minute or minute < until_minute


def quiet_until(at: Instant, zone: str, since_minute: int, until_minute: int) -> Instant:
    """When the quiet hours in which `at` stands are over; `at` itself when it stands in none.

    An end that the clock leaves out in spring is the moment of the jump; one that it shows twice in autumn is the
    first after `at`."""
    if not is_quiet(at, zone, since_minute, until_minute):
        return at
    today = datetime.fromtimestamp(at, place(zone)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for day in range(DAYS_AHEAD + 1):
        for end in readings(today + timedelta(days=day, minutes=until_minute), place(zone)):
            if end > at and not is_quiet(end, zone, since_minute, until_minute):
                return end
    raise AssertionError(f"no end of {since_minute} to {until_minute} in {zone}")


def readings(wall: datetime, zone: ZoneInfo) -> tuple[Instant, ...]:
    """The instants at which the clock of the zone shows this time, or jumps over it; the first first."""
    before, after = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (1, 0))
    if before < after:
        return (jump(before, after, zone),)
    return (after, before) if after < before else (after,)


def jump(before: Instant, after: Instant, zone: ZoneInfo) -> Instant:
    """The first instant after the clock was moved, between two that have different offsets."""
    offset = datetime.fromtimestamp(before, UTC).astimezone(zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, UTC).astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=1024)
def place(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)
