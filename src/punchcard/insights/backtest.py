"""The back-test: everybody's history under what is published and under a draft, and what differs."""

import os
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import to_builtins

from punchcard import journal, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import new_id
from punchcard.partners import operator_named
from punchcard.programme import Program
from punchcard.rulebooks import Acceptor, Backtest, Edition

from .comparing import Window
from .hands import Progress, Work, counted
from .model import Asked, Report
from .report import report


async def backtest(
    database: Database,
    text: str,
    at: Instant,
    asked: Asked | None = None,
    processes: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Fold history under this file and under what is published, each as if it had always held, and keep what was found.

    `processes`: how many share the work; 0 is one a core, 1 is this one alone. Refused where `rulebooks.pair` refuses."""
    asked = asked or Asked()
    async with database.transaction() as db:
        pair = await rulebooks.pair(db, text)
        extent = await journal.extent(db)
    window = window_of(asked, pair.draft.zone, extent.last_at)
    tally = await counted(database, Work(pair, window), asked.sample, extent, processes or cores(), progress)
    programs = Program(pair.published), Program(pair.draft)
    sampled = asked.sample is not None
    found = report(new_id(), rulebooks.digest_of(text), at, pair.edition, window, sampled, tally, *programs)
    async with database.transaction() as db:
        await rulebooks.keep_backtest(db, kept(found))
    return found


async def publish(db: Connection, text: str, at: Instant, now: Instant, accept: str | None) -> Edition:
    """Publish a file. Once anything has happened to anybody, it needs a back-test not older than a day before `now`, and
    the name of an operator who accepts it; refused where `rulebooks.publish_accepted` refuses, or nobody bears the name."""
    by = None
    if accept is not None:
        operator = await operator_named(db, accept)
        by = Acceptor(operator.id, operator.name)
    if await journal.has_history(db):
        return await rulebooks.publish_accepted(db, text, at, now, by)
    return await rulebooks.publish(db, text, at)


def window_of(asked: Asked, zone: str, last_at: Instant) -> Window:
    """From the first midnight to the end of the last day, and not beyond the last fact."""
    since = midnight(asked.since, zone) if asked.since else 0
    end = min(midnight(asked.until + timedelta(1), zone) - 1, last_at) if asked.until else last_at
    return Window(since, end)


def midnight(day: date, zone: str) -> Instant:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def kept(found: Report) -> Backtest:
    return Backtest(
        id=found.id,
        digest=bytes.fromhex(found.digest),
        at=found.at,
        beside=found.beside,
        since=found.since,
        until=found.until,
        members=found.members,
        facts=found.facts,
        sampled=found.sampled,
        summary=to_builtins(found),
    )
