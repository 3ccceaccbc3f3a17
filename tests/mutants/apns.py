"""Mutants of the way to Apple's push service: who is forgotten, and what is sent again."""

from tests.mutants.copies import Mutant

BREAKER = ("test_apns_breaker.py",)

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
)
