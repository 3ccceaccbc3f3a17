"""How far an offer is told, and whole pages of members who come into its audience or leave it."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, maybe, one, value

from .model import Round
from .rounds_model import Leaf


async def to_open(db: Connection, at: Instant) -> Round | None:
    """An offer that has begun and is not told to everybody: this transaction's alone. One that is paused or sold out waits,
    and one with a trigger is told to nobody but those who set it off."""
    return await maybe(
        db,
        Round,
        """
        select offer_id, reached_through as through from offer_round join offer on offer.id = offer_id
         where since <= $1 and until > $1 and opened_at is null and stopped_at is null and trigger is null
           and paused_at is null and sold_out_at is null
         order by until limit 1 for update of offer_round skip locked
        """,
        at,
    )


async def opened_through(db: Connection, offer_id: str, through: UUID | None, opened_at: Instant | None) -> None:
    """Everybody up to this member is told; `opened_at` when that is everybody."""
    await execute(
        db,
        "update offer_round set reached_through = $2, opened_at = $3 where offer_id = $1",
        offer_id,
        through,
        opened_at,
    )


async def to_close(db: Connection, at: Instant) -> Round | None:
    """An offer that is over or was stopped and still stands on cards: this transaction's alone."""
    return await maybe(
        db,
        Round,
        """
        select offer_id, parted_through as through from offer_round join offer on offer.id = offer_id
         where closed_at is null and least(until, stopped_at) <= $1
         order by until limit 1 for update of offer_round skip locked
        """,
        at,
    )


async def closed_through(db: Connection, offer_id: str, through: UUID | None, closed_at: Instant | None) -> None:
    """The cards of everybody up to this member are stale; `closed_at` when that is everybody."""
    await execute(
        db,
        "update offer_round set parted_through = $2, closed_at = $3 where offer_id = $1",
        offer_id,
        through,
        closed_at,
    )


async def expose(
    db: Connection, offer_id: str, members: Sequence[UUID], held_out: Sequence[bool], until: Instant | None, at: Instant
) -> Leaf:
    """Let these members be in the audience; answers those who were not yet and are to hear of it. `until`: the end of their
    own window, None where it is the offer's."""
    return await one(
        db,
        Leaf,
        """
        with come as (
            insert into exposure (member_id, offer_id, held_out, opened_at, until)
            select member_id, $1, held_out, $4, $5 from unnest($2::uuid[], $3::boolean[]) as come (member_id, held_out)
                on conflict (member_id, offer_id) do nothing
            returning member_id, held_out)
        select count(*) as members, (array_agg(member_id order by member_id))[1] as first,
               (array_agg(member_id order by member_id desc))[1] as last
          from come where not held_out
        """,
        offer_id,
        members,
        held_out,
        at,
        until,
    )


async def audience(db: Connection, offer_id: str, after: UUID, limit: int) -> Leaf:
    """The next so many who had the offer, after one member."""
    return await one(
        db,
        Leaf,
        """
        select count(*) as members, (array_agg(member_id order by member_id))[1] as first,
               (array_agg(member_id order by member_id desc))[1] as last
          from (select member_id from exposure where offer_id = $1 and not held_out and member_id > $2
                 order by member_id limit $3) as leaf
        """,
        offer_id,
        after,
        limit,
    )


async def told(db: Connection, offer_id: str, after: UUID, through: UUID, limit: int) -> list[UUID]:
    """The next so many who had the offer, in order, after one member and up to another."""
    found: list[UUID] = await value(
        db,
        """
        select coalesce(array_agg(member_id order by member_id), '{}')
          from (select member_id from exposure
                 where offer_id = $1 and not held_out and member_id > $2 and member_id <= $3
                 order by member_id limit $4) as leaf
        """,
        offer_id,
        after,
        through,
        limit,
    )
    return found


async def apart(db: Connection, offer_id: str, members: Sequence[UUID]) -> set[UUID]:
    """Those of these members by whom the offer was ever used, or who have a window of their own."""
    found: list[UUID] = await value(
        db,
        """
        select coalesce(array_agg(member_id order by member_id), '{}')
          from (select member_id from offer_use where offer_id = $1 and member_id = any($2::uuid[])
                 union
                select member_id from exposure
                 where offer_id = $1 and member_id = any($2::uuid[]) and until is not null) as apart
        """,
        offer_id,
        members,
    )
    return set(found)
