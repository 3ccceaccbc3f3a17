"""The desk's notices to everybody with the app."""

from datetime import datetime
from typing import Annotated

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.errors import NotFound
from punchcard.partners import Operator

from . import notices, notices_sql
from .notices_model import Body, Telling, Title

NoticeId = Annotated[
    str,
    PathParameter(pattern=r"^[a-z0-9][a-z0-9-]{1,47}(?![\s\S])", description="A short name, for example new-hours."),
]
Moment = Annotated[datetime, Meta(tz=True)]


class NoticeSays(Struct, frozen=True, forbid_unknown_fields=True):
    """The texts in four languages, and from when until when they are shown."""

    title: Title
    body: Body
    since: Moment
    until: Moment


class NoticeState(Struct, frozen=True):
    """A notice, and which languages have gone out when."""

    id: str
    title: dict[str, str]
    body: dict[str, str]
    since: datetime
    until: datetime
    sent: dict[str, datetime]


@put("/console/notices/{notice_id:str}", responses={201: ResponseSpec(NoticeState, description="Published just now.")})
async def publish_notice(
    notice_id: NoticeId,
    data: JSONBody[NoticeSays],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> Response[NoticeState]:
    """Tell everybody with the app, once, about the app itself: 201; the same again: 200; something else under its id: 422.
    Offers go to members one by one, with their consent and in their hours."""
    since, until = int(data.since.timestamp()), int(data.until.timestamp())
    async with database.transaction() as db:
        told, is_new = await notices.publish(db, notice_id, data.title, data.body, since, until, operator.id, at)
    return Response(viewed(told), status_code=201 if is_new else 200)


@get("/console/notices/{notice_id:str}")
async def show_notice(notice_id: NoticeId, database: NamedDependency[Database]) -> NoticeState:
    """Whether a notice went out."""
    async with database.reading() as db:
        if (told := await notices_sql.the(db, notice_id)) is None:
            raise NotFound
    return viewed(told)


def viewed(told: Telling) -> NoticeState:
    sent = {language: moment(at) for language, at in told.sent.items()}
    return NoticeState(told.id, told.title, told.body, moment(told.since), moment(told.until), sent)


routes = [publish_notice, show_notice]
