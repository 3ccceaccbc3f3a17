"""How editions and promises are kept."""

from uuid import UUID

from msgspec import Raw, Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, one, value

from .model import Backtest, EditionBody


class Row(Struct, frozen=True):
    """A promise as it was published: `since` is when it began to hold, `body` what it declares."""

    kind: str
    id: str
    edition: int
    place: int
    since: Instant
    closed: Instant | None
    body: dict[str, object]


class EditionRow(Struct, frozen=True):
    number: int
    since: Instant
    body: EditionBody


class Found(Struct, frozen=True):
    """A back-test that may open the gate."""

    id: UUID
    at: Instant


class Everything(Struct, frozen=True):
    version: int
    editions: list[EditionRow]
    promises: list[Row]


async def version(db: Connection) -> int:
    """Which state of everything published this is."""
    return int(await value(db, "select version from rulebook_version"))


async def listen(db: Connection, listened: bool) -> None:
    """Whether facts leave a row in the outbox for whoever listens outside; it holds from the next fact on."""
    await execute(db, "update rulebook_version set listened = $1 where listened <> $1", listened)


async def lock(db: Connection) -> None:
    """One publisher at a time."""
    await execute(db, "select from rulebook_version for update")


async def bump(db: Connection, fresh: int) -> int:
    """A version that was never there before."""
    return int(
        await value(
            db, "update rulebook_version set version = greatest(version + 1, $1::bigint) returning version", fresh
        )
    )


async def everything(db: Connection) -> Everything:
    """All that was ever published, and its version, as of one moment."""
    return await one(
        db,
        Everything,
        """
        select
            (select version from rulebook_version) as version,
            (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'number', number, 'since', extract(epoch from since)::bigint, 'body', body) order by number), '[]')
                from rulebook_edition
            ) as editions,
            (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'kind', kind, 'id', id, 'edition', edition, 'place', place, 'body', body,
                    'since', extract(epoch from since)::bigint, 'closed', extract(epoch from closed_at)::bigint
                ) order by place, since, id, edition), '[]')
                from rulebook_promise
            ) as promises
        """,
    )


async def latest_edition(db: Connection) -> EditionRow | None:
    return await maybe(db, EditionRow, "select number, since, body from rulebook_edition order by number desc limit 1")


async def open_of_files(db: Connection) -> list[Row]:
    """The promises of files that nobody has closed."""
    return await many(
        db,
        Row,
        """
        select kind, id, edition, place, since, closed_at as closed, body from rulebook_promise
        where closed_at is null and edition > 0 order by kind, id
        """,
    )


async def latest_of(db: Connection, kind: str, id: str) -> Row | None:
    """The promise of this id that was published last."""
    return await maybe(
        db,
        Row,
        """
        select kind, id, edition, place, since, closed_at as closed, body from rulebook_promise
        where kind = $1 and id = $2 order by since desc, edition desc limit 1
        """,
        kind,
        id,
    )


async def add_edition(db: Connection, number: int, since: Instant, source: str, body: Raw) -> None:
    await execute(
        db,
        "insert into rulebook_edition (number, since, source, body) values ($1, $2, $3, $4)",
        number,
        since,
        source,
        body,
    )


async def add(db: Connection, kind: str, id: str, edition: int, place: int, since: Instant, body: Raw) -> None:
    await execute(
        db,
        "insert into rulebook_promise (kind, id, edition, place, since, body) values ($1, $2, $3, $4, $5, $6)",
        kind,
        id,
        edition,
        place,
        since,
        body,
    )


async def close(db: Connection, kind: str, id: str, edition: int, at: Instant) -> None:
    """End a promise early; one that has not begun never will."""
    await execute(
        db,
        """
        update rulebook_promise set closed_at = greatest(since, $4)
        where kind = $1 and id = $2 and edition = $3 and closed_at is null
        """,
        kind,
        id,
        edition,
        at,
    )


async def add_backtest(db: Connection, backtest: Backtest) -> None:
    await execute(
        db,
        """
        insert into rulebook_backtest (id, digest, at, beside, since, until, members, facts, sampled, summary)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        backtest.id,
        backtest.digest,
        backtest.at,
        backtest.beside,
        backtest.since,
        backtest.until,
        backtest.members,
        backtest.facts,
        backtest.sampled,
        backtest.summary,
    )


async def newest_backtest(db: Connection, digest: bytes, beside: int) -> Found | None:
    """The last one of this file that looked at all members, and at anything at all, beside this edition."""
    return await maybe(
        db,
        Found,
        """
        select id, at from rulebook_backtest
         where digest = $1 and beside = $2 and not sampled and facts > 0 order by at desc limit 1
        """,
        digest,
        beside,
    )


async def add_acceptance(
    db: Connection, edition: int, operator_id: UUID, operator: str, backtest_id: UUID, at: Instant
) -> None:
    await execute(
        db,
        """
        insert into rulebook_acceptance (edition, operator_id, operator, backtest_id, at) values ($1, $2, $3, $4, $5)
        """,
        edition,
        operator_id,
        operator,
        backtest_id,
        at,
    )
