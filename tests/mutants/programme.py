"""Do the tests of the fold bite? Each mutant breaks one rule of the journal or of the fold; some test must fail.

`make mutants` runs them all, with those of the house."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

from tests.mutants import challenges, earning, points, review, tiers

HERE = Path(__file__).parents[1]
TESTS = ("test_programme_rules.py", "test_programme_order.py")
WITHIN_SECONDS = 300

MUTANTS = {
    "ties fall in order of arrival": ("facts.py", "return fact.at, fact.id", 'return fact.at, ""'),
    "duplicates are folded again": ("replay.py", "            return Recorded([], [])\n", "            pass\n"),
    "a sale before the last tick counts as on time": ("replay.py", " and fact.at >= self.standing.at", ""),
    "a checkpoint holds what a tick did": (
        "replay.py",
        "        self.ticked.news.extend(ruling.news)\n",
        "        self.ticked.news.extend(ruling.news)\n        self.checkpoints[len(self.facts)] = encode(self.standing)\n",
    ),
    "what ticks posted is not compensated": (
        "replay.py",
        "before = [*self.rulings[since:], self.ticked]",
        "before = [*self.rulings[since:], Recorded([], [])]",
    ),
    "deals are not rolled back with the standing": ("replay.py", "if version[0] < start]", "if version]"),
    "a return that precedes its sale is forgotten": (
        "adjudicate.py",
        "            waiting[fact.deal] = [*waiting.get(fact.deal, ()), in_one_spelling(fact)]\n",
        "            pass\n",
    ),
    "caps are taken from the time of the return": (
        "returns.py",
        "plan, deal.spare, ruling",
        "plan, dict.fromkeys(deal.spare, 0), ruling",
    ),
    "expiry is posted at the time of the tick": (
        "adjudicate.py",
        "        standing.at = at\n        if turned",
        "        standing.at = to\n        if turned",
    ),
    "a return may earn": ("returns.py", "min(lack, taken.get(term.coin.currency, 0))", "lack"),
    "what has expired is taken twice": ("clawback.py", "    if left and own is None:\n", "    if False:\n"),
    "a used voucher stays usable": (
        "vouchers.py",
        "    voucher = ruling.standing.vouchers.pop(id, None)\n    if voucher and ruling.standing.holds:",
        "    voucher = ruling.standing.vouchers.get(id)\n    if voucher and ruling.standing.holds:",
    ),
    "a returned sale keeps its vouchers": ("returns.py", "        vouchers.reopen(ruling, taken, program)\n", ""),
    "a voucher lapses and its points are gone": (
        "vouchers.py",
        "    ruling.news.append(VoucherLapsed(id, voucher.reward))\n    dissolve(ruling, voucher, program)\n",
        "    ruling.news.append(VoucherLapsed(id, voucher.reward))\n",
    ),
    "a voucher lapses a day late": ("vouchers.py", "max(spend.until, ", "max(spend.until + 86400, "),
    "a multiple multiplies fixed awards": (
        "plans.py",
        "spending=isinstance(award, PerAmount | PerUnit | Tiered)",
        "spending=not isinstance(award, Times)",
    ),
    "a multiple of some goods multiplies all": ("evaluate.py", "if amounts[step.index] != amounts[-1]:", "if False:"),
    "a credit lives beside a debt": ("lots.py", "    if standing.owed:\n", "    if standing.owed and False:\n"),
    "the last to expire is spent first": (
        "lots.py",
        "    active = [lot for lot in standing.lots if",
        "    active = [lot for lot in standing.lots[::-1] if",
    ),
    "points come back without grace": ("lots.py", "now + grace_days * DAY", "now + DAY"),
    "a later promise explains the past": (
        "explain.py",
        "map(int, (Verdict.NOT_BEGUN, ",
        "map(int, (",
    ),
    "a later frame holds from the beginning": (
        "program.py",
        "return self.eras[bisect_right(self.turns, at)] if self.turns else self.eras[0]",
        "return self.eras[-1]",
    ),
    "closing a challenge ends its window in retrospect": (
        "challenges.py",
        "until = min(challenge.until,",
        "until = min(challenge.end,",
    ),
    "three receipts of a day are three days": (
        "marks.py",
        "return {str(day.toordinal()): 1}",
        "return {fact.id: 1}",
    ),
    "points paid with points earn points": (
        "evaluate.py",
        "            amount = amount * paid // gross\n",
        "            pass\n",
    ),
    "the funder is lost": ("lots.py", 'funder = (partner or "house") if', 'funder = "house" if'),
}


EVERY = {
    name: (mutant, tests)
    for mutants, tests in (
        (MUTANTS, TESTS),
        (tiers.MUTANTS, tiers.TESTS),
        (earning.MUTANTS, earning.TESTS),
        (points.MUTANTS, points.TESTS),
        (challenges.MUTANTS, challenges.TESTS),
        (review.MUTANTS, review.TESTS),
    )
    for name, mutant in mutants.items()
}
"""Those of the fold, each with the tests that should notice."""


def killed_by(name: str, examples: int = 200) -> str:
    """The first test that fails when this mutant lives; empty if it survives, or outlives the time it is given."""
    (file, old, new), tests = EVERY[name]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        package = HERE.parent / "src" / "punchcard"
        (home / "punchcard").mkdir()
        for part in ("programme", "foundation", "words"):
            copytree(package / part, home / "punchcard" / part, ignore=ignore_patterns("__pycache__"))
        copy(package / "__init__.py", home / "punchcard")
        for test in tests:
            copy(HERE / test, home)
        path = home / "punchcard" / "programme" / file
        text = path.read_text()
        assert text.count(old) == 1, f"{name}: the line is not there once"
        path.write_text(text.replace(old, new))
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((folder, str(HERE.parent))),
            "PUNCHCARD_EXAMPLES": str(examples),
            "PUNCHCARD_NO_SHRINK": "1",
        }
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--rootdir", folder, *tests]
        try:
            run = subprocess.run(
                command,
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=WITHIN_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ""
    assert run.returncode in (0, 1), run.stdout + run.stderr
    failed = re.search(r"^(?:FAILED|_+) ?(?:\S*::)?(test_\w+)", run.stdout, re.MULTILINE)
    assert bool(failed) == bool(run.returncode), run.stdout
    return failed[1] if failed else ""
