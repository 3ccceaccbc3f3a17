"""Money on the card: loaded, brought by a gift card, set aside, paid with."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from punchcard import authorisation, journal, rulebooks
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.ids import new_id
from punchcard.programme import Currency, balance
from punchcard.rulebooks import operations, sql
from punchcard.rulebooks.model import EditionBody, Head
from tests.town import Person, Town, line


@pytest.fixture
async def maya(town: Town) -> Person:
    """A member of a programme that has money, too, in whose shops any code may spend what it holds."""
    async with town.outside.world.database.transaction() as db:
        book = (await rulebooks.program(db)).rulebook
        kinds = (*book.currencies, Currency("money", "money", value=1))
        head = Head(book.name, book.zone, book.week_starts, book.currency, kinds, activities=book.activities)
        frame = replace(book.frames[-1], since=town.clock.now() - 30)
        await sql.add_edition(db, 99, frame.since, "", operations.written(EditionBody(head, frame)))
        await sql.bump(db, operations.fresh())
        await db.execute("update shop set floor_limit = 1000000")
    return await town.join("maya@example.com")


async def till(town: Town, method: str, path: str, body: Any = None, partner: str = "nola") -> Any:
    return await town.ask(method, path, body, town.till_keys[partner])


async def load(town: Town, person: Person, amount: int) -> Any:
    return await till(town, "PUT", f"/till/loads/{new_id()}", {"card": person.card, "amount": amount})


async def money(town: Town, person: Person, at: int = 0) -> int:
    async with town.outside.world.database.reading() as db:
        return balance(await journal.standing(db, person.member_id, at or town.clock.now()), "money")


async def issue(town: Town, count: int = 1, amount: int = 5000, days: int = 0, id: Any = None) -> Any:
    body = {"count": count, "amount": amount, "days": days}
    return await town.ask("PUT", f"/console/gift-cards/{id or new_id()}", body, town.operator_key)


async def redeem(person: Person, code: str, key: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": str(key or new_id())}
    return await person.town.client.post("/me/gift-cards", json={"code": code}, headers=headers)


async def whole(town: Town) -> None:
    assert (await journal.audit(town.outside.world.database)).findings == []


async def test_money_is_loaded_once_however_often_the_till_asks(town, maya):
    path, body = f"/till/loads/{new_id()}", {"card": maya.card, "amount": 5000}

    answers = [await till(town, "PUT", path, body) for _ in range(3)]

    assert [each.status_code for each in answers] == [200] * 3
    assert {each.json()["balance"] for each in answers} == {5000} and await money(town, maya) == 5000
    assert (await till(town, "PUT", path, {**body, "amount": 1})).status_code == 422


async def test_what_is_paid_with_money_still_earns(town, maya):
    await load(town, maya, 5000)

    answer = await town.sell(maya, line(4000), tenders=[{"kind": "card", "amount": 4000, "currency": "money"}])

    assert answer.status_code == 200, answer.text
    assert answer.json()["earned"] > 0 and await money(town, maya) == 1000
    short = await town.sell(maya, line(4000), tenders=[{"kind": "card", "amount": 4000, "currency": "money"}])
    assert (short.status_code, short.json()["type"]) == (409, "urn:punchcard:not-enough-points")
    await whole(town)


async def test_what_is_set_aside_is_captured_by_a_sale_and_the_rest_is_free(town, maya):
    await load(town, maya, 5000)
    id = new_id()
    held = await till(town, "PUT", f"/till/holds/{id}", {"card": maya.card, "points": 4000})
    assert held.json()["balance"] == 1000

    paid = {"kind": "card", "amount": 3000, "currency": "money", "hold": str(id)}
    answer = await town.sell(maya, line(3000), tenders=[paid])

    assert answer.status_code == 200, answer.text
    assert await money(town, maya) == 2000
    again = await town.sell(maya, line(3000), tenders=[paid])
    assert (again.status_code, again.json()["type"]) == (409, "urn:punchcard:no-such-hold")
    await whole(town)


async def test_what_is_set_aside_cannot_be_spent_elsewhere_and_comes_back_by_itself(town, maya):
    await load(town, maya, 5000)
    body = {"card": maya.card, "points": 4000, "minutes": 60}
    await till(town, "PUT", f"/till/holds/{new_id()}", body)

    more = await till(town, "PUT", f"/till/holds/{new_id()}", body)
    sale = await town.sell(maya, line(4000), tenders=[{"kind": "card", "amount": 4000, "currency": "money"}])

    assert (more.status_code, sale.status_code) == (409, 409)
    assert await money(town, maya, town.clock.now() + HOUR) == 5000


async def test_only_who_holds_sets_free_and_asking_again_is_no_harm(town, maya):
    await load(town, maya, 5000)
    path = f"/till/holds/{new_id()}"
    await till(town, "PUT", path, {"card": maya.card, "points": 4000})

    others = [(await till(town, "DELETE", path, partner=each)).status_code for each in ("miro", "nola", "nola")]

    assert others == [404, 204, 204] and await money(town, maya) == 5000
    assert (await till(town, "DELETE", f"/till/holds/{new_id()}")).status_code == 404


async def test_a_gift_card_is_redeemed_once_by_whoever_comes_first(town, maya):
    daniel = await town.join("daniel@example.com", "Daniel")
    (code,) = (await issue(town)).json()["codes"]

    answers = await asyncio.gather(*(redeem(each, code.lower().replace("-", " ")) for each in (maya, daniel, maya)))

    assert sorted(each.status_code for each in answers) == [200, 409, 409]
    assert sorted([await money(town, maya), await money(town, daniel)]) == [0, 5000]
    await whole(town)


async def test_a_gift_card_that_is_over_or_was_never_issued_gives_nothing(town, maya):
    (code,) = (await issue(town, days=30)).json()["codes"]
    wrong = await redeem(maya, "AAAA-AAAA-AAAA-AAAA-AAAA")
    town.clock.at += 30 * DAY
    other = await town.join("late@example.com")

    over = await redeem(other, code)

    assert (wrong.status_code, wrong.json()["type"]) == (404, "urn:punchcard:gift-card-unknown")
    assert (over.status_code, over.json()["type"]) == (409, "urn:punchcard:gift-card-over")


async def test_a_key_is_for_one_gift_card_and_one_member(town, maya):
    daniel = await town.join("daniel@example.com", "Daniel")
    first, second, used = (await issue(town, 3)).json()["codes"]
    await redeem(daniel, used)
    key = new_id()
    await redeem(maya, first, key)

    answers = [
        await redeem(maya, first, key),
        await redeem(maya, second, key),
        await redeem(maya, used, key),
        await redeem(maya, first),
        await redeem(daniel, second, key),
        await redeem(daniel, second),
    ]

    assert [each.status_code for each in answers] == [200, 422, 422, 409, 422, 200]
    assert answers[3].json()["type"] == "urn:punchcard:gift-card-used"
    assert (await money(town, maya), await money(town, daniel)) == (5000, 10_000)


async def test_a_key_whose_gift_card_was_refused_may_be_used_for_another(town, maya):
    (over,), (good,) = (await issue(town, days=1)).json()["codes"], (await issue(town)).json()["codes"]
    town.clock.at += 2 * DAY
    daniel, key = await town.join("daniel@example.com", "Daniel"), new_id()

    answers = [(await redeem(daniel, code, key)).status_code for code in (over, "AAAA", good, good)]

    assert answers == [409, 404, 200, 200] and await money(town, daniel) == 5000


async def test_a_lost_answer_is_asked_for_again_and_codes_are_never_kept(town, maya):
    id = new_id()
    first = await issue(town, 3, id=id)
    again = await issue(town, 3, id=id)

    assert len(set(first.json()["codes"])) == 3
    assert (again.status_code, again.content) == (201, first.content)
    assert (await issue(town, 4, id=id)).status_code == 422
    async with town.outside.world.database.reading() as db:
        rows = await db.fetch("select * from gift_card")
    assert len(rows) == 3 and not any(code in str(row) for row in rows for code in first.json()["codes"])


async def test_guesses_of_a_gift_card_are_counted(town, maya):
    (code,) = (await issue(town)).json()["codes"]
    answers = [(await redeem(maya, f"{n:020}")).status_code for n in range(12)]

    assert answers == [404] * 10 + [429] * 2
    assert (await redeem(maya, code)).status_code == 429


async def test_only_money_is_loaded_and_only_on_cards_that_are_in_use(town, maya):
    from punchcard.members import cards

    points = await till(town, "PUT", f"/till/loads/{new_id()}", {"card": maya.card, "amount": 5, "currency": "points"})
    nobody = await till(town, "PUT", f"/till/loads/{new_id()}", {"card": cards.new_code(), "amount": 5})
    gift = await town.ask(
        "PUT", f"/console/gift-cards/{new_id()}", {"count": 1, "amount": 5, "currency": "points"}, town.operator_key
    )

    assert [each.status_code for each in (points, nobody, gift)] == [409, 404, 409]
    shells = await town.sell(maya, line(100), tenders=[{"kind": "card", "amount": 100, "currency": "shells"}])
    assert (shells.status_code, shells.json()["type"]) == (409, "urn:punchcard:not-spendable")


async def claimed(town: Town, person: Person) -> str:
    """A coffee, claimed and not used."""
    await town.sell(person, line(50_000))
    id = new_id()
    answer = await person.ask("PUT", f"/me/claims/{id}", {"reward": "any-coffee"})
    assert answer.status_code == 201, answer.text
    return str(id)


async def test_a_reward_is_set_aside_for_one_sale_and_free_again_after_it(town, maya):
    voucher, first, second = await claimed(town, maya), new_id(), new_id()
    body = {"card": maya.card, "voucher": voucher, "minutes": 60}
    held = await till(town, "PUT", f"/till/holds/{first}", body)

    other = await till(town, "PUT", f"/till/holds/{second}", body)
    back = await maya.ask("DELETE", f"/me/claims/{voucher}")
    await till(town, "DELETE", f"/till/holds/{first}")
    again = await till(town, "PUT", f"/till/holds/{second}", body)

    assert (held.status_code, held.json()["points"], held.json()["voucher"]) == (200, 0, voucher)
    assert [other.json()["type"], back.json()["type"]] == ["urn:punchcard:voucher-held", "urn:punchcard:claim-held"]
    assert again.status_code == 200
    await whole(town)


async def test_a_reward_that_is_not_there_is_not_set_aside_nor_with_points(town, maya):
    voucher = await claimed(town, maya)
    bodies: list[dict[str, Any]] = [
        {"voucher": str(new_id())},
        {"voucher": voucher, "points": 5},
        {},
        {"voucher": voucher},
    ]

    answers = [
        (await till(town, "PUT", f"/till/holds/{new_id()}", {"card": maya.card, **body})).status_code for body in bodies
    ]

    assert answers == [409, 400, 400, 200]


async def test_a_copied_code_sets_aside_up_to_the_floor_and_loads_whatever_it_likes(town, maya, papers):
    async with town.outside.world.database.transaction() as db:
        await db.execute("update shop set floor_limit = 2000")
    shown = authorisation.rotating(papers.secrets, maya.card, town.clock.now())
    loaded = await till(
        town, "PUT", f"/till/loads/{new_id()}", {"card": authorisation.tap_value(maya.card), "amount": 9000}
    )

    answers = [
        await till(town, "PUT", f"/till/holds/{new_id()}", {"card": card, "points": points})
        for card, points in ((maya.card, 2000), (maya.card, 2001), (shown, 2001), (shown, 1))
    ]

    assert [loaded.status_code, *(each.status_code for each in answers)] == [200, 200, 409, 200, 409]
    assert answers[1].json()["type"] == "urn:punchcard:above-floor"
    assert answers[3].json()["type"] == "urn:punchcard:code-used"
