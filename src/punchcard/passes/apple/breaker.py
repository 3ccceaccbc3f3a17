"""Notices when it is not the phones that are at fault: a wrong host or certificate makes Apple call every token bad.

Dead phones are answered with 410; a token that Apple has never seen (BadDeviceToken) is rare, unless we ask the wrong
service. So a bad token is believed only beside good ones, and while many are bad nobody is forgotten."""

import logging
import random
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from weakref import WeakKeyDictionary

from punchcard.foundation.outside import Answer, Apns, Outcome

log = logging.getLogger("punchcard.passes.apple")

BAD_TOKEN = "BadDeviceToken"  # noqa: S105  # a reason of Apple's, no password
RECENT_ANSWERS, RECENT_SECONDS = 20, 600.0
"""What is looked back on, beside the batch itself: fewer than these would open at chance, more would open late."""
BAD_MIN, BAD_SHARE = 5, 0.25
PROBES, PROBE_SECONDS = 5, 60.0
"""While open, so many phones are asked so often; one good answer in two closes."""


class Breaker:
    """Kept across batches. `now` is a clock in seconds that never goes back."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        self.now = now
        self.recent: deque[tuple[float, bool]] = deque()
        """When a token was answered about, and whether it was bad."""
        self.is_open = False
        self.probe_after = 0.0

    def held(self, push_tokens: Collection[str]) -> dict[str, Answer]:
        """Whom not to ask now, each with what to make of it: nobody while closed, and while open all but a few probes."""
        if not self.is_open:
            return {}
        asked: Collection[str] = ()
        if self.now() >= self.probe_after:
            self.probe_after = self.now() + PROBE_SECONDS
            asked = random.sample(sorted(push_tokens), min(PROBES, len(push_tokens)))
        why = Answer(Outcome.MISCONFIGURED, reason="held back: most tokens were bad", after_seconds=int(PROBE_SECONDS))
        return dict.fromkeys(set(push_tokens).difference(asked), why)

    def judged(self, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """The answers, where a bad token is what it is worth: a dead phone, our own mistake, or not to be told apart yet."""
        verdicts = [answer.reason == BAD_TOKEN for answer in answers.values() if tells(answer)]
        self.remember(verdicts)
        bad = sum(is_bad for _, is_bad in self.recent)
        if self.is_open and 2 * sum(verdicts) < len(verdicts):
            self.close()
        elif not self.is_open and bad >= BAD_MIN and bad >= BAD_SHARE * len(self.recent):
            self.open(bad)
        if self.is_open:
            return reread(answers, Outcome.MISCONFIGURED)
        return dict(answers) if bad < len(self.recent) else reread(answers, Outcome.LATER)

    def remember(self, verdicts: list[bool]) -> None:
        """The batch whole, and before it what is recent."""
        now = self.now()
        self.recent.extend((now, is_bad) for is_bad in verdicts)
        while len(self.recent) > max(RECENT_ANSWERS, len(verdicts)) or (
            self.recent and self.recent[0][0] < now - RECENT_SECONDS
        ):
            self.recent.popleft()

    def open(self, bad: int) -> None:
        log.error("%d of the last %d push tokens are bad: wrong host or certificate?", bad, len(self.recent))
        self.is_open, self.probe_after = True, self.now() + PROBE_SECONDS

    def close(self) -> None:
        log.warning("push tokens are good again")
        self.is_open = False
        self.recent = deque((at, is_bad) for at, is_bad in self.recent if not is_bad)


def tells(answer: Answer) -> bool:
    """Whether Apple looked at the token: it took the push, or said that the token is bad or dead."""
    return answer.outcome in (Outcome.SENT, Outcome.GONE)


def reread(answers: Mapping[str, Answer], outcome: Outcome) -> dict[str, Answer]:
    """The answers, with another outcome where the token is said to be bad."""
    return {
        token: Answer(outcome, answer.status, BAD_TOKEN, int(PROBE_SECONDS)) if answer.reason == BAD_TOKEN else answer
        for token, answer in answers.items()
    }


BREAKERS: WeakKeyDictionary[Apns, Breaker] = WeakKeyDictionary()


def breaker_of(apns: Apns) -> Breaker:
    """The breaker of this way to Apple, for as long as it is used."""
    return BREAKERS.setdefault(apns, Breaker())
