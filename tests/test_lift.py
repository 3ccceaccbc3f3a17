"""The interval that is right at every look: by its formula, and by a thousand experiments in which nothing happens."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy
import pytest

from punchcard.insights import lift
from punchcard.insights.lift import Arm, Interval, Look

DAYS, TREATED, HELD_OUT = 42, 450, 50
Shoppers = Callable[[numpy.random.Generator, int], numpy.ndarray]


def people(random: numpy.random.Generator, members: int) -> numpy.ndarray:
    """What each comes to on each day: some come often and some hardly ever, and a few spend a lot."""
    often = random.gamma(1.2, 0.12, members).clip(max=1)[:, None]
    dear = numpy.exp(random.normal(3, 0.5, members))[:, None]
    bought: numpy.ndarray = (
        (random.random((members, DAYS)) < often) * dear * numpy.exp(random.normal(0, 1, (members, DAYS)))
    )
    return bought


def regulars(random: numpy.random.Generator, members: int) -> numpy.ndarray:
    """Six in ten come once a week, on their own weekday, so that a day's visit makes the next day's less likely."""
    weekday, comes = random.integers(0, 7, members), random.random(members) < 0.6
    bought: numpy.ndarray = ((numpy.arange(DAYS)[None] + weekday[:, None]) % 7 == 0) * comes[:, None] * 1.0
    return bought


def looks_at(outcomes: numpy.ndarray, treated: int) -> list[Look]:
    """A look at the end of each day."""
    totals = outcomes.cumsum(axis=1)

    def arms(part: numpy.ndarray) -> list[Arm]:
        sums, squares = part.sum(axis=0), (part * part).sum(axis=0)
        return [Arm(len(part), float(one), float(other)) for one, other in zip(sums, squares, strict=True)]

    return list(map(Look, arms(totals[:treated]), arms(totals[treated:])))


def ever_declared(looks: list[Look]) -> bool:
    return any(each and (each.lower > 0 or each.upper < 0) for each in lift.sequence(looks))


def declared_at_fixed_horizon(looks: list[Look]) -> bool:
    """What somebody does who looks every day with an interval that is meant for one look."""
    return any(abs(lift.difference(each)) > 1.96 * math.sqrt(lift.variance_of(each)) for each in looks)


@pytest.mark.parametrize("shoppers", [people, regulars])
def test_looking_every_day_at_nothing_declares_something_once_in_twenty_times_at_most(shoppers: Shoppers) -> None:
    random = numpy.random.default_rng(6)
    declared = fixed = 0

    for _ in range(1000):
        looks = looks_at(shoppers(random, TREATED + HELD_OUT), TREATED)
        declared += ever_declared(looks)
        fixed += declared_at_fixed_horizon(looks)

    assert declared <= 50
    assert fixed > 50, "the check would not notice an interval that is meant for one look"


def test_members_who_come_in_day_by_day_are_no_reason_to_declare_anything() -> None:
    random = numpy.random.default_rng(7)
    declared = 0

    for _ in range(200):
        outcomes, since = people(random, 1000), random.integers(0, 28, 1000)
        outcomes[numpy.arange(DAYS)[None] < since[:, None]] = 0
        totals, treated = outcomes.cumsum(axis=1), random.random(1000) < 0.8
        declared += ever_declared([
            Look(*(
                Arm(int(here.sum()), float(totals[here, day].sum()), float((totals[here, day] ** 2).sum()))
                for here in ((since <= day) & treated, (since <= day) & ~treated)
            ))
            for day in range(DAYS)
        ])  # fmt: skip

    assert declared <= 10


@pytest.mark.parametrize("factor, said", [(1.6, "lift"), (0.4, "harm")])
def test_a_real_effect_is_found(factor: float, said: str) -> None:
    random = numpy.random.default_rng(8)
    found = 0

    for _ in range(40):
        outcomes = regulars(random, 1000)
        outcomes[:700] *= factor
        looks = looks_at(outcomes, 700)
        said_so = {
            lift.verdict(each, look.held_out.mean) for each, look in zip(lift.sequence(looks), looks, strict=True)
        }
        assert not {"lift", "harm"} - {said} <= said_so
        found += said in said_so

    assert found >= 38


def test_the_boundary_is_the_formula_that_it_cites() -> None:
    t, sigma, alpha = 400.0, 3.0, 0.05
    rho = math.sqrt((-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / 250)
    cited = sigma * math.sqrt(2 * (t * rho**2 + 1) / (t**2 * rho**2) * math.log(math.sqrt(t * rho**2 + 1) / alpha))

    ours = lift.boundary(t * sigma**2, 250 * sigma**2, alpha) / t

    assert ours == pytest.approx(cited)


def test_the_boundary_is_tightest_where_it_was_told_to_be() -> None:
    def beside_one_look(time: float) -> float:
        return lift.boundary(time, 100.0) / math.sqrt(time)

    assert min(range(10, 1000, 5), key=beside_one_look) == pytest.approx(100, abs=15)
    assert all(beside_one_look(time) > 2.9 for time in (1, 10, 100, 1000, 100_000))


def test_a_brownian_motion_stays_within() -> None:
    random = numpy.random.default_rng(9)
    times = numpy.arange(1, 1001)
    within = numpy.array([lift.boundary(float(time), 50.0) for time in times])

    walks = numpy.abs(random.normal(size=(2000, 1000)).cumsum(axis=1)) > within

    assert 0.005 < walks.any(axis=1).mean() <= 0.05


def test_nothing_is_said_of_a_few() -> None:
    few = Look(Arm(1000, 5000, 40_000), Arm(lift.MEMBERS_MIN - 1, 10, 20))
    still = Look(Arm(1000), Arm(100))

    assert lift.sequence([few, still]) == [None, None]
    assert lift.verdict(None, 1.0) == "early"


def test_an_arm_that_lacks_the_big_spenders_does_not_pass_for_a_certain_one() -> None:
    look = Look(Arm(900, 900 * 5.0, 900 * 400.0), Arm(100, 100 * 3.0, 100 * 9.5))

    pooled = lift.variance_of(look)

    apart = look.treated.variance / 900 + look.held_out.variance / 100
    assert pooled > 5 * apart


@pytest.mark.parametrize(
    "lower, upper, said",
    [(0.5, 2, "lift"), (-2, -0.5, "harm"), (-1, 0.9, "no-lift"), (-1, 1.1, "open"), (0.0, 3, "open")],
)
def test_what_an_interval_says(lower: float, upper: float, said: str) -> None:
    assert lift.verdict(Interval((lower + upper) / 2, lower, upper, 1.0), 100.0) == said


def test_how_long_until_enough_is_guessed_from_how_it_went() -> None:
    even = [Look(Arm(1000, 1000 * 0.11 * day, 1000 * (0.11 * day) ** 2 + 300 * day), Arm(1000, 1000 * 0.1 * day,
            1000 * (0.1 * day) ** 2 + 300 * day)) for day in range(1, 400)]  # fmt: skip
    intervals = lift.sequence(even)
    first = next(day for day, each in enumerate(intervals, 1) if each and each.lower > 0)

    guessed = lift.days_until_enough(intervals[:60], even[:60])

    assert guessed is not None and abs(60 + guessed - first) < 0.3 * first
    assert lift.days_until_enough(intervals[:first], even[:first]) == 0
    assert lift.days_until_enough([None], even[:1]) is None


def test_adding_up_days_gives_mean_and_variance_of_the_totals() -> None:
    """The column of squares holds what each day adds to the sum of the squares of the totals so far."""
    days = [3.0, 0.0, 5.0, 2.0]
    totals = [sum(days[: n + 1]) for n in range(4)]

    grown = [later**2 - earlier**2 for earlier, later in pairwise([0.0, *totals])]

    assert sum(grown) == totals[-1] ** 2
