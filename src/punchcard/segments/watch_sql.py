"""Segments that operators make, who is in the watched ones, and how far a walk past everybody has come."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value
from punchcard.foundation.locale import Text
from punchcard.programme import Expression

Pair = tuple[UUID, str]
"""A member and a segment."""


class Made(Struct, frozen=True):
    """A segment that an operator made."""

    id: str
    who: Expression
    name: Text
    is_watched: bool


class Walk(Struct, frozen=True):
    """How far a walk has come, in this transaction's hands."""

    through: UUID | None
    is_known: bool


class Absent(Struct, frozen=True):
    """Those without a portrait among the next members."""

    members: list[UUID]
    looked_at: int
    last: UUID | None


async def made(db: Connection) -> list[Made]:
    """Every segment that operators made, by id."""
    return await many(db, Made, "select id, who, name, is_watched from segment order by id")


async def make(db: Connection, segment: Made, at: Instant) -> None:
    """Keep it, in place of the one of its id."""
    await execute(
        db,
        """
        insert into segment (id, who, name, is_watched, changed_at) values ($1, $2, $3, $4, $5)
            on conflict (id) do update
           set who = excluded.who, name = excluded.name, is_watched = excluded.is_watched, changed_at = excluded.changed_at
        """,
        segment.id,
        segment.who,
        segment.name,
        segment.is_watched,
        at,
    )


async def unmake(db: Connection, segment_id: str) -> int:
    """Forget it; 0 where there was none."""
    return await execute(db, "delete from segment where id = $1", segment_id)


async def known(db: Connection) -> dict[str, bytes]:
    """The segments that were walked to the end once, with what they were walked by."""
    rows = await db.fetch("select id, about from segment_walk where is_known")
    return {row["id"]: row["about"] for row in rows}


async def memberships(db: Connection, member_ids: Sequence[UUID]) -> set[Pair]:
    """Which watched segments these members are in."""
    rows = await db.fetch(
        "select member_id, segment_id from segment_member where member_id = any($1::uuid[])", member_ids
    )
    return {(row["member_id"], row["segment_id"]) for row in rows}


async def enter(db: Connection, pairs: Sequence[Pair], at: Instant) -> list[Pair]:
    """Let these members be in these segments; answers those who were not."""
    rows = await db.fetch(
        """
        insert into segment_member (member_id, segment_id, since)
        select member_id, segment_id, $3 from unnest($1::uuid[], $2::text[]) as came (member_id, segment_id)
            on conflict (member_id, segment_id) do nothing
        returning member_id, segment_id
        """,
        [member_id for member_id, _ in pairs],
        [segment_id for _, segment_id in pairs],
        at,
    )
    return [(row["member_id"], row["segment_id"]) for row in rows]


async def leave(db: Connection, pairs: Sequence[Pair]) -> list[Pair]:
    """Let these members be in these segments no more; answers those who were."""
    rows = await db.fetch(
        """
        delete from segment_member using unnest($1::uuid[], $2::text[]) as gone (member_id, segment_id)
         where segment_member.member_id = gone.member_id and segment_member.segment_id = gone.segment_id
        returning segment_member.member_id, segment_member.segment_id
        """,
        [member_id for member_id, _ in pairs],
        [segment_id for _, segment_id in pairs],
    )
    return [(row["member_id"], row["segment_id"]) for row in rows]


async def forget(db: Connection, member_ids: Sequence[UUID]) -> None:
    """These are no members any more, and in no segment."""
    await execute(db, "delete from segment_member where member_id = any($1::uuid[])", member_ids)


async def inside(db: Connection, segment_id: str, after: UUID | None, through: UUID | None) -> set[UUID]:
    """Who is in a watched segment, among the members after one of them, up to another or to the last."""
    rows = await db.fetch(
        """
        select member_id from segment_member
         where segment_id = $1 and member_id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
           and ($3::uuid is null or member_id <= $3)
        """,
        segment_id,
        after,
        through,
    )
    return {row["member_id"] for row in rows}


async def begin_walk(db: Connection, walk_id: str, about: bytes, at: Instant, rest_seconds: int) -> None:
    """Let there be a walk; begin anew what is walked by another expression, or has rested long enough."""
    await execute(
        db,
        """
        insert into segment_walk as old (id, about, begun_at) values ($1, $2, $3)
            on conflict (id) do update
           set about = excluded.about, begun_at = excluded.begun_at, rests = false, through = null,
               is_known = old.is_known and old.about = excluded.about
         where old.about <> excluded.about
            or (old.rests and old.begun_at <= excluded.begun_at - make_interval(secs => $4))
        """,
        walk_id,
        about,
        at,
        float(rest_seconds),
    )


async def to_walk(db: Connection, walk_id: str) -> Walk | None:
    """The walk, if it is under way and in nobody else's hands."""
    return await maybe(
        db,
        Walk,
        "select through, is_known from segment_walk where id = $1 and not rests for update skip locked",
        walk_id,
    )


async def walked(db: Connection, walk_id: str, through: UUID | None, is_last: bool) -> None:
    """Everybody up to this member was looked at."""
    await execute(
        db,
        """
        update segment_walk
           set through = case when $3 then null else $2::uuid end, rests = $3, is_known = is_known or $3 where id = $1
        """,
        walk_id,
        through,
        is_last,
    )


async def walks(db: Connection) -> list[str]:
    """The ids of all walks."""
    rows = await db.fetch("select id from segment_walk")
    return [row["id"] for row in rows]


async def unwatch(db: Connection, segment_id: str, limit: int) -> int:
    """Forget who was in it, so many at a time, and with the last the walk. Says how many were forgotten."""
    return int(
        await value(
            db,
            """
            with gone as (
                delete from segment_member where (member_id, segment_id) in
                       (select member_id, segment_id from segment_member where segment_id = $1 limit $2)
                returning member_id),
            over as (delete from segment_walk where id = $1 and (select count(*) from gone) < $2)
            select count(*) from gone
            """,
            segment_id,
            limit,
        )
    )


async def absent(db: Connection, after: UUID | None, limit: int) -> Absent:
    """Who has no portrait among the next so many active members after one of them."""
    found = await maybe(
        db,
        Absent,
        """
        with page as materialized (
            select member_id from member
             where state = 'active' and member_id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
             order by member_id limit $2)
        select coalesce(array_agg(page.member_id) filter (where portrait.member_id is null), '{}') as members,
               count(*) as looked_at, (select member_id from page order by member_id desc limit 1) as last
          from page left join portrait on portrait.member_id = page.member_id
        """,
        after,
        limit,
    )
    assert found is not None
    return found
