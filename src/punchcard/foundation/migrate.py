"""The schema, one numbered file at a time; what was applied never changes."""

import hashlib
import re
from pathlib import Path

import asyncpg

SCHEMA = Path(__file__).parent.parent / "schema"
LOCK = 7_245_001


class ChangedMigration(Exception):
    """A migration that was applied has been edited since. Write a new one instead."""


async def migrate(dsn: str, folder: Path = SCHEMA) -> list[str]:
    """Apply what is new, in order, each file in a transaction of its own, one process at a time. Says what it applied."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        await connection.execute(
            "create table if not exists schema_migration ("
            " name text primary key, checksum bytea not null, applied_at timestamptz not null default now());"
            " comment on table schema_migration is 'Which numbered schema files this database has, and their checksums.'"
        )
        rows = await connection.fetch("select name, checksum from schema_migration")
        known = {row["name"]: row["checksum"] for row in rows}
        applied = []
        for file in files(folder):
            text = file.read_text()
            checksum = hashlib.sha256(text.encode()).digest()
            if file.stem in known:
                if known[file.stem] != checksum:
                    raise ChangedMigration(f"{file.name} was changed after it was applied; write a new migration")
                continue
            async with connection.transaction():
                await connection.execute(text)
                await connection.execute(
                    "insert into schema_migration (name, checksum) values ($1, $2)", file.stem, checksum
                )
            applied.append(file.stem)
        return applied
    finally:
        await connection.close()


async def missing(dsn: str, folder: Path = SCHEMA) -> list[str]:
    """What `migrate` would apply; writes nothing."""
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetchval("select to_regclass('schema_migration') is not null"):
            return [file.stem for file in files(folder)]
        known = {row["name"] for row in await connection.fetch("select name from schema_migration")}
    finally:
        await connection.close()
    return [file.stem for file in files(folder) if file.stem not in known]


def files(folder: Path) -> list[Path]:
    """`NNNN_owner_what.sql` in the order of their numbers."""
    found = sorted(folder.glob("*.sql"))
    for file in found:
        assert re.fullmatch(r"\d{4}_[a-z]+(_[a-z_]+)?\.sql", file.name), file.name
    return found
