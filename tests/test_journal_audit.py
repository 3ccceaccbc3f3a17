"""The audit finds whatever was changed behind the journal's back. Each case is a mutant that it must kill."""

import random
from typing import Any
from uuid import UUID

import pytest

from punchcard import journal
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import new_id
from punchcard.programme import Return
from tests.journal_world import NOON, RULEBOOK, install_news, promise, sale, spend

MUTANTS = {
    "an amount is changed": "update entry set points = points + 1 where member_id = $1 and number = 3",
    "an entry is deleted": "delete from entry where member_id = $1 and number = 3",
    "the tail is cut off": "delete from entry where member_id = $1 and number > 9",
    "the tail is cut off and the count with it": """
        with gone as (delete from entry where member_id = $1 and number > 9)
        update standing set entries = 9 where member_id = $1""",
    "an account is changed": "update entry set counter = 'adjusted' where member_id = $1 and number = 3",
    "an expiry is changed": "update entry set lot = lot + interval '1 day' where member_id = $1 and number = 3",
    "the funder is changed": "update entry set funder = 'miro' where member_id = $1 and number = 3",
    "an entry is moved in time": "update entry set at = at - interval '1 day' where member_id = $1 and number = 3",
    "a balance is changed": "update entry set account_balance = account_balance + 1 where member_id = $1 and number = 3",
    "two entries change places": """
        update entry set number = case number when 3 then 100 else 3 end where member_id = $1 and number in (3, 4)""",
    "a link is changed": "update entry set hash = sha256(hash) where member_id = $1 and number = 3",
    "the head is changed": "update standing set head = sha256(head) where member_id = $1",
    "the state is changed": "update standing set state = set_byte(state, 3, get_byte(state, 3) # 1) where member_id = $1",
    "the habits are changed": "update standing set habits = (select habits from checkpoint where member_id = $1)"
    " where member_id = $1",
    "the last position is changed": "update standing set fact_id = 'other' where member_id = $1",
    "the next change is changed": "update standing set next_change_at = next_change_at + interval '1 s' where member_id = $1",
    "a tick is forgotten": "update standing set ticked_at = at where member_id = $1",
    "a fact is deleted": "delete from fact where member_id = $1 and id = 's3'",
    "the last fact is deleted": "delete from fact where member_id = $1 and id = 'back'",
    "a basket is changed": "update fact set body = jsonb_set(body, '{lines,0,4}', '900') where member_id = $1 and id = 's3'",
    "a basket's shop is changed": """
        update fact set body = jsonb_set(body, '{shop}', '"miro-1"') where member_id = $1 and id = 's3'""",
    "a basket is no longer a basket": """
        update fact set body = jsonb_set(body, '{lines}', '"none"') where member_id = $1 and id = 's3'""",
    "a receipt is changed": "update fact set receipt = 'thanks' where member_id = $1 and id = 's3'",
    "what was asked is changed": "update fact set asked = sha256(asked) where member_id = $1 and id = 's3'",
    "a fact is moved in time": "update fact set at = at + interval '1 s' where member_id = $1 and id = 's3'",
    "a reason is changed": "update fact set reasons = '[]' where member_id = $1 and id = 's3'",
    "a fact belongs to somebody else": "update fact_owner set member_id = gen_random_uuid() where fact_id = 's3'",
    "a fact belongs to nobody": "delete from fact_owner where fact_id = 's3'",
    "a deal is deleted": "delete from deal where member_id = $1 and id = 's3'",
    "a deal is changed": "update deal set body = body || '\\x00'::bytea where member_id = $1 and id = 's3'",
    "a checkpoint is deleted": "delete from checkpoint where member_id = $1",
    "a checkpoint is changed": "update checkpoint set state = set_byte(state, 3, get_byte(state, 3) # 1)"
    " where member_id = $1",
    "the profile is changed": "update profile set points = points + 1 where member_id = $1",
    "the profile is deleted": "delete from profile where member_id = $1",
    "a made-up entry is put at the end": """
        insert into entry select member_id, number + 1, fact_id, step, at, account, counter, currency, lot, funder, term,
               points, account_balance + points, counter_balance, sha256(hash)
          from entry where member_id = $1 order by number desc limit 1""",
}


@pytest.fixture
async def member_id(db: Connection, house: Database) -> UUID:
    """A journal with sales, a claim, a late fact, a return, and a lapse that the worker has posted."""
    install_news()
    await promise(db, RULEBOOK)
    member_id = new_id()
    for n in range(9):
        await journal.submit(house, member_id, sale(f"s{n}", NOON + n * DAY), NOON + n * DAY)
    await journal.submit(house, member_id, spend("mug", NOON + 10 * DAY, 60), NOON + 10 * DAY)
    await journal.submit(house, member_id, sale("late", NOON - DAY), NOON + 11 * DAY)
    back = Return(id="back", at=NOON + 12 * DAY, deal="s8", quantities={0: 1})
    await journal.submit(house, member_id, back, NOON + 12 * DAY)
    await journal.tick(house, member_id, NOON + 25 * DAY)
    return member_id


async def test_a_journal_that_nobody_touched_is_whole(house, member_id):
    seen: list[Any] = []

    report = await journal.audit(house, progress=lambda *done: seen.append(done), members=[member_id])

    assert report.findings == []
    assert (report.members, report.facts) == (1, 12) and report.entries > 20
    assert report.liability == {"points": (await held(house, member_id))}
    assert seen[-1] == (1, 1)


async def held(house: Database, member_id: UUID) -> int:
    async with house.reading() as db:
        return (await journal.card(db, member_id, NOON + 25 * DAY)).points


@pytest.mark.parametrize("what", MUTANTS)
async def test_the_audit_finds_it_when(house, db, member_id, what):
    touched = await db.execute(MUTANTS[what], *([member_id] if "$1" in MUTANTS[what] else []))
    assert touched.rpartition(" ")[2] != "0", "the mutant changes something"

    report = await journal.audit(house, members=[member_id])

    assert report.findings and report.findings[0].member_id == member_id


async def test_an_audit_stops_at_the_first_member_unless_told_to_go_on(house, db, member_id):
    others = [new_id() for _ in range(3)]
    for each in others:
        await journal.submit(house, each, sale(f"of {each}", NOON), NOON)
    await db.execute("update profile set visits = 99")

    first = await journal.audit(house, members=[member_id, *others])
    everything = await journal.audit(house, members=[member_id, *others], keep_going=True)

    assert len(first.findings) == 1
    assert {finding.member_id for finding in everything.findings} == {member_id, *others}


async def test_any_single_change_to_any_number_is_found(house, db, member_id):
    """One row, one column, one more: entries and the standing, at random."""
    chance = random.Random(7)
    for _ in range(40):
        table, column = chance.choice(
            [("entry", "points"), ("entry", "account_balance"), ("entry", "number"), ("standing", "facts"),
             ("standing", "entries"), ("profile", "spend_cents"), ("fact", "seq"), ("fact", "after_entry")]
        )  # fmt: skip
        savepoint = db.transaction()
        await savepoint.start()
        key = {"entry": "number", "fact": "id"}.get(table, "member_id")
        row = await db.fetchval(
            f"select {key} from {table} where member_id = $1 and {column} is not null order by md5({key}::text || $2) limit 1",
            member_id,
            str(chance.random()),
        )
        await db.execute(
            f"update {table} set {column} = {column} + 1000 where member_id = $1 and {key} = $2", member_id, row
        )

        report = await journal.audit(house, members=[member_id])

        assert report.findings, f"{table}.{column} of {row}"
        await savepoint.rollback()
