"""Plug a point of sale in, exchange its secret, try its mapping, and let what it posts through the till's own door."""

from collections.abc import Mapping as Headers
from typing import Any
from uuid import UUID

import msgspec

from punchcard import checkout, partners
from punchcard.checkout import Basket, BroughtBack, CardUnknown, Counter, Voided
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound
from punchcard.foundation.ids import new_id
from punchcard.journal import Recorded
from punchcard.members import CardMistyped

from . import mapping as mappings
from . import reading, signing, sql
from .model import Connector, ConnectorOff, LineUnknown, Mapping, NotSigned, NotUnderstood, Piece, Plugged, Understood

VOIDED = "void at the point of sale"
EXCHANGE_SECONDS = DAY
"""How long the secret before the newest one still holds."""


async def plug(db: Connection, id: str, till_id: str, mapping: Mapping, enabled: bool, at: Instant) -> Connector:
    """Let this point of sale stand for a till of ours. Asking again changes how it is understood, from the next callback on."""
    if not await sql.put(db, id, till_id, mapping, enabled, at):
        raise NotFound(till=till_id)
    return await connector(db, id)


async def connector(db: Connection, id: str) -> Connector:
    """The connector with this id."""
    found = await sql.connector(db, id)
    if found is None:
        raise NotFound
    return found


async def unplug(db: Connection, id: str) -> None:
    """Forget it. What it sold stays, and the same orders are known again if it is plugged in under the same id."""
    if not await sql.drop(db, id):
        raise NotFound


async def new_secret(db: Connection, ours: tuple[str, ...], id: str, at: Instant) -> tuple[str, Instant]:
    """Another secret for it, shown this once, and until when the one before holds."""
    secret_id, until = new_id(), at + EXCHANGE_SECONDS
    if not await sql.exchange(db, id, secret_id, until):
        raise NotFound
    return signing.shown(ours, id, secret_id), until


async def tried(db: Connection, id: str, sample: bytes) -> Understood:
    """What the mapping makes of a sample, or every mistake. Nothing is kept."""
    known = await connector(db, id)
    till = await partners.till(db, known.till)
    return mappings.understand(id, known.mapping, till.zone, reading.document(sample))


async def admitted(
    db: Connection, ours: tuple[str, ...], id: str, headers: Headers[str, str], body: bytes, at: Instant
) -> Plugged:
    """The connector that signed these bytes. Who is not known is told no more than who signed wrongly."""
    found = await sql.plugged(db, id, at)
    holding = signing.secrets(ours, id, found.secrets) if found else ()
    signing.check(holding, headers, body, at)
    if found is None:
        raise NotSigned
    if not found.enabled:
        raise ConnectorOff
    return found


async def received(counter: Counter, plugged: Plugged, sent: Any) -> Recorded | None:
    """What was posted, through the till's door. None where the mapping says that it is nothing of ours."""
    found = mappings.understand(plugged.id, plugged.mapping, counter.till.zone, sent)
    if found.mistakes:
        raise NotUnderstood(mistakes=msgspec.to_builtins(found.mistakes[:20]))
    if found.id is None or found.sale is None:
        return None
    if found.basket is not None:
        return await sold(counter, found.id, found.basket, plugged.mapping)
    if found.kind == "void":
        return await checkout.void(counter, found.sale, Voided(found.cashier or plugged.id, VOIDED))
    async with counter.database.reading() as db:
        lines = await sql.bought(db, str(found.sale), str(found.id))
    return await checkout.take_back(counter, found.sale, found.id, brought(found, pieces(found.back, lines)))


async def sold(counter: Counter, id: UUID, basket: Basket, mapping: Mapping) -> Recorded:
    try:
        return await checkout.sell(counter, id, basket)
    except (CardUnknown, CardMistyped):
        if mapping.unknown_card == "refuse":
            raise
        return await checkout.sell(counter, id, msgspec.structs.replace(basket, card=""))


def brought(found: Understood, quantities: dict[int, int]) -> BroughtBack:
    said = {
        "quantities": [{"line": line, "quantity": count} for line, count in quantities.items() if count],
        "cashier": found.cashier,
        "receipt_number": found.receipt_number,
    }
    return msgspec.convert(said | ({"at": found.at} if found.at else {}), BroughtBack)


def pieces(back: tuple[Piece, ...], lines: list[sql.Bought]) -> dict[int, int]:
    """Which lines of the sale came back: those that are named, and of an article the first lines of which anything is left."""
    found: dict[int, int] = {}
    for piece in back:
        if piece.line is not None or not lines:  # of a sale that is not there the door says so
            found[piece.line or 0] = found.get(piece.line or 0, 0) + piece.quantity
            continue
        same = [each for each in lines if each.sku == piece.sku]
        if not same:
            raise LineUnknown(sku=piece.sku)
        left = piece.quantity
        for each in same:
            room = each.quantity - each.returned - found.get(each.line, 0)
            taken = left if each is same[-1] else min(left, max(0, room))
            found[each.line] = found.get(each.line, 0) + taken
            left -= taken
    return found
