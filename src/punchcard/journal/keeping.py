"""How what follows from facts is kept: one statement for the facts of any number of members, and what a replay takes
back before it. Instants travel as seconds and JSON as text here: the driver writes such arrays without our codecs."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from msgspec import Raw, json
from msgspec.structs import astuple

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute
from punchcard.foundation.ids import bucket_of

from .model import KeptFact, Paper, Posting, StoredFact

Posted = tuple[UUID, Posting]
"""Whose journal grows, and by what."""


WRITE = """
with kept_fact as (
    insert into fact (member_id, id, at, seq, body, asked, receipt, after_entry, hash, reasons, told)
    select m, id, to_timestamp(at), seq, body::jsonb, asked, receipt, after_entry, hash, reasons::jsonb, told::jsonb
      from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[], $7::bytea[],
                  $8::bigint[], $9::bytea[], $10::text[], $11::text[])
        as f (m, id, at, seq, body, asked, receipt, after_entry, hash, reasons, told)),
owned as (insert into fact_owner (fact_id, member_id) select * from unnest($2::text[], $1::uuid[])),
printed as (
    insert into till_receipt (member_id, shop_id, till_id, day, number, kind, cashier, amount, fact_id, earned, spent, at)
    select m, shop, till, day::date, number, kind, cashier, amount, fact_id, earned, spent, to_timestamp(at)
      from unnest($64::uuid[], $65::text[], $66::text[], $67::text[], $68::text[], $69::text[], $70::text[],
                  $71::bigint[], $72::text[], $73::bigint[], $74::bigint[], $75::bigint[])
        as r (m, shop, till, day, number, kind, cashier, amount, fact_id, earned, spent, at)
        on conflict (shop_id, till_id, day, number) do update
       set (member_id, kind, earned, spent, fact_id)
         = (excluded.member_id, excluded.kind, excluded.earned, excluded.spent,
            case when till_receipt.fact_id = excluded.fact_id then excluded.fact_id end)),
moved as (
    insert into entry (member_id, number, fact_id, step, at, account, counter, currency, lot, funder, term, edition,
                       points, account_balance, counter_balance, hash)
    select m, number, fact_id, step, to_timestamp(at), account, counter, currency, to_timestamp(lot), funder,
           term, edition, points, account_balance, counter_balance, hash
      from unnest($12::uuid[], $13::bigint[], $14::text[], $15::text[], $16::bigint[], $17::text[],
                  $18::text[], $19::text[], $20::bigint[], $21::text[], $22::text[], $23::int[], $24::bigint[],
                  $25::bigint[], $26::bigint[], $27::bytea[])
        as e (m, number, fact_id, step, at, account, counter, currency, lot, funder, term, edition, points,
              account_balance, counter_balance, hash)),
dealt as (
    insert into deal (member_id, id, at, fact_id, body)
    select m, id, to_timestamp(at), fact_id, body
      from unnest($28::uuid[], $29::text[], $30::bigint[], $31::text[], $32::bytea[])
        as d (m, id, at, fact_id, body)),
marked as (
    insert into checkpoint (member_id, facts, at, fact_id, state, habits)
    select m, facts, to_timestamp(at), fact_id, state, habits
      from unnest($33::uuid[], $34::bigint[], $35::bigint[], $36::text[], $37::bytea[], $38::bytea[])
        as c (m, facts, at, fact_id, state, habits)),
thinned as (
    delete from checkpoint using unnest($39::uuid[], $40::bigint[]) as old (m, facts)
     where checkpoint.member_id = old.m and checkpoint.facts = old.facts),
profiled as (
    insert into profile (member_id, tier, points, visits, last_visit_at, home_shop, spend_cents)
    select m, tier, points, visits, to_timestamp(last_visit_at), home_shop, spend_cents
      from unnest($41::uuid[], $42::int[], $43::bigint[], $44::bigint[], $45::bigint[], $46::text[],
                  $47::bigint[])
        as p (m, tier, points, visits, last_visit_at, home_shop, spend_cents)
        on conflict (member_id) do update
       set (tier, points, visits, last_visit_at, home_shop, spend_cents, changed_at)
         = (excluded.tier, excluded.points, excluded.visits, excluded.last_visit_at, excluded.home_shop,
            excluded.spend_cents, now())),
following as (
    insert into outbox (member_id, reaction, key, bucket, due_at, payload)
    select m, reaction, key, bucket, to_timestamp(due_at), payload::jsonb
      from unnest($48::uuid[], $49::text[], $50::text[], $51::smallint[], $52::bigint[], $53::text[])
        as o (m, reaction, key, bucket, due_at, payload)
        on conflict (member_id, reaction, key) do update
       set (version, due_at, payload, attempts)
         = (outbox.version + 1, least(outbox.due_at, excluded.due_at), excluded.payload, 0))
update standing
   set version = version + 1, at = to_timestamp(s.at), fact_id = s.fact_id, facts = s.facts,
       entries = s.entries, head = s.head, ticked_at = to_timestamp(s.ticked_at),
       next_change_at = to_timestamp(s.next_change_at), rulebook = s.rulebook, state = s.state, habits = s.habits
  from unnest($41::uuid[], $54::bigint[], $55::text[], $56::bigint[], $57::bigint[], $58::bytea[],
              $59::bigint[], $60::bigint[], $61::bigint[], $62::bytea[], $63::bytea[])
    as s (m, at, fact_id, facts, entries, head, ticked_at, next_change_at, rulebook, state, habits)
 where standing.member_id = s.m
"""


async def write(db: Connection, posted: Sequence[Posted]) -> None:
    """Everything that facts (or a tick, which has none) leave behind, in one statement. Of a member who is named more than
    once, the facts follow each other as they stand here, and the last one's row holds.

    A receipt number that another fact bears meanwhile has no fact to stand for: `fact_id` may not be null."""
    last = dict(posted)
    await execute(
        db,
        WRITE,
        *columns((fact_of(m, each.fact) for m, each in posted if each.fact), 11),
        *columns(((m, *astuple(entry)) for m, each in posted for entry in each.entries), 16),
        *columns(((m, *astuple(deal)) for m, each in posted for deal in each.deals), 5),
        *columns(((m, *astuple(mark)) for m, each in posted for mark in each.checkpoints), 6),
        *columns(((m, facts) for m, each in posted for facts in each.thinned), 2),
        *columns(((m, *astuple(each.profile)) for m, each in last.items()), 7),
        *columns(dues_of(posted), 6),
        *columns((astuple(each.row) for each in last.values()), 10),
        *columns((paper_of(m, each.paper) for m, each in posted if each.paper), 12),
    )


def columns(rows: Iterable[tuple[Any, ...]], width: int) -> Sequence[Sequence[Any]]:
    """Rows as the arrays that `unnest` makes rows of again."""
    return list(zip(*rows, strict=True)) or [()] * width


def fact_of(member_id: UUID, fact: KeptFact) -> tuple[Any, ...]:
    *fields, reasons, told = astuple(fact)
    return member_id, *fields, text(reasons), text(told)


def paper_of(member_id: UUID, paper: Paper) -> tuple[Any, ...]:
    printed, *more = astuple(paper)
    return member_id, *astuple(printed), *more


def dues_of(posted: Sequence[Posted]) -> Iterable[tuple[Any, ...]]:
    """What must follow, each level and each edge once: as the last one says, when the first one does."""
    found: dict[tuple[UUID, str, str], tuple[Any, ...]] = {}
    for member_id, posting in posted:
        bucket = bucket_of(member_id)
        for due in posting.dues:
            payload = None if due.payload is None else text(due.payload)
            place, at = (member_id, due.reaction, due.key), due.due_at or posting.due_at
            found[place] = *place, bucket, min(at, found[place][4]) if place in found else at, payload
    return found.values()


def text(value: Any) -> str:
    return json.encode(value).decode()


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
