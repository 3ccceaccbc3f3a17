"""Money that is put on a card at a till."""

from uuid import UUID

import msgspec

from punchcard import authorisation, journal, members, rulebooks
from punchcard.authorisation import Shown
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Refused
from punchcard.journal import Recorded
from punchcard.partners import Till
from punchcard.programme import Load, Program, Ruling, Standing, balance

from .model import Loaded, NoSuchCard, NotMoney


async def load(
    database: Database,
    secrets: tuple[str, ...],
    till: Till,
    load_id: UUID,
    card: str,
    amount: int,
    currency: str,
    at: Instant,
) -> Recorded:
    """Money is put on the card, however it was shown: nothing is spent. Asking twice loads once, and answers the same
    bytes: `Loaded` as JSON."""
    fact = Load(id=str(load_id), at=at, points=amount, currency=currency, source=f"till:{till.partner_id}")
    asked = msgspec.json.encode(("load", till.id, card, amount, currency))
    try:
        shown = authorisation.shown(secrets, card, till, at)
        async with database.reading() as db:
            refuse_other_than_money(await rulebooks.program(db), currency)
            member_id = await holder(db, shown)
    except Refused:
        if known := await as_before(database, load_id, asked):
            return known
        raise
    return await journal.submit(database, member_id, fact, at, receipt=receipt_of_load(fact), asked=asked)


async def as_before(database: Database, id: UUID, asked: bytes) -> Recorded | None:
    """What was answered when just this was asked, whatever has become of the card since."""
    async with database.reading() as db:
        return await journal.remembered(db, str(id), asked)


async def holder(db: Connection, shown: Shown) -> UUID:
    """Whose card this is, if it is in use."""
    found = (await members.by_cards(db, [shown.code_hash])).get(shown.code_hash)
    if found is None or found.state != "active":
        raise NoSuchCard
    return found.id


def refuse_other_than_money(program: Program, currency: str) -> None:
    known = program.currency(currency)
    if known is None or known.kind != "money":
        raise NotMoney(currency=currency)


def receipt_of_load(fact: Load) -> journal.Receipt:
    def receipt(_before: Standing, ruling: Ruling, _program: Program) -> bytes:
        there = balance(ruling.standing, fact.currency)
        return msgspec.json.encode(Loaded(id=fact.id, amount=fact.points, currency=fact.currency, balance=there))

    return receipt
