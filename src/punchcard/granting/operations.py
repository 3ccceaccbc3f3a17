"""Find the terms on which a door decides, say what would be granted, and set it aside."""

from collections.abc import Container, Mapping, Sequence
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
    offered: Sequence[Container[str]] | None = None,
) -> list[tuple[str, ...]]:
    """The terms on which the door decides for each of these members at an instant: those with a budget, draws, and
    those of a segment that the member is in. The occasion is `sale` or the kind of an activity. `program`: as it was
    just asked for, else it is asked for here. `offered`: the offers that are each member's; those with a budget are among
    the answer."""
    program = program or await rulebooks.program(db)
    waiting = [waiting_at(program, occasion, at) for _, at in wanted]
    looked_at = [each for each, terms in zip(wanted, waiting, strict=True) if any(term.segment for term in terms)]
    profiles = await segments.profiles(db, dict.fromkeys(looked_at)) if looked_at else {}
    mine: Sequence[Container[str]] = offered or [() for _ in wanted]
    return [
        tuple(
            [
                term.id
                for term in terms
                if (term.id in theirs if term.offered else await meant(db, term, profiles.get(each), each[1], program))
            ]
        )
        for each, terms, theirs in zip(wanted, waiting, mine, strict=True)
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


async def meant(db: Connection, term: Term, profile: Profile | None, at: Instant, program: Program) -> bool:
    """Whether the term names no segment, or one of that instant that the member is in."""
    if not term.segment:
        return True
    segment = next((each for each in program.era(at).frame.segments if each.id == term.segment), None)
    return (
        profile is not None
        and segment is not None
        and segments.holds(await segments.placed(db, segment.who), profile, at)
    )


async def offered(database: Database, member_id: UUID, fact: Granted, terms: tuple[str, ...], at: Instant) -> Granted:
    """The fact with what would be granted now; nothing is set aside, and no lot is drawn."""
    if not terms:
        return fact
    trial = await as_if_granted(database, member_id, fact, terms, at)
    sure = tuple(term for term in terms if not promised(trial.program, term, fact.at).draw_percent)
    async with database.reading() as db:
        wanted = wanted_of(trial, fact, sure)
        left = await budgets.left(db, wanted)
    return granted(fact, without_budget(trial.program, sure, fact.at) | ceilings(trial, fact, wanted, left))


async def reserved(database: Database, member_id: UUID, fact: Granted, terms: tuple[str, ...], at: Instant) -> Granted:
    """The fact with what was drawn and set aside for it. The same fact again is granted the same from budgets."""
    if not terms:
        return fact
    trial = await as_if_granted(database, member_id, fact, terms, at)
    won = tuple(term for term in terms if wins(promised(trial.program, term, fact.at)))
    wanted = wanted_of(trial, fact, won)
    got = ceilings(trial, fact, wanted, await budgets.reserve(database, fact.id, wanted, at))
    return granted(fact, dict.fromkeys(terms, 0) | without_budget(trial.program, won, fact.at) | got)


async def as_if_granted(
    database: Database, member_id: UUID, fact: Granted, terms: tuple[str, ...], at: Instant
) -> Trial:
    """What the fact would use, if there were enough of everything."""
    most = {term: ceiling_of(fact, term) for term in terms}
    return await journal.quote_at_once(database, member_id, granted(fact, most), at)


def ceiling_of(fact: Sale | Activity, term: str) -> int:
    """What the fact's own grant says already, as of an offer, or as good as any number."""
    return fact.grants.get(term, CEILING_POINTS)


def wanted_of(trial: Trial, fact: Sale | Activity, terms: tuple[str, ...]) -> dict[str, Wanted]:
    """What the fact would use of each pot."""
    found: dict[str, Wanted] = {}
    for id in terms:
        term, points = promised(trial.program, id, fact.at), trial.ruling.levels.get(id, 0)
        if term.budget and points:
            until = trial.program.period_end(fact.at, term.budget.every)
            drawn = budgets.pots(term, points, getattr(fact, "shop", ""), budgets.worth_of(trial.program, term))
            found |= {pot: Wanted(amount, limit, until) for pot, (amount, limit) in drawn.items()}
    return found


def ceilings(
    trial: Trial, fact: Sale | Activity, wanted: Mapping[str, Wanted], got: Mapping[str, int]
) -> dict[str, int]:
    """What each term may give, by what its pots gave."""
    terms = [promised(trial.program, id, fact.at) for id in sorted({pot.partition("/")[0] for pot in wanted})]
    return {
        term.id: budgets.ceiling(term, wanted, got, budgets.worth_of(trial.program, term), ceiling_of(fact, term.id))
        for term in terms
    }


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
