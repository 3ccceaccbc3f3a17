"""A till's own journal beside ours, line by line."""

import argparse
import asyncio
from datetime import date
from typing import TYPE_CHECKING

from punchcard.foundation.settings import BadSettings, Settings

from .ground import migrated, opened, standing_database

if TYPE_CHECKING:
    from punchcard.foundation.tables import Table
    from punchcard.reconciliation import Compared, Finding

APART = 3
SHOWN_MOST = 200


def reconcile_file(words: argparse.Namespace) -> int:
    """`punchcard reconcile FILE`. 0 when all lines agree, 3 otherwise."""
    import msgspec
    from rich.console import Console

    from punchcard import reconciliation
    from punchcard.foundation import tables

    console = Console(highlight=False)
    try:
        with tables.opened(words.file) as text, standing_database() as config:
            asyncio.run(migrated(config))
            table = tables.Table(text, str(words.file), reconciliation.REQUIRED, reconciliation.OPTIONAL)
            compared = asyncio.run(beside_ours(config, table, words.file.stat().st_size, words.day))
    except tables.NotATable as error:
        raise BadSettings(str(error)) from None
    if words.json:
        words.json.write_bytes(msgspec.json.encode(compared))
    console.print(f"{compared.theirs:,} lines in the file, {compared.ours:,} with us, {compared.days:,} shop days")
    if not compared.findings:
        console.print("every line agrees")
        return 0
    counted = reconciliation.counts(compared.findings)
    console.print(", ".join(f"{count:,} {kind}" for kind, count in counted.most_common()))
    console.print(shown(compared.findings[:SHOWN_MOST]))
    if len(compared.findings) > SHOWN_MOST:
        console.print(f"and {len(compared.findings) - SHOWN_MOST:,} more; --json PATH writes all of them")
    return APART


async def beside_ours(config: Settings, table: "Table", size: int, day: date | None) -> "Compared":
    from punchcard import reconciliation

    from .bars import bar

    async with opened(config) as (database, _):
        with bar() as drawn:
            line = drawn.add_task("reading", total=size)
            return await reconciliation.reconcile(database, table, day, lambda done: drawn.update(line, completed=done))


def shown(findings: "list[Finding]") -> object:
    """The worst first, as a table."""
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn("what", "shop", "day", "receipt", "line", "amount", "file / with us", box=None, pad_edge=False)
    for each in findings:
        differs = "; ".join(f"{name}: {theirs} / {ours}" for name, (theirs, ours) in each.differs.items())
        cells = (
            each.kind,
            each.shop,
            each.day,
            each.number,
            str(each.place or ""),
            f"{each.stake:,}",
            differs or each.why,
        )
        drawn.add_row(*map(Text, cells))
    return drawn
