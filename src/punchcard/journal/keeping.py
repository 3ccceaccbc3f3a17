"""How what follows from a fact is kept: one statement, and what a replay takes back before it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Raw, Struct, json
from msgspec.structs import astuple

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute
from punchcard.foundation.ids import bucket_of

from .model import Checkpoint, KeptDeal, KeptFact, Posting, Sealed, StoredFact


async def write(db: Connection, member_id: UUID, posting: Posting) -> None:
    """Everything that one fact (or a tick, which has none) leaves behind, in one statement."""
    await execute(
        db,
        """
        with kept_fact as (
            insert into fact (member_id, id, at, seq, body, asked, receipt, after_entry, hash, reasons, told)
            select $1::uuid, $2::text, $3::timestamptz, $4::bigint, $5::jsonb, $6::bytea, $7::bytea, $8::bigint,
                   $9::bytea, $10::jsonb, $11::jsonb where $2 <> ''),
        owned as (insert into fact_owner (fact_id, member_id) select $2, $1 where $2 <> ''),
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
        thinned as (delete from checkpoint where member_id = $1 and facts = any($35::bigint[])),
        profiled as (
            insert into profile (member_id, tier, points, visits, last_visit_at, home_shop, spend_cents)
            values ($1, $36, $37, $38, $39, $40, $41)
                on conflict (member_id) do update
               set (tier, points, visits, last_visit_at, home_shop, spend_cents, changed_at)
                 = (excluded.tier, excluded.points, excluded.visits, excluded.last_visit_at, excluded.home_shop,
                    excluded.spend_cents, now())),
        following as (
            insert into outbox (member_id, reaction, key, bucket, due_at, payload)
            select $1, * from unnest($42::text[], $43::text[], $44::smallint[], $45::timestamptz[], $46::jsonb[])
                on conflict (member_id, reaction, key) do update
               set (version, due_at, payload, attempts)
                 = (outbox.version + 1, least(outbox.due_at, excluded.due_at), excluded.payload, 0))
        update standing
           set version = version + 1, at = $47, fact_id = $48, facts = $49, entries = $50, head = $51, ticked_at = $52,
               next_change_at = $53, rulebook = $54, state = $55, habits = $56 where member_id = $1
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


NO_FACT = KeptFact("", 0, 0, None, b"", b"", 0, b"", [], [])


def columns(rows: Sequence[Struct] | Sequence[tuple[Any, ...]], width: int) -> Sequence[Sequence[Any]]:
    """Rows as the arrays that `unnest` makes rows of again."""
    tuples = [row if isinstance(row, tuple) else astuple(row) for row in rows]
    return list(zip(*tuples, strict=True)) if tuples else [()] * width


def dues_of(member_id: UUID, posting: Posting) -> list[tuple[str, str, int, Instant, Any]]:
    bucket = bucket_of(member_id)
    return [(due.reaction, due.key, bucket, due.due_at or posting.due_at, due.payload) for due in posting.dues]


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
