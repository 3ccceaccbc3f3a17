"""Write an activity into a member's journal, whoever tells of it. Telling it twice counts once and answers the same."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from msgspec import Struct, json
from msgspec.structs import replace

from punchcard import granting, journal, members, rulebooks
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Refused
from punchcard.journal import Recorded
from punchcard.partners import Till
from punchcard.programme import ADJUSTED, ISSUED, Activity, Program, Ruling, Standing, balance, pending

from .model import CardClosed, CardUnknown, Receipt, TillsOnly, Told, ToldAtTheTill


class Doer(Struct, frozen=True):
    """Who did it, and the language of the receipt."""

    member_id: UUID
    language: str


async def report_at_a_till(
    database: Database, till: Till, activity_id: UUID, told: ToldAtTheTill, at: Instant, late_seconds: int
) -> Recorded:
    """A till or kiosk scans a card and says what its holder did. Answers `Receipt` as JSON."""
    asked = json.encode(("activity", till.id, told), order="deterministic")

    async def doer(db: Connection) -> Doer:
        code = members.scanned(told.card)
        found = (await members.by_cards(db, [code])).get(code)
        if found is None:
            raise CardUnknown
        if found.state != "active":
            raise CardClosed
        return Doer(found.id, found.language)

    fact = fact_of(activity_id, told, at, shop=till.shop_id, partner=till.partner_id, channel="shop")
    return await written(database, doer, fact, asked, at, late_seconds)


async def report_oneself(
    database: Database, member_id: UUID, activity_id: UUID, told: Told, at: Instant, late_seconds: int
) -> Recorded:
    """A member says what they did, where the rulebook lets them. Answers `Receipt` as JSON."""
    asked = json.encode(("activity", member_id, told), order="deterministic")

    async def doer(db: Connection) -> Doer:
        refuse_what_tills_tell(told.kind, await rulebooks.program(db))
        return await holder(db, member_id)

    return await written(database, doer, fact_of(activity_id, told, at, channel="app"), asked, at, late_seconds)


async def report_for(
    database: Database, member_id: UUID, activity_id: UUID, told: Told, at: Instant, late_seconds: int
) -> Recorded:
    """An operator says what a member did. Answers `Receipt` as JSON."""
    asked = json.encode(("activity", "console", member_id, told), order="deterministic")

    async def doer(db: Connection) -> Doer:
        return await holder(db, member_id)

    return await written(database, doer, fact_of(activity_id, told, at), asked, at, late_seconds)


async def holder(db: Connection, member_id: UUID) -> Doer:
    found = await members.member(db, member_id)
    if found.state != "active":
        raise CardClosed
    return Doer(member_id, found.language)


def refuse_what_tills_tell(kind: str, program: Program) -> None:
    """Members report only what is declared so; a kind that nobody knows is refused as such by the journal."""
    kinds = {each.id: each.by for each in program.rulebook.activities}
    if not kinds or kinds.get(kind) == "till":
        raise TillsOnly(kind=kind)


async def written(
    database: Database,
    doer: Callable[[Connection], Awaitable[Doer]],
    fact: Activity,
    asked: bytes,
    at: Instant,
    late_seconds: int,
) -> Recorded:
    """Find out whose journal it is and what is granted, and write it. What was answered before is answered again,
    whatever has become of the card since."""
    try:
        async with database.reading() as db:
            who = await doer(db)
            asked_of = [(who.member_id, fact.at)]
            (terms,) = await granting.decided_here(db, asked_of, fact.kind)
            (birthday,) = await granting.birthdays(db, asked_of, fact.kind)
            fact = replace(fact, birthday=birthday)
        fact = await granting.reserved(database, who.member_id, fact, terms, at)
    except Refused:
        async with database.reading() as db:
            if known := await journal.remembered(db, fact.id, asked):
                return known
        raise

    def receipt(before: Standing, ruling: Ruling, program: Program) -> bytes:
        return json.encode(receipt_of(ruling, program, fact.kind, before.at, who.language))

    return await journal.submit_in_time(database, who.member_id, fact, at, late_seconds, receipt=receipt, asked=asked)


def receipt_of(ruling: Ruling, program: Program, kind: str, at: Instant, language: str) -> Receipt:
    """What the activity did; the balance is where the member stands after all."""
    return Receipt(
        id=ruling.of,
        kind=kind,
        at=moment(at),
        earned=journal.gained_from(ISSUED, ruling, program) + journal.gained_from(ADJUSTED, ruling, program),
        balance=balance(ruling.standing, program.main),
        pending=pending(ruling.standing, program.main),
        tier=journal.tier_shown(ruling.standing, program, language),
        tier_reached=journal.tier_reached(ruling, program, at, language),
        challenges_completed=journal.completed(ruling, program, language),
        reasons=journal.reasons_of(ruling, program, language),
    )


def fact_of(
    activity_id: UUID, told: Told, at: Instant, shop: str = "", partner: str = "", channel: str = ""
) -> Activity:
    return Activity(
        id=str(activity_id),
        at=journal.happened(told.at, at),
        kind=told.kind,
        value=told.value,
        data=told.data,
        deal=str(told.sale) if told.sale else "",
        shop=shop,
        partner=partner,
        channel=channel,
    )
