"""What a draft would have cost: shown before anybody promises it."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from punchcard.foundation.settings import BadSettings, Settings

from .ground import migrated, opened, read, standing_database

if TYPE_CHECKING:
    from punchcard.insights import Report, Sample

WIDTH_PIPED = 120


def backtest_file(words: argparse.Namespace) -> int:
    """`punchcard backtest`."""
    from rich.console import Console

    from punchcard import insights

    text = read(words.file)
    with standing_database() as config:
        asyncio.run(migrated(config))
        report = asyncio.run(backtested(config, text, words))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_PIPED
    console.print(insights.show(report))
    if words.json:
        try:
            words.json.write_bytes(insights.as_json(report))
        except OSError as error:
            raise BadSettings(f"{words.json}: {error}") from None
    return 0


async def backtested(config: Settings, text: str, words: argparse.Namespace) -> "Report":
    from rich.console import Console

    from punchcard import insights

    from .bars import bar

    asked = insights.Asked(words.since, words.until, sample(words.members))
    async with opened(config) as (database, at):
        with bar(Console(stderr=True), disable=not sys.stderr.isatty()) as shown:
            line = shown.add_task("members", total=None)
            return await insights.backtest(
                database, text, at, asked, progress=lambda done, total: shown.update(line, completed=done, total=total)
            )


def sample(written: str | None) -> "Sample | None":
    from punchcard import insights

    try:
        return insights.Sample.read(written) if written else None
    except ValueError:
        raise BadSettings(f"--members {written}: write a number of members, 500, or a share of them, 10%") from None
