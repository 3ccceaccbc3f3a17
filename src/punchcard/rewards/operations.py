"""See what points can be spent on, claim it, hand it back."""

from collections.abc import Container
from uuid import UUID

import msgspec

from punchcard import budgets, journal, rulebooks
from punchcard.budgets import Wanted
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound, Refused, Running
from punchcard.journal import Recorded
from punchcard.programme import NEVER, Program, Reward, Ruling, Spend, Standing, Unspend, Voucher, held_vouchers

from . import sql
from .model import (
    Claim,
    ClaimHeld,
    ClaimLapsed,
    ClaimUsed,
    Kept,
    Priced,
    SoldOut,
    State,
    check,
    code_of,
    handing_back,
    partner_of,
    priced,
    spend_on,
    state_of,
    viewed,
)

CLAIMS_MAX = 50
NOTHING_EARLY: frozenset[str] = frozenset()


async def catalogue(
    db: Connection, member_id: UUID, at: Instant, early: Container[str] = NOTHING_EARLY
) -> list[Priced]:
    """What can be claimed now, the cheapest first. `early`: what this member may have before it begins."""
    program = await rulebooks.program(db)
    standing = await journal.standing(db, member_id, at)
    sooner = [reward for reward in program.rulebook.rewards if reward.id in early and at < reward.since]
    open_now = {reward.id: reward for reward in (*sooner, *program.rewards(at))}
    return sorted((priced(reward, standing) for reward in open_now.values()), key=lambda each: (each.points, each.id))


async def claim(
    database: Database,
    member_id: UUID,
    reward_id: str,
    claim_id: UUID,
    at: Instant,
    language: str = locale.LANGUAGES[0],
    early: Container[str] = NOTHING_EARLY,
) -> Recorded:
    """Spend points on a reward. Asking twice claims once, and answers the same bytes: `ClaimView` as JSON."""
    async with database.reading() as db:
        reward = reward_of(await rulebooks.program(db), reward_id, at)
    fact = spend_on(reward, claim_id, at)

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        check(reward, before, at, reward.id in early)

    def receipt(_before: Standing, _ruling: Ruling, _program: Program) -> bytes:
        return msgspec.json.encode(viewed(claimed(fact.id, reward, fact.points, "active", at, fact.until), language))

    asked = b"claim " + reward_id.encode()
    if reward.stock:
        await take_one(database, reward, fact, asked, at)
    try:
        return await journal.submit(database, member_id, fact, at, door=door, receipt=receipt, asked=asked)
    except Running:
        raise
    except Refused:
        await budgets.give_up(database, fact.id, [reward.id] if reward.stock else [])
        raise


async def take_one(database: Database, reward: Reward, fact: Spend, asked: bytes, at: Instant) -> None:
    """Set one piece aside for this claim; refuses where none is left, unless the claim stands already."""
    got = await budgets.reserve(database, fact.id, {reward.id: Wanted(1, reward.stock, NEVER)}, at)
    if got[reward.id]:
        return
    async with database.reading() as db:
        if await journal.remembered(db, fact.id, asked):
            return
    await budgets.give_up(database, fact.id, [reward.id])
    raise SoldOut(reward=reward.id)


async def cancel(database: Database, member_id: UUID, claim_id: UUID, at: Instant) -> bool:
    """Hand a claim back that was not used: the points return to the lots they came from. Asking twice is no harm; says
    whether it was handed back before."""
    async with database.reading() as db:
        known = next((each for each in await sql.claims(db, member_id, CLAIMS_MAX) if each.id == str(claim_id)), None)
        standing = await journal.standing(db, member_id, at)
    if known is None:
        raise NotFound(claim=str(claim_id))
    match state_of(known, standing):
        case "handed-back":
            return True
        case "used":
            raise ClaimUsed(claim=known.id)
        case "lapsed":
            raise ClaimLapsed(claim=known.id)

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        if known.id not in before.vouchers:
            raise ClaimUsed(claim=known.id)
        if known.id in held_vouchers(before):
            raise ClaimHeld(claim=known.id)

    fact = Unspend(id=handing_back(claim_id), at=at, deal=known.id)
    return (await journal.submit(database, member_id, fact, at, door=door)).repeated


async def claims(db: Connection, member_id: UUID, at: Instant) -> list[Claim]:
    """What the member claimed, the newest first: what waits to be used, what was used, and what came back."""
    standing, program = await journal.standing(db, member_id, at), await rulebooks.program(db)
    return [told(kept, standing, program) for kept in await sql.claims(db, member_id, CLAIMS_MAX)]


async def claimed_as(db: Connection, member_id: UUID, claim_id: UUID, at: Instant) -> Claim | None:
    """One of the member's claims, however old; None when it is none of theirs."""
    kept = await sql.claim(db, member_id, str(claim_id))
    return told(kept, await journal.standing(db, member_id, at), await rulebooks.program(db)) if kept else None


async def vouchers(db: Connection, member_id: UUID, at: Instant) -> dict[str, Voucher]:
    """What the member can use at a till now, by the id of the claim."""
    return (await journal.standing(db, member_id, at)).vouchers


def told(kept: Kept, standing: Standing, program: Program) -> Claim:
    reward = reward_of(program, kept.reward, kept.claimed_at)
    return claimed(kept.id, reward, kept.points, state_of(kept, standing), kept.claimed_at, kept.until)


def claimed(id: str, reward: Reward, points: int, state: State, at: Instant, until: Instant) -> Claim:
    return Claim(
        id=id,
        reward=reward.id,
        name=reward.name,
        points=points,
        state=state,
        code=code_of(id),
        claimed_at=at,
        until=until or None,
        kind=reward.kind,
        text=reward.text,
        partner=partner_of(reward.places),
    )


def reward_of(program: Program, reward_id: str, at: Instant) -> Reward:
    """The reward as it was given at that instant, else as it was last promised."""
    found = next((reward for reward in program.rewards(at) if reward.id == reward_id), None)
    promise = found or program.promise(reward_id)
    if not isinstance(promise, Reward):
        raise NotFound(reward=reward_id)
    return promise
