"""What is to become of messages: everything that decides is read for a whole batch at once, then the arbiter is asked."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from punchcard import authorisation, journal, members, offers, partners, rulebooks
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import Dead, Done, NotBefore, Settled, Task
from punchcard.foundation.outside import NotSetUp, World
from punchcard.foundation.settings import Settings
from punchcard.members import LastPlace
from punchcard.programme import Program

from . import arbiter, delivery, sql, texts, using
from .model import (
    LOUD,
    SERVICE,
    Cards,
    Case,
    Channel,
    Delivery,
    Drop,
    Hold,
    House,
    Inbox,
    Kind,
    Message,
    Notice,
    Phone,
    Send,
    Slot,
    Use,
    Wishes,
)

OFFERS = "marketing"
"""The purpose that a member consents to before offers are pushed."""
BY_CARD: frozenset[Kind] = frozenset({"offer", "tier"})
"""What a card in a wallet says."""

CardsOf = Callable[[Connection, Settings, Sequence[UUID], Instant], Awaitable[dict[UUID, int]]]
"""Who of these members holds a card in a wallet, and how often it may still ring today."""


async def no_cards(db: Connection, settings: Settings, member_ids: Sequence[UUID], at: Instant) -> dict[UUID, int]:
    """There are no wallets."""
    return {}


class Known(Struct, frozen=True):
    """What decides over the messages of a batch."""

    program: Program
    house: House
    shops: partners.Catalogue
    members: dict[UUID, members.Member]
    phones: dict[UUID, list[Phone]]
    messages: dict[tuple[UUID, str], Message]
    offers: dict[tuple[UUID, str], offers.Telling]
    cards: dict[UUID, Cards]
    recent: dict[UUID, dict[str, Instant]]
    """The messages for which each member's phones sounded lately: those that the caps count."""
    places: dict[UUID, LastPlace]


class Kept(Struct, frozen=True):
    """Nothing goes to a phone now: how the task is settled, and what is written down, if anything."""

    settled: Settled
    message: Message | None = None


async def known(world: World, db: Connection, tasks: Sequence[Task], at: Instant, cards: CardsOf = no_cards) -> Known:
    """Everything but the texts, in a statement each for the whole batch."""
    everybody = list({task.member_id for task in tasks})
    told = [(task.member_id, subject_of(task)) for task in tasks if kind_of(task) == "offer"]
    wooed = list({member_id for member_id, _ in told})
    carded = list({task.member_id for task in tasks if kind_of(task) in BY_CARD})
    phones = await sql.phones_of(db, everybody)
    rings = await cards(db, world.settings, carded, at) if carded else {}
    return Known(
        await rulebooks.program(db),
        House(world.settings.messages_a_day, world.settings.messages_a_week),
        await partners.catalogue(db) if told else partners.Catalogue({}, ()),
        await members.by_ids(db, everybody),
        {member_id: reachable(world, mine) for member_id, mine in phones.items()},
        await sql.known(db, [(task.member_id, task.key) for task in tasks]),
        await offers.tellings(db, told, at),
        {member_id: Cards(True, left) for member_id, left in rings.items()},
        defaultdict(dict, await sql.sounded_since(db, wooed, arbiter.counted_since(at)) if wooed else {}),
        await members.last_places(db, wooed) if wooed else {},
    )


def reachable(world: World, phones: Sequence[Phone]) -> list[Phone]:
    """Those whose push service is set up here."""
    return [
        phone for phone in phones if not isinstance(world.web if phone.address_kind == "web" else world.fcm, NotSetUp)
    ]


def kind_of(task: Task) -> Kind:
    kind: Kind = (task.payload or {})["kind"]
    return kind


def subject_of(task: Task) -> str:
    subject: str = (task.payload or {})["subject"]
    return subject


async def consider(db: Connection, given: Known, task: Task, at: Instant) -> Kept | Delivery:
    """Ask the arbiter. What is not sent now is kept with its reason; what was told before is not told again."""
    before = given.messages.get((task.member_id, task.key))
    if before and before.state != "held" and not before.waiting:
        return Kept(Done(task))
    kind, subject = kind_of(task), subject_of(task)
    if kind == "spent" and (unwritten := await not_yet(db, task, subject, at)):
        return Kept(unwritten)
    member = given.members.get(task.member_id)
    if member is None or member.state == "erased":
        return Kept(Done(task))
    phones = given.phones.get(task.member_id, [])
    wishes = wishes_of(given.program, member, phones)
    telling = given.offers.get((member.id, subject)) if kind == "offer" else None
    told = await texts.notice(db, given.program, member.id, kind, subject, wishes, telling, at)
    if told is None and kind == "reminder":
        return Kept(Done(task))
    if told is None:
        return Kept(Dead(task, f"nothing to tell of {kind} {subject}"))
    if before and before.sent_at:
        phones = [phone for phone in phones if phone.installation in before.waiting]
    zone, last = given.program.rulebook.zone, given.places.get(member.id)
    use = using.use_of(telling, given.shops, zone, last, at) if telling else Use()
    return become(given, task, case_of(given, task, wishes, told, use, phones, at), told, before, phones)


def case_of(
    given: Known, task: Task, wishes: Wishes, told: Notice, use: Use, phones: Sequence[Phone], at: Instant
) -> Case:
    """All that the arbiter may look at."""
    return Case(
        kind=kind_of(task),
        at=at,
        wishes=wishes,
        topic=told.topic,
        window=told.window,
        use=use,
        recent=[when for key, when in given.recent[task.member_id].items() if key != task.key],
        house=given.house,
        by_phone=told.by_phone,
        by_card=told.by_card,
        phones=len(phones),
        cards=given.cards.get(task.member_id, Cards()),
        slot=slot_of(task),
    )


def slot_of(task: Task) -> Slot | None:
    """When its turn is, where the campaign gave it one: {"at": UTC seconds, "reason": "pace" or "send-time"}."""
    turn = (task.payload or {}).get("turn")
    return Slot(turn["at"], turn["reason"]) if turn else None


def become(
    given: Known, task: Task, case: Case, told: Notice, before: Message | None, phones: Sequence[Phone]
) -> Kept | Delivery:
    """The message as the arbiter says, and how its task is settled."""
    message = Message(
        id=task.key,
        kind=case.kind,
        subject=subject_of(task),
        title=told.title,
        body=told.body,
        decided_at=case.at,
        ends_at=told.window.until if told.window else None,
        sent_at=before.sent_at if before else None,
        channel=before.channel if before and before.sent_at else "",
    )
    match arbiter.decide(case):
        case Send("push"):
            return Delivery(task, replace(message, channel="push"), tuple(phones), told.language)
        case Send(channel):
            return Kept(Done(task), on_card(given, task, message, channel, case.at))
        case Hold(until, reason):
            waiting = before.waiting if before else []
            return Kept(NotBefore(task, until), delivery.become(message, "held", reason, until, waiting))
        case Drop(reason):
            return Kept(Done(task), delivery.become(message, "dropped", reason))
        case Inbox(reason):
            return Kept(Done(task), delivery.become(message, "inbox", reason))


def on_card(given: Known, task: Task, message: Message, channel: Channel, at: Instant) -> Message:
    """It stands on a card from now on; one that rings counts for what is decided after it in this batch."""
    sent = message if message.sent_at else replace(message, channel=channel, sent_at=at)
    if channel in LOUD:
        if message.kind not in SERVICE:
            given.recent[task.member_id][task.key] = at
        mine = given.cards[task.member_id]
        given.cards[task.member_id] = replace(mine, rings_left=mine.rings_left - 1)
    return replace(sent, state="sent", reason="", waiting=[])


async def not_yet(db: Connection, task: Task, fact_id: str, at: Instant) -> Settled | None:
    """What was let spend is told once it is written; what is not within a minute was refused after all."""
    if await journal.whose(db, fact_id):
        return None
    spent = await authorisation.spent(db, task.member_id, fact_id)
    return NotBefore(task, at + 1) if spent and at - spent.at < MINUTE else Done(task)


def wishes_of(program: Program, member: members.Member, phones: Sequence[Phone]) -> Wishes:
    """What the member allows. Whose membership rests or is over allows no offers."""
    return Wishes(
        offers=member.consents.get(OFFERS, False) and member.state == "active",
        zone=zone_of(program, member, phones),
        quiet_from=member.quiet_from,
        quiet_until=member.quiet_until,
        messages_a_week=member.messages_a_week,
        muted=member.muted,
        languages=member.spoken,
    )


def zone_of(program: Program, member: members.Member, phones: Sequence[Phone]) -> str:
    """The zone where their phone was last, else their own, else the programme's."""
    return next((phone.zone for phone in phones if phone.zone), member.zone) or program.rulebook.zone
