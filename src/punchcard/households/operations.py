"""Found a household, invite, join and leave; bring points into its pool, see whose they are, take some out.

Points move as transfers do: what leaves one journal is a fact of it, and the worker writes what arrives into the other."""

from uuid import UUID

import msgspec

from punchcard import journal, members, rulebooks
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import new_id
from punchcard.journal import Recorded
from punchcard.programme import Program, Ruling, Standing, TransferOut, balance, share_of

from . import sql
from .model import (
    PEOPLE_MAX,
    AlreadyInOne,
    Home,
    Household,
    HouseholdFull,
    MoreThanYourShare,
    Moved,
    NoHousehold,
    NoInvitation,
    NoSuchCard,
    NotEnoughPoints,
    Person,
    Rule,
    Seat,
    StillOnTheWay,
)


async def found(db: Connection, member_id: UUID, name: str, rule: Rule, at: Instant) -> Household:
    """Begin a household with oneself. The same again is no harm."""
    known = await sql.of(db, member_id)
    if known is not None:
        theirs = await sql.household(db, known)
        if (theirs.name, theirs.rule) != (name, rule):
            raise AlreadyInOne
        return theirs
    household = Household(new_id(), name, rule)
    if not await sql.join(db, member_id, household.household_id, at):
        raise AlreadyInOne
    await sql.add(db, household, at)
    await sql.sit(db, household.household_id, member_id, "in", at)
    return household


async def at_home(db: Connection, member_id: UUID, at: Instant) -> Home:
    """The member's household: what is in its pool, and who brought how much of what is left. Raises NoHousehold."""
    household = await sql.household(db, await home_of(db, member_id))
    pool = await journal.standing(db, household.household_id, at)
    seats = await sql.seats(db, household.household_id)
    known = currencies(pool, await rulebooks.program(db))
    people = [await person(db, seat, member_id, pool, known) for seat in seats]
    return Home(household, {currency: balance(pool, currency) for currency in known}, people)


async def person(db: Connection, seat: Seat, reader: UUID, pool: Standing, known: list[str]) -> Person:
    name = (await members.member(db, seat.person)).name
    shares = {currency: share_of(pool, str(seat.person), currency) for currency in known}
    return Person(
        name=name.split(maxsplit=1)[0] if name.strip() else "",
        is_me=seat.person == reader,
        joined=seat.state == "in",
        shares=shares if seat.state == "in" else {},
    )


async def invite(db: Connection, member_id: UUID, card: str, at: Instant) -> None:
    """Invite whoever holds this card; they answer. Inviting twice is no harm."""
    household_id = await home_of(db, member_id)
    code = members.scanned(card)
    guest = (await members.by_cards(db, [code])).get(code)
    if guest is None or guest.state != "active":
        raise NoSuchCard
    await sql.hold(db, household_id)
    seats = {seat.person for seat in await sql.seats(db, household_id)}
    if guest.id in seats:
        return
    if len(seats) >= PEOPLE_MAX:
        raise HouseholdFull(most=PEOPLE_MAX)
    await sql.sit(db, household_id, guest.id, "invited", at)
    await sql.invite(db, guest.id, household_id, at)


async def invitations(db: Connection, member_id: UUID) -> list[Household]:
    """The households that the member may join."""
    return [await sql.household(db, household_id) for household_id in await sql.invitations(db, member_id)]


async def accept(db: Connection, member_id: UUID, household_id: UUID, at: Instant) -> None:
    """Join a household that invited. Asking twice is no harm. Raises NoInvitation, AlreadyInOne."""
    if await sql.of(db, member_id) == household_id:
        return
    if not await sql.answer(db, member_id, household_id):
        raise NoInvitation(household=str(household_id))
    if not await sql.join(db, member_id, household_id, at):
        raise AlreadyInOne
    await sql.sit(db, household_id, member_id, "in", at)


async def decline(db: Connection, member_id: UUID, household_id: UUID) -> None:
    """Do not join. Asking twice is no harm."""
    if await sql.answer(db, member_id, household_id):
        await sql.rise(db, household_id, member_id)


async def contribute(
    database: Database, member_id: UUID, id: UUID, points: int, currency: str | None, at: Instant
) -> Recorded:
    """Bring points into the pool. Asking twice brings them once, and answers the same bytes: `Moved` as JSON."""
    currency = await named(database, currency)
    asked = msgspec.json.encode(("contribution", member_id, points, currency))
    try:
        async with database.reading() as db:
            household_id = await home_of(db, member_id)
    except Refused:
        return await as_before(database, id, asked)
    fact = TransferOut(id=str(id), at=at, points=points, to=str(household_id), currency=currency, pooled=True)

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        refuse_more_than_there_is(before, fact)

    return await journal.submit(database, member_id, fact, at, door=door, receipt=receipt_of(fact), asked=asked)


async def take(
    database: Database, member_id: UUID, id: UUID, points: int, currency: str | None, at: Instant
) -> Recorded:
    """Move points from the pool to oneself, as far as the household agreed. Asking twice moves them once, and answers
    the same bytes: `Moved` as JSON."""
    currency = await named(database, currency)
    asked = msgspec.json.encode(("withdrawal", member_id, points, currency))
    try:
        async with database.reading() as db:
            household = await sql.household(db, await home_of(db, member_id))
    except Refused:
        return await as_before(database, id, asked)
    fact = TransferOut(id=str(id), at=at, points=points, to=str(member_id), currency=currency)

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        refuse_more_than_there_is(before, fact)
        share = share_of(before, str(member_id), currency)
        if household.rule == "own-share" and points > share:
            raise MoreThanYourShare(share=share, wanted=points)

    pool = household.household_id
    return await journal.submit(database, pool, fact, at, door=door, receipt=receipt_of(fact), asked=asked)


async def leave(database: Database, member_id: UUID, at: Instant) -> None:
    """Leave the household and take one's own share along; the last one takes whatever is there. Leaving twice is no harm."""
    async with database.reading() as db:
        household_id = await sql.of(db, member_id)
        if household_id is None:
            return
        if await sql.is_sending(db, member_id):
            raise StillOnTheWay
        seats = [each for each in await sql.seats(db, household_id) if each.state == "in"]
        pool = await journal.standing(db, household_id, at)
        known = currencies(pool, await rulebooks.program(db))
    is_last = [each.person for each in seats] == [member_id]
    since = next(each.since for each in seats if each.person == member_id)
    for currency in known:
        points = balance(pool, currency) if is_last else share_of(pool, str(member_id), currency)
        if points:
            id = f"{household_id}/{member_id}/{since}/{currency}"
            fact = TransferOut(id=id, at=at, points=points, to=str(member_id), currency=currency)
            await take_along(database, household_id, fact, at)
    async with database.transaction() as db:
        await sql.hold(db, household_id)
        await sql.part(db, member_id, household_id)
        await sql.rise(db, household_id, member_id)
        await sql.unname(db, household_id)


async def forget(db: Connection, member_id: UUID) -> None:
    """The member left the programme, and their household before: no household waits for their answer."""
    await sql.forget(db, member_id)


async def take_along(database: Database, household_id: UUID, fact: TransferOut, at: Instant) -> None:
    """Once for each time that somebody leaves, however often they ask."""

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        refuse_more_than_there_is(before, fact)

    await journal.submit(database, household_id, fact, at, door=door, asked=fact.id.encode())


async def home_of(db: Connection, member_id: UUID) -> UUID:
    household_id = await sql.of(db, member_id)
    if household_id is None:
        raise NoHousehold
    return household_id


async def as_before(database: Database, id: UUID, asked: bytes) -> Recorded:
    """What was answered when the member was in a household."""
    async with database.reading() as db:
        known = await journal.remembered(db, str(id), asked)
    if known is None:
        raise NoHousehold
    return known


async def named(database: Database, currency: str | None) -> str:
    """The currency that was named, else what a card shows."""
    async with database.reading() as db:
        return currency or (await rulebooks.program(db)).main


def currencies(pool: Standing, program: Program) -> list[str]:
    """What there is to spend, first what a card shows."""
    return [program.main, *sorted({lot.currency for lot in pool.lots} - {program.main})]


def refuse_more_than_there_is(before: Standing, fact: TransferOut) -> None:
    if (there := balance(before, fact.currency)) < fact.points:
        raise NotEnoughPoints(balance=there, wanted=fact.points)


def receipt_of(fact: TransferOut) -> journal.Receipt:
    def receipt(before: Standing, ruling: Ruling, _program: Program) -> bytes:
        left = balance(ruling.standing, fact.currency)
        return msgspec.json.encode(
            Moved(id=fact.id, points=fact.points, currency=fact.currency, at=moment(before.at), balance=left)
        )

    return receipt
