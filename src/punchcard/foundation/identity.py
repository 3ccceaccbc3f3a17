"""Who may enter: one guard for every route, by the first words of its path. What it does not know, it does not let in.

An access token lives 15 minutes, but signing out must bite at once: the guard also asks whether the sign-in that the
token came from still lives. That, like a till's key, is one look-up by primary key, remembered by the process for a
second at most; so whatever is revoked stops working within a second everywhere, and a busy till pays for one look-up a
second."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar
from uuid import UUID

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from . import tokens
from .clock import Clock, Instant
from .database import Connection, Database
from .errors import NotSignedIn, NotYours
from .ids import digest
from .settings import Settings

T = TypeVar("T")
ByKey = Callable[[Connection, str], Awaitable[T | None]]
SessionLives = Callable[[Connection, UUID, UUID], Awaitable[bool]]

PUBLIC = ("join", "c", "app", "wallet/v1", "wallet/google", "hooks", "health", "docs", "static", "programme")
"""Whoever comes. What is behind these asks for its own proof where it needs one: a code, a link, a pass token, a signature."""
PAGES = ("till", "till/manifest.json", "till/worker.js")
"""The till's page and what it starts from: the page itself asks for the till's key."""

REMEMBERED_SECONDS = 1
REMEMBERED_MOST = 20_000


class Admitted(Struct, frozen=True):
    """Whom the guard let in, and through which door."""

    door: str
    who: Any
    session: UUID | None = None
    """At `me`: the sign-in that the access token came from."""


class Remembered(Generic[T]):
    """What the database said within this second, so that it is not asked again. A no is not remembered. Who wants to know
    the same while it is being asked waits for that answer."""

    def __init__(self) -> None:
        self.kept: dict[Any, tuple[Instant, T]] = {}
        self.asking: dict[Any, asyncio.Task[T | None]] = {}

    async def get(self, key: Any, at: Instant, ask: Callable[[], Coroutine[Any, Any, T | None]]) -> T | None:
        since, known = self.kept.get(key, (0, None))
        if known is not None and 0 <= at - since < REMEMBERED_SECONDS:
            return known
        self.kept.pop(key, None)
        found = await self.asked(key, ask)
        if found is not None:
            while len(self.kept) >= REMEMBERED_MOST:
                del self.kept[next(iter(self.kept))]
            self.kept[key] = (at, found)
        return found

    async def asked(self, key: Any, ask: Callable[[], Coroutine[Any, Any, T | None]]) -> T | None:
        if key not in self.asking:
            self.asking[key] = asyncio.create_task(ask())
            self.asking[key].add_done_callback(lambda _: self.asking.pop(key, None))
        return await asyncio.shield(self.asking[key])


class Doors:
    """The guard for the whole app: /me by a member's access token, /till by a till's key, /console by an operator's."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        till_by_key: ByKey[Any],
        operator_by_key: ByKey[Any],
        session_lives: SessionLives,
    ):
        self.secrets, self.database, self.clock = settings.secrets, database, clock
        self.till_by_key, self.operator_by_key, self.session_lives = till_by_key, operator_by_key, session_lives
        self.tills, self.operators, self.sessions = Remembered[Any](), Remembered[Any](), Remembered[bool]()
        tokens.keys(self.secrets, "access")  # refuses to start with a secret that is too short

    async def admit(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        """Let in whoever has the proof that the path asks for, and say so to the routes."""
        door, at = door_of(connection.scope["path_template"]), self.clock.now()
        session = None
        match door:
            case "public":
                return
            case "me":
                says = await self.member(bearer(connection), at)
                who: Any = says.sub
                session = says.sid
            case "till":
                who = await self.till(bearer(connection), at)
            case "console":
                who = await self.holder(tokens.OPERATOR, bearer(connection), at, self.operators, self.operator_by_key)
            case _:
                raise NotYours
        connection.scope["user"] = Admitted(door, who, session)

    async def member(self, token: str, at: Instant) -> tokens.Access:
        says = tokens.read_access(self.secrets, token, at)

        async def ask() -> bool | None:
            async with self.database.reading() as db:
                return await self.session_lives(db, says.sub, says.sid) or None

        if not await self.sessions.get((says.sub, says.sid), at, ask):
            raise NotSignedIn
        return says

    async def till(self, key: str, at: Instant) -> Any:
        """The till whose key this is (partners.Till)."""
        return await self.holder(tokens.TILL, key, at, self.tills, self.till_by_key)

    async def holder(self, prefix: str, key: str, at: Instant, known: Remembered[Any], by_key: ByKey[Any]) -> Any:
        async def ask() -> Any:
            tokens.opened(prefix, key)
            async with self.database.reading() as db:
                return await by_key(db, key)

        found = await known.get(digest(key), at, ask)
        if found is None:
            raise NotSignedIn
        return found


def door_of(path_template: str) -> str:
    """Which proof the route asks for: `me`, `till`, `console`, `public`, or nothing that would do."""
    path = path_template.strip("/") + "/"
    if path.rstrip("/") in PAGES:
        return "public"
    if any(path.startswith(f"{prefix}/") for prefix in PUBLIC):
        return "public"
    first = path.partition("/")[0]
    return first if first in ("me", "till", "console") else ""


def bearer(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """What stands in the one Authorization header, after `Bearer`."""
    given = connection.headers.getall("authorization", [])
    if len(given) != 1:
        raise NotSignedIn
    return proof_in(given[0])


def proof_in(authorization: str) -> str:
    """What stands after `Bearer`."""
    scheme, _, proof = authorization.partition(" ")
    if scheme.lower() != "bearer" or not proof or len(proof) > tokens.TOKEN_BYTES_MAX:
        raise NotSignedIn
    return proof.strip()


def signed_in_member(request: Request[Any, Any, Any]) -> UUID:
    """The member whose access token this is."""
    who = admitted("me", request)
    assert isinstance(who, UUID)
    return who


def signed_in_here(request: Request[Any, Any, Any]) -> UUID:
    """The sign-in that the caller's access token came from."""
    found = request.scope.get("user")
    assert isinstance(found, Admitted) and found.session, f"{request.scope['path']} does not ask for a member"
    return found.session


def signed_in_till(request: Request[Any, Any, Any]) -> Any:
    """The till whose key this is (partners.Till)."""
    return admitted("till", request)


def signed_in_operator(request: Request[Any, Any, Any]) -> Any:
    """The operator whose key this is (partners.Operator)."""
    return admitted("console", request)


def admitted(door: str, request: Request[Any, Any, Any]) -> Any:
    """Whom the guard let in. A route that asks for somebody else than its path promises is a bug."""
    found = request.scope.get("user")
    assert isinstance(found, Admitted) and found.door == door, f"{request.scope['path']} does not ask for a {door}"
    return found.who
