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
    """Members with the same fate. What is `said`: a message's state (dropped, inbox, held) and reason; `on` goes on; of
    `unknown` the clocks are missing. `since`: who is held or goes on is told from then on."""

    said: str
    since: Instant
    zone: str
    quiet_from: int
    quiet_until: int
    members: list[UUID]

    @property
    def state(self) -> str:
        return self.said.partition(" ")[0]

    @property
    def reason(self) -> str:
        return self.said.partition(" ")[2]


DECIDED = """
with reached as (
    select member_id, count(*) as phones,
           (array_agg(zone order by seen_at desc, installation) filter (where zone <> ''))[1] as zone
      from phone
     where member_id between $24 and $25
       and case when address_kind = 'web' then $11::boolean else $12::boolean end
     group by member_id),
loud as (
    select member_id, extract(epoch from sent_at)::bigint as at from message
     where member_id between $24 and $25 and sent_at > to_timestamp($3::bigint - 604800)
       and kind = 'offer' and channel in ('push', 'google') and id <> $4
     union all
    select member_id, extract(epoch from decided_at)::bigint from message
     where member_id between $24 and $25 and state = 'held' and reason = 'provider'
       and kind = 'offer' and channel in ('push', 'google') and id <> $4
       and decided_at > to_timestamp($3 - 604800)),
timed as (
    select page.member_id, messages_a_week, coalesce(phones, 0) as phones, clock.place, clock.free_at,
           clock.day_since, clock.day_until, coalesce(reached.zone, nullif(member.zone, ''), $10) as zone,
           member.quiet_from, member.quiet_until,
           case when not coalesce((consents ->> 'marketing')::boolean, false) or member.state <> 'active'
                then 'dropped no-consent'
                when $5 = any(muted) then 'dropped topic'
                when coalesce(apart.obstacle, $6) <> '' then 'dropped ' || coalesce(apart.obstacle, $6)
                when $7::bigint <= $3 then 'dropped ended'
                when $8::bigint >= $7 then 'dropped shop-shut'
                when clock.place is null then 'unknown '
                when $7 <= clock.free_at then 'dropped ends-in-quiet-hours'
           end as so_far
      from unnest($1::uuid[]) as page (member_id)
      join member on member.member_id = page.member_id and member.member_id between $24 and $25
      left join unnest($2::uuid[], $9::text[]) as apart (member_id, obstacle)
           on apart.member_id = page.member_id
      left join reached on reached.member_id = page.member_id
      left join unnest($13::text[], $14::integer[], $15::integer[], $16::bigint[], $17::bigint[], $18::bigint[])
                with ordinality
                as clock (zone, quiet_from, quiet_until, free_at, day_since, day_until, place)
           on clock.zone = coalesce(reached.zone, nullif(member.zone, ''), $10)
              and clock.quiet_from = member.quiet_from and clock.quiet_until = member.quiet_until),
sounded as (
    select timed.member_id, count(*) as week, count(*) filter (where at >= day_since and at < day_until) as day
      from loud join timed on timed.member_id = loud.member_id group by timed.member_id),
judged as (
    select timed.*, case when so_far is not null then so_far
                         when coalesce(week, 0) >= messages_a_week then 'inbox cap'
                         when coalesce(day, 0) >= $19 then 'inbox day-cap'
                         when coalesce(week, 0) >= $20 then 'inbox house-cap'
                         when free_at > $3 then 'held quiet-hours'
                         when $21 and phones > 0 then 'on '
                         when $21 and $22 and card.rings > 0 then 'on '
                         when $22 and card.member_id is not null then 'on '
                         when $21 then 'inbox no-phone'
                         else 'inbox channel'
                    end as said
      from timed
      left join sounded on sounded.member_id = timed.member_id
      left join unnest($23::uuid[], $26::integer[]) as card (member_id, rings)
           on card.member_id = timed.member_id),
house as materialized (
    select hour, sum(visits) as visits
      from (select hours from portrait where $27 and visits > 0 limit 1000) as sampled
     cross join lateral unnest(hours) with ordinality as often (visits, hour) group by hour),
house_slot as materialized (
    select clock.place, (array_agg(slot order by house.visits desc, slot))[1] as slot
      from generate_series(1, case when $27 then cardinality($13::text[]) else 0 end) as clock (place)
      join house on house.visits > 0
     cross join lateral (select ($28::bigint[])[(clock.place - 1) * 24 + house.hour] as slot) as able
     where slot is not null group by clock.place),
own as (
    select distinct on (judged.member_id) judged.member_id, slot
      from judged
      join portrait on portrait.member_id = judged.member_id and portrait.member_id between $24 and $25
     cross join lateral unnest(hours) with ordinality as often (visits, hour)
     cross join lateral (select ($28::bigint[])[(judged.place - 1) * 24 + often.hour] as slot) as able
     where $27 and said in ('on ', 'held quiet-hours') and portrait.consents & 2 > 0 and often.visits > 0
       and slot is not null
     order by judged.member_id, often.visits desc, slot),
placed as (
    select judged.member_id, said, judged.zone, quiet_from, quiet_until,
           case when said in ('on ', 'held quiet-hours') then coalesce(own.slot, house_slot.slot, free_at) else 0 end
               as since
      from judged left join house_slot on house_slot.place = judged.place
      left join own on own.member_id = judged.member_id)
select said, since, case when is_timed then zone else '' end as zone,
       case when is_timed then quiet_from else 0 end as quiet_from,
       case when is_timed then quiet_until else 0 end as quiet_until, array_agg(member_id) as members
  from placed cross join lateral (select since > 0 or said = 'unknown ' as is_timed) as kind
 group by 1, 2, 3, 4, 5
"""


async def decided(
    db: Connection,
    asked: Asked,
    clocks: Clocks,
    members: Sequence[UUID],
    apart: Mapping[UUID, str],
    cards: Mapping[UUID, int],
) -> list[Verdict]:
    """What the arbiter's steps say of each of these members, at least one. `apart`: whose obstacle is another; `cards`: who
    holds a card, and how often it may ring. Everything is read by the range of their ids, in the order of the keys."""
    return await many(
        db,
        Verdict,
        DECIDED,
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
        min(members),
        max(members),
        list(cards.values()),
        asked.likely,
        clocks.slots,
    )


async def by_ranges(db: Connection) -> None:
    """Let what is read until this transaction ends be read once and merged: a planner that cannot know how long a page is
    would look each member up, and every list of them again for each."""
    await execute(db, "select set_config('enable_nestloop', 'off', true)")


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
         order by member_id
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
