"""Two journals of the same tills, line by line: what only one of them has, has twice, or says otherwise. Nothing else is read."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Literal

from .model import Differs, Finding, Line

KEY = ("shop", "till", "day", "number")
SAID = ("clock", "amount")
"""What both always say; a card, an article and points are compared where the file says them."""
Pair = tuple[Line, Line]


def compare(theirs: Sequence[Line], ours: Sequence[Line], more: Sequence[str] = ()) -> list[Finding]:
    """Every line on which the two do not agree, the worst first. `more`: which further fields the file has."""
    fields = (*SAID, *more)
    left, other = list(theirs), list(ours)
    same, left, other = paired(left, other, partial(values, fields=(*KEY, *fields)))
    altered: list[Pair] = []
    for one in (*fields, *KEY):
        rest = [each for each in (*KEY, *fields) if each != one]
        found, left, other = paired(left, other, partial(values, fields=rest))
        altered += found
    found, left, other = paired(left, other, partial(values, fields=KEY))
    altered += found
    known = {values(line, (*KEY, *fields)) for line, _ in (*same, *altered)}
    findings = [finding("altered", line, differing(line, with_us, (*KEY, *fields))) for line, with_us in altered]
    findings += [finding("doubled" if values(line, (*KEY, *fields)) in known else "not-with-us", line) for line in left]
    findings += [finding("not-in-file", line) for line in other]
    return worst_first(findings)


def paired(
    theirs: Iterable[Line], ours: Iterable[Line], by: Callable[[Line], Hashable]
) -> tuple[list[Pair], list[Line], list[Line]]:
    """The lines that agree in this, each with one of the others; and what is left of both."""
    waiting: defaultdict[Hashable, list[Line]] = defaultdict(list)
    for line in ours:
        waiting[by(line)].append(line)
    pairs, left = [], []
    for line in theirs:
        if same := waiting.get(by(line)):
            pairs.append((line, same.pop(0)))
        else:
            left.append(line)
    return pairs, left, [line for lines in waiting.values() for line in lines]


def values(line: Line, fields: Iterable[str]) -> tuple[Hashable, ...]:
    return tuple(getattr(line, each) for each in fields)


def differing(theirs: Line, ours: Line, fields: Iterable[str]) -> Differs:
    both = {each: (getattr(theirs, each), getattr(ours, each)) for each in fields}
    return {each: pair for each, pair in both.items() if pair[0] != pair[1]}


def finding(
    kind: Literal["not-with-us", "doubled", "altered", "not-in-file"], line: Line, differs: Differs | None = None
) -> Finding:
    return Finding(kind, line.shop, line.till, line.day, line.number, line.place, stake(line, differs), differs or {})


def stake(line: Line, differs: Differs | None) -> int:
    """How much money a finding is about."""
    if differs is None or "card" in differs:
        return abs(line.amount)
    theirs, ours = differs.get("amount", (0, 0))
    assert isinstance(theirs, int) and isinstance(ours, int)
    return abs(theirs - ours)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(
        findings, key=lambda each: (-each.stake, each.kind, each.shop, each.till, each.day, each.number, each.place)
    )
