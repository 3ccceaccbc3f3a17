"""The month in full: a thousand members in forty zones, PUNCHCARD_ROUNDS times with other dice."""

import os

import pytest

from punchcard.foundation.database import Connection
from tests.complaints import complaints, reasons, unexplained
from tests.conftest import OneTransaction
from tests.month import Month

pytestmark = pytest.mark.anyio

SEEDS = range(int(os.environ.get("PUNCHCARD_ROUNDS", "1")))
EVERY_WAY = {  # what was paused is held and decided again: no message ends so
    "push", "google", "pass", "no-consent", "topic", "used", "sold-out", "ended", "shop-shut", "too-far",
    "ends-in-quiet-hours", "cap", "day-cap", "house-cap", "no-phone",
}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
async def test_in_a_month_of_a_thousand_nobody_is_woken_flooded_or_misled(
    db: Connection, house: OneTransaction, seed: int
) -> None:
    month = Month(db, house, people=1000, deals=40, seed=seed)
    await month.begin()

    await month.live()

    print(
        f"{len(month.heard):,} messages heard by {len({each.who for each in month.heard})} of {len(month.lives):,} members"
    )
    assert not list(complaints(month))
    assert not await unexplained(month)
    assert await reasons(month) >= EVERY_WAY
