"""What pays for a basket and is no money, vouchers that are set aside, and orders that go out in several shipments.

One line a case: what happened, in days since 1 March 2017, and what the member then has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack

from punchcard.programme import (
    AnyFact,
    Cap,
    Challenge,
    Coin,
    Fixed,
    Goods,
    HoldLapsed,
    Journal,
    PerAmount,
    Program,
    Rate,
    Rulebook,
    Sale,
    StandingMoved,
    Tender,
    Term,
    Tiered,
    adjudicate,
    advance,
    balance,
    encode,
    held_vouchers,
    holdings,
)
from tests.days import (
    Case,
    after,
    aside,
    back,
    bread,
    cake,
    give,
    hold,
    holds_true,
    load,
    on,
    paid,
    release,
    sale,
    spend,
    told_all,
    unspend,
)
from tests.test_programme_money import MONEY
from tests.test_programme_money_order import many

VOUCHER, SHORTFALL, CASH = Tender("voucher", 1000), Tender("shortfall", 1000), Tender("cash", 1000)
LOADED, GIVEN = load("l", 1, 5000), give("g", 1, 100)
CLAIMED: list[AnyFact] = [GIVEN, spend("s", 2, 40)]
ASIDE: list[AnyFact] = [*CLAIMED, aside("h", 3, "s", 20)]
ORDERED: list[AnyFact] = [LOADED, hold("h", 2, 3000, 20, "money")]
NO_MONEY: list[Case] = [
    ("what a voucher pays earns nothing", MONEY, [sale("a", 2, bread(10), tenders=(VOUCHER,))], 3, "nothing"),
    ("half and half it earns for half", MONEY, [sale("a", 2, bread(20), tenders=(VOUCHER, CASH))], 3, "10 points"),
    ("what a shop gave away earns nothing", MONEY, [sale("a", 2, bread(20), tenders=(SHORTFALL, CASH))], 3, "10 points"),
    ("beside points and money", MONEY,
     [LOADED, give("g", 1, 1000),
      sale("a", 2, bread(40), tenders=(VOUCHER, SHORTFALL, paid(1000, 1000), paid(1000, 1000, "money")))], 3,
     "10 points, 4000 money"),
    ("a voucher of another's is money", MONEY, [sale("a", 2, bread(10), tenders=(Tender("meal", 1000),))], 3, "10 points"),
    ("worth more than the basket it earns nothing", MONEY, [sale("a", 2, bread(7), tenders=(VOUCHER,))], 3, "nothing"),
    ("half of it brought back, half of the half remains", MONEY,
     [sale("a", 2, bread(10), cake(10), tenders=(VOUCHER, CASH)), back("r", 3, "a", 1)], 4, "5 points"),
    ("whichever line it is", MONEY,
     [sale("a", 2, bread(4), cake(16), tenders=(VOUCHER, CASH)), back("r", 3, "a", 1)], 4, "2 points"),
    ("all of it, nothing remains", MONEY,
     [sale("a", 2, bread(10), cake(10), tenders=(VOUCHER, CASH)), back("r", 3, "a", 0), back("q", 4, "a", 1)], 5,
     "nothing"),
    ("the same goods twice, and no more is taken", MONEY,
     [sale("a", 2, bread(10), cake(10), tenders=(VOUCHER, CASH)), back("r", 3, "a", 1), back("q", 4, "a", 1)], 5,
     "5 points"),
]  # fmt: skip
ASIDES: list[Case] = [
    ("a voucher is set aside, and no points with it", MONEY, ASIDE, 4, "60 points, voucher s in h"),
    ("one that is not there is not", MONEY, [GIVEN, aside("h", 3, "s", 20)], 4, "100 points"),
    ("nor one that was handed back", MONEY, [*CLAIMED, unspend("u", 3, "s"), aside("h", 4, "s", 20)], 5, "100 points"),
    ("whoever comes first has it", MONEY, [*ASIDE, aside("i", 4, "s", 30)], 5, "60 points, voucher s in h"),
    ("released, it is free", MONEY, [*ASIDE, release("r", 4, "h")], 5, "60 points, voucher s"),
    ("and may be set aside again", MONEY, [*ASIDE, release("r", 4, "h"), aside("i", 5, "s", 20)], 6,
     "60 points, voucher s in i"),
    ("when its time is up it is free", MONEY, ASIDE, 20, "60 points, voucher s"),
    ("not a moment before", MONEY, ASIDE, 19.9999, "60 points, voucher s in h"),
    ("a sale uses both up", MONEY,
     [*ASIDE, sale("a", 4, bread(20), tenders=(VOUCHER, CASH), vouchers=("s",), holds=("h",))], 5, "70 points"),
    ("one that captures and does not use sets it free", MONEY,
     [*ASIDE, sale("a", 4, bread(20), holds=("h",))], 5, "80 points, voucher s"),
    ("a hold is nothing without its voucher", MONEY, [*ASIDE, sale("a", 4, bread(20), vouchers=("s",))], 5, "80 points"),
    ("nor when it is handed back", MONEY, [*ASIDE, unspend("u", 4, "s")], 5, "100 points"),
    ("it prolongs no voucher", MONEY, [GIVEN, spend("s", 2, 40, 9), aside("h", 3, "s", 20)], 9, "100 points"),
    ("points set aside are not captured so", MONEY,
     [GIVEN, hold("h", 2, 30, 20), sale("a", 3, bread(20), holds=("h",))], 4, "90 points, 30 points held"),
    ("nor a voucher by a tender", MONEY,
     [*ASIDE, sale("a", 4, bread(10), tenders=(paid(10, 10, "points", "h"), Tender("cash", 990)))], 5,
     "59 points, voucher s in h"),
    ("brought back, the voucher is there again, and free", MONEY,
     [*ASIDE, sale("a", 4, bread(20), tenders=(VOUCHER, CASH), vouchers=("s",), holds=("h",)), back("r", 5, "a", 0)], 6,
     "60 points, voucher s"),
    ("in part it stays used", MONEY,
     [*ASIDE, sale("a", 4, bread(10), cake(10), tenders=(VOUCHER, CASH), vouchers=("s",), holds=("h",)),
      back("r", 5, "a", 0)], 6, "65 points"),
]  # fmt: skip
SHIPMENTS: list[Case] = [
    ("the first shipment takes its part, the rest is held on", MONEY,
     [*ORDERED, sale("a", 3, bread(10), tenders=(paid(1000, 1000, "money", "h"),), holds=("h",))], 4,
     "10 points, 2000 money, 2000 money held"),
    ("the next another", MONEY,
     [*ORDERED, sale("a", 3, bread(10), tenders=(paid(1000, 1000, "money", "h"),), holds=("h",)),
      sale("b", 4, bread(15), tenders=(paid(1500, 1500, "money", "h"),), holds=("h",))], 5,
     "25 points, 2000 money, 500 money held"),
    ("the last one sets the rest free", MONEY,
     [*ORDERED, sale("a", 3, bread(10), tenders=(paid(1000, 1000, "money", "h"),), holds=("h",)),
      sale("b", 4, bread(15), tenders=(paid(1500, 1500, "money", "h"),))], 5, "25 points, 2500 money"),
    ("or the time of the hold", MONEY,
     [*ORDERED, sale("a", 3, bread(10), tenders=(paid(1000, 1000, "money", "h"),), holds=("h",))], 20,
     "10 points, 4000 money"),
    ("and not a moment before", MONEY,
     [*ORDERED, sale("a", 3, bread(10), tenders=(paid(1000, 1000, "money", "h"),), holds=("h",))], 19.9999,
     "10 points, 2000 money, 2000 money held"),
    ("taken whole, nothing is held on", MONEY,
     [*ORDERED, sale("a", 3, bread(30), tenders=(paid(3000, 3000, "money", "h"),), holds=("h",))], 4,
     "30 points, 2000 money"),
    ("more than it, the rest is drawn", MONEY,
     [*ORDERED, sale("a", 3, bread(35), tenders=(paid(3500, 3500, "money", "h"),), holds=("h",))], 4,
     "35 points, 1500 money"),
    ("what no lot had covered is captured last", MONEY,
     [LOADED, hold("h", 2, 6000, 20, "money"),
      sale("a", 3, bread(50), tenders=(paid(5000, 5000, "money", "h"),), holds=("h",)), release("r", 4, "h")], 5,
     "50 points"),
    ("a shipment that comes back is put to the free ones", MONEY,
     [*ORDERED, sale("a", 3, bread(10), tenders=(paid(1000, 1000, "money", "h"),), holds=("h",)),
      back("r", 4, "a", 0, money=1000)], 5, "3000 money, 2000 money held"),
    ("keeping a hold that none of the tenders names is nothing", MONEY,
     [*ORDERED, sale("a", 3, bread(10), holds=("h", "z"))], 4, "10 points, 2000 money, 3000 money held"),
]  # fmt: skip
OLD_STANDING = (
    "dc0010ce58bb5500009296a56d6f6e6579cf0000003afff4417f0000a5686f757365cd07d096a6706f696e7473cf0000003a"
    "fff4417f0000a5686f7573653c808080808081a17396a36d756700289196a6706f696e7473cf0000003afff4417f0000a568"
    "6f7573652800a6706f696e747381a16896cd0bb8a56d6f6e6579ce58d06d009196a56d6f6e6579cf0000003afff4417f0000"
    "a5686f757365cd0bb800a090ce58b7608000809080"
)
OLD_SALE = (
    "85a474797065a453616c65a56c696e65739196a178a56272656164a001cd03e890a774656e646572739195a6706f696e7473"
    "0a0aa6706f696e7473a168a26964a161a26174ce58bb5500"
)
CASES = [*NO_MONEY, *ASIDES, *SHIPMENTS]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_member_then_has(case: Case):
    holds_true(case, told_all)


def test_a_voucher_whose_hold_lapses_is_news():
    standing, _ = after(MONEY, ASIDE, 4)

    assert held_vouchers(standing) == {"s": "h"}
    assert advance(standing, on(20), MONEY).news == [HoldLapsed("h", 0, "voucher:s"), StandingMoved()]


def test_who_has_no_voucher_set_aside_has_the_standing_of_old_byte_for_byte():
    standing, _ = after(MONEY, [*ORDERED, *CLAIMED], 4)

    assert encode(standing).hex() == OLD_STANDING


def test_a_sale_that_says_nothing_new_is_written_as_of_old():
    fact = sale("a", 4, bread(10), tenders=(paid(10, 10, "points", "h"),))

    assert msgpack.encode(fact).hex() == OLD_SALE


EARNING = Program(
    Rulebook(
        terms=(
            Term("base", award=PerAmount(1, 100)),
            Term(
                "cake", award=PerAmount(3, 100), goods=Goods(categories=frozenset({"cake"})), caps=(Cap(40, "month"),)
            ),
            Term("bands", award=Tiered((Rate(0, 1), Rate(3000, 5)), 100), coin=Coin(pending_days=3)),
            Term("big", award=Fixed(30), basket_minimum=4000),
            Term("first", award=Fixed(25), first_purchase=True),
        ),
        challenges=(Challenge("three", kind="count", target=3, reward=50, every="ever"),),
    )
)
BROUGHT = 500
ACTS = ["sale", "sale", "sale", "claim", "hold", "unspend", "return", "return"]


class Shopper:
    """Earns, claims, pays and brings back as far as a door lets them; in the end everything goes back."""

    def __init__(self) -> None:
        self.journal = Journal(EARNING, every=3)
        self.journal.record(give("g", 0, BROUGHT))
        self.sales: list[Sale] = []
        self.day = 0

    @property
    def vouchers(self) -> list[str]:
        return list(self.journal.standing.vouchers)

    def act(self, kind: str, euros: int, points: int, goes: bool) -> None:
        self.day += 1
        id, standing = f"{self.day:02}", self.journal.standing
        points = min(points, balance(standing))
        match kind:
            case "sale":
                self.sell(id, euros, points, goes)
            case "claim" if points:
                self.journal.record(spend(id, self.day, points))
            case "hold" if goes and self.vouchers:
                self.journal.record(aside(id, self.day, self.vouchers[0], self.day + 3))
            case "hold" if points:
                self.journal.record(hold(id, self.day, points, self.day + 3))
            case "unspend" if self.vouchers:
                self.journal.record(unspend(id, self.day, self.vouchers[-1]))
            case "return" if self.sales:
                deal = self.sales[euros % len(self.sales)]
                self.journal.record(back(id, self.day, deal.id, *((0,) if goes else (0, 1)), points=points // 2))

    def sell(self, id: str, euros: int, points: int, goes: bool) -> None:
        used = tuple(self.vouchers[:1]) if goes else ()
        tenders = [paid(points, points)] if points else []
        tenders += [Tender("voucher", 500)] if used else []
        holds = tuple(held_vouchers(self.journal.standing).get(each, "") for each in used)
        basket = (cake(euros), bread(2 * euros))
        fact = sale(id, self.day, *basket, tenders=(*tenders, CASH) if tenders else (), vouchers=used, holds=holds)
        self.sales.append(fact)
        self.journal.record(fact)

    def bring_everything_back(self) -> None:
        self.day += 10
        for fact in self.sales:
            self.journal.record(back(f"{fact.id}-back", self.day, fact.id, 0, 1, points=BROUGHT * 100))
        for id in self.vouchers:
            self.journal.record(unspend(f"{id}-back", self.day + 1, id))
        self.journal.tick(on(self.day + 10))

    @property
    def wealth(self) -> int:
        """Points that are there, wait or are set aside or in a voucher, less what is owed."""
        return sum(holdings(self.journal.standing).values()) + sum(
            voucher.points for voucher in self.journal.standing.vouchers.values()
        )


@many
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 40), st.integers(0, 400), st.booleans()), max_size=14))
def test_whoever_earns_redeems_and_returns_has_no_more_than_they_brought(acts: list[tuple[str, int, int, bool]]):
    """Nor is anything forgiven: what they spent of it meanwhile they owe."""
    shopper = Shopper()
    for act in acts:
        shopper.act(*act)
        assert balance(shopper.journal.standing) >= 0
        assert all(each > 0 for each in shopper.journal.standing.owed.values())

    shopper.bring_everything_back()

    assert shopper.wealth == BROUGHT
    assert all(owed > 0 for owed in shopper.journal.standing.owed.values())


def test_what_was_earned_and_spent_before_the_goods_came_back_is_owed():
    """Earn, redeem and use, return: the reward stays used, the points that paid for it are a debt."""
    facts: list[AnyFact] = [
        sale("a", 1, bread(100)),
        spend("s", 2, 100),
        sale("b", 3, bread(10), tenders=(VOUCHER,), vouchers=("s",)),
    ]

    standing, _ = after(MONEY, [*facts, back("r", 4, "a", 0)], 5)

    assert told_all(standing) == "100 points owed"
    assert adjudicate(standing, sale("c", 6, bread(30)), MONEY).standing.owed == {"points": 70}
