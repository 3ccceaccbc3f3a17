"""How a streak stands that is under way: which days or weeks are in its row, which were forgiven, and what is due when."""

from datetime import date, timedelta
from itertools import repeat
from typing import Literal

from msgspec import Struct

from .coins import NEVER
from .facts import Instant
from .program import Program
from .promises import Challenge
from .standing import Progress
from .streaks import closed_days, missed

State = Literal["done", "frozen", "closed", "now", "to-come"]
STAMPS_MOST = 60
"""Nobody draws a longer row."""
LOOKED_AHEAD_DAYS = 400


class Row(Struct, frozen=True):
    """The row that a visit now would go on with."""

    states: tuple[State, ...]
    """One for each day or week: done, missed and forgiven by a freeze, nobody could come, today's, and what is left; none
    where the row is longer than anybody draws."""
    going: int
    """How many in it are done."""
    spare: int
    """How many more may be missed."""
    visited: bool
    """This day or week is done."""
    opens: Instant
    """From when on the next one counts; 0 where it counts now."""
    due: Instant
    """By when it must come, if no freeze is to be used."""
    possible: bool
    """There is time enough left for the rest of it."""


class Walk:
    """The days or weeks of a streak, as numbers that grow by one."""

    def __init__(self, challenge: Challenge, program: Program, at: Instant):
        self.challenge, self.program, self.at = challenge, program, at
        self.weekly = challenge.unit == "week"
        self.closed = frozenset[int]() if self.weekly else closed_days(program, at)
        self.here = self.number(program.day(at))

    def number(self, day: date) -> int:
        return self.program.calendar.week(day) if self.weekly else day.toordinal()

    def rests(self, number: int) -> bool:
        return not self.weekly and (number - 1) % 7 in self.challenge.rests

    def counts(self, number: int) -> bool:
        return not self.rests(number) and number not in self.closed

    def begins(self, number: int) -> Instant:
        """The first moment of a day or week that comes."""
        day = self.program.day(self.at)
        if not self.weekly:
            return self.program.calendar.midnight(date.fromordinal(number))
        return self.program.calendar.begin(day + timedelta(7 * (number - self.here)), "week")

    def following(self, number: int) -> int:
        """The next one that counts; where none does for a year, the next."""
        ahead = range(number + 1, number + LOOKED_AHEAD_DAYS)
        return next((each for each in ahead if self.counts(each)), number + 1)


def row_of(challenge: Challenge, now: Progress, until: Instant, program: Program, at: Instant) -> Row:
    """The row at this instant, in a window that ends at `until`."""
    walk = Walk(challenge, program, at)
    row, missing = going_on(walk, sorted(map(int, now.marks)))
    target, visited = now.target or challenge.target, walk.here in row
    open_now = walk.counts(walk.here) and not visited
    following = walk.here if open_now else walk.following(walk.here)
    return Row(
        states(walk, row, target, open_now) if target <= STAMPS_MOST else (),
        len(row),
        max(0, challenge.freezes - missing),
        visited,
        0 if open_now else walk.begins(following),
        min(until, walk.begins(following + 1)),
        len(row) + room(walk, following, until) >= target,
    )


def going_on(walk: Walk, numbers: list[int]) -> tuple[list[int], int]:
    """What of these a visit now would go on with, and how many are missing among them: the newest back to where more is
    missing than is forgiven."""
    challenge = walk.challenge
    if not numbers:
        return [], 0
    later, missing = numbers[-1], max(0, missed(challenge, numbers[-1], walk.here, walk.closed))
    if missing > challenge.freezes:
        return [], 0
    row = [later]
    for number in reversed(numbers[:-1]):
        gap = missed(challenge, number, later, walk.closed)
        if missing + gap > challenge.freezes:
            break
        missing, later = missing + gap, number
        row.append(number)
    return row[::-1], missing


def states(walk: Walk, row: list[int], target: int, open_now: bool) -> tuple[State, ...]:
    done, found = set(row), list[State]()
    for number in range(row[0], max(row[-1] + 1, walk.here)) if row else ():
        if number in done:
            found.append("done")
        elif not walk.rests(number):
            found.append("closed" if number in walk.closed else "frozen")
    left = target - len(row)
    if open_now and left > 0:
        found.append("now")
    found += repeat("to-come", max(0, left - open_now))
    return tuple(found)


def room(walk: Walk, following: int, until: Instant) -> int:
    """How many that count are left in the window."""
    if until >= NEVER:
        return walk.challenge.target
    last = walk.number(walk.program.day(until - 1))
    if walk.weekly or last - following > LOOKED_AHEAD_DAYS:
        return max(0, last - following + 1)
    return sum(walk.counts(number) for number in range(following, last + 1))
