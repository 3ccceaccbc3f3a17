"""The report of odd patterns: every night of the day that is over everywhere, and whenever somebody asks."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from punchcard import partners, rulebooks
from punchcard.foundation import locale
from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.database import Connection, Database

from . import gathering, patterns, sql
from .model import NoSuchDay
from .operations import day_before, local_day
from .rows import Day, Finding, OddPattern, Report

WEEK_SECONDS = 6 * DAY
"""Claims and credits are looked at together with those of so long before."""
ANEW_DAYS, MISSED_DAYS = 3, 14
"""Tills without a network tell late: so many earlier days are looked at again; and so many, where none was."""


async def odd_patterns(db: Connection, day: date) -> list[Finding]:
    """What looks odd on this day of the shops, as far as is known now; the worst first."""
    zone = ZoneInfo((await rulebooks.program(db)).rulebook.zone)
    begins = int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
    following = day + timedelta(days=1)
    ends = int(datetime(following.year, following.month, following.day, tzinfo=zone).timestamp())
    return patterns.find(
        Day(
            day.isoformat(),
            rung=await gathering.rung(db, day),
            tried=await gathering.tried(db, day),
            claims=await gathering.claims(db, begins - WEEK_SECONDS, begins, ends),
            credits=await gathering.credits(db, begins - WEEK_SECONDS, begins, ends),
        )
    )


async def report_due(database: Database, at: Instant) -> int:
    """Once a night: look at the day that is over in every shop, again at the three before it, and at those that no night
    has looked at. Says how many days."""
    async with database.reading() as db:
        newest = last_day(at, [shop.zone for shop in await partners.shops(db)])
        if await sql.has_report(db, newest):
            return 0
        before = [day_before(newest, days) for days in range(MISSED_DAYS)]
        wanted = [day for n, day in enumerate(before) if n <= ANEW_DAYS or not await sql.has_report(db, day)]
    for day in reversed(wanted):
        async with database.transaction() as db:
            await sql.keep_report(db, day, at, msgspec.to_builtins(await odd_patterns(db, day)))
    return len(wanted)


def last_day(at: Instant, zones: list[str]) -> date:
    """The last day that is over wherever there is a shop."""
    return day_before(min(local_day(at, zone) for zone in zones or ["UTC"]))


async def report(db: Connection, day: date | None, language: str) -> Report:
    """The report that a night has kept: of this day, or the newest."""
    found = await sql.report(db, day)
    if found is None:
        raise NoSuchDay(day=day.isoformat() if day else "")
    kept, made_at, rows = found
    findings = msgspec.convert(rows, list[Finding])
    return Report(kept.isoformat(), moment(made_at), [told(each, language) for each in findings])


def told(finding: Finding, language: str) -> OddPattern:
    """The finding in a sentence, and what it rests on."""
    return OddPattern(says(finding, language), finding)


def says(finding: Finding, language: str) -> str:
    return locale.say(
        f"staff.{finding.pattern}",
        language,
        who=finding.who,
        shop=finding.shop,
        n=finding.n,
        of=finding.of,
        usual=f"{finding.usual:g}",
    )
