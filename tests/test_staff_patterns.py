"""What looks odd: a month at a hundred shops in which one cashier in a hundred harvests points, and the questions one by one."""

import math
from uuid import UUID

import pytest

from punchcard.staff.chances import binomial_tail, poisson_tail, usual
from punchcard.staff.patterns import find
from punchcard.staff.rows import Claim, Credit, Day, Rung, Tried
from tests.shifts import Month

CARDS = [UUID(int=n) for n in range(1, 2000)]


def sold(cashier: str, *cards: UUID, till: str = "t1", shop: str = "s") -> list[Rung]:
    return [Rung(shop, till, f"{cashier}-{n}", f"{cashier}-{n}", "sale", cashier, card) for n, card in enumerate(cards)]


def rung(cashier: str, kind: str, times: int, till: str = "t1", shop: str = "s") -> list[Rung]:
    return [Rung(shop, till, f"{cashier}-{kind}-{n}", f"{cashier}-{kind}-{n}", kind, cashier) for n in range(times)]


PEERS = [
    *[each for n in range(6) for each in sold(f"peer-{n}", *CARDS[100 * n : 100 * n + 60], CARDS[100 * n])],
    *[each for n in range(6) for each in [*rung(f"peer-{n}", "guest", 60), *rung(f"peer-{n}", "return", 1)]],
]
"""An ordinary day at a shop: each of six has sixty cards, one of them twice, sixty people without, and a return."""
NOA = sold("noa", *CARDS[1000:1060])


def claims(cashier: str, *members: UUID, day: str = "2026-03-01", today: bool = True) -> list[Claim]:
    return [Claim("s", "t1", f"{n}", f"{n}", cashier, each, day, today) for n, each in enumerate(members)]


def credits(operator: str, *members: UUID, today: bool = True) -> list[Credit]:
    return [Credit(operator, each, 400, f"{operator}-{n}", today) for n, each in enumerate(members)]


ODD = {
    "one card on five receipts": (Day("d", [*PEERS, *NOA, *sold("noa", *[CARDS[7]] * 5)]), {("one-card", "noa")}),
    "one card on four": (Day("d", [*PEERS, *NOA, *sold("noa", *[CARDS[7]] * 4)]), set()),
    "eight cards four times each": (
        Day("d", [*PEERS, *NOA, *sold("noa", *CARDS[1100:1108] * 4)]),
        {("few-cards", "noa")},
    ),
    "a shop where everybody comes six times": (
        Day("d", [each for n in range(6) for each in sold(f"c{n}", *CARDS[20 * n : 20 * n + 20] * 6)]),
        set(),
    ),
    "an own card tried three times": (
        Day("d", [*PEERS, *NOA], tried=[Tried("s", "t1", "noa", CARDS[7], 2), Tried("s", "t2", "noa", CARDS[7], 1)]),
        {("own-card-tried", "noa")},
    ),
    "an own card tried twice": (Day("d", [*PEERS, *NOA], tried=[Tried("s", "t1", "noa", CARDS[7], 2)]), set()),
    "twelve returns where one is usual": (
        Day("d", [*PEERS, *NOA, *rung("noa", "return", 12)]),
        {("returns", "noa")},
    ),
    "a till for returns": (Day("d", [*PEERS, *NOA, *rung("noa", "return", 30, till="desk")]), set()),
    "three receipts of one day claimed by one": (
        Day("d", [*PEERS, *NOA], claims=[*claims("noa", CARDS[7]), *claims("noa", CARDS[7], CARDS[7], today=False)]),
        {("left-receipts", "noa")},
    ),
    "three receipts of three days claimed by one": (
        Day(
            "d",
            [*PEERS, *NOA],
            claims=[each for n in range(3) for each in claims("noa", CARDS[7], day=f"2026-03-0{n}")],
        ),
        set(),
    ),
    "three claimed long ago": (
        Day("d", [*PEERS, *NOA], claims=claims("noa", *[CARDS[7]] * 3, today=False)),
        set(),
    ),
    "twelve claims at one cashier by twelve people": (
        Day("d", [*PEERS, *NOA, *rung("noa", "guest", 60)], claims=claims("noa", *CARDS[:12])),
        {("many-claims", "noa")},
    ),
    "a member credited three times in a week": (
        Day("d", credits=[*credits("op", CARDS[7], CARDS[7], today=False), *credits("op", CARDS[7])]),
        {("credits-to-one", "op")},
    ),
    "twelve credits where one is usual": (
        Day(
            "d",
            credits=[
                *credits("op", *CARDS[:12]),
                *[each for n in range(5) for each in credits(f"o{n}", CARDS[50 + n])],
            ],
        ),
        {("many-credits", "op")},
    ),
    "an ordinary day": (Day("d", [*PEERS, *NOA]), set()),
    "a day on which nothing happens": (Day("d"), set()),
}


@pytest.mark.parametrize(("day", "odd"), ODD.values(), ids=ODD)
def test_what_is_odd_is_found_and_nothing_else(day: Day, odd: set[tuple[str, str]]):
    assert {(each.pattern, each.who) for each in find(day)} == odd


def test_a_finding_names_the_card_and_every_receipt():
    (found,) = find(Day("d", [*PEERS, *NOA, *sold("noa", *[CARDS[7]] * 6, till="t9")]))

    assert (found.n, found.of, found.members) == (6, 66, [CARDS[7]])
    assert len(found.slips) == 6 and {slip.till for slip in found.slips} == {"t9"}


def test_the_least_likely_accident_comes_first():
    found = find(Day("d", [*PEERS, *sold("noa", *[CARDS[7]] * 6), *sold("tal", *[CARDS[8]] * 12)]))

    assert [each.who for each in found] == ["tal", "noa"]


@pytest.mark.parametrize("seed", range(2))
def test_who_harvests_points_stands_in_the_report_by_the_next_day_and_hardly_anybody_else(seed: int):
    caught = Month(seed).judged()

    assert caught.bad >= 6 and len(caught.late) <= 0.05 * caught.bad, caught.late
    assert len(caught.flagged) <= 0.01 * caught.good, caught.flagged


def test_tails_are_those_of_the_books():
    assert math.isclose(poisson_tail(3, 2.0), 1 - math.exp(-2) * (1 + 2 + 2))
    assert math.isclose(binomial_tail(2, 10, 0.5), 1 - 11 / 1024)
    assert math.isclose(binomial_tail(10, 10, 0.1), 1e-10)
    assert (poisson_tail(0, 2), poisson_tail(1, 0), binomial_tail(11, 10, 0.5), binomial_tail(1, 10, 1)) == (1, 0, 0, 1)


def test_a_few_odd_ones_do_not_move_what_is_usual():
    assert usual([1, 1, 2, 2, 2, 3, 900]) == usual([1, 1, 2, 2, 2, 3, 4])
