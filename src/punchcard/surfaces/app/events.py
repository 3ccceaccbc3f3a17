"""What the member's app hears as it happens: that the standing moved, that something came into the inbox."""

from typing import Annotated
from uuid import UUID
from weakref import WeakKeyDictionary

from litestar import get
from litestar.di import NamedDependency
from litestar.params import HeaderParameter
from litestar.response import Stream

from punchcard import journal, push
from punchcard.foundation.database import Database
from punchcard.foundation.watching import Watch, stream

STANDING = "standing"
LOOKS = {STANDING: journal.versions, "inbox": push.inbox_versions}
PAUSES = {"inbox": 1.0}
"""An inbox is counted message by message, and nobody stands at a till for it."""

_watches: WeakKeyDictionary[Database, Watch] = WeakKeyDictionary()


def watch(database: Database) -> Watch:
    """This process's watch over the database."""
    return _watches.setdefault(database, Watch(database, LOOKS, PAUSES))


@get("/me/events")
async def hear_events(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    last_seen: Annotated[str | None, HeaderParameter(name="Last-Event-ID")] = None,
) -> Stream:
    """Server-sent events: `standing` with the new version whenever the member's standing has moved, `inbox` with its version
    whenever something came into the inbox or was read on another device.

    The first of each comes at once, a standing unless it is the one in `Last-Event-ID`. The stream ends after a quarter of an
    hour."""
    known = int(last_seen) if last_seen and last_seen.isascii() and last_seen.isdecimal() else None
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    body = stream(watch(database), member_id, STANDING, known)
    return Stream(body, media_type="text/event-stream", headers=headers)


routes = [hear_events]
