"""Two tills and two phones want the same points at once, a thousand times: as many succeed as there are points for.

By sales that pay with points, holds, claims, transfers and spend tokens, each for as many points; behind a barrier, over
a connection each. A copied code would be stopped by its pace after four, so the tills show sessions of rotating codes,
of which each is good for one spending. Phones and holds are quicker than sales, so sales meet once more among themselves."""

import random
from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.chaos.crowd import Ask, at_once, done, put, told
from tests.chaos.ground import audit, chance, rounds, until
from tests.chaos.street import LINES, Street, street
from tests.mutants.copies import Mutant

REQUESTS, PRICE, SPENDS, SESSIONS = 1000, 300, 7, 24
DELIVERED_SECONDS_MAX = 30

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
READ_BEFORE_A_TRANSFER = Mutant(
    "a transfer is checked against what was read before",
    "transfers/operations.py",
    """    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        if (held := balance(before, currency)) < points:
""",
    """    async with database.reading() as db:
        seen = await journal.standing(db, member_id, at)

    def door(_before: Standing, _ruling: Ruling, _program: Program) -> None:
        if (held := balance(seen, currency)) < points:
""",
)

Way = Callable[[Street, int, tuple[str, str], str], Ask]
"""How one spends: the number of the ask, a till's key and session there, Daniel's card."""


def sale(here: Street, number: int, session: tuple[str, str], to: str) -> Ask:
    paid = [{"kind": "points", "amount": PRICE, "points": PRICE}]
    body = {"card": session[1], "cashier": "Dana", "lines": LINES, "tenders": paid}
    return put(session[0], f"/till/sales/{uuid4()}", body, "sale")


def hold(here: Street, number: int, session: tuple[str, str], to: str) -> Ask:
    body = {"card": session[1], "points": PRICE, "currency": "points"}
    return put(session[0], f"/till/holds/{uuid4()}", body, "hold")


def claim(here: Street, number: int, session: tuple[str, str], to: str) -> Ask:
    return put(here.phones[number % 2].key, f"/me/claims/{uuid4()}", {"reward": "any-coffee"}, "claim")


def transfer(here: Street, number: int, session: tuple[str, str], to: str) -> Ask:
    return put(here.phones[number % 2].key, f"/me/transfers/{uuid4()}", {"points": PRICE, "card": to}, "transfer")


def token(here: Street, number: int, session: tuple[str, str], to: str) -> Ask:
    body = {"shop": "nola-1", "worth": PRICE}
    return put(here.phones[number % 2].key, f"/me/spend-tokens/{uuid4()}", body, "token")


WAYS: tuple[Way, ...] = (sale, hold, claim, transfer, token)


async def test_two_tills_and_two_phones_spend_as_often_as_there_are_points() -> None:
    for _ in range(rounds(1)):
        async with street() as here:
            await spends(here, chance(), WAYS, REQUESTS)
            await spends(here, chance(), (sale,), REQUESTS // 2)
            await audit(here.stage)


@pytest.mark.parametrize(
    ("mutant", "way"),
    [(READ_BEFORE_AT_THE_TILL, sale), (READ_BEFORE_A_CLAIM, claim), (READ_BEFORE_A_TRANSFER, transfer)],
    ids=lambda case: getattr(case, "name", ""),
)
async def test_a_house_that_reads_and_then_writes_is_found(mutant: Mutant, way: Way) -> None:
    async with street(mutant) as here:
        with pytest.raises(AssertionError, match="asked for at once"):
            await spends(here, chance(), (way,), 200)


async def spends(here: Street, chance: random.Random, ways: tuple[Way, ...], requests: int) -> None:
    """Of all that is asked as much is done as the balance allows; the rest is refused, and nothing is owed."""
    await here.tills[0].sell(here.card, LINES)
    await here.gift(SPENDS * PRICE + chance.randrange(PRICE) - await here.points())
    sessions, left = await here.sessions(SESSIONS), await here.points() - SPENDS * PRICE
    assert 0 <= left < PRICE
    daniel = await here.daniel.get("/me/card")
    asked = [ways[n % len(ways)](here, n, sessions[n % SESSIONS], daniel["code"]) for n in range(requests)]
    chance.shuffle(asked)

    answers = await at_once(here.stage, asked)

    said = told(answers)
    print(f"points for {SPENDS}, asked for {requests} times: {dict(sorted(said.items()))}")
    assert len(done(answers)) == SPENDS, f"points for {SPENDS} spends, {dict(said)} asked for at once"
    assert {each.status for each in answers if each.status >= 300} == {409}, said
    assert await here.points() == left

    async def delivered() -> bool:
        sent = (await here.daniel.get("/me/card"))["points"] - daniel["points"]
        return bool(sent == PRICE * said["transfer", "done"])

    await until("what was sent arrives", DELIVERED_SECONDS_MAX, delivered)
