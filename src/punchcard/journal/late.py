"""A fact that comes after others are known which stand behind it: fold again from before it, post the difference."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import to_builtins
from msgspec.structs import replace

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.programme import AnyFact, Deal, about, holdings, position

from . import refold, sql
from .ledger import compensate
from .model import Case, Moved, StoredFact
from .refold import Outcome, Place, Stretch, fact_from, keys, untold

Position = tuple[Instant, str]


async def settle(db: Connection, member_id: UUID, case: Case) -> Outcome:
    """What the late fact does in its own place, and what that changes behind it."""
    if case.is_last:
        return outcome(case, behind_a_tick(case), [Moved("", entry) for entry in case.ticked.entries])
    found = await sql.checkpoint_before(db, member_id, *position(case.fact))
    start = refold.place(found.state, found.habits, found.facts) if found else refold.nowhere(member_id)
    after = (found.at, found.fact_id) if found else (0, "")
    stored = await sql.facts_after(db, member_id, *after)
    facts = sorted([*(fact_from(each.body) for each in stored), case.fact], key=position)
    stretch = again(case, start, facts, await deals_for(db, member_id, facts, after))
    posted = await sql.posted_after(db, member_id, *after)
    return replace(outcome(case, stretch, posted, stored), retold=retold(stored, stretch), cut_after=after)


def behind_a_tick(case: Case) -> Stretch:
    """Only what time did is known behind the fact: a till's clock is a little behind the worker's."""
    start = refold.place(case.held.state, case.held.habits, case.held.facts)
    return again(case, start, [case.fact], {case.deal.fact.id: case.deal} if case.deal else {})


def again(case: Case, start: Place, facts: Sequence[AnyFact], deals: dict[str, Deal]) -> Stretch:
    return refold.refold(start, facts, deals, case.held.ticked_at, case.program)


async def deals_for(db: Connection, member_id: UUID, facts: Sequence[AnyFact], after: Position) -> dict[str, Deal]:
    """The deals that these facts are about, as they were right after the fact at this position."""
    named = sorted({id for fact in facts if (id := about(fact))})
    bodies = await sql.deals_as_of(db, member_id, named, *after) if named else []
    return {deal.fact.id: deal for deal in map(refold.deal_from, bodies)}


def outcome(case: Case, stretch: Stretch, posted: Sequence[Moved], stored: Sequence[StoredFact] = ()) -> Outcome:
    """The difference between what was posted and told and what should have been."""
    mine = stretch.step_of(case.fact)
    told = [key for each in stored for key in each.told] + keys(case.ticked.news)
    return Outcome(
        stretch,
        mine,
        replace(mine.ruling, standing=stretch.now),
        compensate(posted, stretch.moved, holdings(case.ticked.standing)),
        untold(stretch.news, told),
        keys(mine.news),
    )


def retold(stored: Sequence[StoredFact], stretch: Stretch) -> list[StoredFact]:
    """The facts whose reasons are others now."""
    steps = {step.fact.id: step for step in stretch.steps}
    again = [
        replace(each, reasons=to_builtins(list(steps[each.id].reasons)), told=keys(steps[each.id].news))
        for each in stored
    ]
    return [new for old, new in zip(stored, again, strict=True) if new != old]
