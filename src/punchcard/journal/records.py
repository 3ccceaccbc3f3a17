"""Everything that is kept of some members, as it stood at one moment: for the audit."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct, convert

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, many, value

from .model import Checkpoint, KeptDeal, Profile, Sealed

T = TypeVar("T")


class RowRecord(Struct, frozen=True):
    """A member's row, and the chain that it heads."""

    member_id: UUID
    at: Instant
    fact_id: str
    facts: int
    entries: int
    head: bytes
    ticked_at: Instant
    next_change_at: Instant
    state: bytes
    habits: bytes


class FactRecord(Struct, frozen=True):
    """A fact as it stands in the journal, and whose it is by the look-up table."""

    id: str
    at: Instant
    seq: int
    body: str
    asked: bytes
    receipt: bytes
    after_entry: int
    hash: bytes
    reasons: Any
    told: list[str]
    owner: UUID | None
    redacted: bytes | None = None
    """SHA-256 of what is left of it, where words were struck out."""


class Records(Struct, frozen=True):
    """All that is kept of one member."""

    row: RowRecord
    facts: list[FactRecord]
    """In canonical order."""
    entries: list[Sealed]
    deals: list[KeptDeal]
    checkpoints: list[Checkpoint]
    profile: Profile | None


async def how_many(db: Connection) -> int:
    """How many members have a journal."""
    return int(await value(db, "select count(*) from standing"))


async def after(db: Connection, member_id: UUID, limit: int) -> list[UUID]:
    """The next members who have a journal, in the order of their ids."""
    rows = await db.fetch(
        "select member_id from standing where member_id > $1 order by member_id limit $2", member_id, limit
    )
    return [row["member_id"] for row in rows]


async def read(db: Connection, members: Sequence[UUID]) -> list[Records]:
    """What is kept of these members. Nobody writes theirs until this transaction ends; all may read."""
    rows = await hold(db, members)
    facts = by_member(FactRecord, await facts_of(db, members))
    entries = by_member(Sealed, await entries_of(db, members))
    deals = by_member(KeptDeal, await deals_of(db, members))
    checkpoints = by_member(Checkpoint, await checkpoints_of(db, members))
    profiles = by_member(Profile, await profiles_of(db, members))
    return [
        Records(row, facts[id], entries[id], deals[id], checkpoints[id], next(iter(profiles[id]), None))
        for row in rows
        if (id := row.member_id)
    ]


def by_member(shape: type[T], rows: Sequence[Any]) -> defaultdict[UUID, list[T]]:
    found: defaultdict[UUID, list[T]] = defaultdict(list)
    for row in rows:
        found[row["member_id"]].append(convert(dict(row), shape))
    return found


async def hold(db: Connection, members: Sequence[UUID]) -> list[RowRecord]:
    return await many(
        db,
        RowRecord,
        """
        select member_id, at, fact_id, facts, entries, head, ticked_at, next_change_at, state, habits from standing
         where member_id = any($1::uuid[]) order by member_id for share
        """,
        members,
    )


async def facts_of(db: Connection, members: Sequence[UUID]) -> Sequence[Any]:
    return await db.fetch(
        """
        select f.member_id, f.id, f.at, f.seq, f.body::text as body, f.asked, f.receipt, f.after_entry, f.hash,
               f.reasons, f.told, o.member_id as owner, r.digest as redacted
          from fact f left join fact_owner o on o.fact_id = f.id
          left join fact_redacted r on r.member_id = f.member_id and r.fact_id = f.id
         where f.member_id = any($1::uuid[]) order by f.member_id, f.at, f.id
        """,
        members,
    )


async def entries_of(db: Connection, members: Sequence[UUID]) -> Sequence[Any]:
    return await db.fetch(
        """
        select member_id, number, fact_id, step, at, account, counter, currency, lot, funder, term, edition, points,
               account_balance, counter_balance, hash
          from entry where member_id = any($1::uuid[]) order by member_id, number
        """,
        members,
    )


async def deals_of(db: Connection, members: Sequence[UUID]) -> Sequence[Any]:
    return await db.fetch(
        "select member_id, id, at, fact_id, body from deal where member_id = any($1::uuid[]) order by at, fact_id, id",
        members,
    )


async def checkpoints_of(db: Connection, members: Sequence[UUID]) -> Sequence[Any]:
    return await db.fetch(
        """
        select member_id, facts, at, fact_id, state, habits from checkpoint
         where member_id = any($1::uuid[]) order by facts
        """,
        members,
    )


async def profiles_of(db: Connection, members: Sequence[UUID]) -> Sequence[Any]:
    return await db.fetch(
        """
        select member_id, tier, points, visits, last_visit_at, home_shop, spend_cents from profile
         where member_id = any($1::uuid[])
        """,
        members,
    )
