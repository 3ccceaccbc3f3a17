"""Which of several terms apply, and how much they may give together: one line a case and what is said of it."""

from typing import Any, Literal

import pytest

from punchcard.programme import (
    Cap,
    Coin,
    Expiry,
    Extend,
    Fixed,
    Frame,
    Goods,
    Group,
    Limit,
    PerAmount,
    Period,
    PerUnit,
    Program,
    Rulebook,
    Term,
    Times,
)
from tests.rules import CURRENCIES, DAY, Case, back, bread, cake, did, folded, on, said, sale, shop

CAKE = Goods(categories=frozenset({"cake"}))
BREAD = Goods(categories=frozenset({"bread"}))
Choice = Literal["priority", "most", "newest"]
KEPT = Coin(expiry=Expiry(days=60))


def fixed(id: str, points: int, group: str = "", priority: int = 0, **more) -> Term:
    return Term(id, award=Fixed(points), group=group, priority=priority, **more)


def euro(id: str = "base", **more) -> Term:
    return Term(id, award=PerAmount(1, 100), **more)


def choosing(choose: Choice, *terms: Term, at_most: int = 1, **more) -> Program:
    return shop(*terms, groups=(Group("g", choose, at_most, **more),))


def lone(*terms: Term, others: tuple[Group, ...] = ()) -> Program:
    """The group `g` goes with no other."""
    return shop(*terms, groups=(Group("g", exclusive=True), *others))


def stacked(most: int, *terms: Term, **frame) -> Program:
    return shop(*terms, stack_most=most, **frame)


def within(limit: int, *terms: Term, every: Period = "month", **more) -> Program:
    return shop(*terms, limits=(Limit("all", limit, every, **more),))


ONE = [sale(1, bread(1000))]
BOTH = [sale(1, bread(1000), cake(1000))]
OLD, NEW = {"since": on(-30)}, {"since": on(-3)}
GROUPS: list[Case] = [
    ("a group that nobody declares: the first by priority", shop(fixed("a", 1, "g", 2), fixed("b", 9, "g", 1)), ONE,
     "a applied 1, b outbid"),
    ("by id where priorities are the same", shop(fixed("b", 9, "g"), fixed("a", 1, "g")), ONE, "b outbid, a applied 1"),
    ("the next where the first does not apply", shop(fixed("a", 1, "g", 2, goods=CAKE), fixed("b", 9, "g", 1)), ONE,
     "a no-such-goods, b applied 9"),
    ("a multiple with the higher priority outbids what is not one", shop(euro(), Term("m", award=Times(200), group="g",
     priority=2), fixed("f", 3, "g", 1)), ONE, "base applied 10, m applied 10, f outbid"),
    ("two may apply", choosing("priority", fixed("a", 1, "g", 3), fixed("b", 2, "g", 2), fixed("c", 4, "g", 1), at_most=2),
     ONE, "a applied 1, b applied 2, c outbid"),
    ("the one that gives most", choosing("most", fixed("a", 1, "g", 9), fixed("b", 2, "g")), ONE, "a outbid, b applied 2"),
    ("it depends on the basket", choosing("most", euro("a", group="g"), fixed("b", 11, "g")), ONE, "a outbid, b applied 11"),
    ("in a larger one the other", choosing("most", euro("a", group="g"), fixed("b", 11, "g")), [sale(1, bread(1200))],
     "a applied 12, b outbid"),
    ("as much of two: by priority", choosing("most", fixed("a", 5, "g"), fixed("b", 5, "g", 1)), ONE, "a outbid, b applied 5"),
    ("then by id", choosing("most", fixed("b", 5, "g"), fixed("a", 5, "g")), ONE, "b outbid, a applied 5"),
    ("the two that give most", choosing("most", fixed("a", 1, "g"), fixed("b", 2, "g"), fixed("c", 3, "g"), at_most=2), ONE,
     "a outbid, b applied 2, c applied 3"),
    ("most is what the member gets under caps", choosing("most", fixed("a", 9, "g", caps=(Cap(3, "month"),)),
     fixed("b", 5, "g")), ONE, "a outbid, b applied 5"),
    ("and under grants", choosing("most", fixed("a", 9, "g", scarce=True), fixed("b", 5, "g")),
     [sale(1, bread(1000), grants={"a": 4})], "a outbid, b applied 5"),
    ("what was not granted is no rival", choosing("most", fixed("a", 9, "g", scarce=True), fixed("b", 5, "g")), ONE,
     "a outbid, b applied 5"),
    ("a multiple among the rivals", choosing("most", euro(), Term("m", award=Times(200), group="g"), fixed("f", 9, "g")), ONE,
     "base applied 10, m applied 10, f outbid"),
    ("the newest", choosing("newest", fixed("a", 1, "g", 9, **OLD), fixed("b", 2, "g", **NEW)), ONE, "a outbid, b applied 2"),
    ("even if it gives less", choosing("newest", fixed("a", 9, "g", **OLD), fixed("b", 2, "g", **NEW)), ONE,
     "a outbid, b applied 2"),
    ("as new: the later edition", choosing("newest", fixed("a", 9, "g", edition=1), fixed("b", 2, "g", edition=2)), ONE,
     "a outbid, b applied 2"),
    ("then by priority", choosing("newest", fixed("a", 9, "g"), fixed("b", 2, "g", 1)), ONE, "a outbid, b applied 2"),
    ("the newest does not apply", choosing("newest", fixed("a", 9, "g", **OLD), fixed("b", 2, "g", goods=CAKE, **NEW)), ONE,
     "a applied 9, b no-such-goods"),
    ("what is asked for is decided first", choosing("priority", fixed("a", 1, "g", 9, requires=frozenset({"z"})),
     fixed("b", 2, "g", 1), fixed("z", 3)), ONE, "a applied 1, b outbid, z applied 3"),
    ("what a loser was asked for", choosing("most", fixed("a", 1, "g"), fixed("b", 2, "g"), fixed("c", 3,
     requires=frozenset({"a"}))), ONE, "a outbid, b applied 2, c not-with-it"),
    ("a return is decided anew, but never earns", choosing("most", fixed("a", 9, "g", goods=CAKE), fixed("b", 5, "g")),
     [*BOTH, back(2, BOTH[0], 1)], "a returned -9, b given 5"),
]  # fmt: skip
ALONE: list[Case] = [
    ("no term of another group", lone(fixed("a", 1, "g"), fixed("b", 9, "h", 9)), ONE, "a applied 1, b excluded"),
    ("those without a group are not touched", lone(fixed("a", 1, "g"), fixed("b", 9)), ONE, "a applied 1, b applied 9"),
    ("if it does not apply the others do", lone(fixed("a", 1, "g", goods=CAKE), fixed("b", 9, "h")), ONE,
     "a no-such-goods, b applied 9"),
    ("within it the better one", lone(fixed("a", 1, "g"), fixed("b", 9, "g", 1), fixed("c", 5, "h")), ONE,
     "a outbid, b applied 9, c excluded"),
    ("of two such groups the one with the higher priority", lone(fixed("a", 1, "g"), fixed("b", 9, "h", 5),
     others=(Group("h", exclusive=True),)), ONE, "a excluded, b applied 9"),
    ("rivals are excluded too", lone(fixed("a", 1, "g"), fixed("b", 9, "h"), others=(Group("h", "most"),)), ONE,
     "a applied 1, b excluded"),
    ("and may exclude", shop(fixed("a", 1, "g"), fixed("b", 9, "h", 5), groups=(Group("g", "most", exclusive=True),)), ONE,
     "a applied 1, b excluded"),
]  # fmt: skip
MANY: list[Case] = [
    ("as many as may", stacked(2, fixed("a", 1), fixed("b", 2)), ONE, "a applied 1, b applied 2"),
    ("one too many", stacked(1, fixed("a", 1), fixed("b", 2)), ONE, "a too-many, b applied 2"),
    ("priority before points", stacked(1, fixed("a", 1, priority=1), fixed("b", 2)), ONE, "a applied 1, b too-many"),
    ("then by id", stacked(1, fixed("b", 1), fixed("a", 1)), ONE, "b too-many, a applied 1"),
    ("the base counts", stacked(1, euro(), fixed("b", 20)), ONE, "base too-many, b applied 20"),
    ("who does not apply does not count", stacked(1, fixed("a", 1), fixed("b", 2, goods=CAKE)), ONE,
     "a applied 1, b no-such-goods"),
    ("nor who is outbid", stacked(2, fixed("a", 1, "g", 1), fixed("b", 2, "g"), fixed("c", 3)), ONE,
     "a applied 1, b outbid, c applied 3"),
    ("who is too many leaves no place in its group", stacked(1, fixed("a", 1, "g", 1), fixed("b", 2, "g"), fixed("c", 3,
     priority=2)), ONE, "a too-many, b outbid, c applied 3"),
    ("a multiple of what is too many", stacked(1, euro(), Term("m", award=Times(300), priority=1)), ONE,
     "base too-many, m rounded-to-nothing"),
    ("what asks for one that is too many", stacked(2, euro(), fixed("a", 99), fixed("b", 50, requires=frozenset({"base"}))),
     ONE, "base too-many, a applied 99, b not-with-it"),
    ("one too many uses no limit up", stacked(1, euro(), fixed("b", 20), limits=(Limit("all", 25, "month"),)), ONE,
     "base too-many, b applied 20"),
    ("one that prolongs counts as well", stacked(1, euro(), Term("x", award=Extend(days=9), priority=1)), ONE,
     "base too-many, x applied"),
]  # fmt: skip
LIMITS: list[Case] = [
    ("up to the limit", within(10, euro()), ONE, "base applied 10"),
    ("cut", within(7, euro()), ONE, "base capped 7"),
    ("two terms use it up as they go", within(12, euro(), fixed("a", 5)), ONE, "base capped 7, a applied 5"),
    ("the first takes it all", within(5, euro(), fixed("a", 5, priority=1)), ONE, "base limit-used-up, a applied 5"),
    ("by an earlier sale", within(10, euro()), [*ONE, sale(2, bread(100))], "base limit-used-up"),
    ("partly", within(15, euro()), [*ONE, sale(2, bread(1000))], "base capped 5"),
    ("the next month begins anew", within(10, euro()), [*ONE, sale(31, bread(1000))], "base applied 10"),
    ("the next day", within(10, euro(), every="day"), [*ONE, sale(2, bread(1000))], "base applied 10"),
    ("of another currency", within(3, euro(), Term("s", award=Fixed(9), coin=Coin("stamps"))), ONE,
     "base capped 3, s applied 9"),
    ("of some terms", within(3, euro(), fixed("a", 9), terms=frozenset({"a"})), ONE, "base applied 10, a capped 3"),
    ("a cap and a limit: the lower one", within(8, euro(caps=(Cap(9, "month"),))), ONE, "base capped 8"),
    ("whichever it is", within(9, euro(caps=(Cap(8, "month"),))), ONE, "base capped 8"),
    ("a return gives its room back", within(10, euro()), [*ONE, back(2, ONE[0], 0), sale(3, bread(1000))], "base applied 10"),
    ("what remains keeps the room that the sale had", within(15, euro()), [*BOTH, back(2, BOTH[0], 1)], "base returned -5"),
    ("an activity uses it up", within(10, euro(), Term("run", award=PerUnit(1), on="run")), [did(1, "run", 8),
     sale(2, bread(1000))], "base capped 2"),
    ("what prolongs is not limited", within(0, Term("x", award=Extend(days=9))), ONE, "x applied"),
    ("a multiple is of what was left of it", within(15, euro(), Term("m", award=Times(200))), ONE,
     "base applied 10, m capped 5"),
    ("a cap of uses", shop(fixed("a", 5, caps=(Cap(1, "week", "uses"),))), [*ONE, sale(2, bread(100))], "a cap-used-up"),
    ("a cap cuts", shop(euro(caps=(Cap(4, "sale"),))), ONE, "base capped 4"),
    ("a grant of nothing", shop(fixed("a", 5, scarce=True)), [sale(1, bread(100), grants={"a": 0})], "a not-granted"),
]  # fmt: skip
RULES = {"group": GROUPS, "alone": ALONE, "too many": MANY, "limit": LIMITS}
CASES = [(f"{rule}: {case[0]}", *case[1:]) for rule, cases in RULES.items() for case in cases]


@pytest.mark.parametrize(
    ("program", "facts", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_shop_says(program, facts, expected: str):
    assert said(program, facts) == expected


def test_groups_and_limits_are_those_of_the_day():
    terms = euro(), fixed("a", 20, "g"), fixed("b", 30, "g", 1)
    frames = (
        Frame(),
        Frame(since=on(2), groups=(Group("g", at_most=2),)),
        Frame(since=on(3), limits=(Limit("all", 35, "month"),)),
    )
    program = Program(Rulebook(currencies=CURRENCIES, terms=terms, frames=frames))
    days = [said(program, [sale(day, bread(1000))]) for day in (1.9, 2, 3)]

    assert days == [
        "base applied 10, a outbid, b applied 30",
        "base applied 10, a applied 20, b applied 30",
        "base capped 5, a outbid, b applied 30",
    ]


def test_what_an_award_prolongs_is_what_was_held_and_a_return_does_not_shorten_it():
    program = shop(euro(coin=KEPT), Term("x", award=Extend(days=10), goods=CAKE, caps=(Cap(1, "month", "uses"),)))
    first, second, third = sale(1, bread(1000)), sale(2, cake(300), bread(100)), sale(3, cake(100))
    ruling = folded(program, [first, second])

    assert [(lot.points, (lot.expires - on(0)) / DAY) for lot in ruling.standing.lots] == [(4, 63), (10, 72)]
    assert said(program, [first, second]) == "base applied 4, x applied"
    assert said(program, [first, second, third]) == "base applied 1, x cap-used-up"
    assert said(program, [first, second, back(3, second, 0)]) == "base returned -3, x not-taken-back"
    assert said(program, [first, second, back(3, second, 0), back(4, second, 1)]) == "base returned -1"
    assert said(program, [first, second, back(3, second, 1)]) == "base returned -1"


def test_a_scarce_term_that_prolongs_uses_one_of_its_grant():
    program = shop(Term("x", award=Extend(days=10), scarce=True))
    levels = [folded(program, [sale(1, bread(100), grants={"x": grant})]).levels for grant in (0, 1, 9)]

    assert levels == [{"x": 0}, {"x": 1}, {"x": 1}]


def test_what_is_in_the_same_group_or_not_is_the_same_in_any_order_of_the_rulebook():
    terms = [
        fixed("a", 1, "g", 3), fixed("b", 7, "h", 1), fixed("c", 4, "h"), euro("d", group="i"), fixed("e", 10, "i"),
        Term("f", award=Times(300), requires=frozenset({"d"})), fixed("k", 2, requires=frozenset({"e"})), fixed("l", 10),
    ]  # fmt: skip
    frame: dict[str, Any] = {
        "groups": (Group("h", "most"), Group("i", "newest", 2)),
        "stack_most": 5,
        "limits": (Limit("z", 40, "day"),),
    }
    heard = {
        frozenset(said(shop(*terms[turn:], *terms[:turn], **frame), ONE).split(", ")) for turn in range(len(terms))
    }

    assert len(heard) == 1
