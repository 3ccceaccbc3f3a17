"""Points given or taken by hand. Up to a limit one operator may; above it a second one decides within a week.

The register says who asked and who decided; the fact stands in the member's journal under the same id and bears both.
A crash between the two is made good by the clock (`settle_due`)."""

import logging
from uuid import UUID

from msgspec import json

from punchcard import journal, members, rulebooks
from punchcard.foundation.clock import DAY, MINUTE, Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound, OtherBody, Refused, Running
from punchcard.journal import Recorded
from punchcard.partners import Operator
from punchcard.programme import Adjustment, Program, Ruling, Standing, balance

from . import sql
from .model import (
    LAPSES_SECONDS,
    Adjusted,
    AdjustmentLapsed,
    AdjustmentView,
    ByHand,
    NothingToAdjust,
    NotThatMany,
    SecondPersonNeeded,
    State,
    Wish,
    view,
)

ALONE_A_DAY = 10
"""How many times the limit of one adjustment an operator may move alone in 24 hours."""
LISTED_MOST = 500
LEFT_SECONDS = MINUTE
log = logging.getLogger(__name__)


async def adjust(
    database: Database, operator: Operator, member_id: UUID, id: UUID, wish: Wish, most_alone: int, at: Instant
) -> tuple[ByHand, Recorded]:
    """Give or take points by hand. Within what the operator may alone it is written at once; else it waits for a second
    person. Answers the register's row and `Adjusted` as JSON; asking twice does it once and answers the same bytes."""
    if not wish.points:
        raise NothingToAdjust
    asked = json.encode(("adjustment", operator.id, member_id, wish))
    async with database.reading() as db:
        known, new = await sql.adjustment(db, id), False
    if known is None:
        known, new = await enter(database, operator, member_id, id, wish, asked, most_alone, at)
    if known.asked != asked:
        raise OtherBody(id=str(id))
    if known.alone:
        return known, await settle(database, known, at)
    return known, Recorded(str(id), answer(known, "waiting"), not new, None)


async def enter(
    database: Database,
    operator: Operator,
    member_id: UUID,
    id: UUID,
    wish: Wish,
    asked: bytes,
    most_alone: int,
    at: Instant,
) -> tuple[ByHand, bool]:
    """Put it into the register; what was put there under this id meanwhile stands, though it may be refused by now because
    it is done. Says which is there, and whether it is new."""
    try:
        currency = await refuse_impossible(database, member_id, id, wish, at)
    except Refused:
        async with database.reading() as db:
            known = await sql.adjustment(db, id)
        if known is None:
            raise
        return known, False
    async with database.transaction() as db:
        await sql.hold_author(db, operator.id)
        moved = await sql.adjusted_alone(db, operator.id, at - DAY)
        kept = entered(operator, member_id, id, wish, currency, asked, may_alone(wish.points, moved, most_alone), at)
        if await sql.insert_adjustment(db, kept):
            return kept, True
        known = await sql.adjustment(db, id)
        assert known is not None
        return known, False


def may_alone(points: int, moved: int, most_alone: int) -> bool:
    """Whether one person is enough, who moved so many points alone within a day."""
    return abs(points) <= most_alone and moved + abs(points) <= ALONE_A_DAY * most_alone


async def refuse_impossible(database: Database, member_id: UUID, id: UUID, wish: Wish, at: Instant) -> str:
    """Refuse what the journal would refuse, before anybody is asked to decide; says the currency."""
    async with database.reading() as db:
        if (await members.member(db, member_id)).state == "erased":
            raise NotFound
        if await journal.whose(db, str(id)):
            raise OtherBody(id=str(id))
        currency = wish.currency or (await rulebooks.program(db)).main
        fact = Adjustment(id=str(id), at=at, points=wish.points, reason=wish.reason, currency=currency)
        trial = await journal.quote(db, member_id, fact, at)
    refuse_more_than_is_there(trial.before, wish.points, currency)
    return currency


def refuse_more_than_is_there(before: Standing, points: int, currency: str) -> None:
    if (held := balance(before, currency)) < -points:
        raise NotThatMany(balance=held, wanted=-points)


def entered(
    operator: Operator, member_id: UUID, id: UUID, wish: Wish, currency: str, asked: bytes, alone: bool, at: Instant
) -> ByHand:
    return ByHand(
        id=id,
        member_id=member_id,
        points=wish.points,
        currency=currency,
        reason=wish.reason,
        note=wish.note,
        asked=asked,
        author=operator.id,
        asked_at=at,
        alone=alone,
        state="approved" if alone else "waiting",
    )


async def settle(database: Database, kept: ByHand, at: Instant) -> Recorded:
    """Write what may be written; once, however often it is tried. What the journal's door refuses was never approved."""
    by = "+".join(str(each) for each in (kept.author, kept.decider) if each)
    fact = Adjustment(
        id=str(kept.id),
        at=at,
        points=kept.points,
        reason=kept.reason,
        currency=kept.currency,
        author=by,
        note=kept.note,
    )

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        refuse_more_than_is_there(before, kept.points, kept.currency)

    def receipt(_before: Standing, ruling: Ruling, _program: Program) -> bytes:
        return answer(kept, "written", balance(ruling.standing, kept.currency))

    try:
        recorded = await journal.submit(
            database, kept.member_id, fact, at, door=door, receipt=receipt, asked=kept.asked
        )
    except Running:
        raise
    except Refused:
        async with database.transaction() as db:
            await sql.take_back_approval(db, kept.id)
        raise
    async with database.transaction() as db:
        await sql.set_written(db, kept.id)
    return recorded


async def decide(database: Database, operator: Operator, id: UUID, approve: bool, at: Instant) -> Recorded:
    """A second person lets an adjustment be written, or does not. Never the one who asked for it. Deciding twice alike is
    deciding once; what was decided stays so."""
    async with database.transaction() as db:
        kept = await sql.hold_adjustment(db, id)
        if kept is None or kept.alone:
            raise NotFound
        if operator.id == kept.author:
            raise SecondPersonNeeded
        wanted: State = "approved" if approve else "rejected"
        if kept.decider:
            if kept.decider != operator.id or (kept.state == "rejected") == approve:
                raise OtherBody(id=str(id))
        elif at >= kept.until:
            raise AdjustmentLapsed
        else:
            await sql.set_decided(db, id, wanted, operator.id, at)
        decided = await sql.adjustment(db, id)
        assert decided is not None
    if approve:
        return await settle(database, decided, at)
    return Recorded(str(id), answer(decided, "rejected"), kept.decider is not None, None)


def answer(kept: ByHand, state: State, there: int | None = None) -> bytes:
    return json.encode(
        Adjusted(
            id=str(kept.id),
            state=state,
            points=kept.points,
            currency=kept.currency,
            reason=kept.reason,
            until=moment(kept.until) if state == "waiting" else None,
            balance=there,
        )
    )


async def adjustments(db: Connection, state: State) -> list[AdjustmentView]:
    """What is in this state, the newest 500, in the order in which they were asked for."""
    return [view(each) for each in await sql.adjustments(db, state, LISTED_MOST)]


async def settle_due(database: Database, at: Instant) -> int:
    """Let lapse what nobody decided in a week, and write what was approved by somebody who then went away. Says how much."""
    async with database.transaction() as db:
        lapsed = await sql.let_lapse(db, at - LAPSES_SECONDS)
        left = await sql.approved_before(db, at - LEFT_SECONDS)
    for each in left:
        try:
            await settle(database, each, at)
        except Refused as refusal:
            log.warning("adjustment %s was approved and cannot be written: %s", each.id, refusal)
    return lapsed + len(left)
