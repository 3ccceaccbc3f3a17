"""A member's challenges."""

from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database

from . import operations
from .model import Challenge


class ChallengeView(Struct, frozen=True):
    """A challenge, how far the member has come, and what waits at the end (`reward`, in points)."""

    id: str
    name: str
    kind: str
    done: int
    target: int
    completed: bool
    reward: int
    until: datetime


@get("/me/challenges")
async def list_challenges(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> list[ChallengeView]:
    """Your challenges; what is nearest to its end comes first."""
    async with database.transaction() as db:
        return [shown(each, language) for each in await operations.progress(db, member_id, at)]


def shown(challenge: Challenge, language: str) -> ChallengeView:
    return ChallengeView(
        id=challenge.id,
        name=locale.of(challenge.name, language),
        kind=challenge.kind,
        done=challenge.done,
        target=challenge.target,
        completed=challenge.completed,
        reward=challenge.reward,
        until=moment(challenge.until),
    )


routes = [list_challenges]
