"""Sending points to another member."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database

from . import operations
from .model import Sent

POINTS_MAX = 1_000_000_000


class TransferRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """How many points go to whose card."""

    points: Annotated[int, Meta(ge=1, le=POINTS_MAX)]
    card: Annotated[str, Meta(min_length=1, max_length=64)]
    """The code on the other member's card, as one reads or scans it."""
    currency: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    """Which of ours; left out: what the card shows."""


class TransferView(Struct, frozen=True):
    """What left, and what is left."""

    id: str
    points: int
    currency: str
    at: datetime
    balance: int


@put("/me/transfers/{transfer_id:uuid}", responses={201: ResponseSpec(TransferView, description="Sent just now.")})
async def send_points(
    transfer_id: FromPath[UUID],
    data: JSONBody[TransferRequest],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Response[TransferView]:
    """Send points to another member: 201. The same again sends nothing more: 200."""
    recorded = await operations.send(database, member_id, transfer_id, data.card, data.points, at, data.currency)
    sent = msgspec.json.decode(recorded.receipt, type=Sent)
    view = TransferView(sent.id, sent.points, sent.currency, moment(sent.at), sent.balance)
    return Response(view, status_code=200 if recorded.repeated else 201)


routes = [send_points]
