"""What enters a journal, what follows from it, and what is left of what fails."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from punchcard import journal
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import OtherBody, Refused
from punchcard.foundation.ids import new_id
from punchcard.programme import Adjustment, Program, Return, Ruling, Sale, Standing, Unspend, balance
from tests.journal_world import NOON, RULEBOOK, install_news, promise, sale, spend

TABLES = ("standing", "fact", "fact_owner", "entry", "deal", "checkpoint", "profile", "outbox")


@pytest.fixture
async def world(db: Connection, house: Database) -> Database:
    install_news()
    await promise(db, RULEBOOK)
    return house


@pytest.fixture
def member_id() -> UUID:
    return new_id()


async def heard(db: Connection, member_id: UUID) -> dict[str, int]:
    """What the outbox holds for the member, and how often it was told."""
    rows = await db.fetch("select reaction || ' ' || key as what, version from outbox where member_id = $1", member_id)
    return {row["what"].strip(): row["version"] for row in rows}


async def quiet(db: Connection) -> None:
    await db.execute("delete from outbox")


async def rows(db: Connection) -> dict[str, int]:
    return {table: int(await db.fetchval(f"select count(*) from {table}")) for table in TABLES}


async def lines(db: Connection, member_id: UUID) -> list[tuple[str, int]]:
    """The statement from the oldest line on: what it is of, and the points."""
    return [(line.id or line.kind, line.points) for line in reversed(await journal.statement(db, member_id))]


async def whole(world: Database, member_id: UUID) -> None:
    report = await journal.audit(world, members=[member_id])
    assert report.findings == [] and report.members == 1


async def test_a_sale_leaves_its_fact_its_entries_a_profile_and_news(world, db, member_id):
    recorded = await journal.submit(world, member_id, sale("a", NOON), NOON)

    assert recorded.ruling and not recorded.repeated
    assert await lines(db, member_id) == [("a", 110)]
    assert await heard(db, member_id) == {"passes.apple": 1, "passes.google": 1}
    profile = dict(await db.fetchrow("select * from profile where member_id = $1", member_id))
    profile.pop("changed_at")
    assert profile == {
        "member_id": member_id, "tier": 0, "points": 110, "visits": 1, "last_visit_at": NOON, "home_shop": "nola-1",
        "spend_cents": 1000,
    }  # fmt: skip
    await whole(world, member_id)


async def test_a_sale_without_points_is_a_sale(world, db, member_id):
    await journal.submit(world, member_id, sale("a", NOON, shekels=0), NOON)

    assert await lines(db, member_id) == [("a", 0)]
    assert (await journal.standing(db, member_id, NOON)).visits == 1
    await whole(world, member_id)


async def test_the_same_id_answers_as_before_and_another_body_is_refused(world, db, member_id):
    def receipt(*_: Any) -> bytes:
        return b"once"

    await journal.submit(world, member_id, sale("a", NOON), NOON, receipt=receipt)
    before = await rows(db)

    again = await journal.submit(world, member_id, sale("a", NOON + DAY), NOON + DAY, receipt=lambda *_: b"other")

    assert (again.receipt, again.repeated, again.ruling) == (b"once", True, None)
    for other in (sale("a", NOON, shekels=11), Adjustment(id="a", at=NOON, points=9, reason="gift")):
        with pytest.raises(OtherBody):
            await journal.submit(world, member_id, other, NOON)
    with pytest.raises(OtherBody):
        await journal.submit(world, new_id(), sale("a", NOON), NOON)
    assert {**await rows(db), "standing": before["standing"]} == before


async def test_what_was_asked_may_be_said_by_the_caller(world, member_id):
    await journal.submit(world, member_id, sale("a", NOON), NOON, asked=b"till 1")

    again = await journal.submit(world, member_id, sale("a", NOON, shekels=99), NOON, asked=b"till 1")

    assert again.repeated
    with pytest.raises(OtherBody):
        await journal.submit(world, member_id, sale("a", NOON), NOON, asked=b"till 2")


class Full(Refused):
    """No."""


async def refuse(world: Database, db: Connection, member_id: UUID) -> None:
    def door(before: Standing, ruling: Ruling, program: Program) -> None:
        raise Full

    with pytest.raises(Full):
        await journal.submit(world, member_id, sale("b", NOON + 1), NOON + 1, door=door)


async def break_the_receipt(world: Database, db: Connection, member_id: UUID) -> None:
    def receipt(before: Standing, ruling: Ruling, program: Program) -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await journal.submit(world, member_id, sale("b", NOON + 1), NOON + 1, receipt=receipt)


async def break_the_statement(world: Database, db: Connection, member_id: UUID) -> None:
    await db.execute("alter table profile add constraint breaks check (visits < 2)")

    with pytest.raises(asyncpg.CheckViolationError):
        await journal.submit(world, member_id, sale("b", NOON + 1), NOON + 1)


async def break_the_last_write(world: Database, db: Connection, member_id: UUID) -> None:
    await db.execute("alter table standing add constraint breaks check (facts < 2)")

    with pytest.raises(asyncpg.CheckViolationError):
        await journal.submit(world, member_id, sale("b", NOON + 1), NOON + 1)


@pytest.mark.parametrize("fail", [refuse, break_the_receipt, break_the_statement, break_the_last_write])
async def test_a_failure_in_the_middle_of_a_sale_leaves_nothing(world, db, member_id, fail):
    await journal.submit(world, member_id, sale("a", NOON), NOON)
    before, outbox = await rows(db), await heard(db, member_id)

    await fail(world, db, member_id)

    assert await rows(db) == before and await heard(db, member_id) == outbox
    await whole(world, member_id)


async def test_a_quote_says_what_the_fact_would_do_and_keeps_nothing(world, db, member_id):
    before = await rows(db)

    trial = await journal.quote(db, member_id, sale("a", NOON), NOON)

    assert (balance(trial.before), balance(trial.ruling.standing)) == (0, 110)
    assert await rows(db) == before


async def test_a_late_sale_takes_its_place_and_the_difference_is_posted(world, db, member_id):
    for n in range(3):
        await journal.submit(world, member_id, sale(f"s{n}", NOON + n * DAY), NOON + n * DAY)
    assert (await heard(db, member_id))["heard ChallengeCompleted"] == 1
    await quiet(db)

    recorded = await journal.submit(world, member_id, sale("late", NOON - DAY, shekels=20), NOON + 3 * DAY)

    assert await lines(db, member_id) == [("late", 220), ("s0", 10), ("s1", 50), ("s2", 10)]
    assert recorded.ruling and balance(recorded.ruling.standing) == 290, "where the member stands after all"
    assert set(await heard(db, member_id)) == {"passes.apple", "passes.google"}, "the challenge was told before"
    corrections = await db.fetch("select step, points from entry where member_id = $1 and number > 6", member_id)
    assert {row["step"] for row in corrections} == {"late", "s0", "s1", "s2"}
    await whole(world, member_id)


async def test_a_late_fact_must_pass_the_door_as_things_stand_too(world, db, member_id):
    def door(before: Standing, ruling: Ruling, program: Program) -> None:
        if balance(before) < 100:
            raise Full

    await journal.submit(world, member_id, sale("a", NOON), NOON)
    await journal.submit(world, member_id, spend("b", NOON + 9, 100), NOON + 9, door=door)

    with pytest.raises(Full):
        await journal.submit(world, member_id, spend("c", NOON + 5, 100), NOON + 20, door=door)
    await whole(world, member_id)


async def test_what_happens_now_comes_after_everything_known_within_the_same_second(world, db, member_id):
    for id in "zyxw":
        await journal.submit(world, member_id, sale(id, NOON), NOON)

    assert [id for id, _ in await lines(db, member_id)] == list("zyxw")
    assert int(await db.fetchval("select count(*) from checkpoint where member_id = $1", member_id)) == 0
    await whole(world, member_id)


async def test_a_till_a_moment_behind_the_clock_gives_what_it_would_have_given_before_the_tick(world, db, member_id):
    await journal.submit(world, member_id, sale("a", NOON), NOON)
    change = (await journal.card(db, member_id, NOON)).next_change_at
    await journal.tick(world, member_id, change + 5)

    await journal.submit(world, member_id, sale("b", change - 1), change + 5)

    punctual = new_id()
    await journal.submit(world, punctual, sale("c", NOON), NOON)
    await journal.submit(world, punctual, sale("d", change - 1), change - 1)
    there, here = [balance(await journal.standing(db, each, change + 5)) for each in (punctual, member_id)]
    assert here == there > 0
    await whole(world, member_id)


async def test_time_alone_takes_points_and_gives_claims_back_and_is_told_once(world, db, member_id):
    await journal.submit(world, member_id, sale("a", NOON), NOON)
    await journal.submit(world, member_id, spend("mug", NOON + 1, 60), NOON + 1)
    await quiet(db)

    found = await journal.due_members(db, NOON + 60 * DAY, 10)
    ticked = [await journal.tick(world, member_id, NOON + days * DAY) for days in (10, 15, 15, 40)]

    assert found == [member_id] and ticked == [True, True, False, True]
    assert await lines(db, member_id) == [("a", 110), ("mug", -60), ("time", 60), ("time", -110)]
    assert {"heard VoucherLapsed": 1, "heard PointsExpired": 1}.items() <= (await heard(db, member_id)).items()
    reasons = [line.reasons[0].verdict for line in await journal.statement(db, member_id, limit=2)]
    assert reasons == ["expired", "given-back"]
    await whole(world, member_id)


async def test_a_fact_before_what_time_did_undoes_it(world, db, member_id):
    await journal.submit(world, member_id, sale("a", NOON), NOON)
    await journal.tick(world, member_id, NOON + 40 * DAY)
    assert await lines(db, member_id) == [("a", 110), ("time", -110)]

    await journal.submit(world, member_id, spend("mug", NOON + DAY, 110), NOON + 40 * DAY)

    assert await lines(db, member_id) == [("a", 110), ("mug", -110), ("time", 110), ("time", -110)]
    await whole(world, member_id)


async def test_the_clock_ticks_everybody_who_is_due(world, db):
    members = [new_id() for _ in range(3)]
    for n, each in enumerate(members):
        await journal.submit(world, each, sale(f"of-{n}", NOON), NOON)

    done = await journal.tick_due(world, NOON + 40 * DAY)

    assert done >= 3
    assert await journal.due_members(db, NOON + 40 * DAY, 10) == []
    assert [balance(await journal.standing(db, each, NOON + 40 * DAY)) for each in members] == [0, 0, 0]


async def test_a_handed_back_claim_and_a_return_find_the_deal_they_are_about(world, db, member_id):
    await journal.submit(world, member_id, sale("a", NOON), NOON)
    await journal.submit(world, member_id, spend("mug", NOON + 1, 60), NOON + 1)
    await journal.submit(world, member_id, Unspend(id="no-mug", at=NOON + 2, deal="mug"), NOON + 2)
    await journal.submit(world, member_id, Return(id="back", at=NOON + 3, deal="a", quantities={0: 1}), NOON + 3)

    assert balance(await journal.standing(db, member_id, NOON + 3)) == 0
    assert await journal.whose(db, "a") == journal.Whose(member_id, NOON)
    assert await journal.whose(db, "unheard-of") is None
    spent = await db.fetchval("select spend_cents from profile where member_id = $1", member_id)
    assert spent == 0
    await whole(world, member_id)


async def test_the_card_says_what_is_there_and_what_comes_next(world, db, member_id):
    await journal.submit(world, member_id, sale("a", NOON, shekels=40), NOON)

    card = await journal.card(db, member_id, NOON)
    later = await journal.card(db, member_id, NOON + 40 * DAY)

    assert (card.points, card.tier, card.next_tier, card.missing, card.version) == (440, "bud", "blossom", 60, 1)
    assert card.expiring and card.expiring.points == 440
    assert later.points == 0 and later.expiring is None


async def test_a_long_journal_keeps_checkpoints_dense_near_its_end_and_sparse_long_ago(world, db, member_id):
    for n in range(200):
        await journal.submit(world, member_id, sale(f"s{n:03}", NOON + n, shekels=1), NOON + n)
    await journal.submit(world, member_id, sale("late", NOON + 150, shekels=1), NOON + 300)

    kept = [row["facts"] for row in await db.fetch("select facts from checkpoint where member_id = $1", member_id)]

    assert len(kept) < 25 and set(range(152, 201, 8)) <= set(kept) and 8 not in kept
    await whole(world, member_id)


async def test_a_page_of_the_statement_goes_on_where_the_last_one_ended(world, db, member_id):
    for n in range(5):
        await journal.submit(world, member_id, sale(f"s{n}", NOON + n), NOON + n)

    first = await journal.statement(db, member_id, limit=2)
    second = await journal.statement(db, member_id, (first[-1].at, first[-1].id), limit=2)

    assert [line.id for line in first + second] == ["s4", "s3", "s2", "s1"]


async def test_a_sale_of_many_lines_is_kept_whole(world, db, member_id):
    facts = sale("wide", NOON).lines * 500
    await journal.submit(world, member_id, Sale(id="wide", at=NOON, lines=facts, shop="nola-1"), NOON)

    assert balance(await journal.standing(db, member_id, NOON)) == 55_000
    await whole(world, member_id)
