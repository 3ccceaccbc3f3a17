"""Programmes: check a file, publish it."""

import argparse
import asyncio

from punchcard.foundation.settings import Settings

from .ground import migrated, opened, read, standing_database


def check_file(words: argparse.Namespace) -> int:
    from punchcard import rulebooks

    findings = rulebooks.check(read(words.file))
    for each in findings:
        print(f"{words.file}:{each.line}: {'warning: ' if each.warning else ''}{each.reason}")
    wrong = sum(not each.warning for each in findings)
    print(f"{words.file}: {wrong} mistakes, {len(findings) - wrong} warnings" if findings else f"{words.file}: good")
    return 1 if wrong else 0


def publish_file(words: argparse.Namespace) -> int:
    from punchcard import rulebooks

    text = read(words.file)
    if check_file(words):
        return 1

    async def publish(config: Settings) -> str:
        async with opened(config) as (database, at):
            async with database.transaction() as db:
                edition = await rulebooks.publish(db, text, at)
        return f"edition {edition.number} holds from now on"

    with standing_database() as config:
        asyncio.run(migrated(config))
        print(asyncio.run(publish(config)))
    return 0
