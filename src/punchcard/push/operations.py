"""Register phones; tell members of what concerns them, as far as the arbiter lets us."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from punchcard import authorisation, journal, members, rulebooks
from punchcard.foundation import zones
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound
from punchcard.foundation.ids import digest
from punchcard.foundation.outbox import Dead, Done, NotBefore, Settled, Task
from punchcard.foundation.outside import World

from . import arbiter, delivery, sql, texts
from .model import SERVICE, Delivery, Drop, Hold, Inbox, Kind, Message, Owner, Phone, Send, Wishes

MEMBERS_AT_ONCE = 4
MESSAGES_MAX = 100
PHONES_MAX = 20
OFFERS = "marketing"
"""The purpose that a member consents to before offers are pushed."""


async def register(db: Connection, member_id: UUID, phone: Phone) -> Phone:
    """Reach the member on this phone. A phone that changes hands leaves its former member; of many, those seen last stay."""
    zones.check(phone.zone)
    this, hashed = Owner(member_id, phone.installation), digest(phone.address)
    before = await sql.address_of(db, member_id, phone.installation)
    if before and before != phone.address:
        await sql.disown(db, digest(before), this)
    former = await sql.owner(db, hashed)
    if former and former != this:
        await sql.forget_phone(db, former.member_id, former.installation, phone.address)
    await sql.own(db, hashed, this)
    await sql.keep_phone(db, member_id, phone)
    for each in (await sql.phones(db, member_id))[PHONES_MAX:]:
        await forget(db, member_id, each.installation)
    return phone


async def forget(db: Connection, member_id: UUID, installation: str) -> None:
    """Reach the member on this phone no more. Asking twice is no harm."""
    if address := await sql.address_of(db, member_id, installation):
        await sql.disown(db, digest(address), Owner(member_id, installation))
        await sql.forget_phone(db, member_id, installation, address)


async def messages(db: Connection, member_id: UUID) -> list[Message]:
    """What the member was told, or was not, the newest first."""
    return await sql.messages(db, member_id, MESSAGES_MAX)


async def announce(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Tell members of an offer, a finished challenge or a new tier. One member's messages follow each other, so that
    each knows of the one before."""
    of_member: dict[UUID, list[Task]] = defaultdict(list)
    for task in tasks:
        of_member[task.member_id].append(task)
    gate = asyncio.Semaphore(MEMBERS_AT_ONCE)

    async def in_turn(mine: list[Task]) -> list[Settled]:
        async with gate:
            return [await tell(world, task, at) for task in mine]

    return [settled for each in await asyncio.gather(*map(in_turn, of_member.values())) for settled in each]


async def tell(world: World, task: Task, at: Instant) -> Settled:
    """One message: decide, send with no transaction open, write down what came of it."""
    async with world.database.transaction() as db:
        decided = await consider(db, task, at)
    if not isinstance(decided, Delivery):
        return decided
    answers = await delivery.send(world.fcm, decided, at)
    async with world.database.transaction() as db:
        return await delivery.conclude(db, decided, answers, at)


async def consider(db: Connection, task: Task, at: Instant) -> Settled | Delivery:
    """Ask the arbiter. What is not sent now is written down with its reason; what was told before is not told again."""
    known = await sql.message(db, task.member_id, task.key)
    if known and known.state != "held" and not known.waiting:
        return Done(task)
    payload = task.payload or {}
    kind: Kind = payload["kind"]
    if kind == "spent" and (unwritten := await not_yet(db, task, payload["subject"], at)):
        return unwritten
    phones = await sql.phones(db, task.member_id)
    try:
        member = await members.member(db, task.member_id)
    except NotFound:
        return Done(task)
    wishes = await wishes_of(db, member, phones)
    told = await texts.notice(db, task.member_id, kind, payload["subject"], member.language, wishes.zone, at)
    if told is None:
        return Dead(task, f"nothing to tell of {kind} {payload['subject']}")
    if known and known.sent_at:
        phones = [phone for phone in phones if phone.installation in known.waiting]
    offers_only = [kind] if kind not in SERVICE else []
    recent = await sql.sends_since(db, task.member_id, offers_only, arbiter.counted_since(at), task.key)
    message = Message(
        id=task.key, kind=kind, subject=payload["subject"], title=told.title, body=told.body, decided_at=at,
        ends_at=told.window.until if told.window else None, sent_at=known.sent_at if known else None,
    )  # fmt: skip
    match arbiter.decide(kind, wishes, phones, told.window, recent, at, told.by_phone):
        case Send():
            return Delivery(task, message, tuple(phones), member.language)
        case Hold(until, reason):
            await delivery.keep(db, task, message, "held", reason, until, known.waiting if known else [])
            return NotBefore(task, until)
        case Drop(reason):
            await delivery.keep(db, task, message, "dropped", reason)
        case Inbox(reason):
            await delivery.keep(db, task, message, "inbox", reason)
    return Done(task)


async def not_yet(db: Connection, task: Task, fact_id: str, at: Instant) -> Settled | None:
    """What was let spend is told once it is written; what is not within a minute was refused after all."""
    if await journal.whose(db, fact_id):
        return None
    spent = await authorisation.spent(db, task.member_id, fact_id)
    return NotBefore(task, at + 1) if spent and at - spent.at < MINUTE else Done(task)


async def wishes_of(db: Connection, member: members.Member, phones: Sequence[Phone]) -> Wishes:
    """What the member allows."""
    return Wishes(
        offers=member.consents.get(OFFERS, False),
        zone=await zone_of(db, member, phones),
        quiet_from=member.quiet_from,
        quiet_until=member.quiet_until,
        messages_a_week=member.messages_a_week,
    )


async def zone_of(db: Connection, member: members.Member, phones: Sequence[Phone] | None = None) -> str:
    """The zone where their phone was last, else their own, else the programme's."""
    if phones is None:
        phones = await sql.phones(db, member.id)
    if known := next((phone.zone for phone in phones if phone.zone), member.zone):
        return known
    return (await rulebooks.program(db)).rulebook.zone
