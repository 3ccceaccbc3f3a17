"""The passport: what a member has completed, and what is open to them."""

from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from punchcard import journal, rulebooks
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.programme import Challenge, Program

from . import telling


class Badge(Struct, frozen=True):
    """A completed challenge, or one that is open: when it was completed last, and how often."""

    id: str
    name: str
    icon: str
    partner_id: str
    """Who gives it; empty where several take part."""
    earned_at: datetime | None
    times: int


@get("/me/badges")
async def list_badges(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> list[Badge]:
    """Your passport: what you have completed, what came first first, even if it is no longer there to do; then what is open."""
    async with database.reading() as db:
        program, earned = await rulebooks.program(db), await journal.completions(db, member_id)
    shown = {
        promise.id: shown_badge(promise, earned.get(promise.id), language)
        for promise in known(program, set(earned), at)
    }
    return sorted(shown.values(), key=lambda each: (each.earned_at is None, each.earned_at or moment(at)))


def known(program: Program, earned: set[str], at: Instant) -> list[Challenge]:
    """What is open at this instant and what was earned, each as it was published last."""
    return [each for each in program.rulebook.challenges if each.holds(at) or (each.id in earned and each.since <= at)]


def shown_badge(promise: Challenge, earned: journal.Completed | None, language: str) -> Badge:
    return Badge(
        promise.id,
        telling.badge_of(promise, language),
        telling.icon_of(promise),
        telling.partner_of(promise),
        moment(earned.at) if earned else None,
        earned.times if earned else 0,
    )


routes = [list_badges]
