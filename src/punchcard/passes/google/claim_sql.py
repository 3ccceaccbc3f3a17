"""Which claimed rewards stand at Google."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, value


async def states(db: Connection, member_id: UUID) -> dict[str, str]:
    """What Google heard last of each of the member's claims that stands there."""
    rows = await db.fetch("select claim, state from google_claim where member_id = $1", member_id)
    return {row["claim"]: row["state"] for row in rows}


async def heard(db: Connection, member_id: UUID, claim: str, state: str, at: Instant) -> None:
    await execute(
        db,
        """
        insert into google_claim (member_id, claim, state, written_at) values ($1, $2, $3, $4)
            on conflict (member_id, claim) do update set state = excluded.state, written_at = excluded.written_at
        """,
        member_id,
        claim,
        state,
        at,
    )


async def lost(db: Connection, member_id: UUID, claims: Sequence[str]) -> None:
    """Google does not have them after all."""
    await execute(db, "delete from google_claim where member_id = $1 and claim = any($2::text[])", member_id, claims)


async def has_class(db: Connection, class_id: str) -> bool:
    return bool(await value(db, "select exists (select from google_reward where class_id = $1)", class_id))


async def keep_class(db: Connection, class_id: str, at: Instant) -> None:
    await execute(
        db,
        "insert into google_reward (class_id, written_at) values ($1, $2) on conflict (class_id) do nothing",
        class_id,
        at,
    )
