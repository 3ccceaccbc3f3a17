"""What phones say of messages: that they have one, and that it was tapped. Firebase tells nobody; our app tells us."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, put
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter
from msgspec import Meta

from punchcard import segments
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound

from . import receipts_sql

What = Literal["received", "opened"]
MessageId = Annotated[
    str,
    PathParameter(pattern=r"^[A-Za-z0-9_.:-]{1,200}(?![\s\S])", description="As the message's data named it."),
]
NOTICES = "notice:"


async def receive(db: Connection, member_id: UUID, message_id: str, what: What, at: Instant) -> bool:
    """Write down that a phone of the member's has the message, or that it was tapped: the first time counts. False: they
    were sent no such message."""
    if message_id.startswith(NOTICES):
        return await receipts_sql.is_notice(db, message_id.removeprefix(NOTICES))
    if what == "received":
        return await receipts_sql.received(db, member_id, message_id, at) is not None
    said = await receipts_sql.opened(db, member_id, message_id, at)
    if said and said.is_first and said.kind == "offer":
        await segments.note(db, [(member_id, "offer", said.subject, "opened")])
    return said is not None


@put("/me/messages/{message_id:str}/receipts/{what:str}", status_code=204)
async def put_receipt(
    message_id: MessageId,
    what: FromPath[Annotated[What, Meta(description="received: it came; opened: it was tapped.")]],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Response[None]:
    """This phone has the message, or it was tapped. Saying it again changes nothing."""
    async with database.transaction() as db:
        if not await receive(db, member_id, message_id, what, at):
            raise NotFound
    return Response(None, status_code=204)


routes = [put_receipt]
