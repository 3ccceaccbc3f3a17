"""The HTTP door: every room's routes behind one guard, one clock and one way of saying no."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from typing import Any, cast

from litestar import Litestar, Request, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency, Provide
from litestar.enums import ScopeType
from litestar.openapi import OpenAPIConfig
from litestar.types import HTTPScope, LifeSpanReceive, LifeSpanScope, LifeSpanSend, Receive, Scope, Send

from punchcard import (
    activities,
    authorisation,
    challenges,
    checkout,
    connectors,
    escrow,
    households,
    insights,
    journal,
    members,
    offers,
    offline,
    partners,
    passes,
    privacy,
    purse,
    push,
    reconciliation,
    rewards,
    segments,
    staff,
    surfaces,
    transfers,
    webhooks,
)
from punchcard.foundation import collector, identity, keys, metrics, news, problems, settings
from punchcard.foundation import database as databases
from punchcard.foundation.clock import DAY, Clock, Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.described import Described
from punchcard.foundation.outside import World
from punchcard.foundation.settings import Settings
from punchcard.reactions import REACTIONS, world_of
from punchcard.surfaces import docs

BODY_BYTES_MAX = 256 * 1024
ROOMS = (
    members,
    partners,
    authorisation,
    staff,
    journal,
    segments,
    offers,
    rewards,
    challenges,
    activities,
    transfers,
    households,
    purse,
    escrow,
    checkout,
    connectors,
    reconciliation,
    offline,
    passes,
    push,
    webhooks,
    insights,
    privacy,
    surfaces,
)


def app() -> Litestar:
    """What the server starts: the API with everything it stands on, from the settings."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    config = settings.load()
    database = Database(str(config.database_url))
    world = world_of(config, database)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await database.open()
        try:
            async with metrics.flushing(database):
                yield
        finally:
            await world.close()
            await database.close()

    made = create_app(config, database, Clock(config.clock_file), world, lifespan=[lifespan])
    collector.rest()
    return made


def create_app(config: Settings, database: Database, clock: Clock, world: World, **more: Any) -> Litestar:
    """The API over what it stands on; whoever opened these closes them."""
    news.install(REACTIONS)

    def at_the_counter(till: partners.Till) -> checkout.Counter:
        late_seconds, claim_seconds = config.late_days * DAY, config.claim_days * DAY
        return checkout.Counter(database, till, clock.now(), late_seconds, config.secrets, claim_seconds)

    def counter(request: Request[Any, Any, Any]) -> checkout.Counter:
        return at_the_counter(identity.signed_in_till(request))

    doors = identity.Doors(
        config, database, clock, partners.till_by_key, partners.operator_by_key, members.session_lives
    )
    made = House(
        [health, *(route for room in ROOMS for route in room.routes)],
        guards=[doors.admit],
        dependencies={
            "settings": Provide(lambda: config, sync_to_thread=False),
            "database": Provide(lambda: database, sync_to_thread=False),
            "world": Provide(lambda: world, sync_to_thread=False),
            "clock": Provide(lambda: clock, sync_to_thread=False),
            "at": Provide(clock.now, sync_to_thread=False),
            "language": Provide(language_of, sync_to_thread=False),
            "member_id": Provide(identity.signed_in_member, sync_to_thread=False),
            "session_id": Provide(identity.signed_in_here, sync_to_thread=False),
            "till": Provide(identity.signed_in_till, sync_to_thread=False),
            "operator": Provide(identity.signed_in_operator, sync_to_thread=False),
            "counter": Provide(counter, sync_to_thread=False),
            "told": Provide(lambda: push.told_this_week, sync_to_thread=False),
            "early": Provide(lambda: offers.early_for, sync_to_thread=False),
            "idempotency_key": Provide(keys.idempotency_key, sync_to_thread=False),
        },
        before_request=problems.refuse_unreadable,
        exception_handlers=problems.HANDLERS,
        request_max_body_size=BODY_BYTES_MAX,
        response_headers=[
            ResponseHeader(name="X-Content-Type-Options", value="nosniff"),
            ResponseHeader(name="Referrer-Policy", value="no-referrer"),
        ],
        openapi_config=OpenAPIConfig(
            title="Punchcard",
            version="0.1.0",
            use_handler_docstrings=True,
            openapi_router=docs.desk(),
            render_plugins=[Described(), docs.Page()],
        ),
        logging_config=None,
        **more,
    )
    made.moved = clock if clock.ahead else None
    made.express = checkout.Express(clock, doors.till, at_the_counter, BODY_BYTES_MAX)
    return made


class House(Litestar):
    """The app, with the express lane before it for what every customer waits for."""

    express: checkout.Express | None = None
    moved: Clock | None = None
    """A story's clock: whoever asks must hear its time in `Date`, or the codes and countdowns of a phone would go by another."""

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        left: Any = receive
        if self.moved and scope["type"] == ScopeType.HTTP:
            send = dated(cast(Send, send), self.moved)
        if self.express and scope["type"] == ScopeType.HTTP:
            left = await self.express.serve(cast(HTTPScope, scope), left, cast(Send, send))
        if left is not None:
            await super().__call__(scope, left, send)


def dated(send: Send, clock: Clock) -> Send:
    """What is sent says in `Date` what time this clock has."""

    async def sent(message: Any) -> None:
        if message["type"] == "http.response.start":
            date = formatdate(clock.now(), usegmt=True).encode()
            message = message | {"headers": [*message["headers"], (b"date", date)]}
        await send(message)

    return sent


def language_of(request: Request[Any, Any, Any]) -> str:
    """The language a caller asks for."""
    return problems.language_of(request)


@get("/health")
async def health(database: NamedDependency[Database], at: NamedDependency[Instant]) -> dict[str, str]:
    """This process can answer: it reaches its database."""
    async with database.reading() as db:
        await databases.value(db, "select 1")
    return {"state": "ready", "at": moment(at).isoformat()}
