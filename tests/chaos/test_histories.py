"""Histories of one balance over HTTP: what callers were answered must be explained by some order of their calls.

Tills and phones earn, spend and read one balance at once; some hang up before the answer came, so that nobody knows what
became of it. Two checkers judge, detangle's and our own, and must agree."""

import asyncio
import itertools
import json
import random
from typing import Literal
from uuid import uuid4

from punchcard.foundation.clock import HOUR
from tests.chaos.crowd import Ask, Line, at_once, put
from tests.chaos.ground import audit, chance, rounds
from tests.chaos.linear import Call, Verb, agreed
from tests.chaos.street import LINES, Street, paying, street
from tests.chaos.test_two_tills import READ_BEFORE_A_TRANSFER

CALLERS, CALLS_EACH, HISTORIES = 6, 14, 4
SPEND, GIFT, HANG_UP_PERCENT = 70, 40, 8
BETWEEN_SECONDS = 6 * HOUR
"""So that neither the pace of a copied code nor what an operator may give in a day is used up."""
ATTEMPTS = 4
NOT_OF_THE_BALANCE = {"too-fast", "above-floor", "day-limit"}
"""Refused for the code as it was shown: nothing was done, and nothing is said of the balance."""


async def test_what_tills_and_phones_saw_is_explained_by_one_order() -> None:
    random = chance()
    for _ in range(rounds(1)):
        async with street() as here:
            await here.tills[0].sell(here.card, LINES)
            for _ in range(HISTORIES):
                calls, start = await history(here, random)
                refused = sum(call.said == "refused" for call in calls)
                unknown = sum(call.returned is None for call in calls)
                print(f"{len(calls)} calls, {refused} refused, {unknown} without an answer")
                assert agreed(calls, start), calls
            await audit(here.stage)


async def test_a_house_that_reads_and_then_writes_is_found() -> None:
    random = chance()
    async with street(READ_BEFORE_A_TRANSFER) as here:
        await here.tills[0].sell(here.card, LINES)
        explained = [agreed(*await history(here, random)) for _ in range(ATTEMPTS)]

    print(f"histories of reading and then writing, explained or not: {explained}")
    assert not all(explained)


async def history(here: Street, chance: random.Random) -> tuple[list[Call], int]:
    """What six callers saw, and the balance with which it began: three spends are covered by it, more by what comes."""
    await here.pass_by(BETWEEN_SECONDS)
    card = await here.phones[0].get("/me/card")
    await here.gift(3 * SPEND - card["points"])
    start, to = int((await here.phones[0].get("/me/card"))["points"]), (await here.daniel.get("/me/card"))["code"]
    told, doubtful, events = list[Call](), list[Ask](), itertools.count(1)

    async def caller(number: int) -> None:
        line = await Line(here.stage.config.port).open()
        for _ in range(CALLS_EACH):
            ask, verb, points = asked(here, chance, to)
            called = next(events)
            await line.send(ask.raw())
            if chance.randrange(100) < HANG_UP_PERCENT:
                await asyncio.sleep(chance.random() / 50)
                line.close()
                line = await Line(here.stage.config.port).open()
                said = None
            else:
                said = meaning(ask, *await line.answer())
            if said is None:
                doubtful.append(ask)
                told.append(Call(number, verb, points, called))
            elif said != "nothing":
                told.append(Call(number, verb, points, called, next(events), said))
        line.close()

    await asyncio.gather(*(caller(number) for number in range(CALLERS)))
    if doubtful:
        await at_once(here.stage, doubtful)  # or it would fall into the next history
    return told, start


def asked(here: Street, chance: random.Random, to: str) -> tuple[Ask, Verb, int]:
    """Something that a phone, a till or the operator might ask just then."""
    phone, till = chance.choice(here.phones).key, chance.choice(here.tills).key
    match chance.choice(("read", "transfer", "transfer", "sale", "gift")):
        case "transfer":
            return put(phone, f"/me/transfers/{uuid4()}", {"points": SPEND, "card": to}), "spend", SPEND
        case "sale":
            return put(till, f"/till/sales/{uuid4()}", paying(SPEND) | {"card": here.card}), "spend", SPEND
        case "gift":
            wish = {"points": GIFT, "reason": "goodwill", "note": "for a day of trying"}
            return put(here.console.key, f"/console/members/{here.maya}/adjustments/{uuid4()}", wish), "earn", GIFT
    return Ask(phone, "GET", "/me/card"), "read", 0


def meaning(ask: Ask, status: int, _: object, body: bytes) -> int | Literal["refused", "nothing"] | None:
    """The balance that the answer tells, or that it covered nothing; None where the answer is none."""
    said = json.loads(body)
    if status < 300:
        return int(said["points"] if ask.method == "GET" else said["balance"])
    code = said["type"].removeprefix("urn:punchcard:")
    if code == "not-enough-points":
        return "refused"
    assert status == 503 or code in NOT_OF_THE_BALANCE, said
    return None if status == 503 else "nothing"
