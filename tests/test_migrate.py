"""The schema is applied once, in order, by one process at a time; what was applied never changes."""

import asyncio
from pathlib import Path

import pytest

from punchcard.foundation import migrate
from punchcard.foundation.database import Database, value
from punchcard.foundation.migrate import ChangedMigration


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "9001_shop.sql").write_text("create table shelf (id int primary key);")
    (tmp_path / "9002_shop_more.sql").write_text("alter table shelf add column width int;")
    return tmp_path


async def test_what_is_new_is_applied_in_order_and_once(pool: Database, folder: Path) -> None:
    first = await migrate.migrate(pool.dsn, folder)
    second = await migrate.migrate(pool.dsn, folder)

    assert (first, second) == (["9001_shop", "9002_shop_more"], [])


async def test_five_processes_at_once_apply_it_once(pool: Database, folder: Path) -> None:
    applied = await asyncio.gather(*(migrate.migrate(pool.dsn, folder) for _ in range(5)))

    assert sorted(map(len, applied)) == [0, 0, 0, 0, 2]


async def test_an_edited_migration_is_refused(pool: Database, folder: Path) -> None:
    await migrate.migrate(pool.dsn, folder)
    (folder / "9001_shop.sql").write_text("create table shelf (id bigint primary key);")

    with pytest.raises(ChangedMigration, match="9001_shop"):
        await migrate.migrate(pool.dsn, folder)


async def test_a_migration_that_fails_leaves_nothing_of_itself(pool: Database, folder: Path) -> None:
    (folder / "9003_shop_broken.sql").write_text("create table lamp (id int); select 1 / 0;")

    with pytest.raises(Exception, match="division by zero"):
        await migrate.migrate(pool.dsn, folder)

    async with pool.reading() as db:
        assert await value(db, "select to_regclass('shelf') is not null and to_regclass('lamp') is null")
