"""Read what is known of members: what is live from its own tables, all else from their portraits."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from punchcard import rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.programme import Tier

from . import portrait_sql as sql
from .portrait import PURPOSE_BITS, Profile
from .portrait_sql import Row


async def profile(db: Connection, member_id: UUID, at: Instant) -> Profile | None:
    """What conditions may ask of this member."""
    return (await profiles(db, [(member_id, at)])).get((member_id, at))


async def profiles(db: Connection, wanted: Iterable[tuple[UUID, Instant]]) -> dict[tuple[UUID, Instant], Profile]:
    """What conditions may ask of these members at an instant each. What they said, visits and points are those of now."""
    asked = list(wanted)
    known = {row.member_id: row for row in await sql.live(db, sorted({member_id for member_id, _ in asked}))}
    program = await rulebooks.program(db)
    return {
        (member_id, at): profile_of(known[member_id], program.tiers(at))
        for member_id, at in asked
        if member_id in known
    }


def profile_of(row: Row, ladder: Sequence[Tier]) -> Profile:
    """A portrait as conditions read it."""
    place = None
    if row.place_lat is not None and row.place_lon is not None and row.place_at is not None:
        place = row.place_lat, row.place_lon, row.place_at
    return Profile(
        tier=ladder[min(row.tier, len(ladder) - 1)].id,
        points=row.points,
        last_visit_at=row.last_visit_at,
        home_shop=row.home_shop,
        language=row.language,
        consents=CONSENTS[row.consents],
        zone=row.zone,
        joined_at=row.joined_at,
        born_year=row.born_year,
        traits=row.traits,
        balances=row.balances,
        expiring=tuple(zip(row.expiring_at, row.expiring_points, strict=True)),
        visits=row.visits,
        spend_cents=row.spend_cents,
        recent=tuple(zip(row.recent_at, row.recent_cents, strict=True)),
        channels=frozenset(row.channels),
        categories=row.categories,
        brands=row.brands,
        hours=tuple(row.hours),
        challenges=row.challenges,
        offers=row.offers,
        scores=row.scores,
        place=place,
    )


CONSENTS = tuple(frozenset(purpose for purpose, bit in PURPOSE_BITS.items() if bits & bit) for bits in range(8))
"""The purposes that each number stands for."""
