"""Who took which offer, and who was given its reward."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, value


async def is_taken(db: Connection, member_id: UUID, offer_id: str) -> bool:
    """Whether the member has taken it; holds their row of it until the transaction ends."""
    return bool(
        await value(
            db,
            """
            select activated_at is not null from exposure
             where member_id = $1 and offer_id = $2 and not held_out for update
            """,
            member_id,
            offer_id,
        )
    )


async def take(db: Connection, member_id: UUID, offer_id: str, at: Instant) -> bool:
    """They take it; False where nothing need be taken, or it was."""
    return bool(
        await execute(
            db,
            """
            update exposure set activated_at = $3
              from offer where offer.id = $2 and offer.activation
               and member_id = $1 and offer_id = $2 and not held_out and activated_at is null
            """,
            member_id,
            offer_id,
            at,
        )
    )


async def leave(db: Connection, member_id: UUID, offer_id: str) -> bool:
    """They give it back; False where they had not taken it."""
    return bool(
        await execute(
            db,
            """
            update exposure set activated_at = null
             where member_id = $1 and offer_id = $2 and activated_at is not null
            """,
            member_id,
            offer_id,
        )
    )


async def was_used(db: Connection, member_id: UUID, offer_id: str) -> bool:
    """Whether any use of it stands."""
    return bool(
        await value(
            db, "select exists (select from offer_use where member_id = $1 and offer_id = $2)", member_id, offer_id
        )
    )


async def early(db: Connection, member_id: UUID, at: Instant) -> frozenset[str]:
    """The rewards that open offers of this member let be claimed before they begin."""
    return frozenset(
        row["reward"]
        for row in await db.fetch(
            """
            select benefit ->> 'reward' as reward from exposure
              join offer on offer.id = exposure.offer_id join offer_round on offer_round.offer_id = offer.id
             where member_id = $1 and not held_out and benefit ->> 'type' = 'early-access' and since <= $2
               and least(offer.until, stopped_at, exposure.until) > $2 and (paused_at is null or paused_at > $2)
               and (not activation or activated_at <= $2)
            """,
            member_id,
            at,
        )
    )


async def give(db: Connection, offer_id: str, members: Sequence[UUID], at: Instant) -> list[UUID]:
    """Write down that these members are given what it gives; answers those who were not yet."""
    return [
        row["member_id"]
        for row in await db.fetch(
            """
            insert into offer_use (member_id, offer_id, fact_id, at, worth)
            select member_id, offer_id, 'gift', $3, 0 from exposure
             where member_id = any($2::uuid[]) and offer_id = $1 and not held_out
             order by member_id
                on conflict (member_id, offer_id, fact_id) do nothing
            returning member_id
            """,
            offer_id,
            members,
            at,
        )
    ]
