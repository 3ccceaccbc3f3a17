"""The checker of histories knows what one order of events explains and what none does, and detangle's says the same."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chaos.linear import Call, agreed

REFUSED = "refused"


def spend(points: int, called: int, returned: int | None, said: object = None, caller: int = 0) -> Call:
    return Call(caller, "spend", points, called, returned, said)  # type: ignore[arg-type]  # tables say it as it is


def earn(points: int, called: int, returned: int | None, said: object = None) -> Call:
    return Call(1, "earn", points, called, returned, said)  # type: ignore[arg-type]  # as above


def read(called: int, returned: int, said: int) -> Call:
    return Call(2, "read", 0, called, returned, said)


@pytest.mark.parametrize(
    "why, calls, explained",
    [
        ("nothing was asked", [], True),
        ("one after the other", [spend(5, 1, 2, 5), spend(5, 3, 4, 0), spend(5, 5, 6, REFUSED)], True),
        ("two at once, one is refused", [spend(8, 1, 3, 2), spend(8, 2, 4, REFUSED)], True),
        ("two at once, either order", [spend(8, 1, 3, REFUSED), spend(8, 2, 4, 2)], True),
        ("read, then written: both succeed", [spend(8, 1, 3, 2), spend(8, 2, 4, 2)], False),
        ("both succeed and the balance goes below zero", [spend(8, 1, 3, 2), spend(8, 2, 4, -6)], False),
        ("refused although nobody else spends", [spend(8, 1, 2, REFUSED)], False),
        ("an update is lost", [earn(5, 1, 3, 15), earn(5, 2, 4, 15)], False),
        ("earned at once", [earn(5, 1, 3, 20), earn(5, 2, 4, 15)], True),
        ("read while it is being spent: before", [spend(4, 1, 4, 6), read(2, 3, 10)], True),
        ("read while it is being spent: after", [spend(4, 1, 4, 6), read(2, 3, 6)], True),
        ("read what was before, after the answer", [spend(4, 1, 2, 6), read(3, 4, 10)], False),
        ("read the new, then the old", [spend(4, 1, 6, 6), read(2, 3, 6), read(4, 5, 10)], False),
        ("no answer, and it happened", [spend(4, 1, None), read(2, 3, 6)], True),
        ("no answer, and it never happened", [spend(4, 1, None), read(2, 3, 10), read(4, 5, 10)], True),
        ("no answer, and it happened late", [spend(4, 1, None), read(2, 3, 10), read(4, 5, 6)], True),
        ("no answer, and it happened twice", [spend(4, 1, None), read(2, 3, 6), read(4, 5, 2)], False),
        ("no answer, and it came to nothing", [spend(11, 1, None), read(2, 3, 10)], True),
        ("happened before it was asked", [read(1, 2, 6), spend(4, 3, None)], False),
        ("covered by what comes at once", [earn(5, 1, 4, 15), spend(12, 2, 3, 3)], True),
        ("covered by what comes afterwards", [spend(12, 1, 2, 3), earn(5, 3, 4, 15)], False),
    ],
)
def test_what_callers_saw_of_ten_points_is_explained_or_not(why: str, calls: list[Call], explained: bool):
    assert agreed(calls, 10) is explained, why


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 12), st.booleans())
def test_two_checkers_say_the_same_of_any_history(chance: random.Random, start: int, honest: bool):
    history = random_history(chance, start, honest)

    explained = agreed(history, start)

    assert explained or not honest


def random_history(chance: random.Random, start: int, honest: bool) -> list[Call]:
    """Up to eight calls of three callers, each with one call at a time, over a balance that answers in some order; one that
    is not honest sometimes says another figure."""
    running: dict[int, Call] = {}
    happened: dict[int, tuple[int | str, bool]] = {}
    told: list[Call] = []
    balance, event = start, 0
    for _ in range(40):
        event, caller = event + 1, chance.randrange(3)
        call = running.get(caller)
        if call is None and len(told) + len(running) < 8:
            running[caller] = Call(caller, chance.choice(["earn", "spend", "read"]), chance.randrange(1, 9), event)
        elif call and caller not in happened:
            covered = call.verb != "spend" or balance >= call.points
            balance += {"earn": call.points, "spend": -call.points * covered, "read": 0}[call.verb]
            happened[caller] = (balance if covered else REFUSED, chance.random() < 0.1)
        elif call:
            said, lost = happened.pop(caller)
            if not honest and isinstance(said, int) and chance.random() < 0.3:
                said += chance.choice([-1, 1, call.points])
            ended = (None, None) if lost else (event, said)
            told.append(Call(call.caller, call.verb, call.points, call.called, *ended))
            running.pop(caller)
    return told + list(running.values())
