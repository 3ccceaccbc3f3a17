"""The HTTP door: every room's routes behind one guard, one clock and one way of saying no."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from typing import Any, cast

from litestar import Litestar, Request, get
from litestar.connection import ASGIConnection
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency, Provide
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
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
from punchcard.foundation import collector, identity, keys, locale, metrics, news, problems, settings
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


def create_app(config: Settings, database: Database, clock: Clock, world: World, **more: Any) -> "House":
    """The API over what it stands on; whoever opened these closes them."""
    made = House(
        [health, *(route for room in ROOMS for route in room.routes)],
        guards=[admit],
        dependencies={
            "settings": Provide(lambda: made.config, sync_to_thread=False),
            "database": Provide(lambda: made.database, sync_to_thread=False),
            "world": Provide(lambda: made.world, sync_to_thread=False),
            "clock": Provide(lambda: made.clock, sync_to_thread=False),
            "at": Provide(lambda: made.clock.now(), sync_to_thread=False),
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
    made.stand_on(config, database, clock, world)
    return made


class House(Litestar):
    """The app, with the express lane before it for what every customer waits for."""

    express: checkout.Express | None

    def stand_on(self, config: Settings, database: Database, clock: Clock, world: World) -> None:
        """Answer from these now; who called before is forgotten. The routes stay, which take longest to make."""
        self.config, self.database, self.clock, self.world = config, database, clock, world
        news.install(REACTIONS)
        self.doors = identity.Doors(
            config, database, clock, partners.till_by_key, partners.operator_by_key, members.session_lives
        )
        self.express = checkout.Express(clock, self.doors.till, self.counter, BODY_BYTES_MAX)

    def counter(self, till: partners.Till, language: str) -> checkout.Counter:
        """Where this till sells, and what it reads."""
        late_seconds, claim_seconds = self.config.late_days * DAY, self.config.claim_days * DAY
        secrets = self.config.secrets
        return checkout.Counter(self.database, till, self.clock.now(), late_seconds, secrets, claim_seconds, language)

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        if scope["type"] != ScopeType.HTTP:
            await super().__call__(scope, receive, send)
            return
        if self.clock.ahead:
            send = dated(cast(Send, send), self.clock)
        left: Any = receive
        if self.express:
            left = await self.express.serve(cast(HTTPScope, scope), left, cast(Send, send))
        if left is not None:
            await super().__call__(scope, left, send)


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route."""
    await cast(House, connection.app).doors.admit(connection, handler)


def counter(request: Request[Any, Any, Any]) -> checkout.Counter:
    """Where the till that asks sells."""
    language = locale.asked_for(request.headers.get("accept-language"))
    return cast(House, request.app).counter(identity.signed_in_till(request), language)


def dated(send: Send, clock: Clock) -> Send:
    """What is sent says in `Date` what time this clock has. A story's clock is ahead of all others, and codes and countdowns of a
    phone go by what it heard here."""

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
