"""What looks odd at the tills on a day."""

import argparse
import asyncio
from datetime import date
from typing import TYPE_CHECKING

from punchcard.foundation.settings import BadSettings, Settings

from .ground import migrated, opened, standing_database

if TYPE_CHECKING:
    from punchcard.staff import Finding

WIDTH_PIPED = 120


def show_odd_patterns(words: argparse.Namespace) -> int:
    """`punchcard odd-patterns`."""
    from rich.console import Console

    from punchcard import staff

    with standing_database() as config:
        asyncio.run(migrated(config))
        day, findings = asyncio.run(looked(config, words.day))
    findings = [each for each in findings if words.shop in (None, each.shop)]
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_PIPED
    console.print(staff.show(day.isoformat(), findings))
    if words.json:
        try:
            words.json.write_bytes(staff.as_json(day.isoformat(), findings))
        except OSError as error:
            raise BadSettings(f"{words.json}: {error}") from None
    return 0


async def looked(config: Settings, day: date | None) -> "tuple[date, list[Finding]]":
    from punchcard import partners, staff

    async with opened(config) as (database, at), database.transaction() as db:
        wanted = day or staff.last_day(at, [shop.zone for shop in await partners.shops(db)])
        return wanted, await staff.odd_patterns(db, wanted)
