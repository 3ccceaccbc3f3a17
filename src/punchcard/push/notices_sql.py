"""The notices that everybody with the app is told."""

from collections.abc import Mapping

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe

from .notices_model import Telling


async def the(db: Connection, notice_id: str) -> Telling | None:
    """This notice."""
    return await maybe(
        db,
        Telling,
        "select id, title, body, since, until, row, published_by, sent from notice where id = $1",
        notice_id,
    )


async def keep(db: Connection, notice: Telling) -> bool:
    """Write it down; False when somebody else has just done so."""
    written = await execute(
        db,
        """
        insert into notice (id, title, body, since, until, row, published_by) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (id) do nothing
        """,
        notice.id,
        notice.title,
        notice.body,
        notice.since,
        notice.until,
        notice.row,
        notice.published_by,
    )
    return written > 0


async def mark(db: Connection, notice_id: str, sent: Mapping[str, Instant]) -> None:
    """These languages went out."""
    await execute(db, "update notice set sent = sent || $2::jsonb where id = $1", notice_id, dict(sent))


async def current(db: Connection, at: Instant, limit: int) -> list[Telling]:
    """Those whose window is now, the newest first."""
    return await many(
        db,
        Telling,
        """
        select id, title, body, since, until, row, published_by, sent from notice
         where until > $1 and since <= $1 order by since desc, id limit $2
        """,
        at,
        limit,
    )
