"""A file that uses every key there is: each arrives in what is promised, is explained, and survives any slip of the pen."""

import random
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect as shapes

from punchcard import rulebooks
from punchcard.foundation.database import Connection
from punchcard.programme import (
    Budget,
    Cap,
    Challenge,
    Coin,
    Currency,
    Expiry,
    Expression,
    Extend,
    Field,
    Goods,
    Group,
    Hours,
    Limit,
    Payment,
    PerAmount,
    Places,
    Rate,
    Reward,
    Step,
    Term,
    Tier,
    Tiered,
    people,
)
from punchcard.rulebooks.check import examine
from punchcard.rulebooks.file import TABLES, File
from punchcard.rulebooks.model import EditionBody
from punchcard.rulebooks.operations import written
from punchcard.rulebooks.reading import Draft, read
from tests.test_rulebooks_check import PLAIN, THING, WHOLE, currency, earn, reward

DOCS = Path(__file__).parents[1] / "docs"
TEXT = (DOCS / "rulebook.toml").read_text()
AT = 1_795_000_000
OF_THE_SHORT_FORM = {"season", "counts", "downgrade", "keeps", "grace_days", "warn_days"}
"""Of [programme]: with [[ladder]] each of them has its own."""


def draft(text: str) -> Draft:
    file, findings = examine(text)
    assert file, findings
    return read(file)


@pytest.fixture(scope="module")
def promised() -> dict[str, Any]:
    return {each.id: each for each in draft(TEXT).promises}


def test_the_file_to_copy_from_has_nothing_to_be_said_of():
    assert rulebooks.check(TEXT) == []


def test_every_key_of_every_table_stands_in_the_file_to_copy_from():
    document = tomllib.loads(TEXT)
    used, known = set(), set()
    for name, (shape, several) in TABLES.items():
        for table in document.get(name, []) if several else [document[name]]:
            used |= set(keys(table, info(shape), name))
        known |= set(every_key(info(shape), name))
    short = {f"programme.{key}" for key in OF_THE_SHORT_FORM} | {
        f"tier.{key}" for key in ("id", "name", "threshold", "invited")
    }

    assert known - used - short == set()
    assert all(key in TEXT.split("[[ladder]]")[0].split("# Tiers.")[1] for key in OF_THE_SHORT_FORM)


def test_every_condition_stands_in_the_file_to_copy_from():
    tags = {shape.__struct_config__.tag for shape in get_args(Expression)}

    assert {tag for tag in tags if f'type = "{tag}"' not in TEXT} == set()


def info(shape: type[msgspec.Struct]) -> shapes.StructType:
    found = shapes.type_info(shape)
    assert isinstance(found, shapes.StructType)
    return found


def parts(found: shapes.Type) -> Iterator[shapes.StructType]:
    """The tables that a type is made of."""
    match found:
        case shapes.StructType():
            yield found
        case shapes.ListType(item):
            yield from parts(item)
        case shapes.UnionType(types):
            for each in types:
                yield from parts(each)
        case shapes.Metadata(inner):
            yield from parts(inner)


def every_key(shape: shapes.StructType, name: str) -> Iterator[str]:
    """The keys of a table and of the tables within it, which are called by their struct."""
    for field in shape.fields:
        yield f"{name}.{field.name}"
        for part in parts(field.type):
            yield from every_key(part, part.cls.__name__)


def keys(table: dict[str, Any], shape: shapes.StructType, name: str) -> Iterator[str]:
    """Those of them that a table uses."""
    for field in shape.fields:
        if field.name in table:
            yield f"{name}.{field.name}"
            value = table[field.name]
            for inner in value if isinstance(value, list) else [value]:
                for part in parts(field.type):
                    if isinstance(inner, dict) and part.tag in (None, inner.get("kind")):
                        yield from keys(inner, part, part.cls.__name__)


ARRIVES: list[tuple[str, Any]] = [
    ("since", 1_796_083_200), ("until", 1_798_761_600), ("segment", "lapsed"), ("budget", Budget(100_000, "ever")),
    ("hold_out_percent", 10), ("scarce", True), ("goods", Goods(skus=frozenset({"oat-1l"}))),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), ARRIVES, ids=[field for field, _ in ARRIVES])
def test_of_a_promise_arrives(promised: dict[str, Any], field: str, value: Any):
    found = getattr(promised["try-oat"], field)

    assert found == value


@pytest.mark.parametrize(
    ("line", "scarce"),
    [("", False), ('segment = "loyal"', True), ("budget = { limit = 50 }", True), ("draw_percent = 5", True),
     ("hold_out_percent = 5", False)],
)  # fmt: skip
def test_what_only_the_door_can_decide_makes_a_promise_scarce(line: str, scarce: bool):
    loyal = '[[segment]]\nid = "loyal"\nname = { en = "Loyal" }\nwho = { type = "points-at-least", points = 100 }\n'

    (made,) = [each for each in draft(PLAIN + loyal + earn(line)).promises if each.id == "x"]

    assert isinstance(made, Term) and made.scarce is scarce


def test_segments_and_who_reports_an_activity_arrive():
    made = draft(TEXT)

    lapsed, *_ = made.frame.segments
    assert lapsed.id == "lapsed" and lapsed.who == people.All(
        (people.NotVisitedWithin(60), people.ConsentsTo("marketing"))
    )
    assert [each.by for each in made.head.activities] == ["anybody", "till", "till"]


def test_awards_and_goods_arrive(promised: dict[str, Any]):
    groceries = frozenset({"grocery", "produce"})
    crates = Goods(frozenset({"deposit"}), frozenset({"grocery"}), frozenset({"house"}), frozenset({"crate"}))

    assert promised["big-basket"].award == Tiered((Rate(0, 1), Rate(5000, 2), Rate(10000, 3)), 100)
    assert promised["credit"].award == PerAmount(1, 500, "whole-steps")
    assert promised["keep-alive"].award == Extend(0, 3, "points")
    assert promised["big-basket"].goods == Goods(categories=groceries, apart_from=crates)


def test_conditions_and_caps_arrive(promised: dict[str, Any]):
    big, stamp, six, workout = (promised[id] for id in ("big-basket", "stamp", "six-pack", "workout"))

    assert (big.minimum, big.basket_minimum, big.group, big.priority) == (1000, 2000, "bonus", 10)
    assert stamp.caps == (Cap(5, "day"), Cap(3, "sale"))
    assert (stamp.channels, stamp.places) == (frozenset({"shop", "app"}), Places(frozenset({"nola"})))
    assert (six.units_minimum, six.tenders) == (6, frozenset({"card", "cash"}))
    assert workout.where == {"sport": frozenset({"running", "cycling"}), "outdoors": frozenset({True})}
    assert promised["morning"].hours == Hours(frozenset(range(5)), 24, 36)
    assert promised["own-cup"].requires == frozenset({"morning"})
    assert (promised["birthday"].birthday, promised["welcome"].first_purchase) == ("week", True)
    assert (promised["lucky-friday"].draw_percent, promised["lucky-friday"].scarce) == (20, True)


def test_a_promise_pays_on_the_terms_of_its_currency_unless_it_says_otherwise(promised: dict[str, Any]):
    half, year = Expiry(180, 0, "day", True), Expiry(0, 12, "month")

    assert promised["stamp"].coin == Coin("stamps", "nola", 0, half)
    assert promised["base"].coin == Coin("points", "seller", 0, year)
    assert promised["six-pack"].coin == Coin("cash", "seller", 30, None, "day")
    assert promised["credit"].coin == Coin("credits", "house", 0, Expiry(0, 24, "month"))
    assert promised["hundred"].coin == Coin("tote", "seller", 0, None, "day", "review", 60)


def test_challenges_arrive(promised: dict[str, Any]):
    visits, daily, quiz, sports = (promised[id] for id in ("five-visits", "daily", "quiz", "all-sports"))

    assert (visits.steps, visits.minimum, visits.recurs) == ((Step(2, 10), Step(4, 20)), 500, "window")
    assert (daily.unit, daily.freezes, daily.rests, daily.opt_in) == ("day", 1, frozenset({6}), True)
    assert (quiz.answers, quiz.target, quiz.recurs, quiz.every) == (
        {"origin": "ethiopia", "grams": "18"}, 2, "never", "ever",
    )  # fmt: skip
    assert (sports.by, sports.keys, sports.target) == ("sport", ("running", "cycling", "yoga"), 3)
    assert sports.where == {"kilometres": frozenset({5, 10, 20})}
    assert [len(item.categories | item.labels) for item in promised["breakfast"].items] == [1, 1, 1]
    tour = promised["street-tour"]
    assert (tour.after, tour.window_days, tour.by) == ("five-visits", 10, "partner")
    assert (promised["hundred"].most, promised["hundred"].recurs) == (3, "completion")


def test_rewards_arrive(promised: dict[str, Any]):
    found = {each.id: (each.points, each.currency, each.kind) for each in promised.values() if isinstance(each, Reward)}

    assert found == {
        "coffee": (10, "stamps", "item"),
        "bag": (1, "tote", "item"),
        "five-off": (500, "points", "discount"),
        "tasting": (1500, "points", "experience"),
        "shelter": (250, "points", "donation"),
    }
    assert (promised["tasting"].stock, promised["tasting"].tiers) == (24, frozenset({"barista", "friend"}))


def test_what_holds_as_a_whole_arrives():
    made = draft(TEXT)
    head, frame = made.head, made.frame
    tier, roast = frame.ladders

    assert head.currencies[0] == Currency("points", "points", {"en": "Points"}, 1, Payment(50, 10, 100, 0))
    assert [(each.id, each.kind, each.value) for each in head.currencies[1:]] == [
        ("stamps", "stamps", 0), ("credits", "status", 0), ("cash", "cashback", 1), ("wallet", "money", 1),
        ("tote", "thing", 0),
    ]  # fmt: skip
    assert head.activities[0].fields["kilometres"] == Field("number", least=0, most=200)
    assert head.activities[0].fields["sport"] == Field(choices=frozenset({"running", "cycling", "yoga"}), required=True)
    assert frame.groups == (Group("bonus", "most", 1, False),)
    assert frame.limits == (
        Limit("points-a-day", 2000, "day"),
        Limit("moving", 600, "week", "points", frozenset({"workout", "long-run"})),
    )
    assert (frame.stack_most, frame.clawback, frame.closed_days) == (
        5, "balance", frozenset({"2026-12-25", "2027-01-01"}),
    )  # fmt: skip
    assert frame.extend_to == 1_801_440_000
    assert tier.tiers[2] == Tier("friend", {"en": "Friend of the street"}, 0, True)
    assert (tier.currencies, tier.grace_days, tier.warn_days) == (frozenset({"credits"}), 14, 30)
    assert (roast.every, roast.counts, roast.downgrade, roast.keeps) == ("anniversary", "visits", "earned", "season")
    assert frame.coins["cash"] == Coin("cash")


def test_every_field_of_a_promise_is_used_and_not_only_left_at_what_it_usually_is(promised: dict[str, Any]):
    for shape in (Term, Challenge, Reward):
        made = [each for each in promised.values() if isinstance(each, shape)]
        usual = dict(
            zip(shape.__struct_fields__[-len(shape.__struct_defaults__) :], shape.__struct_defaults__, strict=True)
        )
        unused = {field for field, value in usual.items() if all(getattr(each, field) == value for each in made)}

        assert unused <= {"closed", "edition", "offered", "on_return", "qualifying"}, shape.__name__


def test_one_ladder_is_written_the_short_way():
    text = PLAIN.replace('languages = ["en"]', 'languages = ["en"]\nseason = "change"\ncounts = "spend"\ndowngrade = "never"\n'
                         'keeps = "season"\ngrace_days = 7\nwarn_days = 5')  # fmt: skip
    (ladder,) = draft(text).frame.ladders

    assert (ladder.id, ladder.every, ladder.counts, ladder.downgrade, ladder.keeps, ladder.grace_days, ladder.warn_days) == (
        "tier", "change", "spend", "never", "season", 7, 5,
    )  # fmt: skip


def test_currencies_alone_are_all_there_are_and_the_first_is_what_promises_pay():
    text = PLAIN + currency("kind = 'stamps'", "stamps") + reward("", "y")
    made = draft(text)

    assert [each.id for each in made.head.currencies] == ["stamps"]
    assert {each.coin.currency for each in made.promises if isinstance(each, Term | Challenge)} == {"stamps"}
    assert made.frame.ladders[0].currencies == frozenset({"stamps"})


def test_the_page_of_keys_is_what_the_code_says():
    page = (DOCS / "rulebook.md").read_text()

    assert page == rulebooks.reference() + "\n", "make it anew: punchcard check --explain > docs/rulebook.md"


def test_every_key_on_the_page_has_a_sentence():
    rows = [line for line in rulebooks.reference().splitlines() if line.startswith("| `")]

    assert len(rows) > 200
    assert [row for row in rows if row.rstrip(" |").endswith("|") or re.search(r"\|\s*\|$", row)] == []


def test_the_command_explains_without_a_file_and_asks_for_one_otherwise():
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "punchcard", "check", *words], capture_output=True, text=True)

    explained, alone = run("--explain"), run()

    assert (explained.returncode, explained.stdout) == (0, (DOCS / "rulebook.md").read_text())
    assert (alone.returncode, alone.stdout) == (2, "")


async def test_what_is_promised_comes_back_from_the_database_as_it_was_read(db: Connection):
    await rulebooks.publish(db, TEXT, AT)
    again = await rulebooks.publish(db, TEXT.replace("reward = 30", "reward = 31"), AT + 9)
    book = (await rulebooks.program(db)).rulebook
    made = draft(TEXT)

    assert (again.opened, again.closed) == (("quiz",), ())
    assert again.unchanged == len(made.promises) - 1
    assert (book.currencies, book.activities) == (made.head.currencies, made.head.activities)
    assert book.frames == (msgspec.structs.replace(made.frame, since=AT),)
    assert {each.award for each in book.terms} == {each.award for each in made.promises if isinstance(each, Term)}


async def test_sets_of_a_whole_edition_are_kept_in_order(db: Connection):
    await rulebooks.publish(db, TEXT, AT)

    frame = await db.fetchval("select body -> 'frame' from rulebook_edition")

    assert frame["closed_days"] == ["2026-12-25", "2027-01-01"]
    assert frame["limits"][1]["terms"] == ["long-run", "workout"]


POINTED = PLAIN + "[points]\n" + THING
FOR_GOOD = [
    ("the kind of a currency", POINTED, POINTED.replace('kind = "thing"', 'kind = "stamps"')),
    ("a currency", POINTED, PLAIN + "[points]\n"),
    ("the currency on the card", POINTED, PLAIN + currency("kind = 'stamps'", "bag") + currency("value = 1", "points")
     + reward('currency = "bag"', "fetch")),
    ("the ladder on the card", PLAIN, WHOLE + '[[ladder]]\nid = "other"\nname = { en = "X" }\n[[ladder.tier]]\nid = "member"\n'
     'name = { en = "Member" }\n' + PLAIN.split("threshold = 100")[1]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [case[1:] for case in FOR_GOOD], ids=[case[0] for case in FOR_GOOD])
async def test_stands_for_good(db: Connection, before: str, after: str):
    await rulebooks.publish(db, before, AT)

    with pytest.raises(rulebooks.FixedForever):
        await rulebooks.publish(db, after, AT + 9)


async def test_another_currency_and_another_ladder_may_come(db: Connection):
    await rulebooks.publish(db, PLAIN, AT)

    edition = await rulebooks.publish(db, POINTED, AT + 9)

    assert edition.number == 2


WORDS = sorted(set(re.findall(r'"[^"\n]*"|[\w.-]+|[\[\]{}=,]', TEXT)))
STRANGE = ["0", "-1", "999999999999999999999", "1e9", "nan", "true", '""', '"x"', "[]", "{}", "[[", "]]", "2026-02-30",
           "1979-05-27", "07:32:00", '"""', "'", "#", ".", "=", "[[earn]]", "[points]", "[[currency]]", "\x00", "é"]  # fmt: skip


def slipped(seed: int, slips: int) -> str:
    """The file with so many slips of the pen: words and lines lost, doubled, exchanged or replaced by others."""
    chance = random.Random(seed)
    lines = TEXT.splitlines()
    for _ in range(slips):
        place = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[place]
            case 1:
                lines.insert(chance.randrange(len(lines)), lines[place])
            case 2:
                other = chance.randrange(len(lines))
                lines[place], lines[other] = lines[other], lines[place]
            case _:
                tokens = re.split(r'("[^"]*"|[\w.-]+)', lines[place])
                at = chance.randrange(len(tokens))
                tokens[at] = chance.choice(chance.choice((WORDS, STRANGE)))
                lines[place] = "".join(tokens)
    return "\n".join(lines)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_no_slip_of_the_pen_is_more_than_a_finding(seed: int, slips: int):
    text = slipped(seed, slips)
    findings = rulebooks.check(text)
    file, _ = examine(text)

    assert all(1 <= each.line <= max(1, len(text.splitlines())) and each.reason for each in findings)
    assert (file is None) == any(not each.warning for each in findings)
    if file:
        arrives_whole(file)


def arrives_whole(file: File) -> None:
    """What can be published is read, kept and read back as it was."""
    made = read(file)
    body = EditionBody(made.head, made.frame)

    assert msgspec.json.decode(written(body), type=EditionBody) == body
    for promise in made.promises:
        assert msgspec.json.decode(written(promise), type=type(promise)) == promise
