"""What the tests of the journal share: a rulebook put into the database as it is, members who have just come, and a
database of one's own where two transactions must meet."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, get_args
from uuid import UUID

import asyncpg
from msgspec.structs import replace

from punchcard.foundation import database, migrate, news
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Due
from punchcard.programme import (
    AnyFact,
    Challenge,
    Coin,
    Expiry,
    Frame,
    Ladder,
    Line,
    News,
    PerAmount,
    Rulebook,
    Sale,
    Spend,
    StandingMoved,
    Term,
    Tier,
)
from punchcard.rulebooks import operations, sql
from punchcard.rulebooks.model import EditionBody, Head

NOON = 1_795_003_200
"""Wednesday, 18 November 2026, 12:00 UTC."""
CARDS = [Due("passes.apple"), Due("passes.google")]
MONTH = Coin(expiry=Expiry(days=30))
RULEBOOK = Rulebook(
    name={"en": "Almond"},
    currency="ILS",
    terms=(
        Term("base", {"en": "A point a shekel"}, award=PerAmount(1, 100), coin=MONTH),
        Term("welcome", {"en": "Welcome"}, award=PerAmount(1, 10), first_purchase=True, qualifying=False, coin=MONTH),
    ),
    challenges=(
        Challenge("visits", {"en": "Three visits"}, kind="count", target=3, reward=40, every="month", coin=MONTH),
    ),
    frames=(Frame(ladders=(Ladder((Tier("bud", {"en": "Bud"}), Tier("blossom", {"en": "Blossom"}, 100)), "year"),)),),
)


def sale(id: str, at: int, shekels: int = 10, **more: Any) -> Sale:
    """One thing was bought."""
    return Sale(id=id, at=at, lines=(Line("bread", "bakery", "", 1, shekels * 100),), shop="nola-1", **more)


def spend(id: str, at: int, points: int) -> Spend:
    return Spend(id=id, at=at, points=points, reward="mug", until=at + 14 * DAY)


def install_news() -> None:
    """Every piece of news is one row of the outbox that bears its name; a moved standing makes both cards stale."""
    table: dict[type[Any], Any] = dict.fromkeys(get_args(News), tell)
    news.install({**table, StandingMoved: lambda _: CARDS})


def tell(each: Any) -> list[Due]:
    return [Due("heard", type(each).__name__)]


async def promise(db: Connection, rulebook: Rulebook) -> None:
    """Everything in the rulebook stands published, with its own windows."""
    head = Head(
        rulebook.name,
        rulebook.zone,
        rulebook.week_starts,
        rulebook.currency,
        rulebook.currencies,
        activities=rulebook.activities,
    )
    for number, frame in enumerate(rulebook.frames, 1):
        await sql.add_edition(db, number, frame.since, "", operations.written(EditionBody(head, frame)))
    for place, each in enumerate(rulebook.terms + rulebook.challenges + rulebook.rewards):
        await sql.add(db, operations.kind_of(each), each.id, 1, place, each.since, operations.written(each))
    await sql.bump(db, operations.fresh())


def of_member(fact: AnyFact, member_id: UUID) -> AnyFact:
    """The fact under ids that no other member's journal holds."""
    mark = str(member_id)[-6:]
    changes: dict[str, Any] = {"id": mark + fact.id}
    if deal := getattr(fact, "deal", ""):
        changes["deal"] = mark + deal
    if tenders := getattr(fact, "tenders", ()):
        changes["tenders"] = tuple(replace(each, hold=each.hold and mark + each.hold) for each in tenders)
    if vouchers := getattr(fact, "vouchers", ()):
        changes["vouchers"] = tuple(mark + voucher for voucher in vouchers)
    return replace(fact, **changes)


@asynccontextmanager
async def own_database(server: str, rulebook: Rulebook) -> AsyncIterator[Database]:
    """A database that no other test sees, with real connections and this rulebook published."""
    name, admin = f"journal_{os.getpid()}", await asyncpg.connect(server)
    await admin.execute(f'create database "{name}"')
    try:
        dsn = server.replace("/postgres?", f"/{name}?")
        await migrate.migrate(dsn)
        made = await database.connect(dsn)
        async with made.transaction() as db:
            await promise(db, rulebook)
        yield made
        await made.close()
    finally:
        await admin.execute(f'drop database "{name}" with (force)')
        await admin.close()


class Wiretap:
    """Stands between a client and PostgreSQL's socket and counts the answers: each ends one round trip."""

    def __init__(self) -> None:
        self.round_trips = 0

    async def serve(self, folder: str, real: str) -> asyncio.AbstractServer:
        async def through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            back, forth = await asyncio.open_unix_connection(real)
            await asyncio.gather(self.pass_on(reader, forth), self.count(back, writer))

        return await asyncio.start_unix_server(through, f"{folder}/.s.PGSQL.5432")

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def count(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read message by message; `Z` says that PostgreSQL is ready for the next question."""
        try:
            while True:
                head = await reader.readexactly(5)
                rest = await reader.readexactly(int.from_bytes(head[1:]) - 4)
                self.round_trips += head[:1] == b"Z"
                writer.write(head + rest)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
