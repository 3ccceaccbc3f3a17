"""What two rulebooks make of a real grocer's year is what they made of it before; whoever changes a meaning must see it."""

import os

import pytest

from punchcard.demo import journey
from tests import replays
from tests.journey_rulebooks import RULEBOOKS
from tests.replays import ACCEPT, Replay

needs_the_year = pytest.mark.skipif(not journey.installed(), reason="the extra 'journey' is not installed")


@needs_the_year
@pytest.mark.parametrize("name", RULEBOOKS)
def test_real_households_get_what_they_got_before(name: str):
    if os.environ.get("PUNCHCARD_WRITE_GOLDEN"):
        replays.accept(name)
    accepted = replays.golden(name).sample

    found = replays.sample(name)

    wrong = list(replays.differences(accepted, found))
    assert not wrong, (
        f"under the rulebook `{name}` {len(wrong)} of {len(found)} households get something else:\n"
        + "\n".join(wrong[:5])
        + f"\nIf that is meant, accept it: {ACCEPT}"
    )


def test_the_message_names_the_household_and_the_first_fact_that_differs():
    before = {
        "7": Replay(3, "a" * 64, "aaaabbbbcccc"),
        "8": Replay(1, "b" * 64, "dddd"),
        "9": Replay(1, "c" * 64, "eeee"),
    }
    after = {"7": Replay(3, "d" * 64, "aaaa0000ffff"), "8": Replay(1, "e" * 64, "dddd"), "9": before["9"]}

    said = list(replays.differences(before, after))

    assert said == [
        "household 7: fact 2 of 3 is the first that says or moves something else",
        "household 8: its entries and reasons are the same, its last standing is not",
    ]
