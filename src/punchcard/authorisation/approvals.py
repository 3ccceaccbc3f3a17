"""A till asks, the member says yes or no in the app, and the yes lets one spending pass."""

import math
from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from punchcard import members, rulebooks
from punchcard.foundation import limits, news
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import Malformed, NotFound, OtherBody, Refused, TooMany
from punchcard.foundation.money import Money
from punchcard.partners import Till
from punchcard.programme import Program

from . import codes, looking, sql
from .model import (
    ANSWER_SECONDS,
    Approval,
    ApprovalAsked,
    ApprovalDeclined,
    ApprovalOpen,
    ApprovalOver,
    ApprovalState,
    ApprovalTooSmall,
    ApprovalUnknown,
    ApprovalUsed,
    ApprovalWaiting,
    Desk,
    HolderUnknown,
    Shown,
    Spending,
    SpendingOff,
    SpendLocked,
)

ASKED_BURST, ASKED_A_SECOND = 5, 5 / (15 * MINUTE)
"""A member is asked five times in a quarter of an hour: whoever is asked without end says yes at last."""
UNUSABLE: dict[ApprovalState, type[Refused]] = {
    "waiting": ApprovalWaiting,
    "declined": ApprovalDeclined,
    "over": ApprovalOver,
    "used": ApprovalUsed,
}


class Request(Struct, frozen=True):
    """What the app shows of an approval that a shop asks for: the worth, the points of the card that it comes to, and the
    whole bill, if the till said it."""

    approval: Approval
    desk: Desk
    worth: Money
    points: int
    total: Money | None


async def ask(
    db: Connection,
    secrets: tuple[str, ...],
    till: Till,
    approval_id: UUID,
    card: str,
    worth: int,
    at: Instant,
    total: int | None = None,
) -> Approval:
    """Ask the member whose card this is. Asking twice asks once; another card, worth, bill or till under the id is refused.
    The code only says whom to ask, so digits that are no longer right do no harm."""
    if total is not None and total < worth:
        raise Malformed(pointer="/total", why="less than what is to be spent of it")
    shown = codes.shown(secrets, card, till, at)
    member_id = await holder(db, shown)
    await sql.hold(db, member_id)
    if not await sql.own_approval(db, approval_id, member_id, at):
        known = await sql.approval(db, member_id, approval_id)
        if known is None or (known.till_id, known.worth, known.total) != (till.id, worth, total):
            raise OtherBody
        return known
    await refuse_in_vain(db, member_id, till, shown)
    for each in await sql.unanswered(db, member_id, at - ANSWER_SECONDS):
        if each.till_id == till.id:
            raise ApprovalOpen(approval=str(each.approval_id))
    if wait := await limits.take(db, f"approval:{member_id}", ASKED_BURST, ASKED_A_SECOND):
        raise TooMany(retry_after_seconds=math.ceil(wait))
    asked = Approval(approval_id, till.id, till.shop_id, worth, at, total=total)
    await sql.insert_approval(db, member_id, asked)
    await news.tell(db, member_id, [ApprovalAsked(str(approval_id))], at)
    return asked


async def holder(db: Connection, shown: Shown) -> UUID:
    found = (await members.by_cards(db, [shown.code_hash])).get(shown.code_hash)
    if found is None or found.state != "active":
        raise HolderUnknown
    return found.id


async def refuse_in_vain(db: Connection, member_id: UUID, till: Till, shown: Shown) -> None:
    """A yes would not help."""
    place = await looking.place(db, member_id, till.shop_id, shown)
    if not place.allowed:
        raise SpendingOff
    if place.locked:
        raise SpendLocked


async def asked_by(db: Connection, till: Till, approval_id: UUID) -> Approval:
    """What this till asked under this id."""
    member_id = await sql.approval_owner(db, approval_id)
    found = await sql.approval(db, member_id, approval_id) if member_id else None
    if found is None or found.till_id != till.id:
        raise NotFound
    return found


async def requests(db: Connection, member_id: UUID, at: Instant) -> list[Request]:
    """What waits for this member's answer, the oldest first."""
    waiting = await sql.unanswered(db, member_id, at - ANSWER_SECONDS)
    if not waiting:
        return []
    program = await rulebooks.program(db)
    desks, currency = await sql.desks(db, [each.till_id for each in waiting]), program.rulebook.currency
    return [
        Request(
            each,
            desks[each.till_id],
            Money(each.worth, currency),
            points_for(each.worth, program),
            None if each.total is None else Money(each.total, currency),
        )
        for each in waiting
    ]


def points_for(worth: int, program: Program) -> int:
    """So many of what a card shows pay for so much (minor units), as a till reckons it; none where they pay for nothing."""
    known = program.currencies[program.main]
    paid_percent = 100 - min(known.payment.discount_percent, 99)
    return -(-worth * paid_percent // (100 * known.value)) if known.value else 0


async def versions(db: Connection, member_ids: Sequence[UUID], at: Instant) -> dict[UUID, int]:
    """A number for each of these members who is asked something now, which moves when that is answered, over, or joined by
    something else; nobody else is named."""
    return await sql.waiting_versions(db, member_ids, at - ANSWER_SECONDS)


async def answer(db: Connection, member_id: UUID, approval_id: UUID, approved: bool, at: Instant) -> Approval:
    """The member's yes or no. The first answer counts; the same again is harmless."""
    await sql.hold(db, member_id)
    found = await sql.approval(db, member_id, approval_id)
    if found is None:
        raise NotFound
    if found.approved == approved:
        return found
    if found.state(at) != "waiting":
        raise ApprovalOver
    await sql.answer_approval(db, member_id, approval_id, approved, at)
    answered = await sql.approval(db, member_id, approval_id)
    assert answered is not None
    return answered


async def use(db: Connection, spending: Spending, worth: int) -> bool:
    """Let this approval cover this spending and no other; refused with the reason when it cannot. The member is held."""
    found = await sql.approval(db, spending.member_id, approval_id_of(spending))
    if found is None or found.till_id != spending.till_id:
        raise ApprovalUnknown
    if found.fact_id != spending.fact_id and (state := found.state(spending.at)) != "approved":
        raise UNUSABLE[state]
    if worth > found.worth:
        raise ApprovalTooSmall(approved=found.worth, worth=worth)
    await sql.use_approval(db, spending.member_id, found.approval_id, spending.fact_id)
    return True


def approval_id_of(spending: Spending) -> UUID:
    try:
        return UUID(spending.approval)
    except ValueError:
        raise ApprovalUnknown from None
