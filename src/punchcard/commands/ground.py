"""What every command stands on: a file's text, the settings, a database that is there."""

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from punchcard.foundation import settings
from punchcard.foundation.settings import BadSettings, Settings

if TYPE_CHECKING:
    from punchcard.foundation.database import Database


def read(path: Path) -> str:
    """The file's text, byte for byte: a back-test knows it by them."""
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from None


@contextlib.contextmanager
def standing_database() -> Iterator[Settings]:
    """The settings, with a database that is there: theirs, or our own for as long as the command runs."""
    config = settings.load()
    if config.database_url:
        yield config
        return
    from punchcard.foundation.embedded import postgres

    with postgres(config.data_dir / "postgres") as dsn:
        os.environ["PUNCHCARD_DATABASE_URL"] = dsn
        yield settings.load()


@contextlib.asynccontextmanager
async def opened(config: Settings) -> "AsyncIterator[tuple[Database, int]]":
    from punchcard.foundation import database as databases
    from punchcard.foundation.clock import Clock

    database = await databases.connect(str(config.database_url), connections_max=4)
    try:
        yield database, Clock(config.clock_file).now()
    finally:
        await database.close()


async def migrated(config: Settings) -> list[str]:
    from punchcard.foundation import migrate

    return await migrate.migrate(str(config.database_url))
