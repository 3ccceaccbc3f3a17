"""What an offer really brought."""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from punchcard.foundation.settings import Settings

from .ground import migrated, opened, standing_database

if TYPE_CHECKING:
    from punchcard.insights import Lift

WIDTH_PIPED = 140
LIFT = """\
Members who have the offer beside those of its audience who were held out by chance, over the same days from each one's
exposure up to a week after the end: visits, spend net of returns, and margin where the offer says what goods leave. The
intervals of a measure are right at every look at once, with 95 %: look as often as you like.

    early      a group is smaller than 50, or nobody has bought
    open       the interval holds zero
    lift       it lies above zero
    harm       it lies below zero
    no-lift    at best a hundredth of what members spend anyhow

An offer with stop_when harm or no-lift ends itself when its margin (its spend, where the margin is not known) says so.
What has come in lately is counted by the worker, within some minutes."""
LIFT_ARGUMENTS: Mapping[str, Sequence[tuple[str, dict[str, Any]]]] = {
    "lift": (
        ("offer", {"metavar": "OFFER", "help": "its id"}),
        ("--json", {"action": "store_true", "help": "print everything as JSON"}),
    ),
}


def show_lift(words: argparse.Namespace) -> int:
    """`punchcard lift`."""
    import sys

    from rich.console import Console

    from punchcard import insights

    with standing_database() as config:
        asyncio.run(migrated(config))
        lift = asyncio.run(looked(config, words.offer))
    if words.json:
        sys.stdout.buffer.write(insights.lift_as_json(lift))
        return 0
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_PIPED
    console.print(insights.show_lift(lift))
    return 0


async def looked(config: Settings, offer_id: str) -> "Lift":
    from punchcard import insights

    async with opened(config) as (database, _), database.transaction() as db:
        return await insights.brought(db, offer_id, "en")
