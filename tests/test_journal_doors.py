"""What no door lets in, whoever asks: one line a fact and its verdict. Nothing is kept of what is refused."""

from typing import Any

import pytest
from msgspec.structs import replace

from punchcard import journal
from punchcard.foundation.clock import DAY
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import new_id
from punchcard.foundation.locale import LANGUAGES
from punchcard.journal.doors import check
from punchcard.programme import (
    Activity,
    ActivityKind,
    Adjustment,
    Currency,
    Donation,
    Extension,
    Field,
    Hold,
    Line,
    Load,
    Lot,
    OptIn,
    OptOut,
    Placement,
    Program,
    Return,
    Sale,
    Spend,
    Tender,
    TransferIn,
    TransferOut,
)
from tests.journal_world import NOON, RULEBOOK, install_news, promise, sale
from tests.test_journal import rows

BOOK = replace(
    RULEBOOK,
    currencies=(Currency(value=1), Currency("status", kind="status"), Currency("money", kind="money", value=1)),
    activities=(
        ActivityKind(
            "run",
            fields={
                "minutes": Field("number", least=1, most=600, required=True),
                "where": Field("text", choices=frozenset({"hall", "park"})),
                "alone": Field("yes-no"),
            },
            value_most=100,
        ),
    ),
)
ME = new_id()
MUCH = 10**12 + 1


def fact(kind: Any, /, **more: Any) -> Any:
    return kind(id="f", at=more.pop("at", NOON), **more)


def bought(quantity: int = 1, amount: int = 100, **more: Any) -> Sale:
    return Sale(id="f", at=NOON, lines=(Line("bread", "bakery", "", quantity, amount),), **more)


def paid(*of_tender: Any) -> Sale:
    return bought(tenders=(Tender(*of_tender),))


def came(points: int, currency: str = "points", sender: str = "another") -> Any:
    return fact(TransferIn, lots=(Lot(currency, NOON + DAY, 0, 0, "house", points),), sender=sender, of="out")


def ran(value: int = 1, /, kind: str = "run", **data: Any) -> Any:
    return fact(Activity, kind=kind, value=value, data=data)


LET_IN = {
    "a sale": bought(),
    "a sale of nothing": bought(0, 0),
    "a sale for nothing": bought(1, 0),
    "a minute ahead": sale("f", NOON + 60),
    "a sale long ago": sale("f", NOON - 9999 * DAY),
    "a gift": fact(Adjustment, points=5, reason="gift"),
    "points taken": fact(Adjustment, points=-5, reason="mistake"),
    "status given": fact(Adjustment, points=5, reason="gift", currency="status"),
    "money loaded": fact(Load, points=5),
    "paid with points": paid("points", 100, 100),
    "paid with money of ours": paid("card", 100, 100, "money"),
    "paid with cash": paid("cash", 100, 0, "shells"),
    "a free reward": fact(Spend, points=0, reward="mug"),
    "a hold": fact(Hold, points=5, until=NOON + 60),
    "a run": ran(minutes=30, where="park", alone=True),
    "points that came": came(5),
    "the entry tier": fact(Placement, tier="bud"),
    "a placement lifted": fact(Placement, tier=""),
    "a challenge taken on": fact(OptIn, challenge="visits"),
}
REFUSED = {
    "more than a minute ahead": ("not-yet", sale("f", NOON + 61)),
    "before all time": ("not-yet", sale("f", -1)),
    "a negative line": ("impossible-amount", bought(1, -1)),
    "a line beyond bounds": ("impossible-amount", bought(1, MUCH)),
    "a negative quantity": ("impossible-amount", bought(-1, 100)),
    "a quantity beyond bounds": ("impossible-amount", bought(10**9 + 1, 100)),
    "an amount for no units": ("impossible-amount", bought(0, 100)),
    "a negative tender": ("impossible-amount", paid("cash", -1)),
    "a negative number of points paid": ("impossible-amount", paid("points", 100, -1)),
    "a capture of nothing": ("impossible-amount", paid("points", 100, 0, "points", "hold")),
    "a negative grant": ("impossible-amount", bought(grants={"base": -1})),
    "a grant beyond bounds": ("impossible-amount", bought(grants={"base": MUCH})),
    "paid with shells": ("foreign-currency", paid("shells", 100, 100, "shells")),
    "paid with status": ("not-spendable", paid("status", 100, 100, "status")),
    "no units come back": ("impossible-amount", fact(Return, deal="s", quantities={0: 0})),
    "less than nothing comes back": ("impossible-amount", fact(Return, deal="s", quantities={0: -1})),
    "a line that no sale has comes back": ("impossible-amount", fact(Return, deal="s", quantities={-1: 1})),
    "negative points come back": ("impossible-amount", fact(Return, deal="s", quantities={}, refunds={"points": -1})),
    "shells come back": ("foreign-currency", fact(Return, deal="s", quantities={}, refunds={"shells": 1})),
    "an adjustment beyond bounds": ("impossible-amount", fact(Adjustment, points=MUCH, reason="gift")),
    "an adjustment below bounds": ("impossible-amount", fact(Adjustment, points=-MUCH, reason="gift")),
    "shells given": ("foreign-currency", fact(Adjustment, points=1, reason="gift", currency="shells")),
    "shells prolonged": ("foreign-currency", fact(Extension, days=3, reason="closed", currency="shells")),
    "prolonged by nothing": ("impossible-amount", fact(Extension, days=0, reason="closed")),
    "prolonged beyond bounds": ("impossible-amount", fact(Extension, days=40_000, reason="closed")),
    "a negative price": ("impossible-amount", fact(Spend, points=-1, reward="mug")),
    "status spent": ("not-spendable", fact(Spend, points=1, reward="mug", currency="status")),
    "nothing donated": ("impossible-amount", fact(Donation, points=0, cause="shelter")),
    "shells donated": ("foreign-currency", fact(Donation, points=1, cause="shelter", currency="shells")),
    "nothing sent": ("impossible-amount", fact(TransferOut, points=0, to="another")),
    "status sent": ("not-spendable", fact(TransferOut, points=1, to="another", currency="status")),
    "sent to oneself": ("to-oneself", fact(TransferOut, points=1, to=str(ME))),
    "received from oneself": ("to-oneself", came(1, sender=str(ME))),
    "received less than nothing": ("impossible-amount", came(-1)),
    "received shells": ("foreign-currency", came(1, "shells")),
    "a load of nothing": ("impossible-amount", fact(Load, points=0)),
    "a load of shells": ("foreign-currency", fact(Load, points=1, currency="shells")),
    "a negative hold": ("impossible-amount", fact(Hold, points=-5, until=NOON + 60)),
    "a hold of status": ("not-spendable", fact(Hold, points=5, until=NOON + 60, currency="status")),
    "a hold that is over": ("impossible-amount", fact(Hold, points=5, until=NOON)),
    "an activity nobody declared": ("unknown-activity", ran(kind="swim", minutes=30)),
    "a value beyond what is declared": ("impossible-amount", ran(101, minutes=30)),
    "a negative value": ("impossible-amount", ran(-1, minutes=30)),
    "a field nobody declared": ("other-payload", ran(minutes=30, weather="rain")),
    "a field missing": ("other-payload", ran(where="park")),
    "a number too small": ("other-payload", ran(minutes=0)),
    "a number too large": ("other-payload", ran(minutes=601)),
    "a text for a number": ("other-payload", ran(minutes="30")),
    "a yes for a number": ("other-payload", ran(minutes=True)),
    "a number for a yes": ("other-payload", ran(minutes=30, alone=1)),
    "a place that is no choice": ("other-payload", ran(minutes=30, where="street")),
    "a tier that is not there": ("unknown-tier", fact(Placement, tier="gold")),
    "a ladder that is not there": ("unknown-tier", fact(Placement, tier="bud", ladder="fans")),
    "a challenge that is not there": ("unknown-challenge", fact(OptIn, challenge="base")),
    "a challenge nobody knows": ("unknown-challenge", fact(OptOut, challenge="flying")),
    "a negative target": ("impossible-amount", fact(OptIn, challenge="visits", target=-1)),
}
UNDECLARED = {
    "anything small": ("", ran(kind="swim", pool="north", laps=40, alone=True)),
    "a long text": ("other-payload", ran(text="x" * 1001)),
    "a text that cannot be kept": ("other-payload", ran(text="\x00")),
    "a number that cannot be kept": ("other-payload", ran(number=-MUCH)),
    "many fields": ("other-payload", fact(Activity, kind="run", data={f"f{n}": n for n in range(33)})),
}


def verdict(each: Any, book: Any = BOOK) -> str:
    try:
        check(ME, each, NOON, Program(book))
    except Refused as refused:
        assert all(refused.sentence(language) for language in LANGUAGES)
        return refused.code
    return ""


@pytest.mark.parametrize("case", LET_IN)
def test_what_can_have_happened_is_let_in(case):
    assert verdict(LET_IN[case]) == ""


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_have_happened_is_refused(case):
    expected, each = REFUSED[case]

    assert verdict(each) == expected


@pytest.mark.parametrize("case", UNDECLARED)
def test_where_no_activity_is_declared_anything_goes_that_can_be_kept(case):
    expected, each = UNDECLARED[case]

    assert verdict(each, RULEBOOK) == expected


async def test_nothing_is_kept_of_what_is_refused(db, house):
    install_news()
    await promise(db, BOOK)
    await journal.submit(house, ME, sale("first", NOON), NOON)
    before = await rows(db)

    for member_id in (ME, new_id()):
        for _, each in REFUSED.values():
            with pytest.raises(Refused):
                await journal.submit(house, member_id, of(member_id, each), NOON)
    with pytest.raises(journal.doors.NotYet):
        await journal.quote(db, ME, sale("q", NOON + 61), NOON)

    assert await rows(db) == before


def of(member_id: Any, each: Any) -> Any:
    """The same to whoever is asked."""
    if getattr(each, "to", "") == str(ME):
        return replace(each, to=str(member_id))
    return replace(each, sender=str(member_id)) if getattr(each, "sender", "") == str(ME) else each


async def test_a_fact_that_stands_answers_though_it_would_be_refused_by_now(db, house):
    install_news()
    await promise(db, RULEBOOK)
    await journal.submit(house, ME, ran(kind="swim"), NOON, asked=b"swim")

    again = await journal.submit(house, ME, replace(ran(kind="swim"), at=NOON + DAY), NOON, asked=b"swim")

    assert again.repeated
