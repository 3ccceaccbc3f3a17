"""Days or weeks in a row: what a streak is counted in, and how long the longest one is."""

from bisect import bisect_right
from datetime import date
from functools import lru_cache
from itertools import pairwise

from .facts import Instant
from .program import Program
from .promises import Challenge


def unit_of(challenge: Challenge, day: date, program: Program) -> int | None:
    """The number of the local day or week; none on a weekday that the streak does not count."""
    if challenge.unit == "week":
        return program.calendar.week(day)
    return None if day.weekday() in challenge.rests else day.toordinal()


def longest(challenge: Challenge, numbers: list[int], closed: frozenset[int]) -> int:
    """How many of these ascending numbers are in one row, in which not more are missing than are forgiven."""
    best, first, missing = 1 if numbers else 0, 0, 0
    gaps = [0, *(missed(challenge, before, number, closed) for before, number in pairwise(numbers))]
    for last, gap in enumerate(gaps[: len(numbers)]):
        missing += gap
        while missing > challenge.freezes:
            first += 1
            missing -= gaps[first]
        best = max(best, last - first + 1)
    return best


def missed(challenge: Challenge, before: int, number: int, closed: frozenset[int]) -> int:
    """The units between two that could have been used; as soon as they are too many they are no longer counted."""
    if challenge.unit == "week":
        return number - before - 1
    found = 0
    for day in range(before + 1, number):
        if (day - 1) % 7 not in challenge.rests and day not in closed:
            found += 1
            if found > challenge.freezes:
                break
    return found


def closed_days(program: Program, at: Instant) -> frozenset[int]:
    """The days on which nobody could come, by all that was said of them until then."""
    frames = program.eras[: bisect_right(program.turns, at) + 1]
    return numbers_of(tuple(era.frame.closed_days for era in frames))


@lru_cache(64)
def numbers_of(said: tuple[frozenset[str], ...]) -> frozenset[int]:
    return frozenset(date.fromisoformat(day).toordinal() for days in said for day in days)
