"""Who asks while others are being asked is asked for together with all who wait."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from punchcard.foundation.database import Connection
from punchcard.foundation.together import Together
from tests.conftest import OneTransaction

asked: list[list[int]] = []
begun = asyncio.Event()


async def doubled(db: Connection, keys: Sequence[int]) -> Mapping[int, int]:
    asked.append(list(keys))
    begun.set()
    await asyncio.sleep(0)
    assert 13 not in keys
    return {key: 2 * key for key in keys if key < 100}


async def test_the_first_goes_at_once_and_those_who_come_meanwhile_go_together(house: OneTransaction) -> None:
    asked.clear()
    begun.clear()
    both = Together(doubled)
    first = asyncio.create_task(both.get(house, 1))
    await begun.wait()

    answers = tuple(await asyncio.gather(both.get(house, 2), both.get(house, 3), both.get(house, 100)))

    assert (await first, answers) == (2, (4, 6, None))
    assert asked == [[1], [2, 3, 100]]


async def test_a_failure_ends_no_lane_and_who_went_away_is_not_asked_for(house: OneTransaction) -> None:
    asked.clear()
    both = Together(doubled)
    with pytest.raises(AssertionError):
        await both.get(house, 13)
    away = asyncio.create_task(both.get(house, 7))
    stays = asyncio.create_task(both.get(house, 8))
    await asyncio.sleep(0)
    away.cancel()

    assert await stays == 16
    assert asked == [[13], [8]]
