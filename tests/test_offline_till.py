"""A till of others: it sells with or without a network, forgets nothing in a crash, and takes a token once."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from punchcard import journal
from punchcard.foundation.clock import HOUR
from punchcard.foundation.ids import new_id
from punchcard.programme import balance
from punchcard.sandbox.till import TakenBefore, Till
from tests.test_offline_week import Network, batches
from tests.town import Person, Town, line

SHOP = "nola-1"


@pytest.fixture
async def maya(town: Town) -> Person:
    town.clock.at += 24 * HOUR
    person = await town.join("maya@example.com")
    await town.sell(person, line(200_00, "bakery", "loaf"))
    town.clock.at += 1
    return person


@pytest.fixture
def network(town: Town) -> Network:
    return Network(town.client._transport, random.Random(1), shaky=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "till.db"


@pytest.fixture
def till(town: Town, network: Network, file: Path) -> Iterator[Till]:
    made = opened(town, network, file)
    yield made
    made.close()


def opened(town: Town, network: Network, file: Path) -> Till:
    headers = {"Authorization": f"Bearer {town.till_key}"}
    client = httpx.AsyncClient(transport=network, base_url="http://punchcard.test", headers=headers)
    return Till(file, client, SHOP, town.clock.now)


def basket(person: Person, **more: Any) -> dict[str, Any]:
    return {"card": person.card, "cashier": "Dana", "lines": [line(20_00, "bakery", "loaf", 2)], **more}


async def points(town: Town, person: Person) -> int:
    async with town.outside.world.database.reading() as db:
        return balance(await journal.standing(db, person.member_id, town.clock.now()))


async def test_it_sells_online_and_else_brings_what_it_sold(
    town: Town, maya: Person, network: Network, till: Till
) -> None:
    online = await till.sell(basket(maya))
    network.away = True
    town.clock.at += 60
    offline, back = await till.sell(basket(maya)), await till.take_back(online.id, {"points": 0, **one_loaf()})
    network.away = False

    first = await till.bring()
    await batches(town)

    assert (online.state, offline.state, back.state, first) == ("done", "queued", "queued", False)
    assert await till.bring() and not till.busy()
    assert till.receipt(offline.id)["balance"] == online.answer["balance"] + 20
    assert await points(town, maya) == till.receipt(back.id)["balance"]


def one_loaf() -> dict[str, Any]:
    return {"quantities": [{"line": 0, "quantity": 1}], "cashier": "Dana"}


async def test_what_it_had_asked_when_it_crashed_is_told_once(
    town: Town, maya: Person, network: Network, till: Till, file: Path
) -> None:
    before = await points(town, maya)
    told = await till.sell(basket(maya))
    till.db.execute("update act set state = 'asked', answer = ''")  # as a crash would have left it
    till.close()

    again = opened(town, network, file)
    await again.bring()
    await batches(town)

    assert await again.bring() and again.receipt(told.id) == told.answer
    assert await points(town, maya) == before + told.answer["earned"]
    again.close()


async def test_it_takes_a_token_by_the_keys_that_it_knows_and_takes_it_once(
    town: Town, maya: Person, network: Network, till: Till
) -> None:
    made = (await maya.ask("PUT", f"/me/spend-tokens/{new_id()}", {"shop": SHOP, "worth": 1_00})).json()
    assert await till.learn_keys()
    network.away = True

    said = till.take(made["token"])

    assert (str(said.hold), said.worth) == (made["id"], 1_00)
    with pytest.raises(TakenBefore):
        till.take(made["token"])
    assert not await till.learn_keys() and till.keys()


async def test_a_sale_paid_by_token_is_paid_from_what_was_set_aside(
    town: Town, maya: Person, network: Network, till: Till
) -> None:
    made = (await maya.ask("PUT", f"/me/spend-tokens/{new_id()}", {"shop": SHOP, "worth": 1_00})).json()
    await till.learn_keys()
    network.away = True
    said = till.take(made["token"])
    by_token = {"kind": "points", "amount": said.worth, "token": made["token"]}
    sold = await till.sell(basket(maya, tenders=[by_token, {"kind": "cash", "amount": 19_00}]))
    network.away = False

    await till.bring()
    await batches(town)
    await till.bring()

    receipt = till.receipt(sold.id)
    assert (receipt["spent"], receipt.get("shortfall", 0)) == (made["points"], 0)
    assert await points(town, maya) == made["balance"] + receipt["earned"]
