"""What a journal is asked: what a fact would do, where a member stands, and why."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from msgspec import convert

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import OtherBody
from punchcard.foundation.money import Money
from punchcard.foundation.together import Together
from punchcard.programme import (
    BREAKAGE,
    MEMBER,
    NEVER,
    OWN,
    PENDING,
    Activity,
    AnyFact,
    Deal,
    Entry,
    Program,
    Reason,
    Sale,
    Standing,
    about,
    adjudicate,
    advance,
    balance,
    decode,
    outlook,
    pending,
)

from . import doors, refold, sql
from .deciding import changes_at
from .model import Peeked, Recorded, StepRow, Trial, Whose
from .rules import compiled, latest
from .views import CardView, Expiring, Line


async def quote(db: Connection, member_id: UUID, fact: AnyFact, at: Instant) -> Trial:
    """What this fact would do, if it came after everything known; nothing is kept. Refuses what cannot be."""
    found = await sql.peek(db, member_id, about(fact) or "")
    return tried(member_id, found, await compiled(db, found.rulebook), fact, at)


async def quote_at_once(database: Database, member_id: UUID, fact: Sale | Activity, at: Instant) -> Trial:
    """The same of a fact that speaks of no deal, where many ask: whoever asks meanwhile is answered by the same statement."""
    known = await peeks.get(database, member_id)
    assert known is not None, "whoever has no journal yet stands at its beginning"
    return tried(member_id, *known, fact, at)


async def look_up(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, tuple[Peeked, Program]]:
    """The rows of these members, and the program that they follow."""
    found = await sql.peek_each(db, member_ids)
    return {member_id: (row, await compiled(db, row.rulebook)) for member_id, row in found.items()}


peeks = Together(look_up)


def tried(member_id: UUID, found: Peeked, program: Program, fact: AnyFact, at: Instant) -> Trial:
    """What the fact would do to this row."""
    doors.check(member_id, fact, at, program)
    before = advance(standing_of(member_id, found, program), max(at, fact.at), program).standing
    deal = refold.deal_from(found.deal) if found.deal else None
    return Trial(before, adjudicate(before, fact, program, deal), program)


async def standing(db: Connection, member_id: UUID, at: Instant) -> Standing:
    """Where the member stands at this instant (or later, if the worker has been there)."""
    return (await look(db, member_id, at))[0]


async def deal(db: Connection, member_id: UUID, id: str) -> Deal | None:
    """What the sale or claim of this id has become, if it stands in this journal."""
    found = await sql.peek(db, member_id, id)
    return refold.deal_from(found.deal) if found.deal else None


async def look(db: Connection, member_id: UUID, at: Instant) -> tuple[Standing, Program, int]:
    """The standing, the program it follows from, and how often it has changed."""
    found = await sql.peek(db, member_id, "")
    program = await compiled(db, found.rulebook)
    return advance(standing_of(member_id, found, program), at, program).standing, program, found.version


async def look_each(db: Connection, wanted: Sequence[tuple[UUID, Instant]]) -> list[tuple[Standing, Program, int]]:
    """The same of each of these members at their instants."""
    known = await look_up(db, list({member_id for member_id, _ in wanted}))
    found = []
    for member_id, at in wanted:
        row, program = known[member_id]
        found.append((advance(standing_of(member_id, row, program), at, program).standing, program, row.version))
    return found


def standing_of(member_id: UUID, found: Peeked, program: Program) -> Standing:
    if found.state is None:
        return refold.nowhere(member_id).standing
    return advance(decode(found.state), found.ticked_at, program).standing


async def card(db: Connection, member_id: UUID, at: Instant) -> CardView:
    """What the member's card says now, and what comes next."""
    return card_of(*await look(db, member_id, at))


def card_of(standing: Standing, program: Program, version: int) -> CardView:
    """The same of a standing that is at hand."""
    tiers, ahead = program.tiers(standing.at), outlook(standing, program)
    tier = ahead.tier
    following = None if ahead.following is None else tiers[ahead.following]
    lots = [lot for lot in standing.lots if lot.currency == program.main and not lot.starts and lot.expires < NEVER]
    first = min((lot.expires for lot in lots), default=0)
    points = balance(standing, program.main)
    return CardView(
        version=version,
        points=points,
        unit=program.currencies[program.main].name,
        worth=Money(points * program.rulebook.point_value, program.rulebook.currency),
        pending=pending(standing, program.main),
        owed=standing.owed.get(program.main, 0),
        visits=standing.visits,
        tier=tiers[tier].id,
        tier_name=tiers[tier].name,
        tier_until=ahead.until or None,
        projected_tier=tiers[ahead.projected].id,
        projected_tier_name=tiers[ahead.projected].name,
        to_stay=ahead.to_stay,
        next_tier=following.id if following else None,
        next_tier_name=following.name if following else {},
        missing=ahead.missing,
        next_threshold=following.threshold if following else 0,
        next_change_at=changes_at(standing, program),
        expiring=Expiring(sum(lot.points for lot in lots if lot.expires == first), first) if lots else None,
    )


async def statement(db: Connection, member_id: UUID, before: sql.Position | None = None, limit: int = 30) -> list[Line]:
    """The journal as the member reads it, the newest first: what moved points, and why; from before a position on."""
    steps = await sql.page(db, member_id, *(before or (NEVER, "")), limit)
    if not steps:
        return []
    main = (await latest(db)).main
    first, last = (steps[-1].at, steps[-1].id), (steps[0].at, steps[0].id)
    moved: dict[sql.Position, list[Entry]] = {}
    for each in await sql.posted_between(db, member_id, first, last):
        moved.setdefault((each.entry.at, each.step), []).append(each.entry)
    return [line_of(step, moved.get((step.at, step.id), []), main) for step in steps]


def line_of(step: StepRow, entries: list[Entry], main: str) -> Line:
    points, waiting = gained(entries, MEMBER, main), gained(entries, PENDING, main)
    if step.body is None:
        return Line(id="", at=step.at, kind="time", points=points, pending=waiting, reasons=by_time(entries))
    fact = refold.fact_from(step.body)
    return Line(
        id=fact.id,
        at=fact.at,
        kind=type(fact).__name__.lower(),
        points=points,
        pending=waiting,
        shop=fact.shop if isinstance(fact, Sale) else "",
        amount=sum(line.amount for line in fact.lines) if isinstance(fact, Sale) else None,
        reasons=convert(step.reasons, tuple[Reason, ...]),
    )


def gained(entries: Iterable[Entry], account: str, currency: str) -> int:
    """What this account of the member gained of a currency."""
    return sum(
        entry.points * ((entry.account == account) - (entry.counter == account))
        for entry in entries
        if entry.currency == currency
    )


def by_time(entries: Iterable[Entry]) -> tuple[Reason, ...]:
    """What time did, in the words of reasons: points expired, could be spent from now on, or came back."""
    found: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if entry.account == BREAKAGE:
            found["", "expired"] -= entry.points
        elif entry.counter == PENDING:
            found["", "activated"] += entry.points
        elif entry.account in OWN:
            found[entry.term, "given-back"] += entry.points
    return tuple(Reason(term, verdict, points) for (term, verdict), points in found.items() if points)


async def whose(db: Connection, fact_id: str) -> Whose | None:
    """In whose journal the fact of this id stands, if in any."""
    return await sql.whose(db, fact_id)


async def remembered(db: Connection, fact_id: str, asked: bytes) -> Recorded | None:
    """What was answered when just this was asked under this id before; for a door that would refuse it by now. OtherBody
    where something else was asked under it."""
    found = await sql.remembered(db, fact_id)
    if found is None:
        return None
    if found.asked != hashlib.sha256(asked).digest():
        raise OtherBody(id=fact_id)
    return Recorded(fact_id, found.receipt, repeated=True, ruling=None)
