"""Register phones; tell members of what concerns them, as far as the arbiter lets us."""

from collections import defaultdict, deque
from collections.abc import Sequence
from uuid import UUID

from punchcard import members, rulebooks
from punchcard.foundation import forgetting, news, zones
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import digest
from punchcard.foundation.outbox import Settled, Task
from punchcard.foundation.outside import World

from . import arbiter, deciding, delivery, sql, wording
from .deciding import CardsOf, Kept, Known
from .model import CardRings, Delivery, Message, Owner, Phone

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


async def forget_member(db: Connection, member_id: UUID) -> None:
    """The member left: no phone or browser of theirs hears anything more, and nothing is known of what they were told."""
    await forgetting.withdraw(db, [member_id], ["push.announce", "push.letter"])
    await sql.forget_member(db, member_id)


async def messages(db: Connection, member_id: UUID) -> list[Message]:
    """What the member was told, or was not, the newest first."""
    return await sql.messages(db, member_id, MESSAGES_MAX)


async def told_this_week(db: Connection, member_id: UUID, at: Instant) -> int:
    """For how many offers the member's phones sounded within the days that a cap looks at."""
    since = arbiter.counted_since(at)
    sounded = (await sql.sounded_since(db, [member_id], since)).get(member_id, {})
    return sum(when > since for when in sounded.values())


async def phones(db: Connection, member_id: UUID) -> list[Phone]:
    """The phones and browsers that reach the member, the one seen last first."""
    return await sql.phones(db, member_id)


async def messages_after(db: Connection, member_id: UUID, after: str, limit: int, at: Instant) -> list[Message]:
    """Everything that the member was told or was not, in its words, a page at a time: by id, from the one after this on."""
    return await wording.worded(db, member_id, await sql.messages_after(db, member_id, after, limit), at)


async def announce(
    world: World, tasks: Sequence[Task], at: Instant, cards: CardsOf = deciding.no_cards
) -> list[Settled]:
    """Tell members of an offer, a finished challenge or a new tier. A whole batch is decided at once; what reaches no phone
    now is written, the rest is sent side by side. Of several messages of one member the next is decided when the one before
    has come to a phone or has not, so that it knows."""
    settled: list[Settled] = [*delivery.still_away(world, tasks, at)]
    put_off = {(each.task.member_id, each.task.key) for each in settled}
    turns: dict[UUID, deque[Task]] = defaultdict(deque)
    for task in tasks:
        if (task.member_id, task.key) not in put_off:
            turns[task.member_id].append(task)
    while turns:
        deliveries: list[Delivery] = []
        async with world.database.transaction() as db:
            waiting = [task for mine in turns.values() for task in mine]
            known = await deciding.known(world, db, waiting, at, cards)
            kept: list[tuple[UUID, Kept]] = []
            for mine in turns.values():
                if now := await next_delivery(db, known, mine, kept, at):
                    deliveries.append(now)
            await keep(db, kept, at)
        settled += [each.settled for _, each in kept]
        settled += await deliver(world, deliveries, at)
        turns = {member_id: mine for member_id, mine in turns.items() if mine}
    return settled


async def next_delivery(
    db: Connection, known: Known, mine: deque[Task], kept: list[tuple[UUID, Kept]], at: Instant
) -> Delivery | None:
    """The member's next message that goes to a phone now; what is decided before it is `kept`."""
    while mine:
        decided = await deciding.consider(db, known, task := mine.popleft(), at)
        if isinstance(decided, Delivery):
            return decided
        kept.append((task.member_id, decided))
    return None


async def keep(db: Connection, kept: Sequence[tuple[UUID, Kept]], at: Instant) -> None:
    """Write down what goes to no phone; whose card rings for it hears of that."""
    written = [(member_id, each.message) for member_id, each in kept if each.message]
    await sql.keep_messages(db, written)
    for member_id in dict.fromkeys(member_id for member_id, message in written if message.channel == "google"):
        await news.tell(db, member_id, [CardRings()], at)


async def deliver(world: World, deliveries: Sequence[Delivery], at: Instant) -> list[Settled]:
    """Send with no transaction open, write down what came of it."""
    if not deliveries:
        return []
    answers = await delivery.send_all(world, deliveries, at)
    async with world.database.transaction() as db:
        return await delivery.conclude_all(db, list(zip(deliveries, answers, strict=True)), at)


async def zone_of(db: Connection, member: members.Member) -> str:
    """The zone where their phone was last, else their own, else the programme's."""
    return deciding.zone_of(await rulebooks.program(db), member, await sql.phones(db, member.id))
