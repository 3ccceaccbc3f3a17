"""A member's challenges."""

from datetime import datetime
from uuid import UUID

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database

from . import operations
from .model import Challenge, Part


class ChallengeView(Struct, frozen=True):
    """A challenge, how far the member has come, and what waits at the end and on the way (`reward`, in points).

    `times` is how often it was completed before `until`. Where `opt_in` is set it counts only once `joined`; `open` is
    false until it counts."""

    id: str
    name: str
    kind: str
    done: int
    target: int
    completed: bool
    times: int
    reward: int
    steps: tuple[Part, ...]
    opt_in: bool
    joined: bool
    open: bool
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


@put("/me/challenges/{challenge_id:str}")
async def take_on(
    challenge_id: FromPath[str],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> ChallengeView:
    """Take a challenge on that asks for it; what is done from now on counts. Asking twice is no harm."""
    return shown(await operations.opt_in(database, member_id, challenge_id, at), language)


@delete("/me/challenges/{challenge_id:str}")
async def give_up(
    challenge_id: FromPath[str],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> None:
    """Give a challenge up, and what was done in it; what it has paid stays."""
    await operations.opt_out(database, member_id, challenge_id, at)


def shown(challenge: Challenge, language: str) -> ChallengeView:
    return ChallengeView(
        id=challenge.id,
        name=locale.of(challenge.name, language),
        kind=challenge.kind,
        done=challenge.done,
        target=challenge.target,
        completed=challenge.completed,
        times=challenge.times,
        reward=challenge.reward,
        steps=challenge.steps,
        opt_in=challenge.opt_in,
        joined=challenge.joined,
        open=challenge.open,
        until=moment(challenge.until),
    )


routes = [list_challenges, take_on, give_up]
