"""Whole histories, read a batch of members at a time: for whoever asks what would have been."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, many, one, value
from punchcard.programme import AnyFact

from .refold import fact_from


class Extent(Struct, frozen=True):
    """How much history there is."""

    members: int
    facts: int
    last_at: Instant
    """When the last fact happened; 0 where there is none."""


class Length(Struct, frozen=True):
    """How many facts a member's journal has."""

    member_id: UUID
    facts: int


class History(Struct, frozen=True):
    """A member's facts in canonical order."""

    member_id: UUID
    facts: list[AnyFact]


async def has_history(db: Connection) -> bool:
    """Whether anything ever happened to anybody."""
    return bool(await value(db, "select exists (select from fact)"))


async def extent(db: Connection) -> Extent:
    """How much history there is, of how many members."""
    return await one(
        db,
        Extent,
        """
        select count(*) as members, coalesce(sum(facts), 0)::bigint as facts, coalesce(max(at), 'epoch') as last_at
          from standing where facts > 0
        """,
    )


async def lengths(db: Connection, after: UUID, limit: int = 1000) -> list[Length]:
    """The next members who have a history, in the order of their ids, and how long it is."""
    return await many(
        db,
        Length,
        "select member_id, facts from standing where member_id > $1 and facts > 0 order by member_id limit $2",
        after,
        limit,
    )


async def histories(db: Connection, members: Sequence[UUID], until: Instant) -> Iterator[History]:
    """The facts of these members up to and with `until`. They are decoded member by member, as they are asked for."""
    rows = await db.fetch(
        """
        select member_id, body::text as body from fact
         where member_id = any($1::uuid[]) and at <= $2 order by member_id, at, id
        """,
        members,
        until,
    )
    grouped = groupby(rows, key=itemgetter(0))
    return (History(member_id, [fact_from(row[1]) for row in facts]) for member_id, facts in grouped)
