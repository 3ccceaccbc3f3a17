"""Segments that operators make: named, looked at, watched or not; beside those of the rulebook."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from punchcard import rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound, Refused
from punchcard.foundation.locale import LANGUAGES, Text
from punchcard.programme import Expression

from . import watch_sql as sql
from .everybody import estimate
from .model import Reach
from .operations import check
from .watch_sql import Made

Title = Annotated[str, Meta(min_length=1, max_length=80)]


class Named(Struct, frozen=True):
    """A segment, the rulebook's or one that an operator made."""

    id: str
    who: Expression
    name: Text
    watch: bool
    of: Literal["rulebook", "operator"]


class NamesMissing(Refused):
    """A segment has a name in every language."""

    status = 400
    words = "segments"


class RulebookHasIt(Refused):
    """The rulebook has a segment of this name."""

    words = "segments"


async def every(db: Connection, at: Instant) -> list[Named]:
    """All segments by their ids; where both have one of the same id, the rulebook's counts."""
    program = await rulebooks.program(db)
    found = {each.id: Named(each.id, each.who, each.name, each.is_watched, "operator") for each in await sql.made(db)}
    for each in program.era(at).frame.segments:
        found[each.id] = Named(each.id, each.who, each.name, each.watch, "rulebook")
    return [found[id] for id in sorted(found)]


async def named(db: Connection, segment_id: str, at: Instant) -> Named:
    """The segment of this id; refuses where there is none."""
    for each in await every(db, at):
        if each.id == segment_id:
            return each
    raise NotFound(segment=segment_id)


async def make(db: Connection, segment: Made, at: Instant) -> Named:
    """Make a segment, or another of one that an operator made."""
    missing = [language for language in LANGUAGES if not segment.name.get(language, "").strip()]
    unknown = sorted(set(segment.name) - set(LANGUAGES))
    if missing or unknown:
        raise NamesMissing(missing=missing, unknown=unknown)
    if segment.id in {each.id for each in (await rulebooks.program(db)).era(at).frame.segments}:
        raise RulebookHasIt(segment=segment.id)
    await check(db, segment.who, at)
    await sql.make(db, segment, at)
    return Named(segment.id, segment.who, segment.name, segment.is_watched, "operator")


async def unmake(db: Connection, segment_id: str, at: Instant) -> None:
    """Forget a segment that an operator made. Nobody is told that they left it."""
    if not await sql.unmake(db, segment_id):
        known = await named(db, segment_id, at)
        raise RulebookHasIt(segment=known.id)


async def reach(db: Connection, segment_id: str, at: Instant) -> Reach:
    """About how many members are in it now."""
    return await estimate(db, (await named(db, segment_id, at)).who, at)
