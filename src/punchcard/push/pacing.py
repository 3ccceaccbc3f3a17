"""Turns of a campaign: so many an hour, one after the other, never in anybody's quiet hours and never past the end.

Time goes by quarters of an hour: every zone's hours begin and end with one. Each has its share of the pace, and within it
each turn its own instant; what a quarter has no turn for goes to the next. Pure: `taken` says what was given out before."""

from collections.abc import Callable, MutableMapping
from itertools import pairwise
from uuid import UUID
from zlib import crc32

from msgspec import Struct

from punchcard.foundation.clock import HOUR, MINUTE, Instant

QUARTER = HOUR // 4

Free = Callable[[Instant], Instant]
"""When the quiet hours in which an instant stands are over; itself outside of them."""


class Turns(Struct, frozen=True):
    """So many turns of one quarter, between two instants of it: from the one of this number on as fast as the pace allows,
    or spread evenly."""

    quarter: Instant
    first: int
    count: int
    since: Instant
    until: Instant
    even: bool


def capacity(quarter: Instant, pace_an_hour: int) -> int:
    """How many turns this quarter has; four in a row have exactly the pace."""
    place = quarter // QUARTER % 4
    return (place + 1) * pace_an_hour // 4 - place * pace_an_hour // 4


def turns(
    wanted: int,
    since: Instant,
    until: Instant,
    pace_an_hour: int,
    free: Free,
    taken: MutableMapping[Instant, int],
    even: bool = False,
) -> list[Turns]:
    """The next turns for so many, from `since` on and before `until`; fewer where time runs out. `taken` is brought up to
    date: of turns that are not `even` it says which is next, so those that went by unused are gone."""
    found: list[Turns] = []
    cursor = free(since)
    while wanted > 0 and cursor < until:
        quarter = cursor - cursor % QUARTER
        stop = loud_until(cursor, min(quarter + QUARTER, until), free)
        has = capacity(quarter, pace_an_hour)
        gone = 0 if even else -(-has * (cursor - quarter) // QUARTER)
        first = max(taken.get(quarter, 0), gone)
        count = min(wanted, has * (stop - (cursor if even else quarter)) // QUARTER - first)
        if count > 0:
            found.append(Turns(quarter, first, count, cursor, stop, even))
            taken[quarter] = first + count
            wanted -= count
        cursor = free(stop)
    return found


def loud_until(since: Instant, until: Instant, free: Free) -> Instant:
    """The end, or the first full minute before it at which quiet hours begin."""
    minutes = range(since - since % MINUTE + MINUTE, until, MINUTE)
    return next((minute for minute in minutes if free(minute) > minute), until)


def instants(given: Turns, pace_an_hour: int, members: list[UUID]) -> list[Instant]:
    """When the turn of each of these members is: steady, and within its own stretch by the member's id."""
    if given.even:
        edges = [given.since + (given.until - given.since) * place // given.count for place in range(given.count + 1)]
    else:
        has = capacity(given.quarter, pace_an_hour)
        edges = [given.quarter + QUARTER * place // has for place in range(given.first, given.first + given.count + 1)]
    return [
        max(low, given.since) if high - low < 2 else max(given.since, low + crc32(member.bytes) % (high - low))
        for (low, high), member in zip(pairwise(edges), members, strict=True)
    ]
