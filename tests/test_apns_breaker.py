"""When many tokens are bad the fault is ours: nobody is forgotten, few are asked, and a good answer ends it."""

import pytest

from punchcard.foundation.outside import Answer, Outcome
from punchcard.passes.apple.breaker import BAD_MIN, PROBE_SECONDS, PROBES, RECENT_SECONDS, Breaker

BAD = Answer(Outcome.GONE, 400, "BadDeviceToken")
GOOD = Answer(Outcome.SENT, 200)
DEAD = Answer(Outcome.GONE, 410, "Unregistered", gone_since=1)


class Time:
    """Goes on when a test says so."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> Breaker:
    return Breaker(time)


def batch(bad: int, good: int = 0, other: Answer = GOOD) -> dict[str, Answer]:
    return {f"b{n}": BAD for n in range(bad)} | {f"g{n}": other for n in range(good)}


def forgotten(answers: dict[str, Answer]) -> int:
    return sum(answer.outcome is Outcome.GONE for answer in answers.values())


@pytest.mark.parametrize(
    "bad, good, is_open, gone",
    [
        (1, 1, False, 1),
        (BAD_MIN - 1, 1, False, BAD_MIN - 1),
        (BAD_MIN, 1, True, 0),
        (BAD_MIN, 3 * BAD_MIN, True, 0),
        (BAD_MIN, 3 * BAD_MIN + 1, False, BAD_MIN),
        (40, 360, False, 40),
        (100, 300, True, 0),
    ],
)
def test_few_bad_tokens_are_dead_phones_and_many_are_our_mistake(breaker: Breaker, bad, good, is_open, gone):
    judged = breaker.judged(batch(bad, good))

    assert (breaker.is_open, forgotten(judged)) == (is_open, gone)
    assert all(judged[f"g{n}"] == GOOD for n in range(good))


def test_a_mistake_is_noticed_however_small_the_batches_are(breaker: Breaker, caplog):
    for n in range(30):
        breaker.judged({f"g{n}": GOOD})

    gone = sum(forgotten(breaker.judged({f"b{n}": BAD})) for n in range(30))

    assert breaker.is_open and gone < BAD_MIN
    assert "wrong host or certificate" in caplog.text


def test_bad_tokens_alone_prove_nothing_and_are_asked_again(breaker: Breaker):
    (first,) = breaker.judged(batch(1)).values()
    breaker.judged({"g": GOOD})
    (second,) = breaker.judged(batch(1)).values()

    assert (first.outcome, second.outcome) == (Outcome.LATER, Outcome.GONE)


def test_a_dead_token_proves_as_much_as_a_good_one_and_stays_dead(breaker: Breaker):
    judged = breaker.judged(batch(BAD_MIN, 1, DEAD))

    assert judged["g0"] == DEAD and judged["b0"].outcome is Outcome.MISCONFIGURED


def test_what_was_long_ago_is_no_proof(breaker: Breaker, time: Time):
    breaker.judged({"g": GOOD})
    time.at += RECENT_SECONDS + 1

    assert not forgotten(breaker.judged(batch(1)))


@pytest.mark.parametrize("outcome", [Outcome.LATER, Outcome.MISCONFIGURED, Outcome.REFUSED])
def test_other_troubles_say_nothing_about_tokens(breaker: Breaker, outcome: Outcome):
    trouble = Answer(outcome, 503)

    assert breaker.judged(batch(0, 10, trouble)) == batch(0, 10, trouble)
    assert not breaker.recent


def test_while_open_a_few_are_asked_once_a_minute_and_a_good_answer_closes(breaker: Breaker, time: Time):
    tokens = list(batch(50))
    breaker.judged(batch(50))
    at_once = breaker.held(tokens)
    time.at += PROBE_SECONDS
    a_minute_later = breaker.held(tokens)
    just_after = breaker.held(tokens)
    asked = set(tokens) - a_minute_later.keys()
    judged = breaker.judged(dict.fromkeys(asked, GOOD))

    assert (len(at_once), len(a_minute_later), len(just_after)) == (50, 50 - PROBES, 50)
    assert {answer.outcome for answer in at_once.values()} == {Outcome.MISCONFIGURED}
    assert not breaker.is_open and not forgotten(judged) and not breaker.held(tokens)


def test_it_stays_open_while_probes_are_bad(breaker: Breaker, time: Time):
    breaker.judged(batch(50))
    for _ in range(3):
        time.at += PROBE_SECONDS
        asked = set(batch(50)) - breaker.held(list(batch(50))).keys()

        assert not forgotten(breaker.judged(dict.fromkeys(asked, BAD))) and breaker.is_open


def test_after_it_closed_a_dead_phone_is_forgotten_again(breaker: Breaker):
    breaker.judged(batch(50))
    breaker.judged(batch(0, 2))

    assert forgotten(breaker.judged(batch(1))) == 1
