"""A streak that is under way, drawn: one letter for each day or week of its row."""

from datetime import UTC, date, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punchcard.programme import NEVER, Challenge, Frame, Program, Progress, Row, Rulebook, row_of, steps_done

MONDAY = date(2026, 11, 2)
LETTERS = {"done": "D", "frozen": "F", "closed": "C", "now": "N", "to-come": "."}


def streak(
    unit: Literal["day", "week"] = "week", target: int = 4, freezes: int = 0, rests: frozenset[int] = frozenset()
) -> Challenge:
    return Challenge(
        "s", kind="streak", target=target, reward=1, every="ever", unit=unit, freezes=freezes, rests=rests
    )  # fmt: skip


def row(challenge: Challenge, visits: list[int], today: int, until: int = NEVER, closed: tuple[int, ...] = ()) -> Row:
    """Visits and today in days from a Monday on, at noon."""
    shut = frozenset(date.fromordinal(MONDAY.toordinal() + day).isoformat() for day in closed)
    program = Program(Rulebook(challenges=(challenge,), frames=(Frame(closed_days=shut),)))
    days = [date.fromordinal(MONDAY.toordinal() + day) for day in visits]
    number = program.calendar.week if challenge.unit == "week" else date.toordinal
    marks = {str(number(day)): 1 for day in days}
    return row_of(challenge, Progress(until, marks), until, program, noon(today))


def noon(day: int) -> int:
    today = date.fromordinal(MONDAY.toordinal() + day)
    return int(datetime(today.year, today.month, today.day, 12, tzinfo=UTC).timestamp())


def drawn(found: Row) -> str:
    return "".join(LETTERS[state] for state in found.states)


@pytest.mark.parametrize(
    "freezes, visits, today, shown, going, spare",
    [
        (0, [], 0, "N...", 0, 0),
        (0, [0], 0, "D...", 1, 0),
        (0, [0], 7, "DN..", 1, 0),
        (0, [0, 7], 9, "DD..", 2, 0),
        (0, [0], 14, "N...", 0, 0),  # a week was missed: it begins anew
        (1, [0], 14, "DFN..", 1, 0),  # or a freeze forgives it
        (1, [0, 14], 16, "DFD..", 2, 0),
        (1, [0, 14], 28, "DFN..", 1, 0),  # only what the freeze still holds together goes on
        (1, [0, 14, 21], 35, "DDFN.", 2, 0),  # the first one leaves the row: no two may be missed in it
        (2, [0, 14], 28, "DFDFN.", 2, 0),
        (2, [0, 7], 14, "DDN.", 2, 2),
    ],
)
def test_a_row_of_weeks(freezes, visits, today, shown, going, spare):
    found = row(streak(freezes=freezes), visits, today)

    assert (drawn(found), found.going, found.spare) == (shown, going, spare)


@pytest.mark.parametrize(
    "rests, closed, visits, today, shown, opens, due",
    [
        (frozenset(), (), [0], 0, "D...", 1, 2),
        (frozenset(), (), [0], 1, "DN..", None, 2),
        (frozenset({6}), (), [4, 5], 6, "DD..", 7, 8),  # a Sunday rests: nothing is drawn, Monday is next
        (frozenset({6}), (), [4, 5], 7, "DDN.", None, 8),
        (frozenset(), (2,), [0, 1], 2, "DD..", 3, 4),  # closed today
        (frozenset(), (2,), [0, 1], 3, "DDCN.", None, 4),
        (frozenset(), (2,), [0, 1, 3], 3, "DDCD.", 4, 5),
    ],
)
def test_a_row_of_days(rests, closed, visits, today, shown, opens, due):
    found = row(streak("day", rests=rests), visits, today, closed=closed)

    assert drawn(found) == shown
    assert (found.opens, found.due) == (0 if opens is None else noon(opens) - 43200, noon(due) - 43200)


@pytest.mark.parametrize("weeks, possible", [(3, False), (4, True), (5, True)])
def test_it_says_when_time_is_too_short(weeks, possible):
    assert row(streak(), [], 0, noon(0) - 43200 + weeks * 7 * 86400).possible is possible


def test_nobody_draws_a_row_of_a_hundred():
    assert row(streak(target=100), [], 0).states == ()


@given(
    st.lists(st.integers(0, 30), unique=True, max_size=20).map(sorted),
    st.integers(0, 3),
    st.sampled_from([frozenset[int](), frozenset({6}), frozenset({4, 5})]),
    st.sets(st.integers(0, 40), max_size=6),
)
def test_a_visit_today_goes_on_with_exactly_the_row_that_is_drawn(visits, freezes, rests, closed):
    """The journal counts the longest row: one that ends today is what is drawn, and today."""
    today = 31
    challenge = streak("day", target=50, freezes=freezes, rests=rests)
    came = [day for day in visits if day % 7 not in rests]
    found = row(challenge, came, today, closed=tuple(closed))
    shut = frozenset(date.fromordinal(MONDAY.toordinal() + day).isoformat() for day in closed)
    program = Program(Rulebook(challenges=(challenge,), frames=(Frame(closed_days=shut),)))

    newest = came[len(came) - found.going :]
    marks = {str(MONDAY.toordinal() + day): 1 for day in (*newest, today)}
    longer = {str(MONDAY.toordinal() + day): 1 for day in (*came[len(came) - found.going - 1 :], today)}

    assert steps_done(challenge, marks, program, noon(today)) == found.going + 1
    if found.going < len(came):
        assert steps_done(challenge, longer, program, noon(today)) < found.going + 2
