"""Days, months and seasons as people reckon them, across leap days and every change of clocks of fifty zones."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punchcard.programme import NEVER, Expiry, Period
from punchcard.programme.calendar import Calendar, months_on

ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Africa/Johannesburg",
    "Africa/Khartoum",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Africa/Sao_Tome",
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Asuncion",
    "America/Bogota",
    "America/Caracas",
    "America/Chicago",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Nuuk",
    "America/Port-au-Prince",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Scoresbysund",
    "America/St_Johns",
    "Antarctica/Casey",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Damascus",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kabul",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Chisinau",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Volgograd",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Fiji",
    "Pacific/Kiritimati",
    "Pacific/Norfolk",
    "Pacific/Tongatapu",
]
PERIODS: tuple[Period, ...] = get_args(Period)
FURTHER = {"Antarctica/Troll": {22, 26}, "Antarctica/Casey": {21, 27}}
"""Days of stations that change by two and three hours."""
FIRST, LAST, HOUR = date(2016, 1, 1), date(2030, 12, 31), 3600


@cache
def calendar(zone: str, week_starts: int = 0) -> Calendar:
    return Calendar(zone, week_starts)


def changes(zone: str) -> list[int]:
    """The first seconds under another offset, 2016 to 2030."""
    info, found = ZoneInfo(zone), []

    def offset(at: int) -> timedelta | None:
        return datetime.fromtimestamp(at, info).utcoffset()

    start, end = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2016, 2031))
    for before in range(start, end, 24 * HOUR):
        low, high = before, before + 24 * HOUR
        if (old := offset(low)) != offset(high):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == old else (low, middle)
            found.append(high)
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_around_every_change_of_clocks(zone: str):
    """The day is the local one to the second, and every period ends after the instant, where a local day begins."""
    ours, info = calendar(zone), ZoneInfo(zone)
    for change in changes(zone):
        assert change % 900 == 0 or zone == "Antarctica/Casey", "a quarter of an hour lies on one side of it"
        for at in (change + n for n in (-86400, -3601, -3600, -901, -900, -1, 0, 1, 899, 900, 3599, 3600, 7200, 86400)):
            today = datetime.fromtimestamp(at, info).date()
            assert ours.day(at) == today
            assert ours.midnight(today) <= at
            for period in PERIODS:
                until = ours.until(today, period)
                assert ours.begin(today, period) <= at < until
                assert until == NEVER or is_where_a_day_begins(until, info)


def is_where_a_day_begins(at: int, zone: ZoneInfo) -> bool:
    before, now = (datetime.fromtimestamp(each, zone) for each in (at - 1, at))
    return before.date() < now.date()


@pytest.mark.parametrize("zone", ZONES)
def test_days_follow_each_other_and_are_as_long_as_days(zone: str):
    ours, day, lengths = calendar(zone), FIRST, set()
    while day < LAST:
        begins, day = ours.midnight(day), day + timedelta(1)
        assert ours.day(begins) == day - timedelta(1)
        assert ours.day(ours.midnight(day) - 1) == day - timedelta(1)
        lengths.add((ours.midnight(day) - begins) / HOUR)

    assert lengths <= {23, 23.5, 24, 24.5, 25} | FURTHER.get(zone, set())


def test_the_zones_are_fifty_and_what_they_do_is_seen():
    assert len(set(ZONES)) >= 50
    assert sum(len(changes(zone)) for zone in ZONES) > 700
    assert calendar("America/Sao_Paulo").midnight(date(2018, 11, 4)) == moment("2018-11-04T01:00", "America/Sao_Paulo")


def moment(local: str, zone: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).timestamp())


@pytest.mark.parametrize(
    ("zone", "lost"), [("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21))]
)
def test_a_day_that_never_was_is_the_moment_between_its_neighbours(zone: str, lost: date):
    ours = calendar(zone)
    before, after = lost - timedelta(1), lost + timedelta(1)

    assert ours.midnight(lost) == ours.midnight(after) == ours.until(before, "day")
    assert (ours.day(ours.midnight(lost) - 1), ours.day(ours.midnight(lost))) == (before, after)
    assert ours.until(lost, "day") <= ours.until(lost, "week") and ours.lapse(before, Expiry(days=1)) > ours.midnight(
        before
    )
    assert ours.later(ours.midnight(before), 1, 0) == ours.midnight(after)


LIVES: list[tuple[str, str, Expiry, str]] = [
    ("to the end of the day", "2021-03-05", Expiry(), "2021-03-06"),
    ("thirty days, to the end of the last", "2021-03-05", Expiry(days=30), "2021-04-05"),
    ("a month", "2021-03-05", Expiry(months=1), "2021-04-06"),
    ("a month from the 31st of January", "2021-01-31", Expiry(months=1), "2021-03-01"),
    ("a month from the 31st of January, leap year", "2020-01-31", Expiry(months=1), "2020-03-01"),
    ("a month from the 30th of January, leap year", "2020-01-30", Expiry(months=1), "2020-03-01"),
    ("a month from the 31st of March", "2021-03-31", Expiry(months=1), "2021-05-01"),
    ("a year from a leap day", "2020-02-29", Expiry(months=12), "2021-03-01"),
    ("four years from a leap day", "2020-02-29", Expiry(months=48), "2024-03-01"),
    ("a month and a day from the 31st of January", "2021-01-31", Expiry(months=1, days=1), "2021-03-02"),
    ("no months, to the end of the month", "2021-01-31", Expiry(round="month"), "2021-02-01"),
    ("no months, to the end of February", "2020-02-29", Expiry(round="month"), "2020-03-01"),
    ("no months, to the end of the year", "2021-12-31", Expiry(round="year"), "2022-01-01"),
    ("a month, to the end of that month", "2021-01-31", Expiry(months=1, round="month"), "2021-03-01"),
    ("twelve months, to the end of the month", "2021-03-05", Expiry(months=12, round="month"), "2022-04-01"),
    ("twelve months, to the end of the year", "2021-03-05", Expiry(months=12, round="year"), "2023-01-01"),
    ("to the end of the quarter", "2021-03-31", Expiry(round="quarter"), "2021-04-01"),
    ("a day, to the end of the quarter", "2021-03-31", Expiry(days=1, round="quarter"), "2021-07-01"),
    ("to the end of the week", "2021-03-05", Expiry(round="week"), "2021-03-08"),
    ("a month, down to its beginning", "2021-01-31", Expiry(months=1, round="month", down=True), "2021-02-01"),
    (
        "two months, down to the beginning of the last",
        "2021-01-31",
        Expiry(months=2, round="month", down=True),
        "2021-03-01",
    ),
    ("a year, down to its beginning", "2021-03-05", Expiry(months=12, round="year", down=True), "2022-01-01"),
    ("ten days, down to the beginning of a week", "2021-03-05", Expiry(days=10, round="week", down=True), "2021-03-15"),
    (
        "four months, down to the beginning of a quarter",
        "2021-03-05",
        Expiry(months=4, round="quarter", down=True),
        "2021-07-01",
    ),
    ("ten days, down to the beginning of the last", "2021-03-05", Expiry(days=10, down=True), "2021-03-15"),
    ("down, but never before the day is over", "2021-03-05", Expiry(round="month", down=True), "2021-03-06"),
    ("for ever, with a round of ever", "2021-03-05", Expiry(days=3, round="ever"), ""),
]


@pytest.mark.parametrize(("day", "expiry", "gone"), [life[1:] for life in LIVES], ids=[life[0] for life in LIVES])
@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Pacific/Kiritimati"])
def test_how_long_points_live(zone: str, day: str, expiry: Expiry, gone: str):
    ours = calendar(zone)

    assert ours.lapse(date.fromisoformat(day), expiry) == (ours.midnight(date.fromisoformat(gone)) if gone else NEVER)


def test_points_without_an_expiry_never_expire():
    assert calendar("UTC").lapse(date(2021, 3, 5), None) == NEVER


@pytest.mark.parametrize(
    ("week_starts", "begins", "ends"),
    [(0, "2021-03-01", "2021-03-08"), (6, "2021-02-28", "2021-03-07"), (5, "2021-02-27", "2021-03-06")],
)
def test_a_week_begins_where_the_programme_says(week_starts: int, begins: str, ends: str):
    ours, friday = calendar("UTC", week_starts), date(2021, 3, 5)

    assert ours.begin(friday, "week") == ours.midnight(date.fromisoformat(begins))
    assert ours.until(friday, "week") == ours.midnight(date.fromisoformat(ends))


LATER = [
    ("Europe/Berlin", "2021-03-27T15:30", 1, 0, "2021-03-28T15:30"),
    ("Europe/Berlin", "2021-01-31T15:30", 0, 1, "2021-02-28T15:30"),
    ("Europe/Berlin", "2021-01-31T15:30", 1, 1, "2021-03-01T15:30"),
    ("Europe/Berlin", "2021-03-27T02:30", 1, 0, "2021-03-28T03:30"),
    ("Europe/Berlin", "2021-03-05T00:00", 30, 0, "2021-04-04T00:00"),
    ("America/Sao_Paulo", "2018-10-04T00:00", 0, 1, "2018-11-04T01:00"),
    ("America/Sao_Paulo", "2018-11-04T01:00", 1, 0, "2018-11-05T00:00"),
]


@pytest.mark.parametrize(("zone", "since", "days", "months", "then"), LATER)
def test_the_same_local_time_later(zone: str, since: str, days: int, months: int, then: str):
    assert calendar(zone).later(moment(since, zone), days, months) == moment(then, zone)


def test_what_lies_beyond_the_calendar_is_never():
    assert calendar("UTC").later(moment("2021-03-05T12:00", "UTC"), 10**15, 0) == NEVER
    assert calendar("UTC").later(moment("2021-03-05T12:00", "UTC"), 0, 12 * 9000) == NEVER


instants = st.integers(moment("2016-01-01T00:00", "UTC"), moment("2030-12-31T00:00", "UTC"))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(ZONES), instants, st.sampled_from(PERIODS), st.integers(0, 6))
def test_every_instant_lies_in_its_periods_and_they_meet(zone: str, at: int, period: Period, week_starts: int):
    ours = calendar(zone, week_starts)
    today = ours.day(at)

    until = ours.until(today, period)

    assert ours.begin(today, period) <= ours.midnight(today) <= at < until
    if until < NEVER:
        assert ours.begin(ours.day(until), period) == until
        assert ours.until(ours.day(until - 1), period) == until


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(ZONES), instants, st.integers(0, 400), st.integers(0, 30))
def test_later_is_later_and_on_the_day(zone: str, at: int, days: int, months: int):
    ours = calendar(zone)

    then = ours.later(at, days, months)

    assert then >= at and (then > at) == bool(days or months)
    assert ours.day(then) == months_on(ours.day(at), months) + timedelta(days)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-600, 600))
def test_months_on_keep_the_day_or_end_with_the_month(day: date, months: int):
    then = months_on(day, months)

    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(1)).day == 1)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 6))
def test_weeks_are_numbered_one_after_the_other(day: date, week_starts: int):
    ours = calendar("UTC", week_starts)

    assert ours.week(day + timedelta(7)) == ours.week(day) + 1
    assert ours.week(day + timedelta(1)) == ours.week(day) + ((day.weekday() + 1) % 7 == week_starts)
