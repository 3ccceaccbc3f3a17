"""Members are reminded of their own points that end soon: once for each instant at which some end, a week before."""

from collections.abc import Iterator
from uuid import UUID

from punchcard import segments
from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Due
from punchcard.segments import Profile

from . import reminding_sql, sql

DAYS_BEFORE = 7
LOOKED_AT_ONCE = 20_000


async def remind_due(database: Database, at: Instant) -> int:
    """Look at the next members of today's walk; says how many are to be reminded. The clock calls it."""
    async with database.transaction() as db:
        walk = await reminding_sql.walk(db, at)
        if walk is None:
            return 0
        soon = segments.ExpiringWithin(days=DAYS_BEFORE)
        page = await segments.page(db, soon, at, walk.through, LOOKED_AT_ONCE)
        reminded = await remind(db, page.members, at)
        await reminding_sql.walked(db, page.through, page.is_last)
    return reminded


async def remind(db: Connection, members: list[UUID], at: Instant) -> int:
    """Let these members be told of what they were not told yet."""
    profiles = await segments.profiles(db, [(member_id, at) for member_id in members])
    ends = [(member_id, when) for (member_id, _), profile in profiles.items() for when in ending(profile, at)]
    told = await sql.known(db, [(member_id, key_of(when)) for member_id, when in ends])
    rows = [(member_id, due(when)) for member_id, when in ends if (member_id, key_of(when)) not in told]
    if rows:
        await outbox.put_many(db, rows, at)
    return len(rows)


def ending(profile: Profile, at: Instant) -> Iterator[Instant]:
    """When points of theirs end within the week."""
    return (when for when, points in profile.expiring if at < when <= at + DAYS_BEFORE * DAY and points > 0)


def key_of(when: Instant) -> str:
    return f"reminder:{when}"


def due(when: Instant) -> Due:
    return Due("push.announce", key_of(when), payload={"kind": "reminder", "subject": str(when)})
