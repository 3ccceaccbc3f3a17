"""Which token a member made last."""

from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, value


async def open_token(db: Connection, member_id: UUID, token_id: UUID, until: Instant, at: Instant) -> bool:
    """Let this be the member's token, unless another one may still be shown at `at`."""
    return bool(
        await execute(
            db,
            """
            insert into spend_token as known (member_id, token_id, until) values ($1, $2, $3)
                on conflict (member_id) do update set token_id = excluded.token_id, until = excluded.until
             where known.until <= $4 or known.token_id = excluded.token_id
            """,
            member_id,
            token_id,
            until,
            at,
        )
    )


async def open_until(db: Connection, member_id: UUID) -> Instant:
    """Until when the member's last token may be shown."""
    return int(await value(db, "select until from spend_token where member_id = $1", member_id) or 0)


async def drop_token(db: Connection, member_id: UUID, token_id: UUID) -> None:
    """This token was not made."""
    await execute(db, "delete from spend_token where member_id = $1 and token_id = $2", member_id, token_id)
