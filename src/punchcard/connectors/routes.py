"""Where a point of sale posts what it sold, and the console's desk where it is plugged in."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from punchcard import partners
from punchcard.checkout import Counter, Receipt
from punchcard.foundation.answers import answered
from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings
from punchcard.partners import Operator

from . import operations, reading
from .model import Connector, ConnectorId, Mapping, Understood

ANSWERS = {
    200: ResponseSpec(Receipt, description="The receipt, or `ignored`; the same bytes however often it is posted.")
}
IGNORED = b'{"ignored":true}'


class Plug(Struct, frozen=True, forbid_unknown_fields=True):
    """The till of ours that a point of sale stands for, and where everything stands in its JSON."""

    till: str
    mapping: Mapping
    enabled: bool = True


class ConnectorView(Struct, frozen=True):
    """A connector as the console shows it; `keyed` says whether it holds a secret."""

    id: str
    till: str
    mapping: Mapping
    enabled: bool
    keyed: bool
    changed_at: datetime


class NewSecret(Struct, frozen=True):
    """A secret to sign with, shown this once; the one before it holds until `previous_until`."""

    secret: str
    previous_until: datetime


@post("/hooks/pos/{connector_id:str}", status_code=200, responses=ANSWERS)
async def receive(
    connector_id: FromPath[str],
    request: Request[Any, Any, Any],
    settings: NamedDependency[Settings],
    database: NamedDependency[Database],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """A point of sale tells what it sold, signed as Standard Webhooks says. In doubt it posts again: nothing moves twice."""
    body = await request.body()
    async with database.reading() as db:
        plugged = await operations.admitted(db, settings.secrets, connector_id, request.headers, body, at)
        till = await partners.till(db, plugged.till_id)
    counter = Counter(database, till, at, settings.late_days * DAY, settings.secrets, settings.claim_days * DAY)
    recorded = await operations.received(counter, plugged, reading.document(body))
    if recorded is None:
        return Response(IGNORED, media_type="application/json")
    return answered(recorded.receipt, recorded.repeated)


@get("/console/connectors/{connector_id:str}")
async def show_connector(connector_id: FromPath[str], database: NamedDependency[Database]) -> ConnectorView:
    """A point of sale that is plugged in, and how it is understood."""
    async with database.reading() as db:
        return shown(await operations.connector(db, connector_id))


@put("/console/connectors/{connector_id:str}")
async def plug(
    connector_id: FromPath[ConnectorId],
    data: JSONBody[Plug],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> ConnectorView:
    """Plug a point of sale in, or change how it is understood. It stands for a till of ours, with its shop and partner."""
    partners.owners_only(operator)
    async with database.transaction() as db:
        return shown(await operations.plug(db, connector_id, data.till, data.mapping, data.enabled, at))


@delete("/console/connectors/{connector_id:str}")
async def unplug(
    connector_id: FromPath[str], database: NamedDependency[Database], operator: NamedDependency[Operator]
) -> None:
    """Let it post no more. What it sold stays."""
    partners.owners_only(operator)
    async with database.transaction() as db:
        await operations.unplug(db, connector_id)


@post("/console/connectors/{connector_id:str}/secret")
async def exchange_secret(
    connector_id: FromPath[str],
    settings: NamedDependency[Settings],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> NewSecret:
    """Give it a secret to sign with. It is in this answer and in no other; the one before holds for another day."""
    partners.owners_only(operator)
    async with database.transaction() as db:
        secret, until = await operations.new_secret(db, settings.secrets, connector_id, at)
    return NewSecret(secret, moment(until))


@post("/console/connectors/{connector_id:str}/try", status_code=200)
async def try_mapping(
    connector_id: FromPath[str],
    data: JSONBody[dict[str, Any]],
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
) -> Understood:
    """Run a sample through the mapping: what it would be, or every mistake with the place where it stands. Nothing is kept."""
    async with database.reading() as db:
        return await operations.tried(db, connector_id, await request.body())


def shown(known: Connector) -> ConnectorView:
    return ConnectorView(known.id, known.till, known.mapping, known.enabled, known.keyed, moment(known.changed_at))


routes = [receive, show_connector, plug, unplug, exchange_secret, try_mapping]
