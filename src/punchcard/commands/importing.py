"""Real histories moved in, so that there is something to look at, to audit and to back-test on."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from punchcard.foundation.settings import BadSettings, Settings

from .dropping import import_sales
from .ground import migrated, opened, standing_database

if TYPE_CHECKING:
    from punchcard.demo import importing, journey

AWAY = (ConnectionError, TimeoutError)


def import_data(words: argparse.Namespace) -> int:
    """`punchcard import complete-journey` or `punchcard import sales FILE`."""
    if words.data_set == "sales":
        return import_sales(words)
    if words.file:
        raise BadSettings("complete-journey brings its own data; --data says where they lie")
    return import_journey(words)


def import_journey(words: argparse.Namespace) -> int:
    """`punchcard import complete-journey`."""
    from rich.console import Console

    console = Console(highlight=False)
    with console.status("reading the year …"):
        rows = read(words.data)
    with standing_database() as config:
        asyncio.run(migrated(config))
        try:
            imported = asyncio.run(imported_year(config, rows, words.households))
        except AWAY as error:
            console.print(f"The database went away ({error}). The same command goes on where this one stopped.")
            return 1
    console.print(
        f"{imported.households:,} households and {imported.baskets:,} baskets stand in the journal,"
        f" {imported.baskets_before:,} of them from before"
    )
    return 0


def read(data: Path | None) -> "journey.Rows":
    from punchcard.demo import journey

    try:
        return journey.read(data)
    except journey.NoJourney as error:
        raise BadSettings(str(error)) from None


async def imported_year(config: Settings, rows: "journey.Rows", households: int | None) -> "importing.Imported":
    from punchcard.demo import importing
    from punchcard.foundation import news
    from punchcard.reactions import REACTIONS

    from .bars import bar

    news.install(REACTIONS)
    async with opened(config) as (database, at):
        try:
            plan = await importing.prepared(database, rows, households, at)
        except importing.CannotImport as error:
            raise BadSettings(str(error)) from None
        with bar() as shown:
            line = shown.add_task(f"{len(plan.baskets):,} households", total=sum(plan.baskets.values()))
            return await importing.moved_in(database, plan, at, lambda baskets: shown.advance(line, baskets))
