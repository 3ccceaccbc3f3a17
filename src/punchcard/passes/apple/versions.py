"""How far each device came: which version it should show, for which it was woken, which it has, and what that one says.

Seen is never taken from a push: a phone proves it, by fetching the version or by naming its tag or date. That is noted after
the answer, many phones' together, and its transaction does not wait for the disk: whatever is lost in a crash the phone
proves anew with its next question."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.together import Together
from punchcard.passes.convergence import CONVERGENCE

from . import versions_sql as sql
from .model import Sheet
from .phones import Fetched, Newest, Told

log = logging.getLogger("punchcard.passes.apple")


REST_SECONDS = 0.05
"""Between two times that what phones have is noted."""


class Mark(Struct, frozen=True, eq=False):
    """What one answer proves: of a list what the device was told, or a fetch."""

    told: Sequence[Told] = ()
    fetched: Fetched | None = None


async def listed(database: Database, told: Sequence[Told]) -> None:
    """The device asked what changed. After the answer, which this never spoils."""
    if told:
        await noted(database, Mark(told=told))


async def fetched(database: Database, found: Newest, at: Instant) -> None:
    """A phone has this version: it was just sent to it, or it named its date. After the answer, which this never spoils."""
    shown = said(found.sheet) if found.sheet else None
    await noted(database, Mark(fetched=Fetched(found.member_id, found.serial, found.tag, at, shown)))


async def noted(database: Database, mark: Mark) -> None:
    try:
        await marks.get(database, mark)
    except Exception:
        log.exception("what a phone has now could not be noted")


async def keep(db: Connection, given: Sequence[Mark]) -> Mapping[Mark, None]:
    """Note what these answers prove, in their order."""
    await sql.need_not_reach_the_disk(db)
    for told, got in rounds(given):
        observe(await sql.listed(db, told) if told else [])
        if printed := [each for each in got if each.shown is not None]:
            await sql.printed(db, printed)
        observe(await sql.seen(db, got) if got else [])
    return {}


marks = Together(keep, writes=True, rest_seconds=REST_SECONDS)


def rounds(given: Sequence[Mark]) -> list[tuple[list[Told], list[Fetched]]]:
    """The marks as rounds of lists and then fetches, in each of which a device is told of a pass once at most, and before the
    pass is fetched, and a pass is fetched once."""
    found: list[tuple[list[Told], list[Fetched]]] = []
    devices: set[Any] = set()
    passes: set[Any] = set()
    for mark in given:
        mine = {(each.device_hash, each.serial) for each in mark.told}
        serials = {each.serial for each in mark.told} | ({mark.fetched.serial} if mark.fetched else set())
        if not found or mine & devices or serials & passes:
            found.append(([], []))
            devices, passes = set(), set()
        found[-1][0].extend(mark.told)
        devices |= mine
        if mark.fetched:
            found[-1][1].append(mark.fetched)
            passes.add(mark.fetched.serial)
    return found


def said(sheet: Sheet) -> dict[str, Any]:
    """What a version says, for whoever asks what a card shows."""
    face, ticket = sheet.face, sheet.ticket
    return {
        "points": face.points,
        "tier": face.tier,
        "offer": face.offer.id if face.offer else "",
        "ticket": ticket.state if ticket else "",
        "void": sheet.is_void,
    }


def observe(seconds: Sequence[float]) -> None:
    for each in seconds:
        CONVERGENCE.observe(each, wallet="apple")
