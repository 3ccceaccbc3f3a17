"""Register phones; tell members of what concerns them, as far as the arbiter lets us."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from punchcard import members, rulebooks
from punchcard.foundation import zones
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import digest
from punchcard.foundation.outbox import Settled, Task
from punchcard.foundation.outside import NotSetUp, World

from . import deciding, delivery, sql
from .deciding import Kept
from .model import Message, Owner, Phone

MEMBERS_AT_ONCE = 4
MESSAGES_MAX = 100
PHONES_MAX = 20


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


async def in_app(world: World, db: Connection, member_ids: Sequence[UUID]) -> set[UUID]:
    """Whom of these we tell of news on a phone with the app."""
    return set() if isinstance(world.fcm, NotSetUp) else await sql.with_phone(db, member_ids)


async def messages(db: Connection, member_id: UUID) -> list[Message]:
    """What the member was told, or was not, the newest first."""
    return await sql.messages(db, member_id, MESSAGES_MAX)


async def announce(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Tell members of an offer, a finished challenge or a new tier. Whatever reaches no phone now is decided and written
    for all of them at once. Who gets something on a phone is told member by member, one message after the other, so that
    each knows of the one before."""
    settled: list[Settled] = []
    unwritten: list[tuple[UUID, Message]] = []
    of_member: dict[UUID, list[Task]] = defaultdict(list)
    async with world.database.reading() as db:
        known = await deciding.known(db, tasks, at)
        for task in tasks:
            decided = None if task.member_id in of_member else await deciding.consider(db, known, task, at)
            if not isinstance(decided, Kept):
                of_member[task.member_id].append(task)
                continue
            settled.append(decided.settled)
            if decided.message:
                unwritten.append((task.member_id, decided.message))
        await sql.keep_messages(db, unwritten)
    gate = asyncio.Semaphore(MEMBERS_AT_ONCE)

    async def in_turn(mine: list[Task]) -> list[Settled]:
        async with gate:
            return [await tell(world, task, at) for task in mine]

    told = await asyncio.gather(*map(in_turn, of_member.values()))
    return [*settled, *(each for mine in told for each in mine)]


async def tell(world: World, task: Task, at: Instant) -> Settled:
    """One message: decide by what holds now, send with no transaction open, write down what came of it."""
    async with world.database.reading() as db:
        decided = await deciding.consider(db, await deciding.known(db, [task], at), task, at)
        if isinstance(decided, Kept):
            await sql.keep_messages(db, [(task.member_id, decided.message)] if decided.message else [])
            return decided.settled
    answers = await delivery.send(world.fcm, decided, at)
    async with world.database.transaction() as db:
        return await delivery.conclude(db, decided, answers, at)


async def zone_of(db: Connection, member: members.Member) -> str:
    """The zone where their phone was last, else their own, else the programme's."""
    return deciding.zone_of(await rulebooks.program(db), member, await sql.phones(db, member.id))
