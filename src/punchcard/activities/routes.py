"""What somebody did, told by a till, by the member, or by an operator. Whoever tells makes the id, so that they may tell
again whenever they are in doubt."""

from uuid import UUID

from litestar import Response, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from punchcard.foundation.answers import answered
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings
from punchcard.partners import Till

from . import operations
from .model import Receipt, Told, ToldAtTheTill

ANSWERS = {200: ResponseSpec(Receipt, description="The receipt; the same bytes whenever it is asked for again.")}


@put("/till/activities/{activity_id:uuid}", responses=ANSWERS)
async def put_activity(
    activity_id: FromPath[UUID],
    data: JSONBody[ToldAtTheTill],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    till: NamedDependency[Till],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Scan a card and tell what its holder did. The same again counts once; another body gives 422."""
    recorded = await operations.report_at_a_till(database, till, activity_id, data, at, settings.late_days * DAY)
    return answered(recorded.receipt, recorded.repeated)


@put("/me/activities/{activity_id:uuid}", responses=ANSWERS)
async def put_own_activity(
    activity_id: FromPath[UUID],
    data: JSONBody[Told],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Tell what you did, where the programme takes your word for it. The same again counts once."""
    recorded = await operations.report_oneself(database, member_id, activity_id, data, at, settings.late_days * DAY)
    return answered(recorded.receipt, recorded.repeated)


@put("/console/members/{member:uuid}/activities/{activity_id:uuid}", responses=ANSWERS)
async def put_activity_of_a_member(
    member: FromPath[UUID],
    activity_id: FromPath[UUID],
    data: JSONBody[Told],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Tell what a member did. The same again counts once."""
    recorded = await operations.report_for(database, member, activity_id, data, at, settings.late_days * DAY)
    return answered(recorded.receipt, recorded.repeated)


routes = [put_activity, put_own_activity, put_activity_of_a_member]
