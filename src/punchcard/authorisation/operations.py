"""Let a spending pass or refuse it; say beforehand what would pass; lock, unlock and switch off.

A rotating code of a card is guessed with 3 in 10^8 a try (eight digits, three half minutes). Five wrong ones in a quarter
of an hour lock the card's rotating codes out for the rest of it, right ones too, in the same words: of a million guesses at
500 a second at most 15 are heard, which hit with 4.5 in 10^7."""

from uuid import UUID

from punchcard.foundation import news
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Refused
from punchcard.partners import Till

from . import approvals, codes, judging, looking, sql
from .model import (
    CodeUsed,
    RotatingLocked,
    RotatingWrong,
    Shown,
    ShownElsewhere,
    Spending,
    SpendingOff,
    SpendingRule,
    SpendLocked,
    Spent,
)

WRONG_MOST, WRONG_SECONDS = 5, 15 * MINUTE


async def presented(database: Database, shown: Shown, till: Till, at: Instant) -> None:
    """A rotating code is good for one till: remember that it was shown here, or refuse it as shown elsewhere, or wrong."""
    if shown.proof != "rotating" and not shown.wrong:
        return
    async with database.transaction() as db:
        refused = await met(db, shown, till.id, at)
    if refused:
        raise refused


async def permit(database: Database, spending: Spending) -> None:
    """Let it pass, and remember it; or refuse: switched off, locked, shown twice, above the floor, too fast, too far.

    Whoever asks again for the same fact, till and worth is let through again, unless spending was switched off or locked
    since. What earlier holds cover passes a lock, too: it was promised to the shop before. A spending that passed here and
    was refused by the journal counts all the same, until the day is over."""
    async with database.transaction() as db:
        refused = await passed(db, spending)
    if refused:
        raise refused


async def passed(db: Connection, spending: Spending) -> Refused | None:
    """A wrong code is answered and not raised, because its count must be committed."""
    await sql.hold(db, spending.member_id)
    place = await looking.place(db, spending.member_id, spending.shop_id, spending.shown)
    trail = await looking.trail(db, spending.member_id)
    worth = judging.uncovered(trail, spending)
    captures = bool(spending.holds) and not worth
    if not place.allowed:
        raise SpendingOff
    if place.locked and not captures:
        raise SpendLocked
    known = next((each for each in trail if each.fact_id == spending.fact_id), None)
    if known and known.till_id == spending.till_id and worth <= known.worth:
        return None
    if captures:
        await sql.keep(db, spending, worth, approved=False)
        return None
    if refused := await proven(db, spending):
        return refused
    approved = await approvals.use(db, spending, worth) if spending.approval else False
    if not approved and (refused := judging.refusal(judging.allowance(place, trail, spending), worth)):
        raise refused
    await sql.keep(db, spending, worth, approved)
    await news.tell(db, spending.member_id, [Spent(spending.fact_id)], spending.at)
    return None


async def proven(db: Connection, spending: Spending) -> Refused | None:
    """Use a rotating code up; others prove nothing more than themselves."""
    shown = spending.shown
    if shown.proof != "rotating" and not shown.wrong:
        return None
    if refused := await met(db, shown, spending.till_id, spending.at):
        return refused
    if not await sql.use_step(db, shown, spending.till_id, spending.fact_id, spending.holds):
        raise CodeUsed
    return None


async def met(db: Connection, shown: Shown, till_id: str, at: Instant) -> Refused | None:
    """Bind the code to this till. One that was bound before, as a session's, is not asked for guesses again; else it must
    be of now by our clock, whatever time the till told when it was read."""
    if not shown.wrong and await sql.step_till(db, shown) == till_id:
        return None
    wrong = shown.wrong or not codes.is_of_now(shown, at)
    tried = await sql.guesses(db, shown.code_hash, int(wrong), at, float(WRONG_SECONDS))
    if tried.wrong - wrong >= WRONG_MOST:
        return RotatingLocked(retry_after_seconds=tried.since + WRONG_SECONDS - at)
    if wrong:
        return RotatingWrong()
    if not await sql.bind_step(db, shown, till_id, at):
        raise ShownElsewhere
    return None


async def rule(db: Connection) -> SpendingRule:
    """Whether anybody may spend now, and how much a day."""
    return await sql.rule(db)


async def set_rule(db: Connection, allowed: bool, day_limit: int | None) -> SpendingRule:
    """Let everybody spend or nobody, at once and in every process; earning goes on."""
    return await sql.set_rule(db, allowed, day_limit)


async def refuse_when_off(db: Connection) -> None:
    """Where points leave a card without being spent: while spending is switched off they stay."""
    if not (await rule(db)).allowed:
        raise SpendingOff


async def lock(db: Connection, member_id: UUID, at: Instant) -> None:
    """Let this card spend nothing until it is unlocked. It goes on earning."""
    await sql.lock(db, member_id, at)


async def unlock(db: Connection, member_id: UUID) -> None:
    """Let it spend again, at once: whoever asks is signed in, which nobody is by a copied card, and a member who had to
    wait at the till would not lock again."""
    await sql.unlock(db, member_id)


async def locked_since(db: Connection, member_id: UUID) -> Instant | None:
    """Since when the member's card spends nothing; None when it may."""
    return await sql.locked_since(db, member_id)
