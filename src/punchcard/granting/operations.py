"""Find the terms on which a door decides, say what would be granted, and set it aside."""

from collections.abc import Mapping, Sequence
from random import SystemRandom
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace

from punchcard import budgets, journal, members, rulebooks, segments
from punchcard.budgets import Wanted
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.journal import Trial
from punchcard.programme import Activity, Program, Sale, Term
from punchcard.segments import Profile

CEILING_POINTS = 1_000_000_000
"""A grant without a budget of its own."""

chance = SystemRandom()
Granted = TypeVar("Granted", Sale, Activity)


async def decided_here(
    db: Connection,
    wanted: Sequence[tuple[UUID, Instant]],
    occasion: str = "sale",
    program: Program | None = None,
) -> list[tuple[str, ...]]:
    """The terms on which the door decides for each of these members at an instant: those with a budget, draws, and
    those of a segment that the member is in. The occasion is `sale` or the kind of an activity. `program`: as it was
    just asked for, else it is asked for here."""
    program = program or await rulebooks.program(db)
    waiting = [waiting_at(program, occasion, at) for _, at in wanted]
    looked_at = [each for each, terms in zip(wanted, waiting, strict=True) if any(term.segment for term in terms)]
    profiles = await segments.profiles(db, dict.fromkeys(looked_at)) if looked_at else {}
    return [
        tuple(term.id for term in terms if meant(term, profiles.get(each), each[1], program))
        for each, terms in zip(wanted, waiting, strict=True)
    ]


async def birthdays(
    db: Connection,
    wanted: Sequence[tuple[UUID, Instant]],
    occasion: str = "sale",
    program: Program | None = None,
) -> list[int]:
    """What the fact of each of these members at an instant says of their birthday: month * 100 + day, and 0 unless a
    promise on that occasion asks for it, so that no journal knows a birthday without need. `program`: as above."""
    program = program or await rulebooks.program(db)
    asking = {member_id for member_id, at in wanted if asks_for_birthday(program, occasion, at)}
    known = await members.birthdays(db, sorted(asking)) if asking else {}
    return [known.get(member_id, 0) if asks_for_birthday(program, occasion, at) else 0 for member_id, at in wanted]


def asks_for_birthday(program: Program, occasion: str, at: Instant) -> bool:
    return program.by_birthday and any(
        term.birthday and term.on == occasion and term.holds(at) for term in program.rulebook.terms
    )


def waiting_at(program: Program, occasion: str, at: Instant) -> list[Term]:
    return [
        term
        for term in program.rulebook.terms
        if term.scarce and term.on == occasion and (term.segment or term.budget or term.draw_percent) and term.holds(at)
    ]


def meant(term: Term, profile: Profile | None, at: Instant, program: Program) -> bool:
    """Whether the term names no segment, or one of that instant that the member is in."""
    if not term.segment:
        return True
    segment = next((each for each in program.era(at).frame.segments if each.id == term.segment), None)
    return profile is not None and segment is not None and segments.holds(segment.who, profile, at)


async def offered(database: Database, member_id: UUID, fact: Granted, terms: tuple[str, ...], at: Instant) -> Granted:
    """The fact with what would be granted now; nothing is set aside, and no lot is drawn."""
    if not terms:
        return fact
    trial = await as_if_granted(database, member_id, fact, terms, at)
    sure = tuple(term for term in terms if not promised(trial.program, term, fact.at).draw_percent)
    async with database.reading() as db:
        left = await budgets.left(db, wanted_of(trial, fact, sure))
    return granted(fact, without_budget(trial.program, sure, fact.at) | left)


async def reserved(database: Database, member_id: UUID, fact: Granted, terms: tuple[str, ...], at: Instant) -> Granted:
    """The fact with what was drawn and set aside for it. The same fact again is granted the same from budgets."""
    if not terms:
        return fact
    trial = await as_if_granted(database, member_id, fact, terms, at)
    won = tuple(term for term in terms if wins(promised(trial.program, term, fact.at)))
    got = await budgets.reserve(database, fact.id, wanted_of(trial, fact, won), at)
    return granted(fact, dict.fromkeys(terms, 0) | without_budget(trial.program, won, fact.at) | got)


async def as_if_granted(
    database: Database, member_id: UUID, fact: Granted, terms: tuple[str, ...], at: Instant
) -> Trial:
    """What the fact would use, if there were enough of everything."""
    return await journal.quote_at_once(database, member_id, granted(fact, dict.fromkeys(terms, CEILING_POINTS)), at)


def wanted_of(trial: Trial, fact: Sale | Activity, terms: tuple[str, ...]) -> dict[str, Wanted]:
    """What the fact would use of each budget."""
    found: dict[str, Wanted] = {}
    for id in terms:
        budget, points = promised(trial.program, id, fact.at).budget, trial.ruling.levels.get(id, 0)
        if budget and points:
            found[id] = Wanted(points, budget.limit, trial.program.period_end(fact.at, budget.every))
    return found


def without_budget(program: Program, terms: tuple[str, ...], at: Instant) -> dict[str, int]:
    return {term: CEILING_POINTS for term in terms if promised(program, term, at).budget is None}


def promised(program: Program, id: str, at: Instant) -> Term:
    """The term of this id that holds at the instant."""
    return next(term for term in program.rulebook.terms if term.id == id and term.holds(at))


def wins(term: Term) -> bool:
    """Whether chance gives this term, if it is a draw."""
    return not term.draw_percent or chance.randrange(100) < term.draw_percent


def granted(fact: Granted, grants: Mapping[str, int]) -> Granted:
    return replace(fact, grants={**fact.grants, **grants})
