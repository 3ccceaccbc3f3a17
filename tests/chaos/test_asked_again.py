"""The same id a thousand times at once, while the API is killed, after it is back, and a day later: one effect, one answer.
And two bodies, two tills, two routes that want the same id at once: it means one of them."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import pytest

from punchcard.demo.people import line
from tests.chaos.crowd import Answer, Ask, at_once, done, put
from tests.chaos.ground import audit, chance, kill_api, rounds
from tests.chaos.street import LINES, Street, street
from tests.mutants import house
from tests.mutants.copies import Mutant

REQUESTS, KILLED_WITHIN_SECONDS, DAY_LATER = 1000, 0.4, 25 * 3600
POINTS = 2000

NOT_THE_TILLS_OWN_ID = Mutant(
    "a sale gets a new id whenever it is asked for",
    "checkout/express.py",
    "    recorded = await operations.sell(counter, sale_id, basket)\n",
    """    from uuid import uuid4

    recorded = await operations.sell(counter, uuid4(), basket)
""",
)
THE_ID_ALONE = next(each for each in house.MUTANTS if each.name == "the journal takes another body under the same id")

Route = Callable[[Street, str], Ask]


def sale(here: Street, to: str) -> Ask:
    body = {"card": here.card, "cashier": "Dana", "lines": LINES}
    return put(here.tills[0].key, f"/till/sales/{uuid4()}", body, "sale")


def hold(here: Street, to: str) -> Ask:
    return put(
        here.tills[0].key, f"/till/holds/{uuid4()}", {"card": here.card, "points": 7, "currency": "points"}, "hold"
    )


def claim(here: Street, to: str) -> Ask:
    return put(here.phones[0].key, f"/me/claims/{uuid4()}", {"reward": "any-coffee"}, "claim")


def transfer(here: Street, to: str) -> Ask:
    return put(here.phones[0].key, f"/me/transfers/{uuid4()}", {"points": 5, "card": to}, "transfer")


def by_hand(here: Street, to: str) -> Ask:
    wish = {"points": 3, "reason": "goodwill", "note": "for a day of trying"}
    return put(here.console.key, f"/console/members/{here.maya}/adjustments/{uuid4()}", wish, "by hand")


ROUTES: tuple[Route, ...] = (sale, hold, claim, transfer, by_hand)
PRICES = {"sale": 0, "hold": 7, "claim": 300, "transfer": 5, "by hand": -3}


async def test_one_id_has_one_effect_whatever_is_killed_meanwhile() -> None:
    for _ in range(rounds(1)):
        async with street() as here:
            await repeats(here, chance(), ROUTES, REQUESTS)
            await meets(here, 400)
            await audit(here.stage)


@pytest.mark.parametrize(
    ("mutant", "check"), [(NOT_THE_TILLS_OWN_ID, "repeats"), (THE_ID_ALONE, "meets")], ids=["new id", "id alone"]
)
async def test_a_house_that_does_it_again_is_found(mutant: Mutant, check: str) -> None:
    async with street(mutant) as here:
        with pytest.raises(AssertionError, match="asked for at once"):
            if check == "repeats":
                await repeats(here, chance(), (sale,), 100)
            else:
                await meets(here, 200)


async def repeats(here: Street, chance: random.Random, routes: tuple[Route, ...], requests: int) -> None:
    """Each route under one id, so often at once, the API killed just then; once more after it, and a day later."""
    await here.tills[0].sell(here.card, LINES)
    await here.gift(POINTS)
    before, to = await here.points(), (await here.daniel.get("/me/card"))["code"]
    asked = [route(here, to) for route in routes]
    crowd = [each for each in asked for _ in range(requests // len(asked))]
    chance.shuffle(crowd)

    answers = await at_once(here.stage, crowd, meanwhile=lambda: killed(here, chance))
    answers += await at_once(here.stage, asked)
    effects = await here.points() - before
    await here.pass_by(DAY_LATER)
    fresh = [Ask(key_of(here, each), each.method, each.path, each.body, each.what) for each in asked]
    later = await at_once(here.stage, fresh)

    said = {
        each.what: Counter(answer.body for answer in answers + later if answer.ask.path == each.path) for each in asked
    }
    again = sum(answer.asks > 1 for answer in answers)
    print(
        f"{len(asked)} ids, {len(crowd)} asks at once, {again} of them more than once; {[len(x) for x in said.values()]}"
    )
    assert all(each.status < 300 for each in answers + later), Counter(each.code for each in answers + later)
    assert all(len(each) == 1 for each in said.values()), f"{ {k: len(v) for k, v in said.items()} } asked for at once"
    assert all(each.replayed for each in later)
    earned = sum(each.json()["earned"] for each in later if each.ask.what == "sale")
    assert effects == earned - sum(PRICES[each.what] for each in asked)


async def killed(here: Street, chance: random.Random) -> None:
    """kill -9 of the API, some moment after the barrier was opened; then it is started again."""
    await asyncio.sleep(KILLED_WITHIN_SECONDS * chance.random())
    await asyncio.to_thread(kill_api, here.stage)
    here.stage.start("serve")
    await here.stage.ready()


def key_of(here: Street, ask: Ask) -> str:
    return here.phones[0].key if ask.path.startswith("/me/") else ask.key


async def meets(here: Street, requests: int) -> None:
    """Another body, another till and another route want an id at once: whichever is first has it, the others never."""
    id, to = uuid4(), (await here.daniel.get("/me/card"))["code"]
    body = {"card": here.card, "cashier": "Dana", "lines": LINES}
    claimants = [
        put(here.tills[0].key, f"/till/sales/{id}", body, "one body"),
        put(here.tills[0].key, f"/till/sales/{id}", body | {"lines": [line("jar", "olives", 3_01)]}, "another body"),
        put(here.tills[1].key, f"/till/sales/{id}", body, "another till"),
        put(here.phones[0].key, f"/me/transfers/{id}", {"points": 1, "card": to}, "another route"),
    ]
    await here.gift(2)

    answers = await at_once(here.stage, [claimants[n % len(claimants)] for n in range(requests)])

    winners = {each.ask.what for each in done(answers)}
    print(f"one id, four meanings: {winners}, {Counter(each.code for each in answers)}")
    assert len(winners) == 1 and len(done(answers)) == requests // len(claimants), f"{winners} asked for at once"
    assert {(each.status, each.code) for each in answers if each.status >= 300} == {(422, "other-body")}
    again: list[Answer] = await at_once(here.stage, [each for each in claimants if each.what in winners])
    assert again[0].body == done(answers)[0].body and again[0].replayed
