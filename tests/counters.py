"""A till at work in a test: members with points, stored value and rewards, and what they buy."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from punchcard import checkout, journal, partners, rulebooks
from punchcard.checkout import Counter
from punchcard.foundation.clock import DAY
from punchcard.foundation.ids import new_id
from punchcard.programme import Adjustment, Currency, Load, balance
from punchcard.rulebooks import operations, sql
from punchcard.rulebooks.model import EditionBody, Head
from tests.town import Person, Town, line

COFFEE = line(18_00)


async def with_money(town: Town) -> None:
    """The programme has stored value, too."""
    async with town.outside.world.database.transaction() as db:
        book = (await rulebooks.program(db)).rulebook
        kinds = (*book.currencies, Currency("money", "money", value=1))
        head = Head(book.name, book.zone, book.week_starts, book.currency, kinds, activities=book.activities)
        frame = replace(book.frames[-1], since=town.clock.now() - 30)
        await sql.add_edition(db, 99, frame.since, "", operations.written(EditionBody(head, frame)))
        await sql.bump(db, operations.fresh())


async def give(town: Town, person: Person, points: int, money: int = 0, ago_seconds: int = 0) -> None:
    at, database = town.clock.now() - ago_seconds, town.outside.world.database
    await journal.submit(
        database, person.member_id, Adjustment(id=str(new_id()), at=at, points=points, reason="test"), at
    )
    if money:
        await journal.submit(database, person.member_id, Load(id=str(new_id()), at=at, points=money), at)


async def claimed(person: Person, reward: str = "five-off") -> str:
    """The id of a claimed reward."""
    id = new_id()
    answer = await person.ask("PUT", f"/me/claims/{id}", {"reward": reward})
    assert answer.status_code in (200, 201), answer.text
    return str(id)


async def held(town: Town, person: Person, key: str = "", **more: Any) -> str:
    id = new_id()
    answer = await town.ask(
        "PUT", f"/till/holds/{id}", {"card": person.card, "minutes": 60, **more}, key or town.till_key
    )
    assert answer.status_code == 200, answer.text
    return str(id)


async def stands(town: Town, person: Person, currency: str = "points") -> int:
    async with town.outside.world.database.reading() as db:
        return balance(await journal.standing(db, person.member_id, town.clock.now()), currency)


async def quoted(town: Town, person: Person, *lines: dict[str, Any], **more: Any) -> Any:
    body = {"card": person.card, "cashier": "Dana", "lines": list(lines), **more}
    return await town.ask("POST", "/till/quotes", body, town.till_key)


async def voided(town: Town, sale: UUID | str, partner: str = "nola", **more: Any) -> Any:
    body = {"cashier": "Dana", "reason": "rung up twice", **more}
    return await town.ask("PUT", f"/till/sales/{sale}/void", body, town.till_keys[partner])


async def counter_of(town: Town, partner: str = "nola", offline: bool = False) -> Counter:
    """A partner's till, as whoever works through a batch of it stands there."""
    database = town.outside.world.database
    async with database.reading() as db:
        till = await partners.till_by_key(db, town.till_keys[partner])
    assert till is not None
    settings = town.outside.world.settings
    return Counter(database, till, town.clock.now(), 30 * DAY, settings.secrets, offline=offline)


async def sold_offline(town: Town, person: Person, *tenders: checkout.PaidWith, **more: Any) -> Any:
    """A coffee, sold an hour ago without a network; the receipt."""
    basket = checkout.Basket(
        card=person.card,
        cashier="Dana",
        lines=(checkout.BasketLine("flat-white", "coffee", 1, 18_00),),
        tenders=tenders,
        **more,
    )
    recorded = await checkout.sell(await counter_of(town, offline=True), new_id(), basket)
    return msgspec.json.decode(recorded.receipt)


async def whole(town: Town) -> None:
    assert (await journal.audit(town.outside.world.database)).findings == []
