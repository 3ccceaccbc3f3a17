"""Facts of several members share a transaction, and nobody else's trouble."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from punchcard import journal
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import new_id
from punchcard.journal import Printed, ReceiptTaken, Recorded, sql
from punchcard.programme import Program, Return, Ruling, Standing, balance
from tests.journal_world import NOON, RULEBOOK, install_news, own_database, sale


@pytest.fixture(scope="module")
async def together(server: str) -> AsyncIterator[Database]:
    install_news()
    async with own_database(server, RULEBOOK) as made:
        yield made


class NotToday(Refused):
    """Not today."""


def closed(before: Standing, ruling: Ruling, program: Program) -> None:
    raise NotToday


def broken(before: Standing, ruling: Ruling, program: Program) -> None:
    before.visits // 0


async def transactions(database: Database) -> int:
    """How many transactions wrote the facts that stand."""
    async with database.reading() as db:
        return int(await db.fetchval("select count(distinct xmin::text) from fact"))


async def whole(database: Database) -> None:
    report = await journal.audit(database)
    assert report.findings == [] and report.members


async def test_sales_that_come_at_once_share_transactions(together: Database):
    before, members = await transactions(together), [new_id() for _ in range(24)]

    answers = await asyncio.gather(
        *(journal.submit(together, member, sale(f"shared{member}", NOON), NOON) for member in members)
    )

    assert [answer.repeated for answer in answers] == [False] * 24
    assert await transactions(together) - before < 6
    await whole(together)


async def test_a_refusal_and_a_bug_touch_nobody_beside_them(together: Database):
    members = [new_id() for _ in range(6)]
    doors = {1: closed, 4: broken}

    answers = await asyncio.gather(
        *(
            journal.submit(together, each, sale(f"m{each}", NOON), NOON, door=doors.get(n))
            for n, each in enumerate(members)
        ),
        return_exceptions=True,
    )

    assert [type(answer) for answer in answers] == [Recorded, NotToday, Recorded, Recorded, ZeroDivisionError, Recorded]
    async with together.reading() as db:
        assert set(await sql.versions(db, members)) == {each for n, each in enumerate(members) if n not in doors}
    await whole(together)


async def test_what_the_database_refuses_of_one_is_written_for_the_others(together: Database):
    """Two sales with one receipt number fail the whole statement; each then goes alone."""
    members = [new_id() for _ in range(8)]
    papers = [Printed("nola-1", "till-1", "2026-03-08", f"{max(n, 1)}", "sale", "Dana", 100) for n in range(8)]

    answers = await asyncio.gather(
        *(
            journal.submit(together, each, sale(f"o{each}", NOON), NOON, printed=paper)
            for each, paper in zip(members, papers, strict=True)
        ),
        return_exceptions=True,
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["ReceiptTaken"] + ["Recorded"] * 7
    assert isinstance(answers[0], ReceiptTaken) or isinstance(answers[1], ReceiptTaken)
    await whole(together)


async def test_whoever_is_held_elsewhere_keeps_nobody_waiting(together: Database):
    stuck, others = new_id(), [new_id() for _ in range(20)]
    await journal.submit(together, stuck, sale("stuck", NOON - 60), NOON - 60)
    async with together.transaction() as holder:
        await sql.hold(holder, stuck, "", "")
        waiting = asyncio.create_task(journal.submit(together, stuck, sale("waits", NOON), NOON))
        await asyncio.gather(*(journal.submit(together, each, sale(f"w{each}", NOON), NOON) for each in others))
        assert not waiting.done()
        waits_too = asyncio.create_task(journal.submit(together, stuck, sale("waits-too", NOON), NOON))
        await asyncio.sleep(0.02)

    assert not (await waiting).repeated and not (await waits_too).repeated
    await whole(together)


async def test_whoever_stops_waiting_leaves_the_others_their_place(together: Database):
    member, others = new_id(), [new_id() for _ in range(3)]
    first, given_up, *rest = (
        asyncio.create_task(journal.submit(together, each, sale(f"g{n}{each}", NOON), NOON))
        for n, each in enumerate([member, member, member, *others])
    )
    await asyncio.sleep(0)
    given_up.cancel()

    answers = await asyncio.gather(first, *rest)

    assert [answer.repeated for answer in answers] == [False] * 5
    async with together.reading() as db:
        assert balance(await journal.standing(db, member, NOON + 60)) == 110 + 10
    await whole(together)


async def test_facts_of_one_member_follow_each_other_in_one_transaction(together: Database):
    before, member = await transactions(together), new_id()
    await journal.submit(together, member, sale("opened", NOON), NOON)

    answers = await asyncio.gather(
        *(
            journal.submit(together, member, sale(f"same{n:02}", NOON), NOON, door={3: closed, 5: broken}.get(n))
            for n in range(16)
        ),
        return_exceptions=True,
    )

    refused = [NotToday if n == 3 else ZeroDivisionError if n == 5 else Recorded for n in range(16)]
    assert [type(answer) for answer in answers] == refused
    assert await transactions(together) - before <= 3
    async with together.reading() as db:
        standing = await journal.standing(db, member, NOON)
        assert await db.fetchval("select array_agg(seq order by seq) from fact where member_id = $1", member) == list(
            range(1, 16)
        )
    assert standing.visits == 15
    await whole(together)


async def test_a_return_beside_its_sale_sees_the_sale(together: Database):
    member = new_id()
    await journal.submit(together, member, sale("bought", NOON), NOON)
    gone = Return(id="back", at=NOON, deal="bought", quantities={0: 1})

    await asyncio.gather(
        journal.submit(together, member, sale("another", NOON), NOON),
        journal.submit(together, member, gone, NOON),
        journal.submit(together, member, sale("and-another", NOON), NOON),
    )

    async with together.reading() as db:
        assert await db.fetchval("select count(*) from fact where member_id = $1", member) == 4
    await whole(together)
