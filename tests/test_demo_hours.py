"""Where the story's clock jumps, nothing is on its way: a message signed before the hours would be old when it arrives."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from punchcard import worker
from punchcard.demo import hours
from punchcard.foundation.clock import HOUR, MINUTE, Clock
from punchcard.foundation.database import Database
from punchcard.foundation.ids import new_id
from punchcard.foundation.settings import Settings
from punchcard.sandbox.server import Reply, Request, serve
from punchcard.sandbox.webhooks import Receiver

from .hooks import refuse
from .town import Town, line, opened


@asynccontextmanager
async def a_receiver_at_the_end_of_a_slow_line(town: Town, receiver: Receiver) -> AsyncIterator[asyncio.Event]:
    """What is posted is looked at half a second later; the event says that something was posted."""
    posted = asyncio.Event()

    async def slowly(request: Request) -> Reply:
        posted.set()
        await asyncio.sleep(0.5)
        return await receiver.answer(request)

    async with serve(slowly) as url:
        declared = await town.ask("PUT", f"/console/webhooks/{new_id()}", {"url": url}, town.operator_key)
        receiver.secret = declared.json()["secret"]
        yield posted


@asynccontextmanager
async def working(town: Town, pool: Database) -> AsyncIterator[None]:
    one = worker.Worker(pool, town.clock, town.outside.world)
    running = asyncio.create_task(one.run())
    try:
        yield
    finally:
        one.stop()
        await running


async def sold_then_an_hour_later(pool: Database, papers: Settings, clock: Clock, decide: Any = None) -> Receiver:
    async with opened(pool, papers, clock) as town:  # type: ignore[arg-type]  # the story's clock, which runs
        maya, receiver = await town.join("maya@example.com"), Receiver("", clock.now, decide)
        async with a_receiver_at_the_end_of_a_slow_line(town, receiver) as posted, working(town, pool):
            await town.sell(maya, line(18_00))
            await asyncio.wait_for(posted.wait(), 9)
            await hours.pass_until(pool, clock, clock.now() + HOUR)
            await asyncio.sleep(1)
    return receiver


async def test_a_message_on_its_way_arrives_before_the_clock_jumps(pool: Database, papers: Settings, tmp_path: Path):
    receiver = await sold_then_an_hour_later(pool, papers, Clock(tmp_path / "clock"))

    assert len(receiver.accepted) == 1 and receiver.forged == []


async def test_what_waits_for_later_does_not_hold_the_clock_up(pool: Database, papers: Settings, tmp_path: Path):
    clock, began = Clock(tmp_path / "clock"), time.monotonic()

    await sold_then_an_hour_later(pool, papers, clock, refuse)

    assert clock.now() - time.time() > HOUR - MINUTE and time.monotonic() - began < hours.ARRIVES_SECONDS_MAX


async def test_the_clock_never_goes_back_and_waits_for_nobody_for_ever(
    pool: Database, papers: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hours, "ARRIVES_SECONDS_MAX", 0.1)
    clock = Clock(tmp_path / "clock")
    async with opened(pool, papers, clock) as town:  # type: ignore[arg-type]  # the story's clock, which runs
        await town.ask("POST", "/join/codes", {"contact": "maya@example.com", "language": "en"})
        before = clock.now()
        await hours.pass_until(pool, clock, before - HOUR)
        assert before <= clock.now() <= before + 2
        await hours.pass_until(pool, clock, before + HOUR)

    assert clock.now() >= before + HOUR
