"""Tills that work at once on one member, against real PostgreSQL: whatever they do, the journal is what the journal in
memory makes of the facts as they were written, in any order."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from punchcard import journal, rulebooks
from punchcard.foundation import database as databases
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Refused, Running
from punchcard.foundation.ids import new_id
from punchcard.journal.refold import fact_from
from punchcard.programme import (
    Activity,
    Adjustment,
    AnyFact,
    Entry,
    Hold,
    Journal,
    Line,
    Program,
    Release,
    Return,
    Ruling,
    Sale,
    Spend,
    Standing,
    Tender,
    Unspend,
    balance,
    encode,
)
from tests.histories import DAY, END, RULEBOOK, START
from tests.journal_world import install_news, own_database

EXAMPLES = int(os.environ.get("PUNCHCARD_EXAMPLES") or 10)
TILLS = 3
amounts = st.integers(1, 6000)
points = st.integers(1, 200)
late = st.sampled_from([0, 0, 0, 60, 3600, DAY, 9 * DAY])
kinds = st.sampled_from(["dairy", "fruit", "bread"])


class NotThere(Refused):
    """Not that many."""


class Street:
    """Tills of several processes: each has a pool and a queue of its own, and all meet at the rows."""

    def __init__(self, runner: asyncio.Runner, tills: list[Database], program: Program):
        self.runner, self.tills, self.program = runner, tills, program


class OneMember(RuleBasedStateMachine):
    """What happens is asked for bit by bit, and then all of it at once."""

    street: Street

    @initialize(seed=st.integers(0, 2**32))
    def arrive(self, seed: int) -> None:
        self.member_id, self.clock, self.chance = new_id(), START + 20 * DAY, random.Random(seed)
        self.asked: list[Callable[[int], Any]] = []
        self.made: dict[type, list[str]] = {kind: ["unknown"] for kind in (Sale, Spend, Hold)}
        self.number = 0

    def ask(self, kind: type, at: int, /, **more: Any) -> None:
        self.number += 1
        id = f"{self.chance.randrange(10)}-{self.number}-{str(self.member_id)[-8:]}"
        fact, now = kind(id=id, at=at, **more), self.clock
        if kind in self.made:
            self.made[kind].append(id)
        self.asked.append(lambda till: self.submit(self.street.tills[till % TILLS], fact, now))

    async def submit(self, till: Database, fact: AnyFact, now: int) -> None:
        def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
            if isinstance(fact, Spend | Hold) and balance(before, fact.currency) < fact.points:
                raise NotThere

        with suppress(NotThere):
            await journal.submit(till, self.member_id, fact, now, door=door)

    @rule(amount=amounts, category=kinds, ago=late, pay=st.sampled_from([0, 0, 40]), hold=st.booleans())
    def sell(self, amount: int, category: str, ago: int, pay: int, hold: bool) -> None:
        held = self.chance.choice(self.made[Hold]) if hold and pay else ""
        tenders = (Tender("points", min(amount, pay), pay, "points", held), Tender("cash", amount)) if pay else ()
        lines = (Line("x", category, "", 1 + amount % 3, amount),)
        vouchers = (self.chance.choice(self.made[Spend]),) if amount % 4 == 0 else ()
        self.ask(Sale, self.clock - ago, lines=lines, tenders=tenders, vouchers=vouchers, partner="nola")

    @rule(ago=late, quantity=st.integers(1, 3))
    def bring_back(self, ago: int, quantity: int) -> None:
        self.ask(
            Return, self.clock - ago, deal=self.chance.choice(self.made[Sale]), quantities={0: quantity},
            refunds={"points": 5, "money": 1} if quantity == 2 else {},
        )  # fmt: skip

    @rule(points=points, ago=late)
    def claim(self, points: int, ago: int) -> None:
        self.ask(Spend, self.clock - ago, points=points, reward="mug", until=self.clock + 9 * DAY)

    @rule(ago=late)
    def hand_back(self, ago: int) -> None:
        self.ask(Unspend, self.clock - ago, deal=self.chance.choice(self.made[Spend]))

    @rule(points=points)
    def set_aside(self, points: int) -> None:
        self.ask(Hold, self.clock, points=points, until=self.clock + 5 * DAY)

    @rule()
    def set_free(self) -> None:
        self.ask(Release, self.clock, deal=self.chance.choice(self.made[Hold]))

    @rule(points=st.integers(-100, 200), ago=late)
    def adjust(self, points: int, ago: int) -> None:
        self.ask(Adjustment, self.clock - ago, points=points, reason="gift", currency=("points", "money")[points % 2])

    @rule(kind=st.sampled_from(["workout", "review"]), value=st.integers(1, 30), ago=late)
    def act(self, kind: str, value: int, ago: int) -> None:
        self.ask(Activity, self.clock - ago, kind=kind, value=value, data={"b": value, "a": "x"})

    @rule()
    def ask_again(self) -> None:
        if self.asked:
            self.asked.append(self.chance.choice(self.asked))

    @rule(seconds=st.sampled_from([1, 600, DAY, 12 * DAY]))
    def time_passes(self, seconds: int) -> None:
        """The worker posts what time does, while tills are asking."""
        self.rush()
        self.clock = min(self.clock + seconds, END - 1)
        now = self.clock
        self.asked.append(lambda till: journal.tick(self.street.tills[till % TILLS], self.member_id, now))

    @rule()
    def rush(self) -> None:
        """All that was asked for, at once and at several tills."""
        asked, self.asked = self.asked, []
        self.street.runner.run(together(asked))

    def teardown(self) -> None:
        if getattr(self, "asked", None) is not None:
            self.rush()
            self.street.runner.run(self.compare())

    async def compare(self) -> None:
        till, memory = self.street.tills[0], Journal(self.street.program, seed=journal.seed_of(self.member_id))
        await journal.tick(till, self.member_id, END)
        async with till.reading() as db:
            rows = await db.fetch("select body::text as body from fact where member_id = $1", self.member_id)
            standing = await journal.standing(db, self.member_id, END)
            posted = await db.fetch(
                """
                select fact_id, at, account, counter, currency, coalesce(lot, 'epoch'), funder, term, edition, sum(points)
                  from entry where member_id = $1 group by 1, 2, 3, 4, 5, 6, 7, 8, 9 having sum(points) <> 0
                """,
                self.member_id,
            )
        facts = [fact_from(row["body"]) for row in rows]
        self.chance.shuffle(facts)
        for fact in facts:
            memory.record(fact)
        memory.tick(END)

        assert encode(standing) == encode(memory.standing)
        assert Counter({tuple(row)[:-1]: int(row[-1]) for row in posted}) == sums(memory)
        report = await journal.audit(till, members=[self.member_id])
        assert report.findings == [] and report.facts == len(facts)


async def together(asked: list[Callable[[int], Any]]) -> None:
    await asyncio.gather(*(patiently(each, till) for till, each in enumerate(asked)))


async def patiently(ask: Callable[[int], Any], till: int) -> Any:
    """As a till does: what is being done just now is asked for again."""
    while True:
        try:
            return await ask(till)
        except Running:
            await asyncio.sleep(0.002)


def sums(memory: Journal) -> Counter[tuple[Any, ...]]:
    """What the entries in memory come to."""
    found: Counter[tuple[Any, ...]] = Counter()
    for recorded in [*memory.rulings, memory.ticked]:
        for each in recorded.entries:
            found[named(each)] += each.points
    return Counter({name: points for name, points in found.items() if points})


def named(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.of, entry.at, entry.account, entry.counter, entry.currency, entry.lot, entry.funder, entry.term,
        entry.edition,
    )  # fmt: skip


def hunt(server: str, examples: int, derandomize: bool) -> None:
    install_news()
    with asyncio.Runner() as runner:
        world = own_database(server, RULEBOOK)
        first = runner.run(world.__aenter__())
        tills = [first, *(runner.run(databases.connect(first.dsn, connections_max=4)) for _ in range(TILLS - 1))]
        try:
            program = runner.run(current(first))
            OneMember.street = Street(runner, tills, program)
            run_state_machine_as_test(
                OneMember,
                settings=settings(
                    max_examples=examples,
                    stateful_step_count=16,
                    deadline=None,
                    derandomize=derandomize,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            for till in tills[1:]:
                runner.run(till.close())
            runner.run(world.__aexit__(None, None, None))


async def current(till: Database) -> Program:
    async with till.reading() as db:
        return await rulebooks.program(db)


def test_whatever_tills_do_at_once_the_journal_is_what_its_facts_say(server: str):
    hunt(server, EXAMPLES, derandomize=True)
