"""The table `portrait`: one row a member, held while it is brought up to date."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many

from .portrait import Bought


class Row(Struct, kw_only=True):
    """A portrait as it is kept; consents in bits (see `portrait.PURPOSE_BITS`), the tier as its place in the ladder."""

    member_id: UUID
    joined_at: Instant
    language: str
    zone: str
    consents: int = 0
    born_year: int | None = None
    traits: dict[str, str] = {}
    place_lat: int | None = None
    place_lon: int | None = None
    place_at: Instant | None = None
    tier: int = 0
    points: int = 0
    visits: int = 0
    spend_cents: int = 0
    last_visit_at: Instant | None = None
    home_shop: str | None = None
    balances: dict[str, int] = {}
    expiring_at: list[int] = []
    expiring_points: list[int] = []
    challenges: dict[str, int] = {}
    recent_at: list[int] = []
    recent_cents: list[int] = []
    channels: list[str] = []
    hours: list[int] = []
    categories: dict[str, Bought] = {}
    brands: dict[str, Bought] = {}
    offers: dict[str, str] = {}
    scores: dict[str, float] = {}
    seq: int = 0


class Said(Struct, frozen=True):
    """What a member says of themselves, as it is now."""

    member_id: UUID
    joined_at: Instant
    language: str
    zone: str
    consents: dict[str, bool]
    born_year: int | None
    traits: dict[str, str] | None
    place_lat: int | None
    place_lon: int | None
    place_at: Instant | None


async def hold(db: Connection, member_ids: Sequence[UUID]) -> list[Row]:
    """These portraits as they stand, in the order of their members. Nobody else changes them until the transaction ends."""
    return await many(
        db,
        Row,
        """
        select member_id, joined_at, language, zone, consents, born_year, traits, place_lat, place_lon, place_at, tier,
               points, visits, spend_cents, last_visit_at, home_shop, balances, expiring_at, expiring_points, challenges,
               recent_at, recent_cents, channels, hours, categories, brands, offers, scores, seq
          from portrait where member_id = any($1::uuid[]) order by member_id for update
        """,
        member_ids,
    )


async def begin(db: Connection, member_ids: Sequence[UUID]) -> None:
    """Empty portraits for those of these active members who have none; waits for another who begins the same."""
    await execute(
        db,
        """
        insert into portrait (member_id, joined_at, language, zone)
        select member_id, joined_at, language, zone from member
         where member_id = any($1::uuid[]) and state = 'active' order by member_id
            on conflict (member_id) do nothing
        """,
        member_ids,
    )


async def forget(db: Connection, member_ids: Sequence[UUID]) -> None:
    """These are no members any more, or not now: no condition looks at them."""
    await execute(db, "delete from portrait where member_id = any($1::uuid[])", member_ids)


async def live(db: Connection, member_ids: Sequence[UUID]) -> list[Row]:
    """What is known of those who are active, whether or not they have a portrait yet, with what is newer than it."""
    return await many(
        db,
        Row,
        """
        select member.member_id, member.joined_at, member.language, member.zone,
               coalesce((member.consents ->> 'marketing')::boolean::integer, 0)
                   + coalesce((member.consents ->> 'personalisation')::boolean::integer, 0) * 2
                   + coalesce((member.consents ->> 'location')::boolean::integer, 0) * 4 as consents,
               born_year, coalesce(traits, '{}') as traits, place_lat, place_lon, place_at,
               coalesce(profile.tier, 0) as tier, coalesce(profile.points, 0) as points,
               coalesce(profile.visits, 0) as visits, coalesce(profile.spend_cents, 0) as spend_cents,
               profile.last_visit_at, profile.home_shop, coalesce(balances, '{}') as balances,
               coalesce(expiring_at, '{}') as expiring_at, coalesce(expiring_points, '{}') as expiring_points,
               coalesce(challenges, '{}') as challenges, coalesce(recent_at, '{}') as recent_at,
               coalesce(recent_cents, '{}') as recent_cents, coalesce(channels, '{}') as channels,
               coalesce(hours, array_fill(0::smallint, array[24])) as hours, coalesce(categories, '{}') as categories,
               coalesce(brands, '{}') as brands, coalesce(offers, '{}') as offers, coalesce(scores, '{}') as scores,
               coalesce(seq, 0) as seq
          from member left join profile on profile.member_id = member.member_id
          left join portrait on portrait.member_id = member.member_id
         where member.member_id = any($1::uuid[]) and member.state = 'active'
        """,
        member_ids,
    )


async def said(db: Connection, member_ids: Sequence[UUID]) -> list[Said]:
    """What those among these members who are active say of themselves."""
    return await many(
        db,
        Said,
        """
        select member.member_id, joined_at, language, zone, consents, born_year, traits,
               lat as place_lat, lon as place_lon, place.at as place_at
          from member left join person on person.member_id = member.member_id
          left join place on place.member_id = member.member_id
         where member.member_id = any($1::uuid[]) and state = 'active' order by member.member_id
        """,
        member_ids,
    )


async def write(db: Connection, rows: Sequence[Row]) -> None:
    """Let these portraits be so; what a model or an offer noted stays as it is."""
    await db.executemany(
        """
        update portrait
           set joined_at = $2, language = $3, zone = $4, consents = $5, born_year = $6, traits = $7, place_lat = $8,
               place_lon = $9, place_at = $10, tier = $11, points = $12, visits = $13, spend_cents = $14,
               last_visit_at = $15, home_shop = $16, balances = $17, expiring_at = $18, expiring_points = $19,
               challenges = $20, recent_at = $21, recent_cents = $22, channels = $23, hours = $24, categories = $25,
               brands = $26, seq = $27, version = version + 1
         where member_id = $1
        """,
        [
            (
                row.member_id, row.joined_at, row.language, row.zone, row.consents, row.born_year, row.traits,
                row.place_lat, row.place_lon, row.place_at, row.tier, row.points, row.visits, row.spend_cents,
                row.last_visit_at, row.home_shop, row.balances, row.expiring_at, row.expiring_points, row.challenges,
                row.recent_at, row.recent_cents, row.channels, row.hours, row.categories, row.brands, row.seq,
            )
            for row in rows
        ],
    )  # fmt: skip


async def note(db: Connection, member_ids: Sequence[UUID], scores: Sequence[Any], offers: Sequence[Any]) -> None:
    """What is predicted of each of these members now; and what they did with offers, where it is further than before."""
    await execute(
        db,
        """
        update portrait
           set scores = portrait.scores || noted.scores, version = version + 1,
               offers = portrait.offers || coalesce((
                   select jsonb_object_agg(did.key, did.value) from jsonb_each(noted.offers) as did
                    where array_position(array['opened', 'activated', 'used'], did.value #>> '{}')
                        > coalesce(array_position(array['opened', 'activated', 'used'], portrait.offers ->> did.key), 0)), '{}')
          from unnest($1::uuid[], $2::jsonb[], $3::jsonb[]) as noted (member_id, scores, offers)
         where portrait.member_id = noted.member_id
        """,
        member_ids,
        scores,
        offers,
    )
