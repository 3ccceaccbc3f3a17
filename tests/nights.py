"""Quiet hours as a person reads them off a clock on the wall, minute by minute, and the nights in which clocks are moved."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant
from punchcard.push.model import Case, Decision, Hold, Send, Window, Wishes

ZONES = sorted(available_timezones() - {"localtime"})
SINCE, UNTIL = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2025, 2031))
Decider = Callable[[Case], Decision]
ASKED_MAX = 8
"""So often a message is asked about again before it counts as lost."""


def by_the_wall(at: Instant, zone: str, since: int, until: int) -> bool:
    """Whether it is quiet, by another reckoning than the house's: the hands of the clock, and minutes counted round it."""
    hands = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))
    minute = hands.hour * 60 + hands.minute
    return (minute - since) % 1440 < (until - since) % 1440


@cache
def moves(zone: str) -> tuple[Instant, ...]:
    """The first instants after its clock was moved, from 2025 to 2030."""
    place, found = ZoneInfo(zone), []
    for day in range(SINCE, UNTIL, DAY):
        if offset(day, place) != offset(day + DAY, place):
            early, late = day, day + DAY
            while late - early > 1:
                middle = (early + late) // 2
                early, late = (middle, late) if offset(middle, place) == offset(early, place) else (early, middle)
            found.append(late)
    return tuple(found)


def offset(at: Instant, place: ZoneInfo) -> object:
    return datetime.fromtimestamp(at, place).utcoffset()


def every_move() -> Iterator[tuple[str, Instant]]:
    """Every zone with every instant at which its clock is moved."""
    return ((zone, at) for zone in ZONES for at in moves(zone))


def told_at(decide: Decider, wishes: Wishes, window: Window, at: Instant) -> Instant | None:
    """When a message goes out that is asked about at this instant, and again whenever a hold is over."""
    for _ in range(ASKED_MAX):
        match decide(Case(kind="offer", at=at, wishes=wishes, window=window, phones=1)):
            case Hold(until):
                assert until > at, "a hold ends later"
                at = until
            case Send():
                return at
            case _:
                return None
    raise AssertionError("held for ever")


def wrong(decide: Decider, zone: str, since: int, until: int, asked: Sequence[Instant]) -> str:
    """What a member in this zone with these quiet hours has to complain of, if anything; asked at these instants."""
    wishes = Wishes(offers=True, zone=zone, quiet_from=since, quiet_until=until)
    for at in asked:
        told = told_at(decide, wishes, Window(at, at + 4 * DAY), at)
        if told is None:
            return f"{zone} {since}-{until}: what lasts four days was not told, asked at {at}"
        if by_the_wall(told, zone, since, until):
            return f"{zone} {since}-{until}: told at {told}, which is quiet; asked at {at}"
        still = offset(at, ZoneInfo(zone)) == offset(
            told, ZoneInfo(zone)
        )  # else a clock set back may leave some minutes
        if still and not all(by_the_wall(each, zone, since, until) for each in range(at, told, 7 * MINUTE)):
            return f"{zone} {since}-{until}: held until {told}, past the end of the quiet hours; asked at {at}"
        if told - at > 2 * DAY + 2 * HOUR:  # a clock set forward may leave out all that is not quiet
            return f"{zone} {since}-{until}: held for {told - at} s"
    return ""
