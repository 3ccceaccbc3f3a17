"""Money on the card, as tills, members and operators ask for it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, delete, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.partners import Till

from . import operations
from .model import Held, Loaded

Amount = Annotated[int, Meta(ge=1, le=1_000_000_000)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
MINUTES_MAX = 7 * 24 * 60


class LoadRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """So much money (in its smallest units) comes onto this card."""

    card: Code
    amount: Amount
    currency: Code = "money"


class HoldRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a currency is set aside on this card, for so many minutes."""

    card: Code
    points: Amount
    currency: Code = "money"
    minutes: Annotated[int, Meta(ge=1, le=MINUTES_MAX)] = 30


class HoldView(Struct, frozen=True):
    """What is set aside; a sale captures it by a tender that names its id."""

    id: str
    points: int
    currency: str
    until: datetime
    balance: int


class IssueRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """So many gift cards of so much each, to be redeemed within so many days (0: whenever)."""

    count: Annotated[int, Meta(ge=1, le=1000)]
    amount: Amount
    currency: Code = "money"
    days: Annotated[int, Meta(ge=0, le=36_500)] = 0


class Issued(Struct, frozen=True):
    """The codes, which are shown this once."""

    batch: UUID
    codes: list[str]


class RedeemRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The code on a gift card."""

    code: Code


@put("/till/loads/{load_id:uuid}")
async def put_load(
    load_id: FromPath[UUID],
    data: JSONBody[LoadRequest],
    database: NamedDependency[Database],
    till: NamedDependency[Till],
    at: NamedDependency[Instant],
) -> Response[Loaded]:
    """Put money on a card. The same again loads nothing more."""
    recorded = await operations.load(database, till, load_id, data.card, data.amount, data.currency, at)
    return Response(msgspec.json.decode(recorded.receipt, type=Loaded))


@put("/till/holds/{hold_id:uuid}")
async def put_hold(
    hold_id: FromPath[UUID],
    data: JSONBody[HoldRequest],
    database: NamedDependency[Database],
    till: NamedDependency[Till],
    at: NamedDependency[Instant],
) -> Response[HoldView]:
    """Set aside for a sale to come: a tender with `hold` captures it, and what it does not take is free again."""
    recorded = await operations.hold(database, till, hold_id, data.card, data.points, data.currency, data.minutes, at)
    held = msgspec.json.decode(recorded.receipt, type=Held)
    return Response(HoldView(held.id, held.points, held.currency, moment(held.until), held.balance))


@delete("/till/holds/{hold_id:uuid}")
async def release_hold(
    hold_id: FromPath[UUID],
    database: NamedDependency[Database],
    till: NamedDependency[Till],
    at: NamedDependency[Instant],
) -> None:
    """Set free what your own shops hold. Asking again is no harm."""
    await operations.release(database, till, hold_id, at)


@put("/console/gift-cards/{batch_id:uuid}", status_code=201)
async def issue_gift_cards(
    batch_id: FromPath[UUID],
    data: JSONBody[IssueRequest],
    database: NamedDependency[Database],
    at: NamedDependency[Instant],
) -> Issued:
    """Issue gift cards. Their codes are shown this once; only what recognises them is kept."""
    async with database.transaction() as db:
        codes = await operations.issue(db, batch_id, data.count, data.amount, data.currency, data.days, at)
    return Issued(batch_id, codes)


@post("/me/gift-cards", status_code=200)
async def redeem_gift_card(
    data: JSONBody[RedeemRequest],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Loaded:
    """Put a gift card's money on your card. The same card again adds nothing."""
    recorded = await operations.redeem(database, member_id, data.code, at)
    return msgspec.json.decode(recorded.receipt, type=Loaded)


routes = [put_load, put_hold, release_hold, issue_gift_cards, redeem_gift_card]
