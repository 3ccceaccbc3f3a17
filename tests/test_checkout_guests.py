"""A basket without a card: kept, claimed once by whoever knows what is printed on it, or made void."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

from punchcard.foundation.clock import DAY
from punchcard.foundation.ids import new_id
from tests.counters import COFFEE, stands, voided, whole
from tests.town import Person, StandingClock, Town, opened

PRINTED = {"shop": "nola-1", "day": "2026-11-18", "number": "A-17", "total": 18_00}


async def bought(town: Town, id: UUID | None = None, **more: Any) -> Any:
    body = {"card": "", "cashier": "Dana", "lines": [COFFEE], "receipt_number": "A-17", **more}
    return await town.ask("PUT", f"/till/sales/{id or new_id()}", body, town.till_key)


async def claim(person: Person, id: UUID | None = None, **more: Any) -> Any:
    return await person.ask("PUT", f"/me/receipts/{id or new_id()}", PRINTED | more)


async def test_a_guest_claims_the_receipt_and_it_counts_on_its_own_day(town):
    id = new_id()
    answer = await bought(town, id)
    town.clock.at += 2 * DAY
    maya = await town.join("maya@example.com")

    first, again = await claim(maya), await claim(maya)
    by_the_till = await bought(town, id, at="2026-11-18T10:00:00Z")

    assert (answer.status_code, answer.json()["would_earn"], answer.json()["total"]) == (200, 73, 18_00)
    assert (first.status_code, first.json()["earned"], first.json()["sale"]) == (200, 73, str(id))
    assert first.json()["at"].startswith("2026-11-18") and again.content == first.content
    assert again.headers["idempotent-replayed"] == "true" and by_the_till.status_code == 422
    assert await stands(town, maya) == 73
    async with town.outside.world.database.reading() as db:
        assert await db.fetchval("select kind from till_receipt where number = 'A-17'") == "sale"
    await whole(town)


async def test_a_guests_basket_is_kept_once_and_spends_nothing(town):
    id = new_id()

    first, again, other = await bought(town, id), await bought(town, id), await bought(town, id, cashier="Noa")
    refused = [
        await bought(town),
        await bought(town, receipt_number=""),
        await bought(town, receipt_number="B", tenders=[{"kind": "points", "amount": 18_00}]),
        await bought(town, receipt_number="B", vouchers=[str(new_id())]),
    ]

    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert other.status_code == 422
    assert [(each.status_code, each.json()["type"]) for each in refused] == [
        (409, "urn:punchcard:receipt-taken"), *[(400, "urn:punchcard:malformed")] * 3
    ]  # fmt: skip


async def test_wrong_guesses_are_told_the_same_and_are_counted(town):
    maya, noam = await town.join("maya@example.com"), await town.join("noam@example.com")
    await bought(town)
    await bought(town, receipt_number="A-18", at="2026-11-02T10:00:00Z")
    await claim(noam)

    wrong = [
        await claim(maya),
        await claim(maya, number="A-19"),
        await claim(maya, total=1),
        await claim(maya, shop="miro-1"),
        await claim(maya, number="A-18", day="2026-11-02"),
    ]
    more = [await claim(maya, number=f"X-{i}") for i in range(6)]

    assert {(each.status_code, each.json()["type"], each.json()["detail"]) for each in wrong} == {
        (404, "urn:punchcard:receipt-not-yours", wrong[0].json()["detail"])
    }
    assert [each.status_code for each in more] == [404] * 5 + [429]


async def test_a_void_guests_basket_cannot_be_claimed_nor_returned(town):
    maya, id = await town.join("maya@example.com"), new_id()
    await bought(town, id)
    goods = {"quantities": [{"line": 0, "quantity": 1}]}

    back = await town.ask("PUT", f"/till/sales/{id}/returns/{new_id()}", goods, town.till_key)
    foreign, first, again = await voided(town, id, "miro"), await voided(town, id), await voided(town, id)

    assert (back.status_code, back.json()["type"]) == (409, "urn:punchcard:no-card-yet")
    assert foreign.status_code == 404 and first.json()["voided"] is True and again.content == first.content
    assert (await claim(maya)).status_code == 404


async def test_a_claimed_basket_is_brought_back_like_any_sale(town):
    maya, id = await town.join("maya@example.com"), new_id()
    await bought(town, id)
    await claim(maya)

    answer = await voided(town, id)

    assert answer.status_code == 200 and answer.json()["earned"] == -73 and await stands(town, maya) == 0
    await whole(town)


async def test_of_two_members_who_claim_at_once_one_has_it(pool, papers):
    async with opened(pool, papers, StandingClock()) as street:
        people = [await street.join(f"{name}@example.com") for name in ("maya", "noam", "lior", "dan")]
        id = new_id()
        await bought(street, id)

        answers = await asyncio.gather(*(claim(person) for person in people * 3))

        assert Counter(each.status_code for each in answers)[404] == 9
        (winner,) = {i % 4 for i, each in enumerate(answers) if each.status_code in (200, 409)}
        assert [await stands(street, person) for person in people].count(73) == 1
        async with pool.reading() as db:
            assert await db.fetchval("select claimed_by from guest_basket") == people[winner].member_id
        assert (await claim(people[winner])).status_code == 200
        await whole(street)
