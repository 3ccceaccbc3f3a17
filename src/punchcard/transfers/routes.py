"""Sending points to another member."""

from typing import Annotated
from uuid import UUID

from litestar import Response, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from punchcard.foundation.answers import answered
from punchcard.foundation.clock import Instant
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


SENT = {201: ResponseSpec(Sent, description="Sent; the same bytes whenever it is asked for again.")}


@put("/me/transfers/{transfer_id:uuid}", status_code=201, responses=SENT)
async def send_points(
    transfer_id: FromPath[UUID],
    data: JSONBody[TransferRequest],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Send points to another member. The same again sends nothing more."""
    recorded = await operations.send(database, member_id, transfer_id, data.card, data.points, at, data.currency)
    return answered(recorded.receipt, recorded.repeated, 201)


routes = [send_points]
