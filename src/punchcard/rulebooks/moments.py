"""Dates as they are written, and the instants that they mean."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from punchcard.foundation.clock import Instant
from punchcard.programme import NEVER

YEARS = range(2000, 2200)


class BadMoment(ValueError):
    """No date, and no date with a time."""


def begins(declared: object, zone: str) -> Instant:
    return 0 if declared is None else instant(declared, zone, 0)


def ends(declared: object, zone: str) -> Instant:
    """The last day is included."""
    return NEVER if declared is None else instant(declared, zone, 1)


def instant(declared: object, zone: str, days_on: int) -> Instant:
    if isinstance(declared, date) and declared.year not in YEARS:
        raise BadMoment(f"the year {declared.year} is not one of {YEARS[0]} to {YEARS[-1]}")
    match declared:
        case datetime():
            local = declared if declared.tzinfo else declared.replace(tzinfo=ZoneInfo(zone))
            return int(local.timestamp())
        case date():
            day = declared + timedelta(days_on)
            return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())
    raise BadMoment("write a date, 2026-12-31, or a date with a time, 2026-12-31T17:00:00")


def whole_day(declared: object) -> str:
    """A local date as 2026-12-25."""
    if isinstance(declared, datetime) or not isinstance(declared, date):
        raise BadMoment("write dates, 2026-12-25")
    instant(declared, "UTC", 0)
    return declared.isoformat()
