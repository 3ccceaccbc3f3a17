"""Of every point that moved, and of every promise that had a say, somebody can ask why."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from punchcard import programme
from punchcard.foundation import locale
from punchcard.programme import (
    Activation,
    Adjustment,
    AnyFact,
    Challenge,
    Coin,
    Donation,
    Expiry,
    Extension,
    Fixed,
    Frame,
    Hold,
    Load,
    Lot,
    OptIn,
    OptOut,
    PerAmount,
    PerUnit,
    Placement,
    Program,
    Reason,
    Release,
    Reward,
    Rulebook,
    Ruling,
    Spend,
    Tender,
    Term,
    Times,
    TransferIn,
    TransferOut,
    Unspend,
    Verdict,
    advance,
    explain,
    holdings,
)
from punchcard.programme.explain import MOVED, WORDS
from tests.rules import CURRENCIES, Case, back, bread, cake, did, folded, on, said, sale, verdicts_in
from tests.test_programme_earning import CASES as EARNING
from tests.test_programme_stacking import CASES as STACKING

KEPT = Coin(expiry=Expiry(days=60))
BOOK = Rulebook(
    currencies=CURRENCIES,
    terms=(
        Term("base", award=PerAmount(1, 100), coin=KEPT),
        Term("later", award=Fixed(7), minimum=2000, coin=Coin(awaits="review")),
        Term("run", award=PerUnit(2), on="run", coin=KEPT),
    ),
    challenges=(Challenge("two", kind="count", target=2, reward=50, coin=KEPT),),
    rewards=(Reward("mug", points=10),),
    frames=(Frame(coins={"points": KEPT}),),
)
SHOP = Program(BOOK)
ONE, TWO = sale(1, bread(1000), cake(1000)), sale(2, bread(1000))
GIVEN = Adjustment(id="g", at=on(0), points=100, reason="goodwill")
CLAIM, SET_ASIDE = Spend(id="c", at=on(1), points=10, reward="mug"), Hold(id="h", at=on(1), points=60, until=on(9))
PAID = sale(2, bread(0), tenders=(Tender("points", 40, 40, hold="h"),))
FACTS: list[tuple[str, Sequence[AnyFact], str]] = [
    ("a sale", [ONE], "base applied 20, later applied 7"),
    ("one that completes", [ONE, TWO], "base applied 10, later below-minimum, two completed 50"),
    ("one that pays with points", [GIVEN, sale(1, bread(900), tenders=(Tender("points", 900, 90),))],
     "base rounded-to-nothing, later below-minimum,  spent -90"),
    ("one that pays with what was held", [GIVEN, SET_ASIDE, PAID],
     "base rounded-to-nothing, later below-minimum,  released 60,  spent -40"),
    ("a return", [ONE, back(2, ONE, 0)], "base returned -10, later returned -7"),
    ("one that takes a reward back", [ONE, TWO, back(3, TWO, 0)], "base returned -10, two withdrawn -50"),
    ("one after the points expired", [ONE, back(99, ONE, 0)], "later returned -7, base expired-before"),
    ("one that leaves a voucher used", [GIVEN, CLAIM, s := sale(2, bread(300), cake(200), vouchers=("c",)), back(3, s, 0)],
     "base returned -3, c voucher-stays-used"),
    ("an activity", [did(1, "run", 5)], "run applied 10"),
    ("one that lets points begin", [ONE, did(2, "review")], "later activated 7"),
    ("an activation", [ONE, Activation(id="a", at=on(2), deal=ONE.id)], "later activated 7"),
    ("a cancelled one", [ONE, Activation(id="a", at=on(2), deal=ONE.id, cancel=True)], "later cancelled -7"),
    ("a claim", [GIVEN, CLAIM], "mug spent -10"),
    ("a claim handed in", [GIVEN, CLAIM, Unspend(id="u", at=on(2), deal="c")], "mug given-back 10"),
    ("a donation", [GIVEN, Donation(id="d", at=on(1), points=30, cause="trees")], "trees donated -30"),
    ("an adjustment", [GIVEN], "goodwill adjusted 100"),
    ("one downward, into debt", [Adjustment(id="g", at=on(0), points=-5, reason="mistake")], "mistake adjusted -5"),
    ("an extension", [GIVEN, Extension(id="e", at=on(1), days=9, reason="storm")], "storm extended"),
    ("points sent", [GIVEN, TransferOut(id="t", at=on(1), points=30, to="b")], "b transferred -30"),
    ("points received", [TransferIn(id="t", at=on(1), lots=(Lot("points", on(9), 0, 0, "house", 30),), sender="b", of="t")],
     "b received 30"),
    ("money loaded", [Load(id="l", at=on(1), points=500)], "till loaded 500"),
    ("points set aside", [GIVEN, SET_ASIDE], " held -60"),
    ("and set free", [GIVEN, SET_ASIDE, Release(id="r", at=on(2), deal="h")], " released 60"),
    ("taking part", [OptIn(id="o", at=on(1), challenge="two")], ""),
    ("no more", [OptIn(id="o", at=on(1), challenge="two"), OptOut(id="p", at=on(2), challenge="two")], ""),
    ("a place in a tier", [Placement(id="p", at=on(1), tier="member")], ""),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), [case[1:] for case in FACTS], ids=[case[0] for case in FACTS])
def test_every_point_that_moved_has_its_reason(facts: Sequence[AnyFact], expected: str):
    before, after = advance(folded(SHOP, facts[:-1]).standing, facts[-1].at, SHOP), folded(SHOP, facts)
    reasons = explain(after, SHOP)

    assert said(SHOP, facts) == expected
    assert sum(r.points for r in reasons if r.verdict != "activated") == theirs(after) - theirs(before)


def theirs(ruling: Ruling) -> int:
    """All that is not set aside, what pends and what is owed with it."""
    return sum(points for (account, _), points in holdings(ruling.standing).items() if account != "held")


def test_every_kind_of_fact_was_asked():
    assert {type(facts[-1]) for _, facts, _ in FACTS} == set(get_args(AnyFact))


def test_every_verdict_was_heard():
    heard = [verdicts_in(expected) for _, _, _, expected in [*EARNING, *STACKING]]

    said_elsewhere = {Verdict.NOT_BEGUN, Verdict.OTHER_OCCASION, Verdict.HELD_OUT}
    assert set(Verdict) - said_elsewhere == set[Verdict]().union(*heard)


def test_whatever_is_said_has_words_in_four_languages():
    rooms = "".join(file.read_text() for file in Path(programme.__file__).parent.glob("*.py"))
    kept = set(re.findall(r'\.keep\("([a-z-]+)"', rooms))
    spoken = {*WORDS, *(word for words in MOVED.values() for word in words), *kept, "given", "returned", "cancelled",
              "completed", "withdrawn", "spent", "given-back", "extended", "expired", "prolonged"}  # fmt: skip

    assert len(kept) > 4
    for word in spoken:
        assert locale.catalogue("programme")[word].keys() == dict.fromkeys(locale.LANGUAGES).keys(), word


def published_since(book: Rulebook) -> Rulebook:
    """The same, and three later editions: dearer, in groups, limited, with whatever else a term may ask."""
    for edition, at in enumerate((on(120), on(200), on(300)), start=1):
        asking: dict[str, Any] = {"since": at, "edition": edition, "priority": edition, "coin": KEPT}
        book = replace(
            book,
            terms=(
                *(replace(term, closed=min(term.closed, at)) for term in book.terms),
                Term("base", award=PerAmount(1 + edition, 100), group="g", requires=frozenset({"new"}), **asking),
                Term("new", award=Times(300), birthday="month", channels=frozenset({"web"}), **asking),
                Term("more", award=Fixed(9), tenders=frozenset({"visa"}), basket_minimum=1, scarce=True, **asking),
            ),
            challenges=tuple(replace(each, closed=min(each.closed, at)) for each in book.challenges),
            frames=(
                *book.frames,
                Frame(
                    since=at,
                    groups=(programme.Group("g", "most", exclusive=True),),
                    limits=(programme.Limit("all", 3, "day"),),
                    stack_most=1,
                ),
            ),
        )
    return book


ASKED: list[Case] = [(name, SHOP, facts, expected) for name, facts, expected in FACTS]


def test_asked_a_year_later_under_three_more_editions_the_reasons_are_the_same():
    for name, program, facts, expected in [*ASKED, *EARNING, *STACKING]:
        if facts[-1].at < on(120):
            assert said(Program(published_since(program.rulebook)), facts) == expected, name


def test_what_could_not_be_taken_back_is_named_and_moves_nothing():
    reasons = explain(folded(SHOP, [ONE, back(99, ONE, 0)]), SHOP)

    assert reasons == (Reason("later", "returned", -7), Reason("base", "expired-before", 0))
