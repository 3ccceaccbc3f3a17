"""The verdicts of the fold, as a shop owner would read them: what happened, in days, and what the member then has.

Order independence cannot judge these: a fold over a canonical order is independent of arrival whatever it says.
"""

import pytest

from punchcard.foundation import locale
from punchcard.programme import (
    NEVER,
    Activity,
    Adjustment,
    AnyFact,
    Cap,
    Challenge,
    ChallengeCompleted,
    ChallengeWithdrawn,
    Coin,
    Expiry,
    Fixed,
    Frame,
    Goods,
    Hours,
    Journal,
    Ladder,
    Line,
    PerAmount,
    PerUnit,
    Places,
    PointsExpired,
    Program,
    Reason,
    Return,
    Reward,
    Rulebook,
    Sale,
    Spend,
    Standing,
    StandingMoved,
    Tender,
    Term,
    Tier,
    TierLost,
    TierReached,
    Times,
    Unspend,
    VoucherBack,
    VoucherLapsed,
    VoucherUsed,
    adjudicate,
    advance,
    balance,
    explain,
    pending,
    position,
    tier_of,
)
from punchcard.programme.explain import WORDS

DAY = 86400
START = 1_488_326_400  # Wednesday 1 March 2017, midnight UTC
CAKE = Goods(categories=frozenset({"cake"}))
KEPT = Coin(expiry=Expiry(days=60))
SILVER = Ladder((Tier("plain"), Tier("silver", threshold=100)), "month")
MUG = Reward("mug", points=10)


def shop(*terms: Term, challenges: tuple[Challenge, ...] = (), ladder: Ladder | None = None) -> Program:
    frame = Frame(ladders=(ladder or Ladder(),), coins={"points": KEPT})
    return Program(Rulebook(terms=terms, challenges=challenges, rewards=(MUG,), frames=(frame,)))


def sale(id: str, day: float, *lines: tuple[str, str, int, int], **more) -> Sale:
    return Sale(id=id, at=START + int(day * DAY), lines=tuple(Line("x", *line) for line in lines), **more)


def bread(euros: int, quantity: int = 1) -> tuple[str, str, int, int]:
    return "bread", "", quantity, euros * 100


def cake(euros: int, quantity: int = 1) -> tuple[str, str, int, int]:
    return "cake", "", quantity, euros * 100


def back(id: str, day: float, deal: str, quantities: dict[int, int], points: int = 0) -> Return:
    return Return(
        id=id, at=START + int(day * DAY), deal=deal, quantities=quantities, refunds={"points": points} if points else {}
    )


def spend(id: str, day: float, points: int, until: float = 0) -> Spend:
    lapse = START + int(until * DAY) if until else 0
    return Spend(id=id, at=START + int(day * DAY), points=points, reward="mug", until=lapse)


def unspend(id: str, day: float, deal: str) -> Unspend:
    return Unspend(id=id, at=START + int(day * DAY), deal=deal)


def give(id: str, day: float, points: int) -> Adjustment:
    return Adjustment(id=id, at=START + int(day * DAY), points=points, reason="goodwill")


def visits(*days: int) -> list[AnyFact]:
    return [sale(str(day), day, bread(1)) for day in days]


BASE = Term("base", award=PerAmount(1, 100), coin=KEPT)
PER_EURO = shop(BASE)
PENDING = shop(Term("base", award=PerAmount(1, 100), coin=Coin(pending_days=10, expiry=Expiry(days=30))))
CAPPED = shop(Term("base", award=PerAmount(1, 100), coin=KEPT, caps=(Cap(50, "month"),)))
BIG = shop(BASE, Term("big", award=Fixed(20), minimum=5000, coin=KEPT))
OUTBID = shop(
    Term("cake", award=Fixed(5), goods=CAKE, group="one", priority=1, coin=KEPT),
    Term("all", award=Fixed(50), group="one", coin=KEPT),
)
TIERED = shop(BASE, Term("silver", award=Times(200), tiers=frozenset({"silver"}), coin=KEPT), ladder=SILVER)
THREE = shop(challenges=(Challenge("three", kind="count", target=3, reward=100, coin=KEPT),))
THREE_KEPT = shop(challenges=(Challenge("three", kind="count", target=3, reward=100, coin=KEPT, on_return="keep"),))
THREE_DAYS = shop(challenges=(Challenge("three", kind="days", target=3, reward=100, coin=KEPT),))
WEEKS = shop(challenges=(Challenge("weeks", kind="streak", target=3, reward=100, every="quarter", coin=KEPT),))
TASTES = shop(challenges=(Challenge("tastes", kind="distinct", target=2, reward=100, coin=KEPT),))
HUNDRED = shop(challenges=(Challenge("sum", kind="sum", target=10000, reward=100, goods=CAKE, coin=KEPT),))
FIRST = shop(Term("first", award=Fixed(30), first_purchase=True, coin=KEPT))
SCARCE = shop(Term("gift", award=Fixed(500), scarce=True, coin=KEPT))
GYM = shop(Term("run", award=Fixed(10), on="workout", caps=(Cap(2, "week", "uses"),), coin=KEPT))
ROLLING = shop(Term("base", award=PerAmount(1, 100), coin=Coin(expiry=Expiry(days=10, rolling=True))))
NOLA = shop(Term("nola", award=PerUnit(7), places=Places(partners=frozenset({"nola"})), coin=KEPT))
DOUBLE_CAKE = shop(BASE, Term("cake", award=Times(200), goods=CAKE, coin=KEPT))
QUARTER = shop(BASE, Term("more", award=Times(125), coin=KEPT), Term("big", award=Fixed(150), minimum=15000, coin=KEPT))
NOON = shop(Term("noon", award=Fixed(9), hours=Hours(since=48, until=56), coin=KEPT))

CASES: list[tuple[str, Program, list[AnyFact], float, int]] = [
    ("a point for each euro", PER_EURO, [sale("a", 1, bread(30))], 2, 30),
    ("cents are rounded down", PER_EURO, [sale("a", 1, ("bread", "", 1, 299))], 2, 2),
    ("points paid with points do not earn", PER_EURO,
     [give("g", 0, 100), sale("a", 1, bread(30), tenders=(Tender("points", 1000, 100), Tender("cash", 2000)))], 2, 20),
    ("a sale for nothing, paid with points, is still a sale", PER_EURO,
     [give("g", 0, 100), sale("a", 1, bread(0), tenders=(Tender("points", 1000, 100),))], 2, 0),
    ("points expire at the end of the sixtieth day", PER_EURO, [sale("a", 1, bread(30))], 61.99, 30),
    ("and not a moment later", PER_EURO, [sale("a", 1, bread(30))], 62, 0),
    ("a visit begins rolling points anew", ROLLING, [sale("a", 1, bread(30)), sale("b", 9, bread(1))], 19, 31),
    ("without a visit they go", ROLLING, [sale("a", 1, bread(30))], 13, 0),
    ("pending points cannot be spent", PENDING, [sale("a", 1, bread(30)), spend("s", 2, 10)], 3, -10),
    ("and pay the debt once they start", PENDING, [sale("a", 1, bread(30)), spend("s", 2, 10)], 12, 20),
    ("pending points live from their start", PENDING, [sale("a", 1, bread(30))], 41.9, 30),
    ("a spend that is no longer covered stands as a debt", PER_EURO,
     [sale("a", 1, bread(30)), spend("s", 2, 30), back("r", 3, "a", {0: 1})], 4, -30),
    ("which the next sale pays", PER_EURO,
     [sale("a", 1, bread(30)), spend("s", 2, 30), back("r", 3, "a", {0: 1}), sale("b", 4, bread(50))], 5, 20),
    ("the soonest to expire goes first", PER_EURO, [give("g", 0, 10), sale("a", 20, bread(30)), spend("s", 30, 10)], 70, 30),
    ("what is given back keeps its own expiry", PER_EURO, [give("g", 0, 10), spend("s", 30, 10), unspend("u", 40, "s")], 61, 0),
    ("or a grace of thirty days if that is past", PER_EURO,
     [give("g", 0, 10), spend("s", 30, 10), unspend("u", 70, "s")], 99, 10),
    ("a spend is given back once", PER_EURO,
     [give("g", 0, 10), spend("s", 1, 10), unspend("u", 2, "s"), unspend("v", 2.5, "s")], 3, 10),
    ("handing in what was claimed later, by the clock, waits for it", PER_EURO,
     [give("g", 0, 10), unspend("u", 1, "s"), spend("s", 2, 10)], 3, 10),
    ("a voucher that nobody used gives its points back", PER_EURO, [give("g", 0, 10), spend("s", 1, 10, until=15)], 15, 10),
    ("and not before its time", PER_EURO, [give("g", 0, 10), spend("s", 1, 10, until=15)], 14.99, 0),
    ("a used voucher does not lapse", PER_EURO,
     [give("g", 0, 10), spend("s", 1, 10, until=15), sale("a", 2, bread(0), vouchers=("s",))], 16, 0),
    ("nor can it be handed in", PER_EURO,
     [give("g", 0, 10), spend("s", 1, 10, until=15), sale("a", 2, bread(0), vouchers=("s",)), unspend("u", 3, "s")], 4, 0),
    ("unless the sale came back whole", PER_EURO,
     [give("g", 0, 10), spend("s", 1, 10, until=15), sale("a", 2, bread(5), vouchers=("s",)), back("r", 3, "a", {0: 1}),
      unspend("u", 4, "s")], 5, 10),
    ("and then it lapses as before", PER_EURO,
     [give("g", 0, 10), spend("s", 1, 10, until=15), sale("a", 2, bread(5), vouchers=("s",)), back("r", 3, "a", {0: 1})], 15, 10),
    ("a part of the sale keeps the voucher used", PER_EURO,
     [give("g", 0, 10), spend("s", 1, 10, until=15), sale("a", 2, bread(5), cake(5), vouchers=("s",)),
      back("r", 3, "a", {0: 1})], 16, 5),
    ("after the voucher's time the return gives its points", PER_EURO,
     [give("g", 0, 10), spend("s", 1, 10, until=15), sale("a", 2, bread(5), vouchers=("s",)), back("r", 20, "a", {0: 1})], 20, 10),
    ("on their own expiry", PER_EURO,
     [give("g", 0, 10), spend("s", 1, 10, until=15), sale("a", 2, bread(5), vouchers=("s",)), back("r", 20, "a", {0: 1})], 61, 0),
    ("a voucher that debt had paid for pays the debt when it lapses", PER_EURO, [spend("s", 1, 10, until=15)], 16, 0),
    ("a voucher of a claim that nobody knows means nothing", PER_EURO, [sale("a", 2, bread(5), vouchers=("s",))], 3, 5),
    ("one of two cakes comes back", PER_EURO, [sale("a", 1, cake(30, 2)), back("r", 2, "a", {0: 1})], 3, 15),
    ("a line cannot come back twice", PER_EURO,
     [sale("a", 1, bread(30), cake(10)), back("r", 2, "a", {0: 1}), back("q", 2, "a", {0: 1})], 3, 10),
    ("a line that is not there comes back as nothing", PER_EURO,
     [sale("a", 1, bread(30)), back("r", 2, "a", {7: 1, -1: 1})], 3, 30),
    ("points that paid come back with what they bought", PER_EURO,
     [give("g", 0, 100), sale("a", 1, bread(30), tenders=(Tender("points", 1000, 100), Tender("cash", 2000))),
      back("r", 2, "a", {0: 1}, points=100)], 3, 100),
    ("and never more than had paid", PER_EURO,
     [give("g", 0, 100), sale("a", 1, bread(30), tenders=(Tender("points", 1000, 100), Tender("cash", 2000))),
      back("r", 2, "a", {}, points=500)], 3, 120),
    ("below the minimum the bonus goes too", BIG, [sale("a", 1, bread(40), cake(10)), back("r", 2, "a", {1: 1})], 3, 40),
    ("a return never earns, even if a better offer would now win", OUTBID,
     [sale("a", 1, bread(40), cake(10)), back("r", 2, "a", {1: 1})], 3, 5),
    ("a return whose clock is before the sale waits for it", PER_EURO,
     [back("r", 1, "a", {0: 1}), sale("a", 2, bread(30))], 3, 0),
    ("what has expired is not taken twice", PER_EURO,
     [sale("a", 1, bread(30)), give("g", 50, 10), back("r", 65, "a", {0: 1})], 66, 10),
    ("a cap", CAPPED, [sale("a", 1, bread(40)), sale("b", 2, bread(40))], 3, 50),
    ("which begins anew with its period", CAPPED, [sale("a", 1, bread(60)), sale("b", 32, bread(40))], 33, 90),
    ("a return gives the room under the cap back", CAPPED,
     [sale("a", 1, bread(40)), back("r", 2, "a", {0: 1}), sale("b", 3, bread(40))], 4, 40),
    ("but does not reopen a sale that met the cap", CAPPED,
     [sale("a", 1, bread(40)), sale("b", 2, bread(40)), back("r", 3, "a", {0: 1})], 4, 10),
    ("what is left of a sale keeps the room that the sale had", CAPPED,
     [sale("a", 1, bread(40), cake(10)), sale("b", 2, bread(9)), back("r", 3, "a", {1: 1})], 4, 40),
    ("the tier of the day of the sale doubles", TIERED, [sale("a", 1, bread(100)), sale("b", 2, bread(10))], 3, 120),
    ("a return takes what the sale gave, doubled, in the tier of that day", TIERED,
     [sale("a", 1, bread(100)), sale("b", 2, bread(10)), back("r", 35, "b", {0: 1})], 36, 100),
    ("cake counts twice", DOUBLE_CAKE, [sale("a", 1, cake(30), bread(14))], 2, 74),
    ("of a basket without cake nothing does", DOUBLE_CAKE, [sale("a", 1, bread(14))], 2, 14),
    ("twice is taken back with the cake", DOUBLE_CAKE, [sale("a", 1, cake(30), bread(14)), back("r", 2, "a", {0: 1})], 3, 14),
    ("a quarter more is of what was spent, not of a bonus", QUARTER, [sale("a", 1, bread(184))], 2, 184 + 46 + 150),
    ("the third visit completes", THREE, visits(1, 2, 3), 4, 100),
    ("a returned visit takes the reward back", THREE, [*visits(1, 2, 3), back("r", 4, "2", {0: 1})], 5, 0),
    ("and a further visit gives it again", THREE, [*visits(1, 2, 3, 6), back("r", 4, "2", {0: 1})], 7, 100),
    ("unless the challenge keeps what was reached", THREE_KEPT, [*visits(1, 2, 3), back("r", 4, "2", {0: 1})], 5, 100),
    ("a month later nothing of it is touched", THREE, [*visits(1, 2, 3), back("r", 40, "2", {0: 1})], 41, 100),
    ("three receipts of one day are one day", THREE_DAYS, [sale("a", 1, bread(1)), sale("b", 1.1, bread(1)), *visits(2)], 4, 0),
    ("three days are three", THREE_DAYS, [sale("a", 1, bread(1)), sale("b", 1.1, bread(1)), *visits(2, 3)], 4, 100),
    ("three weeks in a row", WEEKS, visits(1, 8, 15), 16, 100),
    ("not with a week left out", WEEKS, visits(1, 8, 22), 23, 0),
    ("two kinds of goods", TASTES, [sale("a", 1, bread(1)), sale("b", 2, cake(1))], 3, 100),
    ("a hundred euros of cake", HUNDRED, [sale("a", 1, cake(60)), sale("b", 2, cake(40), bread(900))], 3, 100),
    ("the first purchase", FIRST, [sale("a", 1, bread(1)), sale("b", 2, bread(1))], 3, 30),
    ("once returned, the next is the first", FIRST,
     [sale("a", 1, bread(1)), back("r", 2, "a", {0: 1}), sale("b", 3, bread(1))], 4, 30),
    ("a scarce gift needs the door's grant", SCARCE, [sale("a", 1, bread(1))], 2, 0),
    ("and gives no more than granted", SCARCE, [sale("a", 1, bread(1), grants={"gift": 120})], 2, 120),
    ("two workouts a week", GYM, [Activity(id=str(n), at=START + n * DAY, kind="workout") for n in (0, 1, 2)], 3, 20),
    ("a partner's own promise holds at its own till", NOLA, [sale("a", 1, bread(1, 2), partner="nola")], 2, 14),
    ("and nowhere else", NOLA, [sale("a", 1, bread(1, 2), partner="miro")], 2, 0),
    ("at noon", NOON, [sale("a", 1.5, bread(1))], 2, 9),
    ("not in the morning", NOON, [sale("a", 1.3, bread(1))], 2, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "facts", "day", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_the_member_has(program: Program, facts: list[AnyFact], day: float, expected: int):
    for arrival in (sorted(facts, key=position), facts[::-1]):
        standing = after(program, arrival, day)

        assert balance(standing) - standing.owed.get("points", 0) == expected
        assert not (balance(standing) and standing.owed), "a credit pays what is owed before it lives"


def after(program: Program, facts: list[AnyFact], day: float) -> Standing:
    journal = Journal(program, every=2)
    for fact in facts:
        journal.record(fact)
    journal.tick(START + int(day * DAY))
    return journal.standing


def test_a_tier_is_held_to_the_end_of_the_next_season_then_one_step_down():
    standing = after(TIERED, [sale("a", 1, bread(100))], 2)

    held = [advance(standing, START + day * DAY, TIERED) for day in (2, 31, 61)]

    assert [tier_of(ruling.standing, TIERED) for ruling in held] == [1, 1, 0]
    assert [news for news in held[-1].news if not isinstance(news, PointsExpired)] == [
        TierLost("plain"),
        StandingMoved(),
    ]


def test_from_two_tiers_up_the_next_season_ends_one_step_down():
    ladder = Ladder((Tier("plain"), Tier("silver", threshold=50), Tier("gold", threshold=100)), "month")
    program = shop(BASE, ladder=ladder)
    standing = after(program, [sale("a", 1, bread(100))], 2)

    held = [advance(standing, START + day * DAY, program).standing for day in (2, 31, 61, 92)]

    assert [tier_of(each, program) for each in held] == [2, 2, 1, 0]


def test_pending_points_are_not_a_balance_yet():
    standing = after(PENDING, [sale("a", 1, bread(30))], 2)

    assert (balance(standing), pending(standing)) == (0, 30)


def test_news_says_what_others_should_hear():
    journal = Journal(TIERED)
    facts: list[AnyFact] = [
        sale("a", 1, bread(100)), spend("s", 2, 10, until=20), sale("b", 3, bread(0), vouchers=("s",)),
        spend("t", 4, 10, until=20), back("r", 5, "a", {0: 1}),
    ]  # fmt: skip
    told = [journal.record(fact).news for fact in facts]
    told.append(journal.tick(START + 20 * DAY).news)

    moved = StandingMoved()
    assert told == [
        [TierReached("silver", START + 31 * DAY), moved], [moved], [VoucherUsed("s", "mug"), moved], [moved],
        [TierLost("plain", "r"), moved],
        [VoucherLapsed("t", "mug"), moved],
    ]  # fmt: skip


def test_a_reward_that_comes_back_is_news():
    journal = Journal(TIERED)
    for fact in (sale("a", 1, bread(100)), spend("s", 2, 10, until=20), sale("b", 3, bread(1), vouchers=("s",))):
        journal.record(fact)

    with_the_goods = journal.record(back("r", 4, "b", {0: 1})).news
    handed_in = journal.record(Unspend(id="s/back", at=START + 5 * DAY, deal="s")).news

    assert VoucherBack("s", "mug") in with_the_goods and VoucherBack("s", "mug") in handed_in


def test_news_of_challenges_names_the_fact():
    journal = Journal(THREE)
    told = [news for fact in [*visits(1, 2, 3), back("r", 4, "2", {0: 1})] for news in journal.record(fact).news]

    assert [news for news in told if not isinstance(news, StandingMoved)] == [
        ChallengeCompleted("three", "3"),
        ChallengeWithdrawn("three", "r"),
    ]


def test_nothing_is_said_where_nothing_moved():
    assert adjudicate(Standing(), sale("a", 1, bread(1)), NOLA).news == []


REASONS = [
    (BIG, sale("a", 1, bread(38)), [Reason("base", "applied", 38), Reason("big", "below-minimum", 0)]),
    (OUTBID, sale("a", 1, bread(1), cake(1)), [Reason("cake", "applied", 5), Reason("all", "outbid", 0)]),
    (CAPPED, sale("a", 1, bread(70)), [Reason("base", "capped", 50)]),
    (SCARCE, sale("a", 1, bread(70)), [Reason("gift", "not-granted", 0)]),
    (NOLA, sale("a", 1, bread(70)), [Reason("nola", "other-place", 0)]),
    (NOON, sale("a", 1, bread(70)), [Reason("noon", "other-hours", 0)]),
    (HUNDRED, sale("a", 1, cake(100)), [Reason("sum", "completed", 100)]),
    (PER_EURO, sale("a", 1, ("bread", "", 1, 99)), [Reason("base", "rounded-to-nothing", 0)]),
    (PER_EURO, spend("s", 1, 5), [Reason("mug", "spent", -5)]),
    (PER_EURO, give("g", 1, 5), [Reason("goodwill", "adjusted", 5)]),
    (PER_EURO, sale("a", 1, bread(0), tenders=(Tender("points", 10, 10),)),
     [Reason("base", "rounded-to-nothing", 0), Reason("", "spent", -10)]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "fact", "reasons"), REASONS)
def test_every_point_has_its_reason(program: Program, fact: AnyFact, reasons: list[Reason]):
    assert list(explain(adjudicate(Standing(), fact, program), program)) == reasons


def test_a_return_is_told_by_what_it_took():
    journal = Journal(BIG)
    journal.record(sale("a", 1, bread(40), cake(10)))
    ruling = adjudicate(journal.standing, back("r", 2, "a", {1: 1}), BIG, journal.recall("a"))

    assert set(explain(ruling, BIG)) == {Reason("base", "returned", -10), Reason("big", "returned", -20)}


def test_a_promise_that_ended_lately_is_named_and_an_old_or_later_one_is_not():
    def gone(days: float) -> Term:
        return Term(f"gone-{days}", award=Fixed(1), until=START + int(days * DAY))

    program = shop(BASE, gone(4.5), gone(1), Term("later", award=Fixed(1), since=START + 6 * DAY))
    ruling = adjudicate(Standing(), sale("a", 5, bread(1)), program)

    assert explain(ruling, program) == (Reason("base", "applied", 1), Reason("gone-4.5", "ended", 0))


def test_a_promise_published_anew_is_explained_once():
    turn = START + 5 * DAY
    program = shop(
        Term("base", award=PerAmount(1, 100), closed=turn),
        Term("base", award=PerAmount(2, 100), since=turn, until=NEVER),
    )
    said = [explain(adjudicate(Standing(), sale("a", day, bread(3)), program), program) for day in (4, 5)]

    assert said == [(Reason("base", "applied", 3),), (Reason("base", "applied", 6),)]


def test_every_verdict_has_words_in_four_languages():
    spoken = [*WORDS, "given", "returned", "completed", "withdrawn", "spent", "given-back", "adjusted", "expired",
              "activated", "prolonged"]  # fmt: skip

    assert {word: locale.catalogue("programme")[word].keys() for word in spoken} == dict.fromkeys(
        spoken, dict.fromkeys(locale.LANGUAGES).keys()
    )


def test_a_new_frame_carries_the_tier_over_by_its_id():
    turn = START + 10 * DAY
    grown = Ladder((Tier("plain"), Tier("bronze", threshold=50), Tier("silver", threshold=150)), "month")
    program = Program(Rulebook(terms=(BASE,), frames=(Frame(ladders=(SILVER,)), Frame(since=turn, ladders=(grown,)))))
    standing = after(program, [sale("a", 1, bread(120))], 2)

    later = advance(standing, turn, program)

    assert [program.tiers(s.at)[tier_of(s, program)].id for s in (standing, later.standing)] == ["silver", "bronze"]
    assert later.news == [TierLost("bronze"), StandingMoved()]


def test_points_are_funded_by_the_partner_at_whose_till_they_were_earned():
    program = shop(Term("base", award=PerAmount(1, 100), coin=Coin(funder="seller")))
    rulings = [adjudicate(Standing(), sale("a", 1, bread(5), partner=partner), program) for partner in ("nola", "")]

    assert [(ruling.standing.lots[0].funder, ruling.entries[0].funder) for ruling in rulings] == [
        ("nola", "nola"),
        ("house", "house"),
    ]


def test_the_first_day_of_the_week_is_the_programmes():
    sunday = Rulebook(week_starts=6, challenges=(Challenge("w", kind="count", target=9, reward=1, every="week"),))
    monday = Rulebook(challenges=sunday.challenges)
    ends = [
        adjudicate(Standing(), sale("a", 1, bread(1)), Program(book)).standing.progress["w"].until - START
        for book in (sunday, monday)
    ]

    assert ends == [4 * DAY, 5 * DAY]  # 1 March 2017 is a Wednesday
