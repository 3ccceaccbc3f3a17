"""What is lost where tills take points without a network: a token pays once, the rest is the shop's, and no member owes."""

import os
import random
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct, json

from punchcard import escrow, journal
from punchcard.escrow import BadToken
from punchcard.foundation.clock import HOUR, MINUTE, moment
from punchcard.foundation.ids import new_id
from punchcard.programme import SHORTFALL, Sale, Standing, balance
from tests.test_escrow import again, keys
from tests.test_offline_week import batches
from tests.town import Person, Town, line

SCHEDULES = int(os.environ.get("PUNCHCARD_SCHEDULES") or 40)
PAGE = (Path(__file__).parents[1] / "docs/till-offline.md").read_text()
VERIFIER = Path(escrow.token.__file__).read_text()
SHOP, TILLS = "nola-1", 5


@pytest.fixture
async def tills(town: Town) -> list[str]:
    """The keys of five tills of one shop, a day after the programme began."""
    town.clock.at += 24 * HOUR
    path = f"/console/shops/{SHOP}/tills"
    made = [await town.ask("POST", path, {"name": f"Till {n}"}, town.operator_key) for n in range(2, TILLS + 1)]
    return [town.till_key, *(each.json()["key"] for each in made)]


@pytest.fixture
async def maya(town: Town, tills: list[str]) -> Person:
    person = await town.join("maya@example.com")
    for _ in range(8):
        town.clock.at += 1
        await town.sell(person, line(900_00, "bakery", "loaf"))
    return person


class Seen(Struct):
    """What came of it: the points that the member paid, and the shop's loss in minor units."""

    paid: int
    shortfall: int
    after: Standing


async def token(town: Town, person: Person, worth: int) -> Any:
    answer = await person.ask("PUT", f"/me/spend-tokens/{new_id()}", {"shop": SHOP, "worth": worth})
    assert answer.status_code == 200, answer.text
    return answer.json()


def taken(town: Town, person: Person, amount: int, ago: int, token: str = "") -> dict[str, Any]:
    """A till sold without a network, and took points for all of it."""
    tender = {"kind": "points", "amount": amount} | ({"token": token} if token else {})
    return {
        "kind": "sale",
        "id": str(new_id()),
        "card": person.card,
        "cashier": "Dana",
        "at": moment(town.clock.now() - ago).isoformat(),
        "lines": [line(amount, "gift", "card")],
        "tenders": [tender],
    }


async def brought(town: Town, person: Person, sales: list[tuple[str, dict[str, Any]]]) -> Seen:
    """Each till brings its batch, and the worker goes through them."""
    for key, sale in sales:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(new_id())}
        answer = await town.client.post("/till/batches", json={"items": [sale]}, headers=headers)
        assert answer.status_code == 202, answer.text
        await batches(town)
    paid = shortfall = 0
    async with town.outside.world.database.reading() as db:
        for _, sale in sales:
            body = await db.fetchval("select body from fact where id = $1", sale["id"])
            tenders = json.decode(body if isinstance(body, str) else json.encode(body), type=Sale).tenders
            shortfall += sum(each.amount for each in tenders if each.kind == SHORTFALL)
            paid += sum(each.points for each in tenders)
        after = await journal.standing(db, person.member_id, town.clock.now())
    return Seen(paid, shortfall, after)


async def test_a_token_shown_at_every_till_pays_once(town: Town, tills: list[str], maya: Person) -> None:
    made = await token(town, maya, 50_00)
    town.clock.at += HOUR
    sales = [(key, taken(town, maya, 50_00, MINUTE * n + 1, made["token"])) for n, key in enumerate(tills)]

    seen = await brought(town, maya, sales)

    assert (seen.paid, seen.shortfall) == (made["points"], 50_00 * (TILLS - 1))
    assert balance(seen.after) == made["balance"] and not seen.after.owed


async def test_whatever_the_schedule_the_loss_stays_within_the_bound(
    town: Town, tills: list[str], maya: Person
) -> None:
    for seed in range(SCHEDULES):
        chance = random.Random(seed)
        await town.sell(maya, line(900_00, "bakery", "loaf"))
        town.clock.at += 1
        worth, shown_at = chance.randrange(1, 50_01), chance.sample(tills, chance.randrange(1, TILLS + 1))
        before = await standing(town, maya)
        made = await token(town, maya, min(worth, balance(before)))
        town.clock.at += chance.choice((5, HOUR, 70 * HOUR))
        sales = []
        for key in shown_at:
            ago = town.clock.now() - made_at(made) - chance.randrange(0, 5)
            sales.append((key, taken(town, maya, chance.randrange(1, made["worth"] + 1), ago, made["token"])))

        seen = await brought(town, maya, chance.sample(sales, len(sales)))

        assert seen.paid <= made["points"], f"seed {seed}"
        assert seen.shortfall <= made["worth"] * (len(sales) - 1), f"seed {seed}"
        assert balance(seen.after) == balance(before) - seen.paid and not seen.after.owed, f"seed {seed}"
        town.clock.at += 2 * HOUR
        maya = await again(town, maya)


def made_at(made: Any) -> int:
    return int(datetime.fromisoformat(made["until"]).timestamp()) - 2 * HOUR


async def standing(town: Town, person: Person) -> Standing:
    async with town.outside.world.database.reading() as db:
        return await journal.standing(db, person.member_id, town.clock.now())


async def test_without_a_token_the_floor_limit_is_all_that_a_member_pays(
    town: Town, tills: list[str], maya: Person
) -> None:
    town.clock.at += HOUR
    before, amounts = balance(await standing(town, maya)), [15_00, 45_00, 8_00, 60_00, 12_00]
    sales = [
        (key, taken(town, maya, amount, n + 1)) for n, (key, amount) in enumerate(zip(tills, amounts, strict=True))
    ]

    seen = await brought(town, maya, sales)

    assert seen.paid <= 40_00 and seen.shortfall + seen.paid == sum(amounts)
    assert balance(seen.after) == before - seen.paid >= 0 and not seen.after.owed


@pytest.mark.parametrize("spoilt", ["forged", "elsewhere", "late"])
async def test_a_token_that_is_not_good_is_the_shops_loss(
    town: Town, tills: list[str], maya: Person, spoilt: str
) -> None:
    made = await token(town, maya, 30_00)
    word = made["token"][:-4] + "AAAA" if spoilt == "forged" else made["token"]
    key = town.till_keys["rayhan"] if spoilt == "elsewhere" else tills[0]
    town.clock.at += 3 * HOUR
    ago = 1 if spoilt == "late" else 2 * HOUR

    seen = await brought(town, maya, [(key, taken(town, maya, 30_00, ago, word))])

    assert (seen.paid, seen.shortfall) == (0, 30_00)
    assert balance(seen.after) == made["balance"]


async def test_the_verifier_on_the_page_is_ours_and_runs_alone(town: Town, maya: Person) -> None:
    made = await token(town, maya, 10_00)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {"__name__": "token"}
    exec(compile(code, "till-offline.md", "exec"), names)

    said = names["verified"](await keys(town), made["token"], SHOP, town.clock.now())

    assert (str(said.hold), said.worth) == (made["id"], 10_00)
    assert code == VERIFIER and "punchcard" not in code
    with pytest.raises(ValueError, match="elsewhere"):
        names["verified"](await keys(town), made["token"], "rayhan-1", town.clock.now())
    assert issubclass(BadToken, ValueError)
