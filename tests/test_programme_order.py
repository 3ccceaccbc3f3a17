"""The central promise: the order in which facts arrive, and how often, changes nothing.

PUNCHCARD_EXAMPLES sets how many histories each property sees, new ones each time; unless told, the same 60.
"""

import os
import random
from collections import Counter
from collections.abc import Iterable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from punchcard.programme import (
    Activity,
    Adjustment,
    AnyFact,
    Cap,
    Challenge,
    Coin,
    Deal,
    Entry,
    Expiry,
    Fixed,
    Frame,
    Goods,
    Hours,
    Journal,
    Ladder,
    Line,
    News,
    PerAmount,
    PerUnit,
    Places,
    Program,
    Return,
    Rulebook,
    Sale,
    Spend,
    Standing,
    Tender,
    Term,
    Tier,
    Times,
    Unspend,
    advance,
    compensate,
    encode,
    explain,
    fold,
    next_change_at,
    position,
)

DAY = 86400
START = 1_489_000_000  # 8 March 2017, so that a history crosses the change to summer time
SPAN = 120 * DAY
END = START + SPAN + DAY
HALF = START + SPAN // 2

DAIRY, FRUIT = Goods(categories=frozenset({"dairy"})), Goods(categories=frozenset({"fruit"}))
SHORT = Coin(expiry=Expiry(days=20), funder="seller")
MONTHLY = Coin(funder="brand", expiry=Expiry(months=1, round="month"))
ROLLING = Coin(expiry=Expiry(days=25, rolling=True))
PENDING = Coin(pending_days=5, expiry=Expiry(days=30))
HAPPY = Hours(frozenset({0, 1, 2}), 40, 60)
LADDER = Ladder((Tier("plain"), Tier("silver", threshold=150), Tier("gold", threshold=400)), "month")
STEEPER = Ladder(
    (Tier("plain"), Tier("silver", threshold=200), Tier("rose", threshold=300), Tier("gold", threshold=500))
)

RULEBOOK = Rulebook(
    zone="Europe/Berlin",
    week_starts=6,
    terms=(
        Term("base", award=PerAmount(1, 100), coin=SHORT),
        Term("silver", award=Times(150), tiers=frozenset({"silver"}), coin=SHORT),
        Term("gold", award=Times(300), tiers=frozenset({"gold", "rose"}), coin=SHORT),
        Term("dairy", award=PerUnit(5), goods=DAIRY, caps=(Cap(20, "week"),), coin=MONTHLY),
        Term("fruit", award=PerAmount(10, 500, "whole-steps"), goods=FRUIT, coin=PENDING, group="fresh", priority=1),
        Term("greens", award=PerAmount(30, 100), goods=FRUIT, minimum=900, coin=PENDING, group="fresh"),
        Term("happy", award=Fixed(50), hours=HAPPY, caps=(Cap(2, "month", "uses"),), coin=ROLLING),
        Term("first", award=Fixed(200), first_purchase=True, coin=ROLLING),
        Term("budget", award=Fixed(500), scarce=True, coin=MONTHLY),
        Term("spring", award=Fixed(7), since=START + 10 * DAY, until=START + 30 * DAY + 17),
        Term("run", award=PerUnit(2), on="workout", caps=(Cap(30, "day"),), qualifying=False, coin=ROLLING),
        Term("nola", award=PerUnit(3), places=Places(partners=frozenset({"nola"})), coin=SHORT),
    ),
    challenges=(
        Challenge("visits", kind="count", target=3, reward=100, every="week", coin=SHORT),
        Challenge("days", kind="days", target=3, reward=40, every="month", coin=SHORT),
        Challenge("milk", kind="sum", target=2000, reward=70, every="month", goods=DAIRY, coin=PENDING),
        Challenge("taste", kind="distinct", target=3, reward=90, every="week", on_return="keep"),
        Challenge("streak", kind="streak", target=3, reward=150, every="quarter", minimum=300, coin=Coin("coffee")),
        Challenge("gym", kind="sum", target=40, reward=60, every="week", on="workout", coin=ROLLING),
        Challenge("easter", kind="count", target=4, reward=60, every="ever", until=START + 40 * DAY, coin=SHORT),
    ),
    frames=(Frame(START, (LADDER,), {"points": SHORT}), Frame(HALF, (STEEPER,), {"points": MONTHLY}, 10)),
)
PROGRAM = Program(RULEBOOK)

instants = st.integers(0, SPAN).map(lambda offset: START + offset) | st.integers(0, SPAN // DAY).map(
    lambda day: START + day * DAY
)
lines = st.lists(
    st.builds(
        Line,
        sku=st.just("x"),
        category=st.sampled_from(["dairy", "fruit", "bread", "meat"]),
        brand=st.just(""),
        quantity=st.integers(1, 4),
        amount=st.integers(0, 3000),
    ),
    min_size=1,
    max_size=4,
).map(tuple)
KINDS = ["sale", "sale", "sale", "spend", "return", "unspend", "activity", "adjustment"]


@st.composite
def histories(draw) -> list[AnyFact]:
    """Sales, returns (some before their sale, some twice), spends, activities, adjustments: any of them at any time."""
    facts: list[AnyFact] = []
    deals: list[str] = []
    for n in range(draw(st.integers(2, 14))):
        id, at = f"{draw(st.integers(0, 9))}-{n}", draw(instants)
        kind = draw(st.sampled_from(KINDS))
        earlier = draw(st.sampled_from(deals)) if deals else "unknown"
        match kind:
            case "sale":
                facts.append(draw(sales(id, at, deals)))
                deals.append(id)
            case "spend":
                currency = draw(st.sampled_from(["points", "points", "coffee"]))
                until = at + draw(st.integers(1, 30 * DAY)) if draw(st.booleans()) else 0
                points = draw(st.integers(1, 300))
                facts.append(Spend(id=id, at=at, points=points, reward="mug", currency=currency, until=until))
                deals.append(id)
            case "return":
                quantities = draw(st.dictionaries(st.integers(0, 4), st.integers(1, 4), max_size=4))
                facts.append(
                    Return(
                        id=id, at=at, deal=earlier, quantities=quantities, refunds={"points": draw(st.integers(0, 60))}
                    )
                )
            case "unspend":
                facts.append(Unspend(id=id, at=at, deal=earlier))
            case "activity":
                facts.append(Activity(id=id, at=at, kind="workout", value=draw(st.integers(1, 30))))
            case "adjustment":
                facts.append(Adjustment(id=id, at=at, points=draw(st.integers(-300, 300)), reason="goodwill"))
    return facts


@st.composite
def sales(draw, id: str, at: int, deals: list[str]) -> Sale:
    basket = draw(lines)
    gross = sum(line.amount for line in basket)
    points = draw(st.sampled_from([0, 0, 30, 400]))
    tenders = (Tender("points", gross // 3, points), Tender("cash", gross - gross // 3)) if points else ()
    vouchers = (draw(st.sampled_from(deals)),) if deals and draw(st.booleans()) else ()
    grants = draw(st.sampled_from([{}, {"budget": 120}]))
    partner = draw(st.sampled_from(["", "nola", "miro"]))
    return Sale(id=id, at=at, lines=basket, tenders=tenders, grants=grants, vouchers=vouchers, partner=partner)


def totals(entries: Iterable[Entry]) -> Counter[Entry]:
    """Every entry, summed by all that names it."""
    return Counter({replace(entry, points=0): entry.points for entry in compensate([], [list(entries)])})


def balances(entries: Iterable[Entry]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        found[entry.account, entry.currency] += entry.points
        found[entry.counter, entry.currency] -= entry.points
    return found


def in_order(facts: list[AnyFact]) -> tuple[Standing, list[Entry]]:
    """The journal at once, without checkpoints or ticks."""
    journal, entries = Journal(PROGRAM, every=10**9), []
    for fact in sorted(facts, key=position):
        entries += journal.record(fact).entries
    entries += journal.tick(END).entries
    return journal.standing, entries


EXAMPLES = os.environ.get("PUNCHCARD_EXAMPLES", "")
many = settings(
    max_examples=int(EXAMPLES or 60),
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.generate] if os.environ.get("PUNCHCARD_NO_SHRINK") else list(Phase),
    suppress_health_check=list(HealthCheck),
)


@many
@given(histories(), st.randoms(use_true_random=False), st.integers(1, 5))
def test_any_order_any_number_of_times(facts: list[AnyFact], chance: random.Random, every: int):
    """Permuted, duplicated, with the clock looking in at any time: the same bytes, the same sum of entries."""
    standing, entries = in_order(facts)
    arrivals = facts + chance.choices(facts, k=len(facts) // 2)
    chance.shuffle(arrivals)
    journal, posted = Journal(PROGRAM, every), []

    for fact in arrivals:
        if chance.random() < 0.4:
            posted += journal.tick(min(END, max(START, journal.standing.at) + chance.randrange(40 * DAY))).entries
        posted += journal.record(fact).entries
    posted += journal.tick(END).entries

    assert encode(journal.standing) == encode(standing)
    assert totals(posted) == totals(entries)


@many
@given(histories())
def test_balances_are_what_the_entries_say(facts: list[AnyFact]):
    """Lots, pending lots and debts equal the accounts; every currency sums to zero; no lot is below one point."""
    standing, entries = in_order(facts)

    told = balances(entries)

    for currency in ("points", "coffee"):
        held = [lot for lot in standing.lots if lot.currency == currency]
        assert all(lot.points > 0 for lot in held)
        assert told["member", currency] == sum(lot.points for lot in held if not lot.starts)
        assert told["pending", currency] == sum(lot.points for lot in held if lot.starts)
        assert told["owed", currency] == -standing.owed.get(currency, 0)
        assert sum(points for (_, of), points in told.items() if of == currency) == 0
    assert all(entry.points > 0 for entry in entries)


@many
@given(histories())
def test_every_lot_is_what_its_entries_say(facts: list[AnyFact]):
    """So that clearing between partners can be read off the entries: by currency, expiry and funder."""
    standing, entries = in_order(facts)

    told: Counter[tuple[str, int, str]] = Counter()
    for entry in entries:
        lot = entry.currency, entry.lot, entry.funder
        told[lot] += entry.points * (
            (entry.account in ("member", "pending")) - (entry.counter in ("member", "pending"))
        )
    held: Counter[tuple[str, int, str]] = Counter()
    for each in standing.lots:
        held[each.currency, each.expires, each.funder] += each.points

    assert {lot: points for lot, points in told.items() if points} == held


@many
@given(histories(), st.lists(st.integers(0, SPAN), max_size=4))
def test_time_moves_alike_in_one_step_or_many(facts: list[AnyFact], stops: list[int]):
    standing = folded(facts[: len(facts) // 2])
    start, stepped = standing.at, standing
    entries: list[Entry] = []
    told: list[News] = []
    for stop in [*sorted(stops), SPAN]:
        ruling = advance(stepped, start + stop, PROGRAM)
        stepped, entries, told = ruling.standing, entries + ruling.entries, told + ruling.news

    once = advance(standing, start + SPAN, PROGRAM)

    assert encode(stepped) == encode(once.standing)
    assert entries == once.entries
    assert set(told) == set(once.news)


@many
@given(histories())
def test_nothing_changes_before_next_change_at_and_something_does_at_it(facts: list[AnyFact]):
    standing = advance(folded(facts), END, PROGRAM).standing
    while (at := next_change_at(standing)) < START + 3 * SPAN:
        before = advance(standing, at - 1, PROGRAM)
        after = advance(standing, at, PROGRAM).standing

        assert encode(timeless(before.standing)) == encode(timeless(standing))
        assert not before.entries
        assert encode(timeless(after)) != encode(timeless(standing))
        standing = after


def folded(facts: list[AnyFact]) -> Standing:
    journal = Journal(PROGRAM, every=10**9)
    for fact in sorted(facts, key=position):
        journal.record(fact)
    return journal.standing


def timeless(standing: Standing) -> Standing:
    copy = standing.copy()
    copy.at = 0
    return copy


@many
@given(histories())
def test_a_return_never_takes_more_than_the_sale_keeps(facts: list[AnyFact]):
    journal = Journal(PROGRAM, every=10**9)
    for fact in sorted(facts, key=position):
        journal.record(fact)

    for versions in journal.deals.values():
        kept = [sum(a.points for a in deal.awards.values() if a.lot.currency == "points") for _, deal in versions]
        assert kept == sorted(kept, reverse=True) and kept[-1] >= 0


@many
@given(histories(), st.sampled_from([0, 1, DAY, 30 * DAY]))
def test_what_is_published_later_never_changes_the_past(facts: list[AnyFact], lead: int):
    """Terms closed and reopened, new challenges, another ladder: every earlier fact gets the same ruling and reasons."""
    past = sorted((fact for fact in facts if fact.at < HALF), key=position)
    turn = (past[-1].at if past else START) + 1 + lead
    earlier = replace(RULEBOOK, frames=RULEBOOK.frames[:1])

    assert rulings(Program(earlier), past) == rulings(Program(published_at(earlier, turn)), past)


def published_at(book: Rulebook, at: int) -> Rulebook:
    """Everything closed and reopened otherwise, and something new, from this instant on."""
    doubled = tuple(replace(term, since=max(at, term.since), award=PerUnit(9), places=Places()) for term in book.terms)
    changed = tuple(replace(each, since=max(at, each.since), target=1, reward=9) for each in book.challenges)
    return replace(
        book,
        terms=(*(replace(term, closed=at) for term in book.terms), *doubled, Term("new", award=Fixed(9), since=at)),
        challenges=(*(replace(each, closed=at) for each in book.challenges), *changed),
        frames=(*book.frames, Frame(at, (Ladder((Tier("only"),)),), {}, 1)),
    )


def rulings(program: Program, facts: list[AnyFact]) -> list[object]:
    """What each fact did, the last one's standing included."""
    standing = Standing()
    deals: dict[str, Deal] = {}
    done: list[object] = []
    for fact in facts:
        ruling = fold(standing, fact, program, deals.get(getattr(fact, "deal", "")))
        if ruling.deal:
            deals[ruling.deal.fact.id] = ruling.deal
        done.append((ruling.entries, ruling.news, ruling.deal, explain(ruling, program), encode(standing)))
    return done


def test_a_late_fact_folds_again_only_what_follows_the_last_checkpoint_before_it():
    journal = Journal(PROGRAM, every=8)
    for n in range(100):
        journal.record(Activity(id=f"{n:03}", at=START + n * DAY, kind="workout"))

    late = journal.record(Activity(id="late", at=START + 96 * DAY + 1, kind="workout"))

    assert 4 <= late.replayed <= 4 + 8
