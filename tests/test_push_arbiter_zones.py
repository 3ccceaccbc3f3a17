"""P5: nobody's quiet hours are broken, in any zone, over any move of its clock from 2025 to 2030, whatever they are.

A tenth of the zones here; all of them with every move in tests/chaos/test_nights.py."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.quiet import is_quiet, quiet_until
from punchcard.push.arbiter import ORDER, decide, quiet
from punchcard.push.model import Case, Decision
from tests.nights import SINCE, UNTIL, ZONES, Decider, by_the_wall, every_move, wrong
from tests.test_push_arbiter import instant

MOVES = list(every_move())
minutes = st.integers(0, 1439)


@given(st.sampled_from(ZONES), st.integers(SINCE, UNTIL), minutes, minutes)
def test_nobody_is_woken_in_any_zone_at_any_time(zone: str, at: Instant, since: int, until: int) -> None:
    assert not wrong(decide, zone, since, until, [at])


@given(st.sampled_from(MOVES), st.integers(-26 * HOUR, 4 * HOUR), minutes, minutes)
def test_nobody_is_woken_where_the_clock_is_moved(move: tuple[str, Instant], by: int, since: int, until: int) -> None:
    zone, at = move

    assert not wrong(decide, zone, since, until, [at + by])


def test_a_tenth_of_all_moves_with_nights_of_their_own() -> None:
    dice = random.Random(20261122)
    found = [
        wrong(decide, zone, *night(dice), [at - dice.randrange(26 * HOUR), at - 1, at])
        for zone, at in dice.sample(MOVES, len(MOVES) // 10)
    ]

    assert len(found) > 200 and not any(found)


def night(dice: random.Random) -> tuple[int, int]:
    """Quiet hours that cross midnight as a rule, and end or begin about when clocks are moved."""
    return dice.choice(
        [(dice.randrange(1200, 1440), dice.randrange(0, 600)), (dice.randrange(1440), dice.randrange(240))]
    )


def by_utc(case: Case) -> Decision:
    """The mutant: quiet hours by the clock in Greenwich."""
    return decide(replace(case, wishes=replace(case.wishes, zone="UTC")))


def deaf(case: Case) -> Decision:
    """The mutant: no quiet hours."""
    return decide(case, [step for step in ORDER if step is not quiet])


@pytest.mark.parametrize("mutant", [by_utc, deaf])
def test_a_mutant_is_found(mutant: Decider) -> None:
    dice = random.Random(1)
    moved = dice.sample(MOVES, 40)

    assert any(wrong(mutant, zone, *night(dice), [at - HOUR, at]) for zone, at in moved)


@given(st.sampled_from(ZONES), st.integers(SINCE, UNTIL), minutes, minutes)
def test_the_clock_on_the_wall_says_the_same(zone: str, at: Instant, since: int, until: int) -> None:
    assert is_quiet(at, zone, since, until) == by_the_wall(at, zone, since, until)


@pytest.mark.parametrize(
    "zone, at, since, until, end",
    [
        ("Asia/Jerusalem", "2026-11-22T20:30", 22 * 60, 8 * 60, "2026-11-23T06:00"),
        ("Europe/Berlin", "2026-03-29T00:30", 22 * 60, 8 * 60, "2026-03-29T06:00"),  # the night of 23 hours
        ("Europe/Berlin", "2026-10-25T00:30", 22 * 60, 8 * 60, "2026-10-25T07:00"),  # the night of 25 hours
        ("Europe/Berlin", "2026-03-29T00:30", 0, 150, "2026-03-29T01:00"),  # 02:30 is left out: over at the jump
        ("Europe/Berlin", "2026-10-25T00:10", 120, 150, "2026-10-25T00:30"),  # 02:30 comes twice
        ("Europe/Berlin", "2026-10-25T01:10", 120, 150, "2026-10-25T01:30"),  # and is quiet twice
        ("Asia/Jerusalem", "2026-11-22T12:00", 600, 600, "2026-11-22T12:00"),  # both ends alike: none
        ("Asia/Kathmandu", "2026-11-22T17:00", 22 * 60, 7 * 60 + 15, "2026-11-23T01:30"),  # +05:45
        ("Pacific/Apia", "2011-12-30T09:30", 22 * 60, 8 * 60, "2011-12-30T18:00"),  # a day that never was
    ],
)
def test_quiet_hours_by_the_wall_clock(zone: str, at: str, since: int, until: int, end: str) -> None:
    assert quiet_until(instant(at), zone, since, until) == instant(end)


def test_there_are_moves_to_try() -> None:
    assert len({zone for zone, _ in MOVES}) > 150 and len(MOVES) > 2000
    assert all(SINCE - DAY < at < UNTIL + DAY for _, at in MOVES)
