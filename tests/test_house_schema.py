"""The house rules about SQL: every statement is understood, every table has one owner, and a member is one shard."""

import ast
import re
from collections.abc import Iterator

import pytest

from punchcard.foundation.database import Connection

from .test_house import FILES, HOUSE, named, tree

pytestmark = pytest.mark.anyio

RUNS_SQL = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "one", "maybe", "many", "value", "cursor"}
BEGINS = re.compile(r"\s*(select|insert|update|delete|with|merge|truncate|copy|lock|notify|listen|set)\b", re.I)
WRITES = re.compile(
    r"\b(?:insert into|delete from|merge into|truncate(?: table)?)\s+(\w+)"
    r"|\bupdate\s+(\w+)(?=\s+(?:as\s+)?(?:\w+\s+)?set\b)"
)
BY_LOOKUP = {
    "card_code": "found by the hash of what a till scans; points at the member",
    "contact": "found by the hash of an address, by which one signs in",
    "pass_serial": "found by the pass's serial number, which a phone names",
    "fact_owner": "found by a fact's id, which a till makes before it knows whose it is",
    "till_receipt": "found by what is printed on it, which names no member",
    "staff_adjustment": "the operators' register, found by the id under which a second person decides",
    "apple_device": "found by the device that asks what changed",
    "approval_owner": "found by the id that a till gave to its request",
    "gift_key": "found by the key under which a member redeems a gift card, which nobody else may use then",
    "push_address": "found by the phone's address, which may change hands",
}
MAY_WRITE = {
    ("journal", "outbox"): "a sale and what follows from it are one statement: four round trips, not five",
    ("schedule.py", "schedule"): "the clock is one file; its table came with the foundation",
}


def statements() -> list[tuple[str, str]]:
    """Every SQL string that the code hands to PostgreSQL, with where it stands; files of SQLite are a till's own."""
    ours = [file for file in FILES if "import sqlite3" not in file.read_text()]
    return [(f"{named(file)}:{line}", text) for file in ours for line, text in in_file(tree(file))]


def in_file(module: ast.Module) -> Iterator[tuple[int, str]]:
    """The literals in calls, and those too long for a function, which stand above it under a name."""
    assigned = [each for each in module.body if isinstance(each, ast.Assign)]
    constants = {each.targets[0].id: each.value for each in assigned if isinstance(each.targets[0], ast.Name)}
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in RUNS_SQL:
            for argument in call.args:
                text = constants.get(argument.id) if isinstance(argument, ast.Name) else argument
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    if BEGINS.match(text.value):
                        yield call.lineno, text.value
                    break


STATEMENTS = statements()
each_statement = pytest.mark.parametrize("where, text", STATEMENTS, ids=[where for where, _ in STATEMENTS])


@each_statement
async def test_postgresql_understands_every_statement(where: str, text: str, db: Connection):
    await db.prepare(text)


@each_statement
def test_statements_are_written_in_lower_case(where: str, text: str):
    words = re.sub(r"'[^']*'", "", text)
    assert words == words.lower()


@pytest.mark.parametrize("file", [file for file in FILES if file.name == "sql.py"], ids=named)
def test_a_statement_is_a_literal(file):
    for call in ast.walk(tree(file)):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"one", "maybe", "many", "value", "execute"}:
            at = 2 if call.func.id in {"one", "maybe", "many"} else 1  # type: ignore[attr-defined]  # asked above
            assert isinstance(call.args[at], ast.Constant), f"{named(file)}:{call.lineno} puts its statement together"


def owners() -> dict[str, str]:
    """Which folder owns each table: the one its schema file is named after."""
    return {
        table: (re.match(r"\d+_([a-z]+)", file.stem) or [""] * 2)[1]
        for file in (HOUSE / "schema").glob("*.sql")
        for table in re.findall(r"create table (?:if not exists )?(\w+)", file.read_text())
    }


@each_statement
def test_a_table_is_written_only_by_its_owner(where: str, text: str):
    room = re.split("[/:]", where)[0]
    for written in WRITES.finditer(text):
        table = written[1] or written[2]
        owner = owners().get(table)
        assert owner is None or room == owner or (room, table) in MAY_WRITE, f"{where} writes {table} of {owner}"


def test_every_schema_file_has_a_number_of_its_own():
    numbers = [file.name.split("_")[0] for file in sorted((HOUSE / "schema").glob("*.sql"))]
    assert len(set(numbers)) == len(numbers)


async def test_every_table_says_what_a_row_is(db: Connection):
    silent = await db.fetch("""
        select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
           and obj_description(oid, 'pg_class') is null""")

    assert not [row["relname"] for row in silent]


async def test_what_belongs_to_a_member_is_keyed_by_the_member_first(db: Connection):
    keys = await db.fetch("""
        select c.relname as name, a.attname as first_key from pg_class c
          left join pg_index i on i.indrelid = c.oid and i.indisprimary
          left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
         where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
           and exists (select from pg_attribute m where m.attrelid = c.oid and m.attname = 'member_id')""")

    loose = {row["name"] for row in keys if row["first_key"] != "member_id"}

    assert keys and loose <= set(BY_LOOKUP), f"not one member's shard: {loose - set(BY_LOOKUP)}"


async def test_no_unique_key_and_no_foreign_key_reaches_across_members(db: Connection):
    unique = await db.fetch("""
        select i.indexrelid::regclass::text as name, c.relname as relation from pg_index i join pg_class c on c.oid = i.indrelid
         where i.indisunique and c.relnamespace = 'public'::regnamespace
           and exists (select from pg_attribute m where m.attrelid = c.oid and m.attname = 'member_id')
           and not exists (select from pg_attribute m where m.attrelid = c.oid and m.attname = 'member_id'
                              and m.attnum = any (i.indkey))""")
    foreign = await db.fetch("""
        select k.conname from pg_constraint k
          join pg_attribute here on here.attrelid = k.conrelid and here.attname = 'member_id'
          join pg_attribute there on there.attrelid = k.confrelid and there.attname = 'member_id'
         where k.contype = 'f' and not (here.attnum = any (k.conkey) and there.attnum = any (k.confkey))""")

    assert {row["relation"] for row in unique} <= set(BY_LOOKUP)
    assert not foreign


async def test_nothing_happens_by_itself_in_the_database(db: Connection):
    triggers = await db.fetch("select tgname from pg_trigger where not tgisinternal")

    assert not triggers
