"""Spending is switched off while four tills sell and spend through two processes: within two seconds nobody spends any more,
and nobody who only earns is refused."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from msgspec import Struct

from punchcard.demo.stage import Stage
from tests.chaos.crowd import Ask, at_once, put
from tests.chaos.ground import audit, cards, ground, rounds
from tests.chaos.street import LINES, paying
from tests.mutants.copies import Mutant

UNDER_WAY_SECONDS = 1.0
"""What was asked so shortly before spending is on again may be answered after it."""
TILLS, MEMBERS, SPENDS_EACH = 4, 2_000, 3
PROCESSES, EFFECT_SECONDS_MAX = 2, 2.0
LIT_SECONDS, DARK_SECONDS = 2.0, 4.0

A_PROCESS_REMEMBERS = Mutant(
    "a process remembers whether anybody may spend",
    "authorisation/operations.py",
    "    if not place.allowed:\n        raise SpendingOff\n",
    """    if not globals().setdefault("REMEMBERED", place.allowed):
        raise SpendingOff
    place = __import__("msgspec").structs.replace(place, allowed=True)
""",
)


class Done(Struct, frozen=True):
    """What a till asked, by the seconds of this machine's clock, and how it was answered: a refusal's name, or nothing."""

    what: str
    asked_at: float
    code: str


async def test_spending_is_off_within_two_seconds_and_earning_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNCHCARD_API_PROCESSES", str(PROCESSES))
    for _ in range(rounds(1)):
        async with ground() as (stage, keys, database):
            people = await cards(stage, database, MEMBERS)
            await switched(stage, keys.operator_key, list(keys.till_keys.values()), people)
            await audit(stage)


async def test_a_process_that_remembers_the_switch_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNCHCARD_API_PROCESSES", str(PROCESSES))
    async with ground(A_PROCESS_REMEMBERS) as (stage, keys, database):
        people = await cards(stage, database, MEMBERS)
        with pytest.raises(AssertionError, match="still spent"):
            await switched(stage, keys.operator_key, list(keys.till_keys.values()), people)


async def switched(stage: Stage, operator: str, till_keys: list[str], people: list[str]) -> None:
    known: list[Done] = []
    open, waiting = asyncio.Event(), iter(people)
    tills = [
        asyncio.create_task(sells(stage, key, waiting, open, known))
        for key in itertools.islice(itertools.cycle(till_keys), TILLS)
    ]
    await asyncio.sleep(LIT_SECONDS)
    await switch(stage, operator, allowed=False)
    off_at = time.monotonic()
    await asyncio.sleep(DARK_SECONDS - UNDER_WAY_SECONDS)
    dark_until = time.monotonic()
    await asyncio.sleep(UNDER_WAY_SECONDS)
    on_at = time.monotonic()
    await switch(stage, operator, allowed=True)
    await asyncio.sleep(LIT_SECONDS)
    open.set()
    await asyncio.gather(*tills)

    late = [each for each in known if each.what == "spend" and not each.code and off_at < each.asked_at < dark_until]
    effect = max((each.asked_at - off_at for each in late), default=0.0)
    dark = [each for each in known if each.what == "spend" and off_at + EFFECT_SECONDS_MAX < each.asked_at < dark_until]
    earned = [each for each in known if each.what == "earn"]
    again = [each for each in known if each.what == "spend" and each.asked_at > on_at + EFFECT_SECONDS_MAX / 2]
    print(
        f"{len(earned)} sales, {len(known) - len(earned)} spendings, {len(dark)} of them in the dark; off after {effect:.3f} s"
    )
    assert effect <= EFFECT_SECONDS_MAX, (
        f"{len(late)} still spent, the last one {effect:.1f} s after it was switched off"
    )
    assert {each.code for each in dark} == {"spending-off"}
    assert {each.code for each in earned} == {""} and any(off_at < each.asked_at < on_at for each in earned)
    assert any(not each.code for each in again), "nobody spends after it was switched on again"


async def switch(stage: Stage, operator: str, allowed: bool) -> None:
    (answer,) = await at_once(stage, [put(operator, "/console/spending", {"allowed": allowed})])
    assert answer.status == 200, answer.body


async def sells(stage: Stage, key: str, people: Iterator[str], ended: asyncio.Event, known: list[Done]) -> None:
    """One till: somebody earns, then spends a point some times, each over a connection of its own, so at any process."""
    for card in people:
        body = {"card": card, "cashier": "Dana"}
        asks = [put(key, f"/till/sales/{uuid4()}", body | {"lines": LINES}, "earn")]
        asks += [put(key, f"/till/sales/{uuid4()}", paying(1) | body, "spend") for _ in range(SPENDS_EACH)]
        for ask in asks:
            known.append(await timed(stage, ask))
            if ended.is_set():
                return
    raise AssertionError("more members are needed")


async def timed(stage: Stage, ask: Ask) -> Done:
    asked_at = time.monotonic()
    (answer,) = await at_once(stage, [ask])
    return Done(ask.what, asked_at, answer.code)
