"""A small programme for tests: three tiers, one challenge, two rewards, and a point a shekel; and people in it."""

from typing import get_args
from uuid import UUID

from punchcard import partners, rulebooks
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import new_id
from punchcard.members import Purpose
from punchcard.segments import Profile

NOW: Instant = 1_795_003_200
"""Wednesday, 18 November 2026, 12:00 UTC."""
TIERS, SHOPS = ("bud", "blossom", "orchard"), ("nola-1", "miro-1", "rayhan-1")
RULEBOOK = ""


async def publish(db: Connection) -> None:
    """Promise it, a month ago."""
    await rulebooks.publish(db, RULEBOOK, NOW - 30 * DAY)


async def open_shops(db: Connection) -> None:
    """The partners; an offer is always one's own."""
    for partner in ("nola", "miro"):
        await partners.add_partner(db, partners.Partner(partner, {"en": partner.title()}, 150, 0.1))


async def settle(db: Connection, profile: Profile) -> UUID:
    """A member with this profile; whoever never bought has no row of their own in the journal's table."""
    member_id = new_id()
    await db.execute(
        "insert into member (member_id, language, zone, card_code, consents, joined_at) values ($1, $2, 'UTC', $3, $4, $5)",
        member_id,
        profile.language,
        str(member_id),
        {purpose: purpose in profile.consents for purpose in get_args(Purpose)},
        NOW,
    )
    bare = Profile(tier="bud", language=profile.language, consents=profile.consents)
    if profile != bare:
        await db.execute(
            "insert into profile (member_id, tier, points, visits, last_visit_at, home_shop, spend_cents)"
            " values ($1, $2, $3, 1, $4, $5, 0)",
            member_id,
            TIERS.index(profile.tier),
            profile.points,
            profile.last_visit_at,
            profile.home_shop,
        )
    return member_id
