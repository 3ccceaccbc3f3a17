"""A member's challenges."""

from datetime import datetime
from uuid import UUID

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from punchcard import rulebooks
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.programme import Program

from . import badges, operations, telling
from .model import Challenge, Part


class Stamp(Struct, frozen=True):
    """A week of a streak, or a day: done, kept (missed and forgiven; `why` says by what), this one, or to come."""

    n: int
    state: str
    why: str


class ChallengeView(Struct, frozen=True, kw_only=True):
    """A challenge, how far the member has come, and what waits at the end and on the way (`reward`, in points).

    `times` is how often it was completed before `until`. Where `opt_in` is set it counts only once `joined`; `open` is
    false until it counts. Of a streak `done` is the longest row of this window, and `in_a_row` the one that goes on."""

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
    text: str
    """What stands below its name; empty where the rulebook says nothing."""
    partner_id: str
    """Whose it is; empty where several take part."""
    icon: str
    badge: str
    """What the passport calls it."""
    unit: telling.Unit
    """What `done` and `target` count; money in minor units."""
    in_a_row: int
    weeks: list[Stamp]
    """Of a streak, of weeks or days by `unit`."""
    freezes_left: int | None
    """Of a streak that is open: how many more may be missed."""
    next_step: str
    """What to do now, a sentence."""
    prize: str
    """What waits at the end."""


@get("/me/challenges")
async def list_challenges(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> list[ChallengeView]:
    """Your challenges; what is nearest to its end comes first."""
    async with database.transaction() as db:
        program = await rulebooks.program(db)
        return [shown(each, program, language, at) for each in await operations.progress(db, member_id, at)]


@put("/me/challenges/{challenge_id:str}")
async def take_on(
    challenge_id: FromPath[str],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> ChallengeView:
    """Take a challenge on that asks for it; what is done from now on counts. Asking twice is no harm."""
    taken = await operations.opt_in(database, member_id, challenge_id, at)
    async with database.reading() as db:
        return shown(taken, await rulebooks.program(db), language, at)


@delete("/me/challenges/{challenge_id:str}")
async def give_up(
    challenge_id: FromPath[str],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> None:
    """Give a challenge up, and what was done in it; what it has paid stays."""
    await operations.opt_out(database, member_id, challenge_id, at)


def shown(challenge: Challenge, program: Program, language: str, at: Instant) -> ChallengeView:
    promise, row = challenge.promise, challenge.row
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
        text=locale.of(promise.text, language),
        partner_id=telling.partner_of(promise),
        icon=telling.icon_of(promise),
        badge=telling.badge_of(promise, language),
        unit=telling.unit_of(promise),
        in_a_row=row.going if row else 0,
        weeks=[Stamp(*each) for each in telling.stamps(challenge, language)],
        freezes_left=row.spare if row else None,
        next_step=telling.next_step(challenge, program, language, at),
        prize=telling.prize(promise, program, language),
    )


routes = [list_challenges, take_on, give_up, *badges.routes]
