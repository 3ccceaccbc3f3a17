"""What a term asks for and what it gives, as a shop owner would read it: one line a case and what is said of it."""

from typing import Any

import pytest

from punchcard.programme import (
    Cap,
    Fixed,
    Goods,
    Hours,
    PerAmount,
    PerUnit,
    Places,
    Program,
    Rate,
    Rounding,
    Tender,
    Term,
    Tiered,
    Times,
)
from tests.rules import Case, back, bread, cake, did, folded, goods, on, said, sale, shop
from tests.rules import paid as by

CAKE = Goods(categories=frozenset({"cake"}))


def a(*award, **more) -> Program:
    """A shop with one term, called `t`."""
    return shop(Term("t", award=award[0] if award else Fixed(5), **more))


def any_of(*values: Any) -> frozenset[Any]:
    return frozenset(values)


def rounded(rounding: Rounding, points: int = 1, per: int = 100) -> Program:
    return a(PerAmount(points, per, rounding))


def wanting(**what) -> Program:
    wanted: dict[str, Any] = {key: value if key == "apart_from" else any_of(value) for key, value in what.items()}
    return a(goods=Goods(**wanted))


def bonus(**asks) -> Program:
    """A point a euro, and a bonus that asks for it."""
    return shop(Term("base", award=PerAmount(1, 100)), Term("t", award=Fixed(5), **asks))


WEB, CARD = a(channels=any_of("web", "app")), a(PerAmount(1, 100), tenders=any_of("visa", "amex"))
DAY_OF, WEEK_OF, MONTH_OF = (a(birthday=each) for each in ("day", "week", "month"))
LEGS = did(1, "workout", data={"kind": "legs", "minutes": 30, "alone": True})
RATES = (Rate(0, 1), Rate(5000, 2), Rate(10000, 3))
PARTS, WHOLE = a(Tiered(RATES, 100)), a(Tiered(RATES, 100, marginal=False))
LATE_RATES = Tiered((Rate(1000, 1), Rate(2000, 5)), 100)


def where(**what) -> Program:
    return a(on="workout", where={key: any_of(value) for key, value in what.items()})


def birthday(day: float, birthday: int):
    return [sale(day, bread(100), birthday=birthday)]


LEAP_DAY = 1095
CHANNELS: list[Case] = [
    ("a term of the web holds on the web", WEB, [sale(1, bread(100), channel="web")], "t applied 5"),
    ("and in the app, if it says so", WEB, [sale(1, bread(100), channel="app")], "t applied 5"),
    ("not in the shop", WEB, [sale(1, bread(100), channel="shop")], "t other-channel"),
    ("nor where nobody knows", WEB, [sale(1, bread(100))], "t other-channel"),
    ("without channels it holds everywhere", a(), [sale(1, bread(100), channel="phone")], "t applied 5"),
    ("and may have the right one", a(on="run", channels=any_of("app")), [did(1, "run", channel="app")], "t applied 5"),
]
TENDERS: list[Case] = [
    ("all of it paid by card", CARD, [sale(1, bread(3000), tenders=by(("visa", 3000)))], "t applied 30"),
    ("half of it", CARD, [sale(1, bread(3000), tenders=by(("visa", 1500), ("cash", 1500)))], "t applied 15"),
    ("two cards", CARD, [sale(1, bread(3000), tenders=by(("visa", 1000), ("amex", 1000), ("cash", 1000)))], "t applied 20"),
    ("none of it", CARD, [sale(1, bread(3000), tenders=by(("cash", 3000)))], "t other-tender"),
    ("nobody knows how", CARD, [sale(1, bread(3000))], "t other-tender"),
    ("the card counts for a share of each line", a(PerAmount(1, 100), tenders=any_of("visa"), goods=CAKE),
     [sale(1, cake(1000), bread(1000), tenders=by(("visa", 500), ("cash", 1500)))], "t applied 2"),
    ("pieces count by their share", a(PerUnit(10), tenders=any_of("visa")),
     [sale(1, bread(3000, 3), tenders=by(("visa", 1500), ("cash", 1500)))], "t applied 15"),
    ("a fixed award is not shared", a(tenders=any_of("visa")),
     [sale(1, bread(3000), tenders=by(("visa", 1), ("cash", 2999)))], "t applied 5"),
    ("the minimum is of what the card paid", a(tenders=any_of("visa"), minimum=2000),
     [sale(1, bread(3000), tenders=by(("visa", 1999), ("cash", 1001)))], "t below-minimum"),
    ("and reached to the cent", a(tenders=any_of("visa"), minimum=2000),
     [sale(1, bread(3000), tenders=by(("visa", 2000), ("cash", 1000)))], "t applied 5"),
    ("points are no tender that earns", a(PerAmount(1, 100), tenders=any_of("points")),
     [sale(1, bread(3000), tenders=(Tender("points", 1000, 1000), *by(("cash", 2000))))], "t other-tender,  spent -1000"),
    ("money on the card is", a(PerAmount(1, 100), tenders=any_of("money")),
     [sale(1, bread(3000), tenders=(Tender("money", 1000, 1000, "money"), *by(("cash", 2000))))], "t applied 10,  spent -1000"),
    ("change does not earn", CARD, [sale(1, bread(3000), tenders=by(("visa", 5000)))], "t applied 30"),
    ("a multiple counts the card's share", shop(Term("base", award=PerAmount(1, 100)), Term("t", award=Times(300),
     tenders=any_of("visa"))), [sale(1, bread(4000), tenders=by(("visa", 1000), ("cash", 3000)))], "base applied 40, t applied 20"),
    ("a return keeps the sale's share", CARD, [s := sale(1, bread(2000), cake(2000), tenders=by(("visa", 2000), ("cash", 2000))),
     back(2, s, 0)], "t returned -10"),
]  # fmt: skip
BIRTHDAYS: list[Case] = [
    ("on the day", DAY_OF, birthday(4, 305), "t applied 5"),
    ("the day before", DAY_OF, birthday(3, 305), "t not-birthday"),
    ("the day after", DAY_OF, birthday(5, 305), "t not-birthday"),
    ("to the last minute", DAY_OF, birthday(4.999, 305), "t applied 5"),
    ("by the programme's own clock", shop(Term("t", award=Fixed(5), birthday="day"), zone="Asia/Tokyo"),
     birthday(3.7, 305), "t applied 5"),
    ("nobody knows when", DAY_OF, birthday(4, 0), "t not-birthday"),
    ("no such date", MONTH_OF, birthday(4, 1399), "t not-birthday"),
    ("nor one without a day", MONTH_OF, birthday(4, 300), "t not-birthday"),
    ("three days before", WEEK_OF, birthday(1, 305), "t applied 5"),
    ("four days before", WEEK_OF, birthday(0, 305), "t not-birthday"),
    ("three days after", WEEK_OF, birthday(7, 305), "t applied 5"),
    ("four days after", WEEK_OF, birthday(8, 305), "t not-birthday"),
    ("over New Year, before", WEEK_OF, birthday(304, 102), "t applied 5"),
    ("and after", WEEK_OF, birthday(306, 1230), "t applied 5"),
    ("and too long after", WEEK_OF, birthday(309, 1230), "t not-birthday"),
    ("in its month", MONTH_OF, birthday(30, 301), "t applied 5"),
    ("in the next", MONTH_OF, birthday(31, 331), "t not-birthday"),
    ("29 February is 28 February in other years", DAY_OF, birthday(364, 229), "t applied 5"),
    ("not 1 March", DAY_OF, birthday(365, 229), "t not-birthday"),
    ("and itself in a leap year", DAY_OF, birthday(LEAP_DAY, 229), "t applied 5"),
    ("where the 28th is the day before", DAY_OF, birthday(LEAP_DAY - 1, 229), "t not-birthday"),
    ("an activity may have one", a(on="run", birthday="day"), [did(4, "run", birthday=305)], "t applied 5"),
]  # fmt: skip
PAYLOADS: list[Case] = [
    ("what it says", where(kind="legs"), [LEGS], "t applied 5"),
    ("something else", where(kind="arms"), [LEGS], "t other-answer"),
    ("nothing of it", where(place="gym"), [LEGS], "t other-answer"),
    ("a number", where(minutes=30), [LEGS], "t applied 5"),
    ("yes", where(alone=True), [LEGS], "t applied 5"),
    ("yes is not one", where(alone=1), [LEGS], "t other-answer"),
    ("one is not yes", where(n=True), [did(1, "workout", data={"n": 1})], "t other-answer"),
    ("a number is no word", where(minutes="30"), [LEGS], "t other-answer"),
    ("both", where(kind="legs", alone=True), [LEGS], "t applied 5"),
    ("one of two", where(kind="legs", alone=False), [LEGS], "t other-answer"),
    ("any of several", a(on="workout", where={"kind": any_of("arms", "legs")}), [LEGS], "t applied 5"),
    ("a sale says nothing", a(where={"kind": any_of("legs")}), [sale(1, bread(100))], "t other-answer"),
]
MINIMA: list[Case] = [
    ("the basket comes to it", a(goods=CAKE, basket_minimum=3000), [sale(1, cake(1000), bread(2000))], "t applied 5"),
    ("a cent less", a(goods=CAKE, basket_minimum=3000), [sale(1, cake(1000), bread(1999))], "t small-basket"),
    ("points do not fill it", a(basket_minimum=3000),
     [sale(1, bread(3000), tenders=(Tender("points", 1, 1), Tender("cash", 2999)))], "t small-basket,  spent -1"),
    ("a return may empty it", a(goods=CAKE, basket_minimum=3000), [s := sale(1, cake(1000), bread(2000)), back(2, s, 1)],
     "t returned -5"),
    ("three pieces", a(units_minimum=3), [sale(1, bread(100, 3))], "t applied 5"),
    ("two are too few", a(units_minimum=3), [sale(1, bread(100, 2))], "t too-few"),
    ("of two lines", a(units_minimum=3), [sale(1, bread(100, 2), bread(100))], "t applied 5"),
    ("others do not count", a(goods=CAKE, units_minimum=3), [sale(1, cake(100, 2), bread(100, 9))], "t too-few"),
    ("a return may leave too few", a(units_minimum=3), [s := sale(1, bread(300, 3)), back(2, s, 0)], "t returned -5"),
    ("the goods come to it", a(goods=CAKE, minimum=1000), [sale(1, cake(1000))], "t applied 5"),
    ("a cent less of them", a(goods=CAKE, minimum=1000), [sale(1, cake(999), bread(5000))], "t below-minimum"),
    ("no such goods at all", a(goods=CAKE, units_minimum=3), [sale(1, bread(100))], "t no-such-goods"),
]  # fmt: skip
GOODS: list[Case] = [
    ("a label", wanting(labels="organic"), [sale(1, goods("bread", 100, 1, "x", "", "organic", "new"))], "t applied 5"),
    ("without it", wanting(labels="organic"), [sale(1, goods("bread", 100, 1, "x", "", "new"))], "t no-such-goods"),
    ("a brand", wanting(brands="own"), [sale(1, goods("bread", 100, 1, "x", "own"))], "t applied 5"),
    ("a number on the shelf", wanting(skus="4711"), [sale(1, goods("bread", 100, 1, "4711"))], "t applied 5"),
    ("of another brand", wanting(skus="4711", brands="own"), [sale(1, goods("bread", 100, 1, "4711"))], "t no-such-goods"),
    ("anything but cake", wanting(apart_from=CAKE), [sale(1, bread(100))], "t applied 5"),
    ("only cake", wanting(apart_from=CAKE), [sale(1, cake(100))], "t no-such-goods"),
    ("cake does not earn", a(PerAmount(1, 100), goods=Goods(apart_from=CAKE)), [sale(1, cake(700), bread(300))], "t applied 3"),
    ("organic but no cake", wanting(labels="organic", apart_from=CAKE),
     [sale(1, goods("cake", 100, 1, "x", "", "organic"))], "t no-such-goods"),
]  # fmt: skip
AWARDS: list[Case] = [
    ("only whole steps", rounded("whole-steps", 10, 500), [sale(1, bread(1499))], "t applied 20"),
    ("the step reached", rounded("whole-steps", 10, 500), [sale(1, bread(1500))], "t applied 30"),
    ("down", rounded("down"), [sale(1, bread(199))], "t applied 1"),
    ("down in proportion", rounded("down", 10, 500), [sale(1, bread(1499))], "t applied 29"),
    ("up", rounded("up"), [sale(1, bread(101))], "t applied 2"),
    ("up from next to nothing", rounded("up"), [sale(1, bread(1))], "t applied 1"),
    ("up where there is nothing to round", rounded("up"), [sale(1, bread(200))], "t applied 2"),
    ("half up", rounded("half-up"), [sale(1, bread(150))], "t applied 2"),
    ("half up from half", rounded("half-up"), [sale(1, bread(50))], "t applied 1"),
    ("less than half", rounded("half-up"), [sale(1, bread(149))], "t applied 1"),
    ("half of an odd divisor", rounded("half-up", 1, 3), [sale(1, bread(4))], "t applied 1"),
    ("half to even, down", rounded("half-even"), [sale(1, bread(250))], "t applied 2"),
    ("half to even, up", rounded("half-even"), [sale(1, bread(350))], "t applied 4"),
    ("more than half", rounded("half-even"), [sale(1, bread(251))], "t applied 3"),
    ("half of the first is nothing", rounded("half-even"), [sale(1, bread(50))], "t rounded-to-nothing"),
    ("nothing in whole steps", rounded("whole-steps"), [sale(1, bread(99))], "t rounded-to-nothing"),
    ("the first rate", PARTS, [sale(1, bread(4999))], "t applied 49"),
    ("each part at its own", PARTS, [sale(1, bread(12000))], "t applied 210"),
    ("just at the second", PARTS, [sale(1, bread(5000))], "t applied 50"),
    ("a euro into it", PARTS, [sale(1, bread(5100))], "t applied 52"),
    ("all at the highest", WHOLE, [sale(1, bread(12000))], "t applied 360"),
    ("all at the second, just reached", WHOLE, [sale(1, bread(5000))], "t applied 100"),
    ("a cent before", WHOLE, [sale(1, bread(4999))], "t applied 49"),
    ("below the first rate", a(LATE_RATES), [sale(1, bread(999))], "t below-minimum"),
    ("at the first rate nothing yet", a(LATE_RATES), [sale(1, bread(1000))], "t rounded-to-nothing"),
    ("what is below it gives nothing", a(LATE_RATES), [sale(1, bread(2100))], "t applied 15"),
    ("rates in any order", a(Tiered(RATES[::-1], 100)), [sale(1, bread(12000))], "t applied 210"),
    ("rates rounded up", a(Tiered(RATES, 100, rounding="up")), [sale(1, bread(5001))], "t applied 51"),
    ("rates half up", a(Tiered(RATES, 100, rounding="half-up")), [sale(1, bread(5025))], "t applied 51"),
    ("rates half to even", a(Tiered(RATES, 100, rounding="half-even")), [sale(1, bread(5025))], "t applied 50"),
    ("rates in whole steps", a(Tiered(RATES, 100, rounding="whole-steps")), [sale(1, bread(5199))], "t applied 52"),
    ("a multiple multiplies rates", shop(Term("base", award=Tiered(RATES, 100)), Term("t", award=Times(200))),
     [sale(1, bread(5100))], "base applied 52, t applied 52"),
    ("a return is reckoned at the rates of what remains", PARTS, [s := sale(1, bread(6000), cake(6000)), back(2, s, 1)],
     "t returned -140"),
]  # fmt: skip
TOGETHER: list[Case] = [
    ("what it asks for gave", bonus(requires=any_of("base")), [sale(1, bread(100))], "base applied 1, t applied 5"),
    ("and did not", bonus(requires=any_of("base")), [sale(1, bread(99))], "base rounded-to-nothing, t not-with-it"),
    ("even if it comes first otherwise", bonus(requires=any_of("base"), priority=9), [sale(1, bread(100))],
     "base applied 1, t applied 5"),
    ("what nobody knows", bonus(requires=any_of("base", "moon")), [sale(1, bread(100))], "base applied 1, t not-with-it"),
    ("a chain", shop(Term("a", award=Fixed(1), requires=any_of("b")), Term("b", award=Fixed(2), requires=any_of("c")),
     Term("c", award=Fixed(3))), [sale(1, bread(100))], "a applied 1, b applied 2, c applied 3"),
    ("a chain that breaks", shop(Term("a", award=Fixed(1), requires=any_of("b")), Term("b", award=Fixed(2),
     requires=any_of("c")), Term("c", award=Fixed(3), minimum=999)), [sale(1, bread(100))],
     "a not-with-it, b not-with-it, c below-minimum"),
    ("a circle gives nothing", shop(Term("a", award=Fixed(1), requires=any_of("b")), Term("b", award=Fixed(2),
     requires=any_of("a"))), [sale(1, bread(100))], "a not-with-it, b not-with-it"),
    ("a multiple may be asked for", shop(Term("base", award=PerAmount(1, 100)), Term("more", award=Times(200)),
     Term("t", award=Fixed(5), requires=any_of("more"))), [sale(1, bread(100))], "base applied 1, more applied 1, t applied 5"),
    ("it goes back with what it asks for", bonus(requires=any_of("base")), [s := sale(1, bread(100), cake(50)), back(2, s, 0)],
     "base returned -1, t returned -5"),
]  # fmt: skip
OCCASIONS: list[Case] = [
    ("just begun", a(since=on(2)), [sale(2, bread(100))], "t applied 5"),
    ("just ended", a(until=on(2)), [sale(2, bread(100))], "t ended"),
    ("at another shop", a(places=Places(shops=any_of("west"))), [sale(1, bread(100), shop="east")], "t other-place"),
    ("on a Thursday", a(hours=Hours(any_of(3))), [sale(1, bread(100))], "t applied 5"),
    ("not on a Wednesday", a(hours=Hours(any_of(3))), [sale(0, bread(100))], "t other-hours"),
    ("nobody is gold here", a(tiers=any_of("gold")), [sale(1, bread(100))], "t other-tier"),
    ("not the first purchase", a(first_purchase=True), [sale(1, bread(100)), sale(2, bread(100))], "t not-first"),
    ("the place is said before the hour", a(hours=Hours(any_of(3)), places=Places(shops=any_of("w"))), [sale(0, bread(9))],
     "t other-place"),
]  # fmt: skip
RULES = {
    "channel": CHANNELS, "tender": TENDERS, "birthday": BIRTHDAYS, "payload": PAYLOADS, "minimum": MINIMA, "goods": GOODS,
    "award": AWARDS, "together": TOGETHER, "occasion": OCCASIONS,
}  # fmt: skip
CASES = [(f"{rule}: {case[0]}", *case[1:]) for rule, cases in RULES.items() for case in cases]


@pytest.mark.parametrize(
    ("program", "facts", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_shop_says(program, facts, expected: str):
    assert said(program, facts) == expected


@pytest.mark.parametrize("percent", [0, 10, 50, 100])
def test_so_many_of_a_hundred_members_are_held_out(percent: int):
    program, facts = a(hold_out_percent=percent), [sale(1, bread(100))]
    held = sum(said(program, facts, seed) == "t held-out" for seed in range(1000))

    assert abs(held - 10 * percent) <= (40 if 0 < percent < 100 else 0)


def test_a_hold_out_is_always_of_the_same_members_and_of_others_for_each_term():
    programs = [shop(Term(id, award=Fixed(5), hold_out_percent=50)) for id in ("t", "t", "u")]
    facts = [sale(1, bread(100))]
    first, again, other = ([said(each, facts, seed)[2:] for seed in range(200)] for each in programs)

    assert first == again
    assert 60 < sum(one == two for one, two in zip(first, other, strict=True)) < 140


def test_who_would_get_nothing_anyway_is_not_held_out():
    assert said(a(hold_out_percent=100, minimum=200), [sale(1, bread(100))]) == "t below-minimum"


def test_no_plan_is_made_for_what_no_term_asks():
    plain, choosy = a(), a(channels=any_of("web"), birthday="month")
    for program in (plain, choosy):
        for day, (channel, birthday) in enumerate([("web", 301), ("app", 401), ("", 0)]):
            folded(program, [sale(1 + day / 24, bread(100), channel=channel, birthday=birthday)])

    assert (len(plain.plans), len(choosy.plans)) == (1, 3)


def test_the_door_learns_which_grants_could_matter_and_which_a_basket_needs():
    program = shop(
        Term("draw", award=Fixed(5), scarce=True), Term("cake", award=Fixed(5), scarce=True, goods=CAKE),
        Term("web", award=Fixed(5), scarce=True, channels=any_of("web")), Term("base", award=PerAmount(1, 100)),
    )  # fmt: skip
    wanted = program.wants("sale", on(1), (0,), True)
    needs = [folded(program, [sale(1, bread(100), grants=grants)]).needs for grants in ({}, {"draw": 0}, {"draw": 3})]

    assert [term.id for term in wanted] == ["cake", "draw"]
    assert needs == [("draw",), (), ()]


def test_a_cap_a_sale_binds_each_sale_alone():
    program = a(PerAmount(1, 100), caps=(Cap(10, "sale"), Cap(25, "month")))
    first, second, third = sale(1, bread(1500), cake(900)), sale(2, bread(1500)), sale(3, bread(1500))

    assert said(program, [first]) == "t capped 10"
    assert said(program, [first, second]) == "t capped 10"
    assert said(program, [first, second, third]) == "t capped 5"
    assert said(program, [first, back(2, first, 0)]) == "t returned -1"
    assert folded(program, [first]).standing.used.keys() == {"t/mop"}
