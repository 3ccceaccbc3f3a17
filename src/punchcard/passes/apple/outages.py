"""While Apple's push service is away: one phone is tried for all, and rows wait seconds, not minutes.

An outage is a batch that reached nobody and was answered by nobody (no connection, a time-out, 5xx). A limit on one phone
is none. Each worker has its own view: it costs one push a second to be wrong."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from weakref import WeakKeyDictionary

from punchcard.foundation.outside import Answer, Apns, Outcome

AWAY = "the push service is away"
PROBE_SECONDS = 1.0
WAIT_SECONDS_MIN, WAIT_SECONDS_MAX = 1.0, 10.0
WAIT_SHARE = 0.25
"""A row waits this part of how long the outage has lasted: a short one is over soon, a long one is asked less often."""
LIMITED_WAIT_SECONDS = 30.0
"""For a phone that Apple does not want to hear from now, while others are reached."""


class Outage:
    """Whether Apple is away, by what the last pushes came to. `now` is a clock in seconds that never goes back."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        self.now = now
        self.since: float | None = None
        self.probe_after = 0.0

    @property
    def is_on(self) -> bool:
        return self.since is not None

    def let_through(self, tokens: Sequence[str]) -> Sequence[str]:
        """Whom to push now: all, and while Apple is away one a second."""
        if not self.is_on:
            return tokens
        if self.now() < self.probe_after:
            return []
        self.probe_after = self.now() + PROBE_SECONDS
        return random.sample(tokens, min(1, len(tokens)))

    def judged(self, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """The answers, after learning from them whether Apple is away."""
        if answers and all(is_away(answer) for answer in answers.values()):
            if self.since is None:
                self.since, self.probe_after = self.now(), self.now() + PROBE_SECONDS
        elif answers:
            self.since = None
        return dict(answers)

    def wait_seconds(self) -> int:
        """How long a row waits that found nobody: each another time, so that they do not come back as one."""
        if self.since is None:
            return round(LIMITED_WAIT_SECONDS * random.uniform(1, 2))
        longest = min(WAIT_SECONDS_MAX, max(WAIT_SECONDS_MIN, WAIT_SHARE * (self.now() - self.since)))
        return max(1, round(longest * random.uniform(0.5, 1.5)))


def is_away(answer: Answer) -> bool:
    return answer.outcome is Outcome.LATER and (answer.status == 0 or answer.status >= 500)


OUTAGES: WeakKeyDictionary[Apns, Outage] = WeakKeyDictionary()


def outage_of(apns: Apns) -> Outage:
    """The view on this way to Apple, for as long as it is used."""
    return OUTAGES.setdefault(apns, Outage())
