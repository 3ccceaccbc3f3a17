"""When a shop is open, by the clock on its wall."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused
from punchcard.foundation.quiet import place, readings

DAYS_AHEAD = 60
"""A shop that is not open within so many days is shut for good, as far as anybody plans."""
NEVER: Instant = 253402300799
"""The last second of the year 9999."""

Minute = Annotated[int, Meta(ge=0, le=1439, description="A minute of the local day.")]
EndMinute = Annotated[
    int, Meta(ge=1, le=2160, description="A minute of the local day; above 1440 it is on the next day.")
]
Opening = tuple[Minute, EndMinute]
Openings = Annotated[tuple[Opening, ...], Meta(max_length=6)]
ClosedDate = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\s\S])")]


class Hours(Struct, frozen=True, forbid_unknown_fields=True):
    """For each day from Monday on its windows in minutes of the day, and the dates (YYYY-MM-DD) on which none begins."""

    week: tuple[Openings, Openings, Openings, Openings, Openings, Openings, Openings]
    closed: Annotated[tuple[ClosedDate, ...], Meta(max_length=400)] = ()


class HoursUpsideDown(Refused):
    """A window ends before it begins, or two windows of a day overlap."""

    status = 400
    words = "partners"


class NoSuchDate(Refused):
    """There is no such date."""

    status = 400
    words = "partners"


def check(hours: Hours) -> None:
    """Refuse windows that no door could keep, and dates that no calendar has."""
    for weekday, openings in enumerate(hours.week):
        ordered = sorted(openings)
        backwards = any(since >= until for since, until in ordered)
        if backwards or any(earlier[1] > later[0] for earlier, later in pairwise(ordered)):
            raise HoursUpsideDown(weekday=weekday)
    for said in hours.closed:
        try:
            date.fromisoformat(said)
        except ValueError:
            raise NoSuchDate(date=said) from None


def next_opening(hours: Hours | None, zone: str, at: Instant) -> Instant:
    """The first instant from `at` on at which it is open: `at` itself while it is; `NEVER` for one that stays shut."""
    if hours is None:
        return at
    today = datetime.fromtimestamp(at, place(zone)).date()
    for ahead in range(-1, DAYS_AHEAD):
        starts = [max(at, since) for since, until in windows(hours, zone, today + timedelta(days=ahead)) if until > at]
        if starts:
            return min(starts)
    return NEVER


def windows(hours: Hours, zone: str, day: date) -> list[tuple[Instant, Instant]]:
    """The instants from and until which it is open, of the windows that begin on this local day. Where the clock is moved,
    an hour that is left out is the moment of the jump, and one that comes twice counts whole."""
    if day.isoformat() in hours.closed:
        return []
    midnight = datetime.combine(day, time())
    return [
        (
            readings(midnight + timedelta(minutes=since), place(zone))[0],
            readings(midnight + timedelta(minutes=until), place(zone))[-1],
        )
        for since, until in hours.week[day.weekday()]
    ]
