"""The console's desk for segments; and what a member is told of those they are in."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.programme import Expression

from . import portrait_telling, scores, watch_desk
from .model import Reach
from .portrait_telling import Mine
from .watch_desk import Named, Title
from .watch_sql import Made

SegmentId = Annotated[
    str, PathParameter(pattern=r"^[a-z0-9][a-z0-9-]{1,47}(?![\s\S])", description="A short name, for example regulars.")
]
Code = Annotated[str, Meta(max_length=8)]


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    """A segment as an operator writes it: whom it means, its name in every language, and whether it is watched: then
    entering and leaving it is noticed, so that an offer may begin by it."""

    who: Expression
    name: dict[Code, Title]
    watch: bool = False


@get("/console/segments")
async def list_segments(database: NamedDependency[Database], at: NamedDependency[Instant]) -> list[Named]:
    """Every segment, of the rulebook and of operators."""
    async with database.reading() as db:
        return await watch_desk.every(db, at)


@get("/console/segments/{segment_id:str}")
async def show_segment(
    segment_id: SegmentId, database: NamedDependency[Database], at: NamedDependency[Instant]
) -> Named:
    """A segment."""
    async with database.reading() as db:
        return await watch_desk.named(db, segment_id, at)


@put("/console/segments/{segment_id:str}")
async def make_segment(
    segment_id: SegmentId,
    data: JSONBody[Wanted],
    database: NamedDependency[Database],
    at: NamedDependency[Instant],
) -> Named:
    """Make a segment, or change one. Who is in a watched one when it is made has not entered it."""
    segment = Made(segment_id, data.who, data.name, data.watch)
    async with database.transaction() as db:
        return await watch_desk.make(db, segment, at)


@delete("/console/segments/{segment_id:str}")
async def unmake_segment(
    segment_id: SegmentId, database: NamedDependency[Database], at: NamedDependency[Instant]
) -> None:
    """Forget a segment that an operator made. What was made from its expression goes on."""
    async with database.transaction() as db:
        await watch_desk.unmake(db, segment_id, at)


@get("/console/segments/{segment_id:str}/reach")
async def show_reach(segment_id: SegmentId, database: NamedDependency[Database], at: NamedDependency[Instant]) -> Reach:
    """How many members are in it now; in a very large programme about how many, with the error."""
    async with database.reading() as db:
        return await watch_desk.reach(db, segment_id, at)


@get("/me/segments")
async def my_segments(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
) -> list[Mine]:
    """The groups I am in, and why; none that looks at what I did not agree to."""
    async with database.reading() as db:
        return await portrait_telling.mine(db, member_id, language, at)


routes = [list_segments, show_segment, make_segment, unmake_segment, show_reach, my_segments, *scores.routes]
