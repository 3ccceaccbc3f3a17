"""The house in order: migrations, the audit, operators."""

import argparse
import asyncio

from punchcard.foundation.settings import Settings

from .ground import migrated, opened, standing_database


def migrate(_: argparse.Namespace) -> int:
    with standing_database() as config:
        applied = asyncio.run(migrated(config))
    print("\n".join(applied) if applied else "up to date")
    return 0


def audit_all(words: argparse.Namespace) -> int:
    from rich.progress import Progress

    from punchcard import journal

    async def audit(config: Settings) -> int:
        async with opened(config) as (database, _):
            with Progress(transient=True) as bar:
                line = bar.add_task("audit", total=None)
                report = await journal.audit(
                    database,
                    progress=lambda done, total: bar.update(line, completed=done, total=total),
                    keep_going=words.all,
                )
        print(f"{report.members} members, {report.facts} facts, {report.entries} entries")
        for finding in report.findings:
            print(f"member {finding.member_id}: {finding.invariant}: {finding.what}")
        print("every invariant holds" if not report.findings else "BROKEN")
        return 1 if report.findings else 0

    with standing_database() as config:
        return asyncio.run(audit(config))


def add_operator(words: argparse.Namespace) -> int:
    from punchcard import partners

    async def add(config: Settings) -> str:
        async with opened(config) as (database, _):
            async with database.transaction() as db:
                _operator, key = await partners.add_operator(db, words.name, "owner")
        return key

    with standing_database() as config:
        asyncio.run(migrated(config))
        print(asyncio.run(add(config)))
    return 0
