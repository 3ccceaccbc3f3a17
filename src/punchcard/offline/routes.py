"""What tills bring that happened without a network, how far it is, and what operators should look at."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from punchcard.checkout import Moment
from punchcard.foundation.answers import replayed
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.partners import Till

from . import operations
from .model import ITEMS_MAX, Accepted, BatchLine, Brought, Progress

BODY_BYTES_MAX = 16 * 1024 * 1024
ANSWERS = {202: ResponseSpec(Accepted, description="The batch is kept; the same bytes whenever it is brought again.")}


@post("/till/batches", status_code=202, responses=ANSWERS, request_max_body_size=BODY_BYTES_MAX)
async def bring_batch(
    data: JSONBody[Brought],
    database: NamedDependency[Database],
    till: NamedDependency[Till],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
    idempotency_key: NamedDependency[UUID],
) -> Response[Accepted]:
    """Bring what happened without a network: up to 10,000 sales and returns, in any order, with any repeats. They are kept
    before this answers, and worked through after it. The same key again needs the same body."""
    async with database.transaction() as db:
        accepted, repeated = await operations.bring(db, till, idempotency_key, data, language, at)
    return Response(accepted, headers={"Location": accepted.address} | replayed(repeated))


@get("/till/batches/{batch_id:uuid}")
async def show_batch(
    batch_id: FromPath[UUID],
    database: NamedDependency[Database],
    till: NamedDependency[Till],
    after: Annotated[int, QueryParameter(ge=0, le=ITEMS_MAX)] = 0,
) -> Progress:
    """How far a batch of this till is, and what became of 500 of its items, from a number on."""
    async with database.reading() as db:
        return await operations.progress(db, till, batch_id, after)


@get("/console/batches")
async def list_batches(
    database: NamedDependency[Database],
    at: NamedDependency[Instant],
    only: Annotated[Literal["waiting", "parked", "finished", "alarm"] | None, QueryParameter(name="state")] = None,
    before: Annotated[Moment | None, QueryParameter()] = None,
) -> list[BatchLine]:
    """The batches of all tills, the newest first; `alarm` are those of which something was given up after three days."""
    until = int(before.timestamp()) if before else at + 1
    async with database.reading() as db:
        if only == "alarm":
            return await operations.shown(db, None, True, until)
        return await operations.shown(db, only, None, until)


routes = [bring_batch, show_batch, list_batches]
