"""Send points to whoever holds a card; the worker delivers them."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from punchcard import authorisation, journal, members, rulebooks
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.outbox import Done, Due, Settled, Task
from punchcard.foundation.outside import World
from punchcard.journal import Recorded
from punchcard.programme import PointsSent, Program, Ruling, Standing, TransferIn, TransferOut, balance

from .model import NoSuchCard, NotEnoughPoints, Parcel, Sent

DELIVER = "transfers.deliver"
"""The reaction to points that were sent; its key is the fact that sent them, its payload a `Parcel`."""


async def send(
    database: Database,
    member_id: UUID,
    transfer_id: UUID,
    card: str,
    points: int,
    at: Instant,
    currency: str | None = None,
) -> Recorded:
    """Send points, or another currency, to the member with this card. Asking twice sends once, and answers the same bytes:
    `Sent` as JSON. Nobody sends while spending is switched off: points that are being stolen are sent away first."""
    code = members.scanned(card)
    async with database.reading() as db:
        currency = currency or (await rulebooks.program(db)).main
    asked = msgspec.json.encode(("transfer", member_id, code.hex(), points, currency))
    try:
        async with database.reading() as db:
            await authorisation.refuse_when_off(db)
        to = await receiver(database, code)
    except Refused:
        async with database.reading() as db:
            if known := await journal.remembered(db, str(transfer_id), asked):
                return known
        raise
    fact = TransferOut(id=str(transfer_id), at=at, points=points, to=str(to), currency=currency)

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        if (held := balance(before, currency)) < points:
            raise NotEnoughPoints(balance=held, wanted=points)

    def receipt(before: Standing, ruling: Ruling, _program: Program) -> bytes:
        left = balance(ruling.standing, currency)
        return msgspec.json.encode(
            Sent(id=fact.id, points=points, currency=currency, at=moment(before.at), balance=left)
        )

    return await journal.submit(database, member_id, fact, at, door=door, receipt=receipt, asked=asked)


async def receiver(database: Database, code: bytes) -> UUID:
    """Whose card this is, if it is in use."""
    async with database.reading() as db:
        found = (await members.by_cards(db, [code])).get(code)
    if found is None or found.state != "active":
        raise NoSuchCard
    return found.id


def delivery(news: PointsSent) -> Due:
    """What follows from points that left."""
    parcel = Parcel(news.fact, news.to, news.lots, news.pooled)
    return Due(DELIVER, news.fact, payload=msgspec.to_builtins(parcel))


async def deliver(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Write what was sent into the receivers' journals, once for each fact that sent it.

    A replay of the sender may say that other lots left; what has arrived stays as it is."""
    for task in tasks:
        parcel = msgspec.convert(task.payload, Parcel)
        fact = TransferIn(
            id=f"in:{parcel.fact}",
            at=at,
            lots=parcel.lots,
            sender=str(task.member_id),
            of=parcel.fact,
            pooled=parcel.pooled,
        )
        await journal.submit(world.database, UUID(parcel.to), fact, at, asked=fact.id.encode())
    return [Done(task) for task in tasks]
