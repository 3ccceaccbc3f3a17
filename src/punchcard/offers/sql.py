"""Offers, how far they are told, and who was in their audience."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import convert

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, one

from .model import Offer, OpenOffer, Reach


async def offer(db: Connection, offer_id: str) -> Offer | None:
    """The published offer of this id."""
    return await maybe(
        db,
        Offer,
        "select offer.* from offer where id = $1",
        offer_id,
    )


async def add(db: Connection, offer: Offer, at: Instant) -> int:
    """Write it down, not yet told to anybody; 0 where the id is taken."""
    return await execute(
        db,
        """
        with published as (
            insert into offer (id, partner_id, name, short, text, art, since, until, audience, benefit, goods, channels,
                               hold_out, published_at, topic, conditions, limits, budget, stacking, priority, activation,
                               trigger, send, pace_an_hour, pictures, margin_percent, stop_when)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                    $23, $24, $25, $26, $27)
                on conflict (id) do nothing returning id)
        insert into offer_round (offer_id) select id from published
        """,
        offer.id,
        offer.partner_id,
        offer.name,
        offer.short,
        offer.text,
        offer.art,
        offer.since,
        offer.until,
        offer.audience,
        offer.benefit,
        offer.goods,
        list(offer.channels),
        offer.hold_out,
        at,
        offer.topic,
        offer.conditions,
        offer.limits,
        offer.budget,
        offer.stacking,
        offer.priority,
        offer.activation,
        offer.trigger,
        offer.send,
        offer.pace_an_hour,
        offer.pictures,
        offer.margin_percent,
        sorted(offer.stop_when),
    )


async def stop(db: Connection, offer_id: str, at: Instant) -> int:
    """Say that it stopped; the first time counts."""
    return await execute(
        db, "update offer_round set stopped_at = $2 where offer_id = $1 and stopped_at is null", offer_id, at
    )


async def reach(db: Connection, offer_id: str) -> Reach:
    """How far it is told, and to how many."""
    return await one(
        db,
        Reach,
        """
        select opened_at, stopped_at, closed_at,
               (select count(*) from exposure where offer_id = $1 and not held_out) as exposed,
               (select count(*) from exposure where offer_id = $1 and held_out) as held_out
          from offer_round where offer_id = $1
        """,
        offer_id,
    )


async def givers(db: Connection, offer_ids: Sequence[str]) -> dict[str, str]:
    """Whose offers these are."""
    rows = await db.fetch("select id, partner_id from offer where id = any($1::text[])", offer_ids)
    return {row["id"]: row["partner_id"] for row in rows}


async def open_unseen(db: Connection, member_id: UUID, at: Instant) -> list[Offer]:
    """Offers that have begun and whose audience this member is not in, or not yet."""
    return await many(
        db,
        Offer,
        """
        select offer.* from offer join offer_round on offer_id = id
         where since <= $2 and least(until, stopped_at) > $2 and paused_at is null and offer.trigger is null
           and not exists (select from exposure where member_id = $1 and exposure.offer_id = offer.id)
         order by until
        """,
        member_id,
        at,
    )


async def open_for(db: Connection, wanted: Sequence[tuple[UUID, Instant]]) -> list[tuple[int, OpenOffer]]:
    """What each of these members can use at their instant, with the place of the member, from 0; what ends first comes
    first."""
    rows = await db.fetch(
        """
        select asked.place - 1 as place, id, partner_id, name, short, text, art, since,
               least(offer.until, stopped_at, exposure.until) as until, channels, paused_at,
               case when offer_sold_out.offer_id is not null then coalesce(sold_out_at, asked.at) end as sold_out_at,
               activation, activated_at, pictures, offer.trigger is not null as personal
          from unnest($1::uuid[], $2::timestamptz[]) with ordinality as asked (member_id, at, place)
          join exposure on exposure.member_id = asked.member_id join offer on id = exposure.offer_id
          join offer_round on offer_round.offer_id = id left join offer_sold_out on offer_sold_out.offer_id = id
         where not held_out and since <= asked.at and least(offer.until, stopped_at, exposure.until) > asked.at
         order by least(offer.until, exposure.until), id
        """,
        [member_id for member_id, _ in wanted],
        [at for _, at in wanted],
    )
    return [(row["place"], convert(dict(row), OpenOffer)) for row in rows]


async def given_to(db: Connection, member_id: UUID, offer_id: str) -> OpenOffer | None:
    """The offer, if the member was ever given it."""
    return await maybe(
        db,
        OpenOffer,
        """
        select id, partner_id, name, short, text, art, since, least(offer.until, stopped_at, exposure.until) as until,
               channels, paused_at,
               case when offer_sold_out.offer_id is not null then coalesce(sold_out_at, now()) end as sold_out_at,
               activation, activated_at, pictures, offer.trigger is not null as personal
          from exposure join offer on id = exposure.offer_id join offer_round on offer_round.offer_id = id
               left join offer_sold_out on offer_sold_out.offer_id = id
         where member_id = $1 and exposure.offer_id = $2 and not held_out
        """,
        member_id,
        offer_id,
    )
