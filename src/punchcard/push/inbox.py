"""The inbox in the app: what the member was told, and what waits there because no phone should sound for it. The stream of
`/me/events` says when it changed."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct
from msgspec.structs import replace

from punchcard import members, offers
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, Database

from . import inbox_sql, notices, operations, wording
from .model import Message
from .routes import MessageView, viewed

MESSAGES_MAX = 100
MessageId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]{1,200}(?![\s\S])")]


class Item(Struct, frozen=True):
    """A message of the inbox; `read_at` is empty while it is new, `over` where what it tells of has ended. `partner_id`: whose
    offer it tells of; empty where it tells of something else."""

    message: MessageView
    read_at: datetime | None
    over: bool
    partner_id: str


class InboxView(Struct, frozen=True):
    """The newest messages, the newest first; `unread` of them are new and not over."""

    unread: int
    items: list[Item]


class ReadThese(Struct, frozen=True, forbid_unknown_fields=True):
    """Messages that the member has read."""

    messages: Annotated[list[MessageId], Meta(max_length=MESSAGES_MAX)]


@get("/me/inbox")
async def show_inbox(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
) -> InboxView:
    """What you were told, on a phone or here alone, and what everybody is told."""
    async with database.reading() as db:
        mine = await wording.worded(db, member_id, await inbox_sql.shown(db, member_id, MESSAGES_MAX), at)
        found = sorted([*mine, *await noticed(db, member_id, language, at)], key=newest_last, reverse=True)
        zone = await operations.zone_of(db, await members.member(db, member_id))
        givers = await offers.givers(db, [each.subject for each in mine if each.kind == "offer"])
    items = [
        Item(
            viewed(message, zone, language),
            moment(message.read_at) if message.read_at else None,
            message.ends_at is not None and message.ends_at <= at,
            givers.get(message.subject, "") if message.kind == "offer" else "",
        )
        for message in found
    ]
    return InboxView(sum(not each.read_at and not each.over for each in items), items)


async def noticed(db: Connection, member_id: UUID, language: str, at: Instant) -> list[Message]:
    """The notices of now, and when the member read them."""
    told = await notices.shown(db, language, at)
    read = await inbox_sql.notices_read(db, member_id, [each.id for each in told]) if told else {}
    return [replace(each, read_at=read.get(each.id)) for each in told]


def newest_last(message: Message) -> Instant:
    return message.sent_at or message.decided_at


@put("/me/inbox/read", status_code=204)
async def read_messages(
    data: JSONBody[ReadThese],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> None:
    """I have read these. Saying it again changes nothing; other devices hear of it."""
    async with database.transaction() as db:
        ids = sorted(set(data.messages))
        await inbox_sql.read(db, member_id, ids, at)
        await inbox_sql.read_notices(db, member_id, ids, at)


routes = [show_inbox, read_messages]
