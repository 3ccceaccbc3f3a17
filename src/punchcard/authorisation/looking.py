"""What is known when a card would spend, read without holding anybody: of many who ask at once in one statement each."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import convert

from punchcard.foundation.database import Connection, Database, many
from punchcard.foundation.together import Together

from . import judging
from .model import Limits, Place, Shown, Spending, Trace

Asked = tuple[UUID, str, bytes, int]
"""A member, the shop where they would spend, and the code and the half minute of what they show."""


async def limits(database: Database, spending: Spending) -> Limits:
    """What `permit` would allow at this moment, for a quote; `worth` of the spending is not looked at."""
    found = await weighing.get(database, spending)
    assert found is not None, "every spending is weighed"
    return found


async def weigh(db: Connection, spendings: Sequence[Spending]) -> dict[Spending, Limits]:
    """What each of these would be allowed."""
    asked = [(each.member_id, each.shop_id, each.shown.code_hash, each.shown.step) for each in spendings]
    found = await places_of(db, asked)
    trails = await trails_of(db, [each.member_id for each in spendings])
    return {
        each: judging.allowance(place, trails.get(each.member_id, ()), each)
        for each, place in zip(spendings, found, strict=True)
    }


weighing = Together(weigh)


async def place(db: Connection, member_id: UUID, shop_id: str, shown: Shown) -> Place:
    """What programme, member and shop say now."""
    return (await places_of(db, [(member_id, shop_id, shown.code_hash, shown.step)]))[0]


async def places_of(db: Connection, asked: Sequence[Asked]) -> list[Place]:
    """The same of each of these; a shop that is not known lets nothing be spent by a code that can be copied."""
    return await many(
        db,
        Place,
        """
        select rule.allowed, rule.day_limit,
               exists (select from spend_lock where spend_lock.member_id = asked.member_id) as locked,
               coalesce(shop.floor_limit, 0) as floor_limit, shop.latitude, shop.longitude,
               (select used.fact_id from rotating_step used
                 where used.code_hash = asked.code_hash and used.step = asked.step) as step_fact
          from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bigint[])
               with ordinality as asked (member_id, shop_id, code_hash, step, number)
         cross join spending_rule rule left join shop on shop.id = asked.shop_id
         order by asked.number
        """,
        *zip(*asked, strict=True),
    )


async def trail(db: Connection, member_id: UUID) -> list[Trace]:
    """What this member was let spend in the last days, and where."""
    return (await trails_of(db, [member_id])).get(member_id, [])


async def trails_of(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, list[Trace]]:
    """The same of each of these members who was let spend anything."""
    rows = await db.fetch(
        """
        select member_id, fact_id, at, till_id, worth, covered, holds, proof, approved, latitude, longitude
          from spending_trail left join shop on shop.id = spending_trail.shop_id where member_id = any($1::uuid[])
        """,
        member_ids,
    )
    found: dict[UUID, list[Trace]] = {}
    for row in rows:
        found.setdefault(row["member_id"], []).append(convert(dict(row), Trace))
    return found
