"""Histories rich in money, holds, transfers, waiting points and returns: whatever order they come in, the books are right.

PUNCHCARD_EXAMPLES sets how many histories each property sees, new ones each time; unless told, the same 50."""

import os
import random
from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from punchcard.programme import (
    AnyFact,
    Cap,
    Challenge,
    Coin,
    Currency,
    Entry,
    Expiry,
    Extend,
    Fixed,
    Frame,
    Goods,
    Journal,
    PerAmount,
    Program,
    Rulebook,
    Standing,
    Tender,
    Term,
    advance,
    compensate,
    encode,
    holdings,
    next_change_at,
    position,
)
from tests.days import (
    OWN,
    act,
    activation,
    aside,
    back,
    booked,
    donation,
    extension,
    give,
    hold,
    load,
    lot,
    on,
    paid,
    receive,
    release,
    sale,
    send,
    spend,
    unspend,
)

DAYS = 60
CAKE = Goods(categories=frozenset({"cake"}))
ROLLING = Coin(expiry=Expiry(days=8, rolling=True), funder="seller")
WAITING = Coin(awaits="review", awaits_days=15, expiry=Expiry(days=9), funder="cakes")
PENDING = Coin(pending_days=6, expiry=Expiry(round="month"))
TERMS = (
    Term("base", award=PerAmount(1, 100), coin=ROLLING),
    Term("cake", award=PerAmount(3, 100), goods=CAKE, coin=WAITING, group="one", priority=1),
    Term("other", award=Fixed(9), coin=PENDING, group="one"),
    Term("big", award=Fixed(40), minimum=3000, coin=Coin(expiry=Expiry(days=12))),
    Term("gift", award=Fixed(7), caps=(Cap(3, "month", "uses"),), coin=Coin("money", expiry=Expiry(days=20))),
    Term("thanks", award=Extend(days=4), on="review"),
)
RULEBOOK = Rulebook(
    zone="Europe/Berlin",
    currencies=(Currency(value=1), Currency("money", "money", value=1)),
    terms=TERMS,
    challenges=(Challenge("three", kind="count", target=3, reward=25, every="month", coin=PENDING),),
    frames=(
        Frame(coins={"points": PENDING, "money": Coin("money", expiry=Expiry(days=25))}),
        Frame(on(20), coins={"points": ROLLING}, clawback="balance", grace_days=3, extend_to=on(33)),
        Frame(on(40), clawback="pending", grace_days=0),
    ),
)
PROGRAM = Program(RULEBOOK)
KINDS = [
    "sale", "sale", "sale", "return", "return", "review", "activation", "hold", "release", "load", "send", "receive",
    "spend", "unspend", "extension", "donation", "gift",
]  # fmt: skip


@st.composite
def histories(draw) -> list[AnyFact]:
    facts: list[AnyFact] = []
    sales, holds, spends = ["none"], ["none"], ["none"]
    for n in range(draw(st.integers(2, 16))):
        id, day = f"{draw(st.integers(0, 9))}-{n}", draw(st.integers(0, DAYS * 4)) / 4
        kind, points = draw(st.sampled_from(KINDS)), draw(st.integers(1, 60))
        currency = draw(st.sampled_from(["points", "money"]))
        match kind:
            case "sale":
                goods = draw(st.lists(st.tuples(st.sampled_from(["cake", "bread"]), st.integers(0, 30)), min_size=1))
                tender = paid(points, draw(st.integers(0, 90)), currency, draw(st.sampled_from(["", *holds])))
                tenders = draw(st.sampled_from([(), (tender, Tender("cash", 100)), (tender, Tender("voucher", 700))]))
                vouchers = draw(st.sampled_from([(), (draw(st.sampled_from(spends)),)]))
                some = tuple(draw(st.lists(st.sampled_from(holds), max_size=2, unique=True)))
                facts.append(sale(id, day, *goods, tenders=tenders, vouchers=vouchers, partner="cakes", holds=some))
                sales.append(id)
            case "return":
                lines = draw(st.sets(st.integers(0, 3)))
                deal = draw(st.sampled_from(sales))
                facts.append(back(id, day, deal, *sorted(lines), points=points, money=draw(st.integers(0, 60))))
            case "hold":
                until, voucher = day + draw(st.integers(0, 20)), draw(st.sampled_from(["", *spends]))
                facts.append(aside(id, day, voucher, until) if voucher else hold(id, day, points, until, currency))
                holds.append(id)
            case "spend":
                facts.append(spend(id, day, points, draw(st.sampled_from([0, day + 9]))))
                spends.append(id)
            case _:
                named = draw(st.sampled_from(holds if kind == "release" else spends if kind == "unspend" else sales))
                facts.append(other(kind, id, day, points, currency, named, draw(st.booleans())))
    return facts


def other(kind: str, id: str, day: float, points: int, currency: str, named: str, either: bool) -> AnyFact:
    match kind:
        case "review":
            return act(id, day, deal=named if either else "")
        case "activation":
            return activation(id, day, named, cancel=either)
        case "release":
            return release(id, day, named)
        case "load":
            return load(id, day, points, day + 10 if either else 0)
        case "send":
            return send(id, day, points, "ada" if either else "bo", currency)
        case "receive":
            return receive(id, day, "ada" if either else "bo", lot(points, day + points - 9, currency), lot(points))
        case "unspend":
            return unspend(id, day, named)
        case "extension":
            return extension(id, day, points // 6, currency)
        case "donation":
            return donation(id, day, points)
    return give(id, day, points - 30, currency)


def in_order(facts: list[AnyFact]) -> tuple[Standing, list[Entry]]:
    journal, entries = Journal(PROGRAM, every=10**9), list[Entry]()
    for fact in sorted(facts, key=position):
        entries += journal.record(fact).entries
    entries += journal.tick(on(DAYS + 5)).entries
    return journal.standing, entries


EXAMPLES = os.environ.get("PUNCHCARD_EXAMPLES", "")
many = settings(
    max_examples=int(EXAMPLES or 50),
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.generate] if os.environ.get("PUNCHCARD_NO_SHRINK") else list(Phase),
    suppress_health_check=list(HealthCheck),
)


@many
@given(histories(), st.randoms(use_true_random=False), st.integers(1, 5))
def test_any_order_any_number_of_times(facts: list[AnyFact], chance: random.Random, every: int):
    """With the clock looking in at any time: the same bytes, the same sum of entries."""
    standing, entries = in_order(facts)
    arrivals = facts + chance.choices(facts, k=len(facts) // 2)
    chance.shuffle(arrivals)
    journal, posted = Journal(PROGRAM, every), list[Entry]()

    for fact in arrivals:
        if chance.random() < 0.4:
            posted += journal.tick(max(journal.standing.at, on(chance.randrange(DAYS)))).entries
        posted += journal.record(fact).entries
    posted += journal.tick(on(DAYS + 5)).entries

    assert encode(journal.standing) == encode(standing)
    assert not compensate([entries], [posted])


@many
@given(histories())
def test_every_currency_sums_to_zero_and_the_accounts_are_what_the_entries_say(facts: list[AnyFact]):
    standing, entries = in_order(facts)

    sums = booked(entries)

    held = {key: points for key, points in holdings(standing).items() if points}
    assert {key: points for key, points in sums.items() if key[0] in OWN and points} == held
    for currency in ("points", "money"):
        assert sum(points for (_, of), points in sums.items() if of == currency) == 0
    assert all(entry.points > 0 and entry.account != entry.counter for entry in entries)
    assert all(each.points > 0 for each in standing.lots)


@many
@given(histories())
def test_every_lot_is_what_its_entries_say(facts: list[AnyFact]):
    """By currency, expiry and funder; what waits stands under no expiry, what is set aside under its own."""
    standing, entries = in_order(facts)

    told: Counter[tuple[str, str, int, str]] = Counter()
    for entry in entries:
        for account, sign in ((entry.account, 1), (entry.counter, -1)):
            if account in ("member", "pending", "held"):
                place = "held" if account == "held" else "there"
                told[place, entry.currency, entry.lot, entry.funder] += sign * entry.points
    are: Counter[tuple[str, str, int, str]] = Counter()
    for each in standing.lots:
        are["there", each.currency, each.expires, each.funder] += each.points
    for waits in standing.awaited:
        are["there", waits.currency, 0, waits.funder] += waits.points
    for held in standing.holds.values():
        are["held", held.currency, 0, ""] += held.credit
        for each in held.draws:
            are["held", each.currency, each.expires, each.funder] += each.points

    assert {key: points for key, points in told.items() if points} == {
        key: points for key, points in are.items() if points
    }


@many
@given(histories())
def test_no_account_falls_below_zero_on_the_way(facts: list[AnyFact]):
    _, entries = in_order(facts)

    holds: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        holds[entry.account, entry.currency] += entry.points
        holds[entry.counter, entry.currency] -= entry.points
        for account in ("member", "pending", "held"):
            assert holds[account, entry.currency] >= 0
        assert holds["owed", entry.currency] <= 0


@many
@given(histories())
def test_a_return_never_earns(facts: list[AnyFact]):
    """Whatever it takes and gives, by currency nothing new comes from the programme but what had paid."""
    journal = Journal(PROGRAM, every=10**9)
    for fact in sorted(facts, key=position):
        entries = [entry for entry in journal.record(fact).entries if entry.of == fact.id]
        if type(fact).__name__ == "Return":
            for currency in ("points", "money"):
                assert booked(entry for entry in entries if entry.term in NAMES)["issued", currency] >= 0
    for versions in journal.deals.values():
        for currency in ("points", "money"):
            kept = [sum(a.points for a in deal.awards.values() if a.lot.currency == currency) for _, deal in versions]
            assert kept == sorted(kept, reverse=True)


NAMES = {term.id for term in TERMS}


@many
@given(histories())
def test_time_moves_alike_in_one_step_or_many(facts: list[AnyFact]):
    journal = Journal(PROGRAM, every=10**9)
    for fact in sorted(facts, key=position):
        journal.record(fact)
    stepped, entries = journal.standing, list[Entry]()
    while (at := min(next_change_at(stepped), PROGRAM.next_turn(stepped.at))) < on(3 * DAYS):
        before = advance(stepped, at - 1, PROGRAM)
        assert not before.entries
        ruling = advance(stepped, at, PROGRAM)
        stepped, entries = ruling.standing, entries + ruling.entries

    once = advance(journal.standing, on(3 * DAYS), PROGRAM)

    assert entries == once.entries
    assert encode(advance(stepped, on(3 * DAYS), PROGRAM).standing) == encode(once.standing)
