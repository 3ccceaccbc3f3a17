"""How runs of a re-design are kept, and who holds cards, in the order of members."""

from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, one, value

from .redesign_model import Run


class Holder(Struct, frozen=True):
    """A member with a card, and whether somebody holds it."""

    member_id: UUID
    is_held: bool


class Cards(Struct, frozen=True):
    """How many cards there are, and how many of them somebody holds."""

    total: int
    held: int


async def latest(db: Connection, wallet: str) -> Run | None:
    """The run that began last."""
    return await maybe(
        db,
        Run,
        """
        select id, wallet, design_hash, state, total, held, last_member, handed, skipped, done, per_second, stepped_at,
               began_at, ended_at
          from redesign where wallet = $1 order by began_at desc, id desc limit 1
        """,
        wallet,
    )


async def recent(db: Connection, limit: int) -> list[Run]:
    """The runs that began last, the newest first."""
    return await many(
        db,
        Run,
        """
        select id, wallet, design_hash, state, total, held, last_member, handed, skipped, done, per_second, stepped_at,
               began_at, ended_at
          from redesign order by began_at desc, id desc limit $1
        """,
        limit,
    )


async def held_run(db: Connection, run_id: UUID) -> Run | None:
    """The run, held for this transaction."""
    return await maybe(
        db,
        Run,
        """
        select id, wallet, design_hash, state, total, held, last_member, handed, skipped, done, per_second, stepped_at,
               began_at, ended_at
          from redesign where id = $1 for update
        """,
        run_id,
    )


async def hold_beginnings(db: Connection) -> None:
    """One at a time begins a run."""
    await execute(db, "select pg_advisory_xact_lock(hashtextextended('passes.redesign', 0))")


async def keep(db: Connection, run: Run) -> None:
    await execute(
        db,
        """
        insert into redesign (id, wallet, design_hash, state, total, held, stepped_at, began_at, ended_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        run.id,
        run.wallet,
        run.design_hash,
        run.state,
        run.total,
        run.held,
        run.stepped_at,
        run.began_at,
        run.ended_at,
    )


async def step(db: Connection, run: Run) -> None:
    """How far it came."""
    await execute(
        db,
        """
        update redesign
           set last_member = $2, handed = $3, skipped = $4, done = $5, per_second = $6, stepped_at = $7
         where id = $1
        """,
        run.id,
        run.last_member,
        run.handed,
        run.skipped,
        run.done,
        run.per_second,
        run.stepped_at,
    )


async def turn(db: Connection, run_id: UUID, state: str, at: Instant, ended_at: Instant | None) -> None:
    """Give the run another state. A pause counts for no rate."""
    await execute(
        db,
        "update redesign set state = $2, stepped_at = $3, ended_at = $4 where id = $1",
        run_id,
        state,
        at,
        ended_at,
    )


async def waiting(db: Connection, reaction: str) -> int:
    """How many cards were handed on and are not done."""
    return int(await value(db, "select count(*) from outbox where reaction = $1 and reaction like '%/bulk'", reaction))


async def at_google(db: Connection, everybody: bool) -> Cards:
    return await one(
        db,
        Cards,
        "select count(*) as total, count(*) filter (where held or $1) as held from google_object",
        everybody,
    )


async def at_apple(db: Connection) -> Cards:
    return await one(
        db,
        Cards,
        """
        select (select count(distinct member_id) from apple_pass where voided_at is null) as total,
               (select count(distinct member_id) from apple_registration
                 where exists (select from apple_pass where apple_pass.member_id = apple_registration.member_id
                                  and apple_pass.serial = apple_registration.serial and voided_at is null)) as held
        """,
    )


async def next_at_google(db: Connection, after: UUID, everybody: bool, limit: int) -> list[Holder]:
    """The members after this one whose card stands at Google; `everybody`: we cannot know who holds one."""
    return await many(
        db,
        Holder,
        """
        select member_id, held or $2 as is_held from google_object where member_id > $1 order by member_id limit $3
        """,
        after,
        everybody,
        limit,
    )


async def next_at_apple(db: Connection, after: UUID, limit: int) -> list[Holder]:
    """The members after this one who ever asked for a pass that is not void."""
    return await many(
        db,
        Holder,
        """
        select member_id, exists (select from apple_registration phone where phone.member_id = pass.member_id) as is_held
          from (select distinct member_id from apple_pass where member_id > $1 and voided_at is null
                 order by member_id limit $2) pass
         order by member_id
        """,
        after,
        limit,
    )


async def last_look(db: Connection) -> bytes | None:
    """How the designs folder looked a minute ago."""
    found: bytes | None = await value(db, "select design_hash from redesign_look")
    return found


async def looked(db: Connection, design_hash: bytes, at: Instant) -> None:
    await execute(
        db,
        """
        insert into redesign_look (design_hash, seen_at) values ($1, $2)
            on conflict (single) do update set design_hash = excluded.design_hash, seen_at = excluded.seen_at
        """,
        design_hash,
        at,
    )
