"""How endpoints, cursors and dead messages are kept."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value

from .model import Cursor, Dead, Endpoint, State, Wanted


async def lock(db: Connection) -> None:
    """One change of endpoints at a time; they can be read meanwhile."""
    await execute(db, "lock table webhook_endpoint in share row exclusive mode")


async def endpoint(db: Connection, endpoint_id: UUID) -> Endpoint | None:
    return await maybe(
        db,
        Endpoint,
        """
        select id, url, partner, kinds, description, state, key_id, counter, former_key_id, former_until, failing_since,
               trouble, made_at
          from webhook_endpoint where id = $1
        """,
        endpoint_id,
    )


async def endpoints(db: Connection) -> list[Endpoint]:
    """Every endpoint that was not taken away."""
    return await many(
        db,
        Endpoint,
        """
        select id, url, partner, kinds, description, state, key_id, counter, former_key_id, former_until, failing_since,
               trouble, made_at
          from webhook_endpoint where state <> 'ended' order by made_at, id
        """,
    )


async def listening(db: Connection) -> list[UUID]:
    """The endpoints that are told."""
    rows = await db.fetch("select id from webhook_endpoint where state = 'on' order by id")
    return [row["id"] for row in rows]


async def insert_endpoint(db: Connection, endpoint_id: UUID, wanted: Wanted, key_id: str) -> None:
    await execute(
        db,
        """
        insert into webhook_endpoint (id, url, partner, kinds, description, key_id) values ($1, $2, $3, $4, $5, $6)
        """,
        endpoint_id,
        wanted.url,
        wanted.partner,
        wanted.kinds,
        wanted.description,
        key_id,
    )


async def update_endpoint(db: Connection, endpoint_id: UUID, wanted: Wanted) -> None:
    """Change what it hears; it is on from now on."""
    await execute(
        db,
        """
        update webhook_endpoint
           set url = $2, partner = $3, kinds = $4, description = $5, state = 'on',
               failing_since = case when state = 'on' then failing_since end
         where id = $1
        """,
        endpoint_id,
        wanted.url,
        wanted.partner,
        wanted.kinds,
        wanted.description,
    )


async def set_secret(db: Connection, endpoint_id: UUID, key_id: str, former_until: Instant) -> None:
    """The next secret; the one so far signs beside it until then."""
    await execute(
        db,
        """
        update webhook_endpoint
           set counter = counter + 1, former_key_id = key_id, key_id = $2, former_until = $3 where id = $1
        """,
        endpoint_id,
        key_id,
        former_until,
    )


async def set_state(db: Connection, endpoint_id: UUID, state: State, trouble: str, at: Instant) -> None:
    """Switch it off."""
    await execute(
        db,
        """
        update webhook_endpoint set state = $2, trouble = $3, failing_since = coalesce(failing_since, $4) where id = $1
        """,
        endpoint_id,
        state,
        trouble,
        at,
    )


async def set_failing(db: Connection, endpoint_id: UUID, since: Instant | None, trouble: str) -> None:
    """Since when nothing was accepted, and what was answered; None: a message was accepted."""
    await execute(
        db,
        "update webhook_endpoint set failing_since = $2, trouble = $3 where id = $1",
        endpoint_id,
        since,
        trouble,
    )


async def drop_cursors(db: Connection, endpoint_id: UUID) -> None:
    """Forget how far it has heard of whom, and what it would not take."""
    await execute(
        db,
        """
        with dead as (delete from webhook_dead where endpoint_id = $1)
        delete from webhook_cursor where endpoint_id = $1
        """,
        endpoint_id,
    )


async def cursor(db: Connection, member_id: UUID, endpoint_id: UUID) -> Cursor | None:
    return await maybe(
        db,
        Cursor,
        """
        select seq, again_after, again_until, tries, first_tried_at, due_at from webhook_cursor
         where member_id = $1 and endpoint_id = $2
        """,
        member_id,
        endpoint_id,
    )


async def begin(db: Connection, endpoint_id: UUID, members: Sequence[UUID], seqs: Sequence[int]) -> None:
    """Whoever has no cursor yet gets one here."""
    await execute(
        db,
        """
        insert into webhook_cursor (member_id, endpoint_id, seq)
        select m, $1, seq from unnest($2::uuid[], $3::bigint[]) as c (m, seq) on conflict do nothing
        """,
        endpoint_id,
        members,
        seqs,
    )


async def move(db: Connection, member_id: UUID, endpoint_id: UUID, was: Cursor, seq: int) -> bool:
    """The next message is the one after `seq`. False when somebody else moved the cursor meanwhile."""
    moved = await execute(
        db,
        """
        update webhook_cursor
           set seq = case when again_after is null then $6 else seq end,
               again_after = case when again_until > $6 then $6 end,
               again_until = case when again_until > $6 then again_until end,
               tries = 0, first_tried_at = null, due_at = null
         where member_id = $1 and endpoint_id = $2 and seq = $3
           and again_after is not distinct from $4 and again_until is not distinct from $5
        """,
        member_id,
        endpoint_id,
        was.seq,
        was.again_after,
        was.again_until,
        seq,
    )
    return bool(moved)


async def put_off(
    db: Connection, member_id: UUID, endpoint_id: UUID, was: Cursor, at: Instant, due_at: Instant
) -> None:
    """The next message was tried at `at` in vain, and is tried again at `due_at`."""
    await execute(
        db,
        """
        update webhook_cursor
           set tries = tries + 1, first_tried_at = coalesce(first_tried_at, $6), due_at = $7
         where member_id = $1 and endpoint_id = $2 and seq = $3
           and again_after is not distinct from $4 and again_until is not distinct from $5
        """,
        member_id,
        endpoint_id,
        was.seq,
        was.again_after,
        was.again_until,
        at,
        due_at,
    )


async def send_again(
    db: Connection, endpoint_id: UUID, members: Sequence[UUID], firsts: Sequence[int], lasts: Sequence[int]
) -> None:
    """Of what they have heard, from the first to the last is sent again, at once."""
    await execute(
        db,
        """
        update webhook_cursor c
           set again_after = least(c.again_after, a.first - 1), again_until = greatest(c.again_until, least(a.last, c.seq)),
               tries = 0, first_tried_at = null, due_at = null
          from unnest($2::uuid[], $3::bigint[], $4::bigint[]) as a (m, first, last)
         where c.member_id = a.m and c.endpoint_id = $1 and a.first <= c.seq
        """,
        endpoint_id,
        members,
        firsts,
        lasts,
    )


async def hurry(db: Connection, endpoint_id: UUID) -> list[UUID]:
    """Whoever's message waits is tried now; says who they are."""
    rows = await db.fetch(
        """
        update webhook_cursor set tries = 0, first_tried_at = null, due_at = null
         where endpoint_id = $1 and (tries > 0 or again_after is not null) returning member_id
        """,
        endpoint_id,
    )
    return [row["member_id"] for row in rows]


async def lay_aside(
    db: Connection, member_id: UUID, endpoint_id: UUID, seq: int, type: str, error: str, was: Cursor, at: Instant
) -> None:
    """Keep a message that nobody took."""
    await execute(
        db,
        """
        insert into webhook_dead (member_id, endpoint_id, seq, type, error, tries, first_tried_at, died_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (member_id, endpoint_id, seq) do update
           set (error, tries, first_tried_at, died_at)
             = (excluded.error, excluded.tries, excluded.first_tried_at, excluded.died_at)
        """,
        member_id,
        endpoint_id,
        seq,
        type,
        error,
        was.tries + 1,
        was.first_tried_at,
        at,
    )


async def raise_dead(db: Connection, member_id: UUID, endpoint_id: UUID, seq: int) -> None:
    """It was accepted after all."""
    await execute(
        db,
        "delete from webhook_dead where member_id = $1 and endpoint_id = $2 and seq = $3",
        member_id,
        endpoint_id,
        seq,
    )


async def dead(db: Connection, endpoint_id: UUID, limit: int) -> list[Dead]:
    """What it would not take, the newest first."""
    return await many(
        db,
        Dead,
        """
        select member_id, seq, type, error, tries, first_tried_at, died_at from webhook_dead
         where endpoint_id = $1 order by died_at desc, member_id, seq limit $2
        """,
        endpoint_id,
        limit,
    )


async def dead_count(db: Connection, endpoint_id: UUID) -> int:
    """How many messages it would not take."""
    return int(await value(db, "select count(*) from webhook_dead where endpoint_id = $1", endpoint_id))


async def known_endpoints(db: Connection) -> int:
    """How many endpoints there are that were not taken away."""
    return int(await value(db, "select count(*) from webhook_endpoint where state <> 'ended'"))
