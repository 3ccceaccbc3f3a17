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
    OWN,
    Activity,
    AnyFact,
    Deal,
    Entry,
    Fixed,
    Frame,
    Journal,
    Ladder,
    News,
    PerUnit,
    Places,
    Program,
    Rulebook,
    Standing,
    StandingMoved,
    Term,
    Tier,
    about,
    adjudicate,
    advance,
    compensate,
    encode,
    explain,
    fold,
    holdings,
    next_change_at,
    position,
)
from tests.histories import DAY, END, HALF, RULEBOOK, SPAN, START, histories

PROGRAM = Program(RULEBOOK)
HOLDING = OWN - {"owed"}
CURRENCIES = ("points", "coffee", "money", "status")


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

    for currency in CURRENCIES:
        assert sum(points for (_, of), points in told.items() if of == currency) == 0
    held = {key: points for key, points in holdings(standing).items() if points}
    assert {key: points for key, points in told.items() if key[0] in OWN and points} == held
    assert all(lot.points > 0 for lot in standing.lots)
    assert all(entry.points > 0 for entry in entries)


@many
@given(histories())
def test_every_lot_is_what_its_entries_say(facts: list[AnyFact]):
    """So that clearing between partners can be read off the entries: by currency, expiry and funder."""
    standing, entries = in_order(facts)

    told: Counter[tuple[str, int, str]] = Counter()
    for entry in entries:
        lot = entry.currency, entry.lot, entry.funder
        told[lot] += entry.points * ((entry.account in HOLDING) - (entry.counter in HOLDING))
    held: Counter[tuple[str, int, str]] = Counter()
    for each in standing.lots:
        held[each.currency, each.expires, each.funder] += each.points
    for waiting in standing.awaited:
        held[waiting.currency, 0, waiting.funder] += waiting.points
    for hold in standing.holds.values():
        for drawn in hold.draws:
            held[drawn.currency, drawn.expires, drawn.funder] += drawn.points
        held[hold.currency, 0, ""] += hold.credit

    assert {lot: points for lot, points in told.items() if points} == {lot: n for lot, n in held.items() if n}


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
        for currency in CURRENCIES:
            kept = [sum(a.points for a in deal.awards.values() if a.lot.currency == currency) for _, deal in versions]
            assert kept == sorted(kept, reverse=True)
            assert kept[-1] >= 0


@many
@given(histories())
def test_a_quote_is_what_the_sale_then_does(facts: list[AnyFact]):
    """The fold in place and the one that keeps nothing say the same, and the one that keeps nothing keeps nothing."""
    standing = Standing()
    deals: dict[str, Deal] = {}
    for fact in sorted(facts, key=position):
        deal, before = deals.get(about(fact) or ""), encode(standing)
        quoted = adjudicate(standing, fact, PROGRAM, deal)
        assert encode(standing) == before

        sold = fold(standing, fact, PROGRAM, deal)

        assert (encode(quoted.standing), quoted.entries, quoted.news) == (encode(standing), sold.entries, sold.news)
        assert (quoted.reasons, quoted.deal, quoted.kept) == (sold.reasons, sold.deal, sold.kept)
        if sold.deal:
            deals[sold.deal.fact.id] = sold.deal


@many
@given(histories(), st.randoms(use_true_random=False))
def test_news_that_a_replay_repeats_is_told_once(facts: list[AnyFact], chance: random.Random):
    """A late fact tells what is true with it and was not without it, no more and no less; a repeat tells nothing."""
    journal = Journal(PROGRAM, 3)

    for fact in chance.sample(facts, len(facts)):
        before = true_in(journal)
        told = Counter(tellable(journal.record(fact).news))

        assert told == true_in(journal) - before
        assert not journal.record(fact).news


def true_in(journal: Journal) -> Counter[News]:
    return Counter(news for each in [*journal.rulings, journal.ticked] for news in tellable(each.news))


def tellable(news: list[News]) -> list[News]:
    """Whatever shows the standing is stale after any fact: that is told each time."""
    return [each for each in news if not isinstance(each, StandingMoved)]


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
