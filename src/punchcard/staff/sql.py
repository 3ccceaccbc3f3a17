"""Cashiers, what they were refused, what was given by hand, and the reports, in PostgreSQL."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value
from punchcard.partners import Till

from .model import ByHand, State, Why


async def cards_of(db: Connection, partner_ids: Sequence[str]) -> list[tuple[str, str, UUID | None]]:
    """Partner, cashier and the holder of the cashier's own card, for all on these partners' lists."""
    rows = await db.fetch(
        "select partner_id, cashier, holder from staff_cashier where partner_id = any($1::text[])", partner_ids
    )
    return [(row["partner_id"], row["cashier"], row["holder"]) for row in rows]


async def cashiers(db: Connection, partner_id: str) -> list[tuple[str, str, UUID | None, Instant]]:
    """A partner's list: cashier, name, holder of the own card, since when."""
    rows = await db.fetch(
        "select cashier, name, holder, since from staff_cashier where partner_id = $1 order by cashier", partner_id
    )
    return [(row["cashier"], row["name"], row["holder"], row["since"]) for row in rows]


async def put_cashier(
    db: Connection, partner_id: str, cashier: str, name: str, holder: UUID | None, at: Instant
) -> Instant:
    """Keep a cashier, or change name and card; says since when the list knows them."""
    since: Instant = await value(
        db,
        """
        insert into staff_cashier (partner_id, cashier, name, holder, since) values ($1, $2, $3, $4, $5)
            on conflict (partner_id, cashier) do update set name = excluded.name, holder = excluded.holder
        returning since
        """,
        partner_id,
        cashier,
        name,
        holder,
        at,
    )
    return since


async def drop_cashier(db: Connection, partner_id: str, cashier: str) -> bool:
    """Take a cashier off the list; False when nobody stood there."""
    return bool(
        await execute(db, "delete from staff_cashier where partner_id = $1 and cashier = $2", partner_id, cashier)
    )


async def has_served(
    db: Connection, till: Till, names: Sequence[str], since: Instant, at: Instant, days: Sequence[date]
) -> bool:
    """Whether one of these cashiers rang up anything at this till in that time, which lies on these days of the shop."""
    return bool(
        await value(
            db,
            """
            select exists (select from till_receipt
                            where shop_id = $1 and till_id = $2 and day between $3 and $4 and cashier = any($5::text[])
                              and at > $6 and at <= $7)
            """,
            till.shop_id,
            till.id,
            days[0],
            days[-1],
            names,
            since,
            at,
        )
    )


async def keep_refusal(
    db: Connection, till: Till, cashier: str, member_id: UUID, day: date, why: Why, at: Instant
) -> None:
    """Count what was refused; asking again within five minutes is the same try."""
    await execute(
        db,
        """
        insert into staff_refusal as known (member_id, shop_id, till_id, cashier, day, why, last_at)
        values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (member_id, day, shop_id, till_id, cashier, why) do update
           set times = known.times + (excluded.last_at >= known.last_at + interval '5 minutes')::int,
               last_at = greatest(known.last_at, excluded.last_at)
        """,
        member_id,
        till.shop_id,
        till.id,
        cashier,
        day,
        why,
        at,
    )


async def hold_author(db: Connection, author: UUID) -> None:
    """Nobody else counts what this operator adjusts until the transaction ends."""
    await value(db, "select pg_advisory_xact_lock(hashtextextended($1::text, 24))", str(author))


async def adjusted_alone(db: Connection, author: UUID, since: Instant) -> int:
    """How many points this operator moved alone since then, up or down."""
    points: int = await value(
        db,
        """
        select coalesce(sum(abs(points)), 0)::bigint from staff_adjustment
         where author = $1 and asked_at > $2 and alone
        """,
        author,
        since,
    )
    return points


async def insert_adjustment(db: Connection, kept: ByHand) -> bool:
    """Enter it into the register; False when the id stands there already."""
    return bool(
        await execute(
            db,
            """
            insert into staff_adjustment (id, member_id, points, currency, reason, note, asked, author, asked_at, alone, state)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing
            """,
            kept.id,
            kept.member_id,
            kept.points,
            kept.currency,
            kept.reason,
            kept.note,
            kept.asked,
            kept.author,
            kept.asked_at,
            kept.alone,
            kept.state,
        )
    )


async def adjustment(db: Connection, id: UUID) -> ByHand | None:
    """The adjustment with this id."""
    return await maybe(
        db,
        ByHand,
        """
        select id, member_id, points, currency, reason, note, asked, author, asked_at, alone, state, decider, decided_at
          from staff_adjustment where id = $1
        """,
        id,
    )


async def hold_adjustment(db: Connection, id: UUID) -> ByHand | None:
    """The adjustment with this id, held until the transaction ends."""
    return await maybe(
        db,
        ByHand,
        """
        select id, member_id, points, currency, reason, note, asked, author, asked_at, alone, state, decider, decided_at
          from staff_adjustment where id = $1 for update
        """,
        id,
    )


async def adjustments(db: Connection, state: State, most: int) -> list[ByHand]:
    """What is in this state, the oldest of the newest first."""
    return await many(
        db,
        ByHand,
        """
        select * from (
            select id, member_id, points, currency, reason, note, asked, author, asked_at, alone, state, decider, decided_at
              from staff_adjustment where state = $1 order by asked_at desc, id limit $2) as newest
         order by asked_at, id
        """,
        state,
        most,
    )


async def set_decided(db: Connection, id: UUID, state: State, decider: UUID, at: Instant) -> None:
    """A second person has decided."""
    await execute(
        db,
        "update staff_adjustment set state = $2, decider = $3, decided_at = $4 where id = $1",
        id,
        state,
        decider,
        at,
    )


async def set_written(db: Connection, id: UUID) -> None:
    """The fact stands in the journal."""
    await execute(db, "update staff_adjustment set state = 'written' where id = $1 and state = 'approved'", id)


async def take_back_approval(db: Connection, id: UUID) -> None:
    """The journal's door refused it: one that needed two waits again, the other was never asked for."""
    await execute(
        db,
        """
        with alone as (delete from staff_adjustment where id = $1 and alone and state = 'approved')
        update staff_adjustment set state = 'waiting', decider = null, decided_at = null
         where id = $1 and not alone and state = 'approved'
        """,
        id,
    )


async def let_lapse(db: Connection, before: Instant) -> int:
    """What was asked for before and nobody has decided; says how many."""
    return await execute(
        db, "update staff_adjustment set state = 'lapsed' where state = 'waiting' and asked_at <= $1", before
    )


async def approved_before(db: Connection, before: Instant) -> list[ByHand]:
    """What was to be written and may not have been: whoever approved it has gone away."""
    return await many(
        db,
        ByHand,
        """
        select id, member_id, points, currency, reason, note, asked, author, asked_at, alone, state, decider, decided_at
          from staff_adjustment where state = 'approved' and coalesce(decided_at, asked_at) <= $1 order by asked_at
        """,
        before,
    )


async def keep_report(db: Connection, day: date, at: Instant, findings: Any) -> None:
    """What looked odd on a day, instead of what an earlier night found."""
    await execute(
        db,
        """
        insert into staff_report (day, made_at, findings) values ($1, $2, $3)
            on conflict (day) do update set made_at = excluded.made_at, findings = excluded.findings
        """,
        day,
        at,
        findings,
    )


async def has_report(db: Connection, day: date) -> bool:
    """Whether the day was looked at."""
    return bool(await value(db, "select exists (select from staff_report where day = $1)", day))


async def report(db: Connection, day: date | None) -> tuple[date, Instant, Any] | None:
    """The report of the day, or the newest one."""
    row = await db.fetchrow(
        """
        select day, made_at, findings from staff_report where $1::date is null or day = $1 order by day desc limit 1
        """,
        day,
    )
    return (row["day"], row["made_at"], row["findings"]) if row else None


async def forget_member(db: Connection, member_id: UUID) -> None:
    """Nobody's own card is this member's, nothing waits to be decided about them, and no word of what was written beside
    their points is left."""
    await execute(db, "update staff_cashier set holder = null where holder = $1", member_id)
    await execute(
        db,
        """
        update staff_adjustment set note = '(forgotten)', asked = '',
               state = case when state = 'waiting' then 'lapsed' else state end
         where member_id = $1 and (note <> '(forgotten)' or state = 'waiting')
        """,
        member_id,
    )
