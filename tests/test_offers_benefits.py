"""What offers take off a basket: which go together, and how much of each line. A table, and what must hold of any."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from punchcard.offers import Discount, FreeItem, Goods, Less, best
from punchcard.offers.model import Benefit, Conditions
from punchcard.programme import Line

ANYTHING, COFFEE = Goods(), Goods(categories=frozenset({"coffee"}))
ANY = 10**9
FLAT_WHITE, ESPRESSO = Line("flat-white", "coffee", "", 2, 36_00), Line("espresso", "coffee", "", 1, 11_00)
BREAD, WATER = Line("loaf", "bread", "", 1, 22_00), Line("water", "drinks", "", 1, 0)


def less(id: str, benefit: Discount | FreeItem, goods: Goods = ANYTHING, **more: Any) -> Less:
    return Less(id=id, name={}, benefit=benefit, goods=goods, **more)


def taken(
    lines: tuple[Line, ...], *offers: Less, room: int = ANY, most: dict[str, int] | None = None
) -> dict[str, Any]:
    found = best(lines, {each.id: each for each in offers}, {each.id: room for each in offers}, most or {})
    return {each.offer.id: each.lines for each in found}


TENTH, TEN = less("tenth", Discount(percent=10)), less("ten", Discount(amount=10_00))
TABLE = [
    ("a tenth off the basket", (FLAT_WHITE, BREAD), [TENTH], {"tenth": {0: 3_60, 1: 2_20}}),
    ("a tenth off coffee alone", (FLAT_WHITE, BREAD), [replace(TENTH, goods=COFFEE)], {"tenth": {0: 3_60}}),
    ("no more than so much", (FLAT_WHITE,), [less("t", Discount(percent=50, most=5_00))], {"t": {0: 5_00}}),
    ("an amount in the share of the prices", (FLAT_WHITE, BREAD), [TEN], {"ten": {0: 6_21, 1: 3_79}}),
    ("no more than the goods cost", (ESPRESSO,), [less("t", Discount(amount=50_00))], {"t": {0: 11_00}}),
    ("nothing where there are no such goods", (BREAD,), [replace(TENTH, goods=COFFEE)], {}),
    ("nothing of what costs nothing", (WATER,), [TENTH, TEN], {}),
    ("the cheapest coffee", (FLAT_WHITE, ESPRESSO, BREAD), [less("one", FreeItem(), COFFEE)], {"one": {1: 11_00}}),
    ("the two cheapest", (FLAT_WHITE, ESPRESSO), [less("two", FreeItem(2), COFFEE)], {"two": {0: 18_00, 1: 11_00}}),
    (
        "three for two: only of three",
        (FLAT_WHITE,),
        [less("3for2", FreeItem(), COFFEE, conditions=Conditions(units_minimum=3))],
        {},
    ),
    (
        "a basket that is too small before the discount",
        (BREAD,),
        [replace(TENTH, conditions=Conditions(basket_minimum=22_01))],
        {},
    ),
    (
        "a basket that is just large enough before it",
        (BREAD,),
        [replace(TENTH, conditions=Conditions(basket_minimum=22_00))],
        {"tenth": {0: 2_20}},
    ),
    (
        "without a class they add up, each on what is left",
        (BREAD,),
        [TEN, TENTH],
        {"ten": {0: 10_00}, "tenth": {0: 1_20}},
    ),
    (
        "of a class the larger for the member",
        (BREAD,),
        [replace(TENTH, stacking="sale"), replace(TEN, stacking="sale")],
        {"ten": {0: 10_00}},
    ),
    (
        "of a class the one that comes first",
        (BREAD,),
        [replace(TENTH, stacking="sale", priority=1), replace(TEN, stacking="sale")],
        {"tenth": {0: 2_20}},
    ),
    (
        "the other of a class where the first gives nothing",
        (BREAD,),
        [replace(TENTH, stacking="sale", priority=1, goods=COFFEE), replace(TEN, stacking="sale")],
        {"ten": {0: 10_00}},
    ),
    (
        "of two classes one each",
        (FLAT_WHITE, BREAD),
        [
            replace(TENTH, stacking="a", goods=COFFEE),
            replace(TEN, stacking="a", goods=COFFEE),
            replace(TENTH, id="b", stacking="b", goods=Goods(categories=frozenset({"bread"}))),
        ],
        {"ten": {0: 10_00}, "b": {1: 2_20}},
    ),
]


@pytest.mark.parametrize("lines, offers, wanted", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_offers_take_off(lines: tuple[Line, ...], offers: list[Less], wanted: dict[str, Any]) -> None:
    assert taken(lines, *offers) == wanted


def test_an_offer_gives_no_more_than_it_has_left() -> None:
    assert taken((FLAT_WHITE, BREAD), TENTH, room=3_00) == {"tenth": {0: 1_86, 1: 1_14}}


def test_as_many_of_a_class_go_together_as_the_rulebook_says() -> None:
    both = replace(TENTH, stacking="sale"), replace(TEN, stacking="sale")

    assert set(taken((BREAD,), *both, most={"sale": 2})) == {"ten", "tenth"}


LINES = some.lists(
    some.builds(
        Line,
        some.sampled_from(["a", "b", "c"]),
        some.sampled_from(["coffee", "bread"]),
        some.just(""),
        some.integers(1, 5),
        some.integers(0, 50_00),
    ),
    min_size=1,
    max_size=6,
)
BENEFITS = some.one_of(
    some.builds(Discount, percent=some.integers(1, 100), most=some.sampled_from([0, 7, 5_00])),
    some.builds(Discount, amount=some.integers(1, 60_00)),
    some.builds(FreeItem, some.integers(1, 4)),
)
OFFERS = some.lists(
    some.builds(
        less,
        some.sampled_from([f"offer-{n}" for n in range(6)]),
        BENEFITS,
        some.sampled_from([Goods(), COFFEE]),
        stacking=some.sampled_from(["", "a", "b"]),
        priority=some.integers(0, 2),
    ),
    max_size=5,
    unique_by=lambda each: each.id,
)


@given(LINES, OFFERS, some.integers(0, 100_00), some.randoms(use_true_random=False))
def test_no_line_goes_below_zero_and_the_order_of_lines_says_nothing(
    lines: list[Line], offers: list[Less], room: int, chance: Any
) -> None:
    shuffled = chance.sample(lines, len(lines))

    found, other = taken(tuple(lines), *offers, room=room), taken(tuple(shuffled), *offers, room=room)

    off = Counter[int]()
    for parts in found.values():
        assert all(cents > 0 for cents in parts.values()) and sum(parts.values()) <= room
        off.update(parts)
    assert all(off[i] <= line.amount for i, line in enumerate(lines))
    assert likeness(lines, found) == likeness(shuffled, other)
    groups = Counter(each.stacking for each in offers if each.stacking and each.id in found)
    assert all(times == 1 for times in groups.values())


def likeness(lines: list[Line], found: dict[str, dict[int, int]]) -> Counter[Any]:
    """What was taken off, told by what the lines are."""
    return Counter((id, repr(lines[i]), cents) for id, parts in found.items() for i, cents in parts.items())


@pytest.mark.parametrize(
    "benefit",
    [
        '{"type":"discount"}',
        '{"type":"discount","percent":10,"amount":5}',
        '{"type":"discount","amount":5,"most":3}',
        '{"type":"discount","percent":101}',
        '{"type":"free-item","units":0}',
        '{"type":"reward"}',
    ],
)
def test_a_benefit_that_says_nothing_clear_is_not_read(benefit: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(benefit, type=Benefit)
