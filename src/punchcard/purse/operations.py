"""Set aside what a sale will take, and set it free."""

from uuid import UUID

import msgspec
from msgspec import Struct

from punchcard import authorisation, journal, rulebooks
from punchcard.authorisation import Shown, Spending
from punchcard.foundation.clock import MINUTE, Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.errors import NotFound, Refused
from punchcard.journal import Recorded
from punchcard.partners import Till
from punchcard.programme import Hold, Program, Release, Reward, Ruling, Standing, balance, held_vouchers

from .loads import as_before, holder
from .model import Held, NoSuchVoucher, NotEnough, VoucherElsewhere, VoucherHeld


class Wanted(Struct, frozen=True):
    """What a till wants set aside: points of a currency, or a voucher; for how many minutes."""

    card: str
    points: int
    currency: str
    minutes: int
    voucher: str = ""
    approval: str = ""


async def hold(
    database: Database, secrets: tuple[str, ...], till: Till, hold_id: UUID, wanted: Wanted, at: Instant
) -> Recorded:
    """Set it aside for a sale to come, if the card may spend so much as it was shown. Asking twice holds once, and answers
    the same bytes: `Held` as JSON."""
    asked = msgspec.json.encode(("hold", till.id, wanted))
    try:
        member_id, fact = await permitted(database, secrets, till, hold_id, wanted, at)
    except Refused:
        if known := await as_before(database, hold_id, asked):
            return known
        raise

    def door(before: Standing, _ruling: Ruling, program: Program) -> None:
        is_there(before, fact, till, program)

    def receipt(_before: Standing, ruling: Ruling, program: Program) -> bytes:
        currency = program.main if fact.voucher else fact.currency
        return msgspec.json.encode(
            Held(
                id=fact.id,
                points=fact.points,
                currency=currency,
                voucher=fact.voucher,
                until=moment(fact.until),
                balance=balance(ruling.standing, currency),
            )
        )

    return await journal.submit(database, member_id, fact, at, door=door, receipt=receipt, asked=asked)


async def permitted(
    database: Database, secrets: tuple[str, ...], till: Till, hold_id: UUID, wanted: Wanted, at: Instant
) -> tuple[UUID, Hold]:
    """Whose card it is, and the hold as a fact, once the card may spend what it sets aside."""
    shown = authorisation.shown(secrets, wanted.card, till, at)
    async with database.reading() as db:
        member_id = await holder(db, shown)
        program = await rulebooks.program(db)
        before = await journal.standing(db, member_id, at)
    fact = Hold(
        id=str(hold_id),
        at=at,
        points=wanted.points,
        until=at + wanted.minutes * MINUTE,
        currency=wanted.currency,
        purpose=till.partner_id,
        voucher=wanted.voucher,
    )
    is_there(before, fact, till, program)
    if fact.voucher and (lapses := before.vouchers[fact.voucher].until):
        fact = msgspec.structs.replace(fact, until=min(fact.until, lapses))
    await authorisation.permit(
        database, spending_of(fact, member_id, shown, till, wanted, worth(fact, before, program))
    )
    return member_id, fact


def spending_of(fact: Hold, member_id: UUID, shown: Shown, till: Till, wanted: Wanted, worth: int) -> Spending:
    return Spending(
        member_id=member_id,
        shown=shown,
        fact_id=fact.id,
        shop_id=till.shop_id,
        till_id=till.id,
        worth=worth,
        at=fact.at,
        approval=wanted.approval,
    )


def worth(fact: Hold, before: Standing, program: Program) -> int:
    """What the hold will spend, in minor units: a reward what it takes off, or else what it cost."""
    currency, points = fact.currency, fact.points
    if fact.voucher:
        voucher = before.vouchers[fact.voucher]
        currency, points = voucher.currency, voucher.points
        reward = program.promise(voucher.reward)
        if isinstance(reward, Reward) and reward.amount:
            return reward.amount
    known = program.currency(currency)
    if known is None:
        return 0
    return points * (1 if known.kind == "money" else known.value)


def is_there(before: Standing, fact: Hold, till: Till, program: Program) -> None:
    """Refuse what the card does not hold, and a voucher that is for other shops or set aside already."""
    if not fact.voucher:
        if (there := balance(before, fact.currency)) < fact.points:
            raise NotEnough(balance=there, wanted=fact.points)
        return
    voucher = before.vouchers.get(fact.voucher)
    if voucher is None:
        raise NoSuchVoucher(voucher=fact.voucher)
    reward = program.promise(voucher.reward)
    if isinstance(reward, Reward) and not reward.places.match(till.partner_id, till.shop_id):
        raise VoucherElsewhere(voucher=fact.voucher)
    if fact.voucher in held_vouchers(before):
        raise VoucherHeld(voucher=fact.voucher)


async def release(database: Database, till: Till, hold_id: UUID, at: Instant) -> bool:
    """Set free what one's own partner holds; what was captured or has lapsed needs nothing. Says whether it was set free
    by the same request before."""
    id, asked = f"{hold_id}/free", msgspec.json.encode(("release", till.partner_id))
    async with database.reading() as db:
        whose = await journal.whose(db, str(hold_id))
        if whose is None:
            raise NotFound(hold=str(hold_id))
        if await journal.remembered(db, id, asked):
            return True
        held = (await journal.standing(db, whose.member_id, at)).holds.get(str(hold_id))
    if held is None:
        return False
    if held.purpose != till.partner_id:
        raise NotFound(hold=str(hold_id))
    fact = Release(id=id, at=at, deal=str(hold_id))
    return (await journal.submit(database, whose.member_id, fact, at, asked=asked)).repeated
