"""What a return takes, what it gives back, and what it leaves and names to the clerk.

One line a case: what happened, in days since 1 March 2017, and what the member then has."""

from typing import Literal

import pytest

from punchcard.foundation import locale
from punchcard.programme import (
    AnyFact,
    Cap,
    Challenge,
    Coin,
    Expiry,
    Extend,
    Fixed,
    Frame,
    Goods,
    Group,
    Journal,
    Kept,
    Ladder,
    Limit,
    PerAmount,
    Program,
    Rulebook,
    Tender,
    Term,
    Tier,
    adjudicate,
    tier_of,
)
from tests.days import (
    Case,
    act,
    activation,
    after,
    back,
    bread,
    cake,
    donation,
    extension,
    give,
    hold,
    holds_true,
    on,
    paid,
    release,
    sale,
    spend,
    told,
    unspend,
)

CAKE = Goods(categories=frozenset({"cake"}))
Clawback = Literal["any", "balance", "pending"]


def shop(coin: Coin, *more: Term, frame: Frame | None = None, challenges: tuple[Challenge, ...] = ()) -> Program:
    """A point for each euro, on these terms."""
    base = Term("base", award=PerAmount(1, 100), coin=coin)
    return Program(Rulebook(terms=(base, *more), challenges=challenges, frames=(frame or Frame(),)))


def policy(clawback: Clawback, coin: Coin, *more: Term) -> Program:
    return shop(coin, *more, frame=Frame(clawback=clawback))


SIXTY, TEN, PENDS = Coin(expiry=Expiry(days=60)), Coin(expiry=Expiry(days=10)), Coin(pending_days=10)
REVIEWED = Coin(awaits="review", awaits_days=20, expiry=Expiry(days=10))
PLAIN, BRIEF, PENDING, REVIEW = shop(SIXTY), shop(TEN), shop(PENDS), shop(REVIEWED)
ROLLING = shop(Coin(expiry=Expiry(days=10, rolling=True)))
MONTHLY = shop(Coin(pending_days=10, expiry=Expiry(round="month")))
BIG = shop(SIXTY, Term("big", award=Fixed(20), minimum=5000, coin=TEN))
OUTBID = shop(
    SIXTY,
    Term("cake", award=Fixed(5), goods=CAKE, group="one", priority=1, coin=TEN),
    Term("all", award=Fixed(50), group="one", coin=SIXTY),
)
OTHERWISE = shop(
    SIXTY,
    Term("cake", award=Fixed(9), goods=CAKE, group="one", priority=1, coin=SIXTY),
    Term("all", award=Fixed(4), group="one", coin=TEN),
)
WAITING_OTHER = shop(
    SIXTY,
    Term("cake", award=Fixed(9), goods=CAKE, group="one", priority=1, coin=SIXTY),
    Term("all", award=Fixed(4), group="one", coin=REVIEWED),
)
CAPPED = shop(SIXTY, Term("twice", award=Fixed(10), caps=(Cap(2, "month", "uses"),), coin=SIXTY))
LIMITED = shop(SIXTY, frame=Frame(limits=(Limit("most", 50, "month"),)))
THANKS = shop(TEN, Term("thanks", award=Extend(days=20), goods=CAKE))
TURNED = Program(
    Rulebook(
        terms=(Term("base", award=PerAmount(1, 100), coin=TEN),),
        frames=(Frame(clawback="pending"), Frame(on(5), extend_to=on(40))),
    )
)
EXTENDED = Program(
    Rulebook(terms=(Term("base", award=PerAmount(1, 100), coin=TEN),), frames=(Frame(), Frame(on(5), extend_to=on(40))))
)
KIND_BALANCE, KIND_PENDING = policy("balance", SIXTY), policy("pending", SIXTY)
BALANCE_PENDS, PENDING_PENDS = policy("balance", PENDS), policy("pending", PENDS)
PENDING_WAITS = policy("pending", REVIEWED)
ONE: list[AnyFact] = [sale("a", 1, bread(30))]
TWO: list[AnyFact] = [sale("a", 1, bread(30), cake(10))]

TAKEN: list[Case] = [
    ("the goods go, their points go", PLAIN, [*TWO, back("r", 2, "a", 1)], 3, "30 points"),
    ("all of them, all of it", PLAIN, [*TWO, back("r", 2, "a", 0, 1)], 3, "nothing"),
    ("in two goes as in one", PLAIN, [*TWO, back("r", 2, "a", 0), back("q", 3, "a", 1)], 4, "nothing"),
    ("the same line twice is once", PLAIN, [*TWO, back("r", 2, "a", 1), back("q", 3, "a", 1)], 4, "30 points"),
    ("a line that was not sold is none", PLAIN, [*TWO, back("r", 2, "a", 7)], 3, "40 points"),
    ("below a minimum the bonus goes with it", BIG, [sale("a", 1, bread(40), cake(10)), back("r", 2, "a", 1)], 3, "40 points"),
    ("what was spent is owed", PLAIN, [*ONE, spend("s", 2, 30), back("r", 3, "a", 0)], 4, "30 points owed"),
    ("a return by the clock before its sale waits for it", PLAIN, [back("r", 0.5, "a", 0), *ONE], 2, "nothing"),
    ("two of them wait", PLAIN, [back("r", 0.5, "a", 0), back("q", 0.6, "a", 1), *TWO], 2, "nothing"),
    ("a return of what nobody knows takes nothing", PLAIN, [*ONE, back("r", 2, "z", 0)], 3, "30 points"),
    ("a dearer offer that would win now gives nothing more", OUTBID,
     [sale("a", 1, bread(40), cake(10)), back("r", 2, "a", 1)], 3, "55 points"),
    ("an offer that now holds gives no more than was taken", OTHERWISE,
     [sale("a", 1, bread(40), cake(10)), back("r", 2, "a", 1)], 3, "44 points"),
    ("and waits where it would have waited", WAITING_OTHER,
     [sale("a", 1, bread(40), cake(10)), back("r", 2, "a", 1)], 3, "40 points, 4 points pending"),
    ("until the review of that sale", WAITING_OTHER,
     [sale("a", 1, bread(40), cake(10)), back("r", 2, "a", 1), act("x", 3, deal="a")], 4, "44 points"),
    ("nor again what has expired", OUTBID,
     [sale("a", 1, bread(40), cake(10)), back("r", 15, "a", 1)], 16, "50 points"),
    ("points of another sale are left, if its own are there", BRIEF,
     [*ONE, sale("b", 5, bread(7)), back("r", 6, "a", 0)], 12, "7 points"),
    ("a pending sale's own points go, not those that begun", MONTHLY,
     [sale("b", 1, bread(7)), sale("a", 13, bread(30)), back("r", 14, "a", 0)], 20, "7 points"),
    ("though they go with the same month", MONTHLY,
     [sale("b", 1, bread(7)), sale("a", 13, bread(30)), back("r", 14, "a", 0)], 30.9, "7 points"),
]  # fmt: skip
GONE: list[Case] = [
    ("what has expired is not taken twice", BRIEF, [*ONE, sale("b", 10, bread(7)), back("r", 13, "a", 0)], 14, "7 points"),
    ("with a prolonged life it is still there", BRIEF,
     [*ONE, extension("e", 5, 9), sale("b", 10, bread(7)), back("r", 13, "a", 0)], 14, "7 points"),
    ("and taken from where it is", BRIEF, [*ONE, extension("e", 5, 9), back("r", 13, "a", 0)], 14, "nothing"),
    ("until that is over too", BRIEF,
     [*ONE, extension("e", 5, 9), sale("b", 20, bread(7)), back("r", 22, "a", 0)], 23, "7 points"),
    ("prolonged before the sale is not prolonged", BRIEF,
     [give("g", 0, 1), extension("e", 0.5, 9), *ONE, sale("b", 10, bread(7)), back("r", 13, "a", 0)], 14, "8 points"),
    ("what a new policy prolonged is there", EXTENDED, [*ONE, sale("b", 10, bread(7)), back("r", 13, "a", 0)], 14, "7 points"),
    ("what it did not is not", EXTENDED,
     [sale("a", 6, bread(30)), sale("b", 15, bread(7)), back("r", 18, "a", 0)], 19, "7 points"),
    ("rolling points are taken where they rolled to", ROLLING,
     [*ONE, sale("b", 9, bread(7)), back("r", 15, "a", 0)], 16, "7 points"),
    ("if they have gone they are not taken from the next", ROLLING,
     [*ONE, sale("b", 13, bread(7)), back("r", 14, "a", 0)], 15, "7 points"),
    ("what came after they went is taken", ROLLING,
     [*ONE, sale("b", 13, bread(7)), back("r", 14, "b", 0)], 15, "nothing"),
]  # fmt: skip
WAITED: list[Case] = [
    ("what still waits is taken", REVIEW, [*ONE, back("r", 2, "a", 0)], 3, "nothing"),
    ("a part of it in part", REVIEW, [*TWO, back("r", 2, "a", 1)], 3, "30 points pending"),
    ("what has begun is taken from where it is", REVIEW, [*ONE, act("x", 2), back("r", 3, "a", 0)], 4, "nothing"),
    ("what was given up is not taken again", REVIEW, [*ONE, give("g", 2, 50), back("r", 25, "a", 0)], 26, "50 points"),
    ("nor what was cancelled", REVIEW,
     [*ONE, give("g", 2, 50), activation("x", 3, "a", cancel=True), back("r", 4, "a", 0)], 5, "50 points"),
    ("nor what began and has expired", REVIEW,
     [*ONE, give("g", 2, 50), act("x", 3), back("r", 15, "a", 0)], 16, "50 points"),
    ("what pends is taken", PENDING, [*ONE, back("r", 2, "a", 0)], 3, "nothing"),
    ("and does not begin", PENDING, [*ONE, back("r", 2, "a", 0)], 20, "nothing"),
    ("what pended is taken where it is", PENDING, [*ONE, back("r", 12, "a", 0)], 13, "nothing"),
]  # fmt: skip
REACH: list[Case] = [
    ("no more than is there, if the policy says so", KIND_BALANCE,
     [*ONE, donation("s", 2, 20), back("r", 3, "a", 0)], 4, "nothing"),
    ("what is there in full", KIND_BALANCE, [*ONE, back("r", 3, "a", 0)], 4, "nothing"),
    ("what is forgiven stays forgiven", KIND_BALANCE,
     [*TWO, donation("s", 2, 40), back("r", 3, "a", 0), give("g", 4, 50), back("q", 5, "a", 1)], 6, "40 points"),
    ("pending points are within it", BALANCE_PENDS, [*ONE, back("r", 3, "a", 0)], 4, "nothing"),
    ("points of others are within it", KIND_BALANCE,
     [*ONE, donation("s", 2, 30), give("g", 2.5, 10), back("r", 3, "a", 0)], 4, "nothing"),
    ("what is set aside is there when it is set free", KIND_BALANCE,
     [*ONE, hold("h", 2, 20, 9), back("r", 3, "a", 0), release("x", 4, "h")], 5, "nothing"),
    ("only what pends, if the policy says so", PENDING_PENDS, [*ONE, back("r", 2, "a", 0)], 3, "nothing"),
    ("not what has begun", PENDING_PENDS, [*ONE, back("r", 12, "a", 0)], 13, "30 points"),
    ("without pending points nothing at all", KIND_PENDING, [*ONE, back("r", 2, "a", 0)], 3, "30 points"),
    ("what waits pends", PENDING_WAITS, [*ONE, back("r", 2, "a", 0)], 3, "nothing"),
    ("what has waited does not", PENDING_WAITS, [*ONE, act("x", 2), back("r", 3, "a", 0)], 4, "30 points"),
    ("a later policy is not that of the day of the sale", TURNED, [*ONE, back("r", 6, "a", 0)], 7, "30 points"),
    ("nor is an earlier one", TURNED, [sale("a", 6, bread(30)), back("r", 7, "a", 0)], 8, "nothing"),
]  # fmt: skip
ROOM: list[Case] = [
    ("a use under a cap comes back", CAPPED,
     [sale("a", 1, bread(1)), sale("b", 2, bread(1)), back("r", 3, "a", 0), sale("c", 4, bread(1))], 5, "22 points"),
    ("not of a period that is over", CAPPED,
     [sale("a", 1, bread(1)), sale("b", 32, bread(1)), sale("c", 33, bread(1)), back("r", 34, "a", 0),
      sale("d", 35, bread(1))], 36, "23 points"),
    ("room under a limit comes back", LIMITED,
     [sale("a", 1, bread(40)), back("r", 2, "a", 0), sale("b", 3, bread(60))], 4, "50 points"),
    ("no more than was used", LIMITED,
     [sale("a", 1, bread(60)), back("r", 2, "a", 0), sale("b", 3, bread(60)), sale("c", 4, bread(9))], 5, "50 points"),
]  # fmt: skip
HALF = (paid(1000, 1000), Tender("cash", 1000))
ROLLED_BACK: list[Case] = [
    ("what paid comes back to its own lot", BRIEF,
     [sale("a", 1, bread(30)), spend("s", 2, 10), unspend("u", 3, "s")], 12, "nothing"),
    ("with thirty days if that has gone", BRIEF,
     [sale("a", 1, bread(30)), spend("s", 2, 10), unspend("u", 20, "s")], 49.9999, "10 points"),
    ("and not a day more", BRIEF, [sale("a", 1, bread(30)), spend("s", 2, 10), unspend("u", 20, "s")], 50, "nothing"),
    ("a voucher that lapses does so too", BRIEF, [sale("a", 1, bread(30)), spend("s", 2, 10, until=20)], 49.9999, "10 points"),
    ("what paid a sale comes back with it", PLAIN,
     [give("g", 0, 1000), sale("a", 1, bread(20), tenders=HALF), back("r", 2, "a", 0, points=1000)], 3, "1000 points"),
    ("not without being asked", PLAIN,
     [give("g", 0, 1000), sale("a", 1, bread(20), tenders=HALF), back("r", 2, "a", 0)], 3, "nothing"),
    ("and the goods may stay", PLAIN,
     [give("g", 0, 1000), sale("a", 1, bread(20), tenders=HALF), back("r", 2, "a", points=400)], 3, "410 points"),
]  # fmt: skip
VISITS: list[AnyFact] = [sale("a", 1, bread(0)), sale("b", 2, bread(0))]


def twice(coin: Coin, clawback: Clawback = "any") -> Program:
    """Fifty points for two visits in a month."""
    two = Challenge("two", kind="count", target=2, reward=50, every="month", coin=coin)
    return shop(SIXTY, frame=Frame(clawback=clawback), challenges=(two,))


WITHDRAWN: list[Case] = [
    ("a challenge that no longer holds takes its points back", twice(SIXTY), [*VISITS, back("r", 3, "a", 0)], 4, "nothing"),
    ("as debt if need be", twice(SIXTY), [*VISITS, spend("s", 2.5, 30), back("r", 3, "a", 0)], 4, "30 points owed"),
    ("or as far as they are there", twice(SIXTY, "balance"),
     [*VISITS, donation("s", 2.5, 30), back("r", 3, "a", 0)], 4, "nothing"),
    ("or only if they pend", twice(SIXTY, "pending"), [*VISITS, back("r", 3, "a", 0)], 4, "50 points"),
    ("as these do", twice(PENDS, "pending"), [*VISITS, back("r", 3, "a", 0)], 4, "nothing"),
    ("what pends goes before what is there", twice(PENDS), [*VISITS, give("g", 2.5, 9), back("r", 3, "a", 0)], 4, "9 points"),
    ("a challenge may wait for a review", twice(REVIEWED), VISITS, 3, "50 points pending"),
    ("and begin with it", twice(REVIEWED), [*VISITS, act("x", 3)], 4, "50 points"),
    ("what waits of it is taken", twice(REVIEWED, "pending"), [*VISITS, back("r", 3, "a", 0)], 4, "nothing"),
]  # fmt: skip
CASES = [*TAKEN, *GONE, *WAITED, *REACH, *ROOM, *ROLLED_BACK, *WITHDRAWN]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_member_then_has(case: Case):
    holds_true(case)


SILVER = Ladder((Tier("plain"), Tier("silver", threshold=25)), "month")
SEASONS = shop(SIXTY, frame=Frame(ladders=(SILVER,)))
FORGIVING = shop(SIXTY, frame=Frame(ladders=(SILVER,), clawback="pending"))
TOLD: list[tuple[str, Program, list[AnyFact], AnyFact, list[Kept]]] = [
    ("where all comes back nothing is said", PLAIN, ONE, back("r", 2, "a", 0), []),
    ("the voucher of a sale that stays in part", PLAIN,
     [give("g", 0, 10), spend("s", 0.5, 10), sale("a", 1, bread(30), cake(10), vouchers=("s",))], back("r", 2, "a", 1),
     [Kept("voucher-stays-used", "s")]),
    ("not of one that came back whole", PLAIN,
     [give("g", 0, 10), spend("s", 0.5, 10), sale("a", 1, bread(30), vouchers=("s",))], back("r", 2, "a", 0), []),
    ("points that have expired", BRIEF, ONE, back("r", 13, "a", 0), [Kept("expired-before", "base", 30)]),
    ("points that were given up", REVIEW, ONE, back("r", 25, "a", 0), [Kept("expired-before", "base", 30)]),
    ("points that are forgiven", KIND_BALANCE, [*ONE, donation("s", 2, 20)], back("r", 3, "a", 0), [Kept("forgiven", "base", 20)]),
    ("a longer life that was given for it", THANKS, [*TWO], back("r", 2, "a", 1), [Kept("not-taken-back", "thanks")]),
    ("which stays where its goods stay", THANKS, [*TWO], back("r", 2, "a", 0), []),
    ("a season that is over", SEASONS, ONE, back("r", 35, "a", 0), [Kept("season-closed", "tier", 30)]),
    ("not one that is open", SEASONS, ONE, back("r", 5, "a", 0), []),
    ("the period of a cap that is over", CAPPED, [sale("a", 1, bread(1))], back("r", 35, "a", 0),
     [Kept("period-closed", "twice", 10)]),
    ("not one that is open still", CAPPED, [sale("a", 1, bread(1))], back("r", 5, "a", 0), []),
]  # fmt: skip


@pytest.mark.parametrize(("program", "facts", "fact", "kept"), [c[1:] for c in TOLD], ids=[c[0] for c in TOLD])
def test_the_clerk_is_told_of(program: Program, facts: list[AnyFact], fact: AnyFact, kept: list[Kept]):
    journal = Journal(program)
    for each in facts:
        journal.record(each)

    assert list(adjudicate(journal.standing, fact, program, journal.recall("a")).kept) == kept


WHY = ["voucher-stays-used", "expired-before", "not-taken-back", "forgiven", "season-closed", "period-closed"]


@pytest.mark.parametrize("why", WHY)
def test_what_stays_is_said_in_four_languages(why: str):
    assert set(locale.catalogue("programme")[why]) == set(locale.LANGUAGES)


def tier_after(program: Program, facts: list[AnyFact], day: float) -> int:
    return tier_of(after(program, facts, day)[0], program)


def test_a_tier_follows_the_return_even_where_its_points_are_forgiven():
    tiers = [tier_after(program, [*ONE, back("r", 2, "a", 0)], 3) for program in (SEASONS, FORGIVING)]

    assert (tier_after(SEASONS, ONE, 3), tiers) == (1, [0, 0])


def test_what_is_forgiven_counts_once_against_the_tier():
    facts: list[AnyFact] = [
        sale("a", 1, bread(30), cake(10)),
        sale("b", 2, bread(26)),
        back("r", 3, "a", 0),
        back("q", 4, "a", 1),
    ]

    assert tier_after(FORGIVING, facts, 5) == 1


def deal_after(program: Program, *facts: AnyFact):
    journal = Journal(program)
    for fact in facts:
        journal.record(fact)
    deal = journal.recall("a")
    assert deal
    return deal


def test_the_deal_says_what_the_sale_still_keeps():
    deal = deal_after(KIND_BALANCE, *TWO, donation("s", 2, 35), back("r", 3, "a", 0))

    assert (deal.awards["base"].points, deal.forgiven) == (10 + 25, {"base": 25})


def test_a_budget_that_a_return_frees_is_free_and_what_it_forgives_is_not():
    gift = Term("gift", award=Fixed(20), goods=CAKE, scarce=True, coin=SIXTY)
    sold = sale("a", 1, bread(30), cake(10), grants={"gift": 20})
    levels = []
    for program in (shop(SIXTY, gift), policy("pending", SIXTY, gift)):
        journal = Journal(program)
        journal.record(sold)
        levels.append(adjudicate(journal.standing, back("r", 2, "a", 1), program, journal.recall("a")).levels)

    assert levels == [{"gift": 0}, {"gift": 20}]


def test_a_group_of_a_later_frame_does_not_judge_an_earlier_sale():
    program = Program(
        Rulebook(
            terms=(Term("base", award=PerAmount(1, 100), group="one"), Term("more", award=Fixed(9), group="two")),
            frames=(Frame(), Frame(on(5), groups=(Group("one", exclusive=True),))),
        )
    )
    standing, _ = after(program, [*TWO, back("r", 6, "a", 1)], 7)

    assert told(standing) == "39 points"
