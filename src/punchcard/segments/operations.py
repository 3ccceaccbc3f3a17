"""Evaluate a group: for one member in Python, for everybody as one SQL statement."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from punchcard import rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.programme import Expression, Tier, TierIn

from . import sql
from .boxes import Box, boxes
from .model import NoSuchTier, Page, Profile, conditions


async def check(db: Connection, expression: Expression, at: Instant) -> None:
    """Refuse a group that is too intricate, or that asks for a tier which the ladder does not have."""
    ladder = await tiers(db, at)
    for condition in conditions(expression):
        if isinstance(condition, TierIn) and (unknown := sorted(condition.tiers - set(ladder))):
            raise NoSuchTier(tier=unknown[0])
    boxes(expression, at)


async def profile(db: Connection, member_id: UUID, at: Instant) -> Profile | None:
    """What conditions may ask of this member."""
    return (await profiles(db, [(member_id, at)])).get((member_id, at))


async def profiles(db: Connection, wanted: Iterable[tuple[UUID, Instant]]) -> dict[tuple[UUID, Instant], Profile]:
    """What conditions may ask of these members at an instant each. Visits and points are those of now."""
    asked = list(wanted)
    known = await sql.known(db, sorted({member_id for member_id, _ in asked}))
    program = await rulebooks.program(db)
    return {
        (member_id, at): profile_of(known[member_id], program.tiers(at))
        for member_id, at in asked
        if member_id in known
    }


def profile_of(known: sql.Known, ladder: Sequence[Tier]) -> Profile:
    return Profile(
        tier=ladder[min(known.tier, len(ladder) - 1)].id,
        points=known.points,
        last_visit_at=known.last_visit_at,
        home_shop=known.home_shop,
        language=known.language,
        consents=frozenset(purpose for purpose, given in known.consents.items() if given),
    )


async def matching(db: Connection, expression: Expression, at: Instant) -> list[UUID]:
    """The members of the group in the order of their ids."""
    return (await sql.within(db, await written(db, expression, at), None, None, True)).members


async def page(db: Connection, expression: Expression, at: Instant, after: UUID | None, size: int) -> Page:
    """The members of the group among the next `size` members after one, so that a step costs the same however many
    members there are and however few of them match."""
    found = await sql.within(db, await written(db, expression, at), after, size, True)
    return Page(found.members, found.last or after, found.looked_at < size)


async def reach(db: Connection, expression: Expression, at: Instant) -> int:
    """How many members are in the group."""
    return (await sql.within(db, await written(db, expression, at), None, None, False)).reach


async def written(db: Connection, expression: Expression, at: Instant) -> list[dict[str, Any]]:
    """The boxes as the statement reads them."""
    places = {tier: place for place, tier in enumerate(await tiers(db, at))}
    return [row(box, places) for box in boxes(expression, at)]


def row(box: Box, places: dict[str, int]) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(box, order="deterministic")
    for bound in ("tiers_in", "tiers_out"):
        if bound in plain:
            plain[bound] = [places[tier] for tier in plain[bound] if tier in places]
    plain["consents_in"] = dict.fromkeys(box.consents_in, True)
    plain["consents_out"] = [{purpose: True} for purpose in sorted(box.consents_out)] or None
    return plain


async def tiers(db: Connection, at: Instant) -> list[str]:
    """The ids of the ladder's tiers, the lowest first."""
    return [tier.id for tier in (await rulebooks.program(db)).tiers(at)]
