"""What the member's app hears as it happens: that the standing moved, that something came into the inbox, that a till asks."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID
from weakref import WeakKeyDictionary

from litestar import get
from litestar.di import NamedDependency
from litestar.params import HeaderParameter
from litestar.response import Stream

from punchcard import authorisation, journal, push
from punchcard.foundation.clock import Clock
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.watching import Look, Watch, stream

STANDING = "standing"
LOOKS: dict[str, Look] = {STANDING: journal.versions, "inbox": push.inbox_versions}
PAUSES = {"inbox": 1.0}
"""An inbox is counted message by message, and nobody stands at a till for it."""

_watches: WeakKeyDictionary[Database, Watch] = WeakKeyDictionary()


def watch(database: Database, clock: Clock | None = None) -> Watch:
    """This process's watch over the database, by the clock of whoever watched first."""
    if database not in _watches:
        _watches[database] = Watch(database, LOOKS | {"approvals": approvals_by(clock or Clock())}, PAUSES)
    return _watches[database]


def approvals_by(clock: Clock) -> Look:
    """What waits for a member's yes or no, which is over by itself after a minute."""

    async def look(db: Connection, member_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        return await authorisation.approval_versions(db, member_ids, clock.now())

    return look


@get("/me/events")
async def hear_events(
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    member_id: NamedDependency[UUID],
    last_seen: Annotated[str | None, HeaderParameter(name="Last-Event-ID")] = None,
) -> Stream:
    """Server-sent events: `standing` with the new version whenever the member's standing has moved, `inbox` with its version
    whenever something came into the inbox or was read on another device, `approvals` whenever a till asks for a yes, and when
    that was answered or is over (`version` is 0 when nothing waits; else it says only that it is another).

    The first of each comes at once, a standing unless it is the one in `Last-Event-ID`. The stream ends after a quarter of an
    hour."""
    known = int(last_seen) if last_seen and last_seen.isascii() and last_seen.isdecimal() else None
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    body = stream(watch(database, clock), member_id, STANDING, known)
    return Stream(body, media_type="text/event-stream", headers=headers)


routes = [hear_events]
