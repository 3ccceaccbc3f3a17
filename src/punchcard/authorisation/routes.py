"""The member's codes, lock and answers; what a till asks to be approved; the operators' switch."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from punchcard import members
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.money import Money
from punchcard.foundation.settings import Settings
from punchcard.partners import Operator, Till, owners_only

from . import approvals, codes, operations
from .model import Approval, ApprovalState, ScannedText, SpendingRule, Worth

DayLimit = Annotated[int, Meta(ge=0, le=1_000_000_000, description="Minor units, for example cents.")]


class CardCodes(Struct, frozen=True):
    """What the app needs to show the card without a network."""

    static: str
    prefix: str
    """What stands before the digits of the rotating code."""
    key: str
    """Of RFC 6238 with SHA-1, in hexadecimal digits."""
    period: int
    """Seconds that a code lasts."""
    digits: int
    tap: str
    """What a reader is told."""


class SpendLock(Struct, frozen=True):
    """Whether my card spends nothing, and since when."""

    locked: bool
    since: datetime | None


class ApprovalRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask the member whose card this is to let so much be spent."""

    card: ScannedText
    worth: Worth
    total: Worth | None = None
    """The whole bill, for the member to see."""


class ApprovalView(Struct, frozen=True):
    """What has become of an approval, and until when it can be answered or used."""

    id: UUID
    state: ApprovalState
    worth: int
    until: datetime


class ApprovalToGive(Struct, frozen=True):
    """A shop asks me to let so much be spent."""

    id: UUID
    shop: str
    till: str
    partner_id: str
    worth: Money
    points: int
    """What the worth comes to in what the card shows; at most so many go."""
    asked_at: datetime
    until: datetime
    total: Money | UnsetType = UNSET
    """The whole bill, where the till said it."""


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """Yes or no."""

    approve: bool


class RuleRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether anybody may spend; a limit a day that is left out stays."""

    allowed: bool
    day_limit: DayLimit | None = None


@get("/me/card/codes")
async def read_codes(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    member_id: NamedDependency[UUID],
) -> Response[CardCodes]:
    """What my phone needs to show my card without a network. Nobody on the way may keep it."""
    async with database.reading() as db:
        code = await members.code_of(db, member_id)
    key = codes.totp_key(settings.secrets, code).hex()
    shows = CardCodes(code, code, key, codes.PERIOD_SECONDS, codes.DIGITS, codes.tap_value(code))
    return Response(shows, headers={"Cache-Control": "no-store"})


@get("/me/spend-lock")
async def read_spend_lock(database: NamedDependency[Database], member_id: NamedDependency[UUID]) -> SpendLock:
    """Whether I locked spending."""
    async with database.reading() as db:
        since = await operations.locked_since(db, member_id)
    return SpendLock(since is not None, None if since is None else moment(since))


@put("/me/spend-lock")
async def lock_spending(
    database: NamedDependency[Database], member_id: NamedDependency[UUID], at: NamedDependency[Instant]
) -> SpendLock:
    """Let my card spend nothing; it goes on earning."""
    async with database.transaction() as db:
        await operations.lock(db, member_id, at)
        since = await operations.locked_since(db, member_id)
    assert since is not None
    return SpendLock(True, moment(since))


@delete("/me/spend-lock")
async def unlock_spending(database: NamedDependency[Database], member_id: NamedDependency[UUID]) -> None:
    """Let it spend again, at once."""
    async with database.transaction() as db:
        await operations.unlock(db, member_id)


@put("/till/approvals/{approval_id:uuid}")
async def ask_approval(
    approval_id: FromPath[UUID],
    data: JSONBody[ApprovalRequest],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    till: NamedDependency[Till],
    at: NamedDependency[Instant],
) -> ApprovalView:
    """Ask the member to let so much be spent at this till; there is a minute to answer. The same again asks nobody twice."""
    async with database.transaction() as db:
        asked = await approvals.ask(db, settings.secrets, till, approval_id, data.card, data.worth, at, data.total)
    return view_of(asked, at)


@get("/till/approvals/{approval_id:uuid}")
async def read_approval(
    approval_id: FromPath[UUID],
    database: NamedDependency[Database],
    till: NamedDependency[Till],
    at: NamedDependency[Instant],
) -> ApprovalView:
    """What the member answered. A yes is good for one sale or hold at this till, within five minutes."""
    async with database.reading() as db:
        return view_of(await approvals.asked_by(db, till, approval_id), at)


@get("/me/approvals")
async def list_approvals(
    database: NamedDependency[Database], member_id: NamedDependency[UUID], at: NamedDependency[Instant]
) -> list[ApprovalToGive]:
    """What waits for my yes or no."""
    async with database.reading() as db:
        return [to_give(each) for each in await approvals.requests(db, member_id, at)]


@put("/me/approvals/{approval_id:uuid}")
async def answer_approval(
    approval_id: FromPath[UUID],
    data: JSONBody[Answer],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> ApprovalView:
    """Say yes or no to what a shop asks. The first answer counts."""
    async with database.transaction() as db:
        return view_of(await approvals.answer(db, member_id, approval_id, data.approve, at), at)


@get("/console/spending")
async def read_spending(database: NamedDependency[Database]) -> SpendingRule:
    """Whether anybody may spend now, and how much a day."""
    async with database.reading() as db:
        return await operations.rule(db)


@put("/console/spending")
async def switch_spending(
    data: JSONBody[RuleRequest], database: NamedDependency[Database], operator: NamedDependency[Operator]
) -> SpendingRule:
    """Let everybody spend, or nobody: at once, at every till. Earning goes on."""
    owners_only(operator)
    async with database.transaction() as db:
        return await operations.set_rule(db, data.allowed, data.day_limit)


def view_of(approval: Approval, at: Instant) -> ApprovalView:
    return ApprovalView(approval.approval_id, approval.state(at), approval.worth, moment(approval.until))


def to_give(request: approvals.Request) -> ApprovalToGive:
    asked = request.approval
    return ApprovalToGive(
        id=asked.approval_id,
        shop=request.desk.shop,
        till=request.desk.till,
        partner_id=request.desk.partner_id,
        worth=request.worth,
        points=request.points,
        asked_at=moment(asked.asked_at),
        until=moment(asked.until),
        total=request.total or UNSET,
    )


routes = [
    read_codes,
    read_spend_lock,
    lock_spending,
    unlock_spending,
    ask_approval,
    read_approval,
    list_approvals,
    answer_approval,
    read_spending,
    switch_spending,
]
