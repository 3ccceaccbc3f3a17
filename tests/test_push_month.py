"""A month across a change of clocks, seen from the phones: nobody woken, flooded or misled. A thousand members of it in
tests/chaos/test_month.py."""

import pytest

from punchcard.foundation.database import Connection
from tests.complaints import complaints, reasons, unexplained
from tests.conftest import OneTransaction
from tests.month import Month

pytestmark = pytest.mark.anyio


async def test_in_a_month_nobody_is_woken_flooded_or_misled(db: Connection, house: OneTransaction) -> None:
    month = Month(db, house, people=40, deals=24, seed=20261025)
    await month.begin()

    await month.live()

    assert not list(complaints(month))
    assert not await unexplained(month)
    assert {each.on for each in month.heard} == {"phone", "card"} and len(month.heard) > 60
    assert await reasons(month) >= {"push", "google", "pass", "no-consent", "topic", "cap", "day-cap", "ended", "used"}
