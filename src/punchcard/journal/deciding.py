"""What a fact does when it comes: the doors, the fold, and all that is to be written. Nothing here asks the database."""

from asyncio import Future
from collections.abc import Callable
from uuid import UUID

from msgspec import Struct, json
from msgspec.structs import replace

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import OtherBody
from punchcard.foundation.news import follows
from punchcard.foundation.outbox import Due
from punchcard.programme import (
    ADJUSTED,
    ISSUED,
    REDEEMED,
    AnyFact,
    Deal,
    Program,
    Ruling,
    Standing,
    about,
    adjudicate,
    advance,
    encode,
    holdings,
    next_change_at,
)

from . import doors, levels, refold
from . import habits as ways
from .ledger import link_fact, seal
from .model import Case, Held, KeptFact, Paper, Posting, Printed, ReceiptTaken, Recorded, Row, Sealed
from .refold import Outcome, Place, Stretch, keys
from .sql import UNPRINTED, Asked
from .views import gained_from

HEARD = Due("webhooks.tell")
"""Somebody outside wants to hear what happened to this member: a level, since they read the journal itself."""

Door = Callable[[Standing, Ruling, Program], None]
"""May refuse, by the standing right before the fact (at its instant) and what the fact would do."""
Receipt = Callable[[Standing, Ruling, Program], bytes]
"""What the caller is answered; kept with the fact. The ruling's standing is where the member stands after all."""
DealDoor = Callable[[Deal | None], None]
"""May refuse, by what the deal that the fact is about has become."""


class Ask(Struct, frozen=True, eq=False):
    """Somebody asks for a fact to be written, and waits for the answer."""

    member_id: UUID
    fact: AnyFact
    at: Instant
    digest: bytes
    """SHA-256 of what was asked, so that a repeat is known."""
    door: Door | None
    receipt: Receipt | None
    deal_door: DealDoor | None
    answer: Future[Recorded]
    printed: Printed | None = None

    @property
    def names(self) -> Asked:
        """What the fact is found by, and what of its receipt."""
        paper = self.printed
        printed = (paper.shop, paper.till, paper.day, paper.number) if paper else UNPRINTED
        return self.member_id, self.fact.id, about(self.fact) or "", *printed


def repeated(ask: Ask, held: Held) -> Recorded | None:
    """What was answered to the same before; OtherBody if something else was written under this id."""
    if held.known:
        asked, answered = held.known
        if asked == ask.digest:
            return Recorded(ask.fact.id, answered, repeated=True, ruling=None)
    elif not held.owner:
        return None
    raise OtherBody(id=ask.fact.id)


def going_on(held: Held, row: Row) -> Held:
    """The member's row as the fact before this one, in the same transaction, will leave it."""
    return replace(
        held,
        at=row.at,
        fact_id=row.fact_id,
        facts=row.facts,
        entries=row.entries,
        head=row.head,
        ticked_at=row.ticked_at,
        state=row.state,
        habits=row.habits,
    )


def case_of(ask: Ask, held: Held, program: Program) -> Case:
    """The fact and all that is known of the member it happened to, if it can be, and the deal's door lets it in."""
    if held.printed not in (None, ask.fact.id):
        raise ReceiptTaken(sale=held.printed)
    doors.check(ask.member_id, ask.fact, ask.at, program)
    fact = after_all(ask.fact, held) if ask.fact.at >= ask.at else ask.fact
    deal = refold.deal_from(held.deal) if held.deal else None
    if ask.deal_door:
        ask.deal_door(deal)
    return Case(held, fact, program, deal, ticked(held, program))


def after_all(fact: AnyFact, held: Held) -> AnyFact:
    """What happens now comes after everything known, though it be within the same second under a smaller id."""
    if (fact.at, fact.id) > (held.at, held.fact_id):
        return fact
    return replace(fact, at=held.at if fact.id > held.fact_id else held.at + 1)


def ticked(held: Held, program: Program) -> Ruling:
    """What the worker has posted since the last fact; its standing is where the entries so far have led."""
    last = refold.place(held.state, held.habits, held.facts).standing
    return advance(last, held.ticked_at, program) if held.ticked_at > held.at else Ruling(last)


def as_things_stand(case: Case) -> tuple[Standing, Ruling, Program]:
    """The fact as if it came after everything known: what has been spent since cannot be spent by a late one."""
    before = advance(case.ticked.standing, case.fact.at, case.program).standing
    return before, adjudicate(before, case.fact, case.program, case.deal), case.program


def next_in_order(case: Case) -> Outcome:
    """The ordinary case: nothing known comes after this fact."""
    held, deals = case.held, {case.deal.fact.id: case.deal} if case.deal else {}
    start = Place(case.ticked.standing, ways.decode(held.habits), held.facts)
    stretch = refold.refold(start, [case.fact], deals, case.fact.at, case.program)
    (mine,) = stretch.steps
    told = keys(case.ticked.news) + keys(mine.news)
    return Outcome(stretch, mine, mine.ruling, stretch.moved, stretch.news, told)


def written(ask: Ask, case: Case, outcome: Outcome) -> tuple[Recorded, Posting]:
    """What is answered, and all that is kept, if the door lets the fact in."""
    if ask.door:
        ask.door(outcome.before, outcome.ruling, case.program)
    receipt = ask.receipt(outcome.before, outcome.ruling, case.program) if ask.receipt else b""
    posting = posting_of(ask, case, outcome, receipt)
    return Recorded(case.fact.id, receipt, repeated=False, ruling=outcome.ruling), posting


def posting_of(ask: Ask, case: Case, outcome: Outcome, receipt: bytes) -> Posting:
    """The fact and all that follows from it."""
    member_id, asked, at, printed = ask.member_id, ask.digest, ask.at, ask.printed
    held, fact, stretch, seq = case.held, case.fact, outcome.stretch, case.held.facts + 1
    link = link_fact(held.head, member_id, seq, fact, asked, receipt)
    entries = seal(outcome.moved, member_id, held.entries, link, holdings(case.ticked.standing), holdings(stretch.now))
    kept = KeptFact(
        id=fact.id,
        at=fact.at,
        seq=seq,
        body=json.encode(fact).decode(),
        asked=asked,
        receipt=receipt,
        after_entry=held.entries,
        hash=link,
        reasons=outcome.mine.reasons,
        told=outcome.told,
    )
    dues = [
        *follows(outcome.news),
        *levels.dues(stretch, {fact.id, *(each.id for each in outcome.retold)}, case.program, fact.id),
    ]
    return Posting(
        row=row_of(stretch, held, case.program, entries, link),
        profile=ways.profile_of(stretch.now, stretch.end.habits, case.program),
        entries=entries,
        dues=[*dues, HEARD] if held.listened else dues,
        due_at=at,
        fact=kept,
        deals=stretch.deals,
        checkpoints=[each for each in stretch.checkpoints if refold.stands(each.facts, seq)],
        thinned=refold.outgrown(seq),
        paper=paper_of(printed, fact, outcome.ruling, case.program) if printed else None,
    )


def paper_of(printed: Printed, fact: AnyFact, ruling: Ruling, program: Program) -> Paper:
    """The printed receipt as it is kept: with what the fact moved of what a card shows."""
    earned = gained_from(ISSUED, ruling, program) + gained_from(ADJUSTED, ruling, program)
    spent = -gained_from(REDEEMED, ruling, program)
    return Paper(printed, fact.id, earned, spent, fact.at)


def row_of(stretch: Stretch, held: Held, program: Program, entries: list[Sealed], link: bytes) -> Row:
    end, last = stretch.end, stretch.steps[-1].fact
    return Row(
        at=last.at,
        fact_id=last.id,
        facts=end.facts,
        entries=held.entries + len(entries),
        head=entries[-1].hash if entries else link,
        ticked_at=max(held.ticked_at, last.at),
        next_change_at=changes_at(stretch.now, program),
        rulebook=held.rulebook,
        state=encode(end.standing),
        habits=ways.encode(end.habits),
    )


def changes_at(standing: Standing, program: Program) -> Instant:
    """When time alone changes this standing next: by what is in it, or because another frame begins."""
    return min(next_change_at(standing), program.next_turn(standing.at))
