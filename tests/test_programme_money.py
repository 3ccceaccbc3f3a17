"""Money on the card, what is set aside, and how much may be spent at a till.

One line a case: what happened, in days since 1 March 2017, and what the member then has."""

import pytest

from punchcard.foundation import locale
from punchcard.programme import (
    NEVER,
    AnyFact,
    Coin,
    Currency,
    Expiry,
    Frame,
    HoldLapsed,
    Load,
    Payment,
    PerAmount,
    Program,
    Rulebook,
    Spendable,
    StandingMoved,
    Tender,
    Term,
    adjudicate,
    advance,
    spendable,
)
from tests.days import (
    Case,
    after,
    back,
    bread,
    extension,
    give,
    hold,
    holds_true,
    load,
    on,
    paid,
    release,
    sale,
    spend,
)

OURS = (
    Currency(value=1),
    Currency("money", "money", value=1),
    Currency("gold", "status", value=1),
    Currency("coffee", "thing"),
)


def shop(expiry: Expiry | None, *, currencies: tuple[Currency, ...] = OURS, grace_days: int = 30) -> Program:
    """A point for each euro; points and money live as long."""
    coin = Coin(expiry=expiry)
    coins = {"points": coin, "money": Coin("money", expiry=expiry)}
    return Program(
        Rulebook(
            currencies=currencies,
            terms=(Term("base", award=PerAmount(1, 100), coin=Coin()),),
            frames=(Frame(coins=coins, grace_days=grace_days),),
        )
    )


MONEY = shop(None)
FIFTY = shop(Expiry(days=50))
BRIEF = shop(Expiry(days=10))
NO_GRACE = shop(Expiry(days=10), grace_days=0)
CASH = Tender("cash", 2000)
LOADED: list[AnyFact] = [load("l", 1, 5000)]

STORED: list[Case] = [
    ("money is put on the card", MONEY, LOADED, 2, "5000 money"),
    ("twice", MONEY, [*LOADED, load("m", 2, 300)], 3, "5300 money"),
    ("it lives as its currency says", FIFTY, LOADED, 51.9999, "5000 money"),
    ("and goes then", FIFTY, LOADED, 52, "nothing"),
    ("a gift card brings its own end", FIFTY, [load("l", 1, 5000, 90, "gift-card")], 89.9999, "5000 money"),
    ("to the second", FIFTY, [load("l", 1, 5000, 90, "gift-card")], 90, "nothing"),
    ("which may be sooner", FIFTY, [load("l", 1, 5000, 5, "gift-card")], 5, "nothing"),
    ("a gift card that has ended by its load is gone at once", FIFTY, [load("l", 9, 5000, 5)], 10, "nothing"),
    ("a gift card is spent before what lives longer", MONEY,
     [*LOADED, load("g", 2, 700, 90), sale("a", 3, bread(7), tenders=(paid(700, 700, "money"),))], 91,
     "7 points, 5000 money"),
    ("a load pays what is owed first", MONEY, [give("g", 0, -700, "money"), *LOADED], 2, "4300 money"),
    ("prolonged, it lives longer", FIFTY, [*LOADED, extension("e", 2, 10, "money")], 61.9999, "5000 money"),
]  # fmt: skip
PAYS: list[Case] = [
    ("paid with money, a sale earns", MONEY,
     [*LOADED, sale("a", 2, bread(20), tenders=(paid(2000, 2000, "money"),))], 3, "20 points, 3000 money"),
    ("paid with points it does not", MONEY,
     [give("g", 1, 2000), sale("a", 2, bread(20), tenders=(paid(2000, 2000),))], 3, "nothing"),
    ("paid half and half it earns for half", MONEY,
     [give("g", 1, 1000), sale("a", 2, bread(20), tenders=(paid(1000, 1000), Tender("cash", 1000)))], 3, "10 points"),
    ("with points, money and cash the points' part earns nothing", MONEY,
     [*LOADED, give("g", 1, 1000),
      sale("a", 2, bread(40), tenders=(paid(1000, 1000), paid(1000, 1000, "money"), CASH))], 3, "30 points, 4000 money"),
    ("a discount of five per cent earns nothing", MONEY,
     [*LOADED, sale("a", 2, bread(20), tenders=(paid(2000, 1900, "money"),))], 3, "19 points, 3100 money"),
    ("and nothing else is lost by it", MONEY,
     [*LOADED, sale("a", 2, bread(40), tenders=(paid(2000, 1900, "money"), CASH))], 3, "39 points, 3100 money"),
    ("money that is not there is owed", MONEY,
     [*LOADED, sale("a", 2, bread(60), tenders=(paid(6000, 6000, "money"),))], 3, "60 points, 1000 money owed"),
    ("refunded, it comes back to the card", MONEY,
     [*LOADED, sale("a", 2, bread(20), tenders=(paid(2000, 2000, "money"),)), back("r", 3, "a", 0, money=2000)], 4,
     "5000 money"),
    ("never more than had paid", MONEY,
     [*LOADED, sale("a", 2, bread(20), tenders=(paid(2000, 1900, "money"),)), back("r", 3, "a", 0, money=9000)], 4,
     "5000 money"),
    ("nor in two goes", MONEY,
     [*LOADED, sale("a", 2, bread(20), tenders=(paid(2000, 2000, "money"),)),
      back("r", 3, "a", 0, money=1500), back("q", 4, "a", money=1500)], 5, "5000 money"),
    ("a part of it comes back in part", MONEY,
     [*LOADED, sale("a", 2, bread(20), tenders=(paid(2000, 2000, "money"),)), back("r", 3, "a", money=500)], 4,
     "20 points, 3500 money"),
    ("each currency on its own", MONEY,
     [*LOADED, give("g", 1, 1000), sale("a", 2, bread(20), tenders=(paid(1000, 1000), paid(1000, 1000, "money"))),
      back("r", 3, "a", 0, money=1000, points=1000)], 4, "1000 points, 5000 money"),
    ("a currency that had not paid is not refunded", MONEY,
     [*LOADED, sale("a", 2, bread(20), tenders=(paid(2000, 2000, "money"),)), back("r", 3, "a", points=500)], 4,
     "20 points, 3000 money"),
    ("what comes back keeps its own end", FIFTY,
     [*LOADED, sale("a", 2, bread(20), tenders=(paid(2000, 2000, "money"),)), back("r", 40, "a", 0, money=2000)], 52,
     "nothing"),
    ("or has a grace of thirty days", BRIEF,
     [*LOADED, sale("a", 2, bread(20), tenders=(paid(2000, 2000, "money"),)), back("r", 40, "a", 0, money=2000)],
     69.9999, "2000 money"),
    ("and then goes", BRIEF,
     [*LOADED, sale("a", 2, bread(20), tenders=(paid(2000, 2000, "money"),)), back("r", 40, "a", 0, money=2000)], 70,
     "nothing"),
    ("what had been owed is owed no more", MONEY,
     [sale("a", 2, bread(20), tenders=(paid(2000, 2000, "money"),)), back("r", 3, "a", 0, money=2000)], 4, "nothing"),
]  # fmt: skip
SET: list[AnyFact] = [*LOADED, hold("h", 2, 3000, 20, "money")]
HELD: list[Case] = [
    ("what is set aside cannot be spent", MONEY, SET, 3, "2000 money, 3000 money held"),
    ("more than is there is owed", MONEY, [*LOADED, hold("h", 2, 6000, 20, "money")], 3, "1000 money owed, 6000 money held"),
    ("a sale captures it", MONEY,
     [*SET, sale("a", 3, bread(30), tenders=(paid(3000, 3000, "money", "h"),))], 4, "30 points, 2000 money"),
    ("a part of it, and the rest is free", MONEY,
     [*SET, sale("a", 3, bread(10), tenders=(paid(1000, 1000, "money", "h"),))], 4, "10 points, 4000 money"),
    ("nothing of it, and all is free", MONEY,
     [*SET, sale("a", 3, bread(10), tenders=(paid(0, 0, "money", "h"), Tender("cash", 1000)))], 4, "10 points, 5000 money"),
    ("more than it, and the rest is drawn", MONEY,
     [*SET, sale("a", 3, bread(40), tenders=(paid(4000, 4000, "money", "h"),))], 4, "40 points, 1000 money"),
    ("it is captured once", MONEY,
     [*SET, sale("a", 3, bread(30), tenders=(paid(3000, 3000, "money", "h"),)),
      sale("b", 4, bread(10), tenders=(paid(1000, 1000, "money", "h"),))], 5, "40 points, 1000 money"),
    ("even by one sale", MONEY,
     [*SET, sale("a", 3, bread(40), tenders=(paid(3000, 3000, "money", "h"), paid(1000, 1000, "money", "h")))], 4,
     "40 points, 1000 money"),
    ("an unknown one is none", MONEY,
     [*LOADED, sale("a", 3, bread(10), tenders=(paid(1000, 1000, "money", "z"),))], 4, "10 points, 4000 money"),
    ("one of another currency stays", MONEY,
     [*SET, give("g", 2, 500), sale("a", 3, bread(10), tenders=(paid(500, 500, "points", "h"), Tender("cash", 500)))], 4,
     "5 points, 2000 money, 3000 money held"),
    ("released, it is free", MONEY, [*SET, release("r", 3, "h")], 4, "5000 money"),
    ("once", MONEY, [*SET, release("r", 3, "h"), release("q", 4, "h")], 5, "5000 money"),
    ("what was captured cannot be released", MONEY,
     [*SET, sale("a", 3, bread(30), tenders=(paid(3000, 3000, "money", "h"),)), release("r", 4, "h")], 5,
     "30 points, 2000 money"),
    ("when its time is up it is free", MONEY, SET, 20, "5000 money"),
    ("not a moment before", MONEY, SET, 19.9999, "2000 money, 3000 money held"),
    ("a sale after that draws as any other", MONEY,
     [*SET, sale("a", 21, bread(30), tenders=(paid(3000, 3000, "money", "h"),))], 22, "30 points, 2000 money"),
    ("it does not expire meanwhile", BRIEF, SET, 19, "3000 money held"),
    ("what has expired since has a grace", BRIEF, SET, 49.9999, "3000 money"),
    ("and then goes", BRIEF, SET, 50, "nothing"),
    ("without a grace it goes at once", NO_GRACE, SET, 20, "nothing"),
    ("what has not keeps its own end", FIFTY, SET, 52, "nothing"),
    ("on a hold that debt had paid for, the debt is paid", MONEY,
     [hold("h", 2, 3000, 20, "money"), release("r", 3, "h")], 4, "nothing"),
    ("captured in part, the debt is paid first", MONEY,
     [*LOADED, hold("h", 2, 6000, 20, "money"), sale("a", 3, bread(10), tenders=(paid(1000, 1000, "money", "h"),))], 4,
     "10 points, 4000 money"),
    ("points are set aside alike", MONEY, [give("g", 1, 50), hold("h", 2, 20, 9)], 3, "30 points, 20 points held"),
    ("and spent from the rest", MONEY, [give("g", 1, 50), hold("h", 2, 20, 9), spend("s", 3, 30)], 4, "20 points held"),
    ("refunded after a capture, it comes back where it was", FIFTY,
     [*SET, sale("a", 3, bread(30), tenders=(paid(3000, 3000, "money", "h"),)), back("r", 4, "a", 0, money=3000)], 51.9999,
     "5000 money"),
    ("until its own end", FIFTY,
     [*SET, sale("a", 3, bread(30), tenders=(paid(3000, 3000, "money", "h"),)), back("r", 4, "a", 0, money=3000)], 52,
     "nothing"),
    ("a hold that ends before it begins is free at once", MONEY, [*LOADED, hold("h", 2, 10, 1, "money")], 3, "5000 money"),
]  # fmt: skip
CASES = [*STORED, *PAYS, *HELD]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_member_then_has(case: Case):
    holds_true(case)


ANYHOW = Payment()


def pays(payment: Payment = ANYHOW, value: int = 1) -> Program:
    return shop(None, currencies=(Currency(value=value, payment=payment),))


def money(payment: Payment = ANYHOW) -> Program:
    return shop(None, currencies=(Currency("money", "money", value=1, payment=payment),))


ALL, HALF, FIVES = pays(), pays(Payment(share_percent=50)), pays(Payment(multiple=500, minimum=1000))
CENTS = pays(value=5)
FIVE_OFF, TENTH = money(Payment(discount_percent=5)), pays(Payment(share_percent=10, multiple=50))
SPENDABLE: list[tuple[str, Program, str, int, int, int | None, Spendable]] = [
    ("all that the basket takes", ALL, "points", 3000, 2000, None, Spendable(2000, 2000)),
    ("all that is there", ALL, "points", 1500, 2000, None, Spendable(1500, 1500, "held-less")),
    ("what is asked for", ALL, "points", 3000, 2000, 700, Spendable(700, 700)),
    ("no more than is there", ALL, "points", 300, 2000, 700, Spendable(300, 300, "held-less")),
    ("no more than the basket", ALL, "points", 9000, 2000, 7000, Spendable(2000, 2000, "share-of-basket")),
    ("half of the basket at most", HALF, "points", 9000, 2000, None, Spendable(1000, 1000, "share-of-basket")),
    ("of an odd sum the smaller half", HALF, "points", 9000, 2001, None, Spendable(1000, 1000, "share-of-basket")),
    ("less than half is as asked", HALF, "points", 9000, 2000, 400, Spendable(400, 400)),
    ("a smaller basket takes less of the same wish", HALF, "points", 9000, 600, 400, Spendable(300, 300, "share-of-basket")),
    ("in fives of hundreds", FIVES, "points", 1800, 5000, None, Spendable(1500, 1500, "clean-multiples")),
    ("from a thousand on", FIVES, "points", 900, 5000, None, Spendable(0, 0, "below-least")),
    ("exactly a thousand is enough", FIVES, "points", 1000, 5000, 1000, Spendable(1000, 1000)),
    ("a wish is rounded down too", FIVES, "points", 9000, 5000, 1700, Spendable(1500, 1500, "clean-multiples")),
    ("share first, then multiples", TENTH, "points", 9000, 2900, None, Spendable(250, 250, "clean-multiples")),
    ("a point is worth five cents", CENTS, "points", 9000, 2000, None, Spendable(400, 2000)),
    ("and none is spent in part", CENTS, "points", 9000, 2003, None, Spendable(400, 2000)),
    ("nothing for an empty basket", ALL, "points", 9000, 0, None, Spendable(0, 0)),
    ("nor for one that owes us", ALL, "points", 9000, -5, None, Spendable(0, 0)),
    ("a wish below nothing is none", ALL, "points", 9000, 500, -5, Spendable(0, 0)),
    ("with an empty card nothing", ALL, "points", 0, 500, None, Spendable(0, 0, "held-less")),
    ("money pays all of it", money(), "money", 9000, 2001, None, Spendable(2001, 2001)),
    ("with five per cent off", FIVE_OFF, "money", 9000, 2000, None, Spendable(1900, 2000)),
    ("to the last cent", FIVE_OFF, "money", 9000, 999, None, Spendable(950, 999)),
    ("as far as there is money", FIVE_OFF, "money", 950, 2000, None, Spendable(950, 1000, "held-less")),
    ("a status never pays", MONEY, "gold", 9000, 2000, None, Spendable(0, 0, "not-spendable")),
    ("nor a thing", MONEY, "coffee", 9000, 2000, None, Spendable(0, 0, "not-spendable")),
    ("nor what we do not know", MONEY, "miles", 9000, 2000, None, Spendable(0, 0, "not-spendable")),
    ("nor points that are worth nothing", pays(value=0), "points", 9000, 2000, None, Spendable(0, 0, "not-spendable")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "currency", "held", "due", "wish", "verdict"),
    [case[1:] for case in SPENDABLE],
    ids=[case[0] for case in SPENDABLE],
)
def test_at_a_till_may_be_spent(
    program: Program, currency: str, held: int, due: int, wish: int | None, verdict: Spendable
):
    standing, _ = after(program, [give("g", 0, held, currency)] if held else [], 1)

    assert spendable(standing, program, currency, due, wish) == verdict


@pytest.mark.parametrize("due", [1, 3, 99, 100, 101, 1999, 123_457])
def test_with_any_discount_money_pays_a_basket_whole_and_never_twice(due: int):
    for percent in range(100):
        program = money(Payment(discount_percent=percent))
        standing, _ = after(program, [load("l", 0, 10**9)], 1)

        may = spendable(standing, program, "money", due)

        assert (may.worth, may.why) == (due, "")
        assert due * (100 - percent) <= may.points * 100 < due * (100 - percent) + 100


def test_what_is_set_aside_or_owed_may_not_be_spent():
    standing, _ = after(ALL, [give("g", 0, 900), hold("h", 1, 600, 9)], 2)

    assert spendable(standing, ALL, "points", 5000).points == 300


def test_a_hold_that_lapses_is_news():
    standing, _ = after(MONEY, SET, 3)

    assert advance(standing, on(20), MONEY).news == [HoldLapsed("h", 3000, "money"), StandingMoved()]


def test_money_with_an_end_beyond_all_time_lives_for_ever():
    standing, _ = after(MONEY, [Load(id="l", at=on(1), points=5, until=10**18)], 2)

    assert [lot.expires for lot in standing.lots] == [NEVER]
    assert adjudicate(standing, extension("e", 3, 10**15, "money"), MONEY).entries == []


@pytest.mark.parametrize("why", ["not-spendable", "held-less", "share-of-basket", "clean-multiples", "below-least"])
def test_what_holds_a_payment_back_is_said_in_four_languages(why: str):
    assert set(locale.catalogue("programme")[why]) == set(locale.LANGUAGES)
