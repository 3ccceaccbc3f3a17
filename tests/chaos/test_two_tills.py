"""Two tills and a phone want the same points at once, a thousand times: as many succeed as there are points for."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import msgspec
import pytest

from punchcard.demo import town
from punchcard.demo.people import MemberApp, TillApp, line
from punchcard.demo.stage import Stage
from tests.bench.till_client import TillClient
from tests.chaos.ground import audit, ground, rounds
from tests.mutants.copies import Mutant

REQUESTS, AT_ONCE = 1000, 50
SPENDS, PRICE = 7, 150
"""How often the whole balance covers a spend; points a spend takes at the till."""
CLAIM_PRICE = 300

Ask = tuple[str, str, str, bytes]
"""Key, method, path and body of a request."""

READ_BEFORE_AT_THE_TILL = Mutant(
    "a till's spend is checked against what was read before",
    "checkout/operations.py",
    """    def door(before: Standing, _: Ruling, program: Program) -> None:
        covered(sale, before, program, ready.pays)
""",
    """    async with counter.database.reading() as db:
        seen = await journal.standing(db, ready.member.id, counter.at)

    def door(before: Standing, _: Ruling, program: Program) -> None:
        covered(sale, seen, program, ready.pays)
""",
)
READ_BEFORE_A_CLAIM = Mutant(
    "a claim is checked against what was read before",
    "rewards/operations.py",
    """        reward = reward_of(await rulebooks.program(db), reward_id, at)
    fact = spend_on(reward, claim_id, at)

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        check(reward, before, at)
""",
    """        reward = reward_of(await rulebooks.program(db), reward_id, at)
        seen = await journal.standing(db, member_id, at)
    fact = spend_on(reward, claim_id, at)

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        check(reward, seen, at)
""",
)
NOT_THE_TILLS_OWN_ID = Mutant(
    "a sale gets a new id whenever it is asked for",
    "checkout/express.py",
    "    recorded = await operations.sell(counter, sale_id, basket)\n",
    """    from uuid import uuid4

    recorded = await operations.sell(counter, uuid4(), basket)
""",
)


async def test_points_are_spent_as_often_as_they_are_there_and_a_sale_is_one_however_often_it_is_asked_for() -> None:
    for _ in range(rounds(1)):
        async with meeting() as (stage, app, till, card, keys):
            await spends(stage, app, till, card, keys)
            await claims(stage, app, till, card, keys)
            await repeats(stage, app, till, card, keys)
            await audit(stage)


@pytest.mark.parametrize(
    ("mutant", "check"),
    [(READ_BEFORE_AT_THE_TILL, "spends"), (READ_BEFORE_A_CLAIM, "claims"), (NOT_THE_TILLS_OWN_ID, "repeats")],
    ids=lambda case: getattr(case, "name", ""),
)
async def test_a_house_that_reads_and_then_writes_is_found(mutant: Mutant, check: str) -> None:
    async with meeting(mutant) as (stage, app, till, card, keys):
        with pytest.raises(AssertionError, match="asked for at once"):
            await globals()[check](stage, app, till, card, keys, requests=300)


@asynccontextmanager
async def meeting(
    mutant: Mutant | None = None,
) -> AsyncIterator[tuple[Stage, MemberApp, TillApp, str, town.Town]]:
    async with ground(mutant) as (stage, keys, _):
        app, till = MemberApp(stage.url), TillApp(stage.url, keys.till_keys["rayhan"])
        try:
            await app.join("maya@example.com", "Maya", "en", town.ZONE, stage.mailbox)
            yield stage, app, till, (await app.get("/me/card"))["code"], keys
        finally:
            await app.close()
            await till.close()


async def spends(
    stage: Stage, app: MemberApp, till: TillApp, card: str, keys: town.Town, requests: int = REQUESTS
) -> None:
    left = await filled(app, till, card, PRICE)
    body = {
        "card": card,
        "cashier": "Dana",
        "lines": [line("jar", "olives", PRICE)],
        "tenders": [{"kind": "points", "amount": PRICE, "points": PRICE}],
    }
    tills = [keys.till_keys["rayhan"], keys.till_keys["nola"]]
    asked = [(tills[n % 2], "PUT", f"/till/sales/{uuid4()}", msgspec.json.encode(body)) for n in range(requests)]
    answers = await all_at_once(stage, asked)
    counted(answers, 200, SPENDS, 409)
    assert (await app.get("/me/card"))["points"] == left


async def claims(
    stage: Stage, app: MemberApp, till: TillApp, card: str, _: town.Town, requests: int = REQUESTS
) -> None:
    left = await filled(app, till, card, CLAIM_PRICE)
    body = msgspec.json.encode({"reward": "any-coffee"})
    answers = await all_at_once(stage, [(app.key, "PUT", f"/me/claims/{uuid4()}", body) for _ in range(requests)])
    counted(answers, 201, SPENDS, 409)
    assert (await app.get("/me/card"))["points"] == left


async def repeats(
    stage: Stage, app: MemberApp, _: TillApp, card: str, keys: town.Town, requests: int = REQUESTS
) -> None:
    path, body = (
        f"/till/sales/{uuid4()}",
        msgspec.json.encode({"card": card, "cashier": "Dana", "lines": [line("jar", "olives", 18_00)]}),
    )
    lines = len((await app.get("/me/activity"))["lines"])
    answers = await all_at_once(stage, [(keys.till_keys["nola"], "PUT", path, body)] * requests)
    said = Counter(answers)
    print(f"one sale {requests} times: {len(said)} different answers")
    assert len(said) == 1 and answers[0][0] == 200, f"{len(said)} different answers, asked for at once"
    assert len((await app.get("/me/activity"))["lines"]) == lines + 1


async def filled(app: MemberApp, till: TillApp, card: str, price: int) -> int:
    """Give the card points for `SPENDS` times the price, and some that are not enough for once more. Says how many those are."""
    await till.sell(card, [line("hamper", "gifts", 600_00)])
    points = (await app.get("/me/card"))["points"]
    wanted = SPENDS * price + price - 1
    if wanted > points:
        earns = await till.post(
            "/till/quotes", {"card": card, "cashier": "Dana", "lines": [line("hamper", "gifts", 100_00)]}
        )
        await till.sell(card, [line("hamper", "gifts", (wanted - points) * 100_00 // earns["earns"])])
        points = (await app.get("/me/card"))["points"]
    while points // price > SPENDS:
        over = min(points - SPENDS * price, points)
        tenders = [{"kind": "points", "amount": over, "points": over}]
        await till.sell(card, [line("hamper", "gifts", over)], tenders=tenders)
        points = (await app.get("/me/card"))["points"]
    assert points // price == SPENDS, points
    return int(points % price)


async def all_at_once(stage: Stage, asked: list[Ask]) -> list[tuple[int, bytes]]:
    """The answers, over so many lines at once."""
    answers: list[tuple[int, bytes]] = []
    waiting = list(asked)

    async def one() -> None:
        while waiting:
            key, method, path, body = waiting.pop()
            async with TillClient("127.0.0.1", stage.config.port, key) as client:
                answers.append(await client.send(method, path, body))

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return answers


def counted(answers: list[tuple[int, bytes]], well: int, how_many: int, refused: int) -> None:
    said = Counter(status for status, _ in answers)
    print(f"points for {how_many}, asked for {len(answers)} times: {dict(said)}")
    assert said == {well: how_many, refused: len(answers) - how_many}, f"{dict(said)} asked for at once"
