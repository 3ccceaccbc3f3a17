"""How often offers were used among people alike, and what is known of a member who is to be shown one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe


class Tally(Struct, frozen=True):
    """Members of a kind among some of an audience, and the last of them."""

    kind: str
    shown: int
    used: int
    worth: int
    uses: int
    last: UUID


class Asked(Struct, frozen=True):
    """Of a member: their kind, empty where nothing may be known, and what a visit came to."""

    kind: str
    visit_cents: float


class Row(Struct, frozen=True):
    """What was seen of an offer, with the kind that is asked for or with the others."""

    offer_id: str
    mine: bool
    shown: int
    used: int
    worth: int
    uses: int


class Facts(Struct, frozen=True):
    offer_id: str
    margin_percent: int
    is_money: bool


async def to_learn(db: Connection, at: Instant, since: Instant, days_after: int) -> str | None:
    """An offer that has begun and ended not before `since`, of which nothing is written yet that counts from tomorrow on."""
    rows = await db.fetch(
        """
        select id from offer join offer_round on offer_id = id
         where since <= $1 and least(until, stopped_at) > $2
           and not exists (select from best_arm where best_arm.offer_id = offer.id
                              and day = ($1::timestamptz at time zone 'UTC')::date + $3::int)
         order by since, id limit 1
        """,
        at,
        since,
        days_after,
    )
    return rows[0]["id"] if rows else None


async def tally(
    db: Connection, offer_id: str, before: Instant, day_at: Instant, after: UUID | None, limit: int
) -> list[Tally]:
    """The next members who were given it before an instant, by kind; visits of the four weeks before `day_at` count. A gift
    that nobody need ask for is no use of the offer."""
    return await many(
        db,
        Tally,
        """
        select kind, count(*) as shown, count(*) filter (where uses > 0) as used, sum(worth)::bigint as worth,
               sum(uses)::bigint as uses, (array_agg(member_id order by member_id desc))[1] as last
          from (select e.member_id, u.uses, u.worth,
                       case when p.consents & 2 = 2 then p.tier || ':' || (
                            select least(3, (count(*) + 1) / 2) from unnest(p.recent_at) as visit (at)
                             where visit.at < $3::bigint and visit.at >= $3::bigint - 2419200) else '' end as kind
                  from (select member_id from exposure
                         where offer_id = $1 and not held_out and opened_at <= $2
                           and member_id > coalesce($4::uuid, '00000000-0000-0000-0000-000000000000')
                         order by member_id limit $5) e
                  left join portrait p on p.member_id = e.member_id
                 cross join lateral (select count(*) as uses, coalesce(sum(worth), 0) as worth from offer_use
                                      where offer_use.member_id = e.member_id and offer_use.offer_id = $1
                                         and (fact_id <> 'gift' or (select activation from offer where id = $1))) u) known
         group by kind
        """,
        offer_id,
        before,
        day_at,
        after,
        limit,
    )


async def write(db: Connection, offer_id: str, at: Instant, days_after: int, rows: Sequence[Any]) -> None:
    """What was seen, counting from tomorrow on; what nobody reads any more goes."""
    await execute(
        db,
        """
        with gone as (
            delete from best_arm where offer_id = $1 and day < (
                   select max(day) from best_arm where offer_id = $1 and day <= ($2::timestamptz at time zone 'UTC')::date))
        insert into best_arm (offer_id, kind, day, shown, used, worth, uses)
        select $1, kind, ($2::timestamptz at time zone 'UTC')::date + $3::int, shown, used, worth, uses
          from jsonb_to_recordset($4) as seen (kind text, shown bigint, used bigint, worth bigint, uses bigint)
            on conflict (offer_id, kind, day) do update
           set shown = excluded.shown, used = excluded.used, worth = excluded.worth, uses = excluded.uses
        """,
        offer_id,
        at,
        days_after,
        rows,
    )


async def asked(db: Connection, member_id: UUID, day_at: Instant) -> Asked | None:
    """What may be known of this member; None where they did not agree to be known."""
    return await maybe(
        db,
        Asked,
        """
        select p.tier || ':' || (
               select least(3, (count(*) + 1) / 2) from unnest(p.recent_at) as visit (at)
                where visit.at < $2::bigint and visit.at >= $2::bigint - 2419200) as kind,
               coalesce(p.spend_cents::float8 / nullif(p.visits, 0), 0) as visit_cents
          from member join portrait p on p.member_id = member.member_id
         where member.member_id = $1 and member.consents @> '{"personalisation": true}'
        """,
        member_id,
        day_at,
    )


async def known(db: Connection, kind: str, at: Instant) -> list[Row]:
    """What was seen of every offer when the day began, with this kind and with all others."""
    return await many(
        db,
        Row,
        """
        select offer_id, kind = $1 as mine, sum(shown)::bigint as shown, sum(used)::bigint as used,
               sum(worth)::bigint as worth, sum(uses)::bigint as uses
          from best_arm
         where day = (select max(day) from best_arm newest where newest.offer_id = best_arm.offer_id
                         and newest.day <= ($2::timestamptz at time zone 'UTC')::date)
         group by offer_id, kind = $1
        """,
        kind,
        at,
    )


async def facts(db: Connection, offer_ids: Sequence[str]) -> list[Facts]:
    """What goods leave under these offers, and in what their worth is counted."""
    return await many(
        db,
        Facts,
        """
        select id as offer_id, margin_percent, benefit ->> 'type' in ('discount', 'free-item') as is_money
          from offer where id = any($1::text[])
        """,
        offer_ids,
    )
