"""The only way into a journal. The writer owns the transaction: hold the member, fold, write everything, commit."""

import hashlib
from collections.abc import Callable
from uuid import UUID

import asyncpg
from msgspec import Raw, json
from msgspec.structs import replace

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import OtherBody
from punchcard.foundation.news import follows
from punchcard.programme import (
    AnyFact,
    Deal,
    Program,
    Ruling,
    Sale,
    Spend,
    Standing,
    about,
    adjudicate,
    advance,
    encode,
    next_change_at,
)

from . import habits as ways
from . import keeping, late, refold, sql
from .ledger import balances, link_fact, seal
from .model import Case, Held, KeptFact, Posting, Recorded, Row, Sealed
from .refold import Outcome, Place, Stretch, keys
from .rules import compiled

Door = Callable[[Standing, Ruling, Program], None]
"""May refuse, by the standing right before the fact (at its instant) and what the fact would do."""
Receipt = Callable[[Standing, Ruling, Program], bytes]
"""What the caller is answered; kept with the fact. The ruling's standing is where the member stands after all."""
DealDoor = Callable[[Deal | None], None]
"""May refuse, by what the deal that the fact is about has become."""


async def submit(
    database: Database,
    member_id: UUID,
    fact: AnyFact,
    at: Instant,
    *,
    door: Door | None = None,
    receipt: Receipt | None = None,
    deal_door: DealDoor | None = None,
    asked: bytes | None = None,
) -> Recorded:
    """Write a fact into the member's journal, if the doors let it in: four round trips from begin to commit.

    The same id again answers what the first one was answered and moves nothing, if the same was asked: by `asked`, else
    by the fact without what the door decides (time, grants, the voucher's end). Otherwise it raises OtherBody. A fact
    that happens now (`fact.at` is `at`) is given a time after all that is known; `before.at` says which. One that comes
    late passes the door twice: as things stand now, and in its own place."""
    fact = refold.canonical(fact)
    digest = hashlib.sha256(asked if asked is not None else refold.to_bytes(undecided(fact))).digest()
    try:
        async with database.transaction() as db:
            held = await hold(db, member_id, fact.id, about(fact) or "")
            if held.known:
                return repeat(fact, digest, held.known)
            if held.owner:
                raise OtherBody(id=fact.id)
            fact = after_all(fact, held) if fact.at >= at else fact
            case = case_of(held, fact, await compiled(db, held.rulebook))
            if deal_door:
                deal_door(case.deal)
            outcome = await judge(db, member_id, case, door)
            answer = receipt(outcome.before, outcome.ruling, case.program) if receipt else b""
            await keep(db, member_id, case, outcome, at, digest, answer)
            return Recorded(fact.id, answer, repeated=False, ruling=outcome.ruling)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "fact_owner_pkey":
            raise OtherBody(id=fact.id) from None
        raise


def undecided(fact: AnyFact) -> AnyFact:
    """The fact as it was asked for, without what the door decides anew each time."""
    match fact:
        case Sale():
            return replace(fact, at=0, grants={})
        case Spend():
            return replace(fact, at=0, until=0)
    return replace(fact, at=0)


async def hold(db: Connection, member_id: UUID, fact_id: str, deal_id: str) -> Held:
    """Hold the member, whose journal is opened if this is its first fact."""
    held = await sql.hold(db, member_id, fact_id, deal_id)
    if held is None:
        start = refold.nowhere()
        state, habits = encode(start.standing), ways.encode(start.habits)
        held = await sql.open_standing(db, member_id, fact_id, next_change_at(start.standing), state, habits)
    if held is None or held.seen != held.version:
        held = await sql.hold(db, member_id, fact_id, deal_id)
    assert held is not None and held.seen == held.version, "whoever holds a member sees what stands beside the row"
    return held


def repeat(fact: AnyFact, digest: bytes, known: list[bytes]) -> Recorded:
    asked, answered = known
    if asked != digest:
        raise OtherBody(id=fact.id)
    return Recorded(fact.id, answered, repeated=True, ruling=None)


def after_all(fact: AnyFact, held: Held) -> AnyFact:
    """What happens now comes after everything known, though it be within the same second under a smaller id."""
    if (fact.at, fact.id) > (held.at, held.fact_id):
        return fact
    return replace(fact, at=held.at if fact.id > held.fact_id else held.at + 1)


def case_of(held: Held, fact: AnyFact, program: Program) -> Case:
    """The fact and all that is known of the member it happened to."""
    deal = refold.deal_from(held.deal) if held.deal else None
    return Case(held, fact, program, deal, ticked(held, program))


def ticked(held: Held, program: Program) -> Ruling:
    """What the worker has posted since the last fact; its standing is where the entries so far have led."""
    last = refold.place(held.state, held.habits, held.facts).standing
    return advance(last, held.ticked_at, program) if held.ticked_at > held.at else Ruling(last)


async def judge(db: Connection, member_id: UUID, case: Case, door: Door | None) -> Outcome:
    """Ask the door and fold."""
    if case.is_last and case.fact.at >= case.held.ticked_at:
        outcome = next_in_order(case)
    else:
        if door:
            door(*as_things_stand(case))
        outcome = await late.settle(db, member_id, case)
    if door:
        door(outcome.before, outcome.ruling, case.program)
    return outcome


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


async def keep(
    db: Connection, member_id: UUID, case: Case, outcome: Outcome, at: Instant, asked: bytes, receipt: bytes
) -> None:
    """Write the fact and all that follows from it."""
    held, fact, stretch, seq = case.held, case.fact, outcome.stretch, case.held.facts + 1
    link = link_fact(held.head, member_id, seq, fact, asked, receipt)
    entries = seal(outcome.moved, member_id, held.entries, link, balances(case.ticked.standing), balances(stretch.now))
    if outcome.cut_after:
        await keeping.cut(db, member_id, *outcome.cut_after)
    if outcome.retold:
        await keeping.retell(db, member_id, outcome.retold)
    posting = Posting(
        row=row_of(stretch, held, case.program, entries, link),
        profile=ways.profile_of(stretch.now, stretch.end.habits, case.program),
        entries=entries,
        dues=follows(outcome.news),
        due_at=at,
        fact=KeptFact(
            fact.id,
            fact.at,
            seq,
            Raw(json.encode(fact)),
            asked,
            receipt,
            held.entries,
            link,
            outcome.mine.reasons,
            outcome.told,
        ),
        deals=stretch.deals,
        checkpoints=[each for each in stretch.checkpoints if refold.stands(each.facts, seq)],
        thinned=refold.outgrown(seq),
    )
    await keeping.write(db, member_id, posting)


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
