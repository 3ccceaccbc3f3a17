"""What a till did without a network and brings later: kept at once, worked through once, in any order, with any repeats."""

import random
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard import journal
from punchcard.foundation.clock import HOUR, MINUTE, moment
from punchcard.foundation.ids import new_id
from punchcard.members.cards import new_code
from punchcard.programme import balance, encode
from tests.town import Person, Town, line

A, B = str(new_id()), str(new_id())


@pytest.fixture(autouse=True)
def a_day_after_the_programme_began(town: Town) -> None:
    town.clock.at += 24 * HOUR


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com")


def sale(town: Town, card: str, amount: int = 20_00, ago: int = HOUR, id: UUID | None = None, **more: Any) -> Any:
    at = moment(town.clock.now() - ago).isoformat()
    body = {"card": card, "cashier": "Dana", "lines": [line(amount, quantity=2)], "at": at}
    return {"kind": "sale", "id": str(id or new_id()), **body, **more}


def back(town: Town, of: Any, quantity: int = 1, ago: int = MINUTE) -> Any:
    at = moment(town.clock.now() - ago).isoformat()
    goods = {"quantities": [{"line": 0, "quantity": quantity}], "cashier": "Dana"}
    return {"kind": "return", "id": str(new_id()), "sale": of["id"], "at": at, **goods}


def void(town: Town, of: Any, ago: int = MINUTE, **more: Any) -> Any:
    at = moment(town.clock.now() - ago).isoformat()
    said = {"cashier": "Dana", "reason": "rung up twice", **more}
    return {"kind": "void", "id": str(new_id()), "sale": of["id"], "at": at, **said}


async def bring(town: Town, items: list[Any], key: str = "", partner: str = "nola", body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {town.till_keys[partner]}", "Idempotency-Key": key or str(new_id())}
    return await town.client.post("/till/batches", json=body or {"items": items}, headers=headers)


async def results(town: Town, items: list[Any]) -> list[Any]:
    """Bring them, let the worker do its work, and see what became of each."""
    answer = await bring(town, items)
    assert answer.status_code == 202, answer.text
    await town.follow()
    return (await seen(town, answer.json()["address"]))["results"]  # type: ignore[no-any-return]  # JSON


async def seen(town: Town, address: str, partner: str = "nola") -> Any:
    answer = await town.ask("GET", address, key=town.till_keys[partner])
    assert answer.status_code == 200, answer.text
    return answer.json()


async def standing(town: Town, person: Person) -> Any:
    async with town.outside.world.database.reading() as db:
        return await journal.standing(db, person.member_id, town.clock.now())


async def test_sales_are_kept_at_once_and_worked_through_at_their_own_time(town: Town, maya: Person) -> None:
    told = sale(town, maya.card, ago=3 * HOUR)
    answer = await bring(town, [told])
    waiting = await seen(town, answer.json()["address"])

    await town.follow()

    after = await seen(town, answer.json()["address"])
    assert (answer.status_code, answer.headers["Location"]) == (202, answer.json()["address"])
    assert (waiting["state"], waiting["done"], waiting["outcomes"]) == ("waiting", 0, {"waiting": 1})
    assert (after["state"], after["done"], after["outcomes"]) == ("finished", 1, {"done": 1})
    (found,) = after["results"]
    assert found["id"] == told["id"] and found["receipt"]["at"] == told["at"].replace("+00:00", "Z")
    assert balance(await standing(town, maya)) == found["receipt"]["balance"] > 0


async def test_a_batch_that_is_brought_again_is_the_same_and_moves_nothing_twice(town: Town, maya: Person) -> None:
    items = [sale(town, maya.card)]
    first = await bring(town, items, key=A)
    await town.follow()
    before = balance(await standing(town, maya))

    again, elsewhere = await bring(town, items, key=A), await bring(town, items, key=B)
    await town.follow()

    assert again.content == first.content and again.headers["Idempotent-Replayed"] == "true"
    assert (await seen(town, elsewhere.json()["address"]))["outcomes"] == {"replayed": 1}
    assert balance(await standing(town, maya)) == before
    other = await bring(town, [*items, sale(town, maya.card)], key=A)
    assert (other.status_code, other.json()["type"]) == (422, "urn:punchcard:other-body")


async def test_the_key_is_the_tills_own_and_must_be_there(town: Town, maya: Person) -> None:
    mine, theirs = [(await bring(town, [sale(town, maya.card)], A, each)).json() for each in ("nola", "rayhan")]

    without = await town.ask("POST", "/till/batches", {"items": [sale(town, maya.card)]}, town.till_key)

    assert mine["id"] != theirs["id"] and without.status_code == 400
    assert (await town.ask("GET", theirs["address"], key=town.till_key)).status_code == 404


async def test_what_was_asked_for_online_is_not_done_again(town: Town, maya: Person) -> None:
    told = sale(town, maya.card)
    body = {name: value for name, value in told.items() if name not in ("kind", "id")}
    online = await town.ask("PUT", f"/till/sales/{told['id']}", body, town.till_key)

    (found,) = await results(town, [told])

    assert online.status_code == 200, online.text
    assert (found["outcome"], found["receipt"]) == ("replayed", online.json())


async def test_repeats_returns_before_their_sales_and_strangers_each_have_their_own_result(
    town: Town, maya: Person
) -> None:
    told = sale(town, maya.card)
    other = {**told, "lines": [line(1_00)]}
    stranger = sale(town, new_code())

    found = await results(town, [back(town, told), told, told, other, stranger])

    assert [each["outcome"] for each in found] == ["done", "done", "replayed", "refused", "refused"]
    assert found[3]["problem"]["type"] == "urn:punchcard:other-body"
    assert found[4]["problem"]["type"] == "urn:punchcard:card-unknown"


async def test_the_order_in_which_facts_come_changes_nothing(town: Town) -> None:
    people = [await town.join(f"{name}@example.com", name) for name in ("maya", "noam", "lena")]
    sold = [[sale(town, each.card, 1_00 * n, ago=n * 17 * MINUTE) for n in range(1, 25)] for each in people[:2]]
    came_back = [[back(town, told, ago=n) for n, told in enumerate(each) if n % 3 == 0] for each in sold]
    shuffled = [*sold[1], *came_back[1], *came_back[1]]
    random.Random(5).shuffle(shuffled)

    await results(town, [*sold[0], *came_back[0]])
    for start in range(0, len(shuffled), 11):
        await results(town, shuffled[start : start + 11])
    town.clock.at += 2 * MINUTE
    await town.follow()

    first, second = [await standing(town, each) for each in people[:2]]
    assert balance(first) == balance(second) > 0
    assert encode(replace(first, seed=0)) == encode(replace(second, seed=0))


@pytest.mark.parametrize("comes_back", [back, void])
async def test_what_brings_goods_back_waits_for_its_sale(town: Town, maya: Person, comes_back: Any) -> None:
    told = sale(town, maya.card)
    answer = await bring(town, [comes_back(town, told)])
    await town.follow()
    waiting = await seen(town, answer.json()["address"])

    await results(town, [told])
    town.clock.at += MINUTE
    await town.follow()

    assert (waiting["state"], waiting["outcomes"]) == ("parked", {"parked": 1})
    assert waiting["results"][0]["problem"]["type"] == "urn:punchcard:sale-unknown"
    assert (await seen(town, answer.json()["address"]))["outcomes"] == {"done": 1}


async def test_a_return_whose_sale_never_comes_is_given_up_after_three_days_and_shown(town: Town, maya: Person) -> None:
    answer = await bring(town, [back(town, sale(town, maya.card)), sale(town, maya.card)])
    await town.follow()
    assert await alarms(town) == []

    town.clock.at += 72 * HOUR
    await town.follow()

    (alarm,) = await alarms(town)
    assert (alarm["id"], alarm["state"], alarm["outcomes"]) == (
        answer.json()["id"],
        "finished",
        {"done": 1, "refused": 1},
    )
    assert (await seen(town, answer.json()["address"]))["done"] == 2


async def alarms(town: Town) -> Any:
    return (await town.ask("GET", "/console/batches?state=alarm", key=town.operator_key)).json()


async def test_a_void_takes_all_that_is_left_once(town: Town, maya: Person) -> None:
    whole, rest = sale(town, maya.card), sale(town, maya.card, ago=HOUR - 1)
    first, other = void(town, whole), void(town, whole, reason="wrong item")
    items = [whole, rest, back(town, rest, ago=2 * MINUTE)]

    await results(town, items)
    found = await results(town, [first, {**first, "id": str(new_id())}, other, void(town, rest)])

    assert [each["outcome"] for each in found] == ["done", "replayed", "refused", "done"]
    assert (found[0]["kind"], found[0]["id"]) == ("void", first["id"])
    assert found[1]["receipt"] == found[0]["receipt"] and found[2]["problem"]["type"] == "urn:punchcard:other-body"
    assert balance(await standing(town, maya)) == 0


async def test_a_void_is_in_time_by_the_tills_clock_and_not_by_the_batchs(town: Town, maya: Person) -> None:
    town.clock.at += 48 * HOUR
    soon, late = [sale(town, maya.card, ago=47 * HOUR - n) for n in (0, 1)]

    found = await results(town, [soon, late, void(town, soon, ago=24 * HOUR), void(town, late, ago=HOUR)])

    assert [each["outcome"] for each in found] == ["done", "done", "done", "refused"], found
    assert found[3]["problem"]["type"] == "urn:punchcard:void-too-late"


async def test_a_receipt_number_is_one_sales(town: Town, maya: Person) -> None:
    first = sale(town, maya.card, receipt_number="17")

    found = await results(town, [first, sale(town, maya.card, receipt_number="17", ago=HOUR - 1)])

    assert [each["outcome"] for each in found] == ["done", "refused"]
    assert found[1]["problem"]["type"] == "urn:punchcard:receipt-taken"


async def test_results_come_in_pages(town: Town, maya: Person) -> None:
    answer = await bring(town, [sale(town, "", ago=n + 1) | {"card": "nobody"} for n in range(501)])
    await town.follow()

    first = await seen(town, answer.json()["address"])
    second = await seen(town, f"{answer.json()['address']}?after={first['next']}")

    assert [len(first["results"]), len(second["results"])] == [500, 1]
    assert second["next"] is None and second["results"][0]["number"] == 501


async def test_ten_thousand_are_taken_and_no_more(town: Town, maya: Person) -> None:
    one = sale(town, maya.card)
    many = [{**one, "id": str(new_id())} for _ in range(10_001)]

    assert (await bring(town, many)).status_code == 400
    assert (await bring(town, many[1:])).json()["total"] == 10_000


async def test_eight_megabytes_are_read_here_and_nowhere_else(town: Town, maya: Person) -> None:
    padded = {"items": [sale(town, maya.card)], "more": "x" * (16 * 1024 * 1024)}
    half = {"items": [sale(town, maya.card)], "more": "x" * (4 * 1024 * 1024)}

    assert (await bring(town, [], body=padded)).status_code == 413
    assert (await bring(town, [], body=half)).status_code == 400
    assert (await town.ask("POST", "/till/quotes", half, town.till_key)).status_code == 413


async def test_what_was_finished_long_ago_is_forgotten(town: Town, maya: Person) -> None:
    answer = await bring(town, [sale(town, maya.card)])
    await town.follow()
    town.clock.at += 91 * 24 * HOUR

    await town.follow()

    assert (await town.ask("GET", answer.json()["address"], key=town.till_key)).status_code == 404
