"""Does the suite notice? Every mutant of the fold and of the house, and the test that killed it; exits 1 if one survives.

`python -m tests.mutants` runs all, `python -m tests.mutants outbox` those with `outbox` in their name. Two at a time."""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.mutants import (
    apns,
    arbiter,
    authorisation,
    benefits,
    browsers,
    campaign,
    checkout,
    connectors,
    designs,
    flow,
    gone,
    house,
    keeping,
    lift,
    offline,
    privacy,
    programme,
    push,
    queue,
    segments,
    signing,
    staff,
    till,
    versions,
    wallet,
    webhooks,
)
from tests.mutants.copies import SOURCE, Mutant, broken

ROOMS = (
    house,
    arbiter,
    authorisation,
    benefits,
    browsers,
    campaign,
    checkout,
    till,
    offline,
    staff,
    webhooks,
    connectors,
    apns,
    wallet,
    signing,
    versions,
    flow,
    designs,
    push,
    queue,
    segments,
    lift,
    privacy,
    keeping,
    gone,
)
AT_ONCE = 2
WITHIN_SECONDS = 300
EXAMPLES = 60
"""Random cases a mutant of the fold must be found with."""
SURVIVED = "SURVIVED"


def killed_by(mutant: Mutant, within_seconds: int = WITHIN_SECONDS) -> str:
    """The first test that fails in the broken house; empty if none does."""
    with broken(mutant) as folder:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "--tb=no", "-rf", *(f"tests/{each}" for each in mutant.tests)],
            cwd=SOURCE.parents[1],
            env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=within_seconds,
            check=False,
        )
    assert run.returncode in (0, 1), run.stdout + run.stderr
    failed = re.search(r"^(?:FAILED|ERROR) \S*?::(test_\w+)", run.stdout, re.MULTILINE)
    assert bool(failed) == bool(run.returncode), run.stdout
    return failed[1] if failed else ""


def verdict(name: str, killer: str, seconds: float) -> bool:
    print(f"{name:62} {killer or SURVIVED}  ({seconds:.0f} s)", flush=True)
    return bool(killer)


def tried(case: tuple[str, Mutant | None]) -> bool:
    name, mutant = case
    began = time.monotonic()
    try:
        killer = killed_by(mutant) if mutant else programme.killed_by(name, EXAMPLES)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        killer = ""
        print(f"{name}: {str(error)[-600:]}", flush=True)
    return verdict(name, killer, time.monotonic() - began)


def main() -> None:
    part = sys.argv[1] if sys.argv[1:] else ""
    cases: list[tuple[str, Mutant | None]] = [(each.name, each) for room in ROOMS for each in room.MUTANTS]
    cases += [(name, None) for name in programme.EVERY]
    cases = [case for case in cases if part in case[0]]
    tests = {test for _, mutant in cases if mutant for test in mutant.tests}
    if tests and (
        failed := killed_by(
            Mutant("the house as it is", "api.py", "import logging\n", "import logging\n", (*sorted(tests),)),
            within_seconds=4 * WITHIN_SECONDS,
        )
    ):
        sys.exit(f"{failed} fails in the house as it is: mend that first")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        killed = sum(pool.map(tried, cases))
    print(f"{killed} of {len(cases)} mutants killed")
    sys.exit(killed < len(cases) or not cases)


if __name__ == "__main__":
    main()
