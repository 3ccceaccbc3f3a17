"""The console's desk for webhooks: where to tell what happens to members. Only owners come here."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings
from punchcard.partners import Operator, owners_only
from punchcard.programme import NEVER

from . import operations
from .model import Dead, Endpoint, State, Wanted

Moment = Annotated[datetime, Meta(tz=True)]


class Again(Struct, frozen=True, forbid_unknown_fields=True):
    """What to send again: all that was written from `since` to before `until`; of one member, or of all."""

    since: Moment
    until: Moment | None = None
    member: UUID | None = None


class EndpointView(Struct, frozen=True, kw_only=True):
    """Where a merchant's system listens, and how it fares."""

    id: UUID
    url: str
    partner: str | None
    kinds: list[str]
    description: str
    state: State
    """on, gone (it answered 410), failing (nothing accepted for three days)."""
    made_at: datetime
    failing_since: datetime | None
    """Nothing was accepted since."""
    trouble: str
    """What it answered last when it did not accept."""
    former_secret_until: datetime | None


class EndpointFares(Struct, frozen=True, kw_only=True):
    """An endpoint, what waits for it, and what it would not take."""

    endpoint: EndpointView
    waiting: int
    """Of how many members something waits to be told."""
    oldest_due_at: datetime | None
    dead: int
    """How many messages were laid aside."""


class Declared(Struct, frozen=True):
    """The endpoint; a new one's secret, which is shown this once."""

    endpoint: EndpointView
    secret: str | None


class NewSecret(Struct, frozen=True):
    """The secret from now on, which is shown this once; the former one signs beside it for a day."""

    secret: str


class Repeating(Struct, frozen=True):
    """Of how many members something is sent again."""

    members: int


class DeadView(Struct, frozen=True, kw_only=True):
    """A message that was not accepted for three days."""

    member: UUID
    seq: int
    type: str
    error: str
    tries: int
    first_tried_at: datetime
    died_at: datetime


@get("/console/webhooks")
async def list_endpoints(
    database: NamedDependency[Database], operator: NamedDependency[Operator]
) -> list[EndpointFares]:
    """Every endpoint, and how it fares."""
    owners_only(operator)
    async with database.transaction() as db:
        return [
            EndpointFares(
                endpoint=view(each.endpoint),
                waiting=each.waiting,
                oldest_due_at=moment(each.oldest_due_at) if each.oldest_due_at else None,
                dead=each.dead,
            )
            for each in await operations.endpoints(db)
        ]


@put("/console/webhooks/{endpoint_id:uuid}")
async def declare_endpoint(
    endpoint_id: FromPath[UUID],
    data: JSONBody[Wanted],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> Declared:
    """Tell what happens to members there from now on, or change what is told. One that was switched off is on again."""
    owners_only(operator)
    async with database.transaction() as db:
        endpoint, secret = await operations.declare(db, settings, endpoint_id, data, at)
        return Declared(view(endpoint), secret)


@delete("/console/webhooks/{endpoint_id:uuid}")
async def end_endpoint(
    endpoint_id: FromPath[UUID],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> None:
    """Tell it nothing more, for good."""
    owners_only(operator)
    async with database.transaction() as db:
        await operations.end(db, endpoint_id, at)


@post("/console/webhooks/{endpoint_id:uuid}/secret")
async def exchange_secret(
    endpoint_id: FromPath[UUID],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> NewSecret:
    """A new secret. It is in this answer and in no other."""
    owners_only(operator)
    async with database.transaction() as db:
        return NewSecret(await operations.exchange_secret(db, settings, endpoint_id, at))


@post("/console/webhooks/{endpoint_id:uuid}/replay", status_code=202)
async def replay(
    endpoint_id: FromPath[UUID],
    data: JSONBody[Again],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> Repeating:
    """Send again, in order and under the same ids, also what was laid aside."""
    owners_only(operator)
    since, until = int(data.since.timestamp()), int(data.until.timestamp()) if data.until else NEVER
    async with database.transaction() as db:
        return Repeating(await operations.replay(db, endpoint_id, since, until, data.member, at))


@get("/console/webhooks/{endpoint_id:uuid}/dead")
async def list_dead(
    endpoint_id: FromPath[UUID],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
) -> list[DeadView]:
    """What it would not take for three days, the newest first."""
    owners_only(operator)
    async with database.transaction() as db:
        return [dead_shown(each) for each in await operations.dead(db, endpoint_id, limit)]


def view(endpoint: Endpoint) -> EndpointView:
    return EndpointView(
        id=endpoint.id,
        url=endpoint.url,
        partner=endpoint.partner,
        kinds=endpoint.kinds,
        description=endpoint.description,
        state=endpoint.state,
        made_at=moment(endpoint.made_at),
        failing_since=moment(endpoint.failing_since) if endpoint.failing_since else None,
        trouble=endpoint.trouble,
        former_secret_until=moment(endpoint.former_until) if endpoint.former_until else None,
    )


def dead_shown(dead: Dead) -> DeadView:
    return DeadView(
        member=dead.member_id,
        seq=dead.seq,
        type=dead.type,
        error=dead.error,
        tries=dead.tries,
        first_tried_at=moment(dead.first_tried_at),
        died_at=moment(dead.died_at),
    )


routes = [list_endpoints, declare_endpoint, end_endpoint, exchange_secret, replay, list_dead]
