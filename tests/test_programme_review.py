"""What a member who cheats, a merchant who changes the rules, or an auditor would try.

One line a case: what happened, in days since 1 March 2017, and what the member then has."""

import pytest

from punchcard.programme import (
    Activity,
    Cap,
    Challenge,
    Coin,
    Expiry,
    Fixed,
    Frame,
    Limit,
    Line,
    OptOut,
    PerAmount,
    PerUnit,
    Program,
    Rulebook,
    Sale,
    Term,
)
from tests.days import (
    Case,
    after,
    back,
    bread,
    donation,
    give,
    hold,
    holds_true,
    on,
    paid,
    release,
    sale,
    spend,
    unspend,
)

BASE = Term("base", award=PerAmount(1, 100))
FIRST = Term("first", award=Fixed(200), first_purchase=True)


def shop(*terms: Term, challenges: tuple[Challenge, ...] = (), frames: tuple[Frame, ...] = (Frame(),)) -> Program:
    return Program(Rulebook(terms=terms, challenges=challenges, frames=frames))


def quiz(id: str, day: float, **said: str | int | bool) -> Activity:
    return Activity(id=id, at=on(day), kind="quiz", data=said)


def with_bags(id: str, day: float) -> Sale:
    """Ten euros of bread, and two bags that were given away."""
    bags = (Line("bag", "bag", "", 0, 0), Line("sack", "bag", "", 0, 0))
    return Sale(id=id, at=on(day), lines=(Line("x", "bread", "", 1, 1000), *bags))


WELCOMING, KIND = shop(BASE, FIRST), shop(BASE, FIRST, frames=(Frame(clawback="balance"),))
PLAIN_KIND = shop(BASE, frames=(Frame(clawback="balance"),))
ASKED = shop(
    BASE,
    challenges=(
        Challenge("quiz", kind="quiz", on="quiz", target=2, reward=100, answers={"moon": "grey", "sun": "white"}),
    ),
)
DARED = shop(
    BASE,
    challenges=(
        Challenge("visits", kind="count", target=3, reward=100, closed=on(3), edition=1),
        Challenge("visits", kind="count", target=5, reward=500, since=on(3), edition=2),
    ),
)
MONTHS_THEN_WEEKS = shop(
    Term("ten", award=Fixed(10), caps=(Cap(20, "month"),), closed=on(3), edition=1),
    Term("ten", award=Fixed(10), caps=(Cap(20, "week"),), since=on(3), edition=2),
)
LIMITED_OTHERWISE = shop(
    BASE, frames=(Frame(limits=(Limit("most", 50, "week"),)), Frame(on(3), limits=(Limit("most", 50, "month"),)))
)
BRIEF = shop(Term("base", award=PerAmount(1, 100), coin=Coin(expiry=Expiry(days=10))))
LAPS = shop(challenges=(Challenge("lap", kind="count", on="quiz", target=1, reward=5, where={"laps": frozenset({1})}),))
GREETED = shop(challenges=(Challenge("hello", kind="count", target=1, reward=50),), frames=(Frame(clawback="balance"),))
SHOP_OF_ALL = shop(
    Term("piece", award=PerUnit(4)),
    Term("visit", award=Fixed(10)),
    challenges=(
        Challenge("spend", kind="sum", target=1800, reward=40),
        Challenge("lots", kind="sum", target=1801, reward=900),
    ),
)
IN_POINTS = (paid(600, 600),)
FIVE = [sale(f"v{n}", n, bread(1)) for n in (1, 2, 4, 5, 6)]
CHEATED: list[Case] = [
    ("the first purchase is the first again when it came back", WELCOMING,
     [sale("a", 1, bread(10)), back("r", 2, "a", 0), sale("b", 3, bread(10))], 4, "210 points"),
    ("though bags of no number come back after it", WELCOMING,
     [with_bags("a", 1), back("r", 2, "a", 0), back("q", 3, "a", 1), back("p", 4, "a", 2), with_bags("b", 5)], 6, "210 points"),
    ("not while what it gave was left to the member", KIND,
     [sale("a", 1, bread(10)), donation("d", 2, 210), back("r", 3, "a", 0), sale("b", 4, bread(10))], 5, "10 points"),
    ("points hidden in a claim are there for a return", PLAIN_KIND,
     [sale("a", 1, bread(30)), spend("s", 2, 30), back("r", 3, "a", 0), unspend("u", 4, "s")], 5, "nothing"),
    ("once it lapses too", PLAIN_KIND,
     [sale("a", 1, bread(30)), spend("s", 2, 30, until=4), back("r", 3, "a", 0)], 5, "nothing"),
    ("points hidden in a hold too", PLAIN_KIND,
     [sale("a", 1, bread(30)), hold("h", 2, 30, 9), back("r", 3, "a", 0), release("u", 4, "h")], 5, "nothing"),
    ("but no more than is hidden", PLAIN_KIND,
     [sale("a", 1, bread(30)), donation("d", 1.5, 20), hold("h", 2, 10, 9), back("r", 3, "a", 0)], 4,
     "10 points owed, 10 points held"),
    ("nor twice what is hidden", PLAIN_KIND,
     [sale("a", 1, bread(30)), sale("b", 1.1, bread(30)), hold("h", 1.5, 20, 9), donation("d", 2, 40), back("r", 3, "a", 0),
      back("q", 4, "b", 0)], 5, "20 points owed, 20 points held"),
    ("a question is answered once, though one gives it up between", ASKED,
     [quiz("1", 1, moon="green", sun="white"), OptOut(id="o", at=on(2), challenge="quiz"),
      quiz("2", 3, moon="grey", sun="white")], 4, "nothing"),
    ("yes is not the number one", LAPS, [quiz("1", 1, laps=True)], 2, "nothing"),
    ("one is", LAPS, [quiz("1", 1, laps=1)], 2, "5 points"),
    ("what comes back after its time has a grace", BRIEF,
     [sale("a", 1, bread(30)), spend("s", 5, 30), unspend("u", 20, "s")], 49, "30 points"),
    ("but one alone: claiming again and again keeps nothing alive", BRIEF,
     [sale("a", 1, bread(30)), spend("s", 5, 30), unspend("u", 20, "s"), spend("t", 48, 30), unspend("w", 60, "t")], 61, "nothing"),
    ("what a month used up blocks no week of a later edition", MONTHS_THEN_WEEKS,
     [sale("a", 1, bread(1)), sale("b", 2, bread(1)), sale("c", 4, bread(1))], 5, "30 points"),
    ("what comes back of a month does not stay used in weeks", MONTHS_THEN_WEEKS,
     [sale("a", 1, bread(1)), sale("b", 4, bread(1)), back("r", 4.5, "a", 0), sale("c", 12, bread(1)), sale("d", 13, bread(1))], 14,
     "30 points"),
    ("nor is more room in weeks than they have", MONTHS_THEN_WEEKS,
     [sale("a", 1, bread(1)), sale("b", 5.1, bread(1)), back("r", 5.5, "a", 0), sale("c", 6, bread(1)), sale("d", 7, bread(1))], 8,
     "20 points"),
    ("nor does a limit by the week come back to that of a month", LIMITED_OTHERWISE,
     [sale("a", 1, bread(30)), sale("b", 3.5, bread(20)), back("r", 4, "a", 0), sale("c", 10, bread(60))], 11, "50 points"),
    ("what a challenge paid and a policy forgives is not paid again", GREETED,
     [sale("a", 1, bread(1)), donation("d", 2, 50), back("r", 3, "a", 0), sale("b", 4, bread(1))], 5, "nothing"),
    ("and stays forgiven", GREETED,
     [sale("a", 1, bread(1)), donation("d", 2, 50), back("r", 3, "a", 0), sale("b", 4, bread(1)), give("g", 5, 70),
      back("q", 6, "b", 0)], 7, "70 points"),
    ("pieces that points paid earn nothing", SHOP_OF_ALL, [give("g", 1, 600),
      sale("a", 2, bread(6), tenders=IN_POINTS)], 3, "nothing"),
    ("a piece of which points paid the smaller part is whole", shop(Term("stamp", award=PerUnit(1))),
     [give("g", 1, 600), sale("a", 2, bread(13), tenders=IN_POINTS)], 3, "1 points"),
    ("and none where they paid the larger", shop(Term("stamp", award=PerUnit(1))),
     [give("g", 1, 600), sale("a", 2, bread(11), tenders=IN_POINTS)], 3, "nothing"),
    ("of a part so paid their share", SHOP_OF_ALL, [give("g", 1, 600),
      sale("a", 2, bread(24), tenders=IN_POINTS)], 3, "53 points"),
    ("a higher target, reached and returned, is missed", DARED, [*FIVE, back("r", 7, "v1", 0)], 8, "4 points"),
    ("a lower one, reached before it rose, too", DARED,
     [*FIVE[:2], sale("v", 2.5, bread(1)), *FIVE[2:3], back("r", 7, "v1", 0), back("q", 8, "v2", 0)], 9, "2 points"),
]  # fmt: skip


@pytest.mark.parametrize("case", CHEATED, ids=[case[0] for case in CHEATED])
def test_nobody_gains_by_coming_back(case: Case):
    holds_true(case)


def test_what_a_challenge_paid_goes_back_under_the_edition_that_paid_it():
    _, entries = after(DARED, [*FIVE, back("r", 7, "v1", 0)], 8)

    assert {each.edition for each in entries if each.term == "visits"} == {2}
