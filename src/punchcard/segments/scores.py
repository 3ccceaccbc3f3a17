"""What a model outside predicts of members (churn, next visit, value), so that conditions may ask for it."""

from typing import Annotated
from uuid import UUID

from litestar import put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from punchcard import members
from punchcard.foundation import outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Due

from .refresh import note

MEMBERS_MAX = 1000
REFRESH = Due("segments.refresh")
ScoreName = Annotated[
    str, PathParameter(pattern=r"^[a-z0-9][a-z0-9-]{0,47}(?![\s\S])", description="A short name, for example churn.")
]
Value = Annotated[float, Meta(ge=-1e12, le=1e12)]


class Predicted(Struct, frozen=True, forbid_unknown_fields=True):
    """What is predicted of each member, by their ids; the next one replaces it."""

    members: Annotated[dict[UUID, Value], Meta(min_length=1, max_length=MEMBERS_MAX)]


class Scored(Struct, frozen=True):
    """How many were taken down, and which of these there are not."""

    kept: int
    unknown: list[UUID]


async def predict(db: Connection, name: str, values: dict[UUID, float], at: Instant) -> Scored:
    """Take the scores of members down; whoever enters a watched segment by it is noticed at once."""
    known = sorted(await members.by_ids(db, list(values)))
    await note(db, [(member_id, "score", name, values[member_id]) for member_id in known])
    await outbox.put_many(db, [(member_id, REFRESH) for member_id in known], at)
    return Scored(len(known), sorted(values.keys() - set(known)))


@put("/console/scores/{name:str}")
async def put_scores(
    name: ScoreName, data: JSONBody[Predicted], database: NamedDependency[Database], at: NamedDependency[Instant]
) -> Scored:
    """Take down what a model predicts of members, up to a thousand at once. Saying it again changes nothing."""
    async with database.transaction() as db:
        return await predict(db, name, data.members, at)


routes = [put_scores]
