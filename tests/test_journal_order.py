"""The journal in PostgreSQL keeps to the rules of the one in memory, whatever comes in whatever order."""

import os
import random
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from punchcard import journal, rulebooks
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import new_id
from punchcard.programme import AnyFact, Journal, encode
from tests.histories import DAY, END, RULEBOOK, START, histories
from tests.journal_world import install_news, of_member, promise

EXAMPLES = os.environ.get("PUNCHCARD_EXAMPLES", "")


def drawn(examples: int) -> list[list[AnyFact]]:
    """So many histories: the same ones each time, unless PUNCHCARD_EXAMPLES asks for a number of new ones."""
    found: list[list[AnyFact]] = []

    @settings(
        max_examples=int(EXAMPLES or examples),
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(histories(), st.none())
    def draw(facts: list[AnyFact], _: None) -> None:
        found.append(facts)

    draw()
    return found


@pytest.fixture
async def world(db, house):
    install_news()
    await promise(db, RULEBOOK)
    return house


async def test_any_order_of_arrival_any_number_of_times_gives_what_the_journal_in_memory_gives(world, db):
    program = await rulebooks.program(db)
    for seed, facts in enumerate(drawn(40)):
        chance, member_id, clock = random.Random(seed), new_id(), START
        memory = Journal(program, seed=journal.seed_of(member_id))
        arrivals = facts + chance.choices(facts, k=len(facts) // 2)
        chance.shuffle(arrivals)
        for fact in (of_member(fact, member_id) for fact in arrivals):
            if chance.random() < 0.4:
                clock = min(END, max(clock, memory.standing.at) + chance.randrange(40 * DAY))
                memory.tick(clock)
                await journal.tick(world, member_id, clock)
            with suppress(Refused):
                await journal.submit(world, member_id, fact, END)
                memory.record(fact)
        memory.tick(END)
        await journal.tick(world, member_id, END)

        assert encode(await journal.standing(db, member_id, END)) == encode(memory.standing)
        report = await journal.audit(world, members=[member_id])
        assert report.findings == [] and report.members == 1
