"""What is to become of messages: everything that decides is read for a whole batch at once, then the arbiter is asked."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from punchcard import authorisation, journal, members, rulebooks
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import Dead, Done, NotBefore, Settled, Task
from punchcard.programme import Program

from . import arbiter, delivery, sql, texts
from .model import SERVICE, Case, Delivery, Drop, Hold, Inbox, Kind, Message, Phone, Send, Wishes

OFFERS = "marketing"
"""The purpose that a member consents to before offers are pushed."""


class Known(Struct, frozen=True):
    """What decides over the messages of a batch."""

    program: Program
    members: dict[UUID, members.Member]
    phones: dict[UUID, list[Phone]]
    messages: dict[tuple[UUID, str], Message]
    recent: dict[UUID, dict[str, Instant]]
    """The messages for which each member's phones sounded lately: those that the caps count."""


class Kept(Struct, frozen=True):
    """Nothing is sent now: how the task is settled, and what is written down, if anything."""

    settled: Settled
    message: Message | None = None


async def known(db: Connection, tasks: Sequence[Task], at: Instant) -> Known:
    """Everything but the texts, in a statement each for the whole batch."""
    everybody = list({task.member_id for task in tasks})
    wooed = list({task.member_id for task in tasks if kind_of(task) not in SERVICE})
    return Known(
        await rulebooks.program(db),
        await members.by_ids(db, everybody),
        await sql.phones_of(db, everybody),
        await sql.known(db, [(task.member_id, task.key) for task in tasks]),
        await sql.sounded_since(db, wooed, arbiter.counted_since(at)) if wooed else {},
    )


def kind_of(task: Task) -> Kind:
    kind: Kind = (task.payload or {})["kind"]
    return kind


async def consider(db: Connection, given: Known, task: Task, at: Instant) -> Kept | Delivery:
    """Ask the arbiter. What is not sent now is kept with its reason; what was told before is not told again."""
    before = given.messages.get((task.member_id, task.key))
    if before and before.state != "held" and not before.waiting:
        return Kept(Done(task))
    kind, subject = kind_of(task), (task.payload or {})["subject"]
    if kind == "spent" and (unwritten := await not_yet(db, task, subject, at)):
        return Kept(unwritten)
    if (member := given.members.get(task.member_id)) is None:
        return Kept(Done(task))
    phones = given.phones.get(task.member_id, [])
    wishes = wishes_of(given.program, member, phones)
    told = await texts.notice(db, given.program, member.id, kind, subject, member.language, wishes.zone, at)
    if told is None:
        return Kept(Dead(task, f"nothing to tell of {kind} {subject}"))
    if before and before.sent_at:
        phones = [phone for phone in phones if phone.installation in before.waiting]
    case = Case(
        kind=kind,
        at=at,
        wishes=wishes,
        topic=told.topic,
        window=told.window,
        use=told.use,
        recent=[when for key, when in given.recent.get(member.id, {}).items() if key != task.key],
        by_phone=told.by_phone,
        phones=len(phones),
    )
    message = Message(
        id=task.key, kind=kind, subject=subject, title=told.title, body=told.body, decided_at=at,
        ends_at=told.window.until if told.window else None, sent_at=before.sent_at if before else None,
        channel=before.channel if before else "",
    )  # fmt: skip
    match arbiter.decide(case):
        case Send(channel):
            message = replace(message, channel=channel)
            return Delivery(task, message, tuple(phones), member.language)
        case Hold(until, reason):
            waiting = before.waiting if before else []
            return Kept(NotBefore(task, until), delivery.become(message, "held", reason, until, waiting))
        case Drop(reason):
            return Kept(Done(task), delivery.become(message, "dropped", reason))
        case Inbox(reason):
            return Kept(Done(task), delivery.become(message, "inbox", reason))


async def not_yet(db: Connection, task: Task, fact_id: str, at: Instant) -> Settled | None:
    """What was let spend is told once it is written; what is not within a minute was refused after all."""
    if await journal.whose(db, fact_id):
        return None
    spent = await authorisation.spent(db, task.member_id, fact_id)
    return NotBefore(task, at + 1) if spent and at - spent.at < MINUTE else Done(task)


def wishes_of(program: Program, member: members.Member, phones: Sequence[Phone]) -> Wishes:
    """What the member allows."""
    return Wishes(
        offers=member.consents.get(OFFERS, False),
        zone=zone_of(program, member, phones),
        quiet_from=member.quiet_from,
        quiet_until=member.quiet_until,
        messages_a_week=member.messages_a_week,
    )


def zone_of(program: Program, member: members.Member, phones: Sequence[Phone]) -> str:
    """The zone where their phone was last, else their own, else the programme's."""
    return next((phone.zone for phone in phones if phone.zone), member.zone) or program.rulebook.zone
