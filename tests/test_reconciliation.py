"""Two journals of the same tills: every line that one of them lacks, has twice or says otherwise is found, and nothing else."""

import random
from collections import Counter
from typing import Any

import pytest
from msgspec.structs import replace

from punchcard.reconciliation import Finding, Line, compare

LINES, PART = 10_000, 100
"""One line in a hundred is dropped, one doubled, one altered."""
MORE = ("card",)


def journal(chance: random.Random) -> list[Line]:
    """Ten thousand receipts of six tills over five days."""
    numbers: Counter[tuple[str, str]] = Counter()
    lines = []
    for _ in range(LINES):
        till, day = f"till-{chance.randrange(6)}", f"2026-11-{16 + chance.randrange(5)}"
        numbers[till, day] += 1
        lines.append(
            Line(
                shop=f"shop-{till[-1:] in '012'}",
                till=till,
                day=day,
                number=f"R{numbers[till, day]:05}",
                clock=chance.randrange(8 * 3600, 20 * 3600),
                amount=chance.choice([chance.randrange(1, 200) * 50, -chance.randrange(1, 40) * 50]),
                card=chance.choice(["", f"member-{chance.randrange(900)}"]),
            )
        )
    return lines


def altered(line: Line, chance: random.Random) -> Line:
    """The line with one thing said otherwise."""
    match chance.choice(["amount", "number", "card", "day"]):
        case "amount":
            return replace(line, amount=line.amount + chance.choice([-1, 1, 100, 10_000]))
        case "number":
            return replace(line, number=f"{line.number}{chance.randrange(10)}")
        case "card":
            return replace(line, card=f"{line.card}x")
    return replace(line, day="2026-11-21" if line.day != "2026-11-21" else "2026-11-15")


def spoilt(ours: list[Line], chance: random.Random) -> tuple[list[Line], Counter[tuple[str, str, str, str, str]]]:
    """The journal with its mistakes, and what must be found of them."""
    chosen = chance.sample(range(LINES), 3 * LINES // PART)
    dropped, doubled, changed = (set(chosen[i::3]) for i in range(3))
    theirs: list[Line] = []
    expected: Counter[tuple[str, str, str, str, str]] = Counter()
    for i, line in enumerate(ours):
        mine = altered(line, chance) if i in changed else line
        if i in dropped:
            expected[named("not-in-file", line)] += 1
            continue
        theirs += [mine] * (2 if i in doubled else 1)
        if i in doubled:
            expected[named("doubled", line)] += 1
        if i in changed:
            expected[named("altered", mine)] += 1
    chance.shuffle(theirs)
    return theirs, expected


def named(kind: str, line: Line | Finding) -> tuple[str, str, str, str, str]:
    return kind, line.shop, line.till, line.day, line.number


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_dropped_doubled_and_altered_line_of_ten_thousand_is_found_and_nothing_else(seed):
    chance = random.Random(seed)
    ours = journal(chance)
    theirs, expected = spoilt(ours, chance)

    findings = compare(theirs, ours, MORE)

    assert Counter(named(each.kind, each) for each in findings) == expected
    assert sum(expected.values()) == 3 * LINES // PART
    assert all(len(each.differs) == 1 for each in findings if each.kind == "altered")
    assert [each.stake for each in findings] == sorted((each.stake for each in findings), reverse=True)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_we_lost_is_found_the_same_way(seed):
    chance = random.Random(seed)
    theirs = journal(chance)
    ours, expected = spoilt(theirs, chance)
    ours = list(dict.fromkeys(ours))

    findings = compare(theirs, ours, MORE)

    counted = Counter(each.kind for each in findings)
    wanted = Counter(kind for kind, *_ in expected.elements())
    assert counted == {"not-with-us": wanted["not-in-file"], "altered": wanted["altered"]}


def test_journals_that_agree_have_no_findings_in_whatever_order_they_come():
    ours = journal(random.Random(4))

    assert compare(random.Random(5).sample(ours, len(ours)), ours, MORE) == []


LINE = Line("nola-1", "till-1", "2026-11-18", "A1", 36_000, 18_00, "maya", "flat-white")
CAKE = replace(LINE, sku="cake", amount=12_25)
CASES: list[tuple[str, list[Line], list[Line], list[tuple[str, dict[str, Any]]]]] = [
    ("two coffees are no doubled line", [LINE, LINE], [LINE, LINE], []),
    ("a third coffee is", [LINE, LINE, LINE], [LINE, LINE], [("doubled", {})]),
    ("a receipt's second line is dropped", [LINE], [LINE, CAKE], [("not-in-file", {})]),
    ("and with us", [LINE, CAKE], [LINE], [("not-with-us", {})]),
    (
        "an article is another",
        [LINE, replace(CAKE, sku="tart")],
        [LINE, CAKE],
        [("altered", {"sku": ("tart", "cake")})],
    ),
    (
        "much is said otherwise",
        [replace(LINE, amount=1, card="noam", clock=1)],
        [LINE],
        [("altered", {"clock": (1, 36_000), "amount": (1, 18_00), "card": ("noam", "maya")})],
    ),
    ("nobody knows of it", [replace(LINE, number="A2")], [], [("not-with-us", {})]),
    ("another till's number", [replace(LINE, till="till-2")], [LINE], [("altered", {"till": ("till-2", "till-1")})]),
]


@pytest.mark.parametrize("what, theirs, ours, found", CASES, ids=[case[0] for case in CASES])
def test_each_way_of_not_agreeing(what, theirs, ours, found):
    findings = compare(theirs, ours, ("card", "sku"))

    assert [(each.kind, each.differs) for each in findings] == found
