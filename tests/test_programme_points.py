"""Points in lots: how long they live, in which order they go, when they begin, and what a new policy does to them.

One line a case: what happened, in days since 1 March 2017, and what the member then has."""

import os
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from punchcard.programme import (
    Activity,
    AnyFact,
    Coin,
    Deal,
    Expiry,
    Extend,
    Fixed,
    Frame,
    Goods,
    PerAmount,
    Program,
    Rulebook,
    Spend,
    Standing,
    Term,
    adjudicate,
    advance,
    fold,
    position,
)
from tests.days import (
    Case,
    act,
    activation,
    after,
    back,
    bread,
    cake,
    extension,
    give,
    holds_true,
    load,
    on,
    sale,
    send,
    spend,
    unspend,
)

Clawback = Literal["any", "balance", "pending"]
CAKE = Goods(categories=frozenset({"cake"}))


def shop(coin: Coin, *more: Term, frames: tuple[Frame, ...] = ()) -> Program:
    """A point for each euro, on these terms."""
    base = Term("base", award=PerAmount(1, 100), coin=coin)
    return Program(Rulebook(terms=(base, *more), frames=(Frame(coins={"points": coin}), *frames)))


def lives(expiry: Expiry | None) -> Program:
    return shop(Coin(expiry=expiry))


FOREVER = lives(None)
TEN_DAYS = lives(Expiry(days=10))
THIS_MONTH = lives(Expiry(round="month"))
NEXT_MONTH = lives(Expiry(months=1, round="month"))
A_MONTH = lives(Expiry(months=1))
DOWN = lives(Expiry(months=1, round="month", down=True))
THIS_YEAR = lives(Expiry(round="year"))
ROLLING = lives(Expiry(days=10, rolling=True))
BOTH = shop(
    Coin(expiry=Expiry(days=30)), Term("cake", award=PerAmount(1, 100), goods=CAKE, coin=Coin(expiry=Expiry(days=5)))
)
PENDING = shop(Coin(pending_days=10, expiry=Expiry(days=20)))
MONTH_PENDING = shop(Coin(pending_round="month", expiry=Expiry(days=20)))
SEVEN_THEN_MONTH = shop(Coin(pending_days=7, pending_round="month"))
REVIEW = shop(Coin(awaits="review", awaits_days=20, expiry=Expiry(days=10)))
PATIENT = shop(Coin(awaits="review"))
LONGER = shop(Coin(expiry=Expiry(days=10)), Term("thanks", award=Extend(days=5), on="review"))
BY_MONTHS = shop(Coin(expiry=Expiry(days=10)), Term("thanks", award=Extend(months=1), on="review"))


def turned(frame: Frame, expiry: Expiry | None = None) -> Program:
    """Another frame from day 5 on, after points that live ten days."""
    return shop(Coin(expiry=expiry or Expiry(days=10)), frames=(frame,))


WORSE = turned(Frame(on(5), coins={"points": Coin(expiry=Expiry(days=1))}, grace_days=1))
WAITED_LONG = shop(
    Coin(awaits="review", expiry=Expiry(days=10)), frames=(Frame(on(5), coins={"points": Coin(expiry=Expiry(days=1))}),)
)
KINDER = turned(Frame(on(5), extend_to=on(40)))
SOONER = turned(Frame(on(5), extend_to=on(7)))
ONE: list[AnyFact] = [sale("a", 1, bread(30))]
SPENT: list[AnyFact] = [*ONE, spend("s", 2, 40)]

EXPIRY: list[Case] = [
    ("points without an expiry live for ever", FOREVER, ONE, 30000, "30 points"),
    ("ten days are to the end of the tenth day", TEN_DAYS, ONE, 11.9999, "30 points"),
    ("and not a moment more", TEN_DAYS, ONE, 12, "nothing"),
    ("the hour of the sale changes nothing", TEN_DAYS, [sale("a", 1.99, bread(30))], 12, "nothing"),
    ("to the end of this month", THIS_MONTH, ONE, 30.9999, "30 points"),
    ("with the month they go", THIS_MONTH, ONE, 31, "nothing"),
    ("on the last day of the month they live to its end", THIS_MONTH, [sale("a", 30.5, bread(30))], 31, "nothing"),
    ("to the end of next month", NEXT_MONTH, ONE, 60.9999, "30 points"),
    ("with the next month they go", NEXT_MONTH, ONE, 61, "nothing"),
    ("to the end of the year", THIS_YEAR, ONE, 305.9999, "30 points"),
    ("with the year they go", THIS_YEAR, ONE, 306, "nothing"),
    ("31 January and a month is 28 February", A_MONTH, [sale("a", 336, bread(30))], 364.9999, "30 points"),
    ("so they go with 1 March", A_MONTH, [sale("a", 336, bread(30))], 365, "nothing"),
    ("a month rounded down ends as the next month begins", DOWN, ONE, 30.9999, "30 points"),
    ("and not with the day", DOWN, ONE, 31, "nothing"),
    ("an expiry touches its own lot alone", BOTH, [sale("a", 1, cake(10))], 8, "10 points"),
    ("and later the other one", BOTH, [sale("a", 1, cake(10))], 40, "nothing"),
    ("what was spent does not expire again", TEN_DAYS, [*ONE, spend("s", 2, 30), sale("b", 5, bread(7))], 13, "7 points"),
    ("what expired in part was spent in part", TEN_DAYS, [*ONE, spend("s", 2, 10)], 13, "nothing"),
]  # fmt: skip
ROLLS: list[Case] = [
    ("a purchase begins rolling points anew", ROLLING, [*ONE, sale("b", 9, bread(1))], 19.9999, "31 points"),
    ("all of them go together then", ROLLING, [*ONE, sale("b", 9, bread(1))], 20, "nothing"),
    ("an activity is a visit too", ROLLING, [*ONE, act("b", 9)], 19.9999, "30 points"),
    ("a visit shortens nothing that was prolonged", ROLLING,
     [*ONE, extension("e", 2, 50), sale("b", 9, bread(1))], 61.9999, "30 points"),
    ("a correction is none", ROLLING, [*ONE, give("b", 9, -1)], 12, "nothing"),
    ("a claim is none", ROLLING, [*ONE, spend("b", 9, 1)], 12, "nothing"),
    ("a visit too late brings nothing back", ROLLING, [*ONE, sale("b", 12, bread(1))], 13, "1 points"),
]  # fmt: skip
ORDER: list[Case] = [
    ("the soonest to expire is spent first", BOTH, [sale("a", 1, cake(10)), spend("s", 2, 10)], 8, "10 points"),
    ("then the next", BOTH, [sale("a", 1, cake(10)), spend("s", 2, 15)], 8, "5 points"),
    ("a donation takes the soonest too", BOTH, [sale("a", 1, cake(10)), send("s", 2, 10)], 8, "10 points"),
    ("what lives for ever goes last", shop(Coin(), Term("c", award=Fixed(5), coin=Coin(expiry=Expiry(days=5)))),
     [*ONE, spend("s", 2, 5)], 9, "30 points"),
    ("pending points are not spent", PENDING, [*ONE, spend("s", 2, 10)], 3, "30 points pending, 10 points owed"),
    ("what waits is not spent", REVIEW, [*ONE, spend("s", 2, 10)], 3, "30 points pending, 10 points owed"),
]  # fmt: skip
DEBTS: list[Case] = [
    ("what no lot covers is owed", TEN_DAYS, SPENT, 3, "10 points owed"),
    ("a credit pays it", TEN_DAYS, [*SPENT, give("g", 3, 4)], 4, "6 points owed"),
    ("and lives with what is over", TEN_DAYS, [*SPENT, sale("b", 3, bread(25))], 4, "15 points"),
    ("a debt does not expire", TEN_DAYS, SPENT, 3000, "10 points owed"),
    ("pending points pay it when they begin", PENDING, SPENT, 11, "10 points owed"),
    ("not before", PENDING, SPENT, 10.9999, "30 points pending, 40 points owed"),
    ("what waited pays it when it begins", PATIENT, [*ONE, spend("s", 2, 10), act("r", 3)], 4, "20 points"),
    ("a correction downwards owes as well", TEN_DAYS, [give("g", 1, -5)], 2, "5 points owed"),
    ("nothing corrected is nothing", PENDING, [give("g", 1, 0)], 2, "nothing"),
    ("a debt in points is none in money", TEN_DAYS, [spend("s", 1, 5), load("l", 2, 300)], 3, "5 points owed, 300 money"),
    ("handed back, it is no more", TEN_DAYS, [spend("s", 1, 5), unspend("u", 2, "s")], 3, "nothing"),
    ("of what pends nothing pays it twice", PENDING, [spend("s", 1, 5), unspend("u", 2, "s")], 3, "nothing"),
    ("what was paid meanwhile lives anew, begun", PENDING,
     [spend("s", 1, 5), *[sale("a", 1, bread(5))], unspend("u", 12, "s")], 13, "5 points"),
]  # fmt: skip
BEGIN: list[Case] = [
    ("points pend ten days", PENDING, ONE, 10.9999, "30 points pending"),
    ("then they begin", PENDING, ONE, 11, "30 points"),
    ("and live twenty days from then", PENDING, ONE, 31.9999, "30 points"),
    ("to the end of that day", PENDING, ONE, 32, "nothing"),
    ("they pend to the end of the month", MONTH_PENDING, ONE, 30.9999, "30 points pending"),
    ("and begin with the next", MONTH_PENDING, ONE, 31, "30 points"),
    ("seven days and then the end of the month", SEVEN_THEN_MONTH, [sale("a", 28, bread(30))], 60.9, "30 points pending"),
    ("which then is the next one's", SEVEN_THEN_MONTH, [sale("a", 28, bread(30))], 61, "30 points"),
    ("pending points do not expire", MONTH_PENDING, ONE, 22, "30 points pending"),
]  # fmt: skip
WAITS: list[Case] = [
    ("points wait for a review", REVIEW, ONE, 2, "30 points pending"),
    ("and begin with it", REVIEW, [*ONE, act("r", 5)], 6, "30 points"),
    ("another activity is none", REVIEW, [*ONE, act("r", 5, "workout")], 6, "30 points pending"),
    ("their life counts from it", REVIEW, [*ONE, act("r", 5)], 15.9999, "30 points"),
    ("and ends ten days later", REVIEW, [*ONE, act("r", 5)], 16, "nothing"),
    ("a review of one purchase is for its points", REVIEW,
     [*ONE, sale("b", 2, bread(7)), act("r", 5, deal="b")], 6, "7 points, 30 points pending"),
    ("a review of none is for all", REVIEW, [*ONE, sale("b", 2, bread(7)), act("r", 5)], 6, "37 points"),
    ("a review of an unknown one is for none", REVIEW, [*ONE, act("r", 5, deal="z")], 6, "30 points pending"),
    ("a review before the purchase counts for nothing", REVIEW, [act("r", 0), *ONE], 6, "30 points pending"),
    ("after twenty days they are given up", REVIEW, ONE, 21, "nothing"),
    ("not a moment before", REVIEW, ONE, 20.9999, "30 points pending"),
    ("what was given up cannot begin", REVIEW, [*ONE, act("r", 21)], 22, "nothing"),
    ("without an end they wait for ever", PATIENT, ONE, 30000, "30 points pending"),
    ("somebody answerable lets them begin", REVIEW, [*ONE, activation("x", 5, "a")], 6, "30 points"),
    ("once", REVIEW, [*ONE, activation("x", 5, "a"), activation("y", 6, "a"), act("r", 7)], 8, "30 points"),
    ("or cancels them", REVIEW, [*ONE, activation("x", 5, "a", cancel=True)], 6, "nothing"),
    ("and then no review brings them back", REVIEW, [*ONE, activation("x", 5, "a", cancel=True), act("r", 6)], 7, "nothing"),
    ("what has begun cannot be cancelled", REVIEW,
     [*ONE, act("r", 5), activation("x", 6, "a", cancel=True)], 7, "30 points"),
]  # fmt: skip
PROLONGED: list[Case] = [
    ("somebody answerable gives five days more", TEN_DAYS, [*ONE, extension("e", 5, 5)], 16.9999, "30 points"),
    ("and not six", TEN_DAYS, [*ONE, extension("e", 5, 5)], 17, "nothing"),
    ("only to what is there", TEN_DAYS, [*ONE, extension("e", 5, 5), sale("b", 6, bread(7))], 17, "nothing"),
    ("what comes later lives as it does", TEN_DAYS, [extension("e", 0, 50), *ONE], 12, "nothing"),
    ("what has gone stays gone", TEN_DAYS, [*ONE, extension("e", 12, 50)], 13, "nothing"),
    ("twice is twice", TEN_DAYS, [*ONE, extension("e", 5, 5), extension("f", 6, 5)], 21.9999, "30 points"),
    ("another currency is not meant", TEN_DAYS, [*ONE, extension("e", 5, 5, "money")], 12, "nothing"),
    ("points that pend are prolonged too", PENDING, [*ONE, extension("e", 5, 5)], 36.9999, "30 points"),
    ("no number of days is too many", TEN_DAYS, [*ONE, extension("e", 5, 10**15)], 30000, "30 points"),
    ("what lives for ever is left alone", FOREVER, [*ONE, extension("e", 5, 5)], 30000, "30 points"),
    ("a review gives five days more by a promise", LONGER, [*ONE, act("r", 5)], 16.9999, "30 points"),
    ("or a month more", BY_MONTHS, [*ONE, act("r", 5)], 42.9999, "30 points"),
    ("by the calendar", BY_MONTHS, [*ONE, act("r", 5)], 43, "nothing"),
]  # fmt: skip
POLICIES: list[Case] = [
    ("a shorter life is for new points alone", WORSE, [give("g", 1, 30)], 11.9999, "30 points"),
    ("and these have it", WORSE, [give("g", 6, 30)], 8, "nothing"),
    ("what waits begins on the terms on which it was given", WAITED_LONG, [*ONE, act("r", 6)], 16.9999, "30 points"),
    ("a policy may let live longer what is there", KINDER, ONE, 39.9999, "30 points"),
    ("until its day", KINDER, ONE, 40, "nothing"),
    ("but not what comes later", KINDER, [sale("a", 6, bread(30))], 17, "nothing"),
    ("and shortens nothing", SOONER, ONE, 11.9999, "30 points"),
]  # fmt: skip
CASES = [*EXPIRY, *ROLLS, *ORDER, *DEBTS, *BEGIN, *WAITS, *PROLONGED, *POLICIES]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_member_then_has(case: Case):
    holds_true(case)


def test_entries_carry_the_sale_and_the_edition_of_the_promise():
    program = Program(Rulebook(terms=(Term("base", award=PerAmount(1, 100), edition=7),)))

    ruling = adjudicate(Standing(), sale("a", 1, bread(30)), program)

    assert [(entry.of, entry.term, entry.edition) for entry in ruling.entries] == [("a", "base", 7)]


def test_points_on_the_same_terms_are_one_lot():
    standing, _ = after(NEXT_MONTH, [sale(str(day), day, bread(1)) for day in range(20)], 21)

    assert [(lot.points, lot.expires) for lot in standing.lots] == [(20, on(61))]


def test_an_expiry_is_booked_for_its_own_lot():
    _, entries = after(BOTH, [sale("a", 1, cake(10))], 8)

    gone = [entry for entry in entries if entry.account == "breakage"]
    assert [(entry.points, entry.lot, entry.of) for entry in gone] == [(10, on(7), "")]


def test_many_prolongings_are_remembered_in_few():
    facts: list[AnyFact] = [*ONE, *(extension(f"e{n:02}", 2 + n / 10, 1) for n in range(30))]
    standing, _ = after(TEN_DAYS, facts, 6)

    assert len(standing.longer) == 8
    assert told_expiry(standing) == on(12 + 30)


def test_what_was_remembered_of_points_that_began_is_forgotten():
    facts = [*ONE, act("r", 5)]
    known, forgotten = (after(PATIENT, facts, day)[0].awaited for day in (96, 97))

    assert (len(known), forgotten) == (1, [])


def told_expiry(standing: Standing) -> int:
    return max(lot.expires for lot in standing.lots)


coins = st.builds(
    Coin,
    pending_days=st.integers(0, 9),
    expiry=st.none() | st.builds(
        Expiry, days=st.integers(1, 40), round=st.sampled_from(["day", "month"]), rolling=st.booleans()
    ),
    awaits=st.sampled_from(["", "", "review"]),
)  # fmt: skip
TURN = 20
EXAMPLES = os.environ.get("PUNCHCARD_EXAMPLES", "")


@st.composite
def policies(draw) -> list[Frame]:
    """Frames that come after day 20: other lives, less grace, harder clawback, something longer."""
    days = sorted(draw(st.sets(st.integers(TURN, 60), min_size=1, max_size=4)))
    return [
        Frame(
            on(day),
            coins={"points": draw(coins)},
            grace_days=draw(st.integers(0, 30)),
            clawback=draw(st.sampled_from(["any", "balance", "pending"])),
            extend_to=draw(st.sampled_from([0, on(draw(st.integers(0, 90)))])),
        )
        for day in days
    ]


@st.composite
def lives_before(draw) -> list[AnyFact]:
    """What happens before the first new policy: points of every kind, some prolonged."""
    facts: list[AnyFact] = []
    for n in range(draw(st.integers(1, 8))):
        id, day = f"b{n}", draw(st.integers(0, TURN - 1)) + n / 100
        kind = draw(st.sampled_from(["sale", "sale", "cake", "gift", "longer", "spend", "review"]))
        match kind:
            case "sale" | "cake":
                facts.append(sale(id, day, ("cake" if kind == "cake" else "bread", draw(st.integers(1, 50)))))
            case "gift":
                facts.append(give(id, day, draw(st.integers(-20, 60))))
            case "longer":
                facts.append(extension(id, day, draw(st.integers(0, 20))))
            case "spend":
                facts.append(spend(id, day, draw(st.integers(1, 40))))
            case _:
                facts.append(act(id, day))
    return facts


@st.composite
def lives_after(draw) -> list[AnyFact]:
    """What happens then, apart from new points: claims, visits, reviews, and returns of what was bought before."""
    facts: list[AnyFact] = []
    for n in range(draw(st.integers(0, 5))):
        id, day = f"c{n}", TURN + draw(st.integers(0, 60)) + n / 100
        kind = draw(st.sampled_from(["spend", "visit", "review", "return"]))
        match kind:
            case "spend":
                facts.append(Spend(id=id, at=on(day), points=draw(st.integers(1, 30)), reward="mug"))
            case "return":
                facts.append(back(id, day, f"b{draw(st.integers(0, 7))}", 0))
            case _:
                facts.append(Activity(id=id, at=on(day), kind="walk" if kind == "visit" else "review"))
    return facts


@settings(
    max_examples=int(EXAMPLES or 150),
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(coins, coins, lives_before(), lives_after(), policies(), st.sampled_from(["any", "balance", "pending"]))
def test_no_policy_worsens_what_is_there(
    coin: Coin, other: Coin, before: list[AnyFact], then: list[AnyFact], later: list[Frame], clawback: Clawback
):
    """At every instant and for every horizon: no fewer points live so long than without the later policies."""
    terms = (
        Term("base", award=PerAmount(1, 100), coin=coin),
        Term("cake", award=PerAmount(2, 100), goods=CAKE, coin=other),
    )
    first = Frame(coins={"points": coin}, clawback=clawback)
    alone = Program(Rulebook(terms=terms, frames=(first,)))
    changed = Program(Rulebook(terms=terms, frames=(first, *later)))
    facts = sorted(before + then, key=position)
    for day in range(TURN, 120, 7):
        plain, moved = (lived(program, facts, on(day)) for program in (alone, changed))
        for horizon in {lot.expires for lot in plain.lots} | {0}:
            assert living(moved, horizon) >= living(plain, horizon), (day, plain, moved)


def lived(program: Program, facts: list[AnyFact], to: int) -> Standing:
    standing, deals = Standing(), dict[str, Deal]()
    for fact in facts:
        if fact.at <= to:
            ruling = fold(standing, fact, program, deals.get(getattr(fact, "deal", "")))
            if ruling.deal:
                deals[ruling.deal.fact.id] = ruling.deal
    return advance(standing, to, program).standing


def living(standing: Standing, horizon: int) -> int:
    """Points that live at least so long, those that wait for ever among them, less what is owed."""
    there = sum(lot.points for lot in standing.lots if lot.expires >= horizon)
    return there + sum(each.points for each in standing.awaited) - sum(standing.owed.values())
