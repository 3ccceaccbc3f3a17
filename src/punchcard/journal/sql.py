"""How a journal is kept. Whoever writes holds the member's standing first."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from msgspec import convert

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, one, value
from punchcard.programme import Entry

from .model import Checkpoint, Held, Moved, Peeked, Remembered, StepRow, StoredFact, Whose

Position = tuple[Instant, str]
"""An instant and a fact's id: the canonical order of a journal."""
Asked = tuple[UUID, str, str, str, str, str, str]
"""A member, the id of the fact to be written, of the deal that it is about, and shop, till, day and number of its receipt."""
UNPRINTED = ("", "", "", "")


async def claim(db: Connection, fact_id: str) -> bool:
    """Nobody else writes a fact of this id until the transaction ends. False if somebody does just now."""
    return bool(await value(db, "select pg_try_advisory_xact_lock(hashtextextended($1, 18))", fact_id))


async def hold(
    db: Connection, member_id: UUID, fact_id: str, deal_id: str, printed: Sequence[str] = UNPRINTED
) -> Held | None:
    """Hold the member: nobody else moves anything of theirs until this transaction ends. Brings all that a fact needs.

    Whoever had to wait for it sees an old snapshot in all but `standing` itself: then `seen` differs from `version`."""
    return await maybe(
        db,
        Held,
        """
        select s.version, s.at, s.fact_id, s.facts, s.entries, s.head, s.ticked_at, s.state, s.habits,
               (select same.version from standing same where same.member_id = $1) as seen,
               (select array[f.asked, f.receipt] from fact f where f.member_id = $1 and f.id = $2) as known,
               (select o.member_id from fact_owner o where o.fact_id = $2) as owner,
               (select d.body from deal d where d.member_id = $1 and d.id = $3
                 order by d.at desc, d.fact_id desc limit 1) as deal,
               (select r.fact_id from till_receipt r
                 where (r.shop_id, r.till_id, r.day, r.number) = ($4, $5, nullif($6, '')::date, $7)) as printed,
               v.version as rulebook, v.listened
          from standing s cross join rulebook_version v where s.member_id = $1 for update of s
        """,
        member_id,
        fact_id,
        deal_id,
        *printed,
    )


async def hold_free(db: Connection, asked: Sequence[Asked]) -> dict[str, Held]:
    """Hold those of these members whom nobody else holds, waiting for none. Brings the same for each fact, by its id."""
    rows = await db.fetch(
        """
        select a.fact_id as wanted, s.version, s.at, s.fact_id, s.facts, s.entries, s.head, s.ticked_at, s.state, s.habits,
               (select same.version from standing same where same.member_id = s.member_id) as seen,
               (select array[f.asked, f.receipt] from fact f where f.member_id = s.member_id and f.id = a.fact_id) as known,
               (select o.member_id from fact_owner o where o.fact_id = a.fact_id) as owner,
               (select d.body from deal d where d.member_id = s.member_id and d.id = a.deal_id
                 order by d.at desc, d.fact_id desc limit 1) as deal,
               (select r.fact_id from till_receipt r
                 where (r.shop_id, r.till_id, r.day, r.number) = (a.shop, a.till, nullif(a.day, '')::date, a.number)) as printed,
               pg_try_advisory_xact_lock(hashtextextended(a.fact_id, 18)) as mine,
               v.version as rulebook, v.listened
          from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
            as a (member_id, fact_id, deal_id, shop, till, day, number)
          join standing s on s.member_id = a.member_id cross join rulebook_version v for update of s skip locked
        """,
        *zip(*asked, strict=True),
    )
    return {row["wanted"]: convert(dict(row), Held) for row in rows if row["mine"]}


async def open_standings(
    db: Connection, asked: Sequence[Asked], next_change_at: Instant, states: Sequence[bytes], habits: bytes
) -> dict[UUID, Held]:
    """The first rows of journals, held. Where two open one at once, the second gets none and holds what the first made."""
    members, facts, _, *printed = zip(*asked, strict=True)
    rows = await db.fetch(
        """
        insert into standing (member_id, next_change_at, state, habits)
        select m, $3, state, $5 from unnest($1::uuid[], $4::bytea[]) as opened (m, state) order by m
            on conflict (member_id) do nothing
        returning member_id, version, at, standing.fact_id, facts, entries, head, ticked_at, state, habits,
                  version as seen, null::bytea[] as known, null::bytea as deal,
                  (select o.member_id from unnest($1, $2::text[]) as a (m, fact_id)
                     join fact_owner o on o.fact_id = a.fact_id where a.m = standing.member_id) as owner,
                  (select r.fact_id
                     from unnest($1, $6::text[], $7::text[], $8::text[], $9::text[]) as p (m, shop, till, day, number)
                     join till_receipt r on (r.shop_id, r.till_id, r.day, r.number)
                        = (p.shop, p.till, nullif(p.day, '')::date, p.number)
                    where p.m = standing.member_id) as printed,
                  (select v.version from rulebook_version v) as rulebook,
                  (select v.listened from rulebook_version v) as listened
        """,
        members,
        facts,
        next_change_at,
        states,
        habits,
        *printed,
    )
    return {row["member_id"]: convert(dict(row), Held) for row in rows}


async def drop_empty(db: Connection, members: Sequence[UUID]) -> None:
    """Journals that were opened for a fact which was not let in."""
    await execute(db, "delete from standing where member_id = any($1::uuid[]) and version = 0", members)


async def checkpoint_before(db: Connection, member_id: UUID, at: Instant, fact_id: str) -> Checkpoint | None:
    """Where the replay of a fact at this position begins."""
    return await maybe(
        db,
        Checkpoint,
        """
        select facts, at, fact_id, state, habits from checkpoint
         where member_id = $1 and (at, fact_id) < ($2, $3) order by facts desc limit 1
        """,
        member_id,
        at,
        fact_id,
    )


async def facts_after(db: Connection, member_id: UUID, at: Instant, fact_id: str) -> list[StoredFact]:
    """The facts after this position, in their order."""
    return await many(
        db,
        StoredFact,
        """
        select id, body::text as body, reasons, told from fact
         where member_id = $1 and (at, id) > ($2, $3) order by at, id
        """,
        member_id,
        at,
        fact_id,
    )


async def facts_between(db: Connection, member_id: UUID, after: Position, before: Position) -> list[StoredFact]:
    """The facts between these positions, in their order."""
    return await many(
        db,
        StoredFact,
        """
        select id, body::text as body, reasons, told from fact
         where member_id = $1 and (at, id) > ($2, $3) and (at, id) < ($4, $5) order by at, id
        """,
        member_id,
        *after,
        *before,
    )


async def deals_as_of(db: Connection, member_id: UUID, ids: Sequence[str], at: Instant, fact_id: str) -> list[bytes]:
    """What these deals had become right after the fact at this position."""
    rows = await db.fetch(
        """
        select distinct on (id) body from deal
         where member_id = $1 and id = any($2::text[]) and (at, fact_id) <= ($3, $4) order by id, at desc, fact_id desc
        """,
        member_id,
        ids,
        at,
        fact_id,
    )
    return [row["body"] for row in rows]


async def posted_after(db: Connection, member_id: UUID, at: Instant, fact_id: str) -> list[Moved]:
    """What the entries after this position come to, corrections included."""
    rows = await db.fetch(
        """
        select step, fact_id, at, account, counter, currency, lot, funder, term, edition, sum(points)::bigint as points
          from entry where member_id = $1 and (at, step) > ($2, $3)
         group by step, fact_id, at, account, counter, currency, lot, funder, term, edition having sum(points) <> 0
        """,
        member_id,
        at,
        fact_id,
    )
    return moved_of(rows)


async def due_members(db: Connection, at: Instant, limit: int) -> list[UUID]:
    """Whose standing time changes by then."""
    rows = await db.fetch(
        "select member_id from standing where next_change_at <= $1 order by next_change_at limit $2", at, limit
    )
    return [row["member_id"] for row in rows]


async def peek(db: Connection, member_id: UUID, deal_id: str) -> Peeked:
    """The member's row as it stands, held by nobody."""
    return await one(
        db,
        Peeked,
        """
        select (select v.version from rulebook_version v) as rulebook,
               (select d.body from deal d where d.member_id = $1 and d.id = $2
                 order by d.at desc, d.fact_id desc limit 1) as deal,
               coalesce(s.version, 0) as version, coalesce(s.ticked_at, 'epoch') as ticked_at, s.state
          from (select $1::uuid as member_id) asked left join standing s on s.member_id = asked.member_id
        """,
        member_id,
        deal_id,
    )


async def peek_each(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, Peeked]:
    """The same of each of these members, without a deal."""
    rows = await db.fetch(
        """
        select asked.member_id, v.version, null::bytea, coalesce(s.version, 0), coalesce(s.ticked_at, 'epoch'), s.state
          from unnest($1::uuid[]) as asked (member_id) cross join rulebook_version v left join standing s using (member_id)
        """,
        member_ids,
    )
    return {member_id: Peeked(*row) for member_id, *row in rows}


async def page(db: Connection, member_id: UUID, at: Instant, id: str, limit: int) -> list[StepRow]:
    """The last facts before this position and the instants at which time moved points, the newest first."""
    return await many(
        db,
        StepRow,
        """
        select * from (
            (select id, at, body::text as body, reasons from fact
              where member_id = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4)
            union all
            (select step, at, null, null from entry
              where member_id = $1 and step = '' and (at, step) < ($2, $3)
              group by at, step having bool_or(points <> 0) order by at desc limit $4)) as steps
         order by at desc, id desc limit $4
        """,
        member_id,
        at,
        id,
        limit,
    )


async def posted_between(db: Connection, member_id: UUID, first: Position, last: Position) -> list[Moved]:
    """What the entries from one position to another come to, both included."""
    rows = await db.fetch(
        """
        select step, fact_id, at, account, counter, currency, lot, funder, term, edition, sum(points)::bigint as points
          from entry where member_id = $1 and (at, step) >= ($2, $3) and (at, step) <= ($4, $5)
         group by step, fact_id, at, account, counter, currency, lot, funder, term, edition having sum(points) <> 0
        """,
        member_id,
        *first,
        *last,
    )
    return moved_of(rows)


def moved_of(rows: Iterable[Sequence[Any]]) -> list[Moved]:
    return [
        Moved(step, Entry(of, at, account, counter, currency, lot or 0, funder, term, edition, points))
        for step, of, at, account, counter, currency, lot, funder, term, edition, points in rows
    ]


async def whose(db: Connection, fact_id: str) -> Whose | None:
    """In whose journal the fact of this id stands, and where."""
    return await maybe(
        db,
        Whose,
        """
        select f.member_id, f.at from fact_owner o join fact f on f.member_id = o.member_id and f.id = o.fact_id
         where o.fact_id = $1
        """,
        fact_id,
    )


async def remembered(db: Connection, fact_id: str) -> Remembered | None:
    """What was asked and answered under this id."""
    return await maybe(
        db,
        Remembered,
        """
        select f.asked, f.receipt from fact_owner o join fact f on f.member_id = o.member_id and f.id = o.fact_id
         where o.fact_id = $1
        """,
        fact_id,
    )


async def versions(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How often each of these standings has changed."""
    rows = await db.fetch("select member_id, version from standing where member_id = any($1::uuid[])", member_ids)
    return {row["member_id"]: row["version"] for row in rows}
