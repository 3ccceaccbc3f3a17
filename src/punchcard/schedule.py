"""The clock: everything that happens because time passes, in one table. Each line runs on one worker at a time."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from punchcard import (
    authorisation,
    budgets,
    insights,
    journal,
    members,
    offers,
    offline,
    passes,
    push,
    reconciliation,
    segments,
    staff,
)
from punchcard.foundation.clock import Clock, Instant
from punchcard.foundation.database import Connection, Database, execute

ROUND_SECONDS = 0.5


class Recurring(Struct, frozen=True):
    """A piece of work, how often it is looked at (by the database's clock), and what it does at an instant."""

    name: str
    every_seconds: float
    run: Callable[[Database, Instant], Awaitable[int]]


RECURRING = (
    Recurring("offers.open", 0.5, offers.open_due),
    Recurring("offers.close", 0.5, offers.close_due),
    Recurring("offers.turn", 0.5, offers.turn_due),
    Recurring("offers.learn", 5.0, offers.learn_due),
    Recurring("insights.lift", 2.0, insights.measure_due),
    Recurring("journal.tick", 1.0, journal.tick_due),
    Recurring("budgets.sweep", 60.0, budgets.sweep),
    Recurring("passes.repair", 60.0, passes.apple.repair),
    Recurring("push.remind", 60.0, push.remind_due),
    Recurring("reconciliation.nightly", 600.0, reconciliation.nightly),
    Recurring("members.forget_codes", 3600.0, members.forget_codes),
    Recurring("members.forget_places", 60.0, members.forget_places),
    Recurring("authorisation.sweep", 600.0, authorisation.sweep),
    Recurring("offline.forget", 3600.0, offline.forget),
    Recurring("passes.redesign_watch", 60.0, passes.redesign.watch),
    Recurring("passes.google_reconcile", 5.0, passes.google.look_around),
    Recurring("passes.forget_callbacks", 600.0, passes.google.forget_callbacks),
    Recurring("segments.backfill", 5.0, segments.backfill),
    Recurring("segments.sweep", 5.0, segments.sweep),
    Recurring("staff.settle", 60.0, staff.settle_due),
    Recurring("staff.report", 900.0, staff.report_due),
)


async def run_due(database: Database, clock: Clock) -> int:
    """Run what is due and not in another worker's hands. Says how much was done."""
    done = 0
    for each in RECURRING:
        async with database.transaction() as db:
            mine = await claim(db, each)
        if mine:
            done += await each.run(database, clock.now())
    return done


async def claim(db: Connection, each: Recurring) -> bool:
    claimed = await execute(
        db,
        """
        insert into schedule as known (name, next_at) values ($1, clock_timestamp() + make_interval(secs => $2))
            on conflict (name) do update set next_at = excluded.next_at where known.next_at <= clock_timestamp()
        """,
        each.name,
        each.every_seconds,
    )
    return claimed > 0
