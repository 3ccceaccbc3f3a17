"""Who watches a member's standing hears within a quarter of a second that it moved. One poller serves a whole process."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import UUID
from weakref import WeakKeyDictionary

from punchcard.foundation.database import Database

from . import sql

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
PING_SECONDS = 15.0
STREAM_SECONDS_MAX = 900.0
"""A stream ends with the life of an access token; the phone comes again with a new one."""
PING = b": ping\n\n"

Inbox = asyncio.Queue[int]


class Watch:
    """The streams of one process. The poller lives as long as somebody listens."""

    def __init__(self, database: Database):
        self.database = database
        self.inboxes: dict[UUID, set[Inbox]] = {}
        self.versions: dict[UUID, int] = {}
        self.poller: asyncio.Task[None] | None = None

    @contextmanager
    def listening(self, member_id: UUID) -> Iterator[Inbox]:
        """An inbox of versions. It begins with the version of now, as soon as the poller has seen it."""
        inbox: Inbox = asyncio.Queue()
        if member_id in self.versions:
            inbox.put_nowait(self.versions[member_id])
        self.inboxes.setdefault(member_id, set()).add(inbox)
        if self.poller is None or self.poller.done():
            self.poller = asyncio.create_task(self.poll())
        try:
            yield inbox
        finally:
            self.inboxes[member_id].discard(inbox)
            if not self.inboxes[member_id]:
                del self.inboxes[member_id]
                self.versions.pop(member_id, None)

    async def poll(self) -> None:
        while self.inboxes:
            try:
                await self.look()
            except Exception:
                log.exception("events: cannot look at the standings, trying again")
            await asyncio.sleep(POLL_SECONDS)

    async def look(self) -> None:
        async with self.database.reading() as db:
            seen = await sql.versions(db, list(self.inboxes))
        for member_id, inboxes in self.inboxes.items():
            version = seen.get(member_id, 0)
            if self.versions.get(member_id) != version:
                self.versions[member_id] = version
                for inbox in inboxes:
                    inbox.put_nowait(version)


_watches: WeakKeyDictionary[Database, Watch] = WeakKeyDictionary()


def watch(database: Database) -> Watch:
    """This process's watch over the database."""
    return _watches.setdefault(database, Watch(database))


async def stream(database: Database, member_id: UUID, last_seen: int | None) -> AsyncIterator[bytes]:
    """Server-sent events: `standing` with its version, at once unless that is the one last seen, then at each change."""
    ends = time.monotonic() + STREAM_SECONDS_MAX
    yield b"retry: 1000\n\n"
    with watch(database).listening(member_id) as inbox:
        while time.monotonic() < ends:
            try:
                version = await asyncio.wait_for(inbox.get(), PING_SECONDS)
            except TimeoutError:
                yield PING
                continue
            if version != last_seen:
                last_seen = version
                yield b'id: %d\nevent: standing\ndata: {"version":%d}\n\n' % (version, version)
