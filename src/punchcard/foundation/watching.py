"""Who watches something of a member's hears within a quarter of a second that it changed. One poller serves a whole process,
with one statement for each thing that is watched, whoever listens."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from .database import Connection, Database

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
PING_SECONDS = 15.0
STREAM_SECONDS_MAX = 900.0
"""A stream ends with the life of an access token; the phone comes again with a new one."""
PING = b": ping\n\n"

Look = Callable[[Connection, Sequence[UUID]], Awaitable[Mapping[UUID, int]]]
"""The versions of one thing of these members; a member who is not named has version 0."""
Heard = tuple[str, int]
"""What changed, and its version now."""
Inbox = asyncio.Queue[Heard]


class Watch:
    """The streams of one process. The poller lives as long as somebody listens."""

    def __init__(self, database: Database, looks: Mapping[str, Look], pauses: Mapping[str, float] | None = None):
        """`pauses`: for what is dear to look at, how many seconds lie between two looks at least."""
        self.database, self.looks, self.pauses = database, looks, pauses or {}
        self.look_after: dict[str, float] = {}
        self.inboxes: dict[UUID, set[Inbox]] = {}
        self.versions: dict[UUID, dict[str, int]] = {}
        self.poller: asyncio.Task[None] | None = None

    @contextmanager
    def listening(self, member_id: UUID) -> Iterator[Inbox]:
        """An inbox of versions. It begins with those of now, as soon as the poller has seen them."""
        inbox: Inbox = asyncio.Queue()
        for heard in self.versions.get(member_id, {}).items():
            inbox.put_nowait(heard)
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
                log.exception("events: cannot look at what changed, trying again")
            await asyncio.sleep(POLL_SECONDS)

    async def look(self) -> None:
        for name, look in self.looks.items():
            if time.monotonic() < self.look_after.get(name, 0.0) and not self.unheard(name):
                continue
            self.look_after[name] = time.monotonic() + self.pauses.get(name, 0.0)
            if not (asked := list(self.inboxes)):
                return
            async with self.database.reading() as db:
                seen = await look(db, asked)
            for member_id in asked:
                self.tell(member_id, name, seen.get(member_id, 0))

    def unheard(self, name: str) -> bool:
        """Whether somebody listens who was told nothing of it yet."""
        return any(name not in self.versions.get(member_id, {}) for member_id in self.inboxes)

    def tell(self, member_id: UUID, name: str, version: int) -> None:
        """Tell whoever still listens, if this is news."""
        if member_id in self.inboxes:
            known = self.versions.setdefault(member_id, {})
            if known.get(name) != version:
                known[name] = version
                for inbox in self.inboxes[member_id]:
                    inbox.put_nowait((name, version))


async def stream(watch: Watch, member_id: UUID, numbered: str, last_seen: int | None) -> AsyncIterator[bytes]:
    """Server-sent events, named after what changed, with its version: at once, then at each change. Those of `numbered` bear
    their version as the id, by which a phone that comes again says which it saw last: that one is not repeated."""
    ends = time.monotonic() + STREAM_SECONDS_MAX
    yield b"retry: 1000\n\n"
    with watch.listening(member_id) as inbox:
        while time.monotonic() < ends:
            try:
                name, version = await asyncio.wait_for(inbox.get(), PING_SECONDS)
            except TimeoutError:
                yield PING
                continue
            if name != numbered:
                yield b'event: %s\ndata: {"version":%d}\n\n' % (name.encode(), version)
            elif version != last_seen:
                last_seen = version
                yield b'id: %d\nevent: %s\ndata: {"version":%d}\n\n' % (version, name.encode(), version)
