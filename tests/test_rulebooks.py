"""A programme is written by a merchant, checked by line, published, and never changes what it said of the past."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from punchcard import rulebooks
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.locale import LANGUAGES
from punchcard.programme import (
    AnyFact,
    Coin,
    Expiry,
    Fixed,
    Goods,
    Journal,
    Line,
    PerAmount,
    Program,
    Reason,
    Sale,
    Standing,
    Term,
    adjudicate,
    encode,
    explain,
    tier_of,
)

ALMOND = (Path(__file__).parent.parent / "src/punchcard/demo/almond.toml").read_text()
DAY = 86400
AT = 1_790_000_000
PLAIN = """
[programme]
name = { en = "Plain" }
zone = "Europe/Berlin"
currency = "EUR"
languages = ["en"]

[[tier]]
id = "member"
name = { en = "Member" }
threshold = 0

[[earn]]
id = "base"
name = { en = "A point a euro" }
award = { kind = "per-amount", points = 1, per = 100 }

[[challenge]]
id = "three"
name = { en = "Three visits" }
kind = "count"
target = 3
reward = 50
every = "month"
"""
DOUBLED = PLAIN.replace("points = 1, per = 100", "points = 2, per = 100")
EXTRA = Term("extra", award=Fixed(5), since=AT + DAY)


def sale(id: str, at: int, *lines: tuple[str, int]) -> Sale:
    return Sale(id=id, at=at, lines=tuple(Line("x", category, "", 1, amount) for category, amount in lines))


def gives(program: Program, at: int) -> tuple[Reason, ...]:
    return explain(adjudicate(Standing(), sale("s", at, ("bread", 1000)), program), program)


def test_the_demos_programme_has_nothing_to_be_said_of():
    assert rulebooks.check(ALMOND) == []


FAULTS = [
    ("", "", 1, "there is no [programme]"),
    ("threshold = 0", "threshold =", 11, "Invalid value"),
    ("threshold = 0", "treshold = 0", 11, "`treshold` is not known here"),
    ("threshold = 0", "threshold = -1", 11, "`threshold`: expected `int` >= 0"),
    ("threshold = 0", "threshold = 5", 11, "the first tier is the entry: its threshold is 0"),
    ('id = "base"', 'id = "Base!"', 14, "`id` is not written as it should be"),
    ('id = "three"', 'id = "base"', 19, "`base` is already taken: every promise needs an id of its own"),
    ('zone = "Europe/Berlin"', 'zone = "Europe/Bärlin"', 4, "there is no time zone `Europe/Bärlin`"),
    ("per = 100", "pro = 100", 16, "`award.pro` is not known here"),
    ("per-amount", "per-mile", 16, "`award.kind`: invalid value 'per-mile'"),
    ('currency = "EUR"', 'currency = "Euro"', 5, "`currency` is not written as it should be"),
    ("[[tier]]", "[tier]", 8, "write [[tier]]: there may be several"),
    ("[[challenge]]", "[[chalenge]]", 18, "`chalenge` is not known here"),
    ("target = 3\n", "", 18, "`target` is missing"),
    ("target = 3", "target = true", 22, "`target`: expected `int`, got `bool`"),
    ("every = \"month\"", 'every = "month"\nuntil = "soon"', 25, "write a date, 2026-12-31"),
    ("every = \"month\"", 'every = "month"\nsince = 2026-02-01\nuntil = 2026-01-31', 26, "it would end before it begins"),
    ('id = "base"', 'id = "base"\ntiers = ["gold"]', 15, "there is no tier `gold`; there are member"),
    ('id = "base"', 'id = "base"\nhours = { since = "22:00", until = "06:00" }', 15, "these hours end before they begin"),
    ('id = "base"', 'id = "base"\nhours = { since = "22:10" }', 15, "`hours.since` is not written as it should be"),
    ('id = "base"', 'id = "base"\nexpiry = { days = 9, months = 1, rolling = true }', 15, "points that roll live"),
    ('id = "base"', 'id = "base"\nexpiry = { }', 15, "points would expire as soon as they are earned"),
    ('id = "base"', 'id = "base"\nuntil = 9999-12-31', 15, "the year 9999 is not one of 2000 to 2199"),
    ('id = "base"', 'id = "base"\nminimum = ' + "[" * 5000, 1, "tables within tables within tables"),
    ("threshold = 0", "threshold = " + "9" * 400, 11, "`threshold`"),
    ('id = "member"', 'id = "member"\nname_ = { en = "x" }', 10, "`name_` is not known here"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "reason"), FAULTS)
def test_a_fault_is_named_with_its_line(old: str, new: str, line: int, reason: str):
    found = rulebooks.check(PLAIN.replace(old, new, 1) if old else "")

    assert any(each.line == line and each.reason.startswith(reason) and not each.warning for each in found), found


DOUBTS = [
    ('languages = ["en"]', 'languages = ["en", "he"]', 3, "no text in he"),
    (
        'id = "base"',
        'id = "base"\nexpiry = { days = 90, round = "day" }',
        15,
        "points of every single day would be kept",
    ),
    ('kind = "count"', 'kind = "distinct"', 24, "it would keep count for ever"),
]


@pytest.mark.parametrize(("old", "new", "line", "reason"), DOUBTS)
def test_a_doubt_is_named_and_does_not_stop_anybody(old: str, new: str, line: int, reason: str):
    text = PLAIN.replace(old, new, 1).replace(
        'every = "month"', 'every = "ever"' if "distinct" in new else 'every = "month"'
    )
    found = rulebooks.check(text)

    assert any(each.line == line and each.reason.startswith(reason) and each.warning for each in found), found
    assert all(each.warning for each in found)


def test_two_of_a_group_must_say_which_applies():
    twice = PLAIN.replace('id = "base"', 'id = "base"\ngroup = "one"')
    other = '\n[[earn]]\nid = "more"\nname = { en = "More" }\naward = { kind = "fixed", points = 1 }\ngroup = "one"\n'

    assert [each.reason for each in rulebooks.check(twice + other)] == [
        "another promise of group `one` has this priority: say which one applies"
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("threshold = 0", "threshold = 5", 11), ("per = 100", "pro = 100", 16), ("[[tier]]", "[tier]", 8)],
)
def test_a_zone_that_is_none_is_named_beside_other_faults(old: str, new: str, line: int):
    found = rulebooks.check(PLAIN.replace("Europe/Berlin", "Mars").replace(old, new))

    assert (4, "there is no time zone `Mars`; write one like Europe/Berlin") in {
        (each.line, each.reason) for each in found
    }
    assert line in {each.line for each in found}


def test_a_challenge_for_ever_with_an_odd_end_is_a_fault_and_no_accident():
    text = PLAIN.replace('kind = "count"', 'kind = "distinct"')
    found = rulebooks.check(text.replace('every = "month"', 'every = "ever"\nsince = "then"\nuntil = "soon"'))

    assert [(each.line, each.warning) for each in found] == [(25, False), (26, False)]


def test_every_fault_of_a_table_is_named_at_once():
    found = rulebooks.check(PLAIN.replace("threshold = 0", "threshold = 0\nicon = 1\ncolour = 2"))

    assert [(each.line, each.reason) for each in found] == [
        (12, "`icon` is not known here"),
        (13, "`colour` is not known here"),
    ]


async def test_nothing_published_promises_nothing(db: Connection):
    assert gives(await rulebooks.program(db), AT) == ()


async def test_the_demos_programme_reads_as_it_was_meant(db: Connection):
    await rulebooks.publish(db, ALMOND, AT)
    program = await rulebooks.program(db)
    book = program.rulebook

    assert (book.name["he"], book.zone, book.week_starts, book.currency, book.point_value) == (
        "שקד", "Asia/Jerusalem", 6, "ILS", 1,
    )  # fmt: skip
    assert [(tier.id, tier.threshold) for tier in program.tiers(AT)] == [
        ("bud", 0),
        ("blossom", 500),
        ("orchard", 3000),
    ]
    base = next(term for term in book.terms if term.id == "base")
    assert (base.award, base.coin) == (PerAmount(1, 100), Coin("points", "seller", 0, Expiry(0, 12, "month")))
    assert [reward.points for reward in program.rewards(AT)] == [300, 450, 500, 600]
    assert all(promise.name.keys() == set(LANGUAGES) for promise in (*book.terms, *book.challenges, *book.rewards))


async def test_five_visits_in_the_demos_programme(db: Connection):
    await rulebooks.publish(db, ALMOND, AT)
    program = await rulebooks.program(db)
    journal = Journal(program)
    for day in range(5):
        journal.record(replace(sale(str(day), AT + day * DAY // 8, ("bakery", 10_050)), partner="miro"))

    assert {"base", "welcome"} <= {entry.term for entry in journal.rulings[0].entries}
    assert journal.standing.progress["five-visits"].done
    assert program.tiers(journal.standing.at)[tier_of(journal.standing, program)].id == "blossom"


async def test_a_file_with_faults_is_not_published(db: Connection):
    with pytest.raises(rulebooks.FileNotRight) as refused:
        await rulebooks.publish(db, PLAIN.replace("target = 3", "target = 0"), AT)

    assert "22" in refused.value.sentence("en")
    assert await rulebooks.version(db) == 0


async def test_a_second_edition_closes_what_changed_and_lets_the_rest_go_on(db: Connection):
    await rulebooks.publish(db, PLAIN, AT)
    edition = await rulebooks.publish(db, DOUBLED, AT + 10 * DAY)
    program = await rulebooks.program(db)

    assert (edition.number, edition.opened, edition.closed, edition.unchanged) == (2, ("base",), (), 1)
    assert gives(program, AT + 10 * DAY - 1) == (Reason("base", "applied", 10),)
    assert gives(program, AT + 10 * DAY) == (Reason("base", "applied", 20),)


async def test_a_promise_that_the_new_file_leaves_out_ends_and_may_come_back(db: Connection):
    await rulebooks.publish(db, PLAIN, AT)
    gone = await rulebooks.publish(db, PLAIN[: PLAIN.index("[[challenge]]")], AT + DAY)
    again = await rulebooks.publish(db, PLAIN, AT + 2 * DAY)
    program = await rulebooks.program(db)

    assert (gone.closed, again.opened) == (("three",), ("three",))
    assert [len(program.challenges(AT + day * DAY)) for day in (0, 1, 2)] == [1, 0, 1]


async def test_publishing_changes_nothing_that_was_said_of_the_past(db: Connection):
    facts: list[AnyFact] = [sale(str(n), AT + n * DAY, ("bread", 1000 + n)) for n in range(9)]

    async def said() -> list[object]:
        program = await rulebooks.program(db)
        standing, done = Standing(), list[object]()
        for fact in facts:
            ruling = adjudicate(standing, fact, program)
            standing = ruling.standing
            done.append((ruling.entries, ruling.news, explain(ruling, program), encode(standing)))
        return done

    await rulebooks.publish(db, PLAIN, AT)
    before = await said()
    turn = facts[-1].at + 1
    await rulebooks.publish(db, DOUBLED.replace("target = 3", "target = 1").replace('"member"', '"guest"'), turn)
    await rulebooks.publish_term(db, replace(EXTRA, since=turn), turn)
    await rulebooks.end_term(db, "base", turn + 1)

    assert await said() == before


async def test_a_term_that_comes_alone_begins_and_ends_by_itself(db: Connection):
    await rulebooks.publish(db, PLAIN, AT)
    await rulebooks.publish_term(db, EXTRA, AT + 1)
    await rulebooks.publish(db, DOUBLED, AT + 3 * DAY)
    await rulebooks.end_term(db, "extra", AT + 5 * DAY)
    await rulebooks.end_term(db, "extra", AT + 9 * DAY)
    program = await rulebooks.program(db)

    assert [Reason("extra", "applied", 5) in gives(program, AT + day * DAY) for day in (0, 1, 4, 5, 6)] == [
        False, True, True, False, False,
    ]  # fmt: skip


REFUSALS = [
    ("a term of an id that was there before", rulebooks.PromiseExists,
     lambda db: rulebooks.publish_term(db, replace(EXTRA, id="three"), AT)),
    ("a term that begins in the past", rulebooks.TooLate, lambda db: rulebooks.publish_term(db, EXTRA, AT + 2 * DAY)),
    ("the end of a term that nobody knows", rulebooks.NoSuchPromise, lambda db: rulebooks.end_term(db, "extra", AT)),
    ("an edition before the last one", rulebooks.TooLate, lambda db: rulebooks.publish(db, DOUBLED, AT)),
    ("another zone", rulebooks.FixedForever,
     lambda db: rulebooks.publish(db, PLAIN.replace("Europe/Berlin", "Europe/Rome"), AT + 1)),
    ("another currency", rulebooks.FixedForever, lambda db: rulebooks.publish(db, PLAIN.replace("EUR", "ILS"), AT + 1)),
    ("a challenge that counts something else", rulebooks.OtherKind,
     lambda db: rulebooks.publish(db, PLAIN.replace('kind = "count"', 'kind = "days"'), AT + 1)),
    ("an id that means something else now", rulebooks.PromiseExists,
     lambda db: rulebooks.publish(db, PLAIN[: PLAIN.index("[[chal")].replace('"base"', '"three"'), AT + 1)),
]  # fmt: skip


@pytest.mark.parametrize(("refusal", "ask"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
async def test_refused_is(db: Connection, refusal: type[Refused], ask):
    await rulebooks.publish(db, PLAIN, AT)
    before = await rulebooks.version(db)

    with pytest.raises(refusal) as refused:
        await ask(db)

    assert await rulebooks.version(db) == before
    sentences = {refused.value.sentence(language) for language in LANGUAGES}
    assert len(sentences) == len(LANGUAGES) and not any("{" in sentence for sentence in sentences)


async def test_an_offer_keeps_its_id_from_later_files(db: Connection):
    await rulebooks.publish(db, PLAIN, AT)
    await rulebooks.publish_term(db, EXTRA, AT)

    with pytest.raises(rulebooks.PromiseExists):
        await rulebooks.publish(db, PLAIN.replace('id = "base"', 'id = "extra"'), AT + 5 * DAY)


async def test_a_program_is_compiled_once_a_version(db: Connection):
    await rulebooks.publish(db, PLAIN, AT)
    first = await rulebooks.current(db)
    second = await rulebooks.current(db)
    await rulebooks.publish_term(db, EXTRA, AT)
    third = await rulebooks.current(db)

    assert first.program is second.program
    assert third.version > second.version and third.program is not second.program


async def test_a_rolled_back_publication_leaves_no_program_behind(pool: Database):
    async def published_and_undone(text: str) -> Program:
        async with pool.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await rulebooks.publish(connection, text, AT)
            program = await rulebooks.program(connection)
            await transaction.rollback()
            return program

    one, other = await published_and_undone(PLAIN), await published_and_undone(DOUBLED)

    assert [gives(program, AT)[0].points for program in (one, other)] == [10, 20]


async def test_sets_are_kept_in_one_spelling(db: Connection):
    goods = Goods(categories=frozenset({"b", "a", "c", "d"}))
    await rulebooks.publish_term(db, replace(EXTRA, goods=goods), AT)

    kept = await db.fetchval("select body from rulebook_promise where id = 'extra'")

    assert kept["goods"]["categories"] == ["a", "b", "c", "d"]
    assert (await rulebooks.program(db)).rulebook.terms[0].goods == goods
