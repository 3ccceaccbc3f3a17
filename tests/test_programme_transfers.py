"""Points that leave for another member, arrive from one, are given to a cause, or are shared in a household's pool.

One line a case: what happened, in days since 1 March 2017, and what the journal's owner then has."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punchcard.programme import (
    AnyFact,
    Coin,
    Expiry,
    Frame,
    PointsSent,
    Program,
    Rulebook,
    Standing,
    StandingMoved,
    TransferIn,
    adjudicate,
    balance,
    position,
    share_of,
)
from tests.days import (
    Case,
    after,
    bring,
    donation,
    give,
    hold,
    holds_true,
    lot,
    on,
    receive,
    release,
    send,
    spend,
    unspend,
)


def home(coin: Coin) -> Program:
    return Program(Rulebook(frames=(Frame(coins={"points": coin}),)))


TEN = home(Coin(expiry=Expiry(days=10)))
LONG = home(Coin(expiry=Expiry(days=500)))
PENDING = home(Coin(pending_days=9, expiry=Expiry(days=10)))
GIVEN: list[Case] = [
    ("points for the shelter", TEN, [give("g", 1, 30), donation("d", 2, 10)], 3, "20 points"),
    ("more than there are is owed", TEN, [give("g", 1, 30), donation("d", 2, 40)], 3, "10 points owed"),
    ("points for a friend", TEN, [give("g", 1, 30), send("t", 2, 10)], 3, "20 points"),
    ("more than there are is owed too", TEN, [give("g", 1, 30), send("t", 2, 40)], 3, "10 points owed"),
    ("points from a friend", TEN, [receive("t", 1, "bo", lot(10, 50))], 2, "10 points"),
    ("they live as they would have", TEN, [receive("t", 1, "bo", lot(10, 50))], 49.9999, "10 points"),
    ("and go then", TEN, [receive("t", 1, "bo", lot(10, 50))], 50, "nothing"),
    ("each on its own terms", TEN, [receive("t", 1, "bo", lot(10, 50), lot(7, 5))], 6, "10 points"),
    ("what had been owed there lives on our terms here", TEN, [receive("t", 1, "bo", lot(10))], 11.9999, "10 points"),
    ("and no longer", TEN, [receive("t", 1, "bo", lot(10))], 12, "nothing"),
    ("nor does it pend again", PENDING, [receive("t", 1, "bo", lot(10))], 2, "10 points"),
    ("what expired on its way has a grace", TEN, [receive("t", 9, "bo", lot(10, 8))], 38.9999, "10 points"),
    ("of thirty days", TEN, [receive("t", 9, "bo", lot(10, 8))], 39, "nothing"),
    ("it pays what is owed", TEN, [spend("s", 1, 4), receive("t", 2, "bo", lot(10, 50))], 3, "6 points"),
    ("money can be sent", TEN, [give("g", 1, 500, "money"), send("t", 2, 200, currency="money")], 3, "300 money"),
    ("a lot of nothing is nothing", TEN, [receive("t", 1, "bo", lot(0, 50))], 2, "nothing"),
]  # fmt: skip


@pytest.mark.parametrize("case", GIVEN, ids=[case[0] for case in GIVEN])
def test_the_member_then_has(case: Case):
    holds_true(case)


ADA, BO = bring("i", 1, "ada", lot(60, 400)), bring("j", 2, "bo", lot(40, 300))
POOL: list[tuple[str, list[AnyFact], float, dict[str, int]]] = [
    ("everybody has what they brought", [ADA, BO], 3, {"ada": 60, "bo": 40}),
    ("twice is more", [ADA, BO, bring("k", 3, "bo", lot(5, 300))], 4, {"ada": 60, "bo": 45}),
    ("who brought nothing has nothing", [ADA, BO], 3, {"cy": 0}),
    ("what is spent lessens all in proportion", [ADA, BO, spend("s", 3, 50)], 4, {"ada": 30, "bo": 20}),
    ("a point that cannot be divided goes to the largest remainder", [ADA, BO, spend("s", 3, 1)], 4, {"ada": 59, "bo": 40}),
    ("of two alike to the first by name", [bring("i", 1, "ada", lot(50, 400)), bring("j", 2, "bo", lot(50, 400)),
                                          spend("s", 3, 1)], 4, {"ada": 50, "bo": 49}),
    ("all spent is all gone", [ADA, BO, spend("s", 3, 100)], 4, {"ada": 0, "bo": 0}),
    ("more than all is no less than nothing", [ADA, BO, spend("s", 3, 130)], 4, {"ada": 0, "bo": 0}),
    ("handed back, it is theirs again", [ADA, BO, spend("s", 3, 50), unspend("u", 4, "s")], 5, {"ada": 60, "bo": 40}),
    ("what expires lessens all, whoever brought it", [ADA, BO], 300, {"ada": 36, "bo": 24}),
    ("what the pool itself was given is nobody's", [ADA, BO, give("g", 3, 20)], 4, {"ada": 60, "bo": 40}),
    ("and is spent first", [ADA, BO, give("g", 3, 20), spend("s", 4, 20)], 5, {"ada": 60, "bo": 40}),
    ("what is set aside is nobody's meanwhile", [ADA, BO, hold("h", 3, 50, 20)], 4, {"ada": 30, "bo": 20}),
    ("and theirs again when released", [ADA, BO, hold("h", 3, 50, 20), release("r", 4, "h")], 5, {"ada": 60, "bo": 40}),
    ("leaving takes one's share", [ADA, BO, send("o", 3, 60, "ada")], 4, {"ada": 0, "bo": 40}),
    ("after a spend what is left of it", [ADA, BO, spend("s", 3, 50), send("o", 4, 30, "ada")], 5, {"ada": 0, "bo": 20}),
    ("a part leaves the rest", [ADA, BO, send("o", 3, 10, "ada")], 4, {"ada": 50, "bo": 40}),
    ("more than one's share is taken from all", [ADA, BO, send("o", 3, 80, "ada")], 4, {"ada": 0, "bo": 20}),
    ("what goes to a stranger lessens all", [ADA, BO, send("o", 3, 50, "cy")], 4, {"ada": 30, "bo": 20}),
    ("whoever comes later has what they bring", [ADA, BO, spend("s", 3, 50), bring("k", 4, "cy", lot(10, 300))], 5,
     {"ada": 30, "bo": 20, "cy": 10}),
    ("currencies are apart", [ADA, bring("k", 2, "ada", lot(500, 300, "money")), spend("s", 3, 60)], 4, {"ada": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "day", "shares"), [case[1:] for case in POOL], ids=[case[0] for case in POOL])
def test_of_the_pool_they_have(facts: list[AnyFact], day: float, shares: dict[str, int]):
    for arrival in (facts, facts[::-1]):
        standing, _ = after(LONG, arrival, day)

        assert {member: share_of(standing, member) for member in shares} == shares


def test_an_ordinary_journal_keeps_nobody_in_mind_who_sent_points():
    friends = [receive(f"f{n}", n, f"friend {n}", lot(10, 400)) for n in range(1, 9)]

    standing, _ = after(LONG, [*friends, spend("s", 9, 30)], 10)

    assert (standing.shares, balance(standing)) == ({}, 50)


def test_money_in_a_pool_is_shared_by_itself():
    standing, _ = after(LONG, [ADA, bring("k", 2, "ada", lot(500, 300, "money")), spend("s", 3, 60)], 4)

    assert (share_of(standing, "ada"), share_of(standing, "ada", "money")) == (0, 500)


@settings(max_examples=100, derandomize=True, database=None, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["in", "in", "spend", "out", "give"]), st.sampled_from(["ada", "bo", "cy"]), st.integers(1, 99)
        ),
        max_size=25,
    )
)  # fmt: skip
def test_the_shares_of_a_pool_never_come_to_more_than_is_there(moves: list[tuple[str, str, int]]):
    facts: list[AnyFact] = []
    for n, (what, who, points) in enumerate(moves):
        id, day = f"f{n:02}", n * 3
        match what:
            case "in":
                facts.append(bring(id, day, who, lot(points, day + 20)))
            case "out":
                facts.append(send(id, day, points, who))
            case "give":
                facts.append(give(id, day, points))
            case _:
                facts.append(spend(id, day, points))
        standing, _ = after(LONG, sorted(facts, key=position), day)
        shares = [share_of(standing, member) for member in ("ada", "bo", "cy")]

        assert min(shares) >= 0
        assert sum(shares) <= balance(standing)


def test_what_is_sent_keeps_its_terms_and_is_news():
    standing, _ = after(TEN, [give("g", 1, 30), give("h", 2, 5)], 3)

    ruling = adjudicate(standing, send("t", 3, 37, "ada"), TEN)

    sent = (lot(30, 12), lot(5, 13), lot(2))
    assert [replace_funder(each) for each in ruling.news if isinstance(each, PointsSent)] == [
        PointsSent("t", "ada", sent)
    ]
    assert ruling.news[-1] == StandingMoved()


def replace_funder(news: PointsSent) -> PointsSent:
    """What was owed has no funder yet."""
    return PointsSent(news.fact, news.to, tuple(lot(each.points) if not each.expires else each for each in news.lots))


def test_what_the_one_sends_is_what_the_other_gets():
    sender, _ = after(TEN, [give("g", 1, 30), give("h", 2, 5)], 3)
    sent = next(
        news.lots for news in adjudicate(sender, send("t", 3, 33), TEN).news if isinstance(news, PointsSent)
    )  # fmt: skip

    received = adjudicate(Standing(), TransferIn(id="u", at=on(3), lots=sent, sender="bo", of="t"), TEN).standing

    assert [(each.points, each.expires) for each in received.lots] == [(30, on(12)), (3, on(13))]
