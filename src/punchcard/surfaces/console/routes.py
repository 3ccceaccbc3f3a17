"""How the work behind the doors goes: what waits in the outbox, and what was laid aside."""

from datetime import datetime

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from punchcard.foundation import outbox
from punchcard.foundation.clock import moment
from punchcard.foundation.database import Database

from .metrics import show_metrics


class Waiting(Struct, frozen=True):
    """How much waits for one reaction, since when the oldest has been due, and how many were laid aside as dead."""

    reaction: str
    waiting: int
    oldest_due_at: datetime | None
    dead: int


@get("/console/outbox")
async def show_outbox(database: NamedDependency[Database]) -> list[Waiting]:
    """What must still follow, by reaction. A row that grows old says that somebody outside does not answer."""
    async with database.reading() as db:
        return [
            Waiting(each.reaction, each.waiting, moment(each.oldest_due_at) if each.oldest_due_at else None, each.dead)
            for each in await outbox.depths(db)
        ]


routes = [show_outbox, show_metrics]
