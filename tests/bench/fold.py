"""The fold over a real grocer's year: how many baskets a second of CPU, whether that lasts, what a late fact costs, how big
a standing grows, and whether it says the same in another process. All times are CPU times of this process."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from itertools import count, islice
from time import process_time

from msgspec import json
from msgspec.structs import replace

from punchcard.programme import (
    AnyFact,
    Expiry,
    Journal,
    Program,
    Ruling,
    Sale,
    Standing,
    adjudicate,
    encode,
    explain,
    fold,
    position,
)
from tests import replays
from tests.bench.figures import Figure, at_least, percentile, told, under
from tests.journey_rulebooks import RULEBOOKS, points
from tests.journey_year import kept, year

COMMAND = "make bench ONLY=fold"
DAY, YEAR = 86400, 364 * 86400
BLOCK, BLOCKS, ROUNDS = 2000, 10, 7
LATE_FACTS, JOURNAL_FACTS, OLD_FACTS = 30, 1000, 7
EXPIRIES = {
    "12 months, end of month": Expiry(months=12, round="month"),
    "183 days, end of day": Expiry(days=183),
    "183 days, rolling": Expiry(days=183, rolling=True),
}
EVERY = 5
"""One household in so many stands for all where the expiry is another."""
SEEDS = ("1", "2026")

Step = Callable[[Standing, AnyFact, Program], Ruling]


def figures() -> list[Figure]:
    kept()
    return [*whole_year(), *as_the_journal_grows(), *late_facts(), *sizes(), *meaning()]


def whole_year() -> list[Figure]:
    """Some households are folded in each way before the next one, so that a noisy moment is as noisy to all of them."""
    ways: dict[str, tuple[Step, bool]] = {
        "in place": (fold, False),
        "on a copy": (adjudicate, False),
        "in place, reasons as objects": (fold, True),
    }
    programs = {way: Program(points()) for way in ways}
    seconds, baskets, sizes = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0), []
    for number, (_, sales) in enumerate(year()):
        for way in ways if number % EVERY == 0 else ["in place"]:
            step, explained = ways[way]
            spent, standing = folded(Standing(), sales, programs[way], step, explained)
            seconds[way] += spent
            baskets[way] += len(sales)
        sizes.append(len(encode(standing)))
    rates = {way: baskets[way] / spent for way, spent in seconds.items()}
    return [
        told("yardstick: a million additions in a plain loop", yardstick() * 1000, "ms", COMMAND),
        at_least("baskets of the year, in place", rates.pop("in place"), "per CPU second", 10_000, COMMAND),
        *(told(f"baskets of the year, {way}", rate, "per CPU second", COMMAND) for way, rate in rates.items()),
        *distribution("6 months, end of month", sizes, goal=True),
    ]


def yardstick() -> float:
    """The seconds of CPU that a plain loop takes: how fast this machine is just now."""
    began, total = process_time(), 0
    for number in range(1_000_000):
        total += number
    return process_time() - began


def folded(
    standing: Standing, sales: list[Sale], program: Program, step: Step = fold, explained: bool = False
) -> tuple[float, Standing]:
    """The seconds of CPU that it took, and where it led."""
    began = process_time()
    for sale in sales:
        ruling = step(standing, sale, program)
        standing = ruling.standing
        if explained:
            explain(ruling, program)
    return process_time() - began, standing


def distribution(expiry: str, sizes: list[int], goal: bool = False) -> list[Figure]:
    made = [told(f"standing, {expiry}: p50", percentile(sizes, 50), "bytes", COMMAND)]
    p99, name = percentile(sizes, 99), f"standing, {expiry}: p99"
    made.append(under(name, p99, "bytes", 2000, COMMAND) if goal else told(name, p99, "bytes", COMMAND))
    return [*made, told(f"standing, {expiry}: max", max(sizes), "bytes", COMMAND)]


def busy(baskets: int) -> list[Sale]:
    """So many baskets of one year, bought by several households, as if they were one member's."""
    found: list[Sale] = []
    for _, sales in year():
        found += sales
        if len(found) >= baskets:
            break
    return sorted(islice(sorted(found, key=lambda sale: sale.id), baskets), key=position)


def as_the_journal_grows() -> list[Figure]:
    """The same baskets in an empty journal and after 20,000 facts of the ten years before, taking turns."""
    block, program = busy(BLOCK), Program(points())
    full = Standing()
    for back in range(BLOCKS, 0, -1):
        earlier = [replace(sale, id=f"{sale.id}-{back}", at=sale.at - back * YEAR) for sale in block]
        full = folded(full, earlier, program)[1]
    folded(Standing(), block, program)
    empty_seconds, full_seconds = [], []
    for _ in range(ROUNDS):
        empty_seconds.append(folded(Standing(), block, program)[0])
        full_seconds.append(folded(full.copy(), block, program)[0])
    ratio = min(full_seconds) / min(empty_seconds)
    return [
        at_most("a basket after 20,000 facts ÷ the same in an empty journal", ratio, "times", 1.2),
        told("a basket after 20,000 facts", min(full_seconds) / BLOCK * 1e6, "µs", COMMAND),
    ]


def at_most(name: str, value: float, unit: str, goal: float) -> Figure:
    return Figure(name, round(value, 3), unit, f"<= {goal:g}", value <= goal, COMMAND)


def late_facts() -> list[Figure]:
    """What it costs to write a fact into a journal of a thousand that span a year: at its end, a week before it, before all."""
    baskets = busy(JOURNAL_FACTS + LATE_FACTS)
    spare = [sale for number, sale in enumerate(baskets) if number % (JOURNAL_FACTS // LATE_FACTS) == 7][:LATE_FACTS]
    ids = {sale.id for sale in spare}
    journal = Journal(Program(points()))
    ordinary = [written(journal, sale) for sale in baskets if sale.id not in ids][-10 * LATE_FACTS :]
    end, numbers = journal.facts[-1].at, count()
    late = [written(journal, at_another_time(sale, end - 7 * DAY, next(numbers))) for sale in spare]
    old = [
        written(journal, at_another_time(sale, journal.facts[0].at - 60, next(numbers))) for sale in spare[:OLD_FACTS]
    ]
    usual = statistics.median(ordinary)
    return [
        at_most("a fact a week late ÷ an ordinary one, among 1,000", statistics.median(late) / usual, "times", 30),
        told("an ordinary fact, among 1,000", usual * 1000, "ms", COMMAND),
        told("a fact a week late, median", statistics.median(late) * 1000, "ms", COMMAND),
        told("a fact a week late, worst", max(late) * 1000, "ms", COMMAND),
        at_most("the oldest fact of all, median", statistics.median(old) * 1000, "ms", 150),
        told("the oldest fact of all, worst", max(old) * 1000, "ms", COMMAND),
    ]


def at_another_time(sale: Sale, at: int, number: int) -> Sale:
    return replace(sale, id=f"{sale.id}-late-{number}", at=at)


def written(journal: Journal, sale: Sale) -> float:
    """The seconds of CPU that it took."""
    began = process_time()
    journal.record(sale)
    return process_time() - began


def sizes() -> list[Figure]:
    """A household's standing after its last fact, for other ways in which points may expire."""
    programs = {name: Program(points(expiry)) for name, expiry in EXPIRIES.items()}
    found: dict[str, list[int]] = {name: [] for name in EXPIRIES}
    for _, sales in islice(year(), 0, None, EVERY):
        for name, program in programs.items():
            found[name].append(len(encode(folded(Standing(), sales, program)[1])))
    return [figure for name, sizes in found.items() for figure in distribution(name, sizes)]


def meaning() -> list[Figure]:
    """The year under both rulebooks is what was accepted, in processes that scatter their sets differently."""
    made = []
    for name in RULEBOOKS:
        processes = [in_another_process(name, seed) for seed in SEEDS]
        years = [json.decode(process.communicate()[0], type=replays.Year) for process in processes]
        differ = replays.households_that_differ(replays.golden(name).year, years[0])
        made += [
            under(f"households whose year under `{name}` is not the accepted one", differ, "of 2,469", 1, COMMAND),
            under(f"hash seeds that change the year under `{name}`", years[0] != years[1], "of 2", 1, COMMAND),
        ]
    return made


def in_another_process(name: str, seed: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "tests.replays", name]
    return subprocess.Popen(words, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE)
