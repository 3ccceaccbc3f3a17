"""Drafts, who did what, and how published offers stand."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value

from .desk_model import Act, Counted, Standing, Turn, Version
from .model import Offer


async def hold(db: Connection, offer_id: str) -> None:
    """Nobody else writes or decides this offer until the transaction ends."""
    await value(db, "select pg_advisory_xact_lock(hashtextextended($1, 48))", offer_id)


async def save(db: Connection, offer_id: str, version: int, body: msgspec.Raw, author: UUID, at: Instant) -> None:
    """Keep a version of a draft."""
    await execute(
        db,
        "insert into offer_draft (offer_id, version, body, author, saved_at) values ($1, $2, $3, $4, $5)",
        offer_id,
        version,
        body,
        author,
        at,
    )


async def newest(db: Connection, offer_id: str) -> Version | None:
    """The draft as it was saved last."""
    return await maybe(
        db, Version, "select * from offer_draft where offer_id = $1 order by version desc limit 1", offer_id
    )


async def approve(db: Connection, offer_id: str, version: int, approver: UUID, at: Instant) -> None:
    """A second operator lets exactly this version be published."""
    await execute(
        db,
        "update offer_draft set approver = $3, approved_at = $4 where offer_id = $1 and version = $2",
        offer_id,
        version,
        approver,
        at,
    )


async def note(
    db: Connection,
    offer_id: str,
    did: str,
    operator: UUID | None,
    version: int | None,
    at: Instant,
    because: dict[str, str] | None = None,
) -> None:
    """Write down who did what, and of what the house did why."""
    await execute(
        db,
        "insert into offer_act (offer_id, did, operator, version, at, because) values ($1, $2, $3, $4, $5, $6)",
        offer_id,
        did,
        operator,
        version,
        at,
        because,
    )


async def acts(db: Connection, offer_id: str) -> list[Act]:
    """Who did what, in its order."""
    return await many(
        db,
        Act,
        "select did, operator, version, because, at from offer_act where offer_id = $1 order by place",
        offer_id,
    )


async def standing(db: Connection, offer_id: str) -> Standing | None:
    """How far this offer has come, held until the transaction ends."""
    return await maybe(
        db,
        Standing,
        """
        select offer_round.offer_id, since, until, stopped_at, paused_at, offer_sold_out.offer_id is not null as sold_out
          from offer_round join offer on offer.id = offer_round.offer_id
          left join offer_sold_out on offer_sold_out.offer_id = offer.id
         where offer_round.offer_id = $1 for update of offer_round
        """,
        offer_id,
    )


async def standings(db: Connection, offer_ids: Sequence[str]) -> list[Standing]:
    """How far these offers have come."""
    return await many(
        db,
        Standing,
        """
        select offer_round.offer_id, since, until, stopped_at, paused_at, offer_sold_out.offer_id is not null as sold_out
          from offer_round join offer on offer.id = offer_round.offer_id
          left join offer_sold_out on offer_sold_out.offer_id = offer.id
         where offer_round.offer_id = any($1::text[])
        """,
        offer_ids,
    )


async def pause(db: Connection, offer_id: str, at: Instant) -> bool:
    """From now on it is paused; False when it was."""
    return bool(
        await execute(
            db, "update offer_round set paused_at = $2 where offer_id = $1 and paused_at is null", offer_id, at
        )
    )


async def resume(db: Connection, offer_id: str) -> bool:
    """It goes on, and whoever came into its audience meanwhile is looked for from the beginning; False when it went on."""
    return bool(
        await execute(
            db,
            """
            update offer_round set paused_at = null, opened_at = null, reached_through = null
             where offer_id = $1 and paused_at is not null
            """,
            offer_id,
        )
    )


async def turn(db: Connection, offer_id: str, turn: Turn) -> None:
    """Its whole audience is to be told of this."""
    await execute(db, "update offer_round set turn = $2, turned_through = null where offer_id = $1", offer_id, turn)


async def to_turn(db: Connection) -> tuple[str, Turn, UUID | None] | None:
    """An offer whose audience is still being told of a turn: this transaction's alone."""
    row = await db.fetchrow(
        """
        select offer_id, turn, turned_through from offer_round where turn is not null
         order by offer_id limit 1 for update skip locked
        """
    )
    return (row["offer_id"], row["turn"], row["turned_through"]) if row else None


async def turned_through(db: Connection, offer_id: str, through: UUID | None, turn: Turn | None) -> None:
    """Everybody up to this member is told; without a turn that is everybody."""
    await execute(
        db, "update offer_round set turned_through = $2, turn = $3 where offer_id = $1", offer_id, through, turn
    )


async def stock_moved(db: Connection, at: Instant) -> list[tuple[str, bool]]:
    """Open offers that sold out, or have something again, and whose round does not say so yet; held."""
    rows = await db.fetch(
        """
        select offer_round.offer_id, offer_sold_out.offer_id is not null as sold_out
          from offer join offer_round on offer_round.offer_id = offer.id
          left join offer_sold_out on offer_sold_out.offer_id = offer.id
         where offer.until > $1 and since <= $1 and stopped_at is null and offer.budget <> '{}'
           and (offer_sold_out.offer_id is null) = (sold_out_at is not null)
         order by offer.id for update of offer_round skip locked
        """,
        at,
    )
    return [(row["offer_id"], row["sold_out"]) for row in rows]


async def sold_out(db: Connection, offer_id: str, at: Instant | None) -> None:
    """Since when nothing is left; empty when there is something again."""
    await execute(db, "update offer_round set sold_out_at = $2 where offer_id = $1", offer_id, at)


async def published(db: Connection, most: int) -> list[Offer]:
    """What was published, the newest first."""
    return await many(db, Offer, "select offer.* from offer order by published_at desc, id limit $1", most)


async def unpublished(db: Connection, most: int) -> list[Version]:
    """The newest version of every draft that was not published, the last saved first."""
    return await many(
        db,
        Version,
        """
        select * from (
            select distinct on (offer_id) * from offer_draft
             where not exists (select from offer where id = offer_id) order by offer_id, version desc) as drafted
         order by saved_at desc, offer_id limit $1
        """,
        most,
    )


async def waiting(db: Connection, offer_ids: Sequence[str]) -> set[str]:
    """For which of these drafts a second operator was asked since they were saved last."""
    rows = await db.fetch(
        """
        select offer_id from offer_act asked
         where offer_id = any($1::text[]) and did = 'asked'
           and version = (select max(version) from offer_draft where offer_draft.offer_id = asked.offer_id)
        """,
        offer_ids,
    )
    return {row["offer_id"] for row in rows}


async def counted(db: Connection, offer_ids: Sequence[str]) -> dict[str, Counted]:
    """To how many each of these was given, how often it was used, and what it gave."""
    rows = await db.fetch(
        """
        select id,
               (select count(*) from exposure where offer_id = id and not held_out) as reach,
               (select count(*) from exposure where offer_id = id and held_out) as held_out,
               (select count(*) from offer_use where offer_id = id) as uses,
               (select coalesce(sum(worth), 0)::bigint from offer_use where offer_id = id) as worth
          from unnest($1::text[]) as asked (id)
        """,
        offer_ids,
    )
    return {row["id"]: msgspec.convert(dict(row), Counted) for row in rows}
