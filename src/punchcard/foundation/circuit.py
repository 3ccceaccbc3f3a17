"""A breaker between us and one provider: while it is away nobody is asked but now and then one, and what waited comes back
at a steady rate. One for each provider in each process; it costs each process its own few requests to notice."""

import logging
import random
import time
from collections.abc import Callable
from enum import Enum

from msgspec import Struct

from .metrics import counter

log = logging.getLogger(__name__)

STATES = counter("punchcard_circuit_total", "Changes of a provider's circuit.", ("provider", "state"))
FAILURES_MAX = 10
"""So many more failures than successes, and the provider counts as away."""
JITTER_SECONDS = 1.0
WAIT_SECONDS_MAX = 3600.0


class State(Enum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Pass(Struct, frozen=True):
    """Leave to make one request; `heard` wants it back with what came of it."""

    era: int
    is_probe: bool = False


class Circuit:
    """`probe_seconds`: between two probes while open. `per_second`: how many rows a second come back once it closes.
    `now`: a clock in seconds that never goes back."""

    def __init__(
        self, provider: str, probe_seconds: float, per_second: float, now: Callable[[], float] = time.monotonic
    ):
        self.provider, self.probe_seconds, self.per_second, self.now = provider, probe_seconds, per_second, now
        self.state = State.CLOSED
        self.failures = 0
        """How many more requests failed than went well, lately; never below zero."""
        self.era = 0
        """Answers to what was asked before the state changed say nothing any more."""
        self.quiet_until = 0.0
        """Nobody is asked before: the next probe while open, or what they asked for by Retry-After."""
        self.last_place = 0.0
        """When the last row that was put off comes back."""

    def enter(self) -> Pass | None:
        """Leave to make a request now, or None: then put the row off by `wait_seconds`."""
        if self.is_quiet:
            return None
        if self.state is State.CLOSED:
            return Pass(self.era)
        self.become(State.HALF_OPEN)
        self.quiet_until = self.now() + self.probe_seconds
        return Pass(self.era, is_probe=True)

    def heard(self, given: Pass, is_well: bool) -> None:
        """What came of a request: `is_well` when the provider did answer, whatever it thought of the message."""
        if given.era != self.era:
            return
        if is_well:
            self.failures = max(0, self.failures - 1)
        else:
            self.failures = min(self.failures + 1, FAILURES_MAX)
        if given.is_probe:
            self.become(State.CLOSED if is_well else State.OPEN)
        elif self.failures >= FAILURES_MAX:
            self.become(State.OPEN)
            self.quiet_until = self.now() + self.probe_seconds

    def abandon(self, given: Pass) -> None:
        """The request was given up by us: it says nothing of the provider, and another may probe in its turn."""
        if given.is_probe and given.era == self.era:
            self.become(State.OPEN)

    def hold(self, seconds: float) -> None:
        """They asked for quiet, for all of us."""
        self.quiet_until = max(self.quiet_until, self.now() + min(seconds, WAIT_SECONDS_MAX))

    def become(self, state: State) -> None:
        if state is State.CLOSED:
            self.failures, self.quiet_until = 0, 0.0
        if State.CLOSED in (state, self.state):
            log.warning("%s: the circuit is %s", self.provider, state.value)
        STATES.inc(provider=self.provider, state=state.value)
        self.state, self.era = state, self.era + 1

    @property
    def is_quiet(self) -> bool:
        """Nobody would be asked now."""
        return self.now() < self.quiet_until or self.state is State.HALF_OPEN

    @property
    def is_away(self) -> bool:
        return self.state is not State.CLOSED

    def wait_seconds(self) -> float:
        """When a row that found no way comes back: behind those that were put off before, and not all at once."""
        first = max(self.now(), self.quiet_until)
        if self.last_place > first + WAIT_SECONDS_MAX or self.last_place < first:
            self.last_place = first
        self.last_place += 1 / self.per_second
        return self.last_place - self.now() + random.uniform(0, JITTER_SECONDS)
