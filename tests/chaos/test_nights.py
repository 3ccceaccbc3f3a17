"""P5 in full: every zone, every move of its clock from 2025 to 2030, several nights each, asked all around the move."""

import random

from punchcard.foundation.clock import HOUR, MINUTE
from punchcard.push.arbiter import decide
from tests.nights import every_move, wrong
from tests.test_push_arbiter_zones import night

NIGHTS = 3
AROUND = range(-26 * HOUR, 4 * HOUR, 47 * MINUTE)


def test_nobody_is_woken_where_any_clock_is_moved() -> None:
    dice, asked = random.Random(5), 0
    for zone, at in every_move():
        for _ in range(NIGHTS):
            complaint = wrong(decide, zone, *night(dice), [at + by for by in AROUND])
            assert not complaint
            asked += len(AROUND)
    print(f"{asked:,} messages about moves of clocks: none in quiet hours, none later than need be")
