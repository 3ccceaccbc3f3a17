"""An offer that lowers the price, at the till: proposed by the quote, named by the sale, checked by the door, on the receipt,
free again when the goods come back."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard import budgets, offers
from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.database import Database
from punchcard.foundation.ids import BUCKETS, new_id
from punchcard.foundation.settings import Settings
from punchcard.offers import Discount, Fixed, FreeItem, Goods, Offer
from punchcard.offers.model import Benefit, Limits
from punchcard.segments import ConsentsTo
from tests.test_offers import in_all
from tests.town import Person, StandingClock, Town, line, opened

COFFEE, BREAD = line(20_00), line(30_00, "bread", "loaf")
QUARTER = Discount(percent=25)


@pytest.fixture
async def maya(town: Town) -> Person:
    """A member who has just come; nothing waits to be done for her."""
    person = await town.join("maya@example.com", "Maya Almog")
    await town.follow()
    return person


async def publish(town: Town, id: str, benefit: Benefit, **more: Any) -> None:
    """An offer of Nola's on coffee, open for everybody from now on for a day."""
    at = town.clock.at
    offer = Offer(
        id=id,
        partner_id="nola",
        name=in_all(f"Coffee: {id}"),
        text=in_all("Any coffee."),
        art="coffee",
        since=at,
        until=at + DAY,
        audience=ConsentsTo("marketing"),
        benefit=benefit,
        goods=Goods(categories=frozenset({"coffee"})),
    )
    async with town.outside.world.database.transaction() as db:
        await offers.publish(db, replace(offer, **more), at)
    await settle(town)


async def settle(town: Town) -> None:
    """Let offers open, and hear what the journal reports of them."""
    world, at = town.outside.world, town.clock.at
    await offers.open_due(world.database, at)
    async with world.database.reading() as db:
        tasks = await outbox.due(db, range(BUCKETS), at)
    for name, work in {"offers.used": offers.settle, "budgets.level": budgets.settle}.items():
        done = await work(world, [task for task in tasks if task.reaction == name], at)
        async with world.database.transaction() as db:
            await outbox.settle(db, done, at)


async def quote(town: Town, person: Person, *lines: dict[str, Any], language: str = "en", **more: Any) -> Any:
    body = {"card": person.card, "cashier": "Dana", "lines": list(lines), **more}
    answer = await town.ask("POST", "/till/quotes", body, town.till_key, language)
    assert answer.status_code == 200, answer.text
    return answer.json()


def lowered(line: dict[str, Any], off: int) -> dict[str, Any]:
    return line | {"amount": line["amount"] - off, "discount": off}


async def sell(
    town: Town, person: Person, off: int, *others: dict[str, Any], offer: str = "quarter", **more: Any
) -> Any:
    return await town.sell(person, lowered(COFFEE, off), *others, offers={offer: off}, **more)


async def code_of(answer: Any) -> str:
    assert answer.status_code == 409, answer.text
    return str(answer.json()["type"]).removeprefix("urn:punchcard:")


async def uses(town: Town) -> list[tuple[str, int]]:
    """Which offers were used, for how much, as who measures them reads it."""
    async with town.outside.world.database.reading() as db:
        rows = await db.fetch("select offer_id, worth from offer_use order by at, fact_id")
        return [(row["offer_id"], row["worth"]) for row in rows]


async def test_a_quote_says_what_an_offer_takes_off_and_the_receipt_repeats_it(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER)

    plain = await quote(town, maya, BREAD, COFFEE)
    sold = await town.sell(maya, BREAD, lowered(COFFEE, 5_00), offers={"quarter": 5_00})
    await settle(town)

    assert plain["offers"] == [
        {
            "id": "quarter",
            "name": "Coffee: quarter (en)",
            "points": 0,
            "amount": 5_00,
            "lines": [{"line": 1, "amount": 5_00}],
        }
    ]
    assert sold.status_code == 200, sold.text
    receipt = sold.json()
    assert receipt["offers"] == [{"id": "quarter", "name": "Coffee: quarter (en)", "amount": 5_00}]
    assert receipt["discounts"] == [{"line": 1, "amount": 5_00}]
    assert receipt["earned"] == plain["earns"], "what was taken off earns nothing"
    assert "Coffee: quarter (en)" in [why["name"] for why in receipt["reasons"] if why["verdict"] == "applied"]
    assert await uses(town) == [("quarter", 5_00)]


async def test_a_till_that_knows_nothing_of_offers_sells_as_ever(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER)

    receipt = (await town.sell(maya, COFFEE)).json()
    await settle(town)

    assert "offers" not in receipt and await uses(town) == []
    assert "quarter" not in [why["term"] for why in receipt["reasons"]]


async def test_a_till_may_take_less_but_not_more(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER)

    more, less = await sell(town, maya, 5_01), await sell(town, maya, 4_99)

    assert await code_of(more) == "offer-takes-less" and more.json()["facts"]["most"] == 5_00
    assert less.json()["offers"][0]["amount"] == 4_99


async def test_what_the_lines_do_not_say_was_not_taken_off(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER)

    answer = await town.sell(maya, COFFEE, offers={"quarter": 5_00})

    assert (answer.status_code, answer.json()["facts"]["pointer"]) == (400, "/offers")


async def test_an_offer_of_nobody_and_one_of_points_take_nothing_off(town: Town, maya: Person) -> None:
    await publish(town, "points", Fixed(10))

    unknown, points = await sell(town, maya, 1), await sell(town, maya, 1, offer="points")

    assert await code_of(unknown) == "offer-not-yours"
    assert await code_of(points) == "offer-not-here"


async def test_an_offer_of_another_member_is_refused(town: Town, maya: Person) -> None:
    noam = await town.join("noam@example.com", "Noam")
    await publish(town, "quarter", QUARTER)
    async with town.outside.world.database.transaction() as db:
        await db.execute("update exposure set held_out = true where member_id = $1", noam.member_id)

    answer = await sell(town, noam, 5_00)

    assert await code_of(answer) == "offer-not-yours"
    assert (await quote(town, noam, COFFEE))["offers"] == []
    assert (await sell(town, maya, 5_00)).status_code == 200


async def test_an_offer_that_is_over_is_refused(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER)
    town.clock.at += DAY

    assert await code_of(await sell(town, maya, 5_00)) == "offer-over"
    assert (await quote(town, maya, COFFEE))["offers"] == []


async def test_an_offer_that_is_used_up_says_so(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, limits=Limits(uses_a_day=1))
    first = await sell(town, maya, 5_00)

    said = await quote(town, maya, COFFEE)
    second = await sell(town, maya, 5_00)
    town.clock.at += 14 * HOUR
    tomorrow = await sell(town, maya, 5_00)

    assert first.status_code == 200
    assert said["offers"] == [
        {
            "id": "quarter",
            "name": "Coffee: quarter (en)",
            "points": 0,
            "state": "limit",
            "detail": "This offer was already used as often as it may be: Coffee: quarter (en).",
        }
    ]
    assert await code_of(second) == "offer-used-up"
    assert tomorrow.status_code == 200, tomorrow.text


async def test_a_sale_that_is_told_twice_uses_it_once(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, limits=Limits(uses=1))
    id = new_id()

    first = await sell(town, maya, 5_00, id=id)
    again = await sell(town, maya, 5_00, id=id)
    await settle(town)

    assert first.status_code == 200 and again.content == first.content
    assert await uses(town) == [("quarter", 5_00)]


@pytest.mark.parametrize("by", ["return", "void"])
async def test_what_comes_back_frees_the_offer(town: Town, maya: Person, by: str) -> None:
    await publish(town, "quarter", QUARTER, limits=Limits(uses=1))
    id = new_id()
    assert (await sell(town, maya, 5_00, BREAD, id=id)).status_code == 200
    await settle(town)

    await bring_back(town, id, by, [1])
    still = await sell(town, maya, 5_00) if by == "return" else None
    if by == "return":
        await bring_back(town, id, by, [0])
    await settle(town)
    freed = await uses(town)
    after = await sell(town, maya, 5_00)

    assert still is None or await code_of(still) == "offer-used-up", "the bread alone frees nothing"
    assert freed == []
    assert after.status_code == 200, after.text


async def bring_back(town: Town, sale: UUID, by: str, lines: list[int]) -> None:
    if by == "void":
        body: dict[str, Any] = {"cashier": "Dana", "reason": "wrong basket"}
        answer = await town.ask("PUT", f"/till/sales/{sale}/void", body, town.till_key)
    else:
        body = {"cashier": "Dana", "quantities": [{"line": each, "quantity": 1} for each in lines]}
        answer = await town.ask("PUT", f"/till/sales/{sale}/returns/{new_id()}", body, town.till_key)
    assert answer.status_code == 200, answer.text


async def test_of_two_tills_and_one_use_one_wins(pool: Database, papers: Settings) -> None:
    async with opened(pool, papers, StandingClock()) as town:
        maya = await town.join("maya@example.com", "Maya Almog")
        await town.follow()
        await publish(town, "quarter", QUARTER, limits=Limits(uses=1))

        answers = await asyncio.gather(*(sell(town, maya, 5_00) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {await code_of(answer) for answer in answers if answer.status_code == 409} == {"offer-used-up"}


async def test_offers_of_one_class_do_not_go_together(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, stacking="coffee")
    await publish(town, "third", Discount(percent=30), stacking="coffee")
    await publish(town, "points", Fixed(10), stacking="coffee")

    said = await quote(town, maya, COFFEE)
    both = await town.sell(maya, lowered(COFFEE, 11_00), offers={"quarter": 5_00, "third": 6_00})
    one = await sell(town, maya, 6_00, offer="third")

    assert [(each["id"], each["amount"]) for each in said["offers"]] == [("third", 6_00)]
    assert await code_of(both) == "offers-do-not-mix"
    assert "points" not in [why["term"] for why in one.json()["reasons"] if why["points"]]
    assert one.json()["earned"] == said["earns"]


async def test_points_that_are_worth_more_than_a_discount_of_their_class_are_given_instead(
    town: Town, maya: Person
) -> None:
    await publish(town, "quarter", QUARTER, stacking="coffee")
    await publish(town, "points", Fixed(1000), stacking="coffee")

    said = await quote(town, maya, COFFEE)

    assert [(each["id"], each["points"]) for each in said["offers"]] == [("points", 1000)]


async def test_the_cheapest_of_the_goods_is_free(town: Town, maya: Person) -> None:
    await publish(town, "one", FreeItem())
    espresso = line(11_00, sku="espresso")

    said = await quote(town, maya, COFFEE, espresso, BREAD)
    sold = await town.sell(maya, COFFEE, lowered(espresso, 11_00), BREAD, offers={"one": 11_00})

    assert said["offers"][0]["lines"] == [{"line": 1, "amount": 11_00}]
    assert sold.status_code == 200, sold.text
    assert sold.json()["earned"] == said["earns"]


async def test_a_budget_of_money_is_not_overdrawn(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER, budget=offers.model.Budget(cents=7_00))

    first = await sell(town, maya, 5_00)
    await settle(town)
    left = await quote(town, maya, COFFEE)
    second, rest = await sell(town, maya, 5_00), await sell(town, maya, 2_00)
    await settle(town)
    gone = await quote(town, maya, COFFEE)

    assert first.status_code == 200, first.text
    assert left["offers"][0]["amount"] == 2_00
    assert await code_of(second) == "offer-sold-out"
    assert rest.status_code == 200, rest.text
    assert [(each["id"], each["state"]) for each in gone["offers"]] == [("quarter", "sold-out")]
