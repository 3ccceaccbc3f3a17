"""Mutants of the way to Apple's push service: who is forgotten, and what is sent again."""

from tests.mutants.copies import Mutant

BREAKER, WIRE, ACCESS = ("test_apns_breaker.py",), ("test_apns_wire.py",), ("test_apns_access.py",)
SANDBOX = ("test_apns_sandbox.py",)

MUTANTS = (
    Mutant(
        "a wrong host makes every phone forgotten",
        "passes/apple/breaker.py",
        "    if self.is_open:\n            return reread(answers, Outcome.MISCONFIGURED)\n",
        "    if False:\n            return reread(answers, Outcome.MISCONFIGURED)\n",
        BREAKER,
    ),
    Mutant(
        "only the batch at hand says whether tokens are bad",
        "passes/apple/breaker.py",
        "        now = self.now()\n        self.recent.extend",
        "        now = self.now()\n        self.recent.clear()\n        self.recent.extend",
        BREAKER,
    ),
    Mutant(
        "bad tokens never count as good again",
        "passes/apple/breaker.py",
        "        if self.is_open and 2 * sum(verdicts) < len(verdicts):\n",
        "        if False:\n",
        BREAKER,
    ),
    Mutant(
        "while tokens are bad everybody is asked",
        "passes/apple/breaker.py",
        "        if not self.is_open:\n            return {}\n",
        "        return {}\n",
        BREAKER,
    ),
    Mutant(
        "APNs may not send more after the first 64 KB of answers",
        "foundation/http2/wire.py",
        "        if self.unacknowledged >= WINDOW_BYTES // 2:\n",
        "        if False:\n",
        WIRE,
    ),
    Mutant(
        "pushes are sent beyond what APNs has room for",
        "foundation/http2/connection.py",
        "        if len(body) <= self.window and len(body) <= self.server_stream_window:\n",
        "        if True:\n",
        WIRE,
    ),
    Mutant(
        "a dead connection to APNs is waited for",
        "foundation/http2/connection.py",
        "        if unanswered or (late",
        "        if (late",
        WIRE,
    ),
    Mutant(
        "after APNs says goodbye all pushes are sent again",
        "foundation/http2/connection.py",
        "for number in self.streams if number > last]:\n",
        "for number in self.streams]:\n",
        ("test_apns.py",),
    ),
    Mutant(
        "APNs is dialled as often as it hangs up",
        "foundation/http2/connections.py",
        "        return max(self.dial_after, often) - now\n",
        "        return 0.0\n",
        SANDBOX,
    ),
    Mutant(
        "who stops waiting for room takes it along",
        "foundation/http2/connections.py",
        "            if mine.done() and not mine.cancelled():\n                self.on_room()\n",
        "            pass\n",
        SANDBOX,
    ),
    Mutant(
        "a new push token is made whenever APNs complains",
        "passes/apple/access.py",
        " and self.now() >= max(self.calm_until, self.made_at + TOKEN_SECONDS_MIN):\n",
        ":\n",
        ACCESS,
    ),
    Mutant(
        "many pushes are sent before APNs has looked at the token",
        "passes/apple/access.py",
        "    streams_at_first = 1\n",
        "    streams_at_first = 500\n",
        ACCESS,
    ),
    Mutant(
        "a new certificate for APNs waits for a restart",
        "passes/apple/apns.py",
        "        if stamp == self.stamp:\n",
        "        if True:\n",
        ACCESS,
    ),
)
