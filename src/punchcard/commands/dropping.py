"""A file of sales moved in: what a till or another system wrote down, a line a basket line."""

import argparse
import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from punchcard.foundation.settings import BadSettings, Settings

from .ground import migrated, opened, standing_database

if TYPE_CHECKING:
    from punchcard.connectors import Dropped
    from punchcard.foundation.tables import Table

AWAY = (ConnectionError, TimeoutError)
REJECTED = 3


def import_sales(words: argparse.Namespace) -> int:
    """`punchcard import sales FILE`. 0 when all went in, 3 when some were rejected."""
    from rich.console import Console

    from punchcard import connectors
    from punchcard.foundation import tables

    file = words.file
    if file is None:
        raise BadSettings("name the file: punchcard import sales FILE.csv")
    rejects = words.rejects or file.with_suffix(".rejects.csv")
    if rejects.resolve() == file.resolve():
        raise BadSettings(f"{file}: the rejects would take the place of the file; name another with --rejects")
    console = Console(highlight=False)
    try:
        with tables.opened(file) as text, standing_database() as config:
            asyncio.run(migrated(config))
            table = tables.Table(text, str(file), connectors.REQUIRED, connectors.OPTIONAL)
            dropped = asyncio.run(taken_in(config, table, file.stat().st_size, words.partner, rejects))
    except tables.NotATable as error:
        raise BadSettings(str(error)) from None
    except AWAY as error:
        console.print(f"The database went away ({error}). The same command goes on where this one stopped.")
        return 1
    console.print(summary(dropped))
    if dropped.rejected_lines:
        console.print(f"{dropped.rejected_lines:,} lines did not go in; {rejects} says why, line by line")
    return REJECTED if dropped.rejected_lines else 0


async def taken_in(config: Settings, table: "Table", size: int, partner: str | None, rejects: Path) -> "Dropped":
    from punchcard import checkout, connectors
    from punchcard.foundation import news
    from punchcard.foundation.clock import DAY
    from punchcard.partners import Till
    from punchcard.reactions import REACTIONS

    from .bars import bar

    news.install(REACTIONS)
    async with opened(config) as (database, at):
        known = await connectors.places(database, partner)
        if partner and not known.zones:
            raise BadSettings(f"no shop belongs to a partner “{partner}”")

        def counter(till: Till) -> checkout.Counter:
            return checkout.Counter(
                database, till, at, config.late_days * DAY, config.secrets, config.claim_days * DAY, offline=True
            )

        with tempfile.TemporaryDirectory(prefix="punchcard-") as folder, bar() as shown:
            with connectors.Spool(Path(folder) / "spool") as spool:
                line = shown.add_task("reading", total=size)
                lines = connectors.spooled(table, spool, known, lambda done: shown.update(line, completed=done))
                shown.update(line, description="selling", completed=0, total=spool.seal())
                try:
                    dropped = await connectors.sold(
                        database, table, spool, known, counter, lambda receipts: shown.advance(line, receipts)
                    )
                finally:
                    rejected = connectors.write_rejects(spool, table, rejects)
                dropped.lines, dropped.rejected_lines = lines, rejected
                return dropped


def summary(dropped: "Dropped") -> "object":
    from rich.table import Table as Shown

    shown = Shown(show_header=False, box=None)
    shown.add_row("lines read", f"{dropped.lines:,}")
    shown.add_row("receipts", f"{dropped.receipts:,}")
    shown.add_row("sold now", f"{dropped.sold:,}")
    shown.add_row("of them without a card", f"{dropped.guests:,}")
    shown.add_row("already there", f"{dropped.before:,}")
    shown.add_row("receipts rejected", f"{dropped.rejected_receipts:,}")
    shown.add_row("amount sold now", f"{dropped.amount:,} minor units")
    return shown
