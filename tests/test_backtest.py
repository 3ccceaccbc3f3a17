"""A draft is tried on history before anybody promises it: pure comparing, adding up, the gate, the command."""

import hashlib
import io
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from rich.console import Console

from punchcard import insights, journal, partners, rulebooks
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import new_id
from punchcard.foundation.locale import LANGUAGES
from punchcard.insights.comparing import Window, compare, gained, main_currency, values
from punchcard.insights.hands import batches
from punchcard.insights.model import both
from punchcard.insights.report import report
from punchcard.insights.tally import Tally
from punchcard.programme import (
    AnyFact,
    Challenge,
    Fixed,
    Frame,
    Ladder,
    PerAmount,
    Program,
    Return,
    Rulebook,
    Sale,
    Term,
    Tier,
)
from tests.journal_world import NOON, install_news, of_member
from tests.journal_world import sale as sold
from tests.test_rulebooks import DOUBLED, PLAIN

AT = 1_790_000_000
MAYA = UUID(int=1)
BASE = Term("base", award=PerAmount(1, 100))
DOUBLE = Term("base", award=PerAmount(2, 100))
BONUS = Term("bonus", award=Fixed(3000), minimum=1)
THREE = Challenge("three", kind="count", target=3, reward=50, every="ever")
TIERS = Frame(ladders=(Ladder((Tier("bud"), Tier("blossom", {}, 25))),))


def book(*promises: Term | Challenge, frame: Frame = TIERS) -> Program:
    terms = tuple(each for each in promises if isinstance(each, Term))
    challenges = tuple(each for each in promises if isinstance(each, Challenge))
    return Program(Rulebook(terms=terms, challenges=challenges, frames=(frame,)))


def sale(n: int, amount: int = 1000, after: int = DAY, **more: object) -> Sale:
    return msgspec.convert(
        {"type": "Sale", "id": f"s{n}", "at": AT + n * after, "lines": [["x", "bread", "", 1, amount]], **more}, Sale
    )


def back(n: int, at: int) -> Return:
    return Return(id=f"r{n}", at=at, deal=f"s{n}", quantities={0: 1})


def tried(
    facts: Sequence[AnyFact], published: Program, draft: Program, since: int = 0, until: int = AT + 99 * DAY
) -> insights.Report:
    window, tally = Window(since, until), Tally()
    tally.add(compare(MAYA, facts, published, draft, window), main_currency(draft), values(published), values(draft))
    return report(new_id(), bytes(32), AT, 1, window, False, tally, published, draft)


SALES = [sale(n) for n in range(3)]

FARES = [
    ("a better rate makes a winner", book(BASE), book(DOUBLE), (30, 60), (1, 0, 0), ("blossom", "blossom")),
    ("a worse one makes a loser", book(DOUBLE), book(BASE), (60, 30), (0, 1, 0), ("blossom", "blossom")),
    ("the same one makes neither", book(BASE), book(BASE), (30, 30), (0, 0, 1), ("blossom", "blossom")),
    ("nothing published before", book(frame=Frame()), book(BASE), (0, 30), (1, 0, 0), ("member", "blossom")),
    ("a higher threshold moves a tier", book(BASE), book(BASE, frame=Frame(ladders=(
        Ladder((Tier("bud"), Tier("blossom", {}, 31))),))), (30, 30), (0, 0, 1), ("blossom", "bud")),
    ("a challenge is completed", book(BASE), book(BASE, THREE), (30, 80), (1, 0, 0), ("blossom", "blossom")),
    ("a term that has ended", book(BASE), book(Term("base", until=AT + DAY, award=PerAmount(1, 100))),
     (30, 10), (0, 1, 0), ("blossom", "bud")),
]  # fmt: skip


@pytest.mark.parametrize(
    "published, draft, issued, fares, tiers", [row[1:] for row in FARES], ids=[r[0] for r in FARES]
)
def test_how_a_member_fares(published, draft, issued, fares, tiers):
    found = tried(SALES, published, draft)

    (points,) = found.currencies
    assert (points.points["issued"].published, points.points["issued"].draft) == issued
    assert (points.points["outstanding"].published, points.points["outstanding"].draft) == issued
    (shift,) = found.shifts
    assert (shift.more, shift.less, shift.same) == fares
    (move,) = found.moves
    assert (move.published, move.draft) == tiers
    assert len(found.gainers) == fares[0] and len(found.losers) == fares[1]


def test_a_completion_that_is_gained_is_counted():
    found = tried(SALES, book(BASE), book(BASE, THREE))

    (three,) = found.completions
    assert (three.challenge, three.times.published, three.times.draft) == ("three", 0, 1)
    assert {each.id: each.issued.difference for each in found.promises} == {"base": 0, "three": 50}


def test_what_happened_before_the_period_is_folded_and_not_counted():
    found = tried(SALES, book(BASE, THREE), book(DOUBLE, THREE), since=AT + 2 * DAY)

    (points,) = found.currencies
    assert found.facts == 1
    assert (points.points["issued"].published, points.points["issued"].draft) == (60, 70)
    assert (points.points["outstanding"].published, points.points["outstanding"].draft) == (80, 110)


def test_what_happened_after_the_period_is_left_out():
    assert tried(SALES, book(BASE), book(DOUBLE), until=AT + DAY).sales == 2


def test_money_is_points_at_the_value_of_each_side():
    dear = msgspec.structs.replace(book(BASE).rulebook, currencies=(book().rulebook.currencies[0],))
    (currency,) = dear.currencies
    dear = msgspec.structs.replace(dear, currencies=(msgspec.structs.replace(currency, value=5),))
    found = tried(SALES, book(BASE), Program(dear))

    assert found.currencies[0].money["issued"] == both(30, 150)
    assert found.differs


PATTERNS = [
    ("a sale that gives more than it costs", "dear-sale", [sale(0)]),
    ("goods that come back while the bonus stays", "kept-bonus", [sale(0, 100_00), back(0, AT + DAY)]),
    ("four sales in a few minutes", "many-sales", [sale(n, after=60) for n in range(4)]),
]


@pytest.mark.parametrize("pattern, facts", [row[1:] for row in PATTERNS], ids=[row[0] for row in PATTERNS])
def test_what_looks_odd_is_shown_with_its_member(pattern, facts):
    kept = Challenge("kept", kind="count", target=1, reward=500, on_return="keep")
    found = tried(facts, book(BASE), book(BASE, BONUS, kept) if pattern == "dear-sale" else book(BASE, kept))

    (seen,) = [each for each in found.patterns if each.pattern == pattern]
    assert [each.member_id for each in seen.examples] == [MAYA]
    assert seen.seen.draft == 1
    assert seen.seen.published == (1 if pattern == "many-sales" else 0)


def test_an_ordinary_day_looks_not_odd():
    found = tried([sale(0), back(0, AT + DAY), sale(2)], book(BASE), book(DOUBLE))

    assert [each.seen.draft for each in found.patterns] == [0, 0, 0, 0]


def test_who_gets_far_more_than_others_for_the_same_money_is_shown():
    published, draft, window, tally = book(BASE), book(BASE, BONUS), Window(0, AT + 99 * DAY), Tally()
    for n in range(10):
        amount = 100 if n == 9 else 100_000
        facts = [sale(each, amount) for each in range(3)]
        tally.add(compare(UUID(int=n), facts, published, draft, window), "points", values(published), values(draft))
    found = report(new_id(), bytes(32), AT, 1, window, False, tally, published, draft)

    rates = found.patterns[0]
    assert rates.pattern == "high-rate" and (rates.seen.published, rates.seen.draft) == (0, 1)
    assert [each.member_id for each in rates.examples] == [UUID(int=9)]


def test_tallies_merge_to_the_same_in_any_order():
    published, draft, window = book(BASE), book(DOUBLE, THREE, BONUS), Window(0, AT + 99 * DAY)
    worths = values(published), values(draft)
    parts = []
    for n in range(30):
        part = Tally()
        part.add(compare(UUID(int=n), SALES[: n % 4], published, draft, window), "points", *worths)
        parts.append(part)
    one, other = Tally(), Tally()
    for part in parts:
        one.merge(part)
    for part in reversed(parts):
        other.merge(part)

    reports = [report(MAYA, bytes(32), AT, 1, window, False, each, published, draft) for each in (one, other)]
    assert msgspec.json.encode(reports[0]) == msgspec.json.encode(reports[1])
    assert reports[0].members == 22


def test_a_scarce_term_that_no_door_has_granted_is_named():
    scarce = Term("lucky", award=Fixed(5), scarce=True)
    named = Term("come-back", award=Fixed(5), scarce=True, segment="lapsed")

    assert tried(SALES, book(BASE), book(BASE, scarce, named)).ungranted == ["come-back", "lucky"]
    assert tried(SALES, book(BASE, scarce), book(BASE, scarce)).ungranted == []


def test_points_that_pay_are_not_money_spent():
    paid = sale(0, tenders=[["points", 400, 400], ["card", 600]])

    assert tried([paid], book(BASE), book(BASE)).spent == 600
    assert gained(compare(MAYA, [paid], book(BASE), book(BASE), Window(0, AT)).draft.moved) == {"points": 6}


@pytest.fixture
async def street(house: Database, db: Connection) -> Database:
    """Three members who bought something while PLAIN held."""
    install_news()
    await rulebooks.publish(db, PLAIN, NOON - 99 * DAY)
    await shopped(house, 3)
    return house


async def shopped(database: Database, members: int) -> None:
    for n in range(members):
        member_id = UUID(int=n + 1)
        for visit in range(n + 2):
            at = NOON + visit * DAY
            await journal.submit(database, member_id, of_member(sold(f"v{visit}", at), member_id), at)


async def test_the_very_file_that_is_published_makes_no_difference(street: Database):
    found = await insights.backtest(street, PLAIN, NOON + 9 * DAY, processes=1)

    assert not found.differs
    assert (found.beside, found.members, found.facts, found.sampled) == (1, 3, 9, False)
    assert (found.currencies[0].points["issued"].published, found.completions[0].times.published) == (190, 2)
    assert "No difference at all." in printed(found)


async def test_a_draft_that_doubles_is_told_in_figures(street: Database, db: Connection):
    found = await insights.backtest(street, DOUBLED, NOON + 9 * DAY, processes=1)

    assert found.differs
    issued = found.currencies[0].points["issued"]
    assert (issued.published, issued.draft, issued.difference, issued.percent) == (190, 280, 90, 47.4)
    assert [(each.more, each.less, each.same) for each in found.shifts] == [(3, 0, 0)]
    assert found.gainers[0].member_id == UUID(int=3) and found.gainers[0].difference == 40
    kept = await db.fetchrow("select digest, members, facts, sampled, summary from rulebook_backtest")
    assert kept
    assert (kept["digest"], kept["members"], kept["facts"], kept["sampled"]) == (sha256(DOUBLED), 3, 9, False)
    assert kept["summary"] == msgspec.json.decode(insights.as_json(found))


async def test_before_anything_is_published_a_draft_stands_beside_nothing(house: Database, db: Connection):
    install_news()
    await shopped(house, 1)
    found = await insights.backtest(house, PLAIN, NOON, processes=1)

    assert (found.beside, found.currencies[0].points["issued"].published) == (0, 0)
    assert found.currencies[0].points["issued"].draft == 20


async def test_a_term_that_came_alone_stands_in_both(street: Database, db: Connection):
    await rulebooks.publish_term(db, Term("extra", since=NOON + 100 * DAY, award=Fixed(5)), NOON + 50 * DAY)
    both = await rulebooks.pair(db, PLAIN)

    assert both.published == both.draft
    assert [term.since for term in both.draft.terms if term.id == "extra"] == [NOON + 100 * DAY]
    with pytest.raises(rulebooks.PromiseExists):
        await rulebooks.pair(db, PLAIN.replace('id = "base"', 'id = "extra"'))


async def test_a_period_is_local_days_and_the_last_one_counts(street: Database):
    first = datetime.fromtimestamp(NOON, UTC).date()
    found = await insights.backtest(street, PLAIN, NOON, insights.Asked(first + timedelta(1), first + timedelta(1)), 1)

    assert (found.members, found.facts) == (3, 3)


SAMPLES = [("5", 5), ("100", 30), ("100%", 30), ("50%", 15)]


@pytest.mark.parametrize("written, members", SAMPLES)
async def test_a_sample_twice_is_the_same_sample(house: Database, written: str, members: int):
    install_news()
    for n in range(1, 31):
        await journal.submit(house, UUID(int=n), of_member(sold("a", NOON), UUID(int=n)), NOON)

    async def chosen() -> list[UUID]:
        return [each async for batch in batches(house, insights.Sample.read(written)) for each in batch]

    once, twice = await chosen(), await chosen()

    assert once == twice
    assert len(once) == len(set(once)) and abs(len(once) - members) <= (5 if written == "50%" else 0)


@pytest.mark.parametrize("written", ["", "0", "-1", "0%", "101%", "ten", "nan%", "5 %%"])
def test_a_sample_that_is_none_is_no_sample(written: str):
    with pytest.raises(ValueError):
        insights.Sample.read(written)


async def test_several_processes_find_what_one_finds(pool: Database):
    install_news()
    async with pool.transaction() as db:
        await rulebooks.publish(db, PLAIN, NOON - DAY)
    await shopped(pool, 5)
    seen: list[tuple[int, int]] = []
    one = await insights.backtest(pool, DOUBLED, NOON, processes=1)
    two = await insights.backtest(pool, DOUBLED, NOON, None, 2, lambda *done: seen.append(done))

    assert msgspec.structs.replace(two, id=one.id) == one
    assert seen[-1] == (5, 5)


GATE = [
    ("nothing has happened yet", False, None, NOON, None, None),
    ("history, and no back-test", True, None, NOON, "Tamar", rulebooks.BacktestMissing),
    ("history, and a back-test of another file", True, PLAIN + "\n", NOON, "Tamar", rulebooks.BacktestMissing),
    ("a back-test of some members", True, "sampled", NOON, "Tamar", rulebooks.BacktestMissing),
    ("a back-test older than a day", True, DOUBLED, NOON - DAY - 1, "Tamar", rulebooks.BacktestTooOld),
    ("nobody accepts it", True, DOUBLED, NOON, None, rulebooks.AcceptanceMissing),
    ("somebody accepts it whom nobody knows", True, DOUBLED, NOON, "Nobody", partners.NoSuchOperator),
    ("a back-test of a day ago, accepted", True, DOUBLED, NOON - DAY, "Tamar", None),
]  # fmt: skip


@pytest.mark.parametrize("history, tested, tested_at, accept, refusal", [r[1:] for r in GATE], ids=[r[0] for r in GATE])
async def test_the_gate_when(house, db: Connection, history, tested, tested_at, accept, refusal: type[Refused] | None):
    install_news()
    await rulebooks.publish(db, PLAIN, NOON - 99 * DAY)
    operator, _ = await partners.add_operator(db, "Tamar", "owner")
    if history:
        await shopped(house, 1)
    if tested == "sampled":
        await insights.backtest(house, DOUBLED, tested_at, insights.Asked(sample=insights.Sample(count=1)), 1)
    elif tested:
        await insights.backtest(house, tested, tested_at, processes=1)

    async def published() -> object:
        return await insights.publish(db, DOUBLED, NOON + 1, NOON, accept)

    if refusal:
        with pytest.raises(refusal) as refused:
            await published()
        sentences = {refused.value.sentence(language) for language in LANGUAGES}
        assert len(sentences) == len(LANGUAGES)
        assert await db.fetchval("select count(*) from rulebook_edition") == 1
        return
    await published()

    kept = await db.fetch("select edition, operator_id, operator from rulebook_acceptance")
    assert [tuple(row) for row in kept] == ([(2, operator.id, "Tamar")] if history else [])


async def test_a_back_test_beside_an_older_edition_opens_no_gate(street: Database, db: Connection):
    await partners.add_operator(db, "Tamar", "owner")
    await insights.backtest(street, DOUBLED, NOON, processes=1)
    await rulebooks.publish(db, PLAIN + "\n# another edition\n", NOON - 9 * DAY)

    with pytest.raises(rulebooks.BacktestMissing):
        await insights.publish(db, DOUBLED, NOON + 1, NOON, "Tamar")


def test_the_command_explains_itself():
    for command, wanted in (("backtest", ("--since", "--until", "--members", "--json")), ("publish", ("--accept",))):
        said = subprocess.run([sys.executable, "-m", "punchcard", command, "--help"], capture_output=True, text=True)

        assert said.returncode == 0 and all(each in said.stdout for each in wanted)


def test_a_report_fits_a_pipe():
    found = tried([sale(0), back(0, AT + DAY), *SALES[1:]], book(BASE, THREE), book(DOUBLE, BONUS))
    said = printed(found)

    assert "largest gainers" in said and str(MAYA) in said and "dear-sale" in said
    assert max(map(len, said.splitlines())) <= 120 and "\x1b" not in said


def printed(found: insights.Report) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(insights.show(found))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
