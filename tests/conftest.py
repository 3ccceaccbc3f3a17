"""One PostgreSQL for the whole run, one transaction a test, rolled back."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from punchcard.foundation import database, migrate
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.embedded import postgres
from punchcard.foundation.settings import Settings
from punchcard.passes.apple import asking, versions
from tests import front
from tests.town import StandingClock, Town, opened, settings_in

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
versions.marks.rest_seconds = 0

HOUSES = ("app", "service_worker", "screens"), ("till", "day", "injections")
"""Which files of tests/browser open their pages at one house, that of the process which runs them all: to raise a house takes
longer than most files."""

CLUSTER = Path("/tmp") / f"punchcard-tests-{os.geteuid()}"


class ByHouse(LoadFileScheduling):  # type: ignore[misc]  # xdist says no types
    """File by file, and what opens its pages at one house together."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        for names in HOUSES:
            if file.startswith(tuple(f"tests/browser/test_{name}" for name in names)):
                return names[0]
        return file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByHouse:
    return ByHouse(config, log)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def begun_anew() -> None:
    """What a process remembers of its callers goes with the database that they called on."""
    asking.ASKS.filled.clear()
    asking.FETCHES.filled.clear()
    front.give_back()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The DSN of a PostgreSQL whose writes need not outlive the run."""
    with postgres(CLUSTER, *FAST) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """The name of a migrated database that nobody connects to: others are copied from it."""
    name = f"template_{os.getpid()}"
    asyncio.run(run_on(server, f'create database "{name}"'))
    try:
        asyncio.run(migrate.migrate(named(server, name)))
        yield name
    finally:
        asyncio.run(run_on(server, f'drop database if exists "{name}" with (force)'))


@pytest.fixture(scope="session")
async def connections(server: str, template: str) -> AsyncIterator[Database]:
    """Where the tests that roll back take their transaction from."""
    async with copied(server, template, f"test_{os.getpid()}") as made:
        yield made


@pytest.fixture
async def pool(server: str, template: str) -> AsyncIterator[Database]:
    """A database of the test's own, for tests where two transactions must meet."""
    async with copied(server, template, f"meeting_{os.getpid()}") as made:
        yield made


@asynccontextmanager
async def copied(server: str, template: str, name: str) -> AsyncIterator[Database]:
    await run_on(server, f'create database "{name}" template "{template}"')
    made = await database.connect(named(server, name))
    try:
        yield made
    finally:
        await made.close()
        await run_on(server, f'drop database if exists "{name}" with (force)')


def named(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


async def run_on(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


class OneTransaction(Database):
    """A database whose every transaction is a savepoint in one that the test rolls back."""

    def __init__(self, connection: Connection):
        super().__init__("")
        self.connection = connection
        self.lock = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.lock, self.connection.transaction():
            yield self.connection

    reading = transaction


@pytest.fixture
async def db(connections: Database) -> AsyncIterator[Connection]:
    """An open transaction that is rolled back."""
    async with connections.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            yield connection
        finally:
            await transaction.rollback()


@pytest.fixture
def house(db: Connection) -> OneTransaction:
    """What routes and the writer get as `database`, all within the test's one transaction."""
    return OneTransaction(db)


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a throw-away authority for passes and a service account for Google; made once a run."""
    from punchcard.sandbox import authority
    from punchcard.sandbox.google_accounts import GoogleAccounts

    folder = tmp_path_factory.mktemp("papers")
    made = authority.make(folder)
    return settings_in(
        folder,
        apple_certificate=made.certificate,
        apple_key=made.key,
        apple_wwdr=made.wwdr,
        google_service_account=GoogleAccounts().write(folder / "account.json"),
        google_issuer_id="3388000000022222222",
        google_callback_keys_url="http://127.0.0.1:9/keys",
        fcm_project="punchcard-sandbox",
    )


@pytest.fixture
async def town(house: OneTransaction, papers: Settings) -> AsyncIterator[Town]:
    """Almond at noon, its shops open and nobody in yet."""
    async with opened(house, papers, StandingClock()) as made:
        yield made
