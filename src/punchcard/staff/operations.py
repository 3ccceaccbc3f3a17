"""Who may serve whom, and the list that says so."""

import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from punchcard import members, partners
from punchcard.foundation.clock import HOUR, Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound
from punchcard.foundation.together import Together
from punchcard.partners import Till

from . import sql
from .model import CashierUnknown, Employee, NoSuchCard, OwnCard, Roster, Why

REMEMBERED_SECONDS = 1.0
SHIFT_SECONDS = 12 * HOUR
"""Whoever served at a till so lately still works there."""


async def may_serve(
    database: Database, till: Till, cashier: str, member_id: UUID, at: Instant, offline: bool = False
) -> None:
    """Refuse a cashier whom the partner's list does not know, and a card at the till where its holder works: rung up by
    themselves, or by anybody within 12 hours of their serving there. Asked for every sale and quote with a card: what the
    list says is remembered for a second, and only cards of staff cost a look-up. What is refused is kept for the report.

    `offline`: the sale has happened. That the list does not know the cashier is then only kept, since the customer's
    points are no price for a list that lags behind; one's own card is refused all the same, and the basket may still be
    kept as one without a card."""
    roster = await roster_of(database, till.partner_id)
    if roster.cards and cashier not in roster.cards:
        await keep_refusal(database, till, cashier, member_id, "unknown", at)
        if not offline:
            raise CashierUnknown(cashier=cashier)
    if member_id not in roster.holders:
        return
    mine = roster.names_of(member_id)
    if cashier in mine or await has_served(database, till, mine, at):
        await keep_refusal(database, till, cashier if cashier in mine else mine[0], member_id, "own-card", at)
        raise OwnCard


async def forget_member(db: Connection, member_id: UUID) -> None:
    """The member left: operators' notes about them go, and so does the link to a cashier whose card it was."""
    await sql.forget_member(db, member_id)


async def listed(database: Database, till: Till, cashier: str) -> None:
    """Refuse a cashier whom the partner's list does not know, where no card is served: a guest's basket, a void."""
    roster = await roster_of(database, till.partner_id)
    if roster.cards and cashier not in roster.cards:
        raise CashierUnknown(cashier=cashier)


async def roster_of(database: Database, partner_id: str) -> Roster:
    """The partner's list as this process knew it within the last second."""
    kept = remembered.setdefault(database, {})
    since, known = kept.get(partner_id, (0.0, None))
    now = time.monotonic()
    if known is not None and now - since < REMEMBERED_SECONDS:
        return known
    found = await rosters.get(database, partner_id)
    assert found is not None, "a partner without a list has an empty one"
    kept[partner_id] = (now, found)
    return found


async def look(db: Connection, partner_ids: Sequence[str]) -> Mapping[str, Roster]:
    """The lists of these partners; an empty one where there is none."""
    cards: dict[str, dict[str, UUID | None]] = {each: {} for each in partner_ids}
    for partner_id, cashier, holder in await sql.cards_of(db, partner_ids):
        cards[partner_id][cashier] = holder
    return {
        partner_id: Roster(mine, frozenset(holder for holder in mine.values() if holder))
        for partner_id, mine in cards.items()
    }


rosters = Together(look)
remembered: WeakKeyDictionary[Database, dict[str, tuple[float, Roster]]] = WeakKeyDictionary()


def forget(database: Database, partner_id: str) -> None:
    """The list has changed: this process asks for it anew, others do so within a second."""
    remembered.setdefault(database, {}).pop(partner_id, None)


async def has_served(database: Database, till: Till, names: Sequence[str], at: Instant) -> bool:
    since = at - SHIFT_SECONDS
    days = [local_day(since, till.zone), local_day(at, till.zone)]
    async with database.reading() as db:
        return await sql.has_served(db, till, names, since, at, days)


async def keep_refusal(database: Database, till: Till, cashier: str, member_id: UUID, why: Why, at: Instant) -> None:
    async with database.transaction() as db:
        await sql.keep_refusal(db, till, cashier, member_id, local_day(at, till.zone), why, at)


def local_day(at: Instant, zone: str) -> date:
    """The day that it is there."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date()


def day_before(day: date, days: int = 1) -> date:
    return day - timedelta(days=days)


async def list_employee(
    db: Connection, partner_id: str, cashier: str, name: str, card: str | None, at: Instant
) -> Employee:
    """Put somebody on the partner's list, or change what it says of them. From the first one on, sales by others are
    refused. `card`: the code of the employee's own card; none: nothing is linked (any more)."""
    if not any(each.id == partner_id for each in await partners.partners(db)):
        raise NotFound
    holder = await holder_of(db, card) if card else None
    since = await sql.put_cashier(db, partner_id, cashier, name, holder, at)
    return Employee(cashier=cashier, name=name, member=holder, since=moment(since))


async def holder_of(db: Connection, card: str) -> UUID:
    code = members.scanned(card)
    found = (await members.by_cards(db, [code])).get(code)
    if found is None:
        raise NoSuchCard
    return found.id


async def employees(db: Connection, partner_id: str) -> list[Employee]:
    """The partner's list."""
    return [
        Employee(cashier=cashier, name=name, member=holder, since=moment(since))
        for cashier, name, holder, since in await sql.cashiers(db, partner_id)
    ]


async def unlist_employee(db: Connection, partner_id: str, cashier: str) -> None:
    """Take somebody off the list. When the last one goes, any name is taken again."""
    if not await sql.drop_cashier(db, partner_id, cashier):
        raise NotFound
