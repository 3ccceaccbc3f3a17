"""Once there is history, a file is published on the strength of a back-test of its very bytes, and in somebody's name."""

import hashlib

from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection

from . import sql
from .model import AcceptanceMissing, Acceptor, Backtest, BacktestMissing, BacktestTooOld, Edition
from .operations import publish

BACKTEST_HOLDS_SECONDS = DAY


def digest_of(text: str) -> bytes:
    """By what a file is known: SHA-256 of its bytes."""
    return hashlib.sha256(text.encode()).digest()


async def keep_backtest(db: Connection, backtest: Backtest) -> None:
    """Keep what a back-test found, so that the file can be published on the strength of it."""
    await sql.add_backtest(db, backtest)


async def publish_accepted(db: Connection, text: str, at: Instant, now: Instant, by: Acceptor | None) -> Edition:
    """Publish where there is history, and keep who accepted which back-test.

    Refused without a back-test of this very file over all members, beside the edition that holds and not older than a
    day before `now`; without a name; and as `publish` refuses."""
    await sql.lock(db)
    before = await sql.latest_edition(db)
    found = await sql.newest_backtest(db, digest_of(text), before.number if before else 0)
    if found is None:
        raise BacktestMissing()
    if found.at < now - BACKTEST_HOLDS_SECONDS:
        raise BacktestTooOld()
    if by is None:
        raise AcceptanceMissing()
    edition = await publish(db, text, at)
    await sql.add_acceptance(db, edition.number, by.id, by.name, found.id, now)
    return edition
