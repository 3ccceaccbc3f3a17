"""What becomes of an offer for each member of a page: the first steps of the arbiter in one statement."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, value


class Asked(Struct, frozen=True, kw_only=True):
    """What is the same for the whole page: the offer, what its author and the house want, and which providers there are."""

    message: str
    topic: str
    obstacle: str
    until: Instant
    opens_at: Instant | None
    by_phone: bool
    by_card: bool
    likely: bool
    a_day: int | None
    a_week: int | None
    fcm: bool
    web: bool
    zone: str
    """The programme's, for whoever has none."""
    at: Instant


class Clocks(Struct, frozen=True):
    """Zones with quiet hours, a row each: when the quiet hours in which the instant stands are over, when the local day
    begins and ends, and for each local hour the next instant in it (24 a row, None where there is none)."""

    zones: Sequence[str]
    quiet_from: Sequence[int]
    quiet_until: Sequence[int]
    free_at: Sequence[Instant]
    day_since: Sequence[Instant]
    day_until: Sequence[Instant]
    slots: Sequence[Instant | None]


class Verdict(Struct, frozen=True, kw_only=True):
    """Members with the same fate. `state` is dropped, inbox or held as in a message; `on` goes on; of `unknown` the clocks
    are missing. `since`: who is held or goes on is told from then on. The members are in an order that only they and the
    offer decide."""

    state: str
    reason: str
    since: Instant
    zone: str
    quiet_from: int
    quiet_until: int
    members: list[UUID]


async def decided(
    db: Connection,
    asked: Asked,
    clocks: Clocks,
    members: Sequence[UUID],
    apart: Mapping[UUID, str],
    cards: Mapping[UUID, int],
) -> list[Verdict]:
    """What the arbiter's steps say of each of these members, without those who were told, or decided about, before. `apart`:
    whose obstacle is another; `cards`: who holds a card, and how often it may ring."""
    return await many(
        db,
        Verdict,
        """
        with early as materialized (
            select page.member_id, nullif(member.zone, '') as zone, quiet_from, quiet_until, messages_a_week,
                   case when not coalesce((consents ->> 'marketing')::boolean, false) then 'dropped no-consent'
                        when $5 = any(muted) then 'dropped topic'
                        when coalesce(apart.obstacle, $6) <> '' then 'dropped ' || coalesce(apart.obstacle, $6)
                        when $7::bigint <= $3::bigint then 'dropped ended'
                        when $8::bigint >= $7 then 'dropped shop-shut'
                   end as verdict
              from unnest($1::uuid[]) as page (member_id) join member on member.member_id = page.member_id
              left join unnest($2::uuid[], $9::text[]) as apart (member_id, obstacle)
                   on apart.member_id = page.member_id
             where not exists (select from message where message.member_id = page.member_id and message.id = $4)),
        known as (
            select early.member_id, early.quiet_from, early.quiet_until, early.messages_a_week, early.verdict,
                   coalesce(reached.zone, early.zone, $10) as zone, coalesce(reached.phones, 0) as phones
              from early
              left join lateral (
                   select count(*) as phones,
                          (array_agg(phone.zone order by seen_at desc, installation) filter (where phone.zone <> ''))[1]
                              as zone
                     from phone
                    where phone.member_id = early.member_id and early.verdict is null
                      and case when address_kind = 'web' then $11::boolean else $12::boolean end) as reached on true),
        timed as (
            select known.*, clock.place, clock.free_at, clock.day_since, clock.day_until,
                   case when known.verdict is not null then known.verdict
                        when clock.place is null then 'unknown '
                        when $7 <= clock.free_at then 'dropped ends-in-quiet-hours'
                   end as so_far
              from known
              left join unnest($13::text[], $14::integer[], $15::integer[], $16::bigint[], $17::bigint[], $18::bigint[])
                        with ordinality
                        as clock (zone, quiet_from, quiet_until, free_at, day_since, day_until, place)
                   on clock.zone = known.zone and clock.quiet_from = known.quiet_from
                      and clock.quiet_until = known.quiet_until),
        judged as (
            select timed.*, case when so_far is not null then so_far
                                 when week >= messages_a_week then 'inbox cap'
                                 when day >= $19 then 'inbox day-cap'
                                 when week >= $20 then 'inbox house-cap'
                                 when free_at > $3 then 'held quiet-hours'
                                 when $21 and phones > 0 then 'on '
                                 when $21 and $22 and card.rings > 0 then 'on '
                                 when $22 and card.member_id is not null then 'on '
                                 when $21 then 'inbox no-phone'
                                 else 'inbox channel'
                            end as said
              from timed
              left join unnest($23::uuid[], $24::integer[]) as card (member_id, rings) on card.member_id = timed.member_id
              left join lateral (
                   select count(*) as week, count(*) filter (where lately.at between day_since and day_until - 1) as day
                     from (select extract(epoch from sent_at)::bigint as at from message
                            where message.member_id = timed.member_id and sent_at > to_timestamp($25::bigint)
                              and kind = 'offer' and channel in ('push', 'google') and timed.so_far is null
                            union all
                           select extract(epoch from decided_at)::bigint from message
                            where message.member_id = timed.member_id and state = 'held' and reason = 'provider'
                              and kind = 'offer' and channel in ('push', 'google') and timed.so_far is null
                              and decided_at > to_timestamp($25::bigint)
                          ) as lately) as sounded on true),
        house as materialized (
            select hour, sum(visits) as visits
              from (select hours from portrait where $26 and visits > 0 limit 1000) as sampled
             cross join lateral unnest(hours) with ordinality as often (visits, hour) group by hour),
        house_slot as materialized (
            select clock.place, (array_agg(slot order by house.visits desc, slot))[1] as slot
              from generate_series(1, case when $26 then cardinality($13::text[]) else 0 end) as clock (place)
              join house on house.visits > 0
             cross join lateral (select ($27::bigint[])[(clock.place - 1) * 24 + house.hour] as slot) as able
             where slot is not null group by clock.place),
        placed as (
            select judged.*, case when said like 'dropped%' or said like 'inbox%' or so_far is not null then 0
                                  when $26 then coalesce(own.slot, house_slot.slot, free_at)
                                  else free_at end as since
              from judged
              left join house_slot on house_slot.place = judged.place
              left join lateral (
                   select slot
                     from portrait cross join lateral unnest(hours) with ordinality as often (visits, hour)
                    cross join lateral (select ($27::bigint[])[(judged.place - 1) * 24 + often.hour] as slot) as able
                    where portrait.member_id = judged.member_id and $26 and said in ('on ', 'held quiet-hours')
                      and portrait.consents & 2 > 0 and often.visits > 0 and slot is not null
                    order by often.visits desc, slot limit 1) as own on true)
        select split_part(said, ' ', 1) as state, split_part(said, ' ', 2) as reason, since,
               case when since > 0 or said = 'unknown ' then zone else '' end as zone,
               case when since > 0 or said = 'unknown ' then quiet_from else 0 end as quiet_from,
               case when since > 0 or said = 'unknown ' then quiet_until else 0 end as quiet_until,
               array_agg(member_id order by uuid_hash_extended(member_id, hashtextextended($4, 0))) as members
          from placed group by 1, 2, 3, 4, 5, 6 order by since, zone, quiet_from, quiet_until, state, reason
        """,
        members,
        list(apart),
        asked.at,
        asked.message,
        asked.topic,
        asked.obstacle,
        asked.until,
        asked.opens_at,
        list(apart.values()),
        asked.zone,
        asked.web,
        asked.fcm,
        clocks.zones,
        clocks.quiet_from,
        clocks.quiet_until,
        clocks.free_at,
        clocks.day_since,
        clocks.day_until,
        asked.a_day,
        asked.a_week,
        asked.by_phone,
        asked.by_card,
        list(cards),
        list(cards.values()),
        asked.at - 7 * 86400,
        asked.likely,
        clocks.slots,
    )


async def keep(
    db: Connection,
    message: str,
    subject: str,
    at: Instant,
    ends_at: Instant,
    kept: Sequence[tuple[UUID, str, str, Instant | None]],
) -> None:
    """Write down what became of it for these members: state, reason, and until when who is held. The words are put in when
    it is read or sent. Whoever has such a message already keeps it."""
    await execute(
        db,
        """
        insert into message (member_id, id, kind, subject, title, body, decided_at, state, reason, until, ends_at)
        select member_id, $1, 'offer', $2, '', '', $3, state, reason, to_timestamp(until), $4
          from unnest($5::uuid[], $6::text[], $7::text[], $8::bigint[]) as kept (member_id, state, reason, until)
            on conflict (member_id, id) do nothing
        """,
        message,
        subject,
        at,
        ends_at,
        [member_id for member_id, _, _, _ in kept],
        [state for _, state, _, _ in kept],
        [reason for _, _, reason, _ in kept],
        [until for _, _, _, until in kept],
    )


async def hold(db: Connection, offer_id: str) -> dict[Instant, int]:
    """How many turns of each quarter were given out; held for this transaction."""
    await execute(db, "insert into campaign_pace (offer_id) values ($1) on conflict (offer_id) do nothing", offer_id)
    found = await value(db, "select taken from campaign_pace where offer_id = $1 for update", offer_id)
    return {int(quarter): count for quarter, count in found.items()}


async def take(db: Connection, offer_id: str, taken: Mapping[Instant, int]) -> None:
    """So many were given out by now."""
    await execute(
        db,
        "update campaign_pace set taken = $2 where offer_id = $1",
        offer_id,
        {str(quarter): count for quarter, count in taken.items()},
    )
