"""The house's door for tests of a few rooms: the real app on the test's own database and clock."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from litestar import Litestar

from punchcard.api import create_app
from punchcard.foundation.clock import Clock
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Secret, Settings
from tests.doubles import Outside

SECRET = "c0ffee00" * 4 + "almond-blossom-orchard"
OLDER = "decafbad" * 4 + "hazelnut"
SETTINGS = Settings(secret=Secret(SECRET), previous_secrets=Secret(OLDER), demo=True)


def app_of(database: Database, clock: Clock, more: Sequence[Any] = ()) -> Litestar:
    """The app, with `more` routes that a test needs."""
    app = create_app(SETTINGS, database, clock, Outside(database, SETTINGS).world)
    for route in more:
        app.register(route)
    return app


@asynccontextmanager
async def calling(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client in the same event loop, so that both share the test's connection."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://punchcard.test") as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
