"""A small programme for tests: three tiers, one challenge, three rewards, and a point a shekel; and people in it."""

from typing import get_args
from uuid import UUID

from punchcard import partners, rulebooks
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import new_id
from punchcard.members import Purpose
from punchcard.segments import Profile
from tests.portraits import paint

NOW: Instant = 1_795_003_200
"""Wednesday, 18 November 2026, 12:00 UTC."""
TIERS, SHOPS = ("bud", "blossom", "orchard"), ("nola-1", "miro-1", "rayhan-1")
RULEBOOK = """
[programme]
name = { en = "Almond" }
zone = "Asia/Jerusalem"
currency = "ILS"
languages = ["en", "ru"]

[points]
expiry = { months = 12 }

[[tier]]
id = "bud"
name = { en = "Bud", ru = "Бутон" }
threshold = 0
[[tier]]
id = "blossom"
name = { en = "Blossom", ru = "Цветение" }
threshold = 500
[[tier]]
id = "orchard"
name = { en = "Orchard", ru = "Сад" }
threshold = 2000

[[earn]]
id = "base"
name = { en = "A point a shekel", ru = "Балл за шекель" }
award = { kind = "per-amount", points = 1, per = 100 }

[[challenge]]
id = "own-cup"
name = { en = "Own cup", ru = "Своя кружка" }
kind = "count"
target = 3
reward = 400
every = "month"

[[reward]]
id = "any-coffee"
name = { en = "Any coffee", ru = "Любой кофе" }
points = 300
voucher_days = 14
[[reward]]
id = "loaf"
name = { en = "A country loaf", ru = "Деревенский каравай" }
points = 200
until = 2026-11-20T14:00:00
voucher_days = 14
[[reward]]
id = "supper"
name = { en = "Supper at the long table", ru = "Ужин за длинным столом" }
points = 900
"""


async def publish(db: Connection) -> None:
    """Promise it, a month ago."""
    await rulebooks.publish(db, RULEBOOK, NOW - 30 * DAY)


async def open_shops(db: Connection) -> None:
    """The partners; an offer is always one's own."""
    for partner in ("nola", "miro"):
        await partners.add_partner(db, partners.Partner(partner, {"en": partner.title()}, 150, 0.1))


async def settle(db: Connection, profile: Profile) -> UUID:
    """A member with this profile and its portrait; whoever never bought has no row of their own in the journal's table."""
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
    await paint(db, member_id, profile, TIERS)
    return member_id
