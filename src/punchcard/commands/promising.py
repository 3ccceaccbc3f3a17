"""Programmes: check a file, publish it."""

import argparse
import asyncio
import tomllib
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from punchcard.foundation.settings import BadSettings, Settings

from .ground import migrated, opened, read, standing_database

if TYPE_CHECKING:
    from punchcard.foundation.clock import Instant
    from punchcard.foundation.database import Connection


def check_file(words: argparse.Namespace) -> int:
    from punchcard import rulebooks

    if words.file is None:
        if not words.explain:
            raise BadSettings("which file? or --explain, for the tables and keys that one may have")
        print(rulebooks.reference())
        return 0
    findings = rulebooks.check(read(words.file))
    for each in findings:
        print(f"{words.file}:{each.line}: {'warning: ' if each.warning else ''}{each.reason}")
    wrong = sum(not each.warning for each in findings)
    print(f"{words.file}: {wrong} mistakes, {len(findings) - wrong} warnings" if findings else f"{words.file}: good")
    return 1 if wrong else 0


def publish_file(words: argparse.Namespace) -> int:
    from punchcard import insights, passes, rulebooks

    text = read(words.file)
    if check_file(words):
        return 1

    async def publish(config: Settings) -> str:
        async with opened(config) as (database, now):
            at = beginning(text, words) if words.since else now
            async with database.transaction() as db:
                await not_behind_facts(db, at, now)
                edition = await insights.publish(db, text, at, now, words.accept)
                tiers = [tier.id for tier in (await rulebooks.program(db)).tiers(at)]
        for each in passes.apple.check(config.designs_dir, tiers):
            print(f"warning: {each}")
        return f"edition {edition.number} holds from {words.since or 'now'} on"

    with standing_database() as config:
        asyncio.run(migrated(config))
        print(asyncio.run(publish(config)))
    return 0


def beginning(text: str, words: argparse.Namespace) -> "Instant":
    """When the day of `--since` begins where the programme is."""
    zone = tomllib.loads(text)["programme"]["zone"]
    return int(datetime.combine(words.since, time(), ZoneInfo(zone)).timestamp())


async def not_behind_facts(db: "Connection", at: "Instant", now: "Instant") -> None:
    """What has been written was adjudicated by what was promised then; a promise made later must not reach behind it."""
    from punchcard import journal

    if at < now and await journal.has_history(db):
        raise BadSettings(
            "facts stand in the journal already, and nothing may be promised for the time in which they happened:"
            " publish without --since, or from a day to come"
        )
