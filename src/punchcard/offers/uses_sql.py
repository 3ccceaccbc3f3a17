"""Which fact used which offer, and what a member can do with an offer now."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct, convert

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute

from .benefits_applied import Less
from .model import Limits


class Given(Struct, frozen=True, kw_only=True):
    """An offer in a member's hands, and when it was used."""

    kind: str
    """Of its benefit."""
    held_out: bool
    until: Instant
    paused_at: Instant | None
    sold_out: bool
    activation: bool
    activated_at: Instant | None
    limits: Limits
    used_at: list[int]
    """UTC seconds, of each use that stands."""


class Held(Struct, frozen=True, kw_only=True):
    """An open offer that is a member's, as a door needs it."""

    id: str
    kind: str
    stacking: str
    priority: int
    sold_out: bool
    untaken: bool
    """It counts once the member has taken it, and they have not."""
    less: Less | None
    """What it takes off, if that is what it does."""


async def held(db: Connection, wanted: Sequence[tuple[UUID, Instant]]) -> list[tuple[int, Held]]:
    """The open offers of these members at these instants, each with the place of its member, from 0."""
    rows = await db.fetch(
        """
        select asked.place - 1 as place, offer.id, benefit ->> 'type' as kind, stacking, priority,
               exists (select from offer_sold_out where offer_sold_out.offer_id = offer.id) as sold_out,
               activation and coalesce(activated_at > to_timestamp(asked.at), true) as untaken,
               case when benefit ->> 'type' in ('discount', 'free-item') then
                    jsonb_build_object('id', offer.id, 'name', name, 'benefit', benefit, 'goods', goods,
                                       'conditions', conditions, 'stacking', stacking, 'priority', priority)
                end as less
          from unnest($1::uuid[], $2::bigint[]) with ordinality as asked (member_id, at, place)
          join exposure on exposure.member_id = asked.member_id join offer on offer.id = exposure.offer_id
          join offer_round on offer_round.offer_id = offer.id
         where not held_out and since <= to_timestamp(asked.at)
           and least(offer.until, stopped_at, exposure.until) > to_timestamp(asked.at)
           and (paused_at is null or paused_at > to_timestamp(asked.at))
           and (exposure.until is null or exposure.opened_at <= to_timestamp(asked.at))
         order by offer.id
        """,
        *zip(*wanted, strict=True),
    )
    return [(row["place"], convert(dict(row), Held)) for row in rows]


async def given(db: Connection, wanted: Sequence[tuple[UUID, str]]) -> list[tuple[int, Given]]:
    """How these offers stand with these members, each with its place, from 0; those never given are left out."""
    rows = await db.fetch(
        """
        select asked.place - 1 as place, offer.benefit ->> 'type' as kind, exposure.held_out,
               least(offer.until, stopped_at, exposure.until) as until,
               paused_at, offer.activation,
               exists (select from offer_sold_out where offer_sold_out.offer_id = offer.id) as sold_out,
               exposure.activated_at, offer.limits,
               array(select extract(epoch from used.at)::bigint from offer_use as used
                      where used.member_id = asked.member_id and used.offer_id = asked.offer_id) as used_at
          from unnest($1::uuid[], $2::text[]) with ordinality as asked (member_id, offer_id, place)
          join exposure on exposure.member_id = asked.member_id and exposure.offer_id = asked.offer_id
          join offer on offer.id = asked.offer_id join offer_round on offer_round.offer_id = asked.offer_id
        """,
        [member_id for member_id, _ in wanted],
        [offer_id for _, offer_id in wanted],
    )
    return [(row["place"], convert(dict(row), Given)) for row in rows]


async def note(db: Connection, member_id: UUID, offer_id: str, fact_id: str, at: Instant, worth: int) -> bool:
    """This fact used the offer, for so much; False where that was known."""
    return bool(
        await execute(
            db,
            """
            insert into offer_use (member_id, offer_id, fact_id, at, worth) values ($1, $2, $3, $4, $5)
                on conflict (member_id, offer_id, fact_id) do update set worth = excluded.worth
             where offer_use.worth <> excluded.worth
            """,
            member_id,
            offer_id,
            fact_id,
            at,
            worth,
        )
    )


async def forget(db: Connection, member_id: UUID, offer_id: str, fact_id: str) -> bool:
    """The use came back; False where there was none."""
    return bool(
        await execute(
            db,
            "delete from offer_use where member_id = $1 and offer_id = $2 and fact_id = $3",
            member_id,
            offer_id,
            fact_id,
        )
    )
