"""When a member's points expire: a calendar of all that will, what expires first first."""

from collections import Counter
from datetime import date, datetime
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.programme import NEVER, Program, Standing

from . import operations


class Expiry(Struct, frozen=True):
    """Points that expire at one instant. `pending`: they are earned and have not begun yet."""

    day: date
    """The last local day on which they can be spent."""
    at: datetime
    """From then on they are gone."""
    points: int
    pending: bool


@get("/me/card/expiries")
async def list_expiries(
    database: NamedDependency[Database], member_id: NamedDependency[UUID], at: NamedDependency[Instant]
) -> list[Expiry]:
    """All of your points that will expire as things stand, by their last day; what expires first first. What a till has
    set aside and what waits for an activity is not among them."""
    async with database.reading() as db:
        standing, program, _ = await operations.look(db, member_id, at)
    return expiries(standing, program)


def expiries(standing: Standing, program: Program) -> list[Expiry]:
    """Of the currency that the card shows; the first that has begun is what the card calls `expiring`."""
    found: Counter[tuple[Instant, bool]] = Counter()
    for lot in standing.lots:
        if lot.currency == program.main and lot.expires < NEVER:
            found[lot.expires, bool(lot.starts)] += lot.points
    return [
        Expiry(program.day(end - 1), moment(end), points, pending) for (end, pending), points in sorted(found.items())
    ]


routes = [list_expiries]
