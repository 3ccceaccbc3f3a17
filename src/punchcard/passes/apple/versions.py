"""How far each device came: which version it should show, for which it was woken, which it has, and what that one says.

Seen is never taken from a push: a phone proves it, by fetching the version or by naming its tag or date."""

import logging
from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.passes.convergence import CONVERGENCE

from . import versions_sql as sql
from .model import Sheet
from .phones import Listed, Newest

log = logging.getLogger("punchcard.passes.apple")


async def listed(db: Connection, device_hash: bytes, passes: Sequence[Listed], known: int, at: Instant) -> None:
    """The device asked what changed since the tag `known`: it has all up to there, and was told of what is newer."""
    members, serials = [each.member_id for each in passes], [each.serial for each in passes]
    observe(await sql.listed(db, device_hash, members, serials, known, at))


async def fetched(database: Database, found: Newest, at: Instant) -> None:
    """A phone has this version: it was just sent to it, or it named its date. After the answer, which it never spoils."""
    try:
        async with database.transaction() as db:
            if found.sheet:
                await note(db, found.member_id, found.serial, found.tag, found.sheet, at)
            observe(await sql.seen(db, found.member_id, found.serial, found.tag, at))
    except Exception:
        log.exception("what a phone has now could not be noted")


async def note(db: Connection, member_id: UUID, serial: UUID, tag: int, sheet: Sheet, at: Instant) -> None:
    """Keep what this version says, for whoever asks what a card shows."""
    face, ticket = sheet.face, sheet.ticket
    shown = {
        "points": face.points,
        "tier": face.tier,
        "offer": face.offer.id if face.offer else "",
        "ticket": ticket.state if ticket else "",
        "void": sheet.is_void,
    }
    await sql.printed(db, member_id, serial, tag, shown, at)


def observe(seconds: Sequence[float]) -> None:
    for each in seconds:
        CONVERGENCE.observe(each, wallet="apple")
