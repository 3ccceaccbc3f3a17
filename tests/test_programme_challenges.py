"""What challenges pay and how far they have come, as a shop owner would read it: what is promised, what happened on which
day, the points that the member then keeps of it, and the way that is done.

Day 0 is Wednesday, 1 March 2017; April begins on day 31. Unless a line says otherwise 100 points wait at the target, each
line of a sale costs a euro, and the window is the month."""

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from punchcard.programme import (
    NEVER,
    Activity,
    AnyFact,
    Challenge,
    ChallengeCompleted,
    ChallengeWithdrawn,
    Coin,
    Deal,
    Frame,
    Goods,
    Journal,
    Line,
    OptIn,
    OptOut,
    Places,
    Program,
    Return,
    Rulebook,
    Ruling,
    Sale,
    Standing,
    StandingMoved,
    Step,
    adjudicate,
    advance,
    encode,
    next_change_at,
    position,
    steps_done,
)

DAY = 86400
START = 1_488_326_400
CAKE, BREAD, MILK = (Goods(categories=frozenset({each})) for each in ("cake", "bread", "milk"))


def it(kind: str, target: int, **more: object) -> Challenge:
    made: Callable[..., Challenge] = Challenge
    return made("it", kind=kind, target=target, **{"reward": 100, **more})


def buy(day: float, goods: str = "bread", euros: int = 1, id: str = "", shop: str = "", partner: str = "") -> Sale:
    lines = tuple(Line(f"{each}-sku", each, f"{each}-brand", 1, euros * 100) for each in goods.split())
    return Sale(id=id or f"{day:g}", at=START + int(day * DAY), lines=lines, shop=shop, partner=partner)


def visits(*days: float) -> list[AnyFact]:
    return [buy(day) for day in days]


def back(day: float, deal: str, *lines: int) -> Return:
    return Return(id=f"r{day:g}", at=START + int(day * DAY), deal=deal, quantities=dict.fromkeys(lines or range(9), 1))


def do(day: float, value: int = 1, shop: str = "", **data: str | int | bool) -> Activity:
    return Activity(id=f"{day:g}", at=START + int(day * DAY), kind="do", value=value, data=data, shop=shop)


def join(day: float, target: int = 0, challenge: str = "it") -> OptIn:
    return OptIn(id=f"in{day:g}", at=START + int(day * DAY), challenge=challenge, target=target)


def leave(day: float) -> OptOut:
    return OptOut(id=f"out{day:g}", at=START + int(day * DAY), challenge="it")


TWICE = it("count", 2)
DAYS, TASTES = it("days", 3), it("distinct", 2)
EUROS = it("sum", 1000, reward=50)
KEPT = it("count", 2, on_return="keep")
IN_TURN = it("sequence", 3, items=(CAKE, BREAD, MILK))
ALL_THREE = it("set", 3, items=(CAKE, BREAD, MILK))
QUIZ = it("quiz", 2, on="do", answers={"capital": "Paris", "sum": "4", "round": "yes"})
MINUTES = it("sum", 90, on="do")
ROW = it("streak", 3, unit="day")
WEEKS = it("streak", 3, every="quarter")
FROZEN = it("streak", 4, unit="day", freezes=2)
WORKDAYS = it("streak", 3, unit="day", rests=frozenset({5, 6}))
AGAIN = it("count", 2, recurs="completion")
TAKEN = it("count", 2, opt_in=True)
PARTS = it("count", 4, steps=(Step(2, 10), Step(3, 20)))
ONCE = it("count", 2, recurs="never", every="week")
WEEK_LONG = it("count", 2, window_days=7)
FIRST, THEN = it("count", 1, reward=1), Challenge("then", kind="count", target=1, reward=10, after="it")

CASES: dict[str, list[tuple[str, Challenge, list[Any], int, int]]] = {
    "count": [
        ("one of two is no completion", TWICE, visits(1), 0, 1),
        ("the second completes it", TWICE, visits(1, 2), 100, 2),
        ("a third pays nothing more", TWICE, visits(1, 2, 3), 100, 3),
        ("a small basket does not count", it("count", 1, minimum=500), visits(1), 0, 0),
        ("one that is large enough does", it("count", 1, minimum=500), [buy(1, euros=5)], 100, 1),
        ("other goods do not count", it("count", 1, goods=CAKE), visits(1), 0, 0),
        ("only the wanted goods make the minimum", it("count", 1, goods=CAKE, minimum=200), [buy(1, "cake bread")], 0, 0),
        ("another partner's till does not count", it("count", 1, places=Places(frozenset({"nola"}))), visits(1), 0, 0),
        ("an activity is no sale", TWICE, [do(1), do(2)], 0, 0),
        ("activities count where they are meant", it("count", 2, on="do"), [do(1), do(2)], 100, 2),
        ("a reward of nothing is completed too", it("count", 1, reward=0), visits(1), 0, 1),
    ],
    "what the activity must say": [
        ("it says so", it("count", 1, on="do", where={"sport": frozenset({"run"})}), [do(1, sport="run")], 100, 1),
        ("it says another thing", it("count", 1, on="do", where={"sport": frozenset({"run"})}), [do(1, sport="swim")], 0, 0),
        ("it says nothing", it("count", 1, on="do", where={"sport": frozenset({"run"})}), [do(1)], 0, 0),
        ("all of it must be said", it("count", 1, on="do", where={"a": frozenset({1}), "b": frozenset({2})}), [do(1, a=1)], 0, 0),
        ("a sale says nothing", it("count", 1, where={"sport": frozenset({"run"})}), visits(1), 0, 0),
    ],
    "sum": [
        ("ten euros are not there yet", EUROS, [buy(1, euros=9)], 0, 900),
        ("now they are", EUROS, [buy(1, euros=9), buy(2)], 50, 1000),
        ("only of the wanted goods", it("sum", 200, goods=CAKE), [buy(1, "cake bread")], 0, 100),
        ("minutes of activity", MINUTES, [do(1, 40), do(2, 30)], 0, 70),
        ("enough minutes", MINUTES, [do(1, 40), do(2, 50)], 100, 90),
        ("what is free adds nothing", EUROS, [buy(1, euros=0)], 0, 0),
        ("a part that came back is taken off", EUROS, [buy(1, "cake bread", 5), back(2, "1", 1)], 0, 500),
        ("with it a minimum may be lost", it("sum", 999, minimum=800), [buy(1, "cake bread", 5), back(2, "1", 1)], 0, 0),
    ],
    "days": [
        ("two receipts of a day are one", DAYS, visits(1, 1.1, 2), 0, 2),
        ("three days", DAYS, visits(1, 3, 9), 100, 3),
        ("a day with two receipts outlives one return", DAYS, [*visits(1, 1.1, 2, 3), back(4, "1.1")], 100, 3),
        ("but not both", DAYS, [*visits(1, 1.1, 2, 3), back(4, "1.1"), back(5, "1")], 0, 2),
    ],
    "distinct": [
        ("the same twice is one thing", TASTES, [buy(1, "cake"), buy(2, "cake")], 0, 1),
        ("two categories", TASTES, [buy(1, "cake bread")], 100, 2),
        ("two articles", it("distinct", 2, by="sku"), [buy(1, "cake"), buy(2, "bread")], 100, 2),
        ("two brands", it("distinct", 2, by="brand"), [buy(1, "cake"), buy(2, "cake")], 0, 1),
        ("two shops", it("distinct", 2, by="shop"), [buy(1, shop="north"), buy(2, shop="south")], 100, 2),
        ("one shop twice", it("distinct", 2, by="shop"), [buy(1, shop="north"), buy(2, shop="north")], 0, 1),
        ("a till without a shop is no place", it("distinct", 1, by="shop"), visits(1), 0, 0),
        ("two partners", it("distinct", 2, by="partner"), [buy(1, partner="nola"), buy(2, partner="miro")], 100, 2),
        ("two sports", it("distinct", 2, by="sport", on="do"), [do(1, sport="run"), do(2, sport="swim")], 100, 2),
        ("one sport", it("distinct", 2, by="sport", on="do"), [do(1, sport="run"), do(2, sport="run")], 0, 1),
        ("only the wanted goods differ", it("distinct", 2, goods=CAKE), [buy(1, "cake bread")], 0, 1),
        ("twice the target is kept in mind", TASTES, [buy(1, "a b c d e f g h")], 100, 4),
        ("so that a return leaves it complete", TASTES, [buy(1, "a b c d e"), back(2, "1", 0, 1)], 100, 2),
        ("until too much came back", TASTES, [buy(1, "a b c d e"), back(2, "1", 0, 1, 2)], 0, 1),
    ],
    "weeks in a row": [
        ("three", WEEKS, visits(4, 5, 18), 100, 3),
        ("a week is missing", WEEKS, visits(4, 12, 19), 0, 2),
        ("a week that is forgiven", it("streak", 3, every="quarter", freezes=1), visits(4, 12, 19), 100, 3),
        ("two missing ones are not", it("streak", 3, every="quarter", freezes=1), visits(4, 19, 26), 0, 2),
    ],
    "days in a row": [
        ("three", ROW, visits(1, 2, 3), 100, 3),
        ("twice on a day is one day", ROW, visits(1, 1.5, 2), 0, 2),
        ("a day is missing", ROW, visits(1, 2, 4), 0, 2),
        ("it begins anew after it", ROW, visits(1, 2, 4, 5, 6), 100, 3),
        ("a return breaks it", ROW, [*visits(1, 2, 3), back(4, "2")], 0, 1),
        ("a day later it may be whole again", ROW, [*visits(1, 2), back(2.5, "2"), *visits(2.6, 3)], 100, 3),
        ("two missed days are forgiven", FROZEN, visits(1, 3, 4, 6), 100, 4),
        ("in one gap as well", FROZEN, visits(1, 2, 5, 6), 100, 4),
        ("a missed day is no day done", FROZEN, visits(1, 3, 5), 0, 3),
        ("three are not forgiven", FROZEN, visits(1, 3, 5, 7), 0, 3),
        ("a new run has its forgiveness back", FROZEN, visits(1, 3, 5, 7, 8), 100, 4),
        ("the weekend breaks nothing", WORKDAYS, visits(1, 2, 5), 100, 3),
        ("nor does it count", WORKDAYS, visits(2, 3, 4), 0, 1),
        ("Monday cannot be left out", WORKDAYS, visits(1, 2, 6), 0, 2),
        ("over many weeks only what matters is kept", ROW, visits(1, 3, 5, 7, 9, 11, 13, 15, 16, 17), 100, 3),
    ],
    "sequence": [
        ("one after the other", IN_TURN, [buy(1, "cake"), buy(2, "bread"), buy(3, "milk")], 100, 3),
        ("in another order", IN_TURN, [buy(1, "bread"), buy(2, "cake"), buy(3, "milk")], 0, 1),
        ("others in between do no harm", IN_TURN, [buy(1, "cake"), buy(2, "milk"), buy(3, "bread"), buy(4, "milk")], 100, 3),
        ("one sale is one step", IN_TURN, [buy(1, "cake bread milk")], 0, 1),
        ("a return cuts what followed", IN_TURN, [buy(1, "cake"), buy(2, "bread"), buy(3, "milk"), back(4, "2")], 0, 1),
        ("what followed cannot be cut twice", IN_TURN,
         [buy(1, "cake"), buy(2, "bread"), buy(3, "milk"), back(4, "2"), buy(5, "bread"), buy(6, "milk"), back(7, "3")], 100, 3),
        ("another line of the sale may go", IN_TURN, [buy(1, "cake milk"), back(2, "1", 1)], 0, 1),
        ("shops in their order", it("sequence", 2, by="shop", keys=("north", "south")),
         [buy(1, shop="north"), buy(2, shop="south")], 100, 2),
        ("shops the other way round", it("sequence", 2, by="shop", keys=("north", "south")),
         [buy(1, shop="south"), buy(2, shop="north")], 0, 1),
        ("the same thing twice in turn", it("sequence", 2, items=(CAKE, CAKE)), [buy(1, "cake"), buy(2, "cake")], 100, 2),
        ("chapters of a story", it("sequence", 2, on="do", by="chapter", keys=("1", "2")),
         [do(1, chapter=1), do(2, chapter=2)], 100, 2),
    ],
    "set": [
        ("all of it, in any order", ALL_THREE, [buy(1, "milk"), buy(2, "cake bread")], 100, 3),
        ("one is missing", ALL_THREE, [buy(1, "milk"), buy(2, "cake")], 0, 2),
        ("any two of three", it("set", 2, items=(CAKE, BREAD, MILK)), [buy(1, "milk"), buy(2, "cake")], 100, 2),
        ("a duplicate adds nothing", ALL_THREE, [buy(1, "milk"), buy(2, "milk"), buy(3, "cake")], 0, 2),
        ("but stands in for what is returned", ALL_THREE, [buy(1, "milk"), buy(2, "milk cake bread"), back(3, "1")], 100, 3),
        ("once", ALL_THREE, [buy(1, "milk"), buy(2, "milk cake bread"), back(3, "1"), back(4, "2", 0)], 0, 2),
        ("stickers", it("set", 2, on="do", by="card", keys=("a", "b")),
         [do(1, card="b"), do(2, card="c"), do(3, card="a")], 100, 2),
        ("both shops", it("set", 2, by="shop", keys=("n", "s")), [buy(1, shop="s"), buy(2, shop="n")], 100, 2),
    ],
    "quiz": [
        ("one right answer", QUIZ, [do(1, capital="Paris")], 0, 1),
        ("two at once", QUIZ, [do(1, capital="Paris", sum=4)], 100, 2),
        ("yes and no are answers", QUIZ, [do(1, capital="Paris"), do(2, round=True)], 100, 2),
        ("a wrong one scores nothing", QUIZ, [do(1, capital="Rome", sum=4)], 0, 1),
        ("the first answer counts", QUIZ, [do(1, capital="Rome"), do(2, capital="Paris", sum=4)], 0, 1),
        ("a right one does not score twice", QUIZ, [do(1, sum=4), do(2, sum=4)], 0, 1),
        ("other questions do not matter", QUIZ, [do(1, colour="red")], 0, 0),
        ("a new window asks again", QUIZ, [do(1, capital="Rome"), do(40, capital="Paris", sum=4)], 100, 2),
    ],
    "windows": [
        ("a month ends", TWICE, visits(30, 31), 0, 1),
        ("the next one begins anew and pays anew", TWICE, visits(1, 2, 31, 32), 200, 2),
        ("a week ends with Sunday", it("count", 2, every="week"), visits(4, 5), 0, 1),
        ("for ever", it("count", 2, every="ever"), visits(1, 400), 100, 2),
        ("nothing is left when it is over", TWICE, [*visits(1, 2), 31], 100, 0),
        ("seven days from the first step", WEEK_LONG, visits(1.5, 7.9), 100, 2),
        ("the eighth is too late", WEEK_LONG, visits(1.5, 8), 0, 1),
        ("the next seven begin with the next step", WEEK_LONG, visits(1, 10, 16), 100, 2),
        ("a challenge's own end is the last", it("count", 2, window_days=7, until=START + 3 * DAY), [*visits(1, 4), 3], 0, 0),
    ],
    "again at once": [
        ("every second visit pays", AGAIN, visits(1, 2, 3, 4, 5), 200, 5),
        ("twice a window at most", replace(AGAIN, most=2), visits(1, 2, 3, 4, 5, 6), 200, 6),
        ("a large basket completes it twice", it("sum", 1000, recurs="completion"), [buy(1, euros=25)], 200, 2500),
        ("a return takes one completion back", AGAIN, [*visits(1, 2, 3, 4), back(5, "1")], 100, 3),
        ("beyond the most it takes none", replace(AGAIN, most=1), [*visits(1, 2, 3), back(4, "1")], 100, 2),
        ("kept ones stay, the rest of the way goes", replace(AGAIN, on_return="keep"),
         [*visits(1, 2, 3), back(4, "1"), back(5, "2")], 100, 2),
        ("and the next one needs all of its visits", replace(AGAIN, on_return="keep"),
         [*visits(1, 2, 3), back(4, "1"), *visits(5)], 100, 3),
        ("days begin anew", it("days", 2, recurs="completion"), visits(1, 2, 3), 100, 1),
        ("and pay anew", it("days", 2, recurs="completion"), visits(1, 2, 3, 4), 200, 0),
        ("as often as it says", it("days", 2, recurs="completion", most=1), visits(1, 2, 3, 4), 100, 0),
        ("a streak begins anew", it("streak", 2, unit="day", recurs="completion"), visits(1, 2, 3, 4), 200, 0),
        ("what began anew is not taken back", it("days", 2, recurs="completion"), [*visits(1, 2, 3), back(4, "1")], 100, 1),
        ("what has not yet been completed is", it("days", 2, recurs="completion"), [*visits(1, 2, 3), back(4, "3")], 100, 0),
    ],
    "once and for all": [
        ("the first week pays", ONCE, visits(1, 2), 100, 2),
        ("no later one does", ONCE, visits(1, 2, 8, 9), 100, 0),
        ("a week that was not enough is tried again", ONCE, visits(1, 8, 9), 100, 2),
        ("undone in its week it can be done again", ONCE, [*visits(1, 2), back(3, "1"), *visits(8, 9)], 100, 2),
        ("a return after its week is too late", ONCE, [*visits(1, 2), back(8, "1")], 100, 0),
    ],
    "opting in": [
        ("whoever has not does not take part", TAKEN, visits(1, 2), 0, 0),
        ("whoever has does", TAKEN, [join(0), *visits(1, 2)], 100, 2),
        ("what was before does not count", TAKEN, [*visits(1), join(1.5), *visits(2)], 0, 1),
        ("nobody is asked again next month", TAKEN, [join(0), *visits(31, 32)], 100, 2),
        ("nor after a month with a completion", TAKEN, [join(0), *visits(1, 2, 31, 32)], 200, 2),
        ("opting out forgets", TAKEN, [join(0), *visits(1), leave(2), *visits(3)], 0, 0),
        ("opting in again begins anew", TAKEN, [join(0), *visits(1), leave(2), join(3), *visits(4)], 0, 1),
        ("a return of what was forgotten takes nothing", TAKEN,
         [join(0), *visits(1), leave(2), join(3), *visits(4), back(5, "1")], 0, 1),
        ("the same window does not pay twice", TAKEN, [join(0), *visits(1, 2), leave(3), join(4), *visits(5, 6)], 100, 0),
        ("the next window does", TAKEN, [join(0), *visits(1, 2), leave(3), join(4), *visits(31, 32)], 200, 2),
        ("days are counted from opting in", it("count", 2, opt_in=True, window_days=7), [join(0), *visits(1, 7)], 0, 1),
        ("opting in twice changes nothing", TAKEN, [join(0), *visits(1), join(1.5), *visits(2)], 100, 2),
        ("into what has not begun is nothing", it("count", 1, opt_in=True, since=START + DAY), [join(0), *visits(2)], 0, 0),
        ("into nothing is nothing", TAKEN, [join(0, challenge="other"), *visits(1, 2)], 0, 0),
        ("what is once for all stays so", it("count", 1, opt_in=True, recurs="never"),
         [join(0), *visits(1), leave(2), join(40), *visits(41)], 100, 0),
        ("totals go on from what was paid", it("count", 2, opt_in=True, recurs="completion"),
         [join(0), *visits(1, 2, 3), leave(4), join(5), *visits(6)], 100, 3),
    ],
    "a target of one's own": [
        ("less than the common one", TAKEN, [join(0, 1), *visits(1)], 100, 1),
        ("more than the common one", TAKEN, [join(0, 3), *visits(1, 2)], 0, 2),
        ("without opting in", TWICE, [join(0, 1), *visits(1)], 100, 1),
        ("on the way, what was done counts", TWICE, [*visits(1), join(1.5, 3), *visits(2, 3)], 100, 3),
        ("it holds in the next window", TAKEN, [join(0, 1), *visits(31)], 100, 1),
        ("another one does not pay again", AGAIN, [*visits(1, 2), join(2.5, 1), *visits(3)], 200, 2),
    ],
    "steps": [
        ("the first part pays", PARTS, visits(1, 2), 10, 2),
        ("each once", PARTS, visits(1, 2, 3), 30, 3),
        ("and the target", PARTS, visits(1, 2, 3, 4), 130, 4),
        ("several at once", it("sum", 900, reward=7, steps=(Step(300, 2), Step(600, 3))), [buy(1, euros=9)], 12, 900),
        ("in whatever order they are written", it("count", 3, steps=(Step(2, 20), Step(1, 10))), visits(1), 10, 1),
        ("a return takes one back", PARTS, [*visits(1, 2, 3), back(4, "1")], 10, 2),
        ("and pays it again", PARTS, [*visits(1, 2, 3), back(4, "1"), *visits(5)], 30, 3),
        ("target and step may fall together", PARTS, [*visits(1, 2, 3, 4), back(5, "1"), back(6, "2")], 10, 2),
        ("nothing is kept of nothing", PARTS, [*visits(1, 2), back(3, "1"), back(4, "2")], 0, 0),
        ("a new window pays them anew", PARTS, visits(1, 2, 31, 32), 20, 2),
        ("kept ones stay", replace(PARTS, on_return="keep"), [*visits(1, 2), back(3, "1")], 10, 1),
        ("and are not paid twice", replace(PARTS, on_return="keep"), [*visits(1, 2), back(3, "1"), *visits(4)], 10, 2),
        ("not even by another way to them", replace(PARTS, on_return="keep"),
         [*visits(1, 2), back(3, "1"), back(3.5, "2"), *visits(4, 5)], 10, 2),
        ("beginning anew does not pay them anew", it("days", 2, recurs="completion", steps=(Step(1, 5),)), visits(1, 2, 3), 105, 1),
        ("nor takes them", it("days", 2, recurs="completion", steps=(Step(1, 5),)), [*visits(1, 2, 3), back(4, "3")], 105, 0),
    ],
    "returns": [
        ("below the target the reward goes", TWICE, [*visits(1, 2), back(3, "1")], 0, 1),
        ("and comes again", TWICE, [*visits(1, 2), back(3, "1"), *visits(4)], 100, 2),
        ("more than enough leaves it", TWICE, [*visits(1, 2, 3), back(4, "1")], 100, 2),
        ("twice is no more than once", TWICE, [*visits(1, 2, 3), back(4, "1"), back(5, "1")], 100, 2),
        ("a part of the sale is still a visit", TWICE, [buy(1, "cake bread"), *visits(2), back(3, "1", 0)], 100, 2),
        ("after the window nothing is taken", TWICE, [*visits(30, 30.5), back(31, "30")], 100, 0),
        ("nor from the next window", TWICE, [*visits(30, 31), back(32, "30")], 0, 1),
        ("what was reached is kept", KEPT, [*visits(1, 2), back(3, "1")], 100, 0),
        ("kept is what was reached, not the way", KEPT, [*visits(1), back(2, "1"), *visits(3)], 0, 1),
        ("a return that precedes its sale", TWICE, [back(0, "1"), *visits(1, 2)], 0, 1),
    ],
}  # fmt: skip
TABLE = [pytest.param(*case[1:], id=f"{group}: {case[0]}") for group, cases in CASES.items() for case in cases]


def program_of(*challenges: Challenge, closed: tuple[str, ...] = ()) -> Program:
    return Program(Rulebook(challenges=challenges, frames=(Frame(closed_days=frozenset(closed)),)))


def told(facts: list[AnyFact], program: Program) -> Journal:
    journal = Journal(program, every=2)
    for fact in facts:
        journal.record(fact)
    return journal


def kept_of(journal: Journal) -> int:
    """The points that the member has, less what is owed: there is no other promise."""
    return sum(lot.points for lot in journal.standing.lots) - sum(journal.standing.owed.values())


@pytest.mark.parametrize(("challenge", "happened", "points", "way"), TABLE)
def test_what_a_challenge_pays_and_how_far_it_has_come(
    challenge: Challenge, happened: list[Any], points: int, way: int
):
    facts = [each for each in happened if not isinstance(each, int)]
    until = max([START + each * DAY for each in happened if isinstance(each, int)] + [fact.at for fact in facts])
    program = program_of(challenge)
    journal, backwards = told(facts, program), told(facts[::-1], program)
    for each in (journal, backwards):
        each.tick(until)
    progress = journal.standing.progress.get("it")

    assert kept_of(journal) == points
    assert (steps_done(challenge, progress.marks, program, until) if progress else 0) == way
    assert encode(backwards.standing) == encode(journal.standing)


@pytest.mark.parametrize(
    ("closed", "days", "points"),
    [
        ((), (1, 2, 4), 0),
        (("2017-03-04",), (1, 2, 4), 100),
        (("2017-03-04",), (1, 2, 5), 0),
        (("2017-03-04", "2017-03-05"), (1, 2, 5), 100),
        (("2017-03-04",), (2, 3, 4), 100),
    ],
    ids=[
        "a day is missing",
        "the shop was closed",
        "longer than the shop",
        "closed for two days",
        "somebody came anyway",
    ],
)
def test_no_streak_of_days_breaks_over_a_day_on_which_nobody_could_come(closed, days, points):
    assert kept_of(told(visits(*days), program_of(ROW, closed=closed))) == points


def test_a_later_frame_may_say_that_a_day_was_closed_and_takes_nothing_back():
    frames = (Frame(), Frame(START + 5 * DAY, closed_days=frozenset({"2017-03-04"})), Frame(START + 9 * DAY))
    program = Program(Rulebook(challenges=(replace(ROW, target=4),), frames=frames))

    assert kept_of(told(visits(1, 2, 4), program)) == 0
    assert kept_of(told(visits(1, 2, 4, 5), program)) == 100


@pytest.mark.parametrize(
    ("says", "first", "days", "points"),
    [
        ("closed until the first is completed", it("count", 2), (1,), 0),
        ("what completes the first does not open and enter at once", FIRST, (1,), 1),
        ("open afterwards", FIRST, (1, 2), 11),
        ("closed again in the next window", FIRST, (1, 31), 2),
        ("open for ever after what recurs never", replace(FIRST, recurs="never"), (1, 31), 11),
    ],
)
@pytest.mark.parametrize("turned", [False, True], ids=["first written first", "first written last"])
def test_one_challenge_opens_after_another(says, first, days, points, turned):
    program = program_of(*([THEN, first] if turned else [first, THEN]))

    assert kept_of(told(visits(*days), program)) == points, says


def ruled(facts: list[AnyFact], program: Program) -> Iterator[Ruling]:
    """What each fact does, in their order."""
    standing = Standing()
    deals: dict[str, Deal] = {}
    for fact in sorted(facts, key=position):
        ruling = adjudicate(standing, fact, program, deals.get(getattr(fact, "deal", "")))
        standing = ruling.standing
        if ruling.deal:
            deals[ruling.deal.fact.id] = ruling.deal
        yield ruling


def news_of(facts: list[AnyFact], challenge: Challenge) -> list[list[str]]:
    return [
        [type(news).__name__ for news in ruling.news if not isinstance(news, StandingMoved)]
        for ruling in ruled(facts, program_of(challenge))
    ]


def test_steps_completion_and_their_loss_are_told():
    told = news_of([*visits(1, 2, 3, 4), back(5, "1"), back(6, "2")], PARTS)

    assert told == [[], ["StepReached"], ["StepReached"], ["ChallengeCompleted"], ["ChallengeWithdrawn"], []]


@pytest.mark.parametrize(
    ("challenge", "facts", "named"),
    [
        (TWICE, [*visits(1, 2), back(3, "1")], False),
        (KEPT, [*visits(1, 2), back(3, "1")], True),
        (KEPT, [*visits(1), back(3, "1")], False),
        (ONCE, [*visits(1, 2), back(8, "1")], True),
        (it("days", 2, recurs="completion"), [*visits(1, 2), back(3, "1")], True),
        (replace(AGAIN, on_return="keep"), [*visits(1, 2), back(3, "1")], True),
        (replace(AGAIN, on_return="keep"), [*visits(1, 2, 3), back(4, "1")], False),
        (TAKEN, [join(0), *visits(1, 2), leave(2.5), back(3, "1")], True),
    ],
    ids=["undone", "kept", "not completed", "after its window", "began anew", "total kept", "surplus", "opted out"],
)
def test_the_clerk_is_told_what_a_return_leaves_completed(challenge, facts, named):
    program, journal = program_of(challenge), Journal(program_of(challenge))
    for fact in facts[:-1]:
        journal.record(fact)

    ruling = adjudicate(journal.standing, facts[-1], program, journal.recall(facts[-1].deal))

    assert [(each.why, each.of) for each in ruling.kept] == [("challenge-stays-completed", "it")] * named


def test_a_window_ends_as_it_was_promised_when_it_began():
    """A later edition closes the challenge and opens it with another window; who is under way keeps the old one."""
    weekly = it("count", 2, every="week", closed=START + 2 * DAY)
    monthly = it("count", 2, every="month", since=START + 2 * DAY, edition=1)

    journal = told(visits(1, 3), program_of(weekly, monthly))

    assert journal.standing.progress["it"].until == START + 5 * DAY
    assert kept_of(journal) == 100


def test_what_recurs_never_is_remembered_for_ever_and_small():
    standing = told([*visits(1, 2)], program_of(ONCE)).standing

    later = advance(standing, START + 99 * DAY, program_of(ONCE)).standing

    assert (later.progress["it"].until, later.progress["it"].marks, later.progress["it"].done) == (NEVER, {}, 1)


def test_whoever_opted_in_leaves_when_the_challenge_ends():
    ending = replace(TAKEN, until=START + 60 * DAY)
    standing = told([join(0), *visits(1)], program_of(ending)).standing

    assert advance(standing, START + 59 * DAY, program_of(ending)).standing.progress["it"].joined
    assert not advance(standing, START + 60 * DAY, program_of(ending)).standing.progress


def test_a_year_of_days_stays_small():
    yearly = it("streak", 5, unit="day", every="year")
    every_other_day = visits(*range(0, 300, 2))

    assert len(told(every_other_day, program_of(yearly)).standing.progress["it"].marks) <= 2 * yearly.target


# Order independence, over histories full of challenges.

SPAN = 70
RICH = (
    Challenge("count", kind="count", target=2, reward=11, every="week"),
    Challenge("again", kind="count", target=2, reward=7, recurs="completion", most=3, steps=(Step(1, 2),)),
    Challenge("euros", kind="sum", target=500, reward=5, recurs="completion", on_return="keep", every="week"),
    Challenge("parts", kind="sum", target=1200, reward=40, steps=(Step(300, 3), Step(800, 4))),
    Challenge("tastes", kind="distinct", target=2, reward=13, window_days=9, on_return="keep"),
    Challenge("skus", kind="distinct", target=2, reward=6, by="sku", recurs="completion", most=2),
    Challenge("row", kind="streak", target=3, reward=17, unit="day", freezes=1, rests=frozenset({6})),
    Challenge("weeks", kind="streak", target=2, reward=19, every="quarter", recurs="completion"),
    Challenge("turn", kind="sequence", target=2, reward=23, items=(CAKE, BREAD), steps=(Step(1, 1),)),
    Challenge("set", kind="set", target=2, reward=29, items=(CAKE, MILK), every="week"),
    Challenge("quiz", kind="quiz", target=2, reward=31, on="do", answers={"a": "1", "b": "2", "c": "3"}),
    Challenge("minutes", kind="sum", target=60, reward=37, on="do", where={"a": frozenset({1, 2})}),
    Challenge("it", kind="days", target=2, reward=41, opt_in=True, window_days=12, recurs="completion"),
    Challenge("mine", kind="count", target=3, reward=43, opt_in=True, until=START + 50 * DAY),
    Challenge("once", kind="count", target=3, reward=47, recurs="never", every="week"),
    Challenge("then", kind="count", target=1, reward=53, after="once", every="week"),
)
PROGRAM = program_of(*RICH, closed=("2017-03-10",))
instants = st.integers(0, SPAN * 4).map(lambda quarter: quarter / 4)


@st.composite
def histories(draw) -> list[AnyFact]:
    """Sales and their returns, activities, opting in and out, close together."""
    facts: list[AnyFact] = []
    sales: list[str] = []
    for n in range(draw(st.integers(3, 24))):
        day, id = draw(instants), f"{draw(st.integers(0, 9))}-{n}"
        match draw(st.sampled_from(["sale", "sale", "sale", "return", "return", "do", "in", "out"])):
            case "sale":
                goods = " ".join(draw(st.lists(st.sampled_from(["cake", "bread", "milk"]), min_size=1, max_size=3)))
                facts.append(buy(day, goods, draw(st.integers(0, 6)), id))
                sales.append(id)
            case "return":
                lines = draw(st.sets(st.integers(0, 2)))
                deal = draw(st.sampled_from(sales)) if sales else "unknown"
                facts.append(replace(back(day, deal, *sorted(lines)), id=id))
            case "do":
                answers = draw(st.dictionaries(st.sampled_from("abc"), st.integers(1, 3), max_size=2))
                facts.append(replace(do(day, draw(st.integers(0, 40)), **answers), id=id))
            case "in":
                which = draw(st.sampled_from(["it", "mine", "count", "again"]))
                facts.append(replace(join(day, draw(st.integers(0, 3)), which), id=id))
            case "out":
                which = draw(st.sampled_from(["it", "mine", "count", "again"]))
                facts.append(replace(leave(day), id=id, challenge=which))
    return facts


EXAMPLES = os.environ.get("PUNCHCARD_EXAMPLES", "")
many = settings(
    max_examples=int(EXAMPLES or 60),
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@many
@given(histories(), st.randoms(use_true_random=False))
def test_challenges_stand_alike_in_whatever_order_facts_arrive(facts: list[AnyFact], chance: random.Random):
    arrivals = facts + chance.choices(facts, k=len(facts) // 2)
    chance.shuffle(arrivals)
    journal = Journal(PROGRAM, every=3)

    for fact in arrivals:
        if chance.random() < 0.3:
            journal.tick(max(START, journal.standing.at) + chance.randrange(9 * DAY))
        journal.record(fact)
    journal.tick(START + 2 * SPAN * DAY)
    ordered = told(sorted(facts, key=position), PROGRAM)
    ordered.tick(START + 2 * SPAN * DAY)

    assert encode(journal.standing) == encode(ordered.standing)


@many
@given(histories())
def test_what_is_paid_is_what_completions_and_steps_allow(facts: list[AnyFact]):
    """After every fact: never below zero, never more than was reached, and the ledger says the same."""
    standing, issued = Standing(), 0
    for ruling in ruled(facts, PROGRAM):
        standing = ruling.standing
        for entry in ruling.entries:
            issued += entry.points * ((entry.counter == "issued") - (entry.account == "issued"))
        for challenge in RICH:
            now = standing.progress.get(challenge.id)
            if now:
                steps = sorted(challenge.steps, key=lambda step: step.at)[: now.steps]
                assert now.paid == now.done * challenge.reward + sum(step.reward for step in steps)
                assert now.done >= 0 and 0 <= now.steps <= len(challenge.steps)
                assert now.done <= (challenge.most or 10**6 if challenge.recurs == "completion" else 1)
                assert all(count >= 0 for count in now.marks.values())
                assert now.until > standing.at

    assert issued == sum(lot.points for lot in standing.lots) - sum(standing.owed.values()) >= 0


@many
@given(histories())
def test_a_challenge_changes_at_the_end_of_its_window_and_not_before(facts: list[AnyFact]):
    standing = told(sorted(facts, key=position), PROGRAM).standing
    while (at := next_change_at(standing)) < NEVER:
        before, after = advance(standing, at - 1, PROGRAM).standing, advance(standing, at, PROGRAM).standing

        assert before.progress == standing.progress
        assert after.progress != standing.progress
        standing = after


def test_completion_and_withdrawal_name_the_fact():
    found = [news for ruling in ruled([*visits(1, 2), back(3, "1")], program_of(TWICE)) for news in ruling.news]

    assert ChallengeCompleted("it", "2") in found
    assert ChallengeWithdrawn("it", "r3") in found


def test_the_reward_lives_on_the_terms_of_the_challenge():
    stamps = it("count", 1, coin=Coin("coffee", funder="house"))

    [lot] = told(visits(1), program_of(stamps)).standing.lots

    assert (lot.currency, lot.points) == ("coffee", 100)
