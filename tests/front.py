"""A small house for tests of a few rooms: their routes behind the real guard, on the test's own database and clock."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from litestar import Litestar
from litestar.di import Provide

from punchcard import members, partners
from punchcard.foundation import identity, problems
from punchcard.foundation.clock import Clock
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Secret, Settings

SECRET = "c0ffee00" * 4 + "almond-blossom-orchard"
OLDER = "decafbad" * 4 + "hazelnut"
SETTINGS = Settings(secret=Secret(SECRET), previous_secrets=Secret(OLDER), demo=True)


def small_app(routes: Sequence[Any], database: Database, clock: Clock, settings: Settings = SETTINGS) -> Litestar:
    """The app over these routes, with the dependencies that the rooms ask for."""
    guard = identity.doors(
        settings, database, clock, partners.till_by_key, partners.operator_by_key, members.session_lives
    )
    return Litestar(
        list(routes),
        guards=[guard],
        dependencies={
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "database": Provide(lambda: database, sync_to_thread=False),
            "at": Provide(clock.now, sync_to_thread=False),
            "language": Provide(problems.language_of, sync_to_thread=False),
            "member_id": Provide(identity.signed_in_member, sync_to_thread=False),
            "till": Provide(identity.signed_in_till, sync_to_thread=False),
            "operator": Provide(identity.signed_in_operator, sync_to_thread=False),
        },
        before_request=problems.refuse_unreadable,
        exception_handlers=problems.HANDLERS,
        openapi_config=None,
        logging_config=None,
    )


@asynccontextmanager
async def calling(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client in the same event loop, so that both share the test's connection."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://punchcard.test") as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
