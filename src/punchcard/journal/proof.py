"""The proof that the ledger is whole: for every member the chain, the balances, and a replay of everything from the first
fact on, which must give what is stored.

The invariants bear the numbers of the reference: I1 sums to zero, I2 balances are what the entries say, I3 numbers without a
gap, I4 running balances, I5 nobody below zero, I6 no more returned than bought, I8 one id a fact, I9 the chain and its
head, I11 time did what the lots say."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from msgspec import MsgspecError, Struct, to_builtins
from msgspec.structs import astuple

from punchcard.foundation.database import Database
from punchcard.programme import OWED, OWN, Entry, Program, Sale, encode, holdings

from . import habits as ways
from . import records, refold
from .deciding import changes_at
from .ledger import link_entry, link_fact, total
from .model import Moved, Sealed
from .records import Records
from .redacting import digest_of
from .refold import Stretch
from .rules import latest

BATCH = 100
FIRST = UUID(int=0)


class Finding(Struct, frozen=True):
    """An invariant that does not hold for a member, and what was found instead."""

    member_id: UUID
    invariant: str
    what: str


class Report(Struct):
    """What was looked at, and what was found."""

    members: int = 0
    facts: int = 0
    entries: int = 0
    liability: Counter[str] = Counter()
    """I12: what members hold, pending points included, by currency: the figure that finance needs."""
    findings: list[Finding] = []


async def audit(
    database: Database,
    progress: Callable[[int, int], None] | None = None,
    keep_going: bool = False,
    members: Sequence[UUID] | None = None,
) -> Report:
    """Prove every member's journal, or those of `members`. Stops at the first that breaks an invariant, unless told to go on."""
    report = Report(liability=Counter())
    async with database.transaction() as db:
        program = await latest(db)
        expected = await records.how_many(db) if members is None else len(members)
    last = FIRST
    while True:
        async with database.transaction() as db:
            batch = (
                members[report.members : report.members + BATCH] if members else await records.after(db, last, BATCH)
            )
            found = await records.read(db, batch)
        for each in found:
            look(each, program, report)
            if report.findings and not keep_going:
                return report
        if progress:
            progress(report.members, expected)
        if not found:
            return report
        last = found[-1].row.member_id


def look(kept: Records, program: Program, report: Report) -> None:
    """Prove one member's journal."""
    report.members += 1
    report.facts += len(kept.facts)
    report.entries += len(kept.entries)
    try:
        stretch = replay(kept, program)
    except (MsgspecError, ArithmeticError, LookupError) as error:
        report.findings.append(Finding(kept.row.member_id, "replay", f"what is kept cannot be read: {error!r}"))
        return
    for (account, currency), points in holdings(stretch.now).items():
        if account != OWED:
            report.liability[currency] += points
    for invariant, what in broken(kept, stretch, program):
        report.findings.append(Finding(kept.row.member_id, invariant, what))


def replay(kept: Records, program: Program) -> Stretch:
    """Everything from the first fact on, and time to where the worker has posted it."""
    facts = [refold.fact_from(fact.body) for fact in kept.facts]
    return refold.refold(refold.nowhere(kept.row.member_id), facts, {}, kept.row.ticked_at, program)


def broken(kept: Records, stretch: Stretch, program: Program) -> Iterator[tuple[str, str]]:
    yield from chain(kept)
    yield from running(kept.entries)
    yield from facts(kept)
    yield from standing(kept, stretch, program)
    yield from beside(kept, stretch, program)


def chain(kept: Records) -> Iterator[tuple[str, str]]:
    """I3 and I9: facts and entries numbered without a gap, each linked to the one before, up to the head."""
    row, link, number = kept.row, b"", 0
    entries = iter(kept.entries)
    arrived = sorted(kept.facts, key=lambda fact: fact.seq)
    if [fact.seq for fact in arrived] != list(range(1, row.facts + 1)):
        yield "I3 numbers", f"{len(arrived)} facts of {row.facts}, or one out of turn"
    if [entry.number for entry in kept.entries] != list(range(1, row.entries + 1)):
        yield "I3 numbers", f"{len(kept.entries)} entries of {row.entries}, or one out of turn"
    for fact in [*arrived, None]:
        while number < (fact.after_entry if fact else row.entries) and (entry := next(entries, None)):
            number, link = entry.number, link_entry(link, row.member_id, astuple(entry)[:-1])
            if link != entry.hash:
                yield "I9 chain", f"entry {number} is not what was linked"
                return
        if fact:
            said = refold.fact_from(fact.body)
            linked = link_fact(link, row.member_id, fact.seq, said, fact.asked, fact.receipt)
            link = fact.hash if fact.redacted else linked
            if fact.redacted not in (None, digest_of(said)):
                yield "I9 chain", f"fact {fact.id} is not what was left of it"
                return
            if link != fact.hash or (said.id, said.at) != (fact.id, fact.at):
                yield "I9 chain", f"fact {fact.id} is not what was linked"
                return
    if link != row.head:
        yield "I9 head", "the chain ends elsewhere than the standing says"


def running(entries: Sequence[Sealed]) -> Iterator[tuple[str, str]]:
    """I1, I4 and I5: two accounts an entry, the balances after each, none below zero but debts."""
    holds: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if entry.account == entry.counter:
            yield "I1 zero sum", f"entry {entry.number} has one account"
        for account, sign, said in (
            (entry.account, 1, entry.account_balance),
            (entry.counter, -1, entry.counter_balance),
        ):
            holds[account, entry.currency] += sign * entry.points
            is_now = holds[account, entry.currency] if account in OWN else None
            if said != is_now:
                yield "I4 running balance", f"entry {entry.number} says {said}, its account holds {is_now}"
            if account != OWED and (is_now or 0) < 0:
                yield "I5 below zero", f"{account} holds {is_now} after entry {entry.number}"


def facts(kept: Records) -> Iterator[tuple[str, str]]:
    """I8: every fact is this member's by the look-up table, and every entry names a fact that is there, or time."""
    known = {fact.id for fact in kept.facts} | {""}
    for fact in kept.facts:
        if fact.owner != kept.row.member_id:
            yield "I8 one id", f"fact {fact.id} belongs to {fact.owner}"
    for entry in kept.entries:
        if not {entry.fact_id, entry.step} <= known:
            yield "I8 one id", f"entry {entry.number} names a fact that is not there"


def standing(kept: Records, stretch: Stretch, program: Program) -> Iterator[tuple[str, str]]:
    """I2, I6 and I11: the replay of all facts is the stored standing, and the entries lead to it."""
    row, end = kept.row, stretch.end
    last = stretch.steps[-1].fact if stretch.steps else None
    if encode(end.standing) != row.state or ways.encode(end.habits) != row.habits:
        yield "replay", "all facts folded again give another standing"
    if last and (last.at, last.id) != (row.at, row.fact_id):
        yield "replay", f"the last fact is {last.id}"
    if changes_at(stretch.now, program) != row.next_change_at:
        yield "I11 time", f"time changes something at {changes_at(stretch.now, program)}, not at {row.next_change_at}"
    if net(kept.entries) != due(stretch):
        yield "I2 I11 replay", "the entries do not come to what all facts folded again would post"
    for step in stretch.steps:
        deal = step.ruling.deal
        if deal and isinstance(deal.fact, Sale):
            over = [i for i, quantity in deal.returned.items() if quantity > deal.fact.lines[i].quantity]
            if over:
                yield "I6 returns", f"more of line {over[0]} of {deal.fact.id} came back than was sold"


def net(entries: Sequence[Sealed]) -> Counter[Moved]:
    """What the entries come to, corrections included."""
    found = total(Moved(entry.step, entry_of(entry)) for entry in entries)
    return Counter({key: points for key, points in found.items() if points})


def due(stretch: Stretch) -> Counter[Moved]:
    return Counter({key: points for key, points in total(stretch.moved).items() if points})


def entry_of(sealed: Sealed) -> Entry:
    return Entry(
        sealed.fact_id, sealed.at, sealed.account, sealed.counter, sealed.currency, sealed.lot or 0, sealed.funder,
        sealed.term, sealed.edition, sealed.points,
    )  # fmt: skip


def beside(kept: Records, stretch: Stretch, program: Program) -> Iterator[tuple[str, str]]:
    """What is kept beside the standing: deals, checkpoints, the profile, and why points moved."""
    if sorted(map(astuple, kept.deals)) != sorted(map(astuple, stretch.deals)):
        yield "replay", "the deals are others"
    dense = [each for each in stretch.checkpoints if refold.stands(each.facts, kept.row.facts)]
    if kept.checkpoints != dense:
        yield "replay", "the checkpoints are others"
    if kept.profile != ways.profile_of(stretch.now, stretch.end.habits, program):
        yield "profile", "the profile is not what the standing says"
    for fact, step in zip(kept.facts, stretch.steps, strict=True):
        if fact.reasons != to_builtins(list(step.reasons)) or fact.told != refold.keys(step.news):
            yield "replay", f"fact {fact.id} gives other reasons"
