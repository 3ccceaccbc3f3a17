"""A provider that is away is asked now and then, by one; what waited comes back evenly. And the pace of what goes out."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punchcard.foundation.circuit import FAILURES_MAX, JITTER_SECONDS, Circuit, State
from punchcard.foundation.rate import Rate


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def circuit(time: Time) -> Circuit:
    return Circuit("a provider", probe_seconds=30, per_second=100, now=time)


def fail(circuit: Circuit, times: int = FAILURES_MAX) -> None:
    for _ in range(times):
        if given_ := circuit.enter():
            circuit.heard(given_, False)


def test_a_run_of_failures_opens_it_and_one_less_does_not(circuit: Circuit) -> None:
    fail(circuit, FAILURES_MAX - 1)
    assert not circuit.is_away

    fail(circuit, 1)

    assert circuit.state is State.OPEN and circuit.enter() is None


def test_who_answers_most_of_the_time_is_not_away(circuit: Circuit) -> None:
    for is_well in [False, True, True] * 100:
        if given_ := circuit.enter():
            circuit.heard(given_, is_well)

    assert not circuit.is_away


def test_while_it_is_open_there_are_two_probes_a_minute(circuit: Circuit, time: Time) -> None:
    fail(circuit)
    probes = 0

    for _ in range(600):
        time.now += 1
        while given_ := circuit.enter():
            probes += 1
            circuit.heard(given_, False)

    assert probes == 20


def test_one_good_probe_closes_it_and_only_one_is_under_way(circuit: Circuit, time: Time) -> None:
    fail(circuit)
    time.now += 30

    probe, other = circuit.enter(), circuit.enter()
    assert probe and probe.is_probe and other is None
    circuit.heard(probe, True)

    assert circuit.state is State.CLOSED and circuit.enter()


def test_a_probe_that_was_given_up_leaves_room_for_the_next(circuit: Circuit, time: Time) -> None:
    fail(circuit)
    time.now += 30
    probe = circuit.enter()
    assert probe

    circuit.abandon(probe)
    at_once = circuit.enter()
    time.now += 30

    assert at_once is None and circuit.enter()


def test_what_was_asked_before_says_nothing_of_now(circuit: Circuit, time: Time) -> None:
    early = [circuit.enter() for _ in range(50)]
    fail(circuit)
    time.now += 30
    probe = circuit.enter()
    assert probe
    circuit.heard(probe, True)

    for each in early:
        assert each
        circuit.heard(each, False)

    assert circuit.state is State.CLOSED and circuit.failures == 0


def test_quiet_that_they_asked_for_is_kept_by_all_and_then_over(circuit: Circuit, time: Time) -> None:
    circuit.hold(7)

    held = circuit.enter()
    time.now += 7

    assert held is None and circuit.enter()


def test_what_was_put_off_comes_back_after_the_probe_and_evenly(circuit: Circuit, time: Time) -> None:
    fail(circuit)

    waits = [circuit.wait_seconds() for _ in range(1000)]

    assert min(waits) >= 30 and max(waits) <= 30 + 1000 / 100 + JITTER_SECONDS
    a_second = [sum(1 for wait in waits if 30 + n <= wait < 31 + n) for n in range(1, 9)]
    assert all(70 <= each <= 130 for each in a_second)


@given(st.integers(0, 10_000))
def test_however_answers_come_no_more_than_two_probes_a_minute_are_made(seed: int) -> None:
    chance, time = random.Random(seed), Time()
    circuit = Circuit("a provider", 30, 100, now=time)
    fail(circuit)
    under_way, probes = [], []

    for _ in range(300):
        time.now += chance.uniform(0, 3)
        if given_ := circuit.enter():
            probes.append(time.now)
            under_way.append(given_)
        if under_way and chance.random() < 0.3:
            circuit.heard(under_way.pop(chance.randrange(len(under_way))), False)

    assert all(later - earlier >= 30 for earlier, later in itertools.pairwise(probes))


def test_a_rate_gives_out_its_places_evenly_and_none_to_the_impatient(time: Time) -> None:
    rate = Rate(100, now=time)

    waits = [rate.take(patience_seconds=0.5) for _ in range(200)]

    taken = [wait for wait in waits if wait <= 0.5]
    assert 55 <= len(taken) <= 65 and taken == sorted(taken)
    time.now += 1
    assert rate.take(0.5) == 0
