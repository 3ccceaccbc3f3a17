"""Turns of a campaign: never more than the pace, never late, never in quiet hours, and the same for every member each time."""

from collections import Counter
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant
from punchcard.foundation.quiet import is_quiet, quiet_until
from punchcard.push import pacing
from punchcard.push.pacing import QUARTER, Turns, capacity, instants, turns
from tests.test_campaign_agrees import JUMPS, ZONES
from tests.test_push_arbiter import instant

NOON = instant("2026-11-22T12:00")
minutes = st.integers(0, 1439)
paces = st.one_of(st.integers(1, 40), st.integers(41, 5_000))


def members(count: int) -> list[UUID]:
    return [UUID(int=number * 7919) for number in range(count)]


def loud(at: Instant) -> Instant:
    return at


def given_out(found: list[Turns], pace: int) -> list[Instant]:
    everybody, due = members(sum(each.count for each in found)), []
    for each in found:
        due += instants(each, pace, everybody[: each.count])
        everybody = everybody[each.count :]
    return due


@given(st.integers(0, 10_000_000), paces)
def test_four_quarters_in_a_row_have_exactly_the_pace(number: int, pace: int) -> None:
    assert sum(capacity((number + ahead) * QUARTER, pace) for ahead in range(4)) == pace


@given(
    wanted=st.lists(st.integers(1, 400), min_size=1, max_size=4),
    pace=paces,
    zone=st.sampled_from(ZONES),
    at=st.tuples(st.sampled_from(JUMPS), st.integers(-DAY, DAY)).map(sum),
    lasts=st.integers(1, 2 * DAY),
    quiet=st.tuples(minutes, minutes),
    later=st.integers(0, 2 * HOUR),
    even=st.booleans(),
)
def test_turns_keep_the_pace_the_end_and_the_quiet_hours(
    wanted: list[int], pace: int, zone: str, at: Instant, lasts: int, quiet: tuple[int, int], later: int, even: bool
) -> None:
    free = partial(quiet_until, zone=zone, since_minute=quiet[0], until_minute=quiet[1])
    taken: dict[Instant, int] = {}
    due: list[Instant] = []
    for place, each in enumerate(wanted):
        since = at + later * place
        found = turns(each, since, at + lasts, pace, free, taken, even)
        mine = given_out(found, pace)
        assert all(since <= when for when in mine)
        due += mine

    assert len(due) <= sum(wanted)
    assert all(when < at + lasts and not is_quiet(when, zone, *quiet) for when in due)
    for quarter, count in Counter(when - when % QUARTER for when in due).items():
        assert count <= capacity(quarter, pace)


@given(st.integers(1, 2_000), paces)
def test_whoever_gets_no_turn_would_have_been_too_late(wanted: int, pace: int) -> None:
    until, taken = NOON + 6 * HOUR, dict[Instant, int]()

    told = sum(each.count for each in turns(wanted, NOON, until, pace, loud, taken))

    assert told == min(wanted, 6 * pace)


def test_turns_are_steady_and_jittered_and_the_same_when_asked_again() -> None:
    pace, everybody = 240, members(60)
    (found,) = turns(60, NOON, NOON + HOUR, pace, loud, {})

    due = instants(found, pace, everybody)
    again = instants(found, pace, everybody)

    assert due == again
    assert [when // 15 for when in due] == [NOON // 15 + place for place in range(60)]
    assert len({when % 15 for when in due}) > 5


def test_pages_that_come_later_go_on_where_the_others_ended() -> None:
    taken: dict[Instant, int] = {}

    first = given_out(turns(100, NOON, NOON + DAY, 400, loud, taken), 400)
    second = given_out(turns(100, NOON, NOON + DAY, 400, loud, taken), 400)

    assert max(first) < min(second) and max(second) < NOON + HOUR


def test_turns_that_went_by_are_gone() -> None:
    taken: dict[Instant, int] = {}

    due = given_out(turns(10, NOON + 5 * MINUTE, NOON + DAY, 240, loud, taken), 240)

    assert min(due) >= NOON + 5 * MINUTE and max(due) < NOON + 5 * MINUTE + 10 * 15


def test_whoever_is_told_in_their_likely_hour_is_spread_over_it() -> None:
    due = given_out(turns(9, NOON, NOON + DAY, 3_600_000, loud, {}, even=True), 3_600_000)

    assert all(NOON + 100 * place <= when < NOON + 100 * (place + 1) for place, when in enumerate(due))


@pytest.mark.parametrize("pace", [1, 2, 3, 4, 5])
def test_the_smallest_pace_is_kept(pace: int) -> None:
    due = given_out(turns(10, NOON, NOON + 30 * HOUR, pace, loud, {}), pace)

    assert len(due) == 10
    assert all(sum(NOON + hour * HOUR <= when < NOON + (hour + 1) * HOUR for when in due) <= pace for hour in range(30))


def test_a_quarter_begins_quiet_hours_on_their_minute() -> None:
    free = partial(quiet_until, zone="UTC", since_minute=12 * 60 + 7, until_minute=13 * 60)

    assert pacing.loud_until(NOON, NOON + QUARTER, free) == NOON + 7 * MINUTE
