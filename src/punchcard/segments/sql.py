"""Who a member is to a condition, and who lies in a set of boxes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, many, one


class Known(Struct, frozen=True):
    """A member as the tables have them; the tier is its place in the ladder."""

    member_id: UUID
    tier: int
    points: int
    last_visit_at: Instant | None
    home_shop: str | None
    language: str
    consents: dict[str, bool]


class Found(Struct, frozen=True):
    """The members of a group among those looked at, in the order of their ids, and how many they are."""

    members: list[UUID]
    reach: int
    looked_at: int
    last: UUID | None


async def known(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, Known]:
    """What conditions may ask of these members."""
    rows = await many(
        db,
        Known,
        """
        select member.member_id, coalesce(profile.tier, 0) as tier, coalesce(profile.points, 0) as points,
               profile.last_visit_at, profile.home_shop, member.language, member.consents
          from member left join profile on profile.member_id = member.member_id
         where member.member_id = any($1::uuid[]) and member.state = 'active'
        """,
        member_ids,
    )
    return {row.member_id: row for row in rows}


async def within(db: Connection, boxes: Sequence[Any], after: UUID | None, limit: int | None, named: bool) -> Found:
    """Who lies in any of the boxes (see `boxes.Box`; tiers by their place in the ladder), among the next so many members
    after one of them; by name or only how many. `offset 0` has each one's profile looked up: a page never reads all."""
    return await one(
        db,
        Found,
        """
        with page as materialized (
            select member_id, language, consents from member
             where state = 'active' and member_id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
             order by member_id limit $3)
        select coalesce(array_agg(page.member_id order by page.member_id) filter (where $4), '{}') as members,
               count(*) as reach, (select count(*) from page) as looked_at,
               (select member_id from page order by member_id desc limit 1) as last
          from page left join lateral (
               select tier, points, last_visit_at, home_shop from profile
                where profile.member_id = page.member_id offset 0) as known on true
         where exists (
               select from jsonb_to_recordset($1) as box (
                      tiers_in integer[], tiers_out integer[], languages_in text[], languages_out text[],
                      shops_in text[], shops_out text[], consents_in jsonb, consents_out jsonb[],
                      visited_from bigint, visited_below bigint, points_from bigint, points_below bigint)
                where (tiers_in is null or coalesce(tier, 0) = any(tiers_in))
                  and (tiers_out is null or coalesce(tier, 0) <> all(tiers_out))
                  and (languages_in is null or language = any(languages_in))
                  and (languages_out is null or language <> all(languages_out))
                  and (shops_in is null or coalesce(home_shop, '') = any(shops_in))
                  and (shops_out is null or coalesce(home_shop, '') <> all(shops_out))
                  and consents @> consents_in
                  and (consents_out is null or not consents @> any(consents_out))
                  and (visited_from is null or last_visit_at >= to_timestamp(visited_from))
                  and (visited_below is null or last_visit_at is null or last_visit_at < to_timestamp(visited_below))
                  and (points_from is null or coalesce(points, 0) >= points_from)
                  and (points_below is null or coalesce(points, 0) < points_below))
        """,
        boxes,
        after,
        limit,
        named,
    )
