"""Where two transactions meet at one member, and what a sale costs in round trips."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from punchcard import journal
from punchcard.foundation import database
from punchcard.foundation.database import Database
from punchcard.foundation.errors import OtherBody, Refused, Running
from punchcard.foundation.ids import new_id
from punchcard.journal import Recorded, sql
from punchcard.programme import Program, Return, Ruling, Standing, balance
from tests.journal_world import NOON, RULEBOOK, Wiretap, install_news, own_database, sale, spend


@pytest.fixture(scope="module")
async def meeting(server: str) -> AsyncIterator[Database]:
    install_news()
    async with own_database(server, RULEBOOK) as made:
        yield made


class TooPoor(Refused):
    """Not enough."""


def covered(before: Standing, ruling: Ruling, program: Program) -> None:
    if sum(entry.points for entry in ruling.entries if entry.counter in ("member", "owed")) > balance(before):
        raise TooPoor


async def whole(database: Database) -> None:
    report = await journal.audit(database)
    assert report.findings == [] and report.members


async def test_two_tills_that_sell_under_one_id_at_once_move_points_once(meeting: Database):
    member_id, fact = new_id(), sale("twice", NOON)

    sell = partial(journal.submit, meeting, member_id, fact, NOON, receipt=lambda *_: b"thanks")

    answers = await asyncio.gather(*(sell() for _ in range(12)), return_exceptions=True)
    again = await sell()

    assert sorted(type(answer).__name__ for answer in answers) == ["Recorded"] + ["Running"] * 11
    assert again.repeated and again.receipt == b"thanks"
    async with meeting.reading() as db:
        assert balance(await journal.standing(db, member_id, NOON)) == 110
    await whole(meeting)


async def test_one_id_belongs_to_one_member_even_if_two_tills_sell_at_once(meeting: Database):
    """Each till speaks to a process of its own, so that PostgreSQL alone can tell them apart."""
    tills = [await database.connect(meeting.dsn, connections_max=1) for _ in range(4)]

    answers = await asyncio.gather(
        *(journal.submit(till, new_id(), sale("of-one", NOON), NOON) for till in tills), return_exceptions=True
    )

    assert sum(isinstance(answer, Recorded) for answer in answers) == 1
    assert sum(isinstance(answer, OtherBody | Running) for answer in answers) == 3
    with pytest.raises(OtherBody):
        await journal.submit(meeting, new_id(), sale("of-one", NOON), NOON)
    for till in tills:
        await till.close()
    await whole(meeting)


async def test_what_is_being_written_elsewhere_is_not_waited_for(meeting: Database):
    member_id = new_id()
    await journal.submit(meeting, member_id, sale("before", NOON - 60), NOON - 60)
    async with meeting.transaction() as elsewhere:
        await sql.hold(elsewhere, member_id, "", "")
        assert await sql.claim(elsewhere, "running")

        with pytest.raises(Running):
            await asyncio.wait_for(journal.submit(meeting, member_id, sale("running", NOON), NOON), 2)

    assert not (await journal.submit(meeting, member_id, sale("running", NOON), NOON)).repeated
    await whole(meeting)


async def test_of_many_who_spend_the_same_points_at_once_as_many_succeed_as_there_are_points(meeting: Database):
    member_id = new_id()
    await journal.submit(meeting, member_id, sale("earn", NOON - 60), NOON - 60)

    answers = await asyncio.gather(
        *(journal.submit(meeting, member_id, spend(f"s{n:02}", NOON, 50), NOON, door=covered) for n in range(24)),
        return_exceptions=True,
    )

    assert sum(isinstance(answer, Recorded) for answer in answers) == 2
    assert sum(isinstance(answer, TooPoor) for answer in answers) == 22
    async with meeting.reading() as db:
        standing = await journal.standing(db, member_id, NOON + 60)
    assert balance(standing) == 10 and not standing.owed
    await whole(meeting)


async def test_a_door_that_is_not_asked_again_after_waiting_would_let_everybody_in(meeting: Database):
    """The mutant: read first, then write. It is what the held row protects from."""
    member_id = new_id()
    await journal.submit(meeting, member_id, sale("earn-naive", NOON - 60), NOON - 60)

    async def naive(n: int) -> None:
        async with meeting.reading() as db:
            standing = await journal.standing(db, member_id, NOON)
        await asyncio.sleep(0.05)
        if balance(standing) >= 50:
            await journal.submit(meeting, member_id, spend(f"n{n:02}", NOON, 50), NOON)

    await asyncio.gather(*map(naive, range(6)))

    async with meeting.reading() as db:
        assert (await journal.standing(db, member_id, NOON + 60)).owed == {"points": 190}


async def test_two_returns_at_once_see_each_other(meeting: Database):
    member_id, seen = new_id(), []
    await journal.submit(meeting, member_id, sale("sold", NOON - 60), NOON - 60)
    backs = [Return(id=f"back{n}", at=NOON, deal="sold", quantities={0: 1}) for n in range(6)]

    def deal_door(deal: object) -> None:
        seen.append(dict(getattr(deal, "returned", {})))

    await asyncio.gather(*(journal.submit(meeting, member_id, back, NOON, deal_door=deal_door) for back in backs))

    assert seen == [{}, *[{0: 1}] * 5]
    await whole(meeting)


async def test_whoever_waited_for_the_row_notices_that_the_rest_was_read_before(meeting: Database):
    """PostgreSQL reads the waited-for row anew, but what stands beside it as of the beginning."""
    member_id = new_id()
    await journal.submit(meeting, member_id, sale("first-of-two", NOON - 60), NOON - 60)
    async with meeting.transaction() as holder:
        await sql.hold(holder, member_id, "", "")
        waiting = asyncio.create_task(look(meeting, member_id))
        await asyncio.sleep(0.1)
        await holder.execute("update standing set version = version + 1 where member_id = $1", member_id)

    held = await waiting

    assert held is not None and held.version == held.seen + 1
    async with meeting.transaction() as db:
        await db.execute("delete from standing where member_id = $1", member_id)


async def look(database: Database, member_id):
    async with database.transaction() as db:
        return await sql.hold(db, member_id, "first-of-two", "")


@pytest.fixture
async def tapped(meeting: Database, tmp_path) -> AsyncIterator[tuple[Database, Wiretap]]:
    tap = Wiretap()
    folder = meeting.dsn.partition("host=")[2].partition("&")[0]
    server = await tap.serve(str(tmp_path), f"{folder}/.s.PGSQL.5432")
    made = await database.connect(meeting.dsn.replace(folder, str(tmp_path)), connections_max=1)
    yield made, tap
    await made.close()
    server.close()


async def test_a_sale_takes_four_round_trips_and_a_members_first_one_more(tapped: tuple[Database, Wiretap]):
    database, tap = tapped
    member_id, others = new_id(), new_id()
    sell = partial(journal.submit, database, door=covered, receipt=lambda *_: b"thanks")
    await sell(others, sale("warm-1", NOON), NOON)  # prepares the statements on this connection
    await sell(others, sale("warm-2", NOON + 1), NOON + 1)
    took = []

    for n in range(10):
        before = tap.round_trips
        await sell(member_id, sale(f"trip{n}", NOON + n), NOON + n)
        took.append(tap.round_trips - before)

    assert took == [5, *[4] * 9]


async def test_a_sale_after_a_tick_and_a_return_take_four_round_trips_too(tapped: tuple[Database, Wiretap]):
    database, tap = tapped
    member_id, month = new_id(), 31 * 86400
    await journal.submit(database, member_id, sale("cold", NOON), NOON)
    await journal.submit(database, member_id, sale("cold-2", NOON + 1), NOON + 1)
    await journal.tick(database, member_id, NOON + month)
    took = []

    for fact in (
        sale("after", NOON + month + 1),
        Return(id="back", at=NOON + month + 2, deal="after", quantities={0: 1}),
    ):
        before = tap.round_trips
        await journal.submit(database, member_id, fact, fact.at)
        took.append(tap.round_trips - before)

    assert took == [4, 4]
