"""What an offer's members came to, day by day, kept as sums by arm; and how far the offer got with those who have it."""

from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, one, value

from .lift_model import Day, Funnel, Measured, Page, Stopped, Subject


async def subjects(db: Connection, at: Instant, since: Instant, before: Instant) -> list[str]:
    """Offers that have begun and ended not before `since`, whose last round ended before `before` or is not through."""
    rows = await db.fetch(
        """
        select id from offer join offer_round on offer_round.offer_id = id left join lift_offer on lift_offer.offer_id = id
         where since <= $1 and least(until, offer_round.stopped_at) > $2
           and (measured_at is null or through is not null or measured_at < $3)
         order by measured_at nulls first, id
        """,
        at,
        since,
        before,
    )
    return [row["id"] for row in rows]


async def subject(db: Connection, offer_id: str) -> Subject | None:
    """The offer as it is measured."""
    return await maybe(
        db,
        Subject,
        """
        select id, name, since, least(until, stopped_at) as until, stopped_at, margin_percent, stop_when,
               benefit ->> 'type' in ('discount', 'free-item') as is_money, hold_out
          from offer join offer_round on offer_id = id where id = $1
        """,
        offer_id,
    )


async def hold(db: Connection, offer_id: str) -> UUID | None:
    """The offer's sums are this transaction's alone: where its round stands, none at the beginning."""
    await execute(db, "insert into lift_offer (offer_id) values ($1) on conflict (offer_id) do nothing", offer_id)
    through: UUID | None = await value(db, "select through from lift_offer where offer_id = $1 for update", offer_id)
    return through


async def through(db: Connection, offer_id: str, member_id: UUID | None, measured_at: Instant | None) -> None:
    """The round has come so far; `measured_at` when that was everybody."""
    await execute(
        db,
        "update lift_offer set through = $2, measured_at = coalesce($3, measured_at) where offer_id = $1",
        offer_id,
        member_id,
        measured_at,
    )


async def count(
    db: Connection, subject: Subject, zone: str, point_cents: int, until: Instant, after: UUID | None, limit: int
) -> Page:
    """Bring the sums up to date with the next members of the audience, of whom something is new: take off what they came to
    when they were counted, add what they come to now. A point that the offer gave costs `point_cents`."""
    return await one(
        db,
        Page,
        COUNT,
        subject.id,
        zone,
        point_cents,
        until,
        after,
        limit,
        subject.margin_percent,
        subject.is_money,
    )


COUNT = """
    with page as (
        select e.member_id, e.held_out, e.opened_at, coalesce(s.facts, 0) as facts, u.used, u.worth,
               k.member_id is null as is_new, k.days, k.visits, k.spend_cents, k.cost_cents, k.uses,
               (k.facts, k.used, k.worth) is distinct from (coalesce(s.facts, 0), u.used, u.worth) as is_changed
          from (select * from exposure where offer_id = $1
                   and member_id > coalesce($5::uuid, '00000000-0000-0000-0000-000000000000')
                 order by member_id limit $6) e
          left join standing s on s.member_id = e.member_id
          left join lift_member k on k.member_id = e.member_id and k.offer_id = $1
         cross join lateral (select count(*) as used, coalesce(sum(worth), 0)::bigint as worth from offer_use
                              where offer_use.member_id = e.member_id and offer_use.offer_id = $1
                                and fact_id <> 'gift') u),
    changed as (select * from page where is_changed),
    back as (
        select r.member_id, r.body ->> 'deal' as sale, q.key::int as line, sum(greatest(0, q.value::bigint))::bigint as quantity
          from changed c join fact r on r.member_id = c.member_id and r.at >= c.opened_at and r.body ->> 'type' = 'Return'
         cross join lateral jsonb_each_text(r.body -> 'quantities') q group by 1, 2, 3),
    sale as (
        select f.member_id, f.id, (f.at at time zone $2)::date as day,
               coalesce(sum(left_over.quantity), 0) > 0 or bool_and(back.quantity is null) as stands,
               coalesce(sum(case when coalesce(back.quantity, 0) = 0 or line.quantity = 0 then line.amount
                                 else line.amount * left_over.quantity / line.quantity end), 0)::bigint as cents
          from changed c
          join fact f on f.member_id = c.member_id and f.at >= c.opened_at and f.at < $4 and f.body ->> 'type' = 'Sale'
          left join lateral jsonb_array_elements(f.body -> 'lines') with ordinality as l (body, place) on true
         cross join lateral (select (l.body ->> 3)::bigint as quantity, (l.body ->> 4)::bigint as amount) line
          left join back on back.member_id = f.member_id and back.sale = f.id and back.line = l.place - 1
         cross join lateral (select greatest(0, line.quantity - coalesce(back.quantity, 0)) as quantity) left_over
         group by f.member_id, f.id, f.at),
    now_day as (
        select member_id, day, sum(visits)::bigint as visits, sum(cents)::bigint as cents, sum(cost)::bigint as cost,
               sum(uses)::bigint as uses
          from (select member_id, day, stands::int as visits, cents, 0 as cost, 0 as uses from sale
                union all
                select c.member_id, (u.at at time zone $2)::date, 0, 0, case when $8 then u.worth else u.worth * $3 end, 1
                  from changed c
                  join offer_use u on u.member_id = c.member_id and u.offer_id = $1 and u.fact_id <> 'gift') parts
         group by member_id, day),
    moved as (
        select n.member_id, 1 as sign, n.day, n.visits, n.cents, n.cost, n.uses from now_day n
        union all
        select c.member_id, -1, o.* from changed c
         cross join lateral unnest(c.days, c.visits, c.spend_cents, c.cost_cents, c.uses) as o (day, visits, cents, cost, uses)),
    grown as (
        select c.held_out, b.sign, b.day, b.visits, b.cents, b.cost, b.uses, b.cents * $7 - b.cost * 100 as margin,
               (sum(b.visits) over totals)::numeric as all_visits, (sum(b.cents) over totals)::numeric as all_cents,
               (sum(b.cents * $7 - b.cost * 100) over totals)::numeric as all_margin, sum(b.uses) over totals as all_uses
          from moved b join changed c using (member_id)
        window totals as (partition by b.member_id, b.sign order by b.day)),
    added as (
        insert into lift_day as d (offer_id, held_out, day, members, users, uses, cost_cents, visits, visits_squares,
                                   spend_cents, spend_squares, margin_hundredths, margin_squares)
        select $1, held_out, day, sum(members), sum(users), sum(uses), sum(cost), sum(visits), sum(visits_squares),
               sum(cents), sum(cents_squares), sum(margin), sum(margin_squares)
          from (select held_out, day, 0 as members, sign * (all_uses > 0 and all_uses = uses)::int as users,
                       sign * uses as uses, sign * cost as cost, sign * visits as visits,
                       sign * (all_visits ^ 2 - (all_visits - visits) ^ 2) as visits_squares, sign * cents as cents,
                       sign * (all_cents ^ 2 - (all_cents - cents) ^ 2) as cents_squares, sign * margin as margin,
                       sign * (all_margin ^ 2 - (all_margin - margin) ^ 2) as margin_squares
                  from grown
                union all
                select held_out, (opened_at at time zone $2)::date, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 from changed where is_new) parts
         group by held_out, day
            on conflict (offer_id, held_out, day) do update
           set members = d.members + excluded.members, users = d.users + excluded.users, uses = d.uses + excluded.uses,
               cost_cents = d.cost_cents + excluded.cost_cents, visits = d.visits + excluded.visits,
               visits_squares = d.visits_squares + excluded.visits_squares,
               spend_cents = d.spend_cents + excluded.spend_cents,
               spend_squares = d.spend_squares + excluded.spend_squares,
               margin_hundredths = d.margin_hundredths + excluded.margin_hundredths,
               margin_squares = d.margin_squares + excluded.margin_squares),
    kept as (
        insert into lift_member as k (member_id, offer_id, facts, used, worth, days, visits, spend_cents, cost_cents, uses)
        select c.member_id, $1, c.facts, c.used, c.worth,
               coalesce(array_agg(n.day order by n.day) filter (where n.day is not null), '{}'),
               coalesce(array_agg(n.visits order by n.day) filter (where n.day is not null), '{}'),
               coalesce(array_agg(n.cents order by n.day) filter (where n.day is not null), '{}'),
               coalesce(array_agg(n.cost order by n.day) filter (where n.day is not null), '{}'),
               coalesce(array_agg(n.uses order by n.day) filter (where n.day is not null), '{}')
          from changed c left join now_day n on n.member_id = c.member_id
         group by c.member_id, c.facts, c.used, c.worth
            on conflict (member_id, offer_id) do update
           set facts = excluded.facts, used = excluded.used, worth = excluded.worth, days = excluded.days,
               visits = excluded.visits, spend_cents = excluded.spend_cents, cost_cents = excluded.cost_cents,
               uses = excluded.uses)
    select (select count(*) from page) as looked_at, (select count(*) from changed) as changed,
           (select member_id from page order by member_id desc limit 1) as last
"""


async def days(db: Connection, offer_id: str) -> list[Day]:
    """What each day added for each arm, in order."""
    return await many(
        db,
        Day,
        """
        select held_out, day, members, users, uses, cost_cents, visits, visits_squares::float8, spend_cents,
               spend_squares::float8, margin_hundredths::float8, margin_squares::float8
          from lift_day where offer_id = $1 order by day, held_out
        """,
        offer_id,
    )


async def measured(db: Connection, offer_id: str) -> Measured | None:
    """How far measuring is, and on what grounds the offer stopped itself."""
    return await maybe(
        db, Measured, "select measured_at, stopped_at, because from lift_offer where offer_id = $1", offer_id
    )


async def funnel(db: Connection, offer_id: str) -> Funnel:
    """How many of those who were given it came how far."""
    return await one(
        db,
        Funnel,
        """
        select g.given, m.sent, m.received, m.opened, g.activated,
               (select count(distinct member_id) from offer_use where offer_id = $1 and fact_id <> 'gift') as used
          from (select count(*) filter (where not held_out) as given, count(activated_at) as activated
                  from exposure where offer_id = $1) g,
               (select count(sent_at) as sent, count(coalesce(received_at, opened_at)) as received,
                       count(coalesce(opened_at, read_at)) as opened
                  from message where kind = 'offer' and subject = $1) m
        """,
        offer_id,
    )


async def keep_stop(db: Connection, offer_id: str, at: Instant, because: Stopped) -> bool:
    """On what grounds it stopped itself; False where that is known."""
    return bool(
        await execute(
            db,
            "update lift_offer set stopped_at = $2, because = $3 where offer_id = $1 and stopped_at is null",
            offer_id,
            at,
            because,
        )
    )
