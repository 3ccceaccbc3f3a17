"""What only the door can know of a sale: what is left of a budget, and whether chance gives. It is written into the fact."""

from collections.abc import Mapping
from random import SystemRandom
from uuid import UUID

from msgspec.structs import replace

from punchcard import budgets, journal
from punchcard.budgets import Wanted
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.journal import Trial
from punchcard.programme import Program, Sale, Term

from .model import POINTS_MAX

chance = SystemRandom()


def decided_here(program: Program, at: Instant) -> tuple[str, ...]:
    """The terms of a sale at this instant that wait for the door: those with a budget, and draws. Whom a segment names
    is granted by nobody yet, so they go without."""
    return tuple(
        term.id
        for term in program.rulebook.terms
        if term.scarce
        and term.on == "sale"
        and (term.budget or term.draw_percent)
        and not term.segment
        and term.holds(at)
    )


async def offered(database: Database, member_id: UUID, sale: Sale, terms: tuple[str, ...], at: Instant) -> Sale:
    """The sale with what would be granted from budgets now; nothing is set aside, and no lot is drawn."""
    if not terms:
        return sale
    trial = await as_if_granted(database, member_id, sale, terms, at)
    async with database.reading() as db:
        left = await budgets.left(db, wanted(trial, sale, terms))
    return granted(sale, left)


async def reserved(database: Database, member_id: UUID, sale: Sale, terms: tuple[str, ...], at: Instant) -> Sale:
    """The sale with what was drawn and set aside for it. The same sale again is granted the same from budgets."""
    if not terms:
        return sale
    trial = await as_if_granted(database, member_id, sale, terms, at)
    won = tuple(term for term in terms if wins(promised(trial.program, term, sale.at)))
    got = await budgets.reserve(database, sale.id, wanted(trial, sale, won), at)
    drawn = {term: POINTS_MAX for term in won if promised(trial.program, term, sale.at).budget is None}
    return granted(sale, dict.fromkeys(terms, 0) | drawn | got)


async def as_if_granted(database: Database, member_id: UUID, sale: Sale, terms: tuple[str, ...], at: Instant) -> Trial:
    """What the sale would use, if there were enough of everything."""
    async with database.reading() as db:
        return await journal.quote(db, member_id, granted(sale, dict.fromkeys(terms, POINTS_MAX)), at)


def wanted(trial: Trial, sale: Sale, terms: tuple[str, ...]) -> dict[str, Wanted]:
    """What the sale would use of each budget."""
    found: dict[str, Wanted] = {}
    for id in terms:
        budget, points = promised(trial.program, id, sale.at).budget, trial.ruling.levels.get(id, 0)
        if budget and points:
            found[id] = Wanted(points, budget.limit, trial.program.period_end(sale.at, budget.every))
    return found


def promised(program: Program, id: str, at: Instant) -> Term:
    """The term of this id that holds at the instant."""
    return next(term for term in program.rulebook.terms if term.id == id and term.holds(at))


def wins(term: Term) -> bool:
    """Whether chance gives this term, if it is a draw."""
    return not term.draw_percent or chance.randrange(100) < term.draw_percent


def granted(sale: Sale, grants: Mapping[str, int]) -> Sale:
    return replace(sale, grants={**sale.grants, **grants})
