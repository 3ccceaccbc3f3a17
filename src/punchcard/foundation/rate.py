"""So many a second from this process, evenly: whoever comes gets a place in the line."""

import time
from collections.abc import Callable

BURST_SECONDS = 0.1
"""What was not used in the last moment may be used now."""


class Rate:
    """`now`: a clock in seconds that never goes back. `per_second` may change at any time."""

    def __init__(self, per_second: float, now: Callable[[], float] = time.monotonic):
        self.per_second, self.now = per_second, now
        self.free_at = 0.0

    def take(self, patience_seconds: float) -> float:
        """How many seconds until the turn; who would wait longer than `patience_seconds` takes none."""
        now = self.now()
        self.free_at = max(self.free_at, now - BURST_SECONDS)
        wait = max(0.0, self.free_at - now)
        if wait <= patience_seconds:
            self.free_at += 1 / self.per_second
        return wait
