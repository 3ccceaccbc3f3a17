"""What a fact did, as whoever wrote it is told: what moved, what was reached, and why, in the member's language."""

from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.programme import (
    ChallengeCompleted,
    Program,
    Ruling,
    Standing,
    TierReached,
    tier_of,
)

from .refold import explained
from .routes import Why, why


class Titled(Struct, frozen=True):
    """Its id, and its name in the member's language."""

    id: str
    name: str


def reasons_of(ruling: Ruling, program: Program, language: str) -> list[Why]:
    """Every promise that had a say, whether it applied or not."""
    return [why(reason, program, language) for reason in explained(ruling, program)]


def tier_shown(standing: Standing, program: Program, language: str) -> Titled:
    """The tier that the member holds."""
    tier = program.tiers(standing.at)[tier_of(standing, program)]
    return titled(tier.id, tier.name, language)


def tier_reached(ruling: Ruling, program: Program, at: Instant, language: str) -> Titled | None:
    """The tier that the fact led to, if it led to one."""
    tiers = {tier.id: tier.name for tier in program.tiers(at)}
    reached = [news.tier for news in ruling.news if isinstance(news, TierReached)]
    return titled(reached[-1], tiers.get(reached[-1], {}), language) if reached else None


def completed(ruling: Ruling, program: Program, language: str) -> list[Titled]:
    """The challenges that the fact completed."""
    found = [news.challenge for news in ruling.news if isinstance(news, ChallengeCompleted)]
    promises = [(id, program.promise(id)) for id in found]
    return [titled(id, promise.name if promise else {}, language) for id, promise in promises]


def titled(id: str, name: locale.Text, language: str) -> Titled:
    return Titled(id, locale.of(name, language) or id)
