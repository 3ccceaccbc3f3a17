"""PostgreSQL, spoken to in plain SQL. `database` is where a transaction comes from; `db` is always an open one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
import msgspec

from .clock import Instant

if TYPE_CHECKING:
    Connection = asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]
else:
    Connection = asyncpg.Connection

T = TypeVar("T")
POSTGRES_EPOCH = 946_684_800
COMMAND_TIMEOUT_SECONDS = 10
PLANS = {"plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1"}
"""A statement is planned once a connection: ours go by keys, and planning takes longer than running most of them."""


class Database:
    """A pool of connections. Only routes, the worker and the journal's writer open transactions."""

    def __init__(self, dsn: str, connections_max: int = 16):
        self.dsn, self.connections_max = dsn, connections_max
        self.opened: asyncpg.Pool[Any] | None = None

    @property
    def pool(self) -> "asyncpg.Pool[Any]":
        assert self.opened is not None, "open the database first"
        return self.opened

    async def open(self) -> None:
        self.opened = await asyncpg.create_pool(
            self.dsn,
            min_size=1,
            max_size=self.connections_max,
            init=teach,
            reset=keep,
            command_timeout=COMMAND_TIMEOUT_SECONDS,
            server_settings=PLANS,
        )

    async def close(self) -> None:
        if self.opened is not None:
            await self.opened.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection without a transaction of several statements: for what reads, and for one that stands alone."""
        async with self.pool.acquire() as connection:
            yield connection


async def connect(dsn: str, connections_max: int = 16) -> Database:
    """A database that is open."""
    database = Database(dsn, connections_max)
    await database.open()
    return database


async def teach(connection: Connection) -> None:
    """Tell the driver our types: timestamptz is an Instant (whole seconds), jsonb is plain Python."""
    await connection.set_type_codec(
        "timestamptz", schema="pg_catalog", format="tuple", encoder=to_microseconds, decoder=to_instant
    )
    await connection.set_type_codec("jsonb", schema="pg_catalog", format="binary", encoder=to_jsonb, decoder=from_jsonb)


async def keep(connection: Connection) -> None:
    """Nothing to reset: no session state is used on pooled connections, and a reset costs a round trip."""


def to_microseconds(at: Instant) -> tuple[int]:
    return ((at - POSTGRES_EPOCH) * 1_000_000,)


def to_instant(row: tuple[int]) -> Instant:
    return row[0] // 1_000_000 + POSTGRES_EPOCH


def to_jsonb(value: Any) -> bytes:
    return b"\x01" + (
        bytes(value) if isinstance(value, msgspec.Raw) else msgspec.json.encode(value, order="deterministic")
    )


def from_jsonb(data: bytes) -> Any:
    return msgspec.json.decode(memoryview(data)[1:])


async def one(db: Connection, shape: type[T], statement: str, *values: Any) -> T:
    """The row that must be there."""
    row = await db.fetchrow(statement, *values)
    assert row is not None, statement
    return msgspec.convert(dict(row), shape)


async def maybe(db: Connection, shape: type[T], statement: str, *values: Any) -> T | None:
    """The row, if there is one."""
    row = await db.fetchrow(statement, *values)
    return None if row is None else msgspec.convert(dict(row), shape)


async def many(db: Connection, shape: type[T], statement: str, *values: Any) -> list[T]:
    """Every row."""
    return [msgspec.convert(dict(row), shape) for row in await db.fetch(statement, *values)]


async def value(db: Connection, statement: str, *values: Any) -> Any:
    """The first column of the first row, or None."""
    return await db.fetchval(statement, *values)


async def execute(db: Connection, statement: str, *values: Any) -> int:
    """Run a statement that answers nothing; says how many rows it touched."""
    status = await db.execute(statement, *values)
    return int(count) if (count := status.rpartition(" ")[2]).isdigit() else 0
