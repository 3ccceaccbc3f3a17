"""Facts that come when their day is long past: what they would have given is settled as an adjustment of today, so that
what members have read of those days stays as it was. Whoever wants an old fact in its old place asks `submit` by name."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Malformed, OtherBody
from punchcard.programme import OWN, Activity, Adjustment, AnyFact, Program, Sale, position

from . import doors, refold, sql
from .deciding import DealDoor, Door, Receipt
from .late import deals_for
from .model import Printed, Recorded
from .operations import remembered, whose
from .rules import latest
from .writer import submit, undecided

REASON = "late"
CLOCKS_SINCE: Instant = 946_684_800
"""A till or phone whose clock stands before 2000 has lost it."""


def happened(by_their_clock: datetime | None, at: Instant) -> Instant:
    """When something happened that is told now, by the clock of who tells it: never later than now, so that nothing
    expires early."""
    said = at if by_their_clock is None else min(int(by_their_clock.timestamp()), at)
    if said < CLOCKS_SINCE:
        raise Malformed(pointer="/at", why="before the year 2000")
    return said


async def submit_in_time(
    database: Database,
    member_id: UUID,
    fact: AnyFact,
    at: Instant,
    late_seconds: int,
    *,
    door: Door | None = None,
    receipt: Receipt | None = None,
    deal_door: DealDoor | None = None,
    asked: bytes | None = None,
    printed: Printed | None = None,
) -> Recorded:
    """`submit`, for a door that lets nothing in at an old place: what is later than `late_seconds` takes effect `at`.

    Of a sale or an activity the points are settled as adjustments, one a currency; the last one written is of what a
    card shows and bears the fact's id, so that whoever asks again knows whether all are there. Anything else happens now."""
    if fact.at >= at - late_seconds:
        return await submit(
            database, member_id, fact, at, door=door, receipt=receipt, deal_door=deal_door, asked=asked, printed=printed
        )
    fact = refold.canonical(fact)
    asked = refold.to_bytes(undecided(fact)) if asked is None else asked
    if not isinstance(fact, Sale | Activity):
        now = replace(fact, at=at)
        return await submit(
            database, member_id, now, at, door=door, receipt=receipt, deal_door=deal_door, asked=asked, printed=printed
        )
    async with database.reading() as db:
        if known := await remembered(db, fact.id, asked):
            return known
        if await whose(db, fact.id):
            raise OtherBody(id=fact.id)
        program = await latest(db)
        given = await would_have_given(db, member_id, fact, at, program)
    for currency in sorted(given.keys() - {program.main}):
        more = adjustment(fact, f"{fact.id}/{currency}", given[currency], currency, at)
        await submit(database, member_id, more, at, asked=asked)
    settled = adjustment(fact, fact.id, given[program.main], program.main, at)
    return await submit(database, member_id, settled, at, door=door, receipt=receipt, asked=asked, printed=printed)


def adjustment(fact: AnyFact, id: str, points: int, currency: str, at: Instant) -> Adjustment:
    return Adjustment(id=id, at=at, points=points, reason=REASON, currency=currency, note=moment(fact.at).isoformat())


async def would_have_given(
    db: Connection, member_id: UUID, fact: AnyFact, at: Instant, program: Program
) -> Counter[str]:
    """What the member would have gained by this fact in its own place, by currency; nothing else is changed by it."""
    doors.check(member_id, fact, at, program)
    found = await sql.checkpoint_before(db, member_id, *position(fact))
    start = refold.place(found.state, found.habits, found.facts) if found else refold.nowhere(member_id)
    after = (found.at, found.fact_id) if found else (0, "")
    stored = [refold.fact_from(each.body) for each in await sql.facts_between(db, member_id, after, position(fact))]
    facts = [*stored, fact]
    stretch = refold.refold(start, facts, await deals_for(db, member_id, facts, after), fact.at, program)
    given: Counter[str] = Counter()
    for entry in stretch.step_of(fact).ruling.entries:
        given[entry.currency] += entry.points * ((entry.account in OWN) - (entry.counter in OWN))
    return Counter({currency: points for currency, points in given.items() if points})
