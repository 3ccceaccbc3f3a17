"""Money on the card, as tills, members and operators ask for it."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, delete, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from punchcard.authorisation import ScannedText
from punchcard.foundation.answers import answered, replayed
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Malformed
from punchcard.foundation.settings import Settings
from punchcard.partners import Operator, Till

from . import gifts, loads, operations
from .model import Held, Issued, Loaded
from .operations import Wanted

Amount = Annotated[int, Meta(ge=1, le=1_000_000_000)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
MINUTES_MAX = 7 * 24 * 60


class LoadRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """So much money (in its smallest units) comes onto this card."""

    card: ScannedText
    amount: Amount
    currency: Code = "money"


class HoldRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a currency, or a reward's voucher and no points, is set aside on this card, for so many minutes; a
    voucher not beyond its own end."""

    card: ScannedText
    points: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    currency: Code = "money"
    minutes: Annotated[int, Meta(ge=1, le=MINUTES_MAX)] = 30
    voucher: UUID | None = None
    """The claim."""
    approval: Annotated[str, Meta(max_length=64)] = ""
    """The id under which the member said yes in the app."""


class IssueRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """So many gift cards of so much each, to be redeemed within so many days (0: whenever)."""

    count: Annotated[int, Meta(ge=1, le=1000)]
    amount: Amount
    currency: Code = "money"
    days: Annotated[int, Meta(ge=0, le=36_500)] = 0


class RedeemRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The code on a gift card."""

    code: Code


LOADED = {200: ResponseSpec(Loaded, description="The same bytes whenever it is asked for again.")}
HELD = {200: ResponseSpec(Held, description="The same bytes whenever it is asked for again.")}
ISSUED = {201: ResponseSpec(Issued, description="The codes; the same whenever they are asked for again.")}


@put("/till/loads/{load_id:uuid}", responses=LOADED)
async def put_load(
    load_id: FromPath[UUID],
    data: JSONBody[LoadRequest],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    till: NamedDependency[Till],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Put money on a card, however it is shown. The same again loads nothing more."""
    recorded = await loads.load(database, settings.secrets, till, load_id, data.card, data.amount, data.currency, at)
    return answered(recorded.receipt, recorded.repeated)


@put("/till/holds/{hold_id:uuid}", responses=HELD)
async def put_hold(
    hold_id: FromPath[UUID],
    data: JSONBody[HoldRequest],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    till: NamedDependency[Till],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Set aside for a sale to come: a tender with `hold` captures it, and what it does not take is free again. It spends
    as a sale does: above the shop's floor a rotating code, a tap, the session of a quote that saw one, or an approval."""
    if bool(data.points) == bool(data.voucher):
        raise Malformed(pointer="/points", why="either points or a voucher")
    voucher = str(data.voucher) if data.voucher else ""
    wanted = Wanted(data.card, data.points, data.currency, data.minutes, voucher, data.approval)
    recorded = await operations.hold(database, settings.secrets, till, hold_id, wanted, at)
    return answered(recorded.receipt, recorded.repeated)


@delete("/till/holds/{hold_id:uuid}")
async def release_hold(
    hold_id: FromPath[UUID],
    database: NamedDependency[Database],
    till: NamedDependency[Till],
    at: NamedDependency[Instant],
) -> Response[None]:
    """Set free what your own shops hold. Asking again is no harm."""
    repeated = await operations.release(database, till, hold_id, at)
    return Response(None, status_code=204, headers=replayed(repeated))


@put("/console/gift-cards/{batch_id:uuid}", status_code=201, responses=ISSUED)
async def issue_gift_cards(
    batch_id: FromPath[UUID],
    data: JSONBody[IssueRequest],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Issue gift cards. Their codes are kept nowhere; the same again, asked by the same operator, shows the same ones."""
    async with database.transaction() as db:
        issued, repeated = await gifts.issue(
            db, settings.secrets, operator, batch_id, data.count, data.amount, data.currency, data.days, at
        )
    return answered(msgspec.json.encode(issued), repeated, 201)


@post("/me/gift-cards", status_code=200, responses=LOADED)
async def redeem_gift_card(
    data: JSONBody[RedeemRequest],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    idempotency_key: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Put a gift card's money on your card. The same key and code again add nothing."""
    recorded = await gifts.redeem(database, member_id, idempotency_key, data.code, at)
    return answered(recorded.receipt, recorded.repeated)


routes = [put_load, put_hold, release_hold, issue_gift_cards, redeem_gift_card]
