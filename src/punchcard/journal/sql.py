"""How a journal is kept. Whoever writes holds the member's standing first."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from msgspec import Raw, Struct, json
from msgspec.structs import astuple

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, one
from punchcard.foundation.ids import bucket_of
from punchcard.programme import Entry

from .model import Checkpoint, Held, KeptDeal, KeptFact, Moved, Peeked, Posting, Sealed, StepRow, StoredFact, Whose


async def hold(db: Connection, member_id: UUID, fact_id: str, deal_id: str) -> Held | None:
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
               (select v.version from rulebook_version v) as rulebook
          from standing s where s.member_id = $1 for update
        """,
        member_id,
        fact_id,
        deal_id,
    )


async def open_standing(
    db: Connection, member_id: UUID, fact_id: str, next_change_at: Instant, state: bytes, habits: bytes
) -> Held | None:
    """The first row of a journal, held. Where two open it at once, the second gets none and holds what the first made."""
    return await maybe(
        db,
        Held,
        """
        insert into standing (member_id, next_change_at, state, habits) values ($1, $3, $4, $5)
            on conflict (member_id) do nothing
        returning version, at, standing.fact_id, facts, entries, head, ticked_at, state, habits, version as seen,
                  null::bytea[] as known, (select o.member_id from fact_owner o where o.fact_id = $2) as owner,
                  null::bytea as deal, (select v.version from rulebook_version v) as rulebook
        """,
        member_id,
        fact_id,
        next_change_at,
        state,
        habits,
    )


async def write(db: Connection, member_id: UUID, posting: Posting) -> None:
    """Everything that one fact (or a tick, which has none) leaves behind, in one statement."""
    await execute(
        db,
        """
        with kept_fact as (
            insert into fact (member_id, id, at, seq, body, asked, receipt, after_entry, hash, reasons, told)
            select $1::uuid, $2::text, $3::timestamptz, $4::bigint, $5::jsonb, $6::bytea, $7::bytea, $8::bigint,
                   $9::bytea, $10::jsonb, $11::jsonb where $2 <> ''),
        owned as (
            insert into fact_owner (fact_id, member_id) select $2, $1 where $2 <> ''),
        moved as (
            insert into entry (member_id, number, fact_id, step, at, account, counter, currency, lot, funder, term,
                               points, account_balance, counter_balance, hash)
            select $1, * from unnest($12::bigint[], $13::text[], $14::text[], $15::timestamptz[], $16::text[],
                                     $17::text[], $18::text[], $19::timestamptz[], $20::text[], $21::text[],
                                     $22::bigint[], $23::bigint[], $24::bigint[], $25::bytea[])),
        dealt as (
            insert into deal (member_id, id, at, fact_id, body)
            select $1, * from unnest($26::text[], $27::timestamptz[], $28::text[], $29::bytea[])),
        marked as (
            insert into checkpoint (member_id, facts, at, fact_id, state, habits)
            select $1, * from unnest($30::bigint[], $31::timestamptz[], $32::text[], $33::bytea[], $34::bytea[])),
        thinned as (
            delete from checkpoint where member_id = $1 and facts = any($35::bigint[])),
        profiled as (
            insert into profile (member_id, tier, points, visits, last_visit_at, home_shop, spend_cents)
            values ($1, $36, $37, $38, $39, $40, $41)
                on conflict (member_id) do update
               set tier = excluded.tier, points = excluded.points, visits = excluded.visits,
                   last_visit_at = excluded.last_visit_at, home_shop = excluded.home_shop,
                   spend_cents = excluded.spend_cents, changed_at = now()),
        following as (
            insert into outbox (member_id, reaction, key, bucket, due_at, payload)
            select $1, * from unnest($42::text[], $43::text[], $44::smallint[], $45::timestamptz[], $46::jsonb[])
                on conflict (member_id, reaction, key) do update
               set version = outbox.version + 1, due_at = least(outbox.due_at, excluded.due_at),
                   payload = excluded.payload, attempts = 0)
        update standing
           set version = version + 1, at = $47, fact_id = $48, facts = $49, entries = $50, head = $51, ticked_at = $52,
               next_change_at = $53, rulebook = $54, state = $55, habits = $56
         where member_id = $1
        """,
        member_id,
        *astuple(posting.fact or NO_FACT),
        *columns(posting.entries, len(Sealed.__struct_fields__)),
        *columns(posting.deals, len(KeptDeal.__struct_fields__)),
        *columns(posting.checkpoints, len(Checkpoint.__struct_fields__)),
        posting.thinned,
        *astuple(posting.profile),
        *columns(dues_of(member_id, posting), 5),
        *astuple(posting.row),
    )


Position = tuple[Instant, str]
"""An instant and a fact's id: the canonical order of a journal."""
NO_FACT = KeptFact("", 0, 0, None, b"", b"", 0, b"", [], [])


def columns(rows: Sequence[Struct] | Sequence[tuple[Any, ...]], width: int) -> Sequence[Sequence[Any]]:
    """Rows as the arrays that `unnest` makes rows of again."""
    tuples = [row if isinstance(row, tuple) else astuple(row) for row in rows]
    return list(zip(*tuples, strict=True)) if tuples else [()] * width


def dues_of(member_id: UUID, posting: Posting) -> list[tuple[str, str, int, Instant, Any]]:
    bucket = bucket_of(member_id)
    return [(due.reaction, due.key, bucket, due.due_at or posting.due_at, due.payload) for due in posting.dues]


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
        select step, fact_id, at, account, counter, currency, lot, funder, term, sum(points)::bigint as points
          from entry where member_id = $1 and (at, step) > ($2, $3)
         group by step, fact_id, at, account, counter, currency, lot, funder, term having sum(points) <> 0
        """,
        member_id,
        at,
        fact_id,
    )
    return moved_of(rows)


async def cut(db: Connection, member_id: UUID, at: Instant, fact_id: str) -> None:
    """Forget the checkpoints and the versions of deals after this position; the replay makes them anew."""
    await execute(
        db,
        """
        with deals as (delete from deal where member_id = $1 and (at, fact_id) > ($2, $3))
        delete from checkpoint where member_id = $1 and (at, fact_id) > ($2, $3)
        """,
        member_id,
        at,
        fact_id,
    )


async def retell(db: Connection, member_id: UUID, facts: Sequence[StoredFact]) -> None:
    """Why the points of these facts moved or not, now that another stands before them."""
    await execute(
        db,
        """
        update fact set reasons = again.reasons, told = again.told
          from unnest($2::text[], $3::jsonb[], $4::jsonb[]) as again(id, reasons, told)
         where fact.member_id = $1 and fact.id = again.id
        """,
        member_id,
        [fact.id for fact in facts],
        [Raw(json.encode(fact.reasons)) for fact in facts],
        [Raw(json.encode(fact.told)) for fact in facts],
    )


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
        select step, fact_id, at, account, counter, currency, lot, funder, term, sum(points)::bigint as points
          from entry where member_id = $1 and (at, step) >= ($2, $3) and (at, step) <= ($4, $5)
         group by step, fact_id, at, account, counter, currency, lot, funder, term having sum(points) <> 0
        """,
        member_id,
        *first,
        *last,
    )
    return moved_of(rows)


def moved_of(rows: Iterable[Sequence[Any]]) -> list[Moved]:
    return [
        Moved(step, Entry(of, at, account, counter, currency, lot or 0, funder, term, points))
        for step, of, at, account, counter, currency, lot, funder, term, points in rows
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


async def versions(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How often each of these standings has changed."""
    rows = await db.fetch("select member_id, version from standing where member_id = any($1::uuid[])", member_ids)
    return {row["member_id"]: row["version"] for row in rows}
